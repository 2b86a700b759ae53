#include "common/projection/tenant_columns.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/projection/allocations_of.h"

namespace relance::projection {
namespace {

using state::v1::Item;

bool IsOver(state::v1::PlacementState state) {
  return state == state::v1::PLACEMENT_STATE_REJECTED || state == state::v1::PLACEMENT_STATE_RECALLED ||
         state == state::v1::PLACEMENT_STATE_CLOSED_PAID || state == state::v1::PLACEMENT_STATE_CLOSED_UNPAID;
}

bool Disputed(const Item& item) { return item.has_dispute() && item.dispute().resolved_day() == 0; }

bool IsPlaced(const state::v1::Case& placements, uint64_t item) {
  for (const auto& placement : placements.placements()) {
    if (IsOver(placement.state())) continue;
    for (const auto& placed : placement.items()) {
      if (placed.item() == item) return true;
    }
  }
  return false;
}

ItemTable::Row MakeRow(int32_t account, const Item& item, const state::v1::Case& placements) {
  ItemTable::Row row;
  row.due_day = item.has_due_day() ? item.due_day() : kNoDay;
  row.issue_day = item.issue_day();
  row.open = item.open_minor();
  row.amount = item.amount_minor();
  row.account = account;
  row.settled_day = item.open_minor() == 0 ? item.settled_day() : 0;
  row.kind = static_cast<uint8_t>(item.kind());
  if (Disputed(item)) row.flags |= kItemDisputed;
  if (item.written_off()) row.flags |= kItemWrittenOff;
  if (item.source() == kAbsentSource) row.flags |= kItemAbsent;
  if (item.open_minor() > 0 && IsPlaced(placements, item.id())) row.flags |= kItemPlaced;
  return row;
}

}  // namespace

int32_t TenantColumns::FindCurrency(absl::string_view code) const {
  for (size_t i = 0; i < currencies_.size(); ++i) {
    if (currencies_[i].code == code) return static_cast<int32_t>(i);
  }
  return -1;
}

int32_t TenantColumns::FindAccount(absl::string_view key) const {
  const auto found = index_.find(std::string(key));
  return found == index_.end() ? -1 : found->second;
}

const Segment* TenantColumns::FindSegment(int32_t account, int32_t currency) const {
  for (const Segment& segment : accounts_.segments[account]) {
    if (segment.currency == currency) return &segment;
  }
  return nullptr;
}

int32_t TenantColumns::TakeCurrency(const std::string& code) {
  const int32_t found = FindCurrency(code);
  if (found >= 0) return found;
  currencies_.emplace_back();
  currencies_.back().code = code;
  return static_cast<int32_t>(currencies_.size()) - 1;
}

int32_t TenantColumns::TakeRow(const std::string& key) {
  const auto [entry, added] = index_.try_emplace(key, 0);
  if (!added) return entry->second;
  AccountColumns& a = accounts_;
  if (free_rows_.empty()) {
    entry->second = a.size();
    const size_t size = a.flags.size() + 1;
    a.key.resize(size);
    a.name.resize(size);
    for (auto* column : {&a.region, &a.sector, &a.segment, &a.country, &a.collector, &a.customer_type,
                         &a.trade, &a.parent, &a.language, &a.last_contact_day, &a.pause_from, &a.pause_until,
                         &a.promise_until, &a.insolvent_day}) {
      column->resize(size);
    }
    a.late_probability.resize(size);
    a.plan_state.resize(size);
    a.partition.resize(size);
    a.segments.resize(size);
    a.flags.resize(size);
  } else {
    entry->second = free_rows_.back();
    free_rows_.pop_back();
  }
  a.key[entry->second] = key;
  return entry->second;
}

void TenantColumns::Put(const AccountView& view, int partition) {
  ++revision_;
  const int32_t account = TakeRow(view.key.account);
  accounts_.partition[account] = static_cast<int16_t>(partition);
  PutAttributes(account, view);
  PutItems(account, view);
  CompactIfWasteful();
}

void TenantColumns::PutAttributes(int32_t account, const AccountView& view) {
  AccountColumns& a = accounts_;
  const auto& attributes = view.sum.attributes();
  a.name[account] = attributes.name();
  const auto put = [&](std::vector<int32_t>& column, const std::string& word) {
    const int32_t before = column[account];
    column[account] = words_.Acquire(word);
    words_.Release(before);
  };
  put(a.region, attributes.region());
  put(a.sector, attributes.sector());
  put(a.segment, attributes.segment());
  put(a.country, attributes.country());
  put(a.collector, attributes.collector());
  put(a.customer_type, attributes.customer_type());
  put(a.trade, attributes.trade());
  put(a.parent, attributes.parent());
  put(a.language, attributes.language());
  const bool scored = view.versions[store::kRiskOwner] != 0;
  a.late_probability[account] =
      scored ? view.risk.late_probability() : std::numeric_limits<double>::quiet_NaN();
  a.last_contact_day[account] = view.plan.last_contact_day();
  a.pause_from[account] = a.pause_until[account] = 0;
  for (const auto& pause : view.plan.pauses()) {
    if (a.pause_until[account] != 0 && pause.until_day() <= a.pause_until[account]) continue;
    a.pause_from[account] = pause.from_day();
    a.pause_until[account] = pause.until_day();
  }
  a.promise_until[account] = 0;
  for (const auto& promise : view.plan.promises()) {
    if (promise.state() != state::v1::PROMISE_STATE_RUNNING) continue;
    a.promise_until[account] = std::max(a.promise_until[account], promise.hold_until_day());
  }
  a.insolvent_day[account] = attributes.insolvent_day();
  a.plan_state[account] = static_cast<uint8_t>(view.plan.state());
  a.flags[account] = kAccountLive;
  if (view.key.account == kUnidentifiedAccount) a.flags[account] |= kAccountUnidentified;
  for (const auto& placement : view.placements.placements()) {
    if (!IsOver(placement.state())) a.flags[account] |= kAccountPlaced;
  }
}

void TenantColumns::PutItems(int32_t account, const AccountView& view) {
  // By currency: open items first, then settled ones.
  std::map<int32_t, std::vector<const Item*>> by_currency;
  for (const bool open : {true, false}) {
    for (const auto* items : {&view.items, &view.history}) {
      for (const Item& item : *items) {
        if ((item.open_minor() != 0) == open) by_currency[TakeCurrency(item.currency())].push_back(&item);
      }
    }
  }
  auto& segments = accounts_.segments[account];
  for (Segment& segment : segments) {
    if (by_currency.count(segment.currency) == 0) DropSegment(account, &segment);
  }
  segments.erase(
      std::remove_if(segments.begin(), segments.end(),
                     [&](const Segment& segment) { return by_currency.count(segment.currency) == 0; }),
      segments.end());
  for (const auto& [currency, items] : by_currency) {
    Segment* segment = const_cast<Segment*>(FindSegment(account, currency));
    if (segment == nullptr) {
      segments.emplace_back();
      segment = &segments.back();
      segment->currency = currency;
    }
    FillSegment(account, items, view, segment);
  }
}

void TenantColumns::FillSegment(int32_t account, const std::vector<const Item*>& items,
                                const AccountView& view, Segment* segment) {
  CurrencyColumns& columns = currencies_[segment->currency];
  columns.unapplied_minor -= segment->unapplied_minor;
  segment->oldest_due_day = kNoDay;
  segment->debit_minor = segment->credit_minor = segment->unapplied_minor = 0;
  std::vector<ItemTable::Row> open, settled;
  std::vector<DisputeRow> disputes;
  for (size_t n = 0; n < items.size(); ++n) {
    const Item& item = *items[n];
    const ItemTable::Row row = MakeRow(account, item, view.placements);
    if (row.open != 0) {
      open.push_back(row);
      if (row.open > 0) segment->debit_minor += row.open;
      if (row.open < 0) segment->credit_minor -= row.open;
      if (row.open < 0 && row.kind == state::v1::ITEM_KIND_PAYMENT) segment->unapplied_minor -= row.open;
      if (row.open > 0) segment->oldest_due_day = std::min(segment->oldest_due_day, row.due_day);
    } else {
      settled.push_back(row);
    }
    columns.newest_day = std::max(columns.newest_day, item.issue_day());
    for (const int64_t amount : {row.amount, row.open}) {
      if (amount > kFastAmountMax || amount < -kFastAmountMax) columns.large_amounts = true;
    }
    if (item.has_dispute()) {
      const auto& dispute = item.dispute();
      disputes.push_back({static_cast<int32_t>(n), dispute.opened_day(),
                          dispute.resolved_day() == 0 ? kNoDay : dispute.resolved_day(),
                          dispute.amount_minor()});
    }
  }
  const std::vector<AllocationTable::Row> allocations = AllocationsOf(items);
  for (const AllocationTable::Row& row : allocations) {
    columns.newest_day = std::max(columns.newest_day, row.day);
    if (row.undone_day != kNoDay) columns.newest_day = std::max(columns.newest_day, row.undone_day);
  }
  columns.unapplied_minor += segment->unapplied_minor;
  columns.open.Assign(&segment->open, open);
  columns.settled.Assign(&segment->settled, settled);
  columns.allocations.Assign(&segment->allocations, allocations);
  if (disputes.empty()) {
    columns.disputes.erase(account);
  } else {
    columns.disputes[account] = std::move(disputes);
  }
}

void TenantColumns::DropSegment(int32_t account, Segment* segment) {
  CurrencyColumns& columns = currencies_[segment->currency];
  columns.unapplied_minor -= segment->unapplied_minor;
  columns.open.Free(&segment->open);
  columns.settled.Free(&segment->settled);
  columns.allocations.Free(&segment->allocations);
  columns.disputes.erase(account);
}

void TenantColumns::ReleaseWords(int32_t account) {
  AccountColumns& a = accounts_;
  for (auto* column : {&a.region, &a.sector, &a.segment, &a.country, &a.collector, &a.customer_type, &a.trade,
                       &a.parent, &a.language}) {
    words_.Release((*column)[account]);
    (*column)[account] = 0;
  }
}

void TenantColumns::Remove(absl::string_view key) {
  const auto found = index_.find(std::string(key));
  if (found == index_.end()) return;
  ++revision_;
  const int32_t account = found->second;
  for (Segment& segment : accounts_.segments[account]) DropSegment(account, &segment);
  accounts_.segments[account].clear();
  ReleaseWords(account);
  accounts_.key[account].clear();
  accounts_.name[account].clear();
  accounts_.flags[account] = 0;
  accounts_.partition[account] = -1;
  index_.erase(found);
  free_rows_.push_back(account);
  CompactIfWasteful();
}

std::vector<std::string> TenantColumns::KeysOfPartition(int partition) const {
  std::vector<std::string> keys;
  for (int32_t account = 0; account < accounts_.size(); ++account) {
    if (accounts_.live(account) && accounts_.partition[account] == partition)
      keys.push_back(accounts_.key[account]);
  }
  return keys;
}

void TenantColumns::CompactIfWasteful() {
  for (size_t currency = 0; currency < currencies_.size(); ++currency) {
    CurrencyColumns& columns = currencies_[currency];
    const auto compact = [&](auto& table, Range Segment::*range) {
      if (!table.wasteful()) return;
      std::vector<Range*> ranges;
      for (auto& segments : accounts_.segments) {
        for (Segment& segment : segments) {
          if (segment.currency == static_cast<int32_t>(currency)) ranges.push_back(&(segment.*range));
        }
      }
      table.Compact(std::move(ranges));
    };
    compact(columns.open, &Segment::open);
    compact(columns.settled, &Segment::settled);
    compact(columns.allocations, &Segment::allocations);
  }
}

}  // namespace relance::projection
