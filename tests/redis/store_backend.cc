#include "tests/redis/store_backend.h"

#include "common/status/check.h"
#include "common/store/testing/fake_store.h"
#include "tests/support/cluster_process.h"
#include "tests/support/redis_process.h"

namespace relance::testing {
namespace {

constexpr int kPartitions = 8;

class FakeBackend : public StoreBackend {
 public:
  std::unique_ptr<store::Store> Open(store::Service service) override { return first_.As(service); }
  void AdvanceTime(absl::Duration span) override { first_.AdvanceTime(span); }

 private:
  store::FakeStore first_{store::Service::kLedger, kPartitions};
};

class RedisBackend : public StoreBackend {
 public:
  explicit RedisBackend(std::string address) : address_(std::move(address)) {}

  std::unique_ptr<store::Store> Open(store::Service service) override {
    store::StoreOptions options;
    options.address = address_;
    options.partitions = kPartitions;
    auto opened = store::Store::Open(options, service);
    if (!opened.ok()) std::fprintf(stderr, "%s\n", opened.status().ToString().c_str());
    RELANCE_CHECK(opened.ok());
    return *std::move(opened);
  }

 private:
  const std::string address_;
};

}  // namespace

std::string NameOf(BackendKind kind) {
  switch (kind) {
    case BackendKind::kFake:
      return "Fake";
    case BackendKind::kPlainRedis:
      return "PlainRedis";
    case BackendKind::kOneClusterNode:
      return "OneClusterNode";
    case BackendKind::kClusterOfThree:
      return "ClusterOfThree";
  }
  return "";
}

std::unique_ptr<StoreBackend> StoreBackend::Create(BackendKind kind) {
  switch (kind) {
    case BackendKind::kFake:
      return std::make_unique<FakeBackend>();
    case BackendKind::kPlainRedis: {
      static RedisProcess redis;
      redis.Command({"FLUSHALL"});
      return std::make_unique<RedisBackend>(redis.address());
    }
    case BackendKind::kOneClusterNode: {
      static ClusterProcess cluster(1);
      cluster.Empty();
      return std::make_unique<RedisBackend>(cluster.node(0).address());
    }
    case BackendKind::kClusterOfThree: {
      static ClusterProcess cluster(3);
      cluster.Empty();
      return std::make_unique<RedisBackend>(cluster.addresses());
    }
  }
  return nullptr;
}

}  // namespace relance::testing
