#include "services/risk/score_account.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace relance::risk {
namespace {

// The newest invoices weigh against all the history before them as this many.
constexpr double kTrendStrength = 10;

double NormalTail(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }  // P(Z > z)
double NormalDensity(double z) { return std::exp(-0.5 * z * z) / std::sqrt(2 * M_PI); }

// E[Z | Z > z]. The tail's asymptote takes over where the quotient would lose its digits.
double MeanBeyond(double z) {
  const double tail = NormalTail(z);
  if (tail < 1e-12) return z + 1 / z;
  return NormalDensity(z) / tail;
}

void AddReason(state::v1::RiskScore* score, const char* code, double contribution,
               const std::string& evidence) {
  state::v1::RiskReason* reason = score->add_reasons();
  reason->set_code(code);
  reason->set_contribution(contribution);
  reason->set_evidence(evidence);
}

}  // namespace

std::string LetterOf(int score) {
  return score >= 800 ? "A" : score >= 600 ? "B" : score >= 400 ? "C" : score >= 200 ? "D" : "E";
}

state::v1::RiskScore ScoreAccount(const state::v1::LedgerSum& sum,
                                  const std::map<std::string, SegmentPrior>& priors) {
  const state::v1::PaymentStats& stats = sum.stats();
  const std::string segment = SegmentOf(sum.attributes());
  const SegmentPrior& prior = PriorOf(priors, segment);
  const double n = stats.settled();

  const double own = (stats.late() + prior.late_strength * prior.late_rate) / (n + prior.late_strength);
  const double recent_count = stats.recent_days_late_size();
  const double recent_late =
      static_cast<double>(std::count_if(stats.recent_days_late().begin(), stats.recent_days_late().end(),
                                        [](int32_t days) { return days > 0; }));
  const double probability = (recent_late + kTrendStrength * own) / (recent_count + kTrendStrength);

  state::v1::RiskScore score;
  score.set_late_probability(probability);
  score.set_expected_days_late(
      (static_cast<double>(stats.days_late()) + prior.mean_strength * prior.mean_days_late) /
      (n + prior.mean_strength));
  double deviation = prior.deviation;
  if (n > 1) {
    const double mean = static_cast<double>(stats.days_late()) / n;
    const double squares = static_cast<double>(stats.days_late_squared()) - n * mean * mean;
    const double own_variance = std::max(0.0, squares / (n - 1));
    const double variance =
        ((n - 1) * own_variance + prior.mean_strength * prior.deviation * prior.deviation) /
        (n - 1 + prior.mean_strength);
    deviation = std::max(1.0, std::sqrt(variance));
  }
  score.set_days_late_deviation(deviation);
  score.set_score(static_cast<int32_t>(std::lround(1000 * (1 - probability))));
  score.set_letter(LetterOf(score.score()));
  score.set_observations(stats.settled());
  score.set_model(kModelName);
  score.set_data_day(stats.last_payment_day());
  score.set_segment(segment);

  if (stats.settled() < kObservationsMin) {
    AddReason(&score, "R0_LITTLE_HISTORY", own - prior.late_rate,
              absl::StrFormat(
                  "little history: %d settled invoices; the average of %d accounts is used, %.0f %% late",
                  stats.settled(), prior.accounts, prior.late_rate * 100));
  } else {
    AddReason(&score, "R1_OWN_HISTORY", own - prior.late_rate,
              absl::StrFormat("paid %d of %d late, mean %+.0f days", stats.late(), stats.settled(),
                              static_cast<double>(stats.days_late()) / n));
  }
  if (recent_count > 0) {
    AddReason(&score, "R2_RECENT_TREND", probability - own,
              absl::StrFormat("%d of the last %d late", static_cast<int>(recent_late),
                              static_cast<int>(recent_count)));
  }
  std::stable_sort(
      score.mutable_reasons()->begin(), score.mutable_reasons()->end(),
      [](const auto& a, const auto& b) { return std::abs(a.contribution()) > std::abs(b.contribution()); });
  return score;
}

ItemPrediction PredictItem(const state::v1::Item& item, const state::v1::RiskScore& account, int32_t today) {
  ItemPrediction prediction;
  prediction.late_probability = account.late_probability();
  prediction.reasons.assign(account.reasons().begin(), account.reasons().end());
  if (!item.has_due_day()) return prediction;
  const double mean = account.expected_days_late();
  const double deviation = std::max(1.0, account.days_late_deviation());
  const int days = today - item.due_day();
  // Days are whole, the normal is not: half a day on either side. Today is not over yet.
  const double z = (days - 0.5 - mean) / deviation;
  const double due = (0.5 - mean) / deviation;
  const double expected = mean + deviation * MeanBeyond(z);
  prediction.expected_day = std::max(today + 1, item.due_day() + static_cast<int32_t>(std::lround(expected)));

  state::v1::RiskReason waited;
  waited.set_code("R8_ALREADY_OVERDUE");
  if (days > 0) {
    waited.set_contribution(1 - prediction.late_probability);
    waited.set_evidence(absl::StrCat(days, " days overdue"));
    prediction.late_probability = 1;
  } else {
    // Not settled yet: of the days on which it might have been in time, some have passed.
    const double in_time = 1 - NormalTail(due);                           // P(X <= 0)
    const double still = std::max(0.0, NormalTail(z) - NormalTail(due));  // P(days <= X <= 0)
    const double share = in_time > 1e-9 ? std::min(1.0, still / in_time) : 1.0;
    const double p = prediction.late_probability;
    const double updated = p / (p + (1 - p) * share);
    if (updated - p < 0.005) return prediction;
    waited.set_contribution(updated - p);
    waited.set_evidence(absl::StrFormat("not settled %d days before its due date", -days));
    prediction.late_probability = updated;
  }
  prediction.reasons.insert(prediction.reasons.begin(), waited);
  return prediction;
}

}  // namespace relance::risk
