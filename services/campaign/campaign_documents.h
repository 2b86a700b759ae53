#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "relance/state/v1/campaign.pb.h"
#include "services/campaign/select_members.h"

// What is stored of campaigns: documents of the tenant (relance/state/v1/campaign.proto).
//
// The members lie in parts that are named after the content of the selection, written before the campaign
// itself: whoever finds the campaign finds its members, and two launches at once cannot mix their selections.
// Parts without a campaign (a launch that died) are harmless.
namespace relance::campaign {

inline constexpr int kMembersPerChunk = 500;  // about 30 KB
inline constexpr int kLeftKeptMax = 1000;

struct StoredCampaign {
  state::v1::CampaignRecord record;
  int64_t version = 0;  // 0: not there
};

// A part with its version.
struct StoredChunk {
  state::v1::CampaignMemberChunk chunk;
  int64_t version = 0;
};

class CampaignDocuments {
 public:
  explicit CampaignDocuments(store::Store* store) : store_(store) {}

  // version 0 when it is not there. Errors: INTERNAL / CAMPAIGN_CORRUPT.
  absl::StatusOr<StoredCampaign> Find(const std::string& tenant, const std::string& id,
                                      store::Deadline deadline) const;
  // Campaigns of a tenant with their ids, in order of the id.
  absl::StatusOr<std::vector<std::pair<std::string, StoredCampaign>>> All(const std::string& tenant,
                                                                          store::Deadline deadline) const;

  // Writes the members and what was left, and fills selection_hash and the counts of `record`; not the
  // campaign itself.
  absl::Status PutSelection(const std::string& tenant, const std::string& id, const Selection& selection,
                            state::v1::CampaignRecord* record, store::Deadline deadline) const;
  // Errors: ABORTED / CAMPAIGN_CONTENDED when the stored version is another than `campaign` was read at.
  absl::Status Put(const std::string& tenant, const std::string& id, StoredCampaign* campaign,
                   store::Deadline deadline) const;

  // The parts with members (or with what was left), in order.
  absl::StatusOr<std::vector<StoredChunk>> Members(const std::string& tenant, const std::string& id,
                                                   const state::v1::CampaignRecord& record,
                                                   store::Deadline deadline) const;
  absl::StatusOr<std::vector<StoredChunk>> Left(const std::string& tenant, const std::string& id,
                                                const state::v1::CampaignRecord& record,
                                                store::Deadline deadline) const;
  // The n-th part with members, after it was changed. Errors: as Put.
  absl::Status PutMembers(const std::string& tenant, const std::string& id,
                          const state::v1::CampaignRecord& record, int n, StoredChunk* chunk,
                          store::Deadline deadline) const;

 private:
  absl::StatusOr<std::vector<StoredChunk>> Chunks(const std::string& tenant,
                                                  const std::vector<std::string>& names,
                                                  store::Deadline deadline) const;

  store::Store* const store_;
};

}  // namespace relance::campaign
