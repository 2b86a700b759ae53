#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "common/store/store.h"

namespace relance::testing {

// A commit by the ledger of one account that was read at `version`.
store::CommitBatch BatchOf(const store::Store& store, const store::AccountKey& key, int64_t version,
                           absl::string_view value = "v");

// Threads that read and commit accounts of their own, keep on through every error, and remember which writes
// were acknowledged. Each account's version counts its writes, so one that was lost or doubled shows. `store`
// is the ledger's.
class Writers {
 public:
  Writers(store::Store* store, int threads);
  ~Writers() { Stop(); }
  void Stop();

  int acknowledged() const { return acknowledged_; }
  int unknown() const { return unknown_; }  // commits whose outcome was not known
  int stale() const { return stale_; }      // refused, though nobody else writes these accounts

  // After Stop: fails the test unless every acknowledged write is there, and no more than were tried.
  void Check();

 private:
  void Work(int id);

  store::Store* const store_;
  std::atomic<bool> stop_{false};
  std::atomic<int> acknowledged_{0}, unknown_{0}, stale_{0};
  std::mutex mutex_;
  std::map<store::AccountKey, std::pair<int64_t, int64_t>>
      written_;  // acknowledged and greatest possible version
  std::vector<std::thread> threads_;
};

}  // namespace relance::testing
