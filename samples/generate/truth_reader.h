#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace relance::samples {

// One invoice as truth/ tells it.
struct TruthItem {
  struct Change {
    absl::CivilDay day;
    int64_t amount_minor = 0;  // what it adds to the open amount: credits and payments are negative
    bool payment = false;      // money of the debtor, not a credit note, not a return
  };
  absl::CivilDay due;
  std::vector<Change> changes;   // the first is the invoice itself
  absl::CivilDay disputed_from;  // kNoDay: never
  absl::CivilDay disputed_until;
  std::string dispute_reason;
};
inline constexpr absl::CivilDay kNoDay(2199, 12, 31);

struct TruthAccount {
  std::string tenant;
  int promise_kept_percent = 0;
  int answers_percent = 0;
  absl::CivilDay insolvent_on = kNoDay;
  std::map<std::string, TruthItem> items;  // by number
};

struct Truth {
  std::map<std::string, TruthAccount> accounts;
};

// Reads accounts.csv and events.csv of the folder, and keeps the wanted accounts only.
// Errors: those of ReadWholeFile; INVALID_ARGUMENT / TRUTH_MALFORMED {file, line}.
absl::StatusOr<Truth> ReadTruth(const std::string& folder, const std::set<std::string>& wanted);

// The same from bytes.
absl::StatusOr<Truth> ParseTruth(absl::string_view accounts_csv, absl::string_view events_csv,
                                 const std::set<std::string>& wanted);

// What of the item is open when `day` begins.
int64_t OpenMinorAt(const TruthItem& item, absl::CivilDay day);

}  // namespace relance::samples
