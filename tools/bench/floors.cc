#include "tools/bench/floors.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "common/store/keys.h"
#include "common/store/library.h"
#include "common/store/redis_client.h"
#include "tools/bench/process.h"
#include "tools/bench/report.h"

namespace relance::bench {

absl::StatusOr<Span> SetSameBytes(const std::string& appendfsync,
                                  const std::vector<store::AccountWrite>& writes, int64_t* keys) {
  const auto redis = StartRedis(appendfsync);
  store::StoreOptions options;
  options.address = redis->address();
  RELANCE_ASSIGN_OR_RETURN(const auto client, store::RedisClient::Open(options, store::kLibraryCode));
  std::vector<std::pair<std::string, std::string>> pairs;
  std::vector<int> partitions;
  pairs.reserve(writes.size());
  for (const store::AccountWrite& write : writes) {
    partitions.push_back(store::PartitionOfKey(write.key, options.partitions));
    pairs.emplace_back(store::PartitionKeys(partitions.back()).Account(write.key), BytesOf(write));
  }
  RELANCE_ASSIGN_OR_RETURN(const Span span, TakeTime(redis->pid(), [&]() -> absl::Status {
                             std::vector<store::Command> commands;
                             commands.reserve(pairs.size());
                             for (size_t i = 0; i < pairs.size(); ++i) {
                               commands.emplace_back(store::kAnySlot, partitions[i], true)
                                   .Add("SET")
                                   .Add(pairs[i].first)
                                   .Add(pairs[i].second);
                             }
                             return client->RunAll(commands, CallDeadline()).status();
                           }));
  *keys = std::atoll(redis->Command({"DBSIZE"}).c_str());
  return span;
}

absl::StatusOr<Span> RedisBenchmark(const std::string& appendfsync, int64_t count, int64_t bytes) {
  const auto redis = StartRedis(appendfsync);
  const TemporaryFolder folder;
  return TakeTime(redis->pid(), [&] {
    ChildProcess benchmark(
        {"redis-benchmark", "-s", redis->socket_path(), "-t", "set", "-c", "16", "-P", "64", "-n",
         absl::StrCat(count), "-d", absl::StrCat(bytes), "-r", absl::StrCat(count), "-q"},
        folder.path() + "/log");
    return benchmark.Wait() == 0 ? absl::OkStatus()
                                 : absl::FailedPreconditionError("redis-benchmark cannot be run");
  });
}

double FsyncMicroseconds() {
  const TemporaryFolder folder;
  const int fd = open((folder.path() + "/file").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (fd < 0) return 0;
  const std::string block(1024, 'x');
  std::vector<double> times;
  for (int i = 0; i < 200; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (write(fd, block.data(), block.size()) < 0 || fdatasync(fd) != 0) break;
    times.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
  }
  close(fd);
  return Median(times);
}

}  // namespace relance::bench
