#include "common/rpc/termination.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>

#include "common/status/check.h"

namespace relance::rpc {
namespace {

constexpr int kSignals[] = {SIGTERM, SIGINT};

std::atomic<int> event_fd{-1};
struct sigaction previous[2];

void OnSignal(int) {
  const int saved_errno = errno;
  const uint64_t one = 1;
  // Only async-signal-safe calls here; a full counter loses nothing, since the event is set then.
  [[maybe_unused]] const ssize_t written = write(event_fd.load(std::memory_order_relaxed), &one, sizeof(one));
  errno = saved_errno;
}

}  // namespace

TerminationSignals::TerminationSignals() {
  RELANCE_CHECK(event_fd.load() == -1);
  event_fd.store(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  RELANCE_CHECK(event_fd.load() >= 0);
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  for (int i = 0; i < 2; ++i) sigaction(kSignals[i], &action, &previous[i]);
}

TerminationSignals::~TerminationSignals() {
  for (int i = 0; i < 2; ++i) sigaction(kSignals[i], &previous[i], nullptr);
  close(event_fd.exchange(-1));
}

bool TerminationSignals::WaitFor(absl::Duration timeout) {
  const auto deadline = std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(timeout);
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd event{event_fd.load(), POLLIN, 0};
    const int ready = poll(&event, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
    if (ready > 0) {
      uint64_t count = 0;
      return read(event.fd, &count, sizeof(count)) == sizeof(count);
    }
    if (ready == 0) return false;
    RELANCE_CHECK(errno == EINTR);  // the signal itself may interrupt the poll; look again
  }
}

}  // namespace relance::rpc
