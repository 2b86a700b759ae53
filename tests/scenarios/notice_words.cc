#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/documents/document_store.h"
#include "common/status/status_macros.h"
#include "relance/scenario/v1/scenario_service.grpc.pb.h"
#include "tests/scenarios/story_world.h"

namespace relance::stories {
namespace {

using scenario::v1::ScenarioService;
using Answers = absl::StatusOr<std::vector<std::string>>;

std::string DecodeQuotedPrintable(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      decoded += text[i];
      continue;
    }
    int value = 0;
    if (i + 2 < text.size() && absl::SimpleHexAtoi(text.substr(i + 1, 2), &value)) {
      decoded += static_cast<char>(value);
      i += 2;
    } else {
      i = text.find('\n', i);  // a line that goes on
      if (i == text.npos) break;
    }
  }
  return decoded;
}

// The text part of a mail, all spaces alike and single: what a debtor reads.
absl::StatusOr<std::string> TextOfMail(absl::string_view mail) {
  const size_t part = mail.find("Content-Type: text/plain");
  const size_t begin = part == mail.npos ? part : mail.find("\r\n\r\n", part);
  if (begin == mail.npos) return absl::NotFoundError("the mail has no text");
  const size_t end = mail.find("\r\n--=_", begin);
  const std::string decoded = absl::StrReplaceAll(DecodeQuotedPrintable(mail.substr(begin, end - begin)),
                                                  {{"\u00a0", " "}, {"\u202f", " "}, {"\u2019", "'"}});
  std::string text;
  for (const absl::string_view word :
       absl::StrSplit(decoded, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty())) {
    absl::StrAppend(&text, text.empty() ? "" : " ", word);
  }
  return text;
}

// The newest contact of a step that was sent, as it left.
absl::StatusOr<std::string> MailOf(StoryWorld& world, const std::string& account, const std::string& step) {
  scenario::v1::ListContactsRequest request;
  request.set_tenant_id(world.tenant());
  request.set_account_id(account);
  RELANCE_ASSIGN_OR_RETURN(const auto response, world.Ask<ScenarioService>(
                                                    &ScenarioService::StubInterface::ListContacts, request));
  RELANCE_ASSIGN_OR_RETURN(const auto documents, documents::DocumentStore::Open(world.documents_folder()));
  for (const auto& contact : response.contacts()) {
    if (contact.step_id() != step || contact.state() != "sent") continue;
    for (const std::string& id : contact.documents()) {
      RELANCE_ASSIGN_OR_RETURN(const std::string bytes, documents.Get(id));
      if (!absl::StartsWith(bytes, "%PDF")) return TextOfMail(bytes);
    }
  }
  return absl::NotFoundError(absl::StrCat("no mail of step ", step, " was sent to ", account));
}

// notice D1 final-notice "Total à régler 161,23 €" -> said | not said
Answers Notice(StoryWorld& world, const StoryLine& line) {
  if (line.names.size() != 3)
    return absl::InvalidArgumentError("\"notice\" wants an account, a step and a text");
  RELANCE_ASSIGN_OR_RETURN(const std::string text, MailOf(world, line.names[0], line.names[1]));
  world.remark = text;
  return std::vector<std::string>{absl::StrContains(text, line.names[2]) ? "said" : "not said"};
}

}  // namespace

void AddNoticeWords(StoryWords* words) { (*words)["notice"] = {Notice, true}; }

}  // namespace relance::stories
