#include <algorithm>
#include <numeric>

#include "relance/state/v1/ledger.pb.h"
#include "services/ledger/indicators/portfolio.h"

namespace relance::ledger {
namespace {

using projection::BalancesAt;
using projection::CurrencyColumns;
using projection::ScanResult;
using projection::Segment;
using projection::TenantColumns;

AgeingSums FromScan(const ScanResult& scan) {
  AgeingSums sums;
  const size_t buckets = scan.debit_minor.size();
  for (size_t b = 0; b < buckets; ++b) {
    const bool last = b + 1 == buckets;
    sums.buckets.push_back(scan.debit_minor[b] - (last ? 0 : scan.debit_minor[b + 1]));
    sums.items.push_back(scan.debit_items[b] - (last ? 0 : scan.debit_items[b + 1]));
  }
  sums.no_due_date = scan.all_debit_minor - scan.debit_minor[0];
  sums.credits = -scan.all_credit_minor;
  return sums;
}

// Open money of one account.
Amount UnappliedOf(const CurrencyColumns& columns, const Segment& segment, const BalancesAt& balances) {
  if (balances.is_now()) return segment.unapplied_minor;
  Amount sum = 0;
  for (int32_t n = 0; n < segment.open.count + segment.settled.count; ++n) {
    if (columns.TableOf(segment, n).kind[columns.RowOf(segment, n)] != state::v1::ITEM_KIND_PAYMENT) continue;
    sum -= std::min<int64_t>(balances.Of(segment, n), 0);
  }
  return sum;
}

// The same of all accounts. Today it is kept as a total, so that the scan need not look at kinds.
Amount UnappliedOfAll(const CurrencyColumns& columns, const BalancesAt& balances) {
  if (balances.is_now()) return columns.unapplied_minor;
  Amount sum = 0;
  const auto add = [&](const projection::ItemTable& table, absl::Span<const int64_t> open) {
    for (size_t i = 0; i < open.size(); ++i) {
      if (open[i] < 0 && table.kind[i] == state::v1::ITEM_KIND_PAYMENT) sum -= open[i];
    }
  };
  add(columns.open, balances.open());
  add(columns.settled, balances.settled());
  return sum;
}

AgeingSums OfAccount(const TenantColumns& tenant, int32_t account, const Segment& segment,
                     const BalancesAt& balances, absl::Span<const int32_t> thresholds) {
  AgeingSums sums =
      FromScan(ScanAccount(tenant.currencies()[segment.currency], balances, segment, thresholds));
  sums.key = tenant.accounts().key[account];
  sums.name = tenant.accounts().name[account];
  sums.disputed = balances.DisputedOf(account, segment);
  sums.unapplied = UnappliedOf(tenant.currencies()[segment.currency], segment, balances);
  return sums;
}

void Subtract(const AgeingSums& part, AgeingSums* sum) {
  for (size_t b = 0; b < sum->buckets.size(); ++b) {
    sum->buckets[b] -= part.buckets[b];
    sum->items[b] -= part.items[b];
  }
  sum->credits -= part.credits;
  sum->unapplied -= part.unapplied;
  sum->no_due_date -= part.no_due_date;
}

const std::vector<int32_t>& GroupColumn(const projection::AccountColumns& accounts, AgeingSplit split) {
  switch (split) {
    case AgeingSplit::kRegion:
      return accounts.region;
    case AgeingSplit::kSector:
      return accounts.sector;
    case AgeingSplit::kCountry:
      return accounts.country;
    case AgeingSplit::kCollector:
      return accounts.collector;
    case AgeingSplit::kCustomerType:
      return accounts.customer_type;
    case AgeingSplit::kTrade:
      return accounts.trade;
    case AgeingSplit::kParent:
      return accounts.parent;
    case AgeingSplit::kLanguage:
      return accounts.language;
    default:
      return accounts.segment;
  }
}

bool LargestOverdueFirst(const AgeingSums& a, const AgeingSums& b) {
  const Amount left = a.overdue();
  const Amount right = b.overdue();
  return left != right ? left > right : a.key < b.key;
}

// One pass over all rows, with a dense row of sums for each value that occurs.
// All are in one group without a split.
std::vector<AgeingSums> ByGroup(const TenantColumns& tenant, int32_t currency, const BalancesAt& balances,
                                const AgeingBuckets& buckets, AgeingSplit split,
                                const std::vector<uint8_t>& outside) {
  const auto& accounts = tenant.accounts();
  const std::vector<int32_t> all(split == AgeingSplit::kNone ? accounts.size() : 0);
  const std::vector<int32_t>& words = split == AgeingSplit::kNone ? all : GroupColumn(accounts, split);
  const CurrencyColumns& columns = tenant.currencies()[currency];
  std::vector<int32_t> group_of_word(tenant.words().size(), -1);
  std::vector<AgeingSums> groups;
  std::vector<int32_t> group_of(accounts.size(), -1);
  for (int32_t account = 0; account < accounts.size(); ++account) {
    const Segment* segment = tenant.FindSegment(account, currency);
    if (segment == nullptr || (accounts.flags[account] & projection::kAccountUnidentified) != 0) continue;
    if (!outside.empty() && outside[account] != 0) continue;
    int32_t& group = group_of_word[words[account]];
    if (group < 0) {
      group = static_cast<int32_t>(groups.size());
      groups.emplace_back();
      groups.back().key = words[account] == 0 ? kNoGroup : tenant.words().word(words[account]);
      groups.back().buckets.assign(buckets.size(), 0);
      groups.back().items.assign(buckets.size(), 0);
    }
    group_of[account] = group;
    groups[group].disputed += balances.DisputedOf(account, *segment);
  }
  const auto add = [&](const projection::ItemTable& table, absl::Span<const int64_t> open) {
    for (size_t i = 0; i < open.size(); ++i) {
      if (open[i] == 0 || table.account[i] < 0 || group_of[table.account[i]] < 0) continue;
      AgeingSums& group = groups[group_of[table.account[i]]];
      if (open[i] < 0) {
        group.credits -= open[i];
        if (table.kind[i] == state::v1::ITEM_KIND_PAYMENT) group.unapplied -= open[i];
      } else if (table.due_day[i] == projection::kNoDay) {
        group.no_due_date += open[i];
      } else {
        const int bucket = buckets.BucketOf(table.due_day[i], balances.day());
        group.buckets[bucket] += open[i];
        ++group.items[bucket];
      }
    }
  };
  add(columns.open, balances.open());
  add(columns.settled, balances.settled());
  groups.erase(std::remove_if(groups.begin(), groups.end(),
                              [](const AgeingSums& g) { return g.debits() == 0 && g.credits == 0; }),
               groups.end());
  std::sort(groups.begin(), groups.end(), LargestOverdueFirst);
  return groups;
}

// The accounts with the largest overdue amount: the amounts in one pass, the rows only of those that are
// shown.
std::vector<AgeingSums> ByAccount(const TenantColumns& tenant, int32_t currency, const BalancesAt& balances,
                                  absl::Span<const int32_t> thresholds, int accounts_max,
                                  const std::vector<uint8_t>& outside) {
  const auto& accounts = tenant.accounts();
  const CurrencyColumns& columns = tenant.currencies()[currency];
  std::vector<Amount> overdue(accounts.size(), 0);
  std::vector<uint8_t> any(accounts.size(), 0);
  const auto add = [&](const projection::ItemTable& table, absl::Span<const int64_t> open) {
    for (size_t i = 0; i < open.size(); ++i) {
      if (open[i] == 0 || table.account[i] < 0) continue;
      any[table.account[i]] = 1;
      if (open[i] > 0 && table.due_day[i] < balances.day()) overdue[table.account[i]] += open[i];
    }
  };
  add(columns.open, balances.open());
  add(columns.settled, balances.settled());
  std::vector<int32_t> chosen;
  for (int32_t account = 0; account < accounts.size(); ++account) {
    if (any[account] == 0 || (accounts.flags[account] & projection::kAccountUnidentified) != 0) continue;
    if (outside.empty() || outside[account] == 0) chosen.push_back(account);
  }
  const size_t count = std::min<size_t>(chosen.size(), std::max(accounts_max, 0));
  std::partial_sort(chosen.begin(), chosen.begin() + count, chosen.end(), [&](int32_t a, int32_t b) {
    return overdue[a] != overdue[b] ? overdue[a] > overdue[b] : accounts.key[a] < accounts.key[b];
  });
  std::vector<AgeingSums> rows;
  for (size_t i = 0; i < count; ++i) {
    rows.push_back(
        OfAccount(tenant, chosen[i], *tenant.FindSegment(chosen[i], currency), balances, thresholds));
  }
  return rows;
}

}  // namespace

Amount AgeingSums::debits() const { return std::accumulate(buckets.begin(), buckets.end(), no_due_date); }

Amount AgeingSums::overdue() const {
  return buckets.empty() ? 0 : std::accumulate(buckets.begin() + 1, buckets.end(), Amount{0});
}

bool ParseGroupBy(absl::string_view text, AgeingSplit* split) {
  static constexpr std::pair<absl::string_view, AgeingSplit> kNames[] = {
      {"", AgeingSplit::kNone},
      {"segment", AgeingSplit::kSegment},
      {"region", AgeingSplit::kRegion},
      {"sector", AgeingSplit::kSector},
      {"country", AgeingSplit::kCountry},
      {"collector", AgeingSplit::kCollector},
      {"customer_type", AgeingSplit::kCustomerType},
      {"trade", AgeingSplit::kTrade},
      {"parent", AgeingSplit::kParent},
      {"language", AgeingSplit::kLanguage}};
  for (const auto& [name, value] : kNames) {
    if (text != name) continue;
    *split = value;
    return true;
  }
  return false;
}

std::vector<uint8_t> OutsideGroup(const TenantColumns& tenant, AgeingSplit split,
                                  const std::optional<std::string>& key) {
  if (!key.has_value()) return {};
  const std::vector<int32_t>& words = GroupColumn(tenant.accounts(), split);
  const int32_t wanted = *key == kNoGroup ? 0 : tenant.words().Find(*key);
  std::vector<uint8_t> outside(words.size());
  for (size_t account = 0; account < words.size(); ++account) outside[account] = words[account] != wanted;
  return outside;
}

Ageing MakeAgeing(const TenantColumns& tenant, int32_t currency, const BalancesAt& balances,
                  const AgeingBuckets& buckets, AgeingSplit split, int accounts_max,
                  const std::vector<uint8_t>& outside) {
  const CurrencyColumns& columns = tenant.currencies()[currency];
  const std::vector<int32_t> thresholds = buckets.Thresholds(balances.day());
  Ageing ageing;
  if (split == AgeingSplit::kAccount) {
    ageing.rows = ByAccount(tenant, currency, balances, thresholds, accounts_max, outside);
  } else if (split != AgeingSplit::kNone) {
    ageing.rows = ByGroup(tenant, currency, balances, buckets, split, outside);
  }
  if (!outside.empty()) {
    std::vector<AgeingSums> all = ByGroup(tenant, currency, balances, buckets, AgeingSplit::kNone, outside);
    ageing.total.buckets.assign(buckets.size(), 0);
    ageing.total.items.assign(buckets.size(), 0);
    if (!all.empty()) ageing.total = std::move(all.front());
    ageing.total.key.clear();
    return ageing;
  }
  ageing.total = FromScan(ScanBalances(columns, balances, thresholds));
  ageing.total.unapplied = UnappliedOfAll(columns, balances);
  for (const auto& [account, disputes] : columns.disputes) {
    if ((tenant.accounts().flags[account] & projection::kAccountUnidentified) != 0) continue;
    ageing.total.disputed += balances.DisputedOf(account, *tenant.FindSegment(account, currency));
  }
  const int32_t unidentified = tenant.FindAccount(projection::kUnidentifiedAccount);
  const Segment* segment = unidentified < 0 ? nullptr : tenant.FindSegment(unidentified, currency);
  if (segment != nullptr) {
    AgeingSums row = OfAccount(tenant, unidentified, *segment, balances, thresholds);
    Subtract(row, &ageing.total);
    if (row.debits() != 0 || row.credits != 0) ageing.rows.push_back(std::move(row));
  }
  return ageing;
}

}  // namespace relance::ledger
