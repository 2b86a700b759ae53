#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "samples/toolkit/random.h"

namespace relance::samples {

// A made-up debtor: everything about it that a ledger imports beside its items.
struct Company {
  std::string account;  // "C0000042"
  std::string name;
  std::string legal_id;  // SIREN, or the Belgian enterprise number
  std::string vat;
  absl::string_view country;  // FR, BE
  absl::string_view region;
  absl::string_view sector;
  absl::string_view segment;  // TPE, PME, ETI, GE
  std::string email;          // below example.org, which is nobody's (RFC 2606)
  absl::string_view language;
  std::string collector;
  absl::string_view customer_type;  // private, public
  std::string iban;
};

// The company number `index` of the portfolio. `size_rank` is 0 for the biggest and 1 for the smallest: the
// first 1 % are GE, the next 6 % ETI, the next 33 % PME.
Company MakeUpCompany(int64_t index, double size_rank, Random& random);

// "C0000042".
std::string AccountCode(int64_t index);

}  // namespace relance::samples
