#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/store/store.h"
#include "relance/state/v1/case.pb.h"
#include "relance/state/v1/ledger.pb.h"
#include "relance/state/v1/plan.pb.h"
#include "relance/state/v1/risk.pb.h"

// The one view of an account that every decision takes. Reads all fields, knows no rule.
namespace relance {

// Everything known of one account at one moment, with the versions it was read at.
struct AccountView {
  store::AccountKey key;
  bool exists = false;
  int64_t versions[store::kOwnerCount] = {0, 0, 0, 0};
  uint64_t evidence_count = 0;
  std::string evidence_head;

  state::v1::LedgerSum sum;
  std::vector<state::v1::Item> items;    // open ones, by due day (none last), then id; empty unless asked for
  std::vector<state::v1::Item> history;  // settled ones, by settled day, then id; empty unless asked for
  state::v1::RiskScore risk;
  state::v1::Plan plan;
  state::v1::Case placements;

  // The versions of all owners, as a commit wants them when the decision looked at everything.
  std::vector<std::pair<store::Owner, int64_t>> AllVersions() const;
};

// Field names of an account.
inline constexpr char kSumField[] = "sum";
inline constexpr char kRiskField[] = "risk";
inline constexpr char kPlanField[] = "plan";
inline constexpr char kCaseField[] = "case";
std::string ItemsField(int chunk);    // "items:<chunk>"
std::string HistoryField(int chunk);  // "history:<chunk>"

// What to read beside sum, risk, plan and case.
struct ViewSpec {
  bool items = true;
  bool history = false;
};

// Decodes a record. Errors: INTERNAL / ACCOUNT_CORRUPT with the field, when bytes do not parse.
absl::StatusOr<AccountView> DecodeAccount(const store::AccountRecord& record);

// Reads accounts, in two pipelines at most: the second fetches the chunks that `sum` names and the first did
// not guess. An account that changed between the two is read again, so that each view is of one moment. Order
// as `keys`; an account that is not there has exists = false. One that does not decode comes as its own
// error.
absl::StatusOr<std::vector<absl::StatusOr<AccountView>>> ReadAccounts(
    store::Store& store, absl::Span<const store::AccountKey> keys, const ViewSpec& spec,
    store::Deadline deadline);

// The same for one. Errors: NOT_FOUND / ACCOUNT_NOT_FOUND.
absl::StatusOr<AccountView> ReadAccount(store::Store& store, const store::AccountKey& key,
                                        const ViewSpec& spec, store::Deadline deadline);

}  // namespace relance
