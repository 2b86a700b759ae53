#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/channel.h"

namespace relance::bench {

// CPU seconds that a process has used so far, user and system; 0 when it is gone. Resolution: 10 ms.
double CpuSeconds(pid_t pid);

// CPU seconds of this process, and of those of its children that it has waited for.
double OwnCpuSeconds();

// A program that runs beside the measurement and ends with this object. Start it on the main thread: it dies
// with the thread that started it. Its output goes to `log`.
class ChildProcess {
 public:
  ChildProcess(const std::vector<std::string>& arguments, const std::string& log);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool Runs();
  // Waits for its end; the exit code, -1 for a signal.
  int Wait();

 private:
  pid_t pid_ = -1;
};

// A folder under /tmp that goes with this object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Services of one installation, as they are deployed, on Unix sockets.
class RunningServices {
 public:
  // `binaries`: the folder of relance-<name>. Returns when all serve.
  // Errors: FAILED_PRECONDITION with the end of the log of the one that does not.
  static absl::StatusOr<std::unique_ptr<RunningServices>> Start(const std::string& binaries,
                                                                const std::vector<std::string>& names,
                                                                const std::string& redis_address);
  // Requires: `name` was started.
  const std::shared_ptr<grpc::Channel>& channel(const std::string& name) const { return channels_.at(name); }
  // Of all of them, so far.
  double cpu_seconds() const;
  // Requires: `name` was started.
  pid_t pid(const std::string& name) const { return pids_.at(name); }

 private:
  RunningServices() = default;

  TemporaryFolder folder_;
  std::vector<std::unique_ptr<ChildProcess>> processes_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  std::map<std::string, pid_t> pids_;
};

// Waits until the server behind `channel` says SERVING; false when `process` ends first or 20 s pass.
bool AwaitServing(grpc::Channel& channel, ChildProcess& process);

}  // namespace relance::bench
