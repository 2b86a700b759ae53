#include "services/ledger/claims/claim_rules.h"

#include "common/status/check.h"
#include "common/time/calendar.h"

namespace relance::ledger {
namespace {

constexpr int kBelgianGraceDays = 14;
constexpr int kBelgianPostDays = 3;

ClaimRules France(absl::string_view customer_type) {
  ClaimRules rules;
  rules.interest.emplace();
  if (customer_type == "consumer") {
    rules.interest->regime = "FR_LEGAL";
    rules.is_consumer = true;
    rules.limitation_months = rules.limitation_watch_months = 24;
  } else if (customer_type == "public") {
    rules.interest->regime = "FR_PUBLIC";
    // Claims on public bodies lapse four years after the year in which they arose: the shorter is watched.
    rules.limitation_months = rules.limitation_watch_months = 48;
  } else {
    rules.interest->regime = "FR";
    rules.limitation_months = 60;
    rules.limitation_watch_months = customer_type.empty() ? 24 : 60;
  }
  return rules;
}

ClaimRules Belgium(absl::string_view customer_type) {
  ClaimRules rules;
  rules.interest.emplace();
  rules.interest->regime = "BE";
  rules.limitation_months = rules.limitation_watch_months = 120;
  if (customer_type == "consumer") {
    rules.is_consumer = true;
    rules.indemnity_scale = "BE_CONSUMER";
  }
  return rules;
}

ClaimRules Europe(absl::string_view customer_type) {
  ClaimRules rules;
  rules.is_consumer = customer_type == "consumer";
  if (rules.is_consumer) return rules;
  rules.interest.emplace();
  rules.interest->regime = "EU";
  return rules;
}

}  // namespace

ClaimRules RulesFor(absl::string_view country, absl::string_view customer_type, int contract_rate_bps) {
  ClaimRules rules = country == "FR"   ? France(customer_type)
                     : country == "BE" ? Belgium(customer_type)
                                       : Europe(customer_type);
  if (contract_rate_bps > 0 && !rules.is_consumer && customer_type != "public") {
    if (country == "FR") rules.interest->regime = "FR_CONTRACT";
    rules.interest->fixed_rate = claims::Rate{contract_rate_bps * (claims::kPercentE8 / 100)};
  }
  return rules;
}

absl::CivilDay GraceEnd(absl::string_view country, absl::CivilDay sent, bool by_post) {
  if (country != "BE") return sent;
  const absl::StatusOr<Calendar> belgium = Calendar::ForName("BE");
  RELANCE_CHECK(belgium.ok());
  const absl::CivilDay first = by_post ? belgium->AddBusinessDays(sent, kBelgianPostDays) : sent + 1;
  return first + (kBelgianGraceDays - 1);
}

}  // namespace relance::ledger
