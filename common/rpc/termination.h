#pragma once

#include "absl/time/time.h"

namespace relance::rpc {

// SIGTERM and SIGINT of this process, as something to wait for. While one lives the signals do not end the
// process; afterwards they do again. It does not matter which threads exist already: the handler writes to an
// eventfd, no mask is involved. At most one at a time.
class TerminationSignals {
 public:
  TerminationSignals();
  ~TerminationSignals();
  TerminationSignals(const TerminationSignals&) = delete;
  TerminationSignals& operator=(const TerminationSignals&) = delete;

  // Waits for a signal since the last call, at most `timeout`; whether one came.
  bool WaitFor(absl::Duration timeout);
};

}  // namespace relance::rpc
