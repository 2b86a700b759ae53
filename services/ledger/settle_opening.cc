#include "services/ledger/settle_opening.h"

#include <algorithm>
#include <climits>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/ledger/account_sum.h"
#include "services/ledger/allocate.h"

namespace relance::ledger {
namespace {

using state::v1::Allocation;
using state::v1::Item;
using Made = std::tuple<uint64_t, uint64_t, int64_t>;  // credit, opening line, amount

bool IsOpeningLine(const Item& item) {
  return item.kind() == state::v1::ITEM_KIND_OPENING && item.amount_minor() > 0 && item.lettering().empty();
}

std::set<Made> Standing(const LedgerAccount& account, const std::set<uint64_t>& lines) {
  std::set<Made> made;
  account.ForEach([&](const Item& credit) {
    for (const Allocation& a : credit.allocations()) {
      if (a.undone_day() == 0 && a.rule() == state::v1::MATCH_RULE_LETTERING && lines.count(a.item()) != 0) {
        made.emplace(credit.id(), a.item(), a.amount_minor());
      }
    }
  });
  return made;
}

}  // namespace

int SettleOpening(LedgerAccount* account) {
  std::vector<std::tuple<int32_t, uint64_t>> by_due;
  account->ForEach([&](const Item& item) {
    if (IsOpeningLine(item)) by_due.emplace_back(item.has_due_day() ? item.due_day() : INT_MAX, item.id());
  });
  if (by_due.empty()) return 0;
  std::sort(by_due.begin(), by_due.end());
  std::set<uint64_t> lines;
  for (const auto& [due, id] : by_due) lines.insert(id);

  const std::set<Made> before = Standing(*account, lines);
  std::set<uint64_t> owners;
  for (const Made& made : before) owners.insert(std::get<0>(made));
  for (const uint64_t owner : owners) {
    RemoveAllocations(account, owner, [&](const Allocation& a) {
      return a.undone_day() == 0 && a.rule() == state::v1::MATCH_RULE_LETTERING && lines.count(a.item()) != 0;
    });
  }

  std::vector<std::tuple<int32_t, uint64_t>> credits;
  for (const Item* credit : account->OpenCredits()) {
    if (!credit->lettering().empty()) credits.emplace_back(credit->issue_day(), credit->id());
  }
  std::sort(credits.begin(), credits.end());
  for (const auto& [day, credit] : credits) {
    const std::string letter = account->Find(credit)->lettering();
    const std::string currency = account->Find(credit)->currency();
    for (const auto& [due, line] : by_due) {
      const Item* opening = account->Find(line);
      if (opening->currency() != currency || opening->issue_day() > day || opening->open_minor() <= 0)
        continue;
      Allocate(account, credit, line, INT64_MAX, 0, {state::v1::MATCH_RULE_LETTERING, letter});
      if (account->Find(credit)->open_minor() == 0) break;
    }
  }

  int added = 0;
  for (const Made& made : Standing(*account, lines)) added += before.count(made) == 0 ? 1 : 0;
  return added;
}

}  // namespace relance::ledger
