#include "samples/generate/answers.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/time/calendar.h"
#include "common/time/day.h"
#include "samples/generate/call_command.h"
#include "samples/toolkit/random.h"

namespace relance::samples {
namespace {

using nlohmann::json;

constexpr int kPromisesWithinDays = 45;
constexpr int kBrokenAfterDays = 7;

absl::Status Malformed(absl::string_view entry) {
  return DomainError(absl::StatusCode::kInvalidArgument, "WORKLIST_MALFORMED",
                     absl::StrCat("worklist is malformed at entry ", entry), {{"entry", std::string(entry)}});
}

std::string TextOf(const json& entry, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto it = entry.find(name);
    if (it != entry.end() && it->is_string()) return it->get<std::string>();
  }
  return "";
}

// What matters of an account when it is called.
struct Situation {
  int64_t overdue_minor = 0;
  const TruthItem* disputed = nullptr;
  // The next money for what is overdue; kNoDay if none is coming.
  absl::CivilDay pays_on = kNoDay;
};

Situation Look(const TruthAccount& account, absl::CivilDay day) {
  Situation situation;
  for (const auto& [number, item] : account.items) {
    const int64_t open = OpenMinorAt(item, day);
    if (open <= 0 || item.due >= day) continue;
    situation.overdue_minor += open;
    if (item.disputed_from < day && day <= item.disputed_until) situation.disputed = &item;
    for (const TruthItem::Change& change : item.changes) {
      if (change.payment && change.day >= day) situation.pays_on = std::min(situation.pays_on, change.day);
    }
  }
  return situation;
}

// Money that comes for what is overdue on `day`, up to and on `until`. A return takes it off again.
int64_t PaidUntil(const TruthAccount& account, absl::CivilDay day, absl::CivilDay until) {
  int64_t paid = 0;
  for (const auto& [number, item] : account.items) {
    if (OpenMinorAt(item, day) <= 0 || item.due >= day) continue;
    for (const TruthItem::Change& change : item.changes) {
      const bool credit_note = change.amount_minor < 0 && !change.payment;
      if (change.day >= day && change.day <= until && !credit_note) paid -= change.amount_minor;
    }
  }
  return paid;
}

CallAnswer Decide(const TruthAccount& account, absl::CivilDay day, Random& random) {
  if (!random.Chance(account.answers_percent * 10)) {
    return {random.Chance(600) ? CallAnswer::Outcome::kNoAnswer : CallAnswer::Outcome::kMessageLeft};
  }
  if (account.insolvent_on <= day) return {CallAnswer::Outcome::kRefused, {}, 0, "INSOLVENCY"};
  const Situation situation = Look(account, day);
  if (situation.disputed != nullptr) {
    return {CallAnswer::Outcome::kDisputed, {}, 0, situation.disputed->dispute_reason};
  }
  if (situation.overdue_minor == 0) return {CallAnswer::Outcome::kMessageLeft};

  const Calendar banking_days(HolidaySet::kTarget);
  const bool keeps = random.Chance(account.promise_kept_percent * 10);
  if (situation.pays_on <= day + kPromisesWithinDays) {
    const absl::CivilDay kept =
        banking_days.AddBusinessDays(situation.pays_on, static_cast<int>(random.Between(0, 2)));
    const int64_t paid = PaidUntil(account, day, kept);
    const int64_t days_ahead = situation.pays_on - day;
    // A return within the days of grace would break it: such a promise is not made.
    if ((keeps || days_ahead < 3) && paid > 0) return {CallAnswer::Outcome::kPromised, kept, paid, ""};
    if (days_ahead >= 3) {
      const absl::CivilDay early =
          day + random.Between(1, std::min<int64_t>(days_ahead - 1, kBrokenAfterDays));
      return {CallAnswer::Outcome::kPromised, early, situation.overdue_minor, ""};
    }
    return {CallAnswer::Outcome::kMessageLeft};
  }
  const int64_t draw = random.Below(100);
  if (draw < 40) return {CallAnswer::Outcome::kRefused, {}, 0, "CASH_FLOW"};
  if (draw < 75) {
    return {CallAnswer::Outcome::kPromised, day + random.Between(3, kBrokenAfterDays),
            situation.overdue_minor, ""};
  }
  return {CallAnswer::Outcome::kMessageLeft};
}

}  // namespace

absl::StatusOr<std::vector<Call>> ParseWorklist(absl::string_view text) {
  const json whole = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  const json* list = &whole;
  if (whole.is_object()) {
    for (const auto& member : whole) {
      if (member.is_array()) list = &member;
    }
  }
  if (!list->is_array()) return Malformed("0");
  if (list->size() > kCallsMax) {
    return DomainError(absl::StatusCode::kResourceExhausted, "WORKLIST_TOO_LONG",
                       absl::StrCat("worklist has more than ", kCallsMax, " entries"));
  }
  std::vector<Call> calls;
  for (const json& entry : *list) {
    Call call;
    if (entry.is_object()) {
      call.account = TextOf(entry, {"account", "account_id", "accountId"});
      call.contact = TextOf(entry, {"contact", "contact_id", "contactId", "contact_key", "contactKey"});
    }
    call.account = call.account.substr(call.account.rfind('/') + 1);
    if (call.account.empty()) return Malformed(absl::StrCat(calls.size() + 1));
    calls.push_back(std::move(call));
  }
  return calls;
}

std::set<std::string> AccountsOf(const std::vector<Call>& calls) {
  std::set<std::string> accounts;
  for (const Call& call : calls) accounts.insert(call.account);
  return accounts;
}

absl::StatusOr<std::string> AnswerCall(const Call& call, const Truth& truth, absl::CivilDay day) {
  const auto account = truth.accounts.find(call.account);
  if (account == truth.accounts.end()) {
    return DomainError(absl::StatusCode::kNotFound, "ACCOUNT_NOT_IN_TRUTH",
                       absl::StrCat("truth does not know account ", call.account),
                       {{"account", call.account}});
  }
  Random random(StableHash(call.contact.data(), call.contact.size()),
                StableHash(call.account.data(), call.account.size()), static_cast<uint64_t>(DayNumber(day)));
  return CallCommand(account->second.tenant, call.account, call.contact,
                     Decide(account->second, day, random));
}

}  // namespace relance::samples
