#pragma once

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/account/account_view.h"
#include "common/time/calendar.h"
#include "relance/state/v1/plan.pb.h"
#include "services/scenario/review_contacts.h"
#include "services/scenario/scenario.h"

namespace relance::scenario {

// What a decision needs to know of the tenant, and of its own occasion.
struct DecideOptions {
  std::string default_country;  // of debtors of whom none is known
  bool has_agency = true;       // without one nothing is handed over
  Occasion occasion = Occasion::kDaysRun;
};

// Whether a decision on `date` is the day's run of the account: its timer has come. Every look at an account
// leaves the timer behind `date`, so the first look of a day that the timer names is the run, and each later
// one is news. An account that was never looked at has no timer: it has its first run on the day after.
bool IsDaysRun(const state::v1::Plan& plan, absl::CivilDay date);

// Codes of Plan.reasons, in the order in which they are looked at.
inline constexpr char kReasonUnidentified[] = "UNIDENTIFIED";
inline constexpr char kReasonInsolvent[] = "INSOLVENT";
inline constexpr char kReasonPaused[] = "PAUSED";
inline constexpr char kReasonNoDueDay[] = "ITEM_WITHOUT_DUE_DATE";
inline constexpr char kReasonPlaced[] = "ITEM_PLACED";
inline constexpr char kReasonDisputed[] = "ITEM_DISPUTED";
inline constexpr char kReasonPromised[] = "PROMISE_RUNNING";
inline constexpr char kReasonPromiseBroken[] =
    "PROMISE_BROKEN";  // the newest promise, and something is overdue
inline constexpr char kReasonCreditsCover[] = "CREDITS_COVER_OVERDUE";
inline constexpr char kReasonBelowMinimum[] = "BELOW_MINIMUM";
inline constexpr char kReasonSpacing[] = "CONTACTED_RECENTLY";
inline constexpr char kReasonDeadline[] = "DEADLINE_GRANTED";
inline constexpr char kReasonNotBusinessDay[] = "NOT_A_BUSINESS_DAY";
inline constexpr char kReasonNextRun[] = "WAITS_FOR_NEXT_DAY";  // due, but not by the day's run
inline constexpr char kReasonUnderWay[] = "CONTACT_UNDER_WAY";
inline constexpr char kReasonCallOpen[] = "CALL_PLANNED";
inline constexpr char kReasonAmbiguous[] = "CONTACT_AMBIGUOUS";
inline constexpr char kReasonFailed[] = "CONTACT_FAILED";
inline constexpr char kReasonNoAddress[] = "NO_ADDRESS";
inline constexpr char kReasonNoAgency[] = "NO_AGENCY";
inline constexpr char kReasonLastStepOver[] =
    "LAST_STEP_OVER";  // handed over once and back: a person decides

// Items in one written contact; the others wait for the next one. A final notice states several lines for
// each.
inline constexpr size_t kContactItemsMax = 1000;
inline constexpr size_t kNoticeItemsMax = 200;

// What is to be done with an account.
struct Decision {
  state::v1::Plan plan;  // after it; its next_day is the timer
  std::vector<state::v1::Contact>
      contacts;  // decided now: planned (calls), reserved, or failed for want of an address
};

// Decides what happens to an account on `business_date`: the one function behind worker, sender, preview and
// replay. Pure: no I/O, no clock; it does not look at the risk score.
//
// Order:  promises are judged, what is settled leaves the plan, calls that nobody made expire, contacts that
// have not
//         left are looked at anew (withdrawn when nothing is left to ask for), then, in the day's run, new
//         contacts are decided: one for all that is due, by the highest step; items of lower steps ride along
//         with their own (FC-58, FC-59). A handoff is no contact with the debtor and goes beside it, for its
//         items alone.
// Again:  deciding on the result on the same day changes nothing.
// Size:   O(items x steps + items x positions).
Decision Decide(const AccountView& view, const Scenario& scenario, const Calendar& calendar,
                absl::CivilDay business_date, const DecideOptions& options);

}  // namespace relance::scenario
