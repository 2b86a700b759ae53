#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/account/account_view.h"
#include "common/claims/indemnity_scale.h"
#include "common/claims/interest.h"
#include "services/ledger/claims/claim_rules.h"

// What one item may be charged with. Pure: no I/O, no clock.
namespace relance::ledger {

// An item as it stood at the end of a day, with what had lowered it by then.
struct ClaimedItem {
  const state::v1::Item* item = nullptr;
  int64_t open_minor = 0;
  std::vector<claims::Movement> movements;  // by day
};

// The debits of an account that were issued by `day`. Money counts from the day it came, credit notes from
// their own; what was undone by then does not count, what is undone later does. What the books settled
// without saying how counts from the due day: no interest is asked on it. Requires: the view holds items and
// history, and outlives the result.
std::vector<ClaimedItem> DebitsAt(const AccountView& view, int32_t day);

// An item that can be charged: an invoice, an opening line or a debit note.
bool IsClaimable(const state::v1::Item& item);

struct ClaimQuestion {
  absl::CivilDay as_of;
  claims::AllocationMode mode = claims::AllocationMode::kInterestFirst;
  ClaimRules rules;
  std::string country;
  // Consumers: nothing but the principal is due before the grace of a notice is over.
  std::optional<absl::CivilDay> notice;
  bool notice_by_post = false;
  std::optional<absl::CivilDay> insolvency_opened;
};

struct ItemStatement {
  claims::InterestStatement interest;  // without segments where nothing runs
  Money indemnity;
  std::string regime;  // empty: none
  std::string basis;
  int denominator = 0;
  bool verified = true;
  std::vector<std::string> notes;
};

// Errors: those of claims::ComputeInterest and claims::IndemnityScales::AmountOn.
absl::StatusOr<ItemStatement> StateClaim(const claims::RateTables& tables,
                                         const claims::IndemnityScales& scales, const ClaimedItem& claimed,
                                         const ClaimQuestion& question);

}  // namespace relance::ledger
