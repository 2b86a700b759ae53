#include "samples/generate/call_command.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/money/decimal_text.h"
#include "common/time/day.h"

namespace relance::samples {
namespace {

std::string Word(absl::string_view text) {
  const bool plain = !text.empty() && absl::c_all_of(text, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::string_view("._-/@+").find(c) != absl::string_view::npos;
  });
  return plain ? std::string(text) : absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

absl::string_view OutcomeName(CallAnswer::Outcome outcome) {
  switch (outcome) {
    case CallAnswer::Outcome::kPromised:
      return "promised";
    case CallAnswer::Outcome::kDisputed:
      return "disputed";
    case CallAnswer::Outcome::kNoAnswer:
      return "no_answer";
    case CallAnswer::Outcome::kRefused:
      return "refused";
    case CallAnswer::Outcome::kMessageLeft:
      return "message_left";
  }
  return "";
}

}  // namespace

std::string CallCommand(absl::string_view tenant, absl::string_view account, absl::string_view contact,
                        const CallAnswer& answer) {
  std::string command = absl::StrCat("scenario call ", Word(tenant), " ", Word(account));
  if (!contact.empty()) absl::StrAppend(&command, " --contact ", Word(contact));
  absl::StrAppend(&command, " --outcome ", OutcomeName(answer.outcome));
  if (answer.outcome == CallAnswer::Outcome::kPromised) {
    absl::StrAppend(&command, " --promise-date ", FormatIsoDay(answer.promise_day), " --amount ",
                    FormatDecimal(answer.promise_minor, 2, '.'), " --currency EUR");
  }
  if (!answer.reason.empty()) absl::StrAppend(&command, " --reason ", Word(answer.reason));
  return command;
}

}  // namespace relance::samples
