#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "relance/state/v1/plan.pb.h"

// A scenario as values: what to do and when, from before the due date to the handoff. docs/scenarios.md has
// the words.
namespace relance::scenario {

using state::v1::Channel;

inline constexpr int kStepsMax = 16;
inline constexpr int kWrittenRemindersMax = 2;  // after the due date; the last one announces costs
inline constexpr char kUnidentifiedAccount[] = "~unidentified";  // money nobody has claimed: never dunned

// What an item and its account must be for a step. Empty fields ask nothing; all that are set must hold.
struct Conditions {
  // Minor units of the scenario's currency. An item in another currency passes: there is no rate to compare
  // it by.
  std::optional<int64_t> item_amount_minor_at_least;
  // Likewise, of all that is overdue and neither disputed, promised nor placed in the scenario's currency.
  std::optional<int64_t> overdue_minor_at_least;
  std::vector<std::string> segments;
  std::vector<std::string> countries;
  std::vector<std::string> customer_types;
  std::vector<std::string> regions;
  std::vector<std::string> sectors;
};

// Another text or voice for some accounts. Ordered; the first whose conditions hold is taken, else the step's
// own.
struct Variant {
  Conditions when;
  std::optional<int> overdue_days_at_least;  // of the oldest item in the contact
  std::string template_id;                   // empty: the step's
  std::string interlocutor;                  // empty: the step's
};

struct Step {
  std::string id;
  Channel channel = Channel::CHANNEL_UNSPECIFIED;
  std::optional<Channel>
      copy;             // the same notice also goes out by this, where the debtor can be reached by it
  int offset_days = 0;  // after the due date; negative before
  std::optional<int> until_days;  // an item later than this no longer enters the scenario here
  std::string interlocutor;
  std::string template_id;
  int min_days_after_previous = 0;  // after the item's step before
  Conditions when;
  std::vector<Variant> variants;
  int expires_after_days = 0;    // calls: how long one waits to be made
  bool announces_costs = false;  // the final notice: interest and indemnity are stated
  int grant_days = 0;            // written: days that the notice grants; the next step comes after them

  bool IsWritten() const { return channel == Channel::CHANNEL_MAIL || channel == Channel::CHANNEL_LETTER; }
  bool IsHandoff() const { return channel == Channel::CHANNEL_HANDOFF; }
  bool IsPreDue() const { return offset_days <= 0; }
};

// Credits of the debtor that settle nothing yet. They are shown in either case.
enum class CreditPolicy {
  kHold,  // while they cover all that is overdue, nothing is asked for
  kShow,  // they stop nothing
};

struct Scenario {
  std::string id;
  int version = 0;  // 0: the one that comes with the program
  std::string currency;
  int min_days_between_contacts = 1;  // written or spoken, of one account
  int64_t min_overdue_minor = 0;  // less than this overdue in the scenario's currency: nothing is asked for
  CreditPolicy credits = CreditPolicy::kHold;
  std::vector<Step> steps;  // in order of offset; the last one is the handoff

  // Index of a step; -1 when there is none of that id.
  int IndexOf(absl::string_view step_id) const;
  // How far a position has come: the index of its step; of a step that this version no longer has, its index
  // then, but never the handoff.
  int IndexOf(const state::v1::ItemPosition& position) const;
};

}  // namespace relance::scenario
