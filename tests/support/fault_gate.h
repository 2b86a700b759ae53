#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace relance::testing {

// Stands between a client and a server on Unix sockets and does to their bytes what a test asks for.
// Thread-safe.
class FaultGate {
 public:
  // `target`: the server's socket. The gate listens on "<target>.gate".
  explicit FaultGate(std::string target);
  ~FaultGate();
  FaultGate(const FaultGate&) = delete;
  FaultGate& operator=(const FaultGate&) = delete;

  std::string socket_path() const { return path_; }
  std::string address() const { return "unix:" + path_; }

  void Pass();    // lets everything through, also what was held back by Stall
  void Refuse();  // closes what is open, and every new connection at once
  void Stall();   // keeps connections open and accepts new ones, but moves no byte
  // From now, all connections together: passes `bytes` more in that direction, then closes every connection,
  // and passes everything on those opened after that.
  void CutRequestsAfter(int64_t bytes);
  void CutRepliesAfter(int64_t bytes);

  int64_t cuts() const { return cuts_; }

 private:
  enum class Mode { kPass, kRefuse, kStall };
  struct Way {  // one direction of one connection
    std::string held;
  };
  struct Pair {
    int client = -1, server = -1;
    Way requests, replies;
  };

  void Set(Mode mode, int64_t requests_left, int64_t replies_left);
  void Run();
  void Accept();
  // Moves bytes one way; false when the connection is over. `left` counts down to a cut, negative means none.
  bool Move(int from, bool readable, int to, Way* way, int64_t* left, bool* cut);
  void CloseAll();

  const std::string target_;
  const std::string path_;
  int listener_ = -1;
  int wake_[2] = {-1, -1};
  std::list<Pair> pairs_;  // of the thread
  std::mutex mutex_;
  Mode mode_ = Mode::kPass;
  int64_t requests_left_ = -1, replies_left_ = -1;
  std::atomic<int64_t> cuts_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace relance::testing
