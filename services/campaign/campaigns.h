#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/projection/projection.h"
#include "common/rpc/call_context.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/campaign/v1/campaign_service.pb.h"
#include "services/campaign/campaign_documents.h"
#include "services/campaign/scenario_client.h"
#include "services/campaign/select_members.h"

namespace relance::campaign {

inline constexpr size_t kTitleBytesMax = 200;
inline constexpr size_t kTemplateBytesMax = 64;
inline constexpr int kCampaignsPerPageDefault = 50;
inline constexpr int kCampaignsPerPageMax = 1000;

struct CampaignOptions {
  int64_t contact_gap_days = 1;  // see SelectOptions
};

// Selects, launches and follows campaigns. Thread-safe.
//
// A launch freezes the selection first and then hands it over, part by part; each part's answer is stored
// before the next is asked. So a launch that dies goes on with the same members when it is repeated, and no
// account gets two contacts (the scenario service makes one for a campaign and an account).
class Campaigns {
 public:
  // All outlive this.
  Campaigns(store::Store* store, TenantDirectory* tenants, projection::Projection* projection,
            ScenarioClient* scenario, CampaignOptions options = {})
      : store_(store),
        documents_(store),
        tenants_(tenants),
        projection_(projection),
        scenario_(scenario),
        options_(options) {}

  // The RPCs of CampaignService; protos/relance/campaign/v1/campaign_service.proto says what they promise,
  // errors.h in which order a request is checked.
  absl::StatusOr<v1::PreviewCampaignResponse> Preview(const rpc::CallContext& call,
                                                      const v1::PreviewCampaignRequest& request);
  absl::StatusOr<v1::LaunchCampaignResponse> Launch(const rpc::CallContext& call,
                                                    const v1::LaunchCampaignRequest& request);
  absl::StatusOr<v1::GetCampaignResponse> Get(const rpc::CallContext& call,
                                              const v1::GetCampaignRequest& request);
  absl::StatusOr<v1::ListCampaignsResponse> List(const rpc::CallContext& call,
                                                 const v1::ListCampaignsRequest& request);

 private:
  struct Drawn {
    Selection selection;
    std::string currency;
    int32_t day = 0;
  };
  absl::StatusOr<Drawn> Draw(const rpc::CallContext& call, const std::string& tenant,
                             const v1::CampaignSpec& spec);
  absl::Status HandOver(const rpc::CallContext& call, const std::string& tenant, const v1::CampaignSpec& spec,
                        StoredCampaign* campaign);
  // A campaign with its members; names and received money are of now.
  struct Whole {
    v1::Campaign campaign;
    std::vector<v1::CampaignMember> members;
    std::vector<v1::CampaignMember> left;
  };
  absl::StatusOr<Whole> ReadWhole(const rpc::CallContext& call, const std::string& tenant,
                                  const std::string& id, const StoredCampaign& campaign);
  absl::Status FillContactStates(const rpc::CallContext& call, const std::string& tenant,
                                 const std::string& id, std::vector<v1::CampaignMember>* members);

  store::Store* const store_;
  const CampaignDocuments documents_;
  TenantDirectory* const tenants_;
  projection::Projection* const projection_;
  ScenarioClient* const scenario_;
  const CampaignOptions options_;
};

// Errors: INVALID_ARGUMENT / those of errors.h but FILTER_INVALID.
absl::Status CheckSpec(const v1::CampaignSpec& spec);

}  // namespace relance::campaign
