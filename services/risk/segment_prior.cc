#include "services/risk/segment_prior.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace relance::risk {
namespace {

constexpr double kStrengthMin = 1, kStrengthMax = 200;
constexpr double kRateMin = 0.01, kRateMax = 0.99;
constexpr double kDeviationMin = 1;

double Clamp(double value, double low, double high) { return std::min(std::max(value, low), high); }

SegmentPrior Estimate(const std::vector<const AccountHistory*>& histories) {
  SegmentPrior prior;
  double settled = 0, late = 0, days = 0, within = 0, within_weight = 0;
  for (const AccountHistory* history : histories) {
    if (history->settled == 0) continue;
    ++prior.accounts;
    prior.invoices += history->settled;
    settled += history->settled;
    late += history->late;
    days += history->days_late;
    if (history->settled > 1) {
      within += history->days_late_squared - history->days_late * history->days_late / history->settled;
      within_weight += history->settled - 1;
    }
  }
  if (prior.accounts == 0) return prior;
  if (prior.accounts < kSegmentAccountsMin) {
    // So few do not tell how accounts differ: taken at their word, one invoice paid late would make everybody
    // a late payer. They weigh as the history of one account against the defaults.
    prior.late_rate = (late + prior.late_strength * prior.late_rate) / (settled + prior.late_strength);
    prior.mean_days_late = days / (settled + prior.mean_strength);
    return prior;
  }
  prior.late_rate = Clamp(late / settled, kRateMin, kRateMax);
  prior.mean_days_late = days / settled;
  if (within_weight > 0)
    prior.deviation = std::max(kDeviationMin, std::sqrt(std::max(0.0, within / within_weight)));

  // Spread of the accounts beyond what their finite histories explain.
  double rate_spread = 0, rate_noise = 0, mean_spread = 0, mean_noise = 0;
  for (const AccountHistory* history : histories) {
    if (history->settled == 0) continue;
    const double n = history->settled;
    const double rate = history->late / n;
    const double mean = history->days_late / n;
    rate_spread += n * (rate - prior.late_rate) * (rate - prior.late_rate);
    rate_noise += prior.late_rate * (1 - prior.late_rate);
    mean_spread += n * (mean - prior.mean_days_late) * (mean - prior.mean_days_late);
    mean_noise += prior.deviation * prior.deviation;
  }
  const double rate_between = std::max(0.0, (rate_spread - rate_noise) / settled);
  const double mean_between = std::max(0.0, (mean_spread - mean_noise) / settled);
  const double rate_variance = prior.late_rate * (1 - prior.late_rate);
  prior.late_strength =
      rate_between > 0 ? Clamp(rate_variance / rate_between - 1, kStrengthMin, kStrengthMax) : kStrengthMax;
  prior.mean_strength =
      mean_between > 0 ? Clamp(prior.deviation * prior.deviation / mean_between, kStrengthMin, kStrengthMax)
                       : kStrengthMax;
  return prior;
}

}  // namespace

std::string SegmentOf(const state::v1::Attributes& attributes) {
  if (attributes.customer_type().empty() && attributes.segment().empty()) return kAllSegments;
  return absl::StrCat(attributes.customer_type().empty() ? "any" : attributes.customer_type(), "/",
                      attributes.segment().empty() ? "any" : attributes.segment());
}

AccountHistory HistoryOf(const state::v1::LedgerSum& sum) {
  const state::v1::PaymentStats& stats = sum.stats();
  return {SegmentOf(sum.attributes()), stats.settled(), stats.late(), static_cast<double>(stats.days_late()),
          static_cast<double>(stats.days_late_squared())};
}

std::map<std::string, SegmentPrior> EstimatePriors(absl::Span<const AccountHistory> histories) {
  std::map<std::string, std::vector<const AccountHistory*>> groups;
  std::vector<const AccountHistory*> all;
  for (const AccountHistory& history : histories) {
    all.push_back(&history);
    if (history.segment != kAllSegments) groups[history.segment].push_back(&history);
  }
  std::map<std::string, SegmentPrior> priors;
  priors[kAllSegments] = Estimate(all);
  for (const auto& [segment, members] : groups) {
    const SegmentPrior prior = Estimate(members);
    if (prior.accounts >= kSegmentAccountsMin) priors[segment] = prior;
  }
  return priors;
}

const SegmentPrior& PriorOf(const std::map<std::string, SegmentPrior>& priors, const std::string& segment) {
  static const SegmentPrior& nothing_known = *new SegmentPrior;
  auto it = priors.find(segment);
  if (it == priors.end()) it = priors.find(kAllSegments);
  return it == priors.end() ? nothing_known : it->second;
}

}  // namespace relance::risk
