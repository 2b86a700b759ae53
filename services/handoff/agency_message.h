#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "relance/state/v1/case.pb.h"

namespace relance::handoff {

// What changed of one item, in minor units.
struct ItemChange {
  uint64_t item = 0;
  std::string number, currency;
  int64_t direct_paid_minor = 0;  // paid to the creditor since the last message; negative: taken back
  int64_t credited_minor = 0;     // credited or written off since the last message
  int64_t remaining_minor = 0;    // open now
};

// A message to an agency that is no case file, as JSON: who, about which case, number, day, and `lines`.
// docs/case_file.md tells the types: direct_payment, credit, recall, close. `reason` may be empty. Equal
// arguments give equal bytes.
std::string AgencyMessage(absl::string_view type, const state::v1::Placement& placement, int number,
                          absl::CivilDay day, absl::string_view reason, const std::vector<ItemChange>& lines);

}  // namespace relance::handoff
