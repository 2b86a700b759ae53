// What the service refuses when others do not hold still, or do not answer.

#include <grpcpp/create_channel.h>

#include "common/rpc/call_context.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_types.h"
#include "common/rpc/status_conversion.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/scenario/clients.h"
#include "services/scenario/errors.h"
#include "services/scenario/plan_commands.h"
#include "services/scenario/plan_edits.h"
#include "services/scenario/scenario_service.h"
#include "services/scenario/testing/scenario_world.h"

namespace relance::scenario {
namespace {

using testing::AccountBuilder;
using testing::ScenarioWorld;

constexpr char kRequestId[] = "00000000-0000-4000-8000-000000000001";
// Enough for any number of attempts to be disturbed.
constexpr int kRacesMax = 100;

TEST(ScenarioRefusalsTest, AnAccountThatKeepsChangingIsAskedForAgain) {
  ScenarioWorld world;
  AccountBuilder debtor("C1");
  debtor.Invoice(1, world.today() - 8, 10'000);
  world.WriteLedger(debtor);
  for (int nth = 1; nth <= kRacesMax; ++nth) {
    world.faulty.BeforeCall(nth, "Commit", [&world] {
      AccountBuilder again("C1");
      again.Invoice(1, world.today() - 8, 10'000);
      world.WriteLedger(again);
    });
  }
  ScenarioServiceImpl service(
      rpc::CallHandler({.service = "scenario"}),
      {&world.faulty, world.tenants.get(), world.scenarios.get(), nullptr, &world.disputes,
       &render::TemplateSet::Embedded(), [&world] { return world.clock.TimeNow(); }, nullptr});
  grpc::ServerContext context;
  v1::PauseAccountRequest request;
  request.set_request_id(kRequestId);
  request.set_tenant_id("acme");
  request.set_account_id("C1");
  request.set_reason("stocktaking");
  *request.mutable_until_date() = rpc::DayToProto(world.today() + 3);
  v1::PauseAccountResponse response;
  const absl::Status status = rpc::FromGrpcStatus(service.PauseAccount(&context, &request, &response));
  EXPECT_EQ(ReasonOf(status), kAccountBusy);
  EXPECT_TRUE(absl::IsAborted(status));
}

TEST(ScenarioRefusalsTest, ATokenWithoutAPlaceIsNotOurs) {
  ScenarioWorld world;
  PlanIndex index(&world.faulty);
  ScenarioServiceImpl service(
      rpc::CallHandler({.service = "scenario"}),
      {&world.faulty, world.tenants.get(), world.scenarios.get(), &index, &world.disputes,
       &render::TemplateSet::Embedded(), [&world] { return world.clock.TimeNow(); }, nullptr});
  grpc::ServerContext context;
  v1::GetWorklistRequest request;
  request.set_tenant_id("acme");
  request.set_page_token(rpc::MakePageToken("third", "acme"));
  v1::GetWorklistResponse response;
  const absl::Status status = rpc::FromGrpcStatus(service.GetWorklist(&context, &request, &response));
  EXPECT_EQ(ReasonOf(status), kPageInvalid);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
}

TEST(ScenarioRefusalsTest, AServiceThatDoesNotAnswerIsNamed) {
  const auto nobody =
      grpc::CreateChannel("unix:/nonexistent/relance.sock", grpc::InsecureChannelCredentials());
  const auto call = rpc::BackgroundCall(absl::Seconds(10));
  const store::AccountKey account{"acme", "C1"};
  const absl::Status placed =
      MakeHandoffClient(nobody)->PlaceAccount(call, account, {1}, kRequestId).status();
  EXPECT_EQ(ReasonOf(placed), kHandoffUnavailable);
  EXPECT_TRUE(absl::IsUnavailable(placed));
  const absl::Status disputed =
      MakeLedgerClient(nobody)->OpenDispute(call, account, 1, "QUALITY", "u1", kRequestId);
  EXPECT_EQ(ReasonOf(disputed), kLedgerUnavailable);
  EXPECT_TRUE(absl::IsUnavailable(disputed));
}

}  // namespace
}  // namespace relance::scenario
