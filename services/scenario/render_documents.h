#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/account/account_view.h"
#include "common/tenant/tenant_directory.h"
#include "services/scenario/render/template_set.h"
#include "services/scenario/scenario.h"

namespace relance::scenario {

// One finished document of a contact.
struct ContactDocument {
  Channel channel = Channel::CHANNEL_UNSPECIFIED;
  std::string bytes;
};

// "eml" or "pdf".
absl::string_view ExtensionOf(Channel channel);
// By what a stored document left, told by its first bytes.
Channel ChannelOfDocument(absl::string_view bytes);

// Writes `contact` for every channel by which it goes, in the order of ReachableChannels. `now` is the date
// in the documents; on a test clock it is 09:00 UTC of the business date instead. Errors: those of
// ComposeMessage and of render/errors.h; FAILED_PRECONDITION / RECIPIENT_ADDRESS_MISSING when the debtor
// cannot be reached.
absl::StatusOr<std::vector<ContactDocument>> RenderDocuments(
    const AccountView& view, const state::v1::Contact& contact, const Scenario& scenario,
    const TenantContext& tenant, const render::TemplateSet& templates, absl::Time now);

}  // namespace relance::scenario
