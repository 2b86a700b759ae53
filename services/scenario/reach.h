#pragma once

#include <optional>
#include <string>
#include <vector>

#include "relance/state/v1/ledger.pb.h"
#include "services/scenario/scenario.h"

// By what a debtor can be reached, and as whom (FC-51): the billing contact, else any other contact, else the
// company. Inactive contacts get nothing (FC-53).
namespace relance::scenario {

// What a notice really goes out by. Empty: the debtor cannot be reached, and the step is not consumed
// (FC-52). A mail becomes a letter without an e-mail address; a letter with a copy by mail goes by the one
// that is possible.
std::vector<Channel> ReachableChannels(Channel channel, std::optional<Channel> copy,
                                       const state::v1::Attributes& attributes);

// Who gets it. Null: the company itself (letters only).
const state::v1::ContactPerson* AddresseeOfMail(const state::v1::Attributes& attributes);
const state::v1::ContactPerson* AddresseeOfLetter(const state::v1::Attributes& attributes);
// Whom to call; null: nobody's number is known.
const state::v1::ContactPerson* PersonToCall(const state::v1::Attributes& attributes);

}  // namespace relance::scenario
