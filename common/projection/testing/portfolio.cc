#include "common/projection/testing/portfolio.h"

#include <algorithm>

#include "common/status/check.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/day.h"

namespace relance::projection::testing {
namespace {

store::Deadline Soon() { return store::After(absl::Seconds(10)); }

int32_t Day(absl::string_view iso) {
  const auto day = ParseIsoDay(iso);
  RELANCE_CHECK(day.ok());
  return DayNumber(*day);
}

}  // namespace

Portfolio::Portfolio()
    : ledger_(store::Service::kLedger),
      risk_(ledger_.As(store::Service::kRisk)),
      scenario_(ledger_.As(store::Service::kScenario)),
      handoff_(ledger_.As(store::Service::kHandoff)) {}

void Portfolio::Tenant(const std::string& tenant, const std::string& currency, absl::string_view day) {
  int64_t& version = clock_versions_[tenant];
  if (version == 0) {
    state::v1::TenantConfig config;
    config.set_id(tenant);
    config.set_currency(currency);
    config.set_country("FR");
    config.set_time_zone("Europe/Paris");
    RELANCE_CHECK(ledger_.PutDocument(tenant, kTenantDocument, config.SerializeAsString(), 0, Soon()).ok());
  }
  state::v1::TenantClock clock;
  clock.set_test_day(Day(day));
  const auto written =
      ledger_.PutDocument(tenant, kClockDocument, clock.SerializeAsString(), version, Soon());
  RELANCE_CHECK(written.ok());
  version = *written;
}

void Portfolio::Attributes(const store::AccountKey& key,
                           const std::function<void(state::v1::Attributes&)>& change) {
  change(*accounts_[key].sum.mutable_attributes());
  WriteLedger(key);
}

uint64_t Portfolio::Item(const store::AccountKey& key, state::v1::ItemKind kind, int64_t minor,
                         absl::string_view issued, absl::string_view due, const std::string& currency) {
  state::v1::Item& item = accounts_[key].items[++next_id_];
  item.set_id(next_id_);
  item.set_kind(kind);
  item.set_amount_minor(minor);
  item.set_open_minor(minor);
  item.set_issue_day(Day(issued));
  if (!due.empty()) item.set_due_day(Day(due));
  item.set_currency(currency);
  WriteLedger(key);
  return next_id_;
}

uint64_t Portfolio::Invoice(const store::AccountKey& key, int64_t minor, absl::string_view issued,
                            absl::string_view due, const std::string& currency) {
  return Item(key, state::v1::ITEM_KIND_INVOICE, minor, issued, due, currency);
}

uint64_t Portfolio::Pay(const store::AccountKey& key, int64_t minor, absl::string_view day,
                        uint64_t debit_id) {
  Account& account = accounts_[key];
  const std::string currency = debit_id == 0 ? "EUR" : account.items.at(debit_id).currency();
  const uint64_t id = Item(key, state::v1::ITEM_KIND_PAYMENT, -minor, day, "", currency);
  if (debit_id == 0) return id;
  state::v1::Item& credit = account.items.at(id);
  state::v1::Item& debit = account.items.at(debit_id);
  auto* allocation = credit.add_allocations();
  allocation->set_item(debit_id);
  allocation->set_day(Day(day));
  allocation->set_amount_minor(std::min(minor, debit.open_minor()));
  credit.set_open_minor(credit.open_minor() + allocation->amount_minor());
  debit.set_open_minor(debit.open_minor() - allocation->amount_minor());
  debit.set_paid_day(Day(day));
  if (credit.open_minor() == 0) credit.set_settled_day(Day(day));
  if (debit.open_minor() == 0) debit.set_settled_day(Day(day));
  WriteLedger(key);
  return id;
}

void Portfolio::Undo(const store::AccountKey& key, uint64_t credit_id, absl::string_view day) {
  Account& account = accounts_[key];
  state::v1::Item& credit = account.items.at(credit_id);
  for (auto& allocation : *credit.mutable_allocations()) {
    if (allocation.undone_day() != 0) continue;
    allocation.set_undone_day(Day(day));
    state::v1::Item& debit = account.items.at(allocation.item());
    credit.set_open_minor(credit.open_minor() - allocation.amount_minor());
    debit.set_open_minor(debit.open_minor() + allocation.amount_minor());
    credit.set_settled_day(0);
    debit.set_settled_day(0);
    debit.set_paid_day(0);
  }
  WriteLedger(key);
}

void Portfolio::Dispute(const store::AccountKey& key, uint64_t item, int64_t minor, absl::string_view opened,
                        absl::string_view resolved) {
  auto* dispute = accounts_[key].items.at(item).mutable_dispute();
  dispute->set_reason("PRICE");
  dispute->set_amount_minor(minor);
  dispute->set_opened_day(Day(opened));
  dispute->set_resolved_day(resolved.empty() ? 0 : Day(resolved));
  WriteLedger(key);
}

void Portfolio::Plan(const store::AccountKey& key, const state::v1::Plan& plan) {
  Commit(scenario_.get(), store::kPlanOwner, key, {{kPlanField, plan.SerializeAsString()}});
}

void Portfolio::Risk(const store::AccountKey& key, double late_probability) {
  state::v1::RiskScore risk;
  risk.set_late_probability(late_probability);
  Commit(risk_.get(), store::kRiskOwner, key, {{kRiskField, risk.SerializeAsString()}});
}

void Portfolio::Case(const store::AccountKey& key, const state::v1::Case& placements) {
  Commit(handoff_.get(), store::kCaseOwner, key, {{kCaseField, placements.SerializeAsString()}});
}

void Portfolio::WriteLedger(const store::AccountKey& key) {
  Account& account = accounts_[key];
  state::v1::ItemChunk open, settled;
  for (const auto& [id, item] : account.items) *(item.open_minor() != 0 ? open : settled).add_items() = item;
  account.sum.set_open_chunks(1);
  account.sum.set_history_chunks(1);
  Commit(&ledger_, store::kLedgerOwner, key,
         {{kSumField, account.sum.SerializeAsString()},
          {ItemsField(0), open.SerializeAsString()},
          {HistoryField(0), settled.SerializeAsString()}});
}

void Portfolio::Commit(store::FakeStore* store, store::Owner owner, const store::AccountKey& key,
                       std::vector<std::pair<std::string, std::string>> fields) {
  int64_t& version = accounts_[key].versions[owner];
  store::CommitBatch batch;
  batch.partition = store->PartitionOf(key);
  batch.writes.emplace_back();
  batch.writes[0].key = key;
  batch.writes[0].read_versions = {{owner, version}};
  batch.writes[0].set = std::move(fields);
  const auto results = store->Commit({&batch, 1}, Soon());
  RELANCE_CHECK(results.ok() && (*results)[0].ok());
  const store::WriteResult result = (*(*results)[0])[0];
  RELANCE_CHECK(result.outcome == store::WriteOutcome::kApplied);
  version = result.version;
}

}  // namespace relance::projection::testing
