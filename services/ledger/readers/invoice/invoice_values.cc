#include "services/ledger/readers/invoice/invoice_values.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/status/utf8.h"
#include "common/time/day.h"
#include "services/ledger/readers/camt_values.h"
#include "services/ledger/readers/invoice/make_invoice.h"
#include "services/ledger/readers/reasons.h"

namespace relance::ledger {
namespace {

constexpr int kPercentExponent = 4;  // a percentage with four decimals is in millionths of the whole
constexpr int64_t kWhole = 1'000'000;
constexpr int kDiscountDaysMax = 365;
constexpr size_t kDiscountsInTextMax = 20;

// A period in days behind `from`. Units of UN/ECE Recommendation 20.
std::optional<absl::CivilDay> Later(absl::CivilDay from, const InvoiceText& period) {
  int64_t count = 0;
  const auto digits = ParseDecimalMinor(period.value, 0, {DecimalStyle::Mark::kPoint});
  if (!digits.ok() || *digits < 0 || *digits > kDiscountDaysMax) return std::nullopt;
  count = *digits;
  if (period.attribute == "MON") return AddMonthsClamped(from, static_cast<int>(count));
  if (period.attribute == "WEE") return from + 7 * count;
  if (period.attribute.empty() || period.attribute == "DAY") return from + count;
  return std::nullopt;
}

std::string Cut(const InvoiceText& text) { return CleanUtf8(text.value, kInvoiceTextBytesMax); }

std::string WithoutSpaces(absl::string_view text) {
  std::string clean(text);
  clean.erase(std::remove(clean.begin(), clean.end(), ' '), clean.end());
  return clean;
}

}  // namespace

absl::StatusOr<absl::CivilDay> ParseInvoiceDay(const InvoiceText& text, bool ubl) {
  if (ubl) return ParseCamtDay(text.value);
  const absl::string_view format = text.attribute;
  if (format.empty() || format == "102") return ParseCompactDay(text.value);
  if (format == "203" || format == "204") return ParseCompactDay(absl::string_view(text.value).substr(0, 8));
  return DomainError(absl::StatusCode::kInvalidArgument, kFieldInvalid, "a day of format 102 is needed");
}

absl::StatusOr<int64_t> ParseInvoiceAmount(const InvoiceText& text, const std::string& currency) {
  if (!text.attribute.empty() && text.attribute != currency) {
    return DomainError(absl::StatusCode::kInvalidArgument, kFieldInvalid,
                       "the amount is not in the currency of the document");
  }
  RELANCE_ASSIGN_OR_RETURN(const int exponent, CurrencyExponent(currency));
  RELANCE_ASSIGN_OR_RETURN(const int64_t minor,
                           ParseDecimalMinor(text.value, exponent, {DecimalStyle::Mark::kPoint}));
  if (minor > kAmountMinorMax || minor < -kAmountMinorMax) {
    return DomainError(absl::StatusCode::kOutOfRange, kAmountOverflow, "the amount is too large");
  }
  return minor;
}

std::optional<int64_t> ParsePercent(absl::string_view text) {
  const auto percent = ParseDecimalMinor(text, kPercentExponent, {DecimalStyle::Mark::kPoint});
  if (!percent.ok() || *percent < 0 || *percent > kWhole) return std::nullopt;
  return *percent;
}

int64_t PercentOf(int64_t minor, int64_t percent_millionths) {
  // At most 10^15 x 10^6 in the middle.
  const auto product = static_cast<__int128>(minor) * percent_millionths;
  const __int128 half = kWhole / 2;
  return static_cast<int64_t>((product + (product < 0 ? -half : half)) / kWhole);
}

std::optional<InvoiceDiscount> MakeDiscount(const RawDiscount& raw, bool ubl, absl::CivilDay issue_day,
                                            int64_t amount_minor, const std::string& currency) {
  InvoiceDiscount discount;
  if (!raw.until.empty()) {
    const auto until = ParseInvoiceDay(raw.until, ubl);
    if (!until.ok()) return std::nullopt;
    discount.until_day = *until;
  } else {
    if (raw.days.empty()) return std::nullopt;
    absl::CivilDay from = issue_day;
    if (!raw.basis_day.empty()) {
      const auto basis = ParseInvoiceDay(raw.basis_day, ubl);
      if (!basis.ok()) return std::nullopt;
      from = *basis;
    }
    const auto until = Later(from, raw.days);
    if (!until.has_value()) return std::nullopt;
    discount.until_day = *until;
  }
  const int64_t whole = std::abs(amount_minor);
  if (!raw.amount.empty()) {
    const auto amount = ParseInvoiceAmount(raw.amount, currency);
    if (!amount.ok()) return std::nullopt;
    discount.amount_minor = *amount;
  } else {
    const auto percent = ParsePercent(raw.percent.value);
    if (!percent.has_value()) return std::nullopt;
    int64_t base = whole;
    if (!raw.basis_amount.empty()) {
      const auto told = ParseInvoiceAmount(raw.basis_amount, currency);
      if (!told.ok()) return std::nullopt;
      base = *told;
    }
    discount.amount_minor = PercentOf(base, *percent);
  }
  if (discount.amount_minor <= 0 || discount.amount_minor >= whole) return std::nullopt;
  return discount;
}

std::vector<RawDiscount> FindSkonto(absl::string_view terms) {
  std::vector<RawDiscount> found;
  while (found.size() < kDiscountsInTextMax) {
    const size_t at = terms.find("#SKONTO#");
    if (at == absl::string_view::npos) break;
    terms.remove_prefix(at + 8);
    RawDiscount discount;
    absl::string_view rest = terms;
    while (true) {
      const size_t end = rest.find('#');
      if (end == absl::string_view::npos) break;
      absl::string_view part = rest.substr(0, end);
      if (absl::ConsumePrefix(&part, "TAGE=")) {
        discount.days.value = std::string(part);
      } else if (absl::ConsumePrefix(&part, "PROZENT=")) {
        discount.percent.value = std::string(part);
      } else if (absl::ConsumePrefix(&part, "BASISBETRAG=")) {
        discount.basis_amount.value = std::string(part);
      } else {
        break;
      }
      rest.remove_prefix(end + 1);
    }
    found.push_back(std::move(discount));
  }
  return found;
}

InvoiceParty MakeParty(const RawParty& raw) {
  InvoiceParty party;
  party.name = Cut(raw.name.empty() ? raw.trading_name : raw.name);
  for (const InvoiceText& id : raw.ids) party.ids.push_back({Cut(id), id.attribute});
  party.legal_id = {Cut(raw.legal_id), raw.legal_id.attribute};
  for (const RawParty::Tax& tax : raw.taxes) {
    // UBL names the tax in an element, CII in an attribute; without a name it is VAT.
    const std::string scheme =
        absl::AsciiStrToUpper(tax.scheme.empty() ? tax.id.attribute : tax.scheme.value);
    const bool vat = scheme.empty() || scheme == "VAT" || scheme == "VA";
    if (vat && party.vat_id.empty()) party.vat_id = absl::AsciiStrToUpper(WithoutSpaces(Cut(tax.id)));
  }
  party.endpoint = {Cut(raw.endpoint), raw.endpoint.attribute};
  const std::string country = absl::AsciiStrToUpper(raw.country.value);
  if (country.size() == 2 && absl::ascii_isalpha(country[0]) && absl::ascii_isalpha(country[1])) {
    party.country = country;
  }
  for (const InvoiceText& line : raw.address) party.address.push_back(Cut(line));
  const std::string city =
      absl::StrCat(Cut(raw.postcode), raw.postcode.empty() || raw.city.empty() ? "" : " ", Cut(raw.city));
  if (!city.empty()) party.address.push_back(CleanUtf8(city, kInvoiceTextBytesMax));
  party.contact_name = Cut(raw.contact_name);
  party.contact_phone = Cut(raw.contact_phone);
  if (absl::StrContains(raw.contact_mail.value, '@')) party.contact_mail = Cut(raw.contact_mail);
  return party;
}

}  // namespace relance::ledger
