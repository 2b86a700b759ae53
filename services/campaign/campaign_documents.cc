#include "services/campaign/campaign_documents.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/documents/sha256.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/campaign/errors.h"

namespace relance::campaign {
namespace {

constexpr absl::string_view kCampaignPrefix = "campaign/";
constexpr size_t kDocumentsPerRead = 64;

std::string ChunkName(const std::string& id, const state::v1::CampaignRecord& record, absl::string_view part,
                      int n) {
  return absl::StrCat("campaign-", part, "/", id, "/", record.selection_hash(), "/", n);
}

absl::Status Corrupt(const std::string& name) {
  return DomainError(absl::StatusCode::kInternal, kCampaignCorrupt,
                     "a document of a campaign is missing or does not parse", {{"document", name}});
}

absl::Status Contended(const std::string& id) {
  return DomainError(absl::StatusCode::kAborted, kCampaignContended, "another launch of this campaign runs",
                     {{"campaign", id}});
}

std::vector<state::v1::CampaignMemberChunk> Cut(const std::vector<SelectedMember>& members, size_t max) {
  std::vector<state::v1::CampaignMemberChunk> chunks;
  for (size_t i = 0; i < std::min(members.size(), max); ++i) {
    if (i % kMembersPerChunk == 0) chunks.emplace_back();
    state::v1::CampaignMemberRecord* record = chunks.back().add_members();
    record->set_account(members[i].key);
    record->set_overdue_minor(members[i].overdue_minor);
    record->set_oldest_days(members[i].oldest_days);
    record->set_left_reason(members[i].left_reason);
  }
  return chunks;
}

}  // namespace

absl::StatusOr<StoredCampaign> CampaignDocuments::Find(const std::string& tenant, const std::string& id,
                                                       store::Deadline deadline) const {
  const std::string name = absl::StrCat(kCampaignPrefix, id);
  RELANCE_ASSIGN_OR_RETURN(const auto documents, store_->GetDocuments(tenant, {&name, 1}, deadline));
  StoredCampaign campaign;
  campaign.version = documents[0].version;
  if (campaign.version != 0 && !campaign.record.ParseFromString(documents[0].value)) return Corrupt(name);
  return campaign;
}

absl::StatusOr<std::vector<std::pair<std::string, StoredCampaign>>> CampaignDocuments::All(
    const std::string& tenant, store::Deadline deadline) const {
  RELANCE_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                           store_->ListDocuments(tenant, kCampaignPrefix, deadline));
  std::vector<std::pair<std::string, StoredCampaign>> campaigns;
  for (size_t begin = 0; begin < names.size(); begin += kDocumentsPerRead) {
    const auto part = absl::MakeConstSpan(names).subspan(begin, kDocumentsPerRead);
    RELANCE_ASSIGN_OR_RETURN(const auto documents, store_->GetDocuments(tenant, part, deadline));
    for (size_t i = 0; i < part.size(); ++i) {
      StoredCampaign campaign;
      campaign.version = documents[i].version;
      if (!campaign.record.ParseFromString(documents[i].value)) return Corrupt(part[i]);
      campaigns.emplace_back(part[i].substr(kCampaignPrefix.size()), std::move(campaign));
    }
  }
  return campaigns;
}

absl::Status CampaignDocuments::PutSelection(const std::string& tenant, const std::string& id,
                                             const Selection& selection, state::v1::CampaignRecord* record,
                                             store::Deadline deadline) const {
  const auto members = Cut(selection.taken, kAccountsMax);
  const auto left = Cut(selection.left, kLeftKeptMax);
  std::string content;
  for (const auto* parts : {&members, &left}) {
    for (const auto& part : *parts)
      absl::StrAppend(&content, part.ByteSizeLong(), ":", part.SerializeAsString());
    absl::StrAppend(&content, ";");
  }
  record->set_selection_hash(documents::Sha256Hex(content));
  record->set_member_chunks(static_cast<int32_t>(members.size()));
  record->set_left_chunks(static_cast<int32_t>(left.size()));
  record->set_members(static_cast<int32_t>(selection.taken.size()));
  record->set_left(static_cast<int32_t>(selection.left.size()));
  const auto put = [&](const auto& parts, absl::string_view kind) -> absl::Status {
    for (size_t n = 0; n < parts.size(); ++n) {
      const auto written = store_->PutDocument(tenant, ChunkName(id, *record, kind, static_cast<int>(n)),
                                               parts[n].SerializeAsString(), 0, deadline);
      // There already: the same content, from a launch that died or runs beside this one.
      if (!written.ok() && !absl::IsAborted(written.status())) return written.status();
    }
    return absl::OkStatus();
  };
  RELANCE_RETURN_IF_ERROR(put(members, "members"));
  return put(left, "left");
}

absl::Status CampaignDocuments::Put(const std::string& tenant, const std::string& id,
                                    StoredCampaign* campaign, store::Deadline deadline) const {
  const auto version = store_->PutDocument(tenant, absl::StrCat(kCampaignPrefix, id),
                                           campaign->record.SerializeAsString(), campaign->version, deadline);
  if (!version.ok()) return absl::IsAborted(version.status()) ? Contended(id) : version.status();
  campaign->version = *version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoredChunk>> CampaignDocuments::Chunks(const std::string& tenant,
                                                                   const std::vector<std::string>& names,
                                                                   store::Deadline deadline) const {
  std::vector<StoredChunk> chunks;
  if (names.empty()) return chunks;
  RELANCE_ASSIGN_OR_RETURN(const auto documents, store_->GetDocuments(tenant, names, deadline));
  for (size_t i = 0; i < names.size(); ++i) {
    chunks.emplace_back();
    chunks.back().version = documents[i].version;
    if (documents[i].version == 0 || !chunks.back().chunk.ParseFromString(documents[i].value))
      return Corrupt(names[i]);
  }
  return chunks;
}

absl::StatusOr<std::vector<StoredChunk>> CampaignDocuments::Members(const std::string& tenant,
                                                                    const std::string& id,
                                                                    const state::v1::CampaignRecord& record,
                                                                    store::Deadline deadline) const {
  std::vector<std::string> names;
  for (int n = 0; n < record.member_chunks(); ++n) names.push_back(ChunkName(id, record, "members", n));
  return Chunks(tenant, names, deadline);
}

absl::StatusOr<std::vector<StoredChunk>> CampaignDocuments::Left(const std::string& tenant,
                                                                 const std::string& id,
                                                                 const state::v1::CampaignRecord& record,
                                                                 store::Deadline deadline) const {
  std::vector<std::string> names;
  for (int n = 0; n < record.left_chunks(); ++n) names.push_back(ChunkName(id, record, "left", n));
  return Chunks(tenant, names, deadline);
}

absl::Status CampaignDocuments::PutMembers(const std::string& tenant, const std::string& id,
                                           const state::v1::CampaignRecord& record, int n, StoredChunk* chunk,
                                           store::Deadline deadline) const {
  const auto version = store_->PutDocument(tenant, ChunkName(id, record, "members", n),
                                           chunk->chunk.SerializeAsString(), chunk->version, deadline);
  if (!version.ok()) return absl::IsAborted(version.status()) ? Contended(id) : version.status();
  chunk->version = *version;
  return absl::OkStatus();
}

}  // namespace relance::campaign
