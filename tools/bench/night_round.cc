// T5 through the services as they are deployed: five processes, a Redis, and one that asks.
#include <chrono>

#include "absl/strings/str_cat.h"
#include "common/rpc/proto_types.h"
#include "common/status/status_macros.h"
#include "relance/campaign/v1/campaign_service.grpc.pb.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "relance/ledger/v1/tenant_service.grpc.pb.h"
#include "tools/bench/floors.h"
#include "tools/bench/process.h"
#include "tools/bench/rounds.h"
#include "tools/bench/send_rows.h"

namespace relance::bench {
namespace {

// Risk looks at an account when it is new, the day after, and then every week.
constexpr absl::CivilDay kScoringDay = kBusinessDay + 8;

void SetDeadline(grpc::ClientContext* context) {
  context->set_deadline(std::chrono::system_clock::now() + absl::ToChronoSeconds(kCallMax));
}

// Moves the tenant's clock; over when every service has worked the day.
absl::Status AdvanceTo(ledger::v1::TenantService::Stub& stub, absl::CivilDay day) {
  ledger::v1::AdvanceClockRequest request;
  request.set_tenant_id(kTenant);
  *request.mutable_to_date() = rpc::DayToProto(day);
  grpc::ClientContext context;
  SetDeadline(&context);
  const auto reader = stub.AdvanceClock(&context, request);
  ledger::v1::AdvanceClockResponse response;
  while (reader->Read(&response)) continue;
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return absl::InternalError(absl::StrCat("AdvanceClock: ", status.error_message()));
  return absl::OkStatus();
}

absl::StatusOr<campaign::v1::PreviewCampaignResponse> Select(campaign::v1::CampaignService::Stub& stub) {
  campaign::v1::PreviewCampaignRequest request;
  request.set_tenant_id(kTenant);
  request.mutable_spec()->set_campaign_id("night");
  request.mutable_spec()->set_title("Night");
  request.mutable_spec()->set_filter(kTenthFilter);
  request.mutable_spec()->set_channel("mail");
  campaign::v1::PreviewCampaignResponse response;
  grpc::ClientContext context;
  SetDeadline(&context);
  const grpc::Status status = stub.PreviewCampaign(&context, request, &response);
  if (!status.ok()) return absl::InternalError(absl::StrCat("PreviewCampaign: ", status.error_message()));
  return response;
}

}  // namespace

absl::Status NightThroughServicesRound(const std::string& mode, Shared* shared) {
  const Portfolio& portfolio = *shared->portfolio;
  int64_t keys = 0;
  RELANCE_ASSIGN_OR_RETURN(const Span floor, SetSameBytes(mode, shared->writes, &keys));
  RELANCE_ASSIGN_OR_RETURN(const auto world, LedgerWorld::Create(mode));
  RELANCE_ASSIGN_OR_RETURN(
      const auto services,
      RunningServices::Start(shared->options->binaries, {"ledger", "handoff", "scenario", "risk", "campaign"},
                             world->redis().address()));
  ledger::v1::LedgerService::Stub rows(services->channel("ledger"));
  ledger::v1::TenantService::Stub clock(services->channel("ledger"));
  campaign::v1::CampaignService::Stub campaigns(services->channel("campaign"));

  // The evening before: everything is there, scored and scheduled, and the campaign service has its picture.
  RELANCE_RETURN_IF_ERROR(SendRows(rows, portfolio.Batches("full", 0, false)).status());
  RELANCE_RETURN_IF_ERROR(AdvanceTo(clock, kScoringDay - 1));
  RELANCE_RETURN_IF_ERROR(Select(campaigns).status());
  const std::vector<ledger::v1::SyncItemsRequest> changes = portfolio.Batches("delta", 1, true);

  ledger::v1::ImportReport report;
  campaign::v1::PreviewCampaignResponse selected;
  const double before = services->cpu_seconds();
  RELANCE_ASSIGN_OR_RETURN(Span night, TakeTime(world->redis().pid(), [&]() -> absl::Status {
                             RELANCE_ASSIGN_OR_RETURN(report, SendRows(rows, changes));
                             RELANCE_RETURN_IF_ERROR(AdvanceTo(clock, kScoringDay));
                             RELANCE_ASSIGN_OR_RETURN(selected, Select(campaigns));
                             return absl::OkStatus();
                           }));
  night.client_seconds += services->cpu_seconds() - before;
  AddRound(floor, night, portfolio.accounts(),
           &shared->report->Line("T5 " + mode, "the same night through the five services, but the hand-off",
                                 "SET of the same bytes", "s", 8.0));
  shared->report->Expect("T5 through the services: invoices changed", portfolio.changed_invoices(),
                         report.changed());
  shared->report->Expect("T5 through the services: accounts selected", AccountsOfTenth(portfolio),
                         selected.members_size() + selected.left_size());
  return absl::OkStatus();
}

}  // namespace relance::bench
