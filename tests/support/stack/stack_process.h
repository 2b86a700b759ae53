#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/support/redis_process.h"
#include "tests/support/stack/child_process.h"

namespace relance::testing {

struct StackOptions {
  std::vector<std::string> services;  // empty: all five
  int replicas = 1;                   // of every service
  int partitions = 16;
  absl::Duration lease = absl::Milliseconds(500);  // how long a dead replica's partitions wait
  std::string appendfsync = "always";
};

// A whole installation of the test's own: a private Redis and the five real programs on free loopback ports,
// in a temporary folder, gone with this object. Prints the ends of the logs when the test has failed. Ends
// the test program when a service does not become ready. Thread-safe but for the constructor and the
// destructor.
class StackProcess {
 public:
  explicit StackProcess(StackOptions options = {});
  ~StackProcess();
  StackProcess(const StackProcess&) = delete;
  StackProcess& operator=(const StackProcess&) = delete;

  const std::string& folder() const { return folder_; }
  std::string config_file() const { return folder_ + "/relance.yaml"; }
  std::string outbox_directory() const { return folder_ + "/outbox"; }
  std::string inbox_directory() const { return folder_ + "/inbox"; }
  int replicas() const { return options_.replicas; }

  // SIGKILL, waits for the end and starts it again at once, without waiting until it is ready.
  void KillAndRestart(absl::string_view service, int replica = 0);
  void KillAndRestartRedis();
  // Starts again what ended by itself, as a supervisor does. Who ended by a signal that this class did not
  // send, or with an exit code, is in `ends`.
  void Supervise();
  // "ledger/0 ended with 134": what ended by itself since the start.
  std::vector<std::string> ends() const;

  // Until every replica answers SERVING.
  void AwaitReady();

  pid_t pid(absl::string_view service, int replica = 0) const;
  std::string Log(absl::string_view service, int replica = 0) const;
  // Commands that this Redis has run since it was started. 0 when it does not answer.
  int64_t RedisCommands() const;

 private:
  struct Member {
    std::string service;
    int replica = 0;
    std::string address;  // of its gRPC port
    std::string log_file;
    std::unique_ptr<ChildProcess> process;
  };

  void WriteConfiguration();
  Member& Find(absl::string_view service, int replica);
  const Member& Find(absl::string_view service, int replica) const;
  // Processes die with the thread that started them, so that one thread starts them all.
  void OnKeeper(const std::function<void()>& action) const;
  void Keep();
  void PrintLogs() const;

  const StackOptions options_;
  std::string folder_;
  std::unique_ptr<RedisProcess> redis_;  // of the keeper
  std::vector<Member> members_;          // the processes: of the keeper
  std::vector<std::string> ends_;        // of the keeper

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable const std::function<void()>* action_ = nullptr;
  bool stopping_ = false;
  std::thread keeper_;
};

// The services in the order of the documentation.
const std::vector<std::string>& ServiceNames();

}  // namespace relance::testing
