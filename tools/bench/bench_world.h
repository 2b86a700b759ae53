#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "services/ledger/gathered.h"
#include "services/ledger/posting_service.h"
#include "tests/support/redis_process.h"
#include "tools/bench/portfolio.h"

// What the measurements share: the rows as the ledger takes them, a Redis of their own, a clock for spans.
namespace relance::bench {

// One measurement is over in this time, or it fails.
inline constexpr absl::Duration kCallMax = absl::Minutes(5);
inline store::Deadline CallDeadline() { return store::After(kCallMax); }

struct Span {
  double seconds = 0;
  double redis_seconds = 0;   // CPU of the Redis that was named
  double client_seconds = 0;  // CPU of this process, and of what else did the work

  double cpu_seconds() const { return redis_seconds + client_seconds; }
  Span& operator+=(const Span& other) {
    seconds += other.seconds;
    redis_seconds += other.redis_seconds;
    client_seconds += other.client_seconds;
    return *this;
  }
};
// Runs `work` and takes its time. `redis`: 0 without one.
absl::StatusOr<Span> TakeTime(pid_t redis, absl::FunctionRef<absl::Status()> work);

// The portfolio's rows through the ledger's own reader of rows.
ledger::Gathered GatherRows(const Portfolio& portfolio, int revision, bool changed_only);
// Gives the changing rows of a Gathered of all rows the amounts of `revision`.
void Revise(const Portfolio& portfolio, int revision, ledger::Gathered* gathered);

// What the ledger stores of `gathered`, account by account, made by the ledger's own code; in the order of
// the accounts.
absl::StatusOr<std::vector<store::AccountWrite>> WritesOf(ledger::Gathered* gathered);
// The bytes of a write's fields in one.
std::string BytesOf(const store::AccountWrite& write);

// A fresh Redis that rewrites its append-only file only when it is told: otherwise it would do so in the
// middle of some measurements and not of others.
std::unique_ptr<testing::RedisProcess> StartRedis(const std::string& appendfsync);

// A fresh Redis with the bench's tenant, open for the ledger.
class LedgerWorld {
 public:
  // `appendfsync`: "always" or "everysec".
  static absl::StatusOr<std::unique_ptr<LedgerWorld>> Create(const std::string& appendfsync);

  testing::RedisProcess& redis() { return *redis_; }
  store::Store& store() { return *store_; }
  ledger::PostingService& posting() { return *posting_; }
  absl::StatusOr<TenantPtr> Tenant() { return tenants_->Get(kTenant, CallDeadline()); }
  absl::StatusOr<std::unique_ptr<store::Store>> Open(store::Service service) const;
  // Moves the tenant's test clock, and its books with it.
  absl::Status SetDay(absl::CivilDay day);
  // Posts all of `gathered` and says how long it took.
  absl::StatusOr<Span> Post(ledger::Gathered* gathered, ledger::PostingService::Outcome* outcome);
  // Size of the append-only file, in bytes.
  int64_t AofBytes() const;
  // Waits for a rewrite of the append-only file that is asked for here.
  absl::Status RewriteAof();

 private:
  explicit LedgerWorld(const std::string& appendfsync) : redis_(StartRedis(appendfsync)) {}

  const std::unique_ptr<testing::RedisProcess> redis_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<TenantDirectory> tenants_;
  std::unique_ptr<ledger::AccountIndexes> indexes_;
  std::unique_ptr<ledger::PostingService> posting_;
};

}  // namespace relance::bench
