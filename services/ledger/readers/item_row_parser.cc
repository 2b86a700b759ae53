#include "services/ledger/readers/item_row_parser.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/source_hash.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

using C = ItemColumn;

std::string DayText(const std::optional<absl::CivilDay>& day) { return day ? FormatCompactDay(*day) : ""; }

absl::string_view KindName(ItemKind kind) {
  switch (kind) {
    case ItemKind::kInvoice:
      return "invoice";
    case ItemKind::kCreditNote:
      return "credit_note";
    case ItemKind::kPayment:
      return "payment";
    case ItemKind::kOpening:
      return "opening";
  }
  return "";
}

class Fields {
 public:
  Fields(absl::Span<const int> position, const std::vector<std::string>& fields, LineProblem* problem)
      : position_(position), fields_(fields), problem_(problem) {}

  bool ok() const { return problem_->reason.empty(); }

  void Fail(C column, absl::string_view reason, absl::string_view message) {
    if (!ok()) return;
    *problem_ = {std::string(ItemColumnName(column)), std::string(reason), std::string(message)};
  }
  void Fail(C column, const absl::Status& status) { Fail(column, ReasonOf(status), status.message()); }

  std::string Get(C column) {
    const int at = position_[static_cast<size_t>(column)];
    if (at < 0) return "";
    std::string text(TrimBlank(fields_[static_cast<size_t>(at)]));
    if (text.size() > kFieldBytesMax) {
      Fail(column, kFieldTooLong, absl::StrCat("longer than ", kFieldBytesMax, " bytes"));
      return "";
    }
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return text;
  }

  std::string GetRequired(C column, bool required) {
    std::string text = Get(column);
    if (required && text.empty()) Fail(column, kFieldMissing, "required for this kind");
    return text;
  }

  std::optional<absl::CivilDay> GetDay(C column, bool required) {
    const std::string text = GetRequired(column, required);
    if (text.empty()) return std::nullopt;
    const absl::StatusOr<absl::CivilDay> day = ParseIsoDay(text);
    if (day.ok()) return *day;
    Fail(column, day.status());
    return std::nullopt;
  }

  ItemKind GetKind() {
    const std::string text = Get(C::kKind);
    for (const ItemKind kind :
         {ItemKind::kInvoice, ItemKind::kCreditNote, ItemKind::kPayment, ItemKind::kOpening}) {
      if (text == KindName(kind)) return kind;
    }
    Fail(C::kKind, text.empty() ? kFieldMissing : kFieldInvalid,
         "not invoice, credit_note, payment or opening");
    return ItemKind::kInvoice;
  }

  // Amount and currency belong together: without the currency nobody knows the decimals.
  int64_t GetAmount(const std::string& currency, bool may_be_negative) {
    const std::string text = GetRequired(C::kAmount, true);
    const absl::StatusOr<int> exponent = CurrencyExponent(currency);
    if (!exponent.ok()) {
      Fail(C::kCurrency, exponent.status());
      return 0;
    }
    const absl::StatusOr<int64_t> minor = ParseDecimalMinor(text, *exponent, {DecimalStyle::Mark::kPoint});
    if (!minor.ok()) {
      Fail(C::kAmount, minor.status());
      return 0;
    }
    if (*minor < 0 && !may_be_negative)
      Fail(C::kAmount, kAmountNegative, "the kind says the side, not a sign");
    if (*minor > kAmountMinorMax || *minor < -kAmountMinorMax) {
      Fail(C::kAmount, kAmountOverflow, "the amount is too large to be one");
    }
    return *minor;
  }

  std::string GetCountry() {
    const std::string text = Get(C::kCountry);
    const bool is_code = text.size() == 2 && absl::ascii_isupper(text[0]) && absl::ascii_isupper(text[1]);
    if (!text.empty() && !is_code) Fail(C::kCountry, kFieldInvalid, "not two upper-case letters");
    return text;
  }

  std::string GetLanguage() {
    const std::string text = Get(C::kLanguage);
    const bool is_code = text.size() == 2 && absl::ascii_islower(text[0]) && absl::ascii_islower(text[1]);
    if (!text.empty() && !is_code) Fail(C::kLanguage, kFieldInvalid, "not two lower-case letters");
    return text;
  }

 private:
  const absl::Span<const int> position_;
  const std::vector<std::string>& fields_;
  LineProblem* problem_;
};

}  // namespace

bool ParseItemRow(absl::Span<const int> position, const std::vector<std::string>& values, ItemRow* row,
                  LineProblem* problem) {
  *problem = {};
  Fields fields(position, values, problem);
  row->kind = fields.GetKind();
  const bool is_payment = row->kind == ItemKind::kPayment;
  const bool is_opening = row->kind == ItemKind::kOpening;
  row->account = fields.GetRequired(C::kAccount, !is_payment);
  row->number = fields.GetRequired(C::kNumber, !is_payment && !is_opening);
  row->issue_day = fields.GetDay(C::kIssueDate, !is_payment);
  row->due_day = fields.GetDay(C::kDueDate, false);
  row->booking_day = fields.GetDay(C::kBookingDate, is_payment);
  row->currency = fields.GetRequired(C::kCurrency, true);
  row->amount_minor = fields.GetAmount(row->currency, is_opening);
  row->reference = fields.Get(C::kReference);
  row->end_to_end_id = fields.Get(C::kEndToEndId);
  row->payer_iban = fields.Get(C::kPayerIban);
  row->description = fields.Get(C::kDescription);
  AccountAttributes& about = row->attributes;
  about.name = fields.Get(C::kName);
  about.siren = fields.Get(C::kSiren);
  about.vat = fields.Get(C::kVat);
  about.country = fields.GetCountry();
  about.region = fields.Get(C::kRegion);
  about.sector = fields.Get(C::kSector);
  about.segment = fields.Get(C::kSegment);
  about.email = fields.Get(C::kEmail);
  about.language = fields.GetLanguage();
  about.collector = fields.Get(C::kCollector);
  about.customer_type = fields.Get(C::kCustomerType);
  return fields.ok();
}

std::string CanonicalItemRow(const ItemRow& row) {
  CanonicalText text;
  text.Add("item1").Add(KindName(row.kind)).Add(row.account).Add(row.number).Add(DayText(row.issue_day));
  text.Add(DayText(row.due_day)).Add(DayText(row.booking_day)).Add(row.amount_minor).Add(row.currency);
  text.Add(row.reference).Add(row.end_to_end_id).Add(row.payer_iban).Add(row.description);
  return text.text();
}

}  // namespace relance::ledger
