#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "samples/generate/truth_reader.h"

namespace relance::samples {

// One call of a worklist.
struct Call {
  std::string account;  // without the tenant
  std::string contact;
};
inline constexpr size_t kCallsMax = 1'000'000;

// Reads a worklist: a JSON array of objects, or an object with one member that is such an array. An entry has
// an account ("account", "account_id", "accountId"; "tenant/account" is cut at the '/') and may have a
// contact
// ("contact", "contact_id", "contactId", "contact_key", "contactKey"); everything else is left alone.
//
// Errors: INVALID_ARGUMENT / WORKLIST_MALFORMED {entry}, RESOURCE_EXHAUSTED / WORKLIST_TOO_LONG.
absl::StatusOr<std::vector<Call>> ParseWorklist(absl::string_view json);

std::set<std::string> AccountsOf(const std::vector<Call>& calls);

// What the debtor says when it is called on `day`, as one command of relancectl (see CallCommand). First
// match wins:
//   the call is not taken                    no_answer, or message_left
//   insolvent                                refused, "INSOLVENCY"
//   a dispute stands on what is overdue      disputed, with the dispute's reason
//   nothing is overdue                       message_left
//   it is going to pay within 45 days        promised: a date that it keeps, promise_kept_percent times out
//   of 100,
//                                            else a date before the money comes
//   it is not                                refused, or promised and broken, or message_left
// The same call gives the same answer. Calls do not change the truth: a debtor pays when truth/ says so.
//
// Errors: NOT_FOUND / ACCOUNT_NOT_IN_TRUTH {account}.
absl::StatusOr<std::string> AnswerCall(const Call& call, const Truth& truth, absl::CivilDay day);

}  // namespace relance::samples
