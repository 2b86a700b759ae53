#include "services/scenario/plan_index.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/log/log.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/scenario/account_facts.h"
#include "services/scenario/decide.h"
#include "services/scenario/reach.h"

namespace relance::scenario {
namespace {

constexpr size_t kAccountsPerRead = 512;
constexpr int kEntriesPerRead = 256;

IndexedAccount Index(const AccountView& view) {
  IndexedAccount account;
  for (const auto& contact : view.plan.contacts()) {
    account.contacts.push_back({contact.decided_day(), contact.key()});
    switch (contact.state()) {
      case state::v1::CONTACT_STATE_RESERVED:
        ++account.reserved;
        break;
      case state::v1::CONTACT_STATE_PLANNED:
      case state::v1::CONTACT_STATE_AMBIGUOUS:
      case state::v1::CONTACT_STATE_FAILED:
        account.to_do.push_back(contact);
        break;
      default:
        break;
    }
  }
  for (const auto& promise : view.plan.promises()) {
    account.promises_running += promise.state() == state::v1::PROMISE_STATE_RUNNING;
  }
  for (const std::string& reason : view.plan.reasons()) {
    account.credits_cover = account.credits_cover || reason == kReasonCreditsCover;
    account.needs_person = account.needs_person || account.credits_cover || reason == kReasonLastStepOver ||
                           reason == kReasonNoAgency;
  }
  if (!account.on_worklist()) return account;
  for (const ItemFacts& item : GatherFacts(view, view.plan, 0, "").items) {
    if (item.hold != ItemHold::kNone) continue;
    account.owed.push_back({item.item->due_day(), item.item->open_minor(), item.item->currency()});
  }
  account.name = view.sum.attributes().name();
  if (const auto* person = PersonToCall(view.sum.attributes())) account.phone = person->phone();
  if (view.versions[store::kRiskOwner] != 0) account.late_probability = view.risk.late_probability();
  return account;
}

void Count(const IndexedAccount& account, int sign, PlanIndex::Totals* totals) {
  totals->accounts += sign;
  totals->worklist += sign * (static_cast<int64_t>(account.to_do.size()) + (account.needs_person ? 1 : 0));
  totals->reserved += sign * account.reserved;
  totals->promises_running += sign * account.promises_running;
}

}  // namespace

void PlanIndex::ForEach(absl::string_view tenant,
                        absl::FunctionRef<void(const std::string&, const IndexedAccount&)> visit) const {
  std::lock_guard<std::mutex> lock(accounts_mutex_);
  const auto it = accounts_.find(std::string(tenant));
  if (it == accounts_.end()) return;
  for (const auto& [account, indexed] : it->second) visit(account, indexed);
}

PlanIndex::Totals PlanIndex::totals() const {
  std::lock_guard<std::mutex> lock(accounts_mutex_);
  return totals_;
}

absl::Status PlanIndex::CatchUp(store::Deadline deadline) {
  std::lock_guard<std::mutex> lock(feed_mutex_);
  positions_.resize(store_->partitions());
  for (int partition = 0; partition < store_->partitions(); ++partition) {
    if (positions_[partition].has_value()) continue;
    RELANCE_RETURN_IF_ERROR(Rebuild(partition, deadline));
  }
  while (true) {
    std::vector<store::FeedPosition> from;
    for (int partition = 0; partition < store_->partitions(); ++partition) {
      if (positions_[partition].has_value()) from.push_back({partition, *positions_[partition]});
    }
    RELANCE_ASSIGN_OR_RETURN(const auto reads, store_->ReadFeed(from, kEntriesPerRead, deadline));
    std::set<store::AccountKey> changed;
    std::vector<std::pair<int, int64_t>> reached;
    for (const store::FeedRead& read : reads) {
      if (read.gap) {
        RELANCE_RETURN_IF_ERROR(Rebuild(read.partition, deadline));
        continue;
      }
      for (const store::FeedEntry& entry : read.entries) {
        for (const auto& [key, version] : entry.accounts) changed.insert(key);
      }
      if (!read.entries.empty()) reached.emplace_back(read.partition, read.entries.back().position);
    }
    if (changed.empty() && reached.empty()) return absl::OkStatus();
    RELANCE_RETURN_IF_ERROR(Refresh({changed.begin(), changed.end()}, deadline));
    for (const auto& [partition, position] : reached) positions_[partition] = position;
  }
}

absl::Status PlanIndex::Rebuild(int partition, store::Deadline deadline) {
  // The end of the feed first: what changes while the accounts are read is read once more.
  RELANCE_ASSIGN_OR_RETURN(const auto ends, store_->FeedEnds({&partition, 1}, deadline));
  RELANCE_ASSIGN_OR_RETURN(const auto tenants, store_->ListTenants(deadline));
  for (const std::string& tenant : tenants) {
    RELANCE_ASSIGN_OR_RETURN(const auto keys, store_->ListAccounts(tenant, partition, deadline));
    RELANCE_RETURN_IF_ERROR(Refresh(keys, deadline));
  }
  positions_[partition] = ends[0];
  return absl::OkStatus();
}

absl::Status PlanIndex::Refresh(const std::vector<store::AccountKey>& keys, store::Deadline deadline) {
  for (size_t begin = 0; begin < keys.size(); begin += kAccountsPerRead) {
    const size_t end = std::min(begin + kAccountsPerRead, keys.size());
    const absl::Span<const store::AccountKey> some(keys.data() + begin, end - begin);
    RELANCE_ASSIGN_OR_RETURN(const auto views, ReadAccounts(*store_, some, {.items = true}, deadline));
    std::vector<std::optional<IndexedAccount>> indexed(some.size());
    for (size_t i = 0; i < some.size(); ++i) {
      if (views[i].ok() && views[i]->exists) indexed[i] = Index(*views[i]);
    }
    std::lock_guard<std::mutex> lock(accounts_mutex_);
    for (size_t i = 0; i < some.size(); ++i) {
      auto& tenant = accounts_[some[i].tenant];
      const auto old = tenant.find(some[i].account);
      if (old != tenant.end()) {
        Count(old->second, -1, &totals_);
        tenant.erase(old);
      }
      if (!indexed[i].has_value()) continue;
      Count(*indexed[i], 1, &totals_);
      tenant.emplace(some[i].account, *std::move(indexed[i]));
    }
  }
  return absl::OkStatus();
}

}  // namespace relance::scenario
