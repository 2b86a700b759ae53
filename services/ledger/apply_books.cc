#include "services/ledger/apply_books.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/ledger/account_sum.h"
#include "services/ledger/allocate.h"
#include "services/ledger/plan_books.h"

namespace relance::ledger {
namespace {

using state::v1::Allocation;
using state::v1::Item;

// Credit, debit, rule, evidence.
using Name = std::tuple<uint64_t, uint64_t, int, std::string>;

class Apply {
 public:
  Apply(BookPlan plan, LedgerAccount* account) : plan_(std::move(plan)), account_(account) {}

  int Run() {
    if (const auto added = RunOnNew(); added.has_value()) return *added;
    for (const PlannedAllocation& a : plan_.allocations) {
      wanted_[{a.credit, a.debit, a.rule, a.evidence}] += a.amount_minor;
    }
    FindStanding();
    RemoveStale();
    MakeCarried();
    MakeRoom();
    for (const PlannedAllocation& a : plan_.allocations) {
      if (kept_.count({a.credit, a.debit, a.rule, a.evidence}) != 0) continue;
      Allocate(account_, a.credit, a.debit, a.amount_minor, 0, {a.rule, a.evidence});
    }
    PutBack();
    for (const auto& [id, control_account] : plan_.control_accounts) {
      const Item* item = account_->Find(id);
      if (item == nullptr || item->control_account() == control_account) continue;
      account_->Edit(id).set_control_account(control_account);
    }
    int added = 0;
    for (const auto& [name, minor] : wanted_) {
      if (std::get<2>(name) == state::v1::MATCH_RULE_LETTERING && standing_.count(name) == 0) ++added;
    }
    return added;
  }

 private:
  struct Standing {
    int64_t amount_minor = 0;
    bool in_time = true;  // on the day on which it would be made now
  };

  // Most accounts that are new have nothing in the way; nothing when this one has.
  std::optional<int> RunOnNew() {
    if (!plan_.carried.empty() || !plan_.control_accounts.empty()) return std::nullopt;
    bool is_new = true;
    account_->ForEach(
        [&](const Item& item) { is_new &= item.allocations().empty() && item.source() != kSourceCarried; });
    if (!is_new) return std::nullopt;
    int added = 0;
    for (const PlannedAllocation& a : plan_.allocations) {
      Allocate(account_, a.credit, a.debit, a.amount_minor, 0, {a.rule, a.evidence});
      added += a.rule == state::v1::MATCH_RULE_LETTERING ? 1 : 0;
    }
    return added;
  }

  void FindStanding() {
    account_->ForEach([&](const Item& credit) {
      if (credit.source() == kSourceCarried) carried_.push_back(credit.id());
      for (const Allocation& a : credit.allocations()) {
        if (a.undone_day() != 0 || !IsPlanned(a)) continue;
        Standing& standing = standing_[{credit.id(), a.item(), a.rule(), a.evidence()}];
        standing.amount_minor += a.amount_minor();
        const Item* debit = account_->Find(a.item());
        standing.in_time &= debit != nullptr && a.day() == std::max(credit.issue_day(), debit->issue_day());
      }
    });
    for (const auto& [name, standing] : standing_) {
      const auto it = wanted_.find(name);
      if (it != wanted_.end() && it->second == standing.amount_minor && standing.in_time) kept_.insert(name);
    }
  }

  void RemoveStale() {
    std::set<uint64_t> credits;
    for (const auto& [name, standing] : standing_) {
      if (kept_.count(name) == 0) credits.insert(std::get<0>(name));
    }
    for (const uint64_t credit : credits) {
      RemoveAllocations(account_, credit, [&](const Allocation& a) {
        return IsPlanned(a) && kept_.count({credit, a.item(), a.rule(), a.evidence()}) == 0;
      });
    }
  }

  // The items of kSourceCarried become those of the plan. Their allocations are all planned.
  void MakeCarried() {
    std::map<uint64_t, const Item*> wanted;
    for (const Item& item : plan_.carried) wanted[item.id()] = &item;
    std::vector<uint64_t> stale;
    for (const uint64_t id : carried_) {
      const Item& item = *account_->Find(id);
      const auto it = wanted.find(item.id());
      if (it != wanted.end() && it->second->amount_minor() == item.amount_minor() &&
          it->second->issue_day() == item.issue_day()) {
        wanted.erase(it);
      } else {
        stale.push_back(item.id());
      }
    }
    for (const uint64_t id : stale) {
      Displace(id, true);
      // What was kept of it is made anew.
      RemoveAllocations(account_, id, [](const Allocation&) { return true; });
      std::vector<uint64_t> owners;
      account_->ForEach([&](const Item& credit) {
        for (const Allocation& a : credit.allocations()) {
          if (a.undone_day() == 0 && a.item() == id) owners.push_back(credit.id());
        }
      });
      for (const uint64_t owner : owners) {
        RemoveAllocations(account_, owner, [&](const Allocation& a) { return a.item() == id; });
      }
      for (auto it = kept_.begin(); it != kept_.end();) {
        it = std::get<0>(*it) == id || std::get<1>(*it) == id ? kept_.erase(it) : std::next(it);
      }
      account_->Remove(id);
    }
    for (const auto& [id, item] : wanted) account_->Add(*item);
  }

  // Takes away what is on `id` and not planned; counterparts of others only when `all`.
  void Displace(uint64_t id, bool all) {
    const auto goes = [&](const Allocation& a) {
      return a.undone_day() == 0 && !IsPlanned(a) && a.evidence() != kTransferred &&
             (all || a.rule() != state::v1::MATCH_RULE_COUNTERPART);
    };
    std::vector<uint64_t> owners;
    account_->ForEach([&](const Item& credit) {
      bool any = false;
      for (const Allocation& a : credit.allocations()) {
        if (!goes(a) || (credit.id() != id && a.item() != id)) continue;
        displaced_.emplace_back(credit.id(), a);
        any = true;
      }
      if (any) owners.push_back(credit.id());
    });
    for (const uint64_t owner : owners) {
      RemoveAllocations(account_, owner,
                        [&](const Allocation& a) { return goes(a) && (owner == id || a.item() == id); });
    }
  }

  // What is to be allocated has to be open.
  void MakeRoom() {
    std::map<uint64_t, int64_t> needed;
    for (const PlannedAllocation& a : plan_.allocations) {
      if (kept_.count({a.credit, a.debit, a.rule, a.evidence}) != 0) continue;
      needed[a.credit] += a.amount_minor;
      needed[a.debit] += a.amount_minor;
    }
    for (const auto& [id, minor] : needed) {
      const Item* item = account_->Find(id);
      if (item == nullptr || std::abs(item->open_minor()) >= minor) continue;
      Displace(id, plan_.stands_for.count(id) != 0);
    }
    for (const auto& [id, others] : plan_.stands_for) MoveDispute(id, others);
  }

  void MoveDispute(uint64_t from, const std::vector<uint64_t>& to) {
    const Item* line = account_->Find(from);
    if (line == nullptr || !line->has_dispute() || to.size() != 1) return;
    const Item* item = account_->Find(to[0]);
    if (item == nullptr || item->has_dispute()) return;
    *account_->Edit(to[0]).mutable_dispute() = line->dispute();
    account_->Edit(from).clear_dispute();
  }

  std::vector<uint64_t> Standins(uint64_t id) const {
    const auto it = plan_.stands_for.find(id);
    return it == plan_.stands_for.end() ? std::vector<uint64_t>{id} : it->second;
  }

  void PutBack() {
    for (const auto& [owner, a] : displaced_) {
      int64_t left = a.amount_minor();
      for (const uint64_t credit : Standins(owner)) {
        for (const uint64_t debit : Standins(a.item())) {
          if (left <= 0) break;
          left -= Allocate(account_, credit, debit, left, a.day(), {a.rule(), a.evidence()});
        }
      }
    }
  }

  const BookPlan plan_;
  LedgerAccount* const account_;
  std::map<Name, int64_t> wanted_;
  std::map<Name, Standing> standing_;
  std::set<Name> kept_;
  std::vector<uint64_t> carried_;  // ids of items that are there for an earlier plan
  std::vector<std::pair<uint64_t, Allocation>> displaced_;
};

}  // namespace

int ApplyBooks(absl::Span<const int32_t> openings, LedgerAccount* account) {
  return Apply(PlanBooks(*account, openings), account).Run();
}

}  // namespace relance::ledger
