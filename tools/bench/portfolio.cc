#include "tools/bench/portfolio.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "absl/strings/str_format.h"
#include "common/rpc/proto_types.h"
#include "common/status/check.h"
#include "common/time/day.h"

namespace relance::bench {
namespace {

constexpr double kSkew = -0.8;
constexpr int kChangedIn = 100;  // one invoice in so many

// SplitMix64's finisher: a number that looks random and is always the same.
uint64_t Mixed(uint64_t value) {
  value += 0x9e3779b97f4a7c15u;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

// Sizes of `accounts` for a scale: the larger, the more invoices.
std::vector<int64_t> SizesFor(int accounts, double scale) {
  std::vector<int64_t> sizes(accounts);
  for (int i = 0; i < accounts; ++i) {
    sizes[i] = std::clamp<int64_t>(std::llround(scale * std::pow(i + 1, kSkew)), 1, kBiggestAccount);
  }
  return sizes;
}

int64_t Sum(const std::vector<int64_t>& values) {
  int64_t sum = 0;
  for (const int64_t value : values) sum += value;
  return sum;
}

constexpr absl::string_view kRegions[] = {"IDF", "ARA", "NAQ", "OCC", "HDF", "GES", "PAC", "BRE"};
constexpr absl::string_view kSectors[] = {"construction", "retail", "industry", "transport", "services"};
constexpr absl::string_view kSegments[] = {"TPE", "PME", "ETI", "GE"};

}  // namespace

Portfolio::Portfolio(int accounts, int64_t invoices) {
  RELANCE_CHECK(accounts >= 1 && invoices >= accounts);
  double low = 0, high = 1;
  while (Sum(SizesFor(accounts, high)) < invoices && high < 1e12) high *= 2;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (Sum(SizesFor(accounts, middle)) < invoices ? low : high) = middle;
  }
  std::vector<int64_t> sizes = SizesFor(accounts, low);
  // Rounding leaves a few over: to the smallest accounts.
  for (int64_t left = invoices - Sum(sizes), i = accounts - 1; left > 0;
       --left, i = i > 0 ? i - 1 : accounts - 1)
    ++sizes[i];
  // Codes do not tell the size: the order is mixed.
  std::vector<int> order(accounts);
  for (int i = 0; i < accounts; ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [](int a, int b) { return Mixed(a) < Mixed(b); });
  first_.push_back(0);
  for (const int rank : order) {
    const int64_t begin = first_.back();
    first_.push_back(begin + sizes[rank]);
    bool touched = false;
    for (int64_t serial = begin; serial < first_.back(); ++serial) {
      if (!Changes(serial)) continue;
      ++changed_invoices_;
      touched = true;
    }
    if (touched) ++changed_accounts_;
  }
}

std::string Portfolio::CodeOf(int account) const { return absl::StrFormat("411%06d", account); }

int Portfolio::AccountOfSize(int size) const {
  int best = 0;
  for (int i = 1; i < accounts(); ++i) {
    if (std::abs(SizeOf(i) - size) < std::abs(SizeOf(best) - size)) best = i;
  }
  return best;
}

bool Portfolio::Changes(int64_t serial) const { return Mixed(serial ^ 0x51ab) % kChangedIn == 0; }

ledger::v1::SyncItem Portfolio::Row(int account, int64_t serial, int revision) const {
  const uint64_t random = Mixed(serial);
  ledger::v1::SyncItem row;
  row.set_account_id(CodeOf(account));
  row.set_kind(ledger::v1::ITEM_KIND_INVOICE);
  row.set_number(absl::StrFormat("F26-%07d", serial));
  const absl::CivilDay issue = kBusinessDay - static_cast<int>(random % 20);
  *row.mutable_issue_date() = rpc::DayToProto(issue);
  *row.mutable_due_date() = rpc::DayToProto(kBusinessDay + 25 + static_cast<int>((random >> 8) % 60));
  row.mutable_amount()->set_currency_code("EUR");
  row.mutable_amount()->set_units(
      static_cast<int64_t>(50 + (random >> 16) % 20'000 + (Changes(serial) ? revision : 0)));
  row.mutable_amount()->set_nanos(static_cast<int32_t>((random >> 32) % 100) * 10'000'000);
  if (serial == FirstOf(account)) {
    ledger::v1::Attributes& attributes = *row.mutable_attributes();
    attributes.set_name(absl::StrFormat("Debtor %06d SAS", account));
    attributes.set_country("FR");
    attributes.set_region(std::string(kRegions[random % 8]));
    attributes.set_sector(std::string(kSectors[random % 5]));
    attributes.set_segment(std::string(kSegments[random % 4]));
    attributes.set_customer_type("private");
  }
  return row;
}

std::vector<ledger::v1::SyncItemsRequest> Portfolio::Batches(const std::string& sync_id, int revision,
                                                             bool changed_only) const {
  std::vector<ledger::v1::SyncItemsRequest> batches;
  const auto open_batch = [&] {
    ledger::v1::SyncItemsRequest& batch = batches.emplace_back();
    batch.set_tenant_id(kTenant);
    batch.set_sync_id(sync_id);
    batch.set_batch(static_cast<int64_t>(batches.size()));
  };
  open_batch();
  for (int account = 0; account < accounts(); ++account) {
    for (int64_t serial = first_[account]; serial < first_[account + 1]; ++serial) {
      if (changed_only && !Changes(serial)) continue;
      if (batches.back().items_size() == kRowsPerBatch) open_batch();
      *batches.back().add_items() = Row(account, serial, revision);
    }
  }
  batches.back().set_last(true);
  *batches.back().mutable_as_of_date() = rpc::DayToProto(kBusinessDay);
  return batches;
}

}  // namespace relance::bench
