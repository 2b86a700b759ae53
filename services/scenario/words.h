#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "relance/state/v1/plan.pb.h"

// Stored enums as the words of RPCs, metrics and evidence.
namespace relance::scenario {

absl::string_view ChannelWord(state::v1::Channel channel);  // "mail", "letter", "call", "handoff", "sms"
absl::string_view ContactStateWord(state::v1::ContactState state);  // "planned", "reserved", ...
absl::string_view PromiseStateWord(state::v1::PromiseState state);  // "running", "kept", ...
absl::string_view PlanStateWord(state::v1::PlanState state);        // "settled", "current", ...

// "mail", "letter", "call"; CHANNEL_UNSPECIFIED for anything else.
state::v1::Channel ChannelFromWord(absl::string_view word);

// A reason code of a plan as a sentence for people.
std::string ReasonSentence(absl::string_view code);

}  // namespace relance::scenario
