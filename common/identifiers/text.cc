#include "common/identifiers/text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/domain_error.h"

namespace relance::identifiers {

std::string Normalise(absl::string_view text) {
  std::string out;
  if (text.size() > kIdentifierTextMax) return out;
  while (!text.empty()) {
    if (absl::ConsumePrefix(&text, "\u00A0") || absl::ConsumePrefix(&text, "\u202F")) continue;
    const char c = text.front();
    text.remove_prefix(1);
    if (!absl::ascii_isspace(c) && absl::string_view("-./+*_:").find(c) == absl::string_view::npos) {
      out.push_back(absl::ascii_toupper(c));
    }
  }
  return out;
}

bool IsDigits(absl::string_view text) { return std::all_of(text.begin(), text.end(), absl::ascii_isdigit); }

bool IsAlphanumeric(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isdigit(c) || (c >= 'A' && c <= 'Z'); });
}

int Mod97(absl::string_view text) {
  int remainder = 0;
  for (const char c : text) {
    remainder =
        absl::ascii_isdigit(c) ? (remainder * 10 + (c - '0')) % 97 : (remainder * 100 + (c - 'A' + 10)) % 97;
  }
  return remainder;
}

bool PassesLuhn(absl::string_view text) {
  int sum = 0;
  bool doubled = false;
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, doubled = !doubled) {
    const int value = (*digit - '0') * (doubled ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

absl::Status IdentifierMalformed(absl::string_view scheme, absl::string_view rule) {
  return DomainError(absl::StatusCode::kInvalidArgument, "IDENTIFIER_MALFORMED",
                     absl::StrCat(scheme, ": ", rule), {{"scheme", std::string(scheme)}});
}

absl::Status IdentifierCheckFailed(absl::string_view scheme) {
  return DomainError(absl::StatusCode::kInvalidArgument, "IDENTIFIER_CHECK_FAILED",
                     absl::StrCat(scheme, ": the check digits do not match"),
                     {{"scheme", std::string(scheme)}});
}

}  // namespace relance::identifiers
