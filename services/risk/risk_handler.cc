#include "services/risk/risk_handler.h"

#include <cmath>
#include <utility>

#include "common/metrics/metrics.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/risk/score_account.h"

namespace relance::risk {
namespace {

constexpr int kDaysBetweenScores = 7;
// A change of the probability below this is not worth telling the other services.
constexpr double kChangeMin = 0.005;

bool WorthTelling(const state::v1::RiskScore& before, const state::v1::RiskScore& after) {
  return before.model() != after.model() || before.letter() != after.letter() ||
         before.observations() != after.observations() ||
         std::abs(before.late_probability() - after.late_probability()) >= kChangeMin;
}

// What the score is made from has moved, though it has not: kept, so that nobody reads an old day, but not
// told.
bool WorthKeeping(const state::v1::RiskScore& before, const state::v1::RiskScore& after) {
  return before.data_day() != after.data_day() || before.segment() != after.segment();
}

metrics::CounterFamily& Scores() {
  static metrics::CounterFamily& family = *new metrics::CounterFamily(
      "relance_risk_scores_total", "Accounts scored, by letter (A pays on time, E late)", {"letter"});
  return family;
}

}  // namespace

void RegisterScoreCounters() {
  for (absl::string_view letter : {"A", "B", "C", "D", "E"}) Scores().With({letter});
}

absl::StatusOr<std::optional<store::AccountWrite>> RiskHandler::Process(const AccountView& view,
                                                                        const TenantContext& tenant) {
  RELANCE_ASSIGN_OR_RETURN(const PriorCache::Priors priors, priors_->Get(tenant, store::After(timeout_)));
  const state::v1::RiskScore score = ScoreAccount(view.sum, *priors);
  const bool first = view.versions[store::kRiskOwner] == 0;
  const bool told = first || WorthTelling(view.risk, score);
  store::AccountWrite write;
  write.key = view.key;
  write.read_versions = {{store::kLedgerOwner, view.versions[store::kLedgerOwner]},
                         {store::kRiskOwner, view.versions[store::kRiskOwner]}};
  if (told || WorthKeeping(view.risk, score)) write.set.emplace_back(kRiskField, score.SerializeAsString());
  write.timer_day = DayNumber(tenant.business_date) + (first ? 1 : kDaysBetweenScores);
  write.announce = told;
  Scores().With({score.letter()}).Increment();
  if (first) priors_->NoteScored(tenant.config.id());
  return write;
}

}  // namespace relance::risk
