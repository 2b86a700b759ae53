#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "relance/state/v1/plan.pb.h"
#include "services/scenario/scenario.h"

// What becomes of a plan when something happened. Pure; who decides that it happened is elsewhere.
namespace relance::scenario {

inline constexpr int kContactsOverMax = 32;  // kept in the plan; all of them are in the evidence
inline constexpr int kPromisesOverMax = 16;
// How long a call of a campaign waits; a campaign has no step that says so.
inline constexpr int kCampaignCallDays = 7;

// Outcomes that the code itself writes; others come from people or are reasons of errors.
inline constexpr char kNoAddress[] = "no_address";

// Not over: it will leave, may have left, or waits for a person.
bool IsOpen(const state::v1::Contact& contact);
// Decided, and certain not to have left: it may still be taken back.
bool IsUnsent(const state::v1::Contact& contact);
// In the outbox of the service.
bool IsInOutbox(const state::v1::Contact& contact);
bool IsWritten(Channel channel);

// The contact of that key; null when there is none.
state::v1::Contact* FindContact(state::v1::Plan* plan, absl::string_view key);
const state::v1::Contact* FindContact(const state::v1::Plan& plan, absl::string_view key);

// The contact was made on `today`: its items have had their steps, the deadline of its step runs, spacing
// counts from today when the debtor was reached (`reached`: everything but a call that nobody answered).
void MarkMade(const Scenario& scenario, int32_t today, bool reached, state::v1::Contact* contact,
              state::v1::Plan* plan);

// A call that nobody made in time: items whose step it was go on behind it; those that rode along keep their
// step.
void MarkExpired(const Scenario& scenario, state::v1::Contact* contact, state::v1::Plan* plan);

// It will not leave. `why` is the outcome.
void MarkWithdrawn(absl::string_view why, state::v1::Contact* contact, state::v1::Plan* plan);

// Puts `item` behind `step`.
void SetPosition(const Scenario& scenario, uint64_t item, absl::string_view step, int32_t cycle, int32_t day,
                 int32_t deadline_day, state::v1::Plan* plan);

// A new key "<cycle>/<step>"; a step that this cycle has used already begins the next cycle.
std::string NewContactKey(absl::string_view step, state::v1::Plan* plan);

// Drops the oldest contacts and promises that are over, beyond their bounds. Contacts of the running cycle
// stay: their keys are taken.
void BoundPlan(state::v1::Plan* plan);

}  // namespace relance::scenario
