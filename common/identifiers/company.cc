#include "common/identifiers/company.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/identifiers/text.h"
#include "common/status/check.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance::identifiers {
namespace {

constexpr size_t kSirenLength = 9;
constexpr size_t kSiretLength = 14;
constexpr absl::string_view kLaPoste = "356000000";
constexpr absl::string_view kLaPosteHeadOffice = "35600000000048";
// Letters of a French VAT key, in the order that gives their values.
constexpr absl::string_view kKeyAlphabet = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";

int64_t ToNumber(absl::string_view digits) {
  int64_t number = 0;
  RELANCE_CHECK(absl::SimpleAtoi(digits, &number));
  return number;
}

int SumOfDigits(absl::string_view digits) {
  int sum = 0;
  for (const char digit : digits) sum += digit - '0';
  return sum;
}

// Requires: nine digits and a key of two characters out of kKeyAlphabet.
bool KeyMatchesFrance(absl::string_view key, absl::string_view digits) {
  if (IsDigits(key)) return ToNumber(key) == (ToNumber(digits) * 100 + 12) % 97;
  const int64_t first = static_cast<int64_t>(kKeyAlphabet.find(key[0]));
  const int64_t second = static_cast<int64_t>(kKeyAlphabet.find(key[1]));
  const int64_t check = absl::ascii_isdigit(key[0]) ? first * 24 + second - 10 : first * 34 + second - 100;
  return (ToNumber(digits) + 1 + check / 11) % 11 == check % 11;
}

}  // namespace

absl::StatusOr<std::string> ParseSiren(absl::string_view text) {
  std::string siren = Normalise(text);
  if (siren.size() != kSirenLength || !IsDigits(siren))
    return IdentifierMalformed("SIREN", "it has 9 digits");
  if (!PassesLuhn(siren)) return IdentifierCheckFailed("SIREN");
  return siren;
}

absl::StatusOr<std::string> ParseSiret(absl::string_view text) {
  std::string siret = Normalise(text);
  if (siret.size() != kSiretLength || !IsDigits(siret))
    return IdentifierMalformed("SIRET", "it has 14 digits");
  const absl::string_view siren = absl::string_view(siret).substr(0, kSirenLength);
  const bool by_sum = siren == kLaPoste && siret != kLaPosteHeadOffice;
  if (!PassesLuhn(siren) || !(by_sum ? SumOfDigits(siret) % 5 == 0 : PassesLuhn(siret))) {
    return IdentifierCheckFailed("SIRET");
  }
  return siret;
}

absl::StatusOr<std::string> ParseVatFrance(absl::string_view text) {
  std::string vat = Normalise(text);
  if (vat.size() == kSirenLength + 2) vat.insert(0, "FR");
  const absl::string_view view = vat;
  if (view.size() != kSirenLength + 4 || !absl::StartsWith(view, "FR") || !IsDigits(view.substr(4)) ||
      view.substr(2, 2).find_first_not_of(kKeyAlphabet) != absl::string_view::npos) {
    return IdentifierMalformed("VAT FR", "it is FR, a key of two characters and a SIREN");
  }
  const absl::string_view digits = view.substr(4);
  const bool monaco = absl::StartsWith(digits, "000");
  if ((!monaco && !PassesLuhn(digits)) || !KeyMatchesFrance(view.substr(2, 2), digits)) {
    return IdentifierCheckFailed("VAT FR");
  }
  return vat;
}

absl::StatusOr<std::string> ParseEnterpriseNumberBelgium(absl::string_view text) {
  std::string number = Normalise(text);
  if (number.size() == 9) number.insert(0, "0");
  if (number.size() != 10 || !IsDigits(number) || number[0] > '1') {
    return IdentifierMalformed("BE enterprise number", "it has 10 digits, the first one 0 or 1");
  }
  const absl::string_view view = number;
  if (ToNumber(view.substr(0, 8)) == 0 || ToNumber(view.substr(8)) != 97 - ToNumber(view.substr(0, 8)) % 97) {
    return IdentifierCheckFailed("BE enterprise number");
  }
  return number;
}

absl::StatusOr<std::string> ParseVatBelgium(absl::string_view text) {
  const std::string vat = Normalise(text);
  absl::string_view digits = vat;
  if (absl::StartsWith(digits, "BE")) digits.remove_prefix(2);
  RELANCE_ASSIGN_OR_RETURN(const std::string number, ParseEnterpriseNumberBelgium(digits));
  return absl::StrCat("BE", number);
}

absl::StatusOr<std::string> ParseVat(absl::string_view text) {
  const std::string vat = Normalise(text);
  if (absl::StartsWith(vat, "FR")) return ParseVatFrance(vat);
  if (absl::StartsWith(vat, "BE")) return ParseVatBelgium(vat);
  return DomainError(absl::StatusCode::kInvalidArgument, "IDENTIFIER_COUNTRY_UNKNOWN",
                     "VAT: only FR and BE numbers can be checked", {{"scheme", "VAT"}});
}

}  // namespace relance::identifiers
