#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/status_macros.h"
#include "relance/handoff/v1/handoff_service.grpc.pb.h"
#include "tests/scenarios/story_world.h"

namespace relance::stories {
namespace {

using handoff::v1::HandoffService;
using Api = HandoffService::StubInterface;
using Answers = absl::StatusOr<std::vector<std::string>>;

constexpr int kPageMax = 1000;

// agency recouvra fee=1200
Answers Agency(StoryWorld& world, const StoryLine& line) {
  handoff::v1::PutAgencyRequest request;
  request.set_tenant_id(world.tenant());
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_agency()->mutable_agency_id(), line.Name());
  request.mutable_agency()->set_legal_name("Recouvra SAS");
  request.mutable_agency()->set_mandate_id("M-2025-17");
  RELANCE_RETURN_IF_ERROR(world.Ask<HandoffService>(&Api::PutAgency, request).status());
  return Done();
}

// place D1 for=F-1001
Answers Place(StoryWorld& world, const StoryLine& line) {
  handoff::v1::PlaceAccountRequest request;
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_account_id(), line.Name());
  request.set_request_id(world.RequestId(absl::StrCat(line.number)));
  request.set_tenant_id(world.tenant());
  request.set_actor("user:lea");
  if (!line.Optional("for").empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.add_item_ids(),
                             world.ItemId(request.account_id(), line.Optional("for")));
  }
  RELANCE_RETURN_IF_ERROR(world.Ask<HandoffService>(&Api::PlaceAccount, request).status());
  return Done();
}

absl::StatusOr<std::vector<handoff::v1::Placement>> PlacementsOf(StoryWorld& world,
                                                                 const std::string& account) {
  handoff::v1::ListPlacementsRequest request;
  request.set_tenant_id(world.tenant());
  request.set_page_size(kPageMax);
  RELANCE_ASSIGN_OR_RETURN(const auto response, world.Ask<HandoffService>(&Api::ListPlacements, request));
  std::vector<handoff::v1::Placement> placements;
  for (const handoff::v1::Placement& placement : response.placements()) {
    if (placement.account_id() == account) placements.push_back(placement);
  }
  return placements;
}

// placements D1 -> 2025-07-01 placed F-1001=EUR/120.00, recovered EUR/50.00; newest first.
Answers Placements(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(const std::string account, line.Name());
  RELANCE_ASSIGN_OR_RETURN(const auto placements, PlacementsOf(world, account));
  std::vector<std::string> answers;
  for (const handoff::v1::Placement& placement : placements) {
    const std::string state = handoff::v1::PlacementState_Name(placement.state());
    std::string text = absl::StrCat(DateText(placement.placed_date()), " ",
                                    absl::AsciiStrToLower(absl::StripPrefix(state, "PLACEMENT_STATE_")));
    for (const auto& item : placement.items()) {
      absl::StrAppend(&text, " ", item.number(), "=", AmountText(item.placed()));
    }
    for (const auto& recovered : placement.recovered()) {
      absl::StrAppend(&text, ", recovered ", AmountText(recovered));
    }
    if (placement.direct_paid().units() != 0 || placement.direct_paid().nanos() != 0) {
      absl::StrAppend(&text, ", paid directly ", AmountText(placement.direct_paid()));
    }
    answers.push_back(std::move(text));
  }
  return answers;
}

// report D1 accepted=REC-7 | rejected=... | payment=Z-1 amount=EUR/50.00 | closed=Paid | recall=confirmed:
// what the agency says of the newest placement.
Answers Report(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(const std::string account, line.Name());
  RELANCE_ASSIGN_OR_RETURN(const auto placements, PlacementsOf(world, account));
  if (placements.empty()) return absl::NotFoundError(absl::StrCat(account, " was never placed"));
  handoff::v1::ReportFromAgencyRequest request;
  request.set_report_id(absl::StrCat(world.tenant(), "-", line.number));
  request.set_tenant_id(world.tenant());
  request.set_placement_id(placements[0].placement_id());
  if (!line.Optional("accepted").empty()) request.set_accepted_reference(line.Optional("accepted"));
  if (!line.Optional("rejected").empty()) request.set_rejected_reason(line.Optional("rejected"));
  if (!line.Optional("closed").empty()) request.set_closed_reason(line.Optional("closed"));
  if (line.Optional("recall") == "confirmed") request.set_recall_confirmed(true);
  if (!line.Optional("payment").empty()) {
    RELANCE_ASSIGN_OR_RETURN(const std::string amount, line.Required("amount"));
    request.mutable_payment()->set_payment_id(line.Optional("payment"));
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_payment()->mutable_amount(), AmountOption(amount));
    *request.mutable_payment()->mutable_received_date() = rpc::DayToProto(world.today);
  }
  RELANCE_RETURN_IF_ERROR(world.Ask<HandoffService>(&Api::ReportFromAgency, request).status());
  return Done();
}

// recall D1
Answers Recall(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(const std::string account, line.Name());
  RELANCE_ASSIGN_OR_RETURN(const auto placements, PlacementsOf(world, account));
  if (placements.empty()) return absl::NotFoundError(absl::StrCat(account, " was never placed"));
  handoff::v1::RecallPlacementRequest request;
  request.set_tenant_id(world.tenant());
  request.set_placement_id(placements[0].placement_id());
  request.set_reason("SETTLED_AMICABLY");
  request.set_actor("user:lea");
  RELANCE_RETURN_IF_ERROR(world.Ask<HandoffService>(&Api::RecallPlacement, request).status());
  return Done();
}

}  // namespace

void AddAgencyWords(StoryWords* words) {
  (*words)["agency"] = {Agency};
  (*words)["place"] = {Place};
  (*words)["placements"] = {Placements, true};
  (*words)["report"] = {Report};
  (*words)["recall"] = {Recall};
}

}  // namespace relance::stories
