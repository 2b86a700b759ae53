#include "tools/bench/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/rpc/channel.h"
#include "common/status/check.h"
#include "common/status/status_macros.h"

namespace relance::bench {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string EndOf(const std::string& text) {
  constexpr size_t kBytes = 2000;
  return text.size() <= kBytes ? text : text.substr(text.size() - kBytes);
}

// The whole installation: a service wants to know all the others.
std::string ConfigurationOf(const std::string& folder, const std::string& redis_address) {
  std::string text =
      absl::StrCat("store:\n  address: \"", redis_address, "\"\ndocuments_directory: \"", folder,
                   "/documents\"\noutbox_directory: \"", folder, "/outbox\"\nservices:\n");
  for (const char* name : {"ledger", "risk", "scenario", "campaign", "handoff"}) {
    absl::StrAppend(&text, "  ", name, ":\n    listen: [\"unix:", folder, "/", name, ".sock\"]\n",
                    "    metrics_address: \"\"\n    drain_pause: 0s\n    log_level: warning\n");
  }
  return text;
}

}  // namespace

double CpuSeconds(pid_t pid) {
  const std::string stat = ReadFile(absl::StrCat("/proc/", pid, "/stat"));
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return 0;
  // Behind the name: state is field 3, utime 14, stime 15.
  const std::vector<std::string> fields = absl::StrSplit(stat.substr(name_end + 2), ' ');
  if (fields.size() < 13) return 0;
  return (std::stod(fields[11]) + std::stod(fields[12])) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double OwnCpuSeconds() {
  double seconds = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage = {};
    getrusage(who, &usage);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime}) {
      seconds += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    }
  }
  return seconds;
}

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<char*> raw;
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  const pid_t parent = getpid();
  pid_ = fork();
  RELANCE_CHECK(pid_ >= 0);
  if (pid_ > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  const int in = open("/dev/null", O_RDONLY);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execvp(raw[0], raw.data());
  _exit(127);
}

ChildProcess::~ChildProcess() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool ChildProcess::Runs() {
  if (pid_ <= 0) return false;
  if (waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

int ChildProcess::Wait() {
  int status = 0;
  if (pid_ <= 0 || waitpid(pid_, &status, 0) != pid_) return -1;
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TemporaryFolder::TemporaryFolder() : path_("/tmp/relance-bench-XXXXXX") {
  RELANCE_CHECK(mkdtemp(path_.data()) != nullptr);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bool AwaitServing(grpc::Channel& channel, ChildProcess& process) {
  for (int i = 0; i < 200; ++i) {
    if (channel.WaitForConnected(std::chrono::system_clock::now() + std::chrono::milliseconds(100)))
      return true;
    if (!process.Runs()) return false;
  }
  return false;
}

absl::StatusOr<std::unique_ptr<RunningServices>> RunningServices::Start(const std::string& binaries,
                                                                        const std::vector<std::string>& names,
                                                                        const std::string& redis_address) {
  std::unique_ptr<RunningServices> services(new RunningServices);
  const std::string& folder = services->folder_.path();
  std::filesystem::create_directories(folder + "/documents");
  std::filesystem::create_directories(folder + "/outbox");
  std::ofstream(folder + "/relance.yaml") << ConfigurationOf(folder, redis_address);
  for (const std::string& name : names) {
    const std::string log = absl::StrCat(folder, "/", name, ".log");
    services->processes_.push_back(
        std::make_unique<ChildProcess>(std::vector<std::string>{absl::StrCat(binaries, "/relance-", name),
                                                                "--config", folder + "/relance.yaml"},
                                       log));
    services->pids_[name] = services->processes_.back()->pid();
    RELANCE_ASSIGN_OR_RETURN(services->channels_[name],
                             rpc::MakeChannel(absl::StrCat("unix:", folder, "/", name, ".sock"), {}));
    if (!AwaitServing(*services->channels_[name], *services->processes_.back())) {
      return absl::FailedPreconditionError(
          absl::StrCat("relance-", name, " does not serve. Its log:\n", EndOf(ReadFile(log))));
    }
  }
  return services;
}

double RunningServices::cpu_seconds() const {
  double seconds = 0;
  for (const auto& process : processes_) seconds += CpuSeconds(process->pid());
  return seconds;
}

}  // namespace relance::bench
