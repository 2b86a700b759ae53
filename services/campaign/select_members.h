#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/projection/balances_at.h"
#include "common/projection/tenant_columns.h"
#include "services/campaign/filter.h"

namespace relance::campaign {

inline constexpr int kAccountsMax = 10'000;  // members of one campaign

// Why an account that the filter found was left. In order: the first that holds is told.
inline constexpr char kLeftInsolvent[] = "INSOLVENT";
inline constexpr char kLeftPaused[] = "PAUSED";
inline constexpr char kLeftSettled[] = "SETTLED";    // nothing is owed
inline constexpr char kLeftPlaced[] = "PLACED";      // all that could be asked for is with an agency
inline constexpr char kLeftDisputed[] = "DISPUTED";  // what is not placed is disputed
inline constexpr char kLeftPromised[] = "PROMISED";  // promised, or on an agreed schedule
inline constexpr char kLeftContactedRecently[] = "CONTACTED_RECENTLY";
inline constexpr char kLeftOverMax[] = "OVER_MAX";

// What one account owes in the tenant's currency on the day of the selection.
struct AccountStats {
  int64_t overdue_minor = 0;
  int64_t open_minor = 0;  // open debits
  int32_t age = 0;         // days past due of the oldest overdue item; 0: none is overdue
  int32_t oldest_invoice_age = 0;
  int32_t items = 0;      // open debits
  bool free = false;      // some item that would be asked for is neither placed nor disputed
  bool unplaced = false;  // some is not placed
};
AccountStats StatsOf(const projection::TenantColumns& tenant, const projection::BalancesAt& balances,
                     const projection::Segment& segment);

struct SelectedMember {
  int32_t account = 0;  // row in the columns
  std::string key;
  std::string name;
  int64_t overdue_minor = 0;
  int32_t oldest_days = 0;
  std::string left_reason;  // empty: taken
};

struct Selection {
  std::vector<SelectedMember> taken;  // largest overdue amount x age first, then by account code
  std::vector<SelectedMember> left;   // the same order
};

struct SelectOptions {
  std::string currency;  // the tenant's
  int32_t day = 0;       // business date
  int accounts_max = kAccountsMax;
  int contact_gap_days =
      1;  // an account contacted less than so many days ago is left; the scenario service may leave more
};

// Whom a filter chooses. Pure. ~unidentified is never found. Columns of the account decide before its items
// are looked at.
Selection SelectMembers(const projection::TenantColumns& tenant, const Filter& filter,
                        const SelectOptions& options);

}  // namespace relance::campaign
