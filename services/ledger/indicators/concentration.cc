#include "services/ledger/indicators/concentration.h"

#include <numeric>

namespace relance::ledger {
namespace {

// 80 % is 4 of 5.
constexpr int kParetoPart = 4;
constexpr int kParetoWhole = 5;
constexpr int kCurveSteps = 20;

Amount Sum(absl::Span<const Amount> amounts) {
  return std::accumulate(amounts.begin(), amounts.end(), Amount{0});
}

double Ratio(Amount part, Amount whole) { return static_cast<double>(part) / static_cast<double>(whole); }

}  // namespace

int ParetoAccounts(absl::Span<const Amount> largest_first) {
  const Amount wanted = Sum(largest_first) * kParetoPart;
  Amount held = 0;
  int accounts = 0;
  for (const Amount amount : largest_first) {
    if (held * kParetoWhole >= wanted) break;
    held += amount;
    ++accounts;
  }
  return accounts;
}

std::optional<double> TopFifthShare(absl::Span<const Amount> largest_first) {
  const Amount whole = Sum(largest_first);
  if (whole == 0) return std::nullopt;
  return Ratio(Sum(largest_first.subspan(0, (largest_first.size() + 4) / 5)), whole);
}

double Gini(absl::Span<const Amount> largest_first) {
  const Amount whole = Sum(largest_first);
  if (whole == 0) return 0;
  // Of a descending order: the k-th counts (n + 1 - 2k) times against the sum.
  const Amount n = static_cast<Amount>(largest_first.size());
  Amount weighted = 0;
  for (Amount k = 1; k <= n; ++k) weighted += (n + 1 - 2 * k) * largest_first[static_cast<size_t>(k - 1)];
  return Ratio(weighted, n * whole);
}

std::vector<CurvePoint> ParetoCurve(absl::Span<const Amount> largest_first) {
  const Amount whole = Sum(largest_first);
  const int64_t n = static_cast<int64_t>(largest_first.size());
  std::vector<CurvePoint> curve;
  if (whole == 0) return curve;
  curve.push_back({});
  Amount held = 0;
  int64_t next = 0;
  for (int step = 1; step <= kCurveSteps; ++step) {
    const int64_t accounts = (n * step + kCurveSteps - 1) / kCurveSteps;
    if (accounts == next) continue;
    for (; next < accounts; ++next) held += largest_first[static_cast<size_t>(next)];
    curve.push_back({static_cast<int>(accounts), static_cast<double>(accounts) / static_cast<double>(n),
                     Ratio(held, whole)});
  }
  return curve;
}

}  // namespace relance::ledger
