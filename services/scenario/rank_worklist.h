#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/money/money.h"
#include "relance/state/v1/plan.pb.h"
#include "services/scenario/plan_index.h"

namespace relance::scenario {

// A line of the worklist.
struct WorklistLine {
  std::string account;
  std::string kind;            // call, ambiguous, failed, no_address, exit
  state::v1::Contact contact;  // empty for exit
  Money overdue;
  int32_t oldest_days = 0;
  double late_probability = 0.5;  // nothing is known
  double priority = 0;
  std::string reason;  // for people
  std::string name;    // for people only: never logged
  std::string phone;   // likewise
};

// priority = overdue (in currency units) x (1 + weighted days / 30) x (0.5 + late probability): amount and
// age together, then habit. Weighted days are days past due, weighted by amount.
double Priority(const Money& overdue, double weighted_days, double late_probability);

// The lines of one account on `today`; overdue is what may be asked for in `currency`.
std::vector<WorklistLine> LinesOf(const std::string& account, const IndexedAccount& indexed,
                                  const std::string& currency, int32_t today);

// Best first; equal priority by account, then kind, then contact key.
void RankWorklist(std::vector<WorklistLine>* lines);

}  // namespace relance::scenario
