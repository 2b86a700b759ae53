#pragma once

#include <memory>
#include <string>

#include "common/store/store.h"

namespace relance::testing {

enum class BackendKind { kFake, kPlainRedis, kOneClusterNode, kClusterOfThree };
std::string NameOf(BackendKind kind);

// Where a conformance test keeps its data. Redis servers live as long as the test program; Create empties
// them.
class StoreBackend {
 public:
  static std::unique_ptr<StoreBackend> Create(BackendKind kind);
  virtual ~StoreBackend() = default;

  virtual std::unique_ptr<store::Store> Open(store::Service service) = 0;
  // Moves a clock that stands still; a real one moves by itself.
  virtual void AdvanceTime(absl::Duration) {}
};

}  // namespace relance::testing
