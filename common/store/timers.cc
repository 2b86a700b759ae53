#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/store/errors.h"
#include "common/store/library.h"
#include "common/store/redis_store.h"
#include "common/store/validation.h"

namespace relance::store {

absl::StatusOr<std::vector<DueTimer>> RedisStore::DueTimers(absl::string_view tenant, int partition,
                                                            int32_t day, int limit, Deadline deadline) {
  RELANCE_RETURN_IF_ERROR(CheckTenant(tenant, false));
  RELANCE_RETURN_IF_ERROR(CheckPartition(partition, partitions_));
  Command command = Repeatable(partition);
  command.Add("ZRANGEBYSCORE").Add(Keys(partition).Timers(service_, tenant)).Add("-inf").Add(int64_t{day});
  command.Add("WITHSCORES").Add("LIMIT").Add("0").Add(int64_t{std::max(0, limit)});
  RELANCE_ASSIGN_OR_RETURN(ReplyPtr reply, client_->Run(std::move(command), deadline));
  std::vector<DueTimer> timers;
  for (size_t i = 0; i + 1 < SizeOf(reply.get()); i += 2) {
    timers.push_back({{std::string(tenant), std::string(TextOf(ElementOf(reply.get(), i)))},
                      static_cast<int32_t>(IntegerOf(ElementOf(reply.get(), i + 1)))});
  }
  return timers;
}

absl::StatusOr<std::vector<int32_t>> RedisStore::WorkedTo(absl::string_view tenant, Service service,
                                                          Deadline deadline) {
  RELANCE_RETURN_IF_ERROR(CheckTenant(tenant, false));
  std::vector<Command> commands;
  for (int partition = 0; partition < partitions_; ++partition) {
    commands.push_back(Repeatable(partition));
    commands.back().Add("HGET").Add(Keys(partition).Worked(service)).Add(tenant);
  }
  RELANCE_ASSIGN_OR_RETURN(auto replies, client_->RunAll(commands, deadline));
  std::vector<int32_t> days;
  for (const ReplyPtr& reply : replies)
    days.push_back(static_cast<int32_t>(IntegerOf(reply.get(), INT32_MIN)));
  return days;
}

absl::Status RedisStore::MarkWorkedTo(absl::string_view tenant, const Lease& lease, int32_t day,
                                      Deadline deadline) {
  RELANCE_RETURN_IF_ERROR(CheckTenant(tenant, false));
  RELANCE_RETURN_IF_ERROR(CheckPartition(lease.partition, partitions_));
  const PartitionKeys& keys = Keys(lease.partition);
  Command command = Repeatable(lease.partition);
  command.Add("FCALL")
      .Add(kMarkWorkedFunction)
      .Add(int64_t{2})
      .Add(keys.Lease(service_))
      .Add(keys.Worked(service_));
  command.Add(lease.token).Add(tenant).Add(int64_t{day});
  RELANCE_ASSIGN_OR_RETURN(ReplyPtr reply, client_->Run(std::move(command), deadline));
  if (IntegerOf(ElementOf(reply.get(), 0)) == 1) return absl::OkStatus();
  return DomainError(absl::StatusCode::kFailedPrecondition, kLeaseLost,
                     absl::StrCat("another worker has partition ", lease.partition),
                     {{"partition", absl::StrCat(lease.partition)}, {"token", absl::StrCat(lease.token)}});
}

}  // namespace relance::store
