#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace relance::testing {

// A long-lived program of a test, its output appended to a file. It dies with the thread that started it, and
// is killed by its own pid with this object. Not thread-safe.
class ChildProcess {
 public:
  ChildProcess(std::vector<std::string> command, std::string log_file);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void Start();  // must not be running
  void Kill();   // SIGKILL, and waits for the end; nothing when it has ended
  // How it ended by itself since Start: its exit code, or 128 + the signal. Nothing while it runs or after
  // Kill.
  std::optional<int> Ended();
  pid_t pid() const { return pid_; }  // -1 while it does not run

 private:
  const std::vector<std::string> command_;
  const std::string log_file_;
  pid_t pid_ = -1;
};

// What a program that was run to its end left behind.
struct ProgramResult {
  int code = -1;  // exit code, or 128 + the signal
  std::string out;
  std::string err;
};

// Gives the next piece of a program's standard input; false at its end.
using InputSource = std::function<bool(std::string* piece)>;

// Runs a program to its end. Its input comes from `input` piece by piece (null: none); the rest of the input
// is dropped when it stops reading. `err` and `out` are kept whole.
ProgramResult RunProgram(const std::vector<std::string>& command, const InputSource& input = nullptr);

// Path of a program of this build: "relance-ledger".
std::string BuiltProgram(const std::string& name);

}  // namespace relance::testing
