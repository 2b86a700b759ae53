#pragma once

#include <cstdint>

#include "common/account/account_view.h"
#include "relance/state/v1/tenant.pb.h"
#include "services/ledger/quality/finding.h"
#include "services/ledger/quality/legal_limits.h"

namespace relance::ledger {

inline constexpr int kAgeYearsMax = 15;           // an open item issued earlier is a typing error
inline constexpr int kCreditDaysMax = 90;         // that a credit may lie unapplied
inline constexpr int kDisputeDaysMax = 60;        // that a dispute may stand
inline constexpr int kInHouseDaysMax = 90;        // past due that the house works a debt itself
inline constexpr int kLimitationAlertDays = 180;  // before a claim lapses
inline constexpr int64_t kResidueMinor = 500;     // of tenants that set nothing

// What an account is judged by.
struct QualityContext {
  const state::v1::TenantConfig* config = nullptr;
  int32_t today = 0;
  const LegalLimits* limits = nullptr;
};

// Says all that is wrong with one account at the business date, by the account alone. Pure: reads and says.
// Only what is open counts: an account without open items has no findings. Requires: the view holds items and
// history.
void FindInAccount(const AccountView& view, const QualityContext& context, const FindingSink& sink);

}  // namespace relance::ledger
