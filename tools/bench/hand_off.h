#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/bench/bench_world.h"

namespace relance::bench {

// The handoff service's own code, stepped from this thread: places accounts with an agency and delivers the
// case files.
class HandOff {
 public:
  // Registers the agency of the bench's tenant. `world` outlives this.
  static absl::StatusOr<std::unique_ptr<HandOff>> Create(LedgerWorld& world);
  ~HandOff();

  // Places all that may go of each account, and writes the files of all of them.
  absl::Status Place(const std::vector<store::AccountKey>& accounts);
  // Case files that have left.
  int64_t files() const;

 private:
  struct Parts;
  explicit HandOff(std::unique_ptr<Parts> parts);

  const std::unique_ptr<Parts> parts_;
};

}  // namespace relance::bench
