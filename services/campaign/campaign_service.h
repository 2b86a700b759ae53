#pragma once

#include "common/rpc/call_handler.h"
#include "relance/campaign/v1/campaign_service.grpc.pb.h"
#include "services/campaign/campaigns.h"

namespace relance::campaign {

// gRPC edge of campaigns.
class CampaignServiceImpl : public v1::CampaignService::Service {
 public:
  // `campaigns` outlives the service.
  CampaignServiceImpl(rpc::CallHandler calls, Campaigns* campaigns)
      : calls_(std::move(calls)), campaigns_(campaigns) {}

  grpc::Status PreviewCampaign(grpc::ServerContext* context, const v1::PreviewCampaignRequest* request,
                               v1::PreviewCampaignResponse* response) override {
    return calls_.HandleUnary(
        context, response, [&](const rpc::CallContext& call) { return campaigns_->Preview(call, *request); });
  }
  grpc::Status LaunchCampaign(grpc::ServerContext* context, const v1::LaunchCampaignRequest* request,
                              v1::LaunchCampaignResponse* response) override {
    return calls_.HandleUnary(
        context, response, [&](const rpc::CallContext& call) { return campaigns_->Launch(call, *request); });
  }
  grpc::Status GetCampaign(grpc::ServerContext* context, const v1::GetCampaignRequest* request,
                           v1::GetCampaignResponse* response) override {
    return calls_.HandleUnary(context, response,
                              [&](const rpc::CallContext& call) { return campaigns_->Get(call, *request); });
  }
  grpc::Status ListCampaigns(grpc::ServerContext* context, const v1::ListCampaignsRequest* request,
                             v1::ListCampaignsResponse* response) override {
    return calls_.HandleUnary(context, response,
                              [&](const rpc::CallContext& call) { return campaigns_->List(call, *request); });
  }

 private:
  const rpc::CallHandler calls_;
  Campaigns* const campaigns_;
};

}  // namespace relance::campaign
