#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "services/ledger/indicators/dso.h"

// How far an amount lies with few accounts. Pure. Amounts are positive, the largest first.
namespace relance::ledger {

// The fewest accounts that hold 80 % of the whole; 0 without accounts.
int ParetoAccounts(absl::Span<const Amount> largest_first);

// What the largest fifth of the accounts (rounded up) holds of the whole; nothing without accounts.
std::optional<double> TopFifthShare(absl::Span<const Amount> largest_first);

// 0 when all hold the same, towards 1 when one of many holds all.
double Gini(absl::Span<const Amount> largest_first);

struct CurvePoint {
  int accounts = 0;
  double account_share = 0;
  double amount_share = 0;
};
// From (0, 0) to (1, 1), at each twentieth of the accounts, rounded up; each number of accounts once. Empty
// without accounts.
std::vector<CurvePoint> ParetoCurve(absl::Span<const Amount> largest_first);

}  // namespace relance::ledger
