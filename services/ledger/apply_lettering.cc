#include "services/ledger/apply_lettering.h"

#include <algorithm>
#include <climits>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "services/ledger/account_sum.h"
#include "services/ledger/allocate.h"

namespace relance::ledger {
namespace {

using state::v1::Allocation;
using state::v1::Item;

struct Group {
  std::vector<uint64_t> debits;
  std::vector<uint64_t> credits;
  int64_t balance_minor = 0;
};

bool IsLettering(const Allocation& a, const std::set<std::string>& codes) {
  return a.undone_day() == 0 && a.rule() == state::v1::MATCH_RULE_LETTERING && codes.count(a.evidence()) != 0;
}

// Allocations that the books may push aside.
bool IsWeaker(const Allocation& a) {
  return a.undone_day() == 0 && a.rule() != state::v1::MATCH_RULE_LETTERING &&
         a.rule() != state::v1::MATCH_RULE_COUNTERPART;
}

using Made = std::tuple<uint64_t, uint64_t, int64_t, int32_t>;  // credit, debit, amount, day

std::set<Made> StandingLettering(const LedgerAccount& account, const std::set<std::string>& codes) {
  std::set<Made> made;
  account.ForEach([&](const Item& credit) {
    for (const Allocation& a : credit.allocations()) {
      if (IsLettering(a, codes)) made.emplace(credit.id(), a.item(), a.amount_minor(), a.day());
    }
  });
  return made;
}

std::map<std::pair<std::string, std::string>, Group> FindGroups(const LedgerAccount& account,
                                                                const std::set<std::string>& codes) {
  std::map<std::pair<std::string, std::string>, Group> groups;
  account.ForEach([&](const Item& item) {
    if (item.lettering().empty() || codes.count(item.lettering()) == 0) return;
    Group& group = groups[{item.lettering(), item.currency()}];
    (IsDebit(item) ? group.debits : group.credits).push_back(item.id());
    group.balance_minor += item.amount_minor();
  });
  for (auto& [name, group] : groups) {
    std::sort(group.debits.begin(), group.debits.end(), [&](uint64_t a, uint64_t b) {
      const Item& x = *account.Find(a);
      const Item& y = *account.Find(b);
      return std::make_tuple(x.has_due_day() ? x.due_day() : INT_MAX, x.issue_day(), a) <
             std::make_tuple(y.has_due_day() ? y.due_day() : INT_MAX, y.issue_day(), b);
    });
    std::sort(group.credits.begin(), group.credits.end(), [&](uint64_t a, uint64_t b) {
      return std::make_pair(account.Find(a)->issue_day(), a) <
             std::make_pair(account.Find(b)->issue_day(), b);
    });
  }
  return groups;
}

// What was pushed aside, to be put back where room is left.
using Displaced = std::vector<std::pair<uint64_t, Allocation>>;

void PushAside(LedgerAccount* account, const Group& group, Displaced* displaced) {
  const std::set<uint64_t> debits(group.debits.begin(), group.debits.end());
  const std::set<uint64_t> credits(group.credits.begin(), group.credits.end());
  std::vector<uint64_t> owners;
  account->ForEach([&](const Item& credit) {
    bool any = false;
    for (const Allocation& a : credit.allocations()) {
      if (!IsWeaker(a) || (credits.count(credit.id()) == 0 && debits.count(a.item()) == 0)) continue;
      displaced->emplace_back(credit.id(), a);
      any = true;
    }
    if (any) owners.push_back(credit.id());
  });
  for (const uint64_t owner : owners) {
    const bool whole = credits.count(owner) != 0;
    RemoveAllocations(account, owner, [&](const Allocation& a) {
      return IsWeaker(a) && (whole || debits.count(a.item()) != 0);
    });
  }
}

}  // namespace

int ApplyLettering(const std::set<std::string>& wanted, LedgerAccount* account) {
  std::set<std::string> codes = wanted;
  codes.erase("");
  if (codes.empty()) return 0;
  const std::set<Made> before = StandingLettering(*account, codes);
  std::set<uint64_t> owners;
  for (const Made& made : before) owners.insert(std::get<0>(made));
  for (const uint64_t owner : owners) {
    RemoveAllocations(account, owner, [&](const Allocation& a) { return IsLettering(a, codes); });
  }

  Displaced displaced;
  const auto groups = FindGroups(*account, codes);
  for (const auto& [name, group] : groups) {
    if (!group.debits.empty() && !group.credits.empty()) PushAside(account, group, &displaced);
  }
  for (const auto& [name, group] : groups) {
    const AllocationReason reason{state::v1::MATCH_RULE_LETTERING, name.first};
    size_t next = 0;
    for (const uint64_t credit : group.credits) {
      while (next < group.debits.size() && account->Find(credit)->open_minor() < 0) {
        if (Allocate(account, credit, group.debits[next], INT64_MAX, 0, reason) == 0 ||
            account->Find(group.debits[next])->open_minor() == 0) {
          ++next;
        }
      }
    }
  }
  for (const auto& [credit, a] : displaced) {
    Allocate(account, credit, a.item(), a.amount_minor(), a.day(), {a.rule(), a.evidence()});
  }

  int added = 0;
  for (const Made& made : StandingLettering(*account, codes)) added += before.count(made) == 0 ? 1 : 0;
  return added;
}

}  // namespace relance::ledger
