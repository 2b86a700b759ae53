#include "services/scenario/render_documents.h"

#include "absl/strings/match.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/scenario/compose_message.h"
#include "services/scenario/reach.h"
#include "services/scenario/render/compose_notice.h"
#include "services/scenario/render/errors.h"
#include "services/scenario/render/render_email.h"
#include "services/scenario/render/render_letter.h"

namespace relance::scenario {

absl::string_view ExtensionOf(Channel channel) { return channel == Channel::CHANNEL_LETTER ? "pdf" : "eml"; }

Channel ChannelOfDocument(absl::string_view bytes) {
  return absl::StartsWith(bytes, "%PDF-") ? Channel::CHANNEL_LETTER : Channel::CHANNEL_MAIL;
}

absl::StatusOr<std::vector<ContactDocument>> RenderDocuments(
    const AccountView& view, const state::v1::Contact& contact, const Scenario& scenario,
    const TenantContext& tenant, const render::TemplateSet& templates, absl::Time now) {
  const int index = contact.campaign_id().empty() ? scenario.IndexOf(contact.step()) : -1;
  const Channel wanted = index < 0 ? contact.channel() : scenario.steps[index].channel;
  const auto channels =
      ReachableChannels(wanted, index < 0 ? std::nullopt : scenario.steps[index].copy, view.sum.attributes());
  if (channels.empty()) {
    return DomainError(absl::StatusCode::kFailedPrecondition, render::kRecipientAddressMissing,
                       "the debtor cannot be reached");
  }
  if (tenant.test_clock) {
    now = absl::FromCivil(absl::CivilHour(tenant.business_date) + 9, absl::UTCTimeZone());
  }
  std::vector<ContactDocument> documents;
  for (Channel channel : channels) {
    RELANCE_ASSIGN_OR_RETURN(const render::Message message,
                             ComposeMessage(view, contact, scenario, tenant, channel));
    ContactDocument document{channel, ""};
    if (channel == Channel::CHANNEL_LETTER) {
      RELANCE_ASSIGN_OR_RETURN(const render::Notice notice,
                               render::ComposeNotice(message, render::Channel::kLetter, templates));
      RELANCE_ASSIGN_OR_RETURN(document.bytes, render::RenderLetter(notice, now));
    } else {
      RELANCE_ASSIGN_OR_RETURN(const render::Notice notice,
                               render::ComposeNotice(message, render::Channel::kEmail, templates));
      RELANCE_ASSIGN_OR_RETURN(document.bytes, render::RenderEmail(message, notice, now));
    }
    documents.push_back(std::move(document));
  }
  return documents;
}

}  // namespace relance::scenario
