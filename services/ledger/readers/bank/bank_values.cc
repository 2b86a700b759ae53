#include "services/ledger/readers/bank/bank_values.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/identifiers/bank.h"
#include "common/identifiers/reference.h"
#include "common/identifiers/text.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/readers/reasons.h"

namespace relance::ledger {
namespace {

absl::StatusOr<int64_t> Bounded(int64_t minor) {
  if (minor > kAmountMinorMax || minor < -kAmountMinorMax) {
    return DomainError(absl::StatusCode::kOutOfRange, kAmountOverflow, "the amount is too large to be one");
  }
  return minor;
}

// The value of a letter in the key of a RIB: A and J are 1, B, K and S are 2, and so on.
char RibDigit(char c) {
  if (absl::ascii_isdigit(static_cast<unsigned char>(c))) return c;
  static constexpr absl::string_view kValues = "12345678912345678923456789";
  return kValues[static_cast<size_t>(c - 'A')];
}

std::string WithCheckDigits(absl::string_view country, absl::string_view bban) {
  const int check = 98 - identifiers::Mod97(absl::StrCat(bban, country, "00"));
  return absl::StrFormat("%s%02d%s", country, check, bban);
}

}  // namespace

absl::StatusOr<absl::CivilDay> DayFromParts(absl::string_view yy, absl::string_view mm,
                                            absl::string_view dd) {
  int year = 0, month = 0, day = 0;
  const bool digits = identifiers::IsDigits(yy) && identifiers::IsDigits(mm) && identifiers::IsDigits(dd);
  if (!digits || yy.size() != 2 || mm.size() != 2 || dd.size() != 2 || !absl::SimpleAtoi(yy, &year) ||
      !absl::SimpleAtoi(mm, &month) || !absl::SimpleAtoi(dd, &day)) {
    return DomainError(absl::StatusCode::kInvalidArgument, "DATE_MALFORMED", "not a day of six digits");
  }
  return MakeDay(year >= 80 ? 1900 + year : 2000 + year, month, day);
}

absl::StatusOr<absl::CivilDay> ParseDdmmyy(absl::string_view text) {
  if (text.size() != 6) {
    return DomainError(absl::StatusCode::kInvalidArgument, "DATE_MALFORMED", "not a day of six digits");
  }
  return DayFromParts(text.substr(4, 2), text.substr(2, 2), text.substr(0, 2));
}

absl::StatusOr<int64_t> ParseImpliedDecimals(absl::string_view digits, int decimals,
                                             absl::string_view currency) {
  RELANCE_ASSIGN_OR_RETURN(const int exponent, CurrencyExponent(currency));
  const auto places = static_cast<size_t>(decimals);
  if (!identifiers::IsDigits(digits) || digits.size() <= places) {
    return DomainError(absl::StatusCode::kInvalidArgument, "AMOUNT_MALFORMED", "not an amount in digits");
  }
  const absl::string_view whole = digits.substr(0, digits.size() - places);
  const absl::string_view rest = digits.substr(digits.size() - places);
  RELANCE_ASSIGN_OR_RETURN(
      const int64_t minor,
      ParseDecimalMinor(rest.empty() ? std::string(whole) : absl::StrCat(whole, ".", rest), exponent,
                        {DecimalStyle::Mark::kPoint}));
  return Bounded(minor);
}

absl::StatusOr<int64_t> ParseCommaAmount(absl::string_view text, absl::string_view currency) {
  RELANCE_ASSIGN_OR_RETURN(const int exponent, CurrencyExponent(currency));
  if (absl::EndsWith(text, ",")) text.remove_suffix(1);
  if (text.empty() || !absl::ascii_isdigit(static_cast<unsigned char>(text[0]))) {
    return DomainError(absl::StatusCode::kInvalidArgument, "AMOUNT_MALFORMED", "not an amount with a comma");
  }
  RELANCE_ASSIGN_OR_RETURN(const int64_t minor,
                           ParseDecimalMinor(text, exponent, {DecimalStyle::Mark::kComma}));
  return Bounded(minor);
}

std::string BelgianIban(absl::string_view national) {
  if (national.size() != 12 || !identifiers::IsDigits(national)) return std::string(national);
  const absl::StatusOr<std::string> iban = identifiers::ParseIban(WithCheckDigits("BE", national));
  return iban.ok() ? *iban : std::string(national);
}

std::string FrenchIban(absl::string_view bank, absl::string_view branch, absl::string_view account) {
  const std::string plain = absl::AsciiStrToUpper(absl::StrCat(bank, branch, account));
  const bool is_rib = bank.size() == 5 && branch.size() == 5 && account.size() == 11 &&
                      identifiers::IsDigits(bank) && identifiers::IsDigits(branch) &&
                      identifiers::IsAlphanumeric(plain);
  if (!is_rib) return plain;
  std::string digits = plain;
  std::transform(digits.begin(), digits.end(), digits.begin(), RibDigit);
  const int key = 97 - identifiers::Mod97(absl::StrCat(digits, "00"));
  return WithCheckDigits("FR", absl::StrFormat("%s%02d", plain, key));
}

std::string AccountNumber(absl::string_view text) {
  const absl::StatusOr<std::string> iban = identifiers::ParseIban(text);
  if (iban.ok()) return *iban;
  std::string plain(text);
  plain.erase(std::remove(plain.begin(), plain.end(), ' '), plain.end());
  return plain;
}

void AddReference(absl::string_view reference, BankTransaction* transaction) {
  if (reference.empty()) return;
  StructuredRemittance part;
  if (const auto ogm = identifiers::ParseOgm(reference); ogm.ok()) {
    part.reference = *ogm;
    part.reference_issuer = "BBA";
  } else if (const auto rf = identifiers::ParseRf(reference); rf.ok()) {
    part.reference = *rf;
    part.reference_issuer = "ISO";
  } else {
    part.reference = std::string(reference);
  }
  part.reference_type = "SCOR";
  for (const StructuredRemittance& known : transaction->structured) {
    if (known.reference == part.reference) return;
  }
  transaction->structured.push_back(std::move(part));
}

void SetCounterparty(Counterparty party, BankTransaction* t) {
  const bool is_returned = t->is_reversal || !t->return_reason.empty();
  if (t->is_credit != is_returned) {
    t->debtor_name = std::move(party.name);
    t->ultimate_debtor_name = std::move(party.ultimate_name);
    t->debtor_account = std::move(party.account);
  } else {
    t->creditor_name = std::move(party.name);
    t->creditor_account = std::move(party.account);
  }
}

void ProveCharges(int64_t original_minor, int64_t charges_minor, BankTransaction* t) {
  if (charges_minor <= 0 || original_minor <= 0 || charges_minor > kAmountMinorMax) return;
  if (original_minor == (t->is_credit ? t->amount_minor + charges_minor : t->amount_minor - charges_minor)) {
    t->charges_minor = charges_minor;
  }
}

}  // namespace relance::ledger
