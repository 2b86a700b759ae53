#include "samples/toolkit/made_up_identity.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/identifiers/reference.h"
#include "common/status/check.h"

namespace relance::samples {
namespace {

constexpr size_t kCreditorReferenceBodyMax = 21;

// The remainder by 97 of a text whose letters count as 10 to 35 (ISO 7064).
int Mod97(absl::string_view text) {
  int remainder = 0;
  for (const char c : text) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      remainder = (remainder * 10 + (c - '0')) % 97;
    } else {
      remainder = (remainder * 100 + (c - 'A' + 10)) % 97;
    }
  }
  return remainder;
}

// `body` with the country or "RF" and the two digits that make the whole give 1 by 97.
std::string WithCheckDigits(absl::string_view prefix, absl::string_view body) {
  return absl::StrFormat("%s%02d%s", prefix, 98 - Mod97(absl::StrCat(body, prefix, "00")), body);
}

int LuhnCheckDigit(absl::string_view digits) {
  int sum = 0;
  bool doubled = true;  // The digit left of the check digit is doubled.
  for (auto it = digits.rbegin(); it != digits.rend(); ++it, doubled = !doubled) {
    const int value = (*it - '0') * (doubled ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return (10 - sum % 10) % 10;
}

}  // namespace

std::string MadeUpFrenchIban(uint64_t key) {
  constexpr int64_t kBank = 99'999;
  constexpr int64_t kBranch = 99'999;
  const int64_t account = static_cast<int64_t>(key % 100'000'000'000ULL);
  const int64_t rib_key = 97 - (89 * kBank + 15 * kBranch + 3 * (account % 97)) % 97;
  return WithCheckDigits("FR", absl::StrFormat("%05d%05d%011d%02d", kBank, kBranch, account, rib_key));
}

std::string MadeUpBelgianIban(uint64_t key) {
  const int64_t body = 9'990'000'000 + static_cast<int64_t>(key % 10'000'000);
  const int64_t check = body % 97 == 0 ? 97 : body % 97;
  return WithCheckDigits("BE", absl::StrFormat("%010d%02d", body, check));
}

std::string MadeUpSiren(int64_t index) {
  RELANCE_CHECK(index >= 0 && index < kMadeUpCompaniesMax);
  // A walk through all numbers, so that neighbours in a portfolio do not look like neighbours.
  const std::string body = absl::StrFormat("0%07d", (index * 7'654'321 + 1'234'567) % kMadeUpCompaniesMax);
  return absl::StrCat(body, LuhnCheckDigit(body));
}

std::string FrenchVatNumber(absl::string_view siren) {
  return absl::StrFormat("FR%02d%s", Mod97(absl::StrCat(siren, "12")), siren);
}

std::string MadeUpBelgianNumber(int64_t index) {
  RELANCE_CHECK(index >= 0 && index < kMadeUpBelgianCompaniesMax);
  const int64_t body = 19'000'000 + (index * 765'433 + 123'457) % kMadeUpBelgianCompaniesMax;
  return absl::StrFormat("%08d%02d", body, 97 - body % 97);
}

std::string CreditorReference(absl::string_view invoice_number) {
  std::string body;
  for (const char c : invoice_number) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)))
      body += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  if (body.empty()) return "";
  if (body.size() > kCreditorReferenceBodyMax) body = body.substr(body.size() - kCreditorReferenceBodyMax);
  const auto reference = identifiers::MakeRf(body);
  RELANCE_CHECK(reference.ok());
  return *reference;
}

std::string BelgianReference(int64_t serial) {
  RELANCE_CHECK(serial >= 0 && serial < 10'000'000'000);
  const auto reference = identifiers::MakeOgm(absl::StrCat(serial));
  RELANCE_CHECK(reference.ok());
  return *reference;
}

}  // namespace relance::samples
