#pragma once

#include <map>
#include <vector>

#include "absl/time/civil_time.h"
#include "samples/make_statements/customer_receipts.h"
#include "samples/make_statements/fec_file.h"

namespace relance::samples {

// The lines of all entries of the books up to `cut`, in the order of the file. The day of an entry is that of
// its first line, so that no entry is ever cut in two.
std::vector<const FecLine*> LinesUpTo(const FecFile& fec, absl::CivilDay cut);

// What the accounts department adds after `cut` up to `to`, by day: all entries but those of `receipts`,
// which come by the bank instead. The entry of a receipt is left out whole, its bank side too.
std::map<absl::CivilDay, std::vector<const FecLine*>> LinesAfter(const FecFile& fec, absl::CivilDay cut,
                                                                 absl::CivilDay to,
                                                                 const std::vector<Receipt>& receipts);

}  // namespace relance::samples
