#include "services/ledger/company_key.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/identifiers/country.h"
#include "common/identifiers/text.h"

namespace relance::ledger {
namespace {

constexpr size_t kSirenLength = 9, kSiretLength = 14, kBelgianLength = 10;
constexpr size_t kIdentifierLengthMin = 4, kIdentifierLengthMax = 40;

void Add(std::string key, std::vector<std::string>* keys) {
  if (!key.empty() && std::find(keys->begin(), keys->end(), key) == keys->end())
    keys->push_back(std::move(key));
}

std::string French(absl::string_view digits) {
  const bool good =
      (digits.size() == kSirenLength || digits.size() == kSiretLength) && identifiers::IsDigits(digits);
  return good ? absl::StrCat("FR:", digits.substr(0, kSirenLength)) : "";
}

std::string Belgian(absl::string_view digits) {
  if (!identifiers::IsDigits(digits)) return "";
  if (digits.size() + 1 == kBelgianLength) return absl::StrCat("BE:0", digits);
  return digits.size() == kBelgianLength ? absl::StrCat("BE:", digits) : "";
}

void AddVat(absl::string_view vat, std::vector<std::string>* keys) {
  if (vat.size() < kIdentifierLengthMin || vat.size() > kIdentifierLengthMax ||
      !identifiers::IsAlphanumeric(vat))
    return;
  const absl::string_view country = vat.substr(0, 2);
  if (country == "FR" && vat.size() == 13) return Add(French(vat.substr(4)), keys);
  if (country == "BE") return Add(Belgian(vat.substr(2)), keys);
  const bool known = identifiers::IsCountryCode(country) || country == "EL" || country == "XI";
  if (known) Add(absl::StrCat(country, ":", vat.substr(2)), keys);
}

}  // namespace

std::vector<std::string> CompanyKeys(absl::string_view legal_id, absl::string_view scheme,
                                     absl::string_view vat_id, absl::string_view country) {
  std::vector<std::string> keys;
  const std::string legal = identifiers::Normalise(legal_id);
  const std::string vat = identifiers::Normalise(vat_id);
  const bool french_scheme = scheme == "0002" || scheme == "0009" || scheme == "0225";
  const bool belgian_scheme = scheme == "0208" || scheme == "9956";
  if (french_scheme || (scheme.empty() && country == "FR")) Add(French(legal), &keys);
  if (belgian_scheme || (scheme.empty() && country == "BE")) Add(Belgian(legal), &keys);
  // Some write their VAT number there.
  if (scheme.empty() && keys.empty() && !country.empty() && legal.substr(0, 2) == country)
    AddVat(legal, &keys);
  if (scheme.empty() && keys.empty() && country.empty() && legal.size() == kSirenLength)
    Add(French(legal), &keys);
  AddVat(vat, &keys);
  const bool other_scheme = !scheme.empty() && scheme.size() <= 8 && !french_scheme && !belgian_scheme;
  if (other_scheme && legal.size() >= kIdentifierLengthMin && legal.size() <= kIdentifierLengthMax) {
    Add(absl::StrCat(scheme, ":", legal), &keys);
  }
  return keys;
}

bool IsMadeCode(absl::string_view code) {
  const size_t colon = code.find(':');
  if (colon == absl::string_view::npos || colon + 1 == code.size()) return false;
  const absl::string_view kind = code.substr(0, colon);
  const bool country = kind.size() == 2 && absl::ascii_isupper(kind[0]) && absl::ascii_isupper(kind[1]);
  return country || kind == "NAME" || (kind.size() == 4 && identifiers::IsDigits(kind));
}

SameCompany Compare(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  bool comparable = false;
  for (const std::string& x : a) {
    for (const std::string& y : b) {
      if (x == y) return SameCompany::kYes;
      comparable |= x.substr(0, x.find(':')) == y.substr(0, y.find(':'));
    }
  }
  return comparable ? SameCompany::kNo : SameCompany::kUnknown;
}

}  // namespace relance::ledger
