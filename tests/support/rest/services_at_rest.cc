#include "tests/support/rest/services_at_rest.h"

#include <fstream>
#include <iterator>
#include <numeric>

#include "common/status/status_macros.h"
#include "gtest/gtest.h"
#include "tests/support/redis_process.h"

namespace relance::testing {
namespace {

// A mail sets a timer, a timer places, a placement sends: more rounds would be a circle.
constexpr int kRoundsMax = 10;

store::Deadline Soon() { return store::After(absl::Seconds(10)); }

std::string StoreAddress(const std::string& config_file) {
  std::ifstream in(config_file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const std::string key = "address: \"";
  const size_t begin = text.find(key) + key.size();
  return text.substr(begin, text.find('"', begin) - begin);
}

}  // namespace

ServicesAtRest::ServicesAtRest(const std::string& config_file, int partitions) : partitions_(partitions) {
  std::iota(partitions_.begin(), partitions_.end(), 0);
  for (const store::Service service : {store::Service::kScenario, store::Service::kHandoff}) {
    store::StoreOptions options;
    options.address = StoreAddress(config_file);
    options.partitions = partitions;
    options.connections = 1;
    auto opened = store::Store::Open(options, service);
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (opened.ok()) stores_.push_back(*std::move(opened));
  }
}

absl::Status ServicesAtRest::Await(const std::function<absl::Status()>& await_feed) {
  for (int round = 0; round < kRoundsMax; ++round) {
    const std::vector<int64_t> before = FeedEnds();
    RELANCE_RETURN_IF_ERROR(await_feed());
    if (!AwaitCondition([this] { return OutboxesAreEmpty(); })) break;
    if (FeedEnds() == before) return absl::OkStatus();
  }
  return absl::DeadlineExceededError("the services do not come to rest");
}

bool ServicesAtRest::OutboxesAreEmpty() {
  for (const auto& store : stores_) {
    for (const int partition : partitions_) {
      const auto outbox = store->ReadOutbox(partition, 1, Soon());
      if (!outbox.ok() || !outbox->empty()) return false;
    }
  }
  return true;
}

std::vector<int64_t> ServicesAtRest::FeedEnds() {
  if (stores_.empty()) return {};
  const auto ends = stores_[0]->FeedEnds(partitions_, Soon());
  EXPECT_TRUE(ends.ok()) << ends.status();
  return ends.ok() ? *ends : std::vector<int64_t>();
}

}  // namespace relance::testing
