#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/claims/rate_tables.h"
#include "common/documents/document_store.h"
#include "common/status/check.h"
#include "common/status/domain_error.h"
#include "common/store/testing/fake_store.h"
#include "common/store/testing/faulty_store.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/day.h"
#include "common/time/testing/simulated_clock.h"
#include "common/worker/worker.h"
#include "services/handoff/agencies.h"
#include "services/handoff/handoff_handler.h"
#include "services/handoff/handoff_parts.h"
#include "services/handoff/item_money.h"

namespace relance::handoff::testing {

inline constexpr char kTenant[] = "verger";
inline constexpr char kRequest1[] = "00000000-0000-4000-8000-000000000001";
inline constexpr char kRequest2[] = "00000000-0000-4000-8000-000000000002";

inline store::Deadline Soon() { return store::After(absl::Seconds(30)); }
inline int32_t DayOf(int year, int month, int day) { return DayNumber(absl::CivilDay(year, month, day)); }

inline state::v1::Item Invoice(uint64_t id, int32_t due_day, int64_t minor,
                               const std::string& currency = "EUR") {
  state::v1::Item item;
  item.set_id(id);
  item.set_kind(state::v1::ITEM_KIND_INVOICE);
  item.set_number(absl::StrCat("F", id));
  item.set_issue_day(due_day - 30);
  item.set_due_day(due_day);
  item.set_amount_minor(minor);
  item.set_open_minor(minor);
  item.set_currency(currency);
  return item;
}

// A credit of `kind` that settles `item`.
inline state::v1::Item Credit(uint64_t id, state::v1::ItemKind kind, uint64_t item, int64_t minor,
                              int32_t day, const std::string& source = "camt053") {
  state::v1::Item credit;
  credit.set_id(id);
  credit.set_kind(kind);
  credit.set_issue_day(day);
  credit.set_amount_minor(-minor);
  credit.set_currency("EUR");
  credit.set_source(source);
  auto* allocation = credit.add_allocations();
  allocation->set_item(item);
  allocation->set_amount_minor(minor);
  allocation->set_day(day);
  return credit;
}

// The books of one installation in a FakeStore, written as the ledger does: what lies open in items:0, the
// rest in history:0.
class Books {
 public:
  explicit Books(store::Store* ledger_store) : store_(ledger_store) {}

  AccountView Read(const std::string& account) {
    auto view =
        ReadAccounts(*store_, std::vector<store::AccountKey>{{kTenant, account}}, {true, true}, Soon());
    RELANCE_CHECK(view.ok() && (*view)[0].ok());
    return *std::move((*view)[0]);
  }
  void Write(AccountView view) {
    state::v1::ItemChunk open, history;
    for (auto* list : {&view.items, &view.history}) {
      for (auto& item : *list) *(item.open_minor() == 0 ? history : open).add_items() = item;
    }
    view.sum.set_open_chunks(1);
    view.sum.set_history_chunks(1);
    store::AccountWrite write;
    write.key = view.key;
    write.read_versions = {{store::kLedgerOwner, view.versions[store::kLedgerOwner]}};
    write.set = {{kSumField, view.sum.SerializeAsString()},
                 {ItemsField(0), open.SerializeAsString()},
                 {HistoryField(0), history.SerializeAsString()}};
    const store::CommitBatch batch{store_->PartitionOf(view.key), std::nullopt, {std::move(write)}, 0};
    const auto results = store_->Commit({&batch, 1}, Soon());
    RELANCE_CHECK(results.ok() && (*results)[0].ok() &&
                  (*results)[0]->front().outcome == store::WriteOutcome::kApplied);
  }
  void Add(const std::string& account, const std::vector<state::v1::Item>& items) {
    AccountView view = Read(account);
    view.sum.mutable_attributes()->set_name("Dupont SA");
    view.items.insert(view.items.end(), items.begin(), items.end());
    Write(std::move(view));
  }
  // Settles `item` by such a credit.
  void Settle(const std::string& account, uint64_t credit_id, state::v1::ItemKind kind, uint64_t item,
              int64_t minor, int32_t day, const std::string& source = "camt053") {
    AccountView view = Read(account);
    for (auto& debit : view.items) {
      if (debit.id() != item) continue;
      debit.set_open_minor(debit.open_minor() - minor);
      debit.set_written_off(debit.written_off() || kind == state::v1::ITEM_KIND_WRITE_OFF);
    }
    view.history.push_back(Credit(credit_id, kind, item, minor, day, source));
    Write(std::move(view));
  }
  // Undoes what `credit_id` settled.
  void TakeBack(const std::string& account, uint64_t credit_id, int32_t day) {
    AccountView view = Read(account);
    std::map<uint64_t, int64_t> again;
    for (auto& credit : view.history) {
      if (credit.id() != credit_id) continue;
      credit.set_returned_day(day);
      for (auto& allocation : *credit.mutable_allocations()) {
        allocation.set_undone_day(day);
        again[allocation.item()] += allocation.amount_minor();
      }
    }
    for (auto* list : {&view.items, &view.history}) {
      for (auto& item : *list) {
        if (again.count(item.id())) item.set_open_minor(item.open_minor() + again[item.id()]);
      }
    }
    Write(std::move(view));
  }

 private:
  store::Store* const store_;
};

// A ledger that keeps what it is told, once an id, and books it.
class FakeLedger : public LedgerClient {
 public:
  explicit FakeLedger(Books* books) : books_(books) {}

  absl::StatusOr<uint64_t> RecordPayment(const rpc::CallContext&, const LedgerPayment& payment) override {
    ++calls;
    if (absl::Status status = Fault(); !status.ok() && !lose_answer) return status;
    const std::string payload =
        absl::StrCat(payment.key.ToString(), payment.amount.minor, payment.amount.currency, payment.source,
                     absl::StrCat(payment.items.size()));
    items_max = std::max(items_max, payment.items.size());
    const auto known = requests_.find(payment.request_id);
    if (known == requests_.end()) {
      for (uint64_t item : payment.items) {
        if (unknown_items.count(item))
          return DomainError(absl::StatusCode::kNotFound, "ITEM_NOT_FOUND", "no item");
      }
      const uint64_t id = 0x9000 + requests_.size();
      requests_[payment.request_id] = {payload, id};
      Book(id, payment);
    } else if (known->second.first != payload) {
      return DomainError(absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED", "other payload");
    }
    if (failures > 0) return Fail();
    return requests_[payment.request_id].second;
  }
  absl::Status ReturnPayment(const rpc::CallContext&, const LedgerReturn& taken_back) override {
    ++calls;
    if (absl::Status status = Fault(); !status.ok() && !lose_answer) return status;
    if (returns.insert(taken_back.request_id).second) {
      books_->TakeBack(taken_back.key.account, taken_back.payment, DayNumber(taken_back.day));
    }
    if (failures > 0) return Fail();
    return absl::OkStatus();
  }

  size_t payments() const { return requests_.size(); }

  std::set<uint64_t> unknown_items;  // the books took them away
  std::set<std::string> returns;
  size_t items_max = 0;  // named in one call
  int calls = 0;
  int failures = 0;          // so many calls fail
  bool lose_answer = false;  // after they were done
  absl::Status failure = absl::UnavailableError("no ledger");

 private:
  absl::Status Fault() { return failures > 0 ? (lose_answer ? failure : Fail()) : absl::OkStatus(); }
  absl::Status Fail() {
    --failures;
    return failure;
  }
  void Book(uint64_t id, const LedgerPayment& payment) {
    AccountView view = books_->Read(payment.key.account);
    state::v1::Item credit;
    credit.set_id(id);
    credit.set_kind(state::v1::ITEM_KIND_PAYMENT);
    credit.set_issue_day(DayNumber(payment.day));
    credit.set_amount_minor(-payment.amount.minor);
    credit.set_currency(payment.amount.currency);
    credit.set_source(payment.source);
    int64_t left = payment.amount.minor;
    for (uint64_t wanted : payment.items) {
      for (auto& item : view.items) {
        if (item.id() != wanted || item.open_minor() <= 0 || left == 0) continue;
        const int64_t part = std::min(left, item.open_minor());
        item.set_open_minor(item.open_minor() - part);
        left -= part;
        auto* allocation = credit.add_allocations();
        allocation->set_item(wanted);
        allocation->set_amount_minor(part);
        allocation->set_day(DayNumber(payment.day));
      }
    }
    credit.set_open_minor(-left);
    view.items.push_back(credit);
    books_->Write(std::move(view));
  }

  Books* const books_;
  std::map<std::string, std::pair<std::string, uint64_t>> requests_;  // payload and payment
};

// One installation with a tenant that stands at a day, its agency, its books, and the handoff's verbs and
// worker.
class World {
 public:
  World()
      : root_(MakeRoot()),
        ledger_store(store::Service::kLedger),
        base(ledger_store.As(store::Service::kHandoff)),
        store(base.get()),
        books(&ledger_store),
        ledger(&books),
        tenants(&store, [] { return absl::UnixEpoch(); }),
        documents(*documents::DocumentStore::Open(root_ + "/documents")) {
    config.set_id(kTenant);
    config.set_legal_name("Verger SAS");
    config.set_country("FR");
    config.set_language("fr");
    config.set_currency("EUR");
    config.set_agency_id("recouvra");
    PutTenant();
    SetDay(absl::CivilDay(2025, 6, 30));
    RELANCE_CHECK(PutAgency(*base, kTenant, SomeAgency("recouvra"), Soon()).ok());
  }
  ~World() { std::filesystem::remove_all(root_); }

  static state::v1::Agency SomeAgency(const std::string& id) {
    state::v1::Agency agency;
    agency.set_id(id);
    agency.set_legal_name("Recouvra SAS");
    agency.set_mandate_id("M-2022-17");
    agency.set_fee_bps(1200);
    agency.set_remittance_days(30);
    return agency;
  }
  void PutTenant() { PutConfig(kTenantDocument, config.SerializeAsString()); }
  void SetDay(absl::CivilDay day) {
    state::v1::TenantClock clock;
    clock.set_test_day(DayNumber(day));
    PutConfig(kClockDocument, clock.SerializeAsString());
    today = day;
  }
  HandoffParts Parts() {
    return {.store = &store,
            .tenants = &tenants,
            .documents = &documents,
            .ledger = &ledger,
            .rates = &claims::RateTables::BuiltIn(),
            .now = [] { return absl::FromUnixSeconds(1'750'000'000); }};
  }
  // A new process of the service works until nothing is left to do, and gives its leases back.
  void Work() {
    HandoffHandler handler(Parts(), root_ + "/outbox");
    SimulatedClock clock;
    worker::WorkerOptions options;
    options.holder = absl::StrCat("worker-", ++workers_);
    worker::Worker worker(&store, &tenants, &handler, &clock, options);
    for (int round = 0; round < kRoundsMax; ++round) {
      const auto busy = worker.RunOnce();
      if (busy.ok() && !*busy) break;
    }
    worker.Stop();
  }
  state::v1::Placement Placement(const std::string& account, int index = 0) {
    const AccountView view = books.Read(account);
    RELANCE_CHECK(view.placements.placements_size() > index);
    return view.placements.placements(index);
  }
  // Files that the agency got, by name without the hash.
  std::map<std::string, std::string> Delivered(const std::string& agency = "recouvra") {
    std::map<std::string, std::string> files;
    const std::string folder = absl::StrCat(root_, "/outbox/agency/", agency, "/out");
    if (!std::filesystem::exists(folder)) return files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string name = entry.path().filename().string();
      files[name.substr(0, name.find('_')) + entry.path().extension().string()] =
          std::string(std::istreambuf_iterator<char>(in), {});
    }
    return files;
  }
  std::vector<std::string> Evidence(const std::string& account) {
    return *base->ReadEvidence({kTenant, account}, 0, 1000, Soon());
  }
  size_t OutboxSize() {
    size_t size = 0;
    for (int p = 0; p < base->partitions(); ++p) size += base->ReadOutbox(p, 1000, Soon())->size();
    return size;
  }
  const std::string& root() const { return root_; }

 private:
  static constexpr int kRoundsMax = 50;

  static std::string MakeRoot() {
    // Memory where there is some: the tests write many files that are made durable one by one.
    const std::filesystem::path memory = "/dev/shm";
    std::error_code missing;
    const std::filesystem::path parent =
        std::filesystem::is_directory(memory, missing) ? memory : std::filesystem::temp_directory_path();
    std::string pattern = parent.string() + "/handoff_test_XXXXXX";
    RELANCE_CHECK(::mkdtemp(pattern.data()) != nullptr);
    return pattern;
  }
  void PutConfig(const std::string& name, const std::string& value) {
    const auto documents = base->GetDocuments(kTenant, std::vector<std::string>{name}, Soon());
    RELANCE_CHECK(base->PutDocument(kTenant, name, value, (*documents)[0].version, Soon()).ok());
  }

  const std::string root_;
  int workers_ = 0;

 public:
  state::v1::TenantConfig config;
  absl::CivilDay today;
  store::FakeStore ledger_store;
  std::unique_ptr<store::FakeStore> base;
  store::FaultyStore store;
  Books books;
  FakeLedger ledger;
  TenantDirectory tenants;
  documents::DocumentStore documents;
};

}  // namespace relance::handoff::testing
