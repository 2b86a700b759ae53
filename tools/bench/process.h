#pragma once

#include <sys/types.h>

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

// One service of the installation, as it is deployed, on a Unix socket.
class RunningService {
 public:
  // `binaries`: the folder of relance-<name>. Returns when it serves.
  // Errors: FAILED_PRECONDITION with the end of its log.
  static absl::StatusOr<std::unique_ptr<RunningService>> Start(const std::string& binaries,
                                                               const std::string& name,
                                                               const std::string& redis_address);
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  pid_t pid() const { return process_->pid(); }

 private:
  RunningService() = default;

  TemporaryFolder folder_;
  std::unique_ptr<ChildProcess> process_;
  std::shared_ptr<grpc::Channel> channel_;
};

// Waits until the server behind `channel` says SERVING; false when `process` ends first or 20 s pass.
bool AwaitServing(grpc::Channel& channel, ChildProcess& process);

}  // namespace relance::bench
