#include "tests/support/stack/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace relance::testing {
namespace {

int CodeOf(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

// Between fork and exec: only what is safe there. The arguments are made before.
[[noreturn]] void Become(std::vector<char*>& raw, int in, int out, int err, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  signal(SIGPIPE, SIG_DFL);
  execv(raw[0], raw.data());
  std::perror(raw[0]);
  _exit(127);
}

std::vector<char*> Raw(std::vector<std::string>& words) {
  std::vector<char*> raw;
  for (std::string& word : words) raw.push_back(word.data());
  raw.push_back(nullptr);
  return raw;
}

int TemporaryFile() {
  std::string path = "/tmp/relance-output-XXXXXX";
  const int file = mkostemp(path.data(), O_CLOEXEC);
  unlink(path.c_str());
  return file;
}

std::string WholeOf(int file) {
  std::string text;
  char piece[1 << 16];
  lseek(file, 0, SEEK_SET);
  for (ssize_t got; (got = read(file, piece, sizeof(piece))) > 0;)
    text.append(piece, static_cast<size_t>(got));
  close(file);
  return text;
}

void Feed(int pipe, const InputSource& input) {
  std::string piece;
  while (input != nullptr && input(&piece)) {
    for (size_t sent = 0; sent < piece.size();) {
      const ssize_t wrote = write(pipe, piece.data() + sent, piece.size() - sent);
      if (wrote <= 0) return;
      sent += static_cast<size_t>(wrote);
    }
  }
}

}  // namespace

ChildProcess::ChildProcess(std::vector<std::string> command, std::string log_file)
    : command_(std::move(command)), log_file_(std::move(log_file)) {}

ChildProcess::~ChildProcess() { Kill(); }

void ChildProcess::Start() {
  std::vector<std::string> words = command_;
  std::vector<char*> raw = Raw(words);
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int log = open(log_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) Become(raw, null, log, log, parent);
  if (pid_ < 0) {
    std::perror("fork");
    std::abort();
  }
  close(null);
  close(log);
}

void ChildProcess::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::optional<int> ChildProcess::Ended() {
  int status = 0;
  if (pid_ <= 0 || waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  pid_ = -1;
  return CodeOf(status);
}

ProgramResult RunProgram(const std::vector<std::string>& command, const InputSource& input) {
  // A program that stops reading its input is no reason to die.
  signal(SIGPIPE, SIG_IGN);
  std::vector<std::string> words = command;
  std::vector<char*> raw = Raw(words);
  int pipes[2];
  if (pipe2(pipes, O_CLOEXEC) != 0) {
    std::perror("pipe");
    std::abort();
  }
  const int out = TemporaryFile();
  const int err = TemporaryFile();
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) Become(raw, pipes[0], out, err, parent);
  close(pipes[0]);
  Feed(pipes[1], input);
  close(pipes[1]);
  int status = 0;
  waitpid(pid, &status, 0);
  ProgramResult result;
  result.code = CodeOf(status);
  result.out = WholeOf(out);
  result.err = WholeOf(err);
  return result;
}

std::string BuiltProgram(const std::string& name) { return RELANCE_PROGRAMS "/" + name; }

}  // namespace relance::testing
