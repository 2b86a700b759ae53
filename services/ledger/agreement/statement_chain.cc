#include "services/ledger/agreement/statement_chain.h"

#include <algorithm>
#include <set>
#include <utility>

namespace relance::ledger {
namespace {

using state::v1::StatementBalance;

// The statements of one day, each behind the one that it opens with; `expected` is what the day before closed
// with. The first without a predecessor comes first, in the order in which they came.
void OrderDay(int64_t expected, std::vector<StatementBalance>* day) {
  for (size_t next = 0; next < day->size(); ++next) {
    const auto begin = day->begin() + static_cast<std::ptrdiff_t>(next);
    auto chosen = std::find_if(begin, day->end(),
                               [&](const StatementBalance& s) { return s.opening_minor() == expected; });
    if (chosen == day->end()) {
      chosen = std::find_if(begin, day->end(), [&](const StatementBalance& s) {
        return std::none_of(begin, day->end(), [&](const StatementBalance& other) {
          return &other != &s && other.closing_minor() == s.opening_minor();
        });
      });
    }
    if (chosen == day->end()) chosen = begin;
    std::rotate(begin, chosen, chosen + 1);
    expected = begin->closing_minor();
  }
}

}  // namespace

void AddStatement(StatementBalance statement, state::v1::BankAccountRecord* record) {
  std::vector<StatementBalance> all(record->statements().begin(), record->statements().end());
  const auto same = std::find_if(all.begin(), all.end(), [&](const StatementBalance& s) {
    return s.id() == statement.id() && s.closing_day() == statement.closing_day() &&
           s.opening_minor() == statement.opening_minor() &&
           (!s.id().empty() || s.closing_minor() == statement.closing_minor());
  });
  if (same == all.end()) {
    all.push_back(std::move(statement));
  } else {
    // What brought it first stays, unless it says something else now.
    if (same->closing_minor() == statement.closing_minor() &&
        same->difference_minor() == statement.difference_minor()) {
      return;
    }
    *same = std::move(statement);
  }
  std::stable_sort(all.begin(), all.end(), [](const StatementBalance& a, const StatementBalance& b) {
    return a.closing_day() < b.closing_day();
  });
  record->clear_statements();
  int64_t expected = all.front().opening_minor();
  for (size_t from = 0; from < all.size();) {
    size_t to = from;
    while (to < all.size() && all[to].closing_day() == all[from].closing_day()) ++to;
    std::vector<StatementBalance> day(all.begin() + static_cast<std::ptrdiff_t>(from),
                                      all.begin() + static_cast<std::ptrdiff_t>(to));
    OrderDay(expected, &day);
    expected = day.back().closing_minor();
    for (StatementBalance& one : day) *record->add_statements() = std::move(one);
    from = to;
  }
  if (record->statements_size() > kStatementsMax) {
    record->mutable_statements()->DeleteSubrange(0, record->statements_size() - kStatementsMax);
  }
}

std::vector<StatementBreak> BreaksOf(const state::v1::BankAccountRecord& record) {
  std::vector<StatementBreak> breaks;
  std::set<int64_t> passed;  // amounts that the chain has stood at
  const StatementBalance* before = nullptr;
  for (const StatementBalance& statement : record.statements()) {
    if (statement.difference_minor() != 0) {
      breaks.push_back({true, statement.closing_day(), statement.closing_day(),
                        statement.closing_minor() + statement.difference_minor(), statement.closing_minor(),
                        statement.id(), statement.import_id()});
    }
    const bool fits = before == nullptr || statement.opening_minor() == before->closing_minor();
    // It tells again what others told day by day.
    const bool repeats = !fits && statement.closing_minor() == before->closing_minor() &&
                         passed.count(statement.opening_minor()) > 0;
    if (repeats) continue;
    if (!fits) {
      breaks.push_back({false, before->closing_day(), statement.closing_day(), before->closing_minor(),
                        statement.opening_minor(), statement.id(), statement.import_id()});
    }
    passed.insert(statement.opening_minor());
    passed.insert(statement.closing_minor());
    before = &statement;
  }
  return breaks;
}

}  // namespace relance::ledger
