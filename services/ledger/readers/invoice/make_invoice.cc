#include "services/ledger/readers/invoice/make_invoice.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/money/currency.h"
#include "common/status/domain_error.h"
#include "common/status/utf8.h"
#include "services/ledger/readers/invoice/invoice_types.h"
#include "services/ledger/readers/invoice/invoice_values.h"
#include "services/ledger/readers/invoice/reasons.h"
#include "services/ledger/readers/reasons.h"

namespace relance::ledger {
namespace {

constexpr size_t kTermsBytesMax = 4096;
constexpr int64_t kHundredPercent = 1'000'000;

class Maker {
 public:
  explicit Maker(const RawInvoice& raw) : raw_(raw) {}

  MadeInvoice Run() {
    MakeHead();
    if (good()) MakeAmounts();
    if (good()) MakeRest();
    if (good()) MakeInstalments();
    if (good()) MakeDiscounts();
    return std::move(made_);
  }

 private:
  bool good() const { return made_.problem.reason.empty(); }

  void Fail(int64_t line, absl::string_view field, absl::string_view reason, absl::string_view message) {
    if (!good()) return;
    made_.problem = {line, std::string(field), std::string(reason), std::string(message)};
  }
  void Notify(absl::string_view field, absl::string_view reason, absl::string_view message) {
    made_.notices.push_back({raw_.line, std::string(field), std::string(reason), std::string(message)});
  }

  // The text of a field that must be there.
  bool Need(const InvoiceText& text, absl::string_view field, absl::string_view message) {
    if (text.empty()) Fail(raw_.line, field, kFieldMissing, message);
    return good();
  }

  std::optional<absl::CivilDay> DayOf(const InvoiceText& text, absl::string_view field) {
    if (text.empty()) return std::nullopt;
    const auto day = ParseInvoiceDay(text, raw_.ubl);
    if (day.ok()) return *day;
    Fail(text.line, field, ReasonOf(day.status()), day.status().message());
    return std::nullopt;
  }

  int64_t AmountOf(const InvoiceText& text, absl::string_view field) {
    const auto minor = ParseInvoiceAmount(text, document().currency);
    if (minor.ok()) return *minor;
    Fail(text.line, field, ReasonOf(minor.status()), minor.status().message());
    return 0;
  }

  void MakeHead() {
    InvoiceDocument& out = document();
    out.line = raw_.line;
    out.syntax = raw_.ubl ? "ubl" : "cii";
    out.profile = CleanUtf8(raw_.profile.value, kInvoiceTextBytesMax);
    out.test = raw_.test.value == "true" || raw_.test.value == "1";
    if (!Need(raw_.number, "BT-1", "the invoice has no number")) return;
    if (raw_.number.value.size() > kInvoiceNumberBytesMax) {
      return Fail(raw_.number.line, "BT-1", kFieldTooLong,
                  absl::StrCat("a number of at most ", kInvoiceNumberBytesMax, " bytes is allowed"));
    }
    out.number = raw_.number.value;
    if (!Need(raw_.issue_day, "BT-2", "the invoice has no issue date")) return;
    const auto issue = DayOf(raw_.issue_day, "BT-2");
    if (!issue.has_value()) return;
    out.issue_day = *issue;
    MakeType();
    if (!good() || !Need(raw_.currency, "BT-5", "the invoice has no currency")) return;
    out.currency = raw_.currency.value;
    if (!IsKnownCurrency(out.currency)) {
      Fail(raw_.currency.line, "BT-5", "CURRENCY_UNKNOWN", "the currency is no code of ISO 4217");
    }
  }

  void MakeType() {
    InvoiceDocument& out = document();
    out.type_code = raw_.type.value;
    if (out.type_code.empty() && raw_.ubl) out.type_code = raw_.credit_note ? "381" : "380";
    if (out.type_code.empty()) return Fail(raw_.line, "BT-3", kFieldMissing, "the invoice has no type");
    const InvoiceTypeClass type = ClassOfInvoiceType(out.type_code);
    if (type == InvoiceTypeClass::kUnsupported) {
      return Fail(raw_.type.line, "BT-3", kDocumentTypeUnsupported,
                  "this type of document claims nothing, or is no invoice");
    }
    out.credit = raw_.credit_note || type == InvoiceTypeClass::kCredit;
  }

  void MakeAmounts() {
    InvoiceDocument& out = document();
    if (!Need(raw_.payable, "BT-115", "the invoice has no payable amount")) return;
    out.payable_minor = AmountOf(raw_.payable, "BT-115");
    const int64_t rounding = raw_.rounding.empty() ? 0 : AmountOf(raw_.rounding, "BT-114");
    out.prepaid_minor = raw_.prepaid.empty() ? 0 : AmountOf(raw_.prepaid, "BT-113");
    std::optional<int64_t> total;
    for (const InvoiceText& text : raw_.totals) {
      // The other one of two is in the currency of accounting.
      if (raw_.totals.size() > 1 && !text.attribute.empty() && text.attribute != out.currency) continue;
      if (!total.has_value()) total = AmountOf(text, "BT-112");
    }
    if (!good()) return;
    out.total_minor = total.has_value() ? *total + rounding : out.payable_minor + out.prepaid_minor;
    const int64_t rest = out.total_minor - out.payable_minor;
    if (raw_.prepaid.empty() && rest != 0 && (rest > 0) == (out.total_minor > 0) &&
        std::abs(rest) <= std::abs(out.total_minor)) {
      out.prepaid_minor = rest;
    }
    if (out.total_minor - out.prepaid_minor == out.payable_minor) return;
    Notify("BT-115", kTotalsMismatch, "total, prepaid and rounding do not lead to the payable amount");
    out.total_minor = out.payable_minor;
    out.prepaid_minor = 0;
  }

  void MakeRest() {
    InvoiceDocument& out = document();
    for (const RawMeans& means : raw_.means) {
      if (out.payment_means.empty()) out.payment_means = means.code.value.substr(0, 8);
      if (out.reference.empty()) out.reference = CleanUtf8(means.reference.value, kInvoiceNumberBytesMax);
      if (out.creditor_account.empty()) {
        std::string account = absl::AsciiStrToUpper(means.account.value.substr(0, kInvoiceNumberBytesMax));
        account.erase(std::remove(account.begin(), account.end(), ' '), account.end());
        out.creditor_account = CleanUtf8(account, kInvoiceNumberBytesMax);
      }
      if (out.mandate.empty()) out.mandate = CleanUtf8(means.mandate.value, kInvoiceNumberBytesMax);
    }
    if (out.mandate.empty()) out.mandate = CleanUtf8(raw_.mandate.value, kInvoiceNumberBytesMax);
    for (const InvoiceText& text : raw_.preceding) {
      const std::string number = CleanUtf8(text.value, kInvoiceNumberBytesMax);
      if (std::find(out.preceding.begin(), out.preceding.end(), number) == out.preceding.end()) {
        out.preceding.push_back(number);
      }
    }
    for (const InvoiceText& text : raw_.terms_texts) {
      absl::StrAppend(&out.terms_text, out.terms_text.empty() ? "" : " ", text.value);
    }
    out.terms_text = CleanUtf8(out.terms_text, kTermsBytesMax);
    out.seller = MakeParty(raw_.seller);
    out.buyer = MakeParty(raw_.buyer);
  }

  // Sets of terms that each claim a part on a day; false when they do not add up to all of it.
  bool SplitByTerms() {
    InvoiceDocument& out = document();
    std::map<absl::CivilDay, int64_t> parts;
    int64_t sum = 0, percent_sum = 0;
    size_t count = 0, by_percent = 0;
    absl::CivilDay last;
    for (const RawTerms& terms : raw_.terms) {
      if (terms.amount.empty() && terms.percent.empty()) continue;
      const auto day = DayOf(terms.due_day, "BT-9");
      if (!day.has_value()) return false;
      int64_t minor = 0;
      if (!terms.amount.empty()) {
        minor = AmountOf(terms.amount, "BT-20");
      } else {
        const auto percent = ParsePercent(terms.percent.value);
        if (!percent.has_value()) return false;
        percent_sum += *percent;
        ++by_percent;
        minor = PercentOf(out.payable_minor, *percent);
      }
      parts[*day] += minor;
      sum += minor;
      last = *day;
      ++count;
    }
    if (!good() || count < 2) return false;
    if (by_percent == count && percent_sum == kHundredPercent) {
      parts[last] += out.payable_minor - sum;  // what rounding left
    } else if (sum == out.total_minor && sum != out.payable_minor) {
      int64_t prepaid = out.prepaid_minor;
      for (auto& [day, minor] : parts) {
        const int64_t taken = std::abs(prepaid) < std::abs(minor) ? prepaid : minor;
        minor -= taken;
        prepaid -= taken;
      }
    } else if (sum != out.payable_minor) {
      return false;
    }
    for (const auto& [day, minor] : parts) {
      if ((minor > 0) != (out.payable_minor > 0) && minor != 0) return false;
    }
    for (const auto& [day, minor] : parts) {
      if (minor != 0) out.instalments.push_back({day, minor});
    }
    return !out.instalments.empty();
  }

  void MakeInstalments() {
    InvoiceDocument& out = document();
    const auto due = DayOf(raw_.due_day, "BT-9");
    if (!good()) return;
    if (out.payable_minor != 0 && SplitByTerms()) return;
    if (!good()) return;
    out.instalments.clear();
    std::optional<absl::CivilDay> day = due;
    if (!day.has_value()) {
      bool several = false;
      const auto see = [&](const InvoiceText& text) {
        const auto other = DayOf(text, "BT-9");
        if (!other.has_value()) return;
        several |= day.has_value() && *day != *other;
        // The last of several: nobody is reminded before the day that was granted.
        day = day.has_value() ? std::max(*day, *other) : *other;
      };
      for (const RawTerms& terms : raw_.terms) see(terms.due_day);
      if (!day.has_value()) {
        for (const RawMeans& means : raw_.means) see(means.due_day);
      }
      if (several)
        Notify("BT-9", kDueDayUnclear, "several due dates without amounts that add up; the last was taken");
    }
    out.instalments.push_back({day, out.payable_minor});
    if (!day.has_value() && out.owed_minor(out.payable_minor) > 0 && out.terms_text.empty()) {
      Notify("BT-9", kTermsMissing, "neither due date nor terms; those of the account will do");
    }
  }

  void MakeDiscounts() {
    InvoiceDocument& out = document();
    const auto unclear = [&] {
      Notify("BT-20", kDiscountUnclear,
             "an early-payment discount has no day or no amount that can be worked out");
    };
    const auto add = [&](const RawDiscount& raw, size_t instalment) {
      auto discount =
          MakeDiscount(raw, raw_.ubl, out.issue_day, out.instalments[instalment].amount_minor, out.currency);
      if (!discount.has_value()) return unclear();
      discount->instalment = instalment;
      out.discounts.push_back(*discount);
    };
    if (out.owed_minor(out.payable_minor) <= 0) return;
    for (const RawTerms& terms : raw_.terms) {
      std::optional<size_t> instalment;
      if (out.instalments.size() == 1) instalment = 0;
      const auto day = terms.due_day.empty() ? absl::StatusOr<absl::CivilDay>(absl::NotFoundError(""))
                                             : ParseInvoiceDay(terms.due_day, raw_.ubl);
      for (size_t i = 0; i < out.instalments.size(); ++i) {
        if (day.ok() && out.instalments[i].due_day == *day) instalment = i;
      }
      for (const RawDiscount& raw : terms.discounts) {
        if (instalment.has_value()) {
          add(raw, *instalment);
        } else {
          unclear();
        }
      }
    }
    for (const RawDiscount& raw : FindSkonto(out.terms_text)) {
      if (out.instalments.size() == 1) {
        add(raw, 0);
      } else {
        unclear();
      }
    }
    std::stable_sort(out.discounts.begin(), out.discounts.end(),
                     [](const auto& a, const auto& b) { return a.until_day < b.until_day; });
  }

  InvoiceDocument& document() { return made_.document; }

  const RawInvoice& raw_;
  MadeInvoice made_;
};

}  // namespace

MadeInvoice MakeInvoice(const RawInvoice& raw) { return Maker(raw).Run(); }

}  // namespace relance::ledger
