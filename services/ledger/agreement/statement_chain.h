#pragma once

#include <cstdint>
#include <vector>

#include "relance/state/v1/agreement.pb.h"

namespace relance::ledger {

inline constexpr int kStatementsMax = 400;  // kept of one account: more than a year of daily ones

// A break in the chain of an account's statements.
struct StatementBreak {
  bool is_sum = false;  // the statement contradicts itself; else one is missing before it
  int32_t after_day = 0;
  int32_t before_day = 0;
  int64_t expected_minor = 0;
  int64_t found_minor = 0;
  std::string statement_id;
  std::string import_id;
};

// Takes a statement in; the same again, or a corrected one (same id, day and opening balance), takes the
// place of the one that is there. Then puts all in order: by closing day, within a day each behind the one
// that it opens with. Of more than kStatementsMax the oldest are forgotten. Pure.
void AddStatement(state::v1::StatementBalance statement, state::v1::BankAccountRecord* record);

// Where the chain breaks, oldest first. A statement over a longer time beside those of its days (monthly
// beside daily) breaks nothing.
std::vector<StatementBreak> BreaksOf(const state::v1::BankAccountRecord& record);

}  // namespace relance::ledger
