#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/store/store.h"
#include "relance/state/v1/case.pb.h"
#include "services/handoff/remittance.h"

namespace relance::handoff {

// Where a placement stands in a list: newest day first, then the id backwards.
struct PlacementPlace {
  int32_t placed_day = 0;
  std::string id;

  friend bool operator<(const PlacementPlace& a, const PlacementPlace& b) {
    return std::tie(b.placed_day, b.id) < std::tie(a.placed_day, a.id);
  }
  friend bool operator==(const PlacementPlace& a, const PlacementPlace& b) = default;
};

// Sums of all placements of a tenant.
struct PlacementTotals {
  std::map<std::string, int64_t> by_state;      // placements, by StateWord
  std::map<std::string, int64_t> placed_minor;  // by currency
  std::map<std::string, int64_t>
      recovered_minor;              // by currency: received by agencies, less what was taken back
  int64_t unrecorded_payments = 0;  // not in the ledger yet
  int64_t waiting_files = 0;        // placements whose case file was not delivered
  std::map<std::string, int64_t> unremitted_minor;  // by currency: received by agencies, not passed on yet
  int64_t overdue_remittances = 0;                  // payments that should have been passed on
};

// By when a tenant's agencies pass money on.
struct RemittanceTerms {
  int32_t today = 0;  // 0: nothing is overdue
  RemittanceDays days;
};

// Which placements a tenant has, in memory: built from the accounts at first use, kept current by the feed. A
// cache: what a list shows is read from the accounts. Thread-safe.
class PlacementIndex {
 public:
  // Takes in all that was written before the call. Errors: those of the store.
  absl::Status Refresh(store::Store& store, store::Deadline deadline);

  // At most `limit` placements of a tenant behind `after` (nullopt: from the newest on), with their accounts.
  std::vector<std::pair<PlacementPlace, store::AccountKey>> List(const std::string& tenant,
                                                                 const std::optional<PlacementPlace>& after,
                                                                 int limit) const;

  // By tenant, as of the last Refresh; `terms` by tenant.
  std::map<std::string, PlacementTotals> Totals(const std::map<std::string, RemittanceTerms>& terms) const;

 private:
  absl::Status Build(store::Store& store, store::Deadline deadline);
  absl::Status TakeIn(store::Store& store, const std::vector<store::AccountKey>& keys,
                      store::Deadline deadline);
  void ReplaceLocked(const store::AccountKey& key, state::v1::Case placements);

  std::mutex refresh_mutex_;        // one refresh at a time
  std::vector<int64_t> positions_;  // of the feed, by partition; empty: not built

  mutable std::mutex mutex_;
  std::map<store::AccountKey, state::v1::Case> by_account_;  // accounts that have placements
  std::map<std::string, std::map<PlacementPlace, store::AccountKey>> by_tenant_;
};

// A place as the cursor of a page token, and back.
std::string PlaceText(const PlacementPlace& place);
std::optional<PlacementPlace> ParsePlace(absl::string_view text);

}  // namespace relance::handoff
