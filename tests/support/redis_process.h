#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace relance::testing {

// Calls `condition` again and again until it holds; false after `limit`. Pauses a millisecond between calls.
template <typename Condition>
bool AwaitCondition(Condition condition, absl::Duration limit = absl::Seconds(20));
void PauseBriefly();

struct RedisOptions {
  std::string appendfsync = "always";  // or "everysec", "no"
  bool append_only = true;             // false for measurements only
  int port = 0;                        // 0: only the Unix socket
  bool cluster = false;                // cluster mode; wants a port (its bus takes port + 10000)
};

// A Redis of the test's own: in a temporary folder, on a Unix socket, gone with this object. Ends the test
// program with the server's log when Redis cannot be started. Create and restart it on a thread that lives
// on: the server dies with it. Not thread-safe, but for the accessors and Command.
class RedisProcess {
 public:
  explicit RedisProcess(RedisOptions options = {});
  ~RedisProcess();
  RedisProcess(const RedisProcess&) = delete;
  RedisProcess& operator=(const RedisProcess&) = delete;

  // For StoreOptions::address.
  std::string address() const { return "unix:" + socket_path(); }
  std::string socket_path() const { return folder_ + "/redis.sock"; }
  int port() const { return options_.port; }
  pid_t pid() const { return pid_; }

  void Kill();     // SIGKILL, and waits for the end
  void Restart();  // ends it if it runs, and starts it again on the same folder

  // Sends one command on a connection of its own and returns the reply as text: arrays one element a line,
  // nil as "(nil)", errors as they come.
  std::string Command(const std::vector<std::string>& arguments) const;

 private:
  void Start();
  void Stop(int signal);
  [[noreturn]] void Die(const char* what) const;

  const RedisOptions options_;
  std::string folder_;
  pid_t pid_ = -1;
};

// The first port of [10000, 50000) that is free together with the cluster bus' (port + 10000), by trial.
int FreeClusterPort();

template <typename Condition>
bool AwaitCondition(Condition condition, absl::Duration limit) {
  for (absl::Duration waited; waited < limit; waited += absl::Milliseconds(1)) {
    if (condition()) return true;
    PauseBriefly();
  }
  return condition();
}

}  // namespace relance::testing
