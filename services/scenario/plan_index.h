#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "common/account/account_view.h"
#include "common/store/store.h"

namespace relance::scenario {

// What is owed of one item and may be asked for.
struct OwedItem {
  int32_t due_day = 0;
  int64_t open_minor = 0;
  std::string currency;
};

// Names one contact, for lists over a tenant.
struct ContactRef {
  int32_t decided_day = 0;
  std::string key;
};

// What the index keeps of an account.
struct IndexedAccount {
  // For everybody.
  std::vector<ContactRef> contacts;
  int reserved = 0;
  int promises_running = 0;
  // For those on the worklist only.
  bool needs_person = false;              // behind the last step, no agency, or credits to allocate first
  bool credits_cover = false;             // it needs one for the last of these
  std::vector<state::v1::Contact> to_do;  // planned calls; ambiguous and failed contacts
  std::vector<OwedItem> owed;             // items that are not disputed, promised or placed
  std::string name;                       // for people only: never logged
  std::string phone;                      // likewise
  std::optional<double> late_probability;
  bool on_worklist() const { return needs_person || !to_do.empty(); }
};

// The plans of all accounts in memory, for the worklist, lists of contacts and metrics. A cache: built from
// the store on first use, kept current by the feed, with feed positions of its own. Thread-safe.
class PlanIndex {
 public:
  explicit PlanIndex(store::Store* store) : store_(store) {}

  // Takes in all that the feed holds now: who wrote before sees what he wrote. What was taken in before an
  // error stays.
  absl::Status CatchUp(store::Deadline deadline);

  // Calls `visit` for every account of a tenant, in order of its code, while nothing changes. Keep it short.
  void ForEach(absl::string_view tenant,
               absl::FunctionRef<void(const std::string& account, const IndexedAccount&)> visit) const;

  // Over all tenants.
  struct Totals {
    int64_t accounts = 0, worklist = 0, reserved = 0, promises_running = 0;
  };
  Totals totals() const;

 private:
  absl::Status Rebuild(int partition, store::Deadline deadline);
  absl::Status Refresh(const std::vector<store::AccountKey>& keys, store::Deadline deadline);

  store::Store* const store_;
  std::mutex feed_mutex_;                          // one catches up at a time; held before accounts_mutex_
  std::vector<std::optional<int64_t>> positions_;  // by partition; nothing: to be built

  mutable std::mutex accounts_mutex_;
  std::map<std::string, std::map<std::string, IndexedAccount>> accounts_;  // by tenant and account
  Totals totals_;
};

}  // namespace relance::scenario
