#include "tests/support/fault_gate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "common/status/check.h"

namespace relance::testing {
namespace {

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  RELANCE_CHECK(path.size() < sizeof(address.sun_path));
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

void SetNonBlocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

}  // namespace

FaultGate::FaultGate(std::string target) : target_(std::move(target)), path_(target_ + ".gate") {
  unlink(path_.c_str());
  listener_ = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address = AddressOf(path_);
  RELANCE_CHECK(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  RELANCE_CHECK(listen(listener_, 64) == 0);
  SetNonBlocking(listener_);
  RELANCE_CHECK(pipe(wake_) == 0);
  SetNonBlocking(wake_[0]);
  thread_ = std::thread([this] { Run(); });
}

FaultGate::~FaultGate() {
  stop_ = true;
  Pass();
  thread_.join();
  CloseAll();
  for (int fd : {listener_, wake_[0], wake_[1]}) close(fd);
  unlink(path_.c_str());
}

void FaultGate::Set(Mode mode, int64_t requests_left, int64_t replies_left) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    mode_ = mode;
    requests_left_ = requests_left;
    replies_left_ = replies_left;
  }
  RELANCE_CHECK(write(wake_[1], "x", 1) == 1);
}

void FaultGate::Pass() { Set(Mode::kPass, -1, -1); }
void FaultGate::Refuse() { Set(Mode::kRefuse, -1, -1); }
void FaultGate::Stall() { Set(Mode::kStall, -1, -1); }
void FaultGate::CutRequestsAfter(int64_t bytes) { Set(Mode::kPass, bytes, -1); }
void FaultGate::CutRepliesAfter(int64_t bytes) { Set(Mode::kPass, -1, bytes); }

void FaultGate::CloseAll() {
  for (const Pair& pair : pairs_) {
    close(pair.client);
    close(pair.server);
  }
  pairs_.clear();
}

void FaultGate::Accept() {
  while (true) {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    const int server = socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un address = AddressOf(target_);
    if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      close(client);
      close(server);
      continue;
    }
    SetNonBlocking(client);
    SetNonBlocking(server);
    pairs_.push_back({client, server, {}, {}});
  }
}

bool FaultGate::Move(int from, bool readable, int to, Way* way, int64_t* left, bool* cut) {
  if (readable && way->held.empty()) {
    char buffer[64 * 1024];
    const ssize_t n = recv(from, buffer, sizeof(buffer), MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) return false;
    if (n > 0) way->held.assign(buffer, static_cast<size_t>(n));
  }
  size_t most = way->held.size();
  if (*left >= 0) most = std::min(most, static_cast<size_t>(*left));
  if (most > 0) {
    const ssize_t n = send(to, way->held.data(), most, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (n > 0) {
      way->held.erase(0, static_cast<size_t>(n));
      if (*left >= 0) *left -= n;
    }
  }
  // Cut when something wants to pass that may not any more.
  *cut = *left == 0 && !way->held.empty();
  return true;
}

void FaultGate::Run() {
  while (!stop_) {
    std::vector<pollfd> polls = {{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    {
      std::lock_guard<std::mutex> lock(mutex_);
      for (const Pair& pair : pairs_) {
        // Nothing is awaited of those that are stalled.
        const bool moves = mode_ != Mode::kStall;
        const short client = static_cast<short>((pair.requests.held.empty() ? POLLIN : 0) |
                                                (pair.replies.held.empty() ? 0 : POLLOUT));
        const short server = static_cast<short>((pair.replies.held.empty() ? POLLIN : 0) |
                                                (pair.requests.held.empty() ? 0 : POLLOUT));
        polls.push_back({moves ? pair.client : -1, client, 0});
        polls.push_back({moves ? pair.server : -1, server, 0});
      }
    }
    poll(polls.data(), polls.size(), -1);
    char drained[64];
    while (read(wake_[0], drained, sizeof(drained)) > 0) {
    }
    std::lock_guard<std::mutex> lock(mutex_);
    if (mode_ != Mode::kStall) {
      bool cut = false;
      size_t at = 2;
      for (auto pair = pairs_.begin(); pair != pairs_.end() && !cut; at += 2) {
        constexpr short kReadable = POLLIN | POLLHUP | POLLERR;
        const bool alive = Move(pair->client, (polls[at].revents & kReadable) != 0, pair->server,
                                &pair->requests, &requests_left_, &cut) &&
                           !cut &&
                           Move(pair->server, (polls[at + 1].revents & kReadable) != 0, pair->client,
                                &pair->replies, &replies_left_, &cut);
        if (alive || cut) {
          ++pair;
          continue;
        }
        close(pair->client);
        close(pair->server);
        pair = pairs_.erase(pair);
      }
      if (cut) {
        ++cuts_;  // before the client can see it
        requests_left_ = replies_left_ = -1;
        CloseAll();
      }
    }
    Accept();
    if (mode_ == Mode::kRefuse) CloseAll();
  }
}

}  // namespace relance::testing
