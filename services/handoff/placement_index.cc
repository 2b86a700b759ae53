#include "services/handoff/placement_index.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/log/log.h"
#include "common/money/rounding.h"
#include "common/status/status_macros.h"
#include "services/handoff/placement_state.h"

namespace relance::handoff {
namespace {

constexpr size_t kAccountsPerRead = 2'000;
constexpr int kFeedEntriesPerRead = 1'000;

// A sum that does not fit stands at its limit: it is shown, not counted with.
void AddTo(int64_t amount, int64_t* sum) {
  *sum = AddMinor(*sum, amount).value_or(amount > 0 ? INT64_MAX : INT64_MIN);
}

}  // namespace

absl::Status PlacementIndex::Refresh(store::Store& store, store::Deadline deadline) {
  std::lock_guard<std::mutex> refresh_lock(refresh_mutex_);
  if (positions_.empty()) return Build(store, deadline);
  std::vector<int> partitions;
  for (int p = 0; p < store.partitions(); ++p) partitions.push_back(p);
  RELANCE_ASSIGN_OR_RETURN(const std::vector<int64_t> ends, store.FeedEnds(partitions, deadline));
  std::vector<int64_t> positions = positions_;
  std::set<store::AccountKey> changed;
  while (true) {
    std::vector<store::FeedPosition> behind;
    for (int p : partitions) {
      if (ends[p] < positions[p]) return Build(store, deadline);  // restored from an older state
      if (positions[p] < ends[p]) behind.push_back({p, positions[p]});
    }
    if (behind.empty()) break;
    RELANCE_ASSIGN_OR_RETURN(const auto reads, store.ReadFeed(behind, kFeedEntriesPerRead, deadline));
    for (const store::FeedRead& read : reads) {
      if (read.gap) return Build(store, deadline);
      for (const store::FeedEntry& entry : read.entries) {
        positions[read.partition] = std::max(positions[read.partition], entry.position);
        if (entry.service != "handoff") continue;
        for (const auto& [key, version] : entry.accounts) changed.insert(key);
      }
      if (read.entries.empty()) positions[read.partition] = ends[read.partition];
    }
  }
  RELANCE_RETURN_IF_ERROR(TakeIn(store, {changed.begin(), changed.end()}, deadline));
  positions_ = std::move(positions);
  return absl::OkStatus();
}

absl::Status PlacementIndex::Build(store::Store& store, store::Deadline deadline) {
  positions_.clear();
  std::vector<int> partitions;
  for (int p = 0; p < store.partitions(); ++p) partitions.push_back(p);
  // The ends first: what comes in while the accounts are read is taken in twice, not lost.
  RELANCE_ASSIGN_OR_RETURN(std::vector<int64_t> ends, store.FeedEnds(partitions, deadline));
  RELANCE_ASSIGN_OR_RETURN(const auto tenants, store.ListTenants(deadline));
  {
    std::lock_guard<std::mutex> lock(mutex_);
    by_account_.clear();
    by_tenant_.clear();
  }
  for (const std::string& tenant : tenants) {
    if (tenant.empty()) continue;
    for (int p : partitions) {
      RELANCE_ASSIGN_OR_RETURN(const auto keys, store.ListAccounts(tenant, p, deadline));
      RELANCE_RETURN_IF_ERROR(TakeIn(store, keys, deadline));
    }
  }
  positions_ = std::move(ends);
  return absl::OkStatus();
}

absl::Status PlacementIndex::TakeIn(store::Store& store, const std::vector<store::AccountKey>& keys,
                                    store::Deadline deadline) {
  for (size_t from = 0; from < keys.size(); from += kAccountsPerRead) {
    std::vector<store::AccountRead> reads;
    for (size_t i = from; i < std::min(keys.size(), from + kAccountsPerRead); ++i) {
      reads.push_back({keys[i], {kCaseField}, false});
    }
    RELANCE_ASSIGN_OR_RETURN(const auto records, store.Read(reads, deadline));
    std::lock_guard<std::mutex> lock(mutex_);
    for (const store::AccountRecord& record : records) {
      const auto field = record.fields.find(kCaseField);
      state::v1::Case placements;
      if (field != record.fields.end() && !placements.ParseFromString(field->second)) {
        log::Error("the placements of an account do not parse", {{"tenant", record.key.tenant}});
        continue;
      }
      ReplaceLocked(record.key, std::move(placements));
    }
  }
  return absl::OkStatus();
}

void PlacementIndex::ReplaceLocked(const store::AccountKey& key, state::v1::Case placements) {
  auto& places = by_tenant_[key.tenant];
  const auto before = by_account_.find(key);
  if (before != by_account_.end()) {
    for (const auto& placement : before->second.placements())
      places.erase({placement.placed_day(), placement.id()});
    by_account_.erase(before);
  }
  if (placements.placements().empty()) return;
  for (const auto& placement : placements.placements()) {
    places.emplace(PlacementPlace{placement.placed_day(), placement.id()}, key);
  }
  by_account_.emplace(key, std::move(placements));
}

std::vector<std::pair<PlacementPlace, store::AccountKey>> PlacementIndex::List(
    const std::string& tenant, const std::optional<PlacementPlace>& after, int limit) const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::pair<PlacementPlace, store::AccountKey>> page;
  const auto places = by_tenant_.find(tenant);
  if (places == by_tenant_.end()) return page;
  auto it = after.has_value() ? places->second.upper_bound(*after) : places->second.begin();
  for (; it != places->second.end() && static_cast<int>(page.size()) < limit; ++it) page.push_back(*it);
  return page;
}

std::map<std::string, PlacementTotals> PlacementIndex::Totals(
    const std::map<std::string, RemittanceTerms>& terms) const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::map<std::string, PlacementTotals> totals;
  for (const auto& [key, placements] : by_account_) {
    PlacementTotals& of = totals[key.tenant];
    const auto known = terms.find(key.tenant);
    const RemittanceTerms agreed = known == terms.end() ? RemittanceTerms() : known->second;
    for (const auto& placement : placements.placements()) {
      ++of.by_state[std::string(StateWord(placement.state()))];
      of.waiting_files += placement.delivered() ? 0 : 1;
      for (const auto& item : placement.items())
        AddTo(item.placed_minor(), &of.placed_minor[item.currency()]);
      for (const auto& payment : placement.payments()) {
        AddTo(payment.amount_minor(), &of.recovered_minor[payment.currency()]);
        of.unrecorded_payments += payment.recorded() ? 0 : 1;
        if (payment.amount_minor() <= 0 || payment.reversed() || payment.remitted_day() != 0) continue;
        AddTo(payment.amount_minor(), &of.unremitted_minor[payment.currency()]);
        of.overdue_remittances +=
            IsRemittanceOverdue(payment, placement.agency_id(), agreed.days, agreed.today) ? 1 : 0;
      }
    }
  }
  return totals;
}

std::string PlaceText(const PlacementPlace& place) { return absl::StrCat(place.placed_day, " ", place.id); }

std::optional<PlacementPlace> ParsePlace(absl::string_view text) {
  const size_t space = text.find(' ');
  PlacementPlace place;
  if (space == absl::string_view::npos || !absl::SimpleAtoi(text.substr(0, space), &place.placed_day)) {
    return std::nullopt;
  }
  place.id = std::string(text.substr(space + 1));
  return place;
}

}  // namespace relance::handoff
