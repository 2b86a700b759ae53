#include "common/status/status_macros.h"
#include "common/store/library.h"
#include "common/store/redis_store.h"
#include "common/store/validation.h"

namespace relance::store {

absl::StatusOr<std::vector<std::optional<Lease>>> RedisStore::AcquireLeases(absl::Span<const int> partitions,
                                                                            absl::string_view holder,
                                                                            absl::Duration ttl,
                                                                            Deadline deadline) {
  std::vector<Command> commands;
  commands.reserve(partitions.size());
  for (int partition : partitions) {
    RELANCE_RETURN_IF_ERROR(CheckPartition(partition, partitions_));
    // Twice is as good as once: the second time the holder still holds, and keeps its token.
    commands.push_back(Repeatable(partition));
    commands.back().Add("FCALL").Add(kAcquireFunction).Add(int64_t{1}).Add(Keys(partition).Lease(service_));
    commands.back().Add(holder).Add(std::max<int64_t>(1, absl::ToInt64Milliseconds(ttl)));
  }
  RELANCE_ASSIGN_OR_RETURN(auto replies, client_->RunAll(commands, deadline));
  std::vector<std::optional<Lease>> leases(partitions.size());
  for (size_t i = 0; i < partitions.size(); ++i) {
    const int64_t token = IntegerOf(ElementOf(replies[i].get(), 0));
    if (token > 0) leases[i] = Lease{partitions[i], token};
  }
  return leases;
}

absl::Status RedisStore::ReleaseLeases(absl::Span<const Lease> leases, absl::string_view holder,
                                       Deadline deadline) {
  std::vector<Command> commands;
  commands.reserve(leases.size());
  for (const Lease& lease : leases) {
    RELANCE_RETURN_IF_ERROR(CheckPartition(lease.partition, partitions_));
    commands.push_back(Repeatable(lease.partition));
    commands.back()
        .Add("FCALL")
        .Add(kReleaseFunction)
        .Add(int64_t{1})
        .Add(Keys(lease.partition).Lease(service_));
    commands.back().Add(holder).Add(lease.token);
  }
  return client_->RunAll(commands, deadline).status();
}

}  // namespace relance::store
