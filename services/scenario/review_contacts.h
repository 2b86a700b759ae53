#pragma once

#include <cstdint>

#include "services/scenario/account_facts.h"
#include "services/scenario/scenario.h"

namespace relance::scenario {

// Why an account is looked at. What news change decides about no contact, so that the order in which they
// arrive and are read changes nothing that a debtor sees.
enum class Occasion {
  // The day's run of the account: steps are chosen.
  kDaysRun,
  // Something came in between: a payment, a pause that a person lifts, a new scenario. What is settled,
  // disputed, promised, placed or paused leaves contacts at once, and promises are judged. What has become
  // due, an address that was found, and totals that crossed a threshold wait for the next run: further news
  // of the day may undo them.
  kNews,
  // A contact is about to leave: as news, and the thresholds are looked at too.
  kSending,
};

// Looks anew at every contact of `plan` that has not left: items that are settled, disputed, promised, placed
// or no longer qualify leave it; open amounts become today's (FC-23); a contact that has lost the items of
// its own step, or whose account is held, is withdrawn (FC-42); one whose debtor has got (lost) an address is
// reserved (failed, FC-52); reserved only in the day's run, because it is as good as a new contact. Calls
// that nobody made in time expire first.
void ReviewContacts(const AccountFacts& facts, const state::v1::Attributes& attributes,
                    const Scenario& scenario, int32_t today, Occasion occasion, state::v1::Plan* plan);

// Whether the debtor can be reached by a written contact of `step` (null: of a campaign).
bool IsReachable(const Step* step, const state::v1::Attributes& attributes,
                 const state::v1::Contact& contact);

// Reserves a written contact, or fails it when the debtor cannot be reached.
void ReserveOrFail(const Step* step, const state::v1::Attributes& attributes, state::v1::Contact* contact);

}  // namespace relance::scenario
