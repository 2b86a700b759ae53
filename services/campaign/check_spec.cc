#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/utf8.h"
#include "services/campaign/campaigns.h"
#include "services/campaign/contact_state_names.h"
#include "services/campaign/errors.h"

namespace relance::campaign {
namespace {

constexpr size_t kIdBytesMax = 64;

bool AllOf(absl::string_view text, bool (*allowed)(char)) {
  return std::all_of(text.begin(), text.end(), allowed);
}

absl::Status Invalid(absl::string_view reason, absl::string_view message,
                     std::map<std::string, std::string> metadata = {}) {
  return DomainError(absl::StatusCode::kInvalidArgument, reason, message, std::move(metadata));
}

}  // namespace

absl::Status CheckSpec(const v1::CampaignSpec& spec) {
  const std::string& id = spec.campaign_id();
  if (id.empty() || id.size() > kIdBytesMax ||
      !AllOf(id, [](char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-'; })) {
    return Invalid(kCampaignIdInvalid, "campaign_id is 1 to 64 of [a-z0-9-]");
  }
  if (spec.channel() != "mail" && spec.channel() != "letter" && spec.channel() != "call") {
    return Invalid(kChannelInvalid, "channel is mail, letter or call");
  }
  if (spec.template_id().size() > kTemplateBytesMax || !AllOf(spec.template_id(), [](char c) {
        return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '.';
      })) {
    return Invalid(kTemplateInvalid, "template_id is at most 64 of [A-Za-z0-9_.-]");
  }
  if (spec.title().size() > kTitleBytesMax || CleanUtf8(spec.title(), kTitleBytesMax) != spec.title()) {
    return Invalid(kTitleInvalid, absl::StrCat("title is at most ", kTitleBytesMax, " bytes of UTF-8"),
                   {{"bytesMax", absl::StrCat(kTitleBytesMax)}});
  }
  if (spec.accounts_max() < 0 || spec.accounts_max() > kAccountsMax) {
    return Invalid(kAccountsMaxInvalid,
                   absl::StrCat("accounts_max is 1 to ", kAccountsMax, ", or 0 for that"),
                   {{"accountsMax", absl::StrCat(kAccountsMax)}});
  }
  return absl::OkStatus();
}

std::string ContactStateName(state::v1::ContactState state) {
  constexpr absl::string_view kPrefix = "CONTACT_STATE_";
  std::string name = state::v1::ContactState_Name(state);
  if (name.size() > kPrefix.size()) name.erase(0, kPrefix.size());
  return absl::AsciiStrToLower(name);
}

}  // namespace relance::campaign
