#include "common/identifiers/bank.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/identifiers/country.h"
#include "common/identifiers/text.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance::identifiers {
namespace {

// What follows the country and the two check digits: lengths, each with n digits, a letters, c both.
struct Structure {
  absl::string_view country;
  absl::string_view pattern;
};

// Sorted by country.
constexpr Structure kStructures[] = {
    {"AD", "4n4n12c"},     {"AE", "3n16n"},     {"AL", "8n16c"},         {"AT", "5n11n"},
    {"AZ", "4a20c"},       {"BA", "3n3n8n2n"},  {"BE", "3n7n2n"},        {"BG", "4a4n2n8c"},
    {"BH", "4a14c"},       {"BI", "5n5n11n2n"}, {"BR", "8n5n10n1a1c"},   {"BY", "4c4n16c"},
    {"CH", "5n12c"},       {"CR", "4n14n"},     {"CY", "3n5n16c"},       {"CZ", "4n6n10n"},
    {"DE", "8n10n"},       {"DJ", "5n5n11n2n"}, {"DK", "4n9n1n"},        {"DO", "4c20n"},
    {"EE", "2n2n11n1n"},   {"EG", "4n4n17n"},   {"ES", "4n4n1n1n10n"},   {"FI", "14n"},
    {"FK", "2a12n"},       {"FO", "4n9n1n"},    {"FR", "5n5n11c2n"},     {"GB", "4a6n8n"},
    {"GE", "2a16n"},       {"GI", "4a15c"},     {"GL", "4n9n1n"},        {"GR", "3n4n16c"},
    {"GT", "4c20c"},       {"HN", "4a20n"},     {"HR", "7n10n"},         {"HU", "3n4n1n15n1n"},
    {"IE", "4a6n8n"},      {"IL", "3n3n13n"},   {"IQ", "4a3n12n"},       {"IS", "4n2n6n10n"},
    {"IT", "1a5n5n12c"},   {"JO", "4a4n18c"},   {"KW", "4a22c"},         {"KZ", "3n13c"},
    {"LB", "4n20c"},       {"LC", "4a24c"},     {"LI", "5n12c"},         {"LT", "5n11n"},
    {"LU", "3n13c"},       {"LV", "4a13c"},     {"LY", "3n3n15n"},       {"MC", "5n5n11c2n"},
    {"MD", "2c18c"},       {"ME", "3n13n2n"},   {"MK", "3n10c2n"},       {"MN", "4n12n"},
    {"MR", "5n5n11n2n"},   {"MT", "4a5n18c"},   {"MU", "4a2n2n12n3n3a"}, {"NI", "4a20n"},
    {"NL", "4a10n"},       {"NO", "4n6n1n"},    {"OM", "3n16c"},         {"PK", "4a16c"},
    {"PL", "8n16n"},       {"PS", "4a21c"},     {"PT", "4n4n11n2n"},     {"QA", "4a21c"},
    {"RO", "4a16c"},       {"RS", "3n13n2n"},   {"RU", "9n5n15c"},       {"SA", "2n18c"},
    {"SC", "4a2n2n16n3a"}, {"SD", "2n12n"},     {"SE", "3n16n1n"},       {"SI", "5n8n2n"},
    {"SK", "4n6n10n"},     {"SM", "1a5n5n12c"}, {"SO", "4n3n12n"},       {"ST", "4n4n11n2n"},
    {"SV", "4a20n"},       {"TL", "3n14n2n"},   {"TN", "2n3n13n2n"},     {"TR", "5n1n16c"},
    {"UA", "6n19c"},       {"VA", "3n15n"},     {"VG", "4a16n"},         {"XK", "4n10n2n"},
    {"YE", "4a4n18c"},
};

absl::Status CountryUnknown(absl::string_view scheme) {
  return DomainError(absl::StatusCode::kInvalidArgument, "IDENTIFIER_COUNTRY_UNKNOWN",
                     absl::StrCat(scheme, ": there is no such country"), {{"scheme", std::string(scheme)}});
}

bool IsLetters(absl::string_view text) { return std::all_of(text.begin(), text.end(), absl::ascii_isupper); }

bool Matches(absl::string_view bban, absl::string_view pattern) {
  while (!pattern.empty()) {
    size_t length = 0;
    for (; absl::ascii_isdigit(pattern.front()); pattern.remove_prefix(1))
      length = length * 10 + (pattern.front() - '0');
    const char kind = pattern.front();
    pattern.remove_prefix(1);
    if (bban.size() < length) return false;
    const absl::string_view part = bban.substr(0, length);
    if (kind == 'n' ? !IsDigits(part) : kind == 'a' ? !IsLetters(part) : !IsAlphanumeric(part)) return false;
    bban.remove_prefix(length);
  }
  return bban.empty();
}

// Belgium: the last two digits are the first ten mod 97, 97 for 0.
bool KeyMatchesBelgium(absl::string_view bban) {
  const int remainder = Mod97(bban.substr(0, 10));
  return absl::StrCat(remainder == 0 ? 97 : remainder) == absl::StripPrefix(bban.substr(10), "0");
}

// The value of a letter in a RIB: AJ=1, BKS=2, CLT=3 ... IRZ=9.
char RibDigit(char c) {
  if (c <= '9') return c;
  if (c <= 'I') return static_cast<char>('1' + (c - 'A'));
  if (c <= 'R') return static_cast<char>('1' + (c - 'J'));
  return static_cast<char>('2' + (c - 'S'));
}

// France: 97 - (89 bank + 15 branch + 3 account) mod 97 is the key, which is the rule that the 23 digits are
// 0 mod 97.
bool KeyMatchesFrance(absl::string_view bban) {
  std::string digits(bban);
  std::transform(digits.begin(), digits.end(), digits.begin(), RibDigit);
  const absl::string_view view = digits;
  const int remainder =
      (89 * Mod97(view.substr(0, 5)) + 15 * Mod97(view.substr(5, 5)) + 3 * Mod97(view.substr(10, 11))) % 97;
  return absl::StrCat(97 - remainder) == absl::StripPrefix(view.substr(21), "0");
}

}  // namespace

absl::StatusOr<std::string> ParseIban(absl::string_view text) {
  std::string iban = Normalise(text);
  const absl::string_view view = iban;
  // The shortest is that of Norway.
  constexpr size_t kIbanLengthMin = 15;
  if (view.size() < kIbanLengthMin || !IsLetters(view.substr(0, 2)) || !IsDigits(view.substr(2, 2))) {
    return IdentifierMalformed("IBAN", "it begins with a country and two digits");
  }
  const absl::string_view country = view.substr(0, 2);
  const Structure* structure =
      std::lower_bound(std::begin(kStructures), std::end(kStructures), country,
                       [](const Structure& a, absl::string_view b) { return a.country < b; });
  if (structure == std::end(kStructures) || structure->country != country) return CountryUnknown("IBAN");
  const absl::string_view bban = view.substr(4);
  if (!Matches(bban, structure->pattern)) {
    return IdentifierMalformed("IBAN", "the length or the characters are not those of the country");
  }
  // 00, 01 and 99 would pass mod 97 in the place of 97, 98 and 02, and are never given out.
  const absl::string_view check = view.substr(2, 2);
  if (Mod97(absl::StrCat(bban, view.substr(0, 4))) != 1 || check < "02" || check > "98") {
    return IdentifierCheckFailed("IBAN");
  }
  if (country == "BE" && !KeyMatchesBelgium(bban)) return IdentifierCheckFailed("BE account");
  if ((country == "FR" || country == "MC") && !KeyMatchesFrance(bban)) return IdentifierCheckFailed("RIB");
  return iban;
}

std::string FormatIban(absl::string_view iban) {
  std::string out;
  for (size_t i = 0; i < iban.size(); ++i) {
    if (i > 0 && i % 4 == 0) out.push_back(' ');
    out.push_back(iban[i]);
  }
  return out;
}

absl::StatusOr<std::string> ParseBic(absl::string_view text) {
  std::string bic = Normalise(text);
  const absl::string_view view = bic;
  if ((view.size() != 8 && view.size() != 11) || !IsLetters(view.substr(0, 6)) ||
      !IsAlphanumeric(view.substr(6))) {
    return IdentifierMalformed("BIC", "it is 6 letters and 2 or 5 letters or digits");
  }
  if (!IsCountryCode(view.substr(4, 2))) return CountryUnknown("BIC");
  return bic;
}

}  // namespace relance::identifiers
