#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/store/store.h"

namespace relance::testing {

// Tells when an installation has nothing left to do: AdvanceClock without a date waits for the feed; what is
// on its way out of the house (mails, case files) leaves a moment later, and writes to the feed once more.
// Not thread-safe.
class ServicesAtRest {
 public:
  // `config_file` of a StackProcess, which outlives this object.
  ServicesAtRest(const std::string& config_file, int partitions);

  // `await_feed` waits until every service has read and worked what there is. Errors: its own;
  // DEADLINE_EXCEEDED.
  absl::Status Await(const std::function<absl::Status()>& await_feed);

 private:
  bool OutboxesAreEmpty();
  std::vector<int64_t> FeedEnds();

  std::vector<int> partitions_;
  std::vector<std::unique_ptr<store::Store>> stores_;  // of the services that send
};

}  // namespace relance::testing
