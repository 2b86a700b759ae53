#include "common/identifiers/reference.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/identifiers/text.h"

namespace relance::identifiers {
namespace {

constexpr size_t kRfPrefixLength = 4;
constexpr size_t kRfBodyMax = 21;
constexpr size_t kOgmBodyLength = 10;
constexpr size_t kOgmLength = 12;

std::string OgmCheck(absl::string_view body) {
  const int remainder = Mod97(body);
  return absl::StrFormat("%02d", remainder == 0 ? 97 : remainder);
}

std::string RfCheck(absl::string_view body) {
  return absl::StrFormat("%02d", 98 - Mod97(absl::StrCat(body, "RF00")));
}

}  // namespace

absl::StatusOr<std::string> ParseRf(absl::string_view text) {
  std::string rf = Normalise(text);
  const absl::string_view view = rf;
  if (!absl::StartsWith(view, "RF") || view.size() <= kRfPrefixLength ||
      view.size() > kRfPrefixLength + kRfBodyMax || !IsDigits(view.substr(2, 2)) || !IsAlphanumeric(view)) {
    return IdentifierMalformed("RF", "it is RF, two digits and 1 to 21 letters or digits");
  }
  // Compared with the check digits that would be made: mod 97 alone also takes 00, 01 and 99.
  if (view.substr(2, 2) != RfCheck(view.substr(kRfPrefixLength))) return IdentifierCheckFailed("RF");
  return rf;
}

absl::StatusOr<std::string> MakeRf(absl::string_view reference) {
  const std::string body = Normalise(reference);
  if (body.empty() || body.size() > kRfBodyMax || !IsAlphanumeric(body)) {
    return IdentifierMalformed("RF", "it can hold 1 to 21 letters or digits");
  }
  return absl::StrCat("RF", RfCheck(body), body);
}

absl::StatusOr<std::string> ParseOgm(absl::string_view text) {
  std::string ogm = Normalise(text);
  if (ogm.size() != kOgmLength || !IsDigits(ogm)) return IdentifierMalformed("OGM", "it has 12 digits");
  const absl::string_view view = ogm;
  if (view.substr(kOgmBodyLength) != OgmCheck(view.substr(0, kOgmBodyLength)))
    return IdentifierCheckFailed("OGM");
  return ogm;
}

absl::StatusOr<std::string> MakeOgm(absl::string_view digits) {
  if (digits.empty() || digits.size() > kOgmBodyLength || !IsDigits(digits)) {
    return IdentifierMalformed("OGM", "it can hold 1 to 10 digits");
  }
  const std::string body = absl::StrCat(std::string(kOgmBodyLength - digits.size(), '0'), digits);
  return absl::StrCat(body, OgmCheck(body));
}

std::string FormatOgm(absl::string_view ogm) {
  return absl::StrCat("+++", ogm.substr(0, 3), "/", ogm.substr(3, 4), "/", ogm.substr(7), "+++");
}

}  // namespace relance::identifiers
