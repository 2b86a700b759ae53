#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "relance/state/v1/ledger.pb.h"
#include "tools/match_report/made_up_money.h"

namespace relance::match_report {

// One row of the report.
struct Score {
  int64_t payments = 0;  // that fall into the row
  int64_t findable = 0;  // of these, with something to be found
  int64_t posted = 0;    // allocated without a person
  int64_t right = 0;     // of these: every allocation is to the right item and not more than the truth
  int64_t complete = 0;  // of these: all that was to be found
  int64_t proposed = 0;  // not or not wholly posted, findable, with a proposal
  int64_t first = 0;     // of these: the first proposal is the truth
  int64_t first_three = 0;

  int64_t wrong() const { return posted - right; }
  double precision() const {
    return posted == 0 ? 1 : static_cast<double>(right) / static_cast<double>(posted);
  }
  double recall() const {
    return findable == 0 ? 1 : static_cast<double>(complete) / static_cast<double>(findable);
  }
  void Add(const Score& other);
};

struct Report {
  Score total;
  std::map<state::v1::MatchRule, Score> by_rule;  // posted by, or proposed first by
  std::array<Score, kKinds> by_kind;
  int64_t accounts = 0, invoices = 0;
  int64_t accepted = 0, allocated_by_hand = 0, undone = 0;
  double posting_seconds = 0;  // of the service alone, without the person
};

// Runs a year week by week through the very code of the ledger service on the store in memory: invoices and
// payments are posted, money of unknown payers is looked at again, then everything is compared with the
// truth. At the end of each week a person accepts the proposals that are true, allocates by hand what has
// none, and undoes what is wrong, through the code of CashService.
absl::StatusOr<Report> RunMatching(const MadeUpMoney& money, int confidence_permille);

// The report as tables of fixed width.
std::string FormatReport(const Report& report, bool by_kind);

}  // namespace relance::match_report
