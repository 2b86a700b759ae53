#include "tools/bench/bench_world.h"

#include <unistd.h>

#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/status/check.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/account_field.h"
#include "services/ledger/gather_rows.h"
#include "services/ledger/post_items.h"
#include "tools/bench/process.h"

namespace relance::bench {
namespace {

absl::Status Put(store::Store& store, const std::string& name, const std::string& value) {
  RELANCE_ASSIGN_OR_RETURN(const auto documents, store.GetDocuments(kTenant, {&name, 1}, CallDeadline()));
  return store.PutDocument(kTenant, name, value, documents[0].version, CallDeadline()).status();
}

state::v1::TenantConfig MakeTenant() {
  state::v1::TenantConfig config;
  config.set_id(kTenant);
  config.set_legal_name("Bench SAS");
  config.add_address("1 rue de la Mesure");
  config.add_address("75001 Paris");
  config.set_country("FR");
  config.set_language("fr");
  config.set_currency("EUR");
  config.set_time_zone("Europe/Paris");
  config.set_legal_id("732829320");
  config.set_iban("FR7630006000011234567890189");
  config.set_email("credit@bench.example");
  config.set_default_terms("net30");
  config.set_ledger_max_age_days(3);
  config.set_agency_id("agency-1");
  config.set_made_up(true);
  return config;
}

// One number of INFO; -1 when it is not there.
int64_t InfoNumber(const testing::RedisProcess& redis, const std::string& section, const std::string& name) {
  for (absl::string_view line : absl::StrSplit(redis.Command({"INFO", section}), "\r\n")) {
    int64_t value = 0;
    if (absl::ConsumePrefix(&line, absl::StrCat(name, ":")) && absl::SimpleAtoi(line, &value)) return value;
  }
  return -1;
}

}  // namespace

absl::StatusOr<Span> TakeTime(pid_t redis, absl::FunctionRef<absl::Status()> work) {
  const double cpu = redis > 0 ? CpuSeconds(redis) : 0;
  const double own = OwnCpuSeconds();
  const auto start = std::chrono::steady_clock::now();
  RELANCE_RETURN_IF_ERROR(work());
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return Span{seconds.count(), redis > 0 ? CpuSeconds(redis) - cpu : 0, OwnCpuSeconds() - own};
}

ledger::Gathered GatherRows(const Portfolio& portfolio, int revision, bool changed_only) {
  ledger::Gathered gathered;
  ledger::RowIdentity identity;
  int64_t line = 0;
  for (int account = 0; account < portfolio.accounts(); ++account) {
    const int64_t end = portfolio.FirstOf(account) + portfolio.SizeOf(account);
    for (int64_t serial = portfolio.FirstOf(account); serial < end; ++serial) {
      if (changed_only && !portfolio.Changes(serial)) continue;
      ledger::GatherSyncItem(portfolio.Row(account, serial, revision), ++line, false, &identity, &gathered);
    }
  }
  RELANCE_CHECK(gathered.rejected == 0);
  return gathered;
}

void Revise(const Portfolio& portfolio, int revision, ledger::Gathered* gathered) {
  for (int account = 0; account < portfolio.accounts(); ++account) {
    auto& items = gathered->accounts.at(portfolio.CodeOf(account)).items;
    for (int i = 0; i < portfolio.SizeOf(account); ++i) {
      const int64_t serial = portfolio.FirstOf(account) + i;
      if (!portfolio.Changes(serial)) continue;
      const type::v1::Money amount = portfolio.Row(account, serial, revision).amount();
      items[i].item.set_amount_minor(amount.units() * 100 + amount.nanos() / 10'000'000);
    }
  }
}

absl::StatusOr<std::vector<store::AccountWrite>> WritesOf(ledger::Gathered* gathered) {
  std::vector<store::AccountWrite> writes;
  writes.reserve(gathered->accounts.size());
  for (auto& [code, incoming] : gathered->accounts) {
    store::AccountRecord record;
    record.key = {kTenant, code};
    RELANCE_ASSIGN_OR_RETURN(ledger::LedgerAccount account, ledger::LedgerAccount::Load(record));
    ledger::PostItems(incoming, &account);
    RELANCE_CHECK(account.MissingFields().empty());
    writes.emplace_back().key = record.key;
    account.Finish(&writes.back());
  }
  return writes;
}

std::string BytesOf(const store::AccountWrite& write) {
  std::string bytes;
  for (const auto& [name, value] : write.set) absl::StrAppend(&bytes, value);
  return bytes;
}

std::unique_ptr<testing::RedisProcess> StartRedis(const std::string& appendfsync) {
  auto redis = std::make_unique<testing::RedisProcess>(testing::RedisOptions{.appendfsync = appendfsync});
  RELANCE_CHECK(redis->Command({"CONFIG", "SET", "auto-aof-rewrite-percentage", "0"}) == "OK");
  return redis;
}

absl::StatusOr<std::unique_ptr<LedgerWorld>> LedgerWorld::Create(const std::string& appendfsync) {
  std::unique_ptr<LedgerWorld> world(new LedgerWorld(appendfsync));
  RELANCE_ASSIGN_OR_RETURN(world->store_, world->Open(store::Service::kLedger));
  world->tenants_ = std::make_unique<TenantDirectory>(world->store_.get(), [] { return absl::Now(); });
  world->indexes_ = std::make_unique<ledger::AccountIndexes>();
  world->posting_ = std::make_unique<ledger::PostingService>(world->store_.get(), world->indexes_.get(),
                                                             [] { return absl::Now(); });
  RELANCE_RETURN_IF_ERROR(Put(*world->store_, kTenantDocument, MakeTenant().SerializeAsString()));
  RELANCE_RETURN_IF_ERROR(world->SetDay(kBusinessDay));
  return world;
}

absl::StatusOr<std::unique_ptr<store::Store>> LedgerWorld::Open(store::Service service) const {
  store::StoreOptions options;
  options.address = redis_->address();
  options.call_timeout = kCallMax;
  return store::Store::Open(options, service);
}

absl::Status LedgerWorld::SetDay(absl::CivilDay day) {
  state::v1::TenantClock clock;
  clock.set_test_day(DayNumber(day));
  RELANCE_RETURN_IF_ERROR(Put(*store_, kClockDocument, clock.SerializeAsString()));
  state::v1::Freshness freshness;
  freshness.set_ledger_day(DayNumber(day));
  return Put(*store_, kFreshnessDocument, freshness.SerializeAsString());
}

absl::StatusOr<Span> LedgerWorld::Post(ledger::Gathered* gathered, ledger::PostingService::Outcome* outcome) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, Tenant());
  return TakeTime(redis_->pid(), [&]() -> absl::Status {
    RELANCE_ASSIGN_OR_RETURN(*outcome, posting_->Post(*tenant, gathered, CallDeadline()));
    return absl::OkStatus();
  });
}

int64_t LedgerWorld::AofBytes() const { return InfoNumber(*redis_, "persistence", "aof_current_size"); }

absl::Status LedgerWorld::RewriteAof() {
  redis_->Command({"BGREWRITEAOF"});
  const bool done = testing::AwaitCondition(
      [&] {
        return InfoNumber(*redis_, "persistence", "aof_rewrite_in_progress") == 0 &&
               InfoNumber(*redis_, "persistence", "aof_rewrite_scheduled") == 0;
      },
      kCallMax);
  if (!done) return absl::DeadlineExceededError("the append-only file was not rewritten");
  const std::string status = redis_->Command({"INFO", "persistence"});
  if (!absl::StrContains(status, "aof_last_bgrewrite_status:ok"))
    return absl::InternalError("the rewrite failed");
  return absl::OkStatus();
}

}  // namespace relance::bench
