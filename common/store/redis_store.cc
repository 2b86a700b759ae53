#include "common/store/redis_store.h"

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/store/errors.h"
#include "common/store/library.h"
#include "common/store/slot.h"

namespace relance::store {
namespace {

constexpr int kPartitionsMax = 4096;

}  // namespace

Deadline After(absl::Duration span) {
  return std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(span);
}

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const StoreOptions& options, Service service) {
  if (options.partitions < 1 || options.partitions > kPartitionsMax) {
    return DomainError(absl::StatusCode::kInvalidArgument, kBadPartition,
                       absl::StrCat("the number of partitions must be 1 to ", kPartitionsMax),
                       {{"partitions", absl::StrCat(options.partitions)}});
  }
  RELANCE_ASSIGN_OR_RETURN(std::unique_ptr<RedisClient> client, RedisClient::Open(options, kLibraryCode));
  auto store = std::make_unique<RedisStore>(std::move(client), options, service);
  RELANCE_RETURN_IF_ERROR(store->CheckPartitionCount(After(options.call_timeout)));
  return std::unique_ptr<Store>(std::move(store));
}

RedisStore::RedisStore(std::unique_ptr<RedisClient> client, const StoreOptions& options, Service service)
    : client_(std::move(client)),
      service_(service),
      partitions_(options.partitions),
      replicas_to_wait_(options.replicas_to_wait) {
  for (int partition = 0; partition < partitions_; ++partition) {
    keys_.emplace_back(partition);
    slots_.push_back(SlotOf(keys_.back().Feed()));
  }
}

absl::Status RedisStore::CheckPartitionCount(Deadline deadline) {
  const std::string key = PartitionCountKey();
  std::vector<Command> commands;
  commands.emplace_back(SlotOf(key), 0, true);
  commands.back().Add("SET").Add(key).Add(int64_t{partitions_}).Add("NX");
  commands.emplace_back(SlotOf(key), 0, true);
  commands.back().Add("GET").Add(key);
  RELANCE_ASSIGN_OR_RETURN(auto replies, client_->RunAll(commands, deadline));
  const int64_t stored = IntegerOf(replies[1].get());
  if (stored == partitions_) return absl::OkStatus();
  return DomainError(absl::StatusCode::kFailedPrecondition, kPartitionsDiffer,
                     absl::StrCat("this store was set up with ", stored, " partitions, not ", partitions_),
                     {{"stored", absl::StrCat(stored)}, {"configured", absl::StrCat(partitions_)}});
}

absl::Status RedisStore::Ping(Deadline deadline) {
  Command ping(kAnySlot, 0, true);
  ping.Add("PING");
  return client_->Run(std::move(ping), deadline).status();
}

StoreStats RedisStore::stats() const {
  StoreStats stats;
  stats.commits = commits_.load(std::memory_order_relaxed);
  stats.accounts_applied = applied_.load(std::memory_order_relaxed);
  stats.accounts_stale = stale_.load(std::memory_order_relaxed);
  stats.batches_fenced = fenced_.load(std::memory_order_relaxed);
  client_->AddStats(&stats);
  return stats;
}

}  // namespace relance::store
