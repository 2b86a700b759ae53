#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "relance/state/v1/ledger.pb.h"

namespace relance::risk {

// How a group of accounts pays: what is believed of an account before its own history speaks.
struct SegmentPrior {
  double late_rate = 0.5;     // share of invoices settled after their due date, in (0,1)
  double late_strength = 5;   // how many invoices of its own weigh as much as the prior
  double mean_days_late = 0;  // mean over accounts, signed
  double mean_strength = 5;   // as late_strength, for the mean
  double deviation = 15;      // standard deviation of days late within an account, at least 1
  int accounts = 0;           // with history
  int invoices = 0;
};

// The payment history of one account and the segment it belongs to.
struct AccountHistory {
  std::string segment;
  int settled = 0;
  int late = 0;
  double days_late = 0;
  double days_late_squared = 0;
};

// Segment of an account: its customer type and size class; "all" when neither is known.
std::string SegmentOf(const state::v1::Attributes& attributes);
AccountHistory HistoryOf(const state::v1::LedgerSum& sum);

// Name of the prior of the whole tenant.
inline constexpr char kAllSegments[] = "all";
// A segment with fewer accounts that have history takes the prior of the whole tenant.
inline constexpr int kSegmentAccountsMin = 5;

// Empirical Bayes by the method of moments, pure.
//
// Rate:  accounts are beta-binomial; mean and variance of the rates, the variance corrected for the sampling
// of n
//        invoices, give the strength alpha + beta (Casella, "An introduction to empirical Bayes data
//        analysis", 1985).
// Days:  accounts are normal around their own mean; strength = variance within / variance between (Efron and
// Morris,
//        "Data analysis using Stein's estimator", 1975).
// Both strengths lie in [1, 200]. With no history at all the defaults of SegmentPrior stand; with that of
// fewer than kSegmentAccountsMin accounts, rate and mean are what it makes of them, and the rest stands.
// Result always holds kAllSegments.
std::map<std::string, SegmentPrior> EstimatePriors(absl::Span<const AccountHistory> histories);

// The prior of `segment`, or that of the whole tenant.
const SegmentPrior& PriorOf(const std::map<std::string, SegmentPrior>& priors, const std::string& segment);

}  // namespace relance::risk
