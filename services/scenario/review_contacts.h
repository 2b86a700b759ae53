#pragma once

#include <cstdint>

#include "services/scenario/account_facts.h"
#include "services/scenario/scenario.h"

namespace relance::scenario {

// Looks anew at every contact of `plan` that has not left: items that are settled, disputed, promised, placed
// or no longer qualify leave it; open amounts become today's (FC-23); a contact that has lost the items of
// its own step, or whose account is held, is withdrawn (FC-42); one whose debtor has got (lost) an address is
// reserved (failed, FC-52). Calls that nobody made in time expire first.
void ReviewContacts(const AccountFacts& facts, const state::v1::Attributes& attributes,
                    const Scenario& scenario, int32_t today, state::v1::Plan* plan);

// Reserves a written contact, or fails it when the debtor cannot be reached.
void ReserveOrFail(const Step* step, const state::v1::Attributes& attributes, state::v1::Contact* contact);

}  // namespace relance::scenario
