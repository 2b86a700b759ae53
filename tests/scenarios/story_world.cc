#include "tests/scenarios/story_world.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/rpc/request_id.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "relance/ledger/v1/tenant_service.grpc.pb.h"

namespace relance::stories {

using ledger::v1::LedgerService;
using ledger::v1::TenantService;

std::string StoryWorld::ProgramOf(const std::string& service) {
  const std::vector<std::string> parts = absl::StrSplit(service, '.');
  return parts[1];
}

absl::Status StoryWorld::Advance(std::optional<absl::CivilDay> to) {
  ledger::v1::AdvanceClockRequest request;
  request.set_tenant_id(tenant_);
  if (to.has_value()) *request.mutable_to_date() = rpc::DayToProto(*to);
  RELANCE_ASSIGN_OR_RETURN(const auto stub, Stub<TenantService>());
  grpc::ClientContext client;
  rpc::PrepareOutgoing(Call(), &client);
  const auto reader = stub->AdvanceClock(&client, request);
  ledger::v1::AdvanceClockResponse day;
  while (reader->Read(&day)) {
    RELANCE_ASSIGN_OR_RETURN(today, rpc::DayFromProto(day.business_date(), "business_date"));
  }
  return rpc::FromGrpcStatus(reader->Finish());
}

std::string StoryWorld::RequestId(const std::string& name) const {
  return rpc::DeriveRequestId({"story", tenant_, name});
}

absl::Status StoryWorld::Sync(std::vector<ledger::v1::SyncItem> rows) {
  ledger::v1::SyncItemsRequest request;
  request.set_tenant_id(tenant_);
  request.set_sync_id(absl::StrCat("story-", ++syncs_));
  request.set_batch(1);
  request.set_last(true);
  *request.mutable_as_of_date() = rpc::DayToProto(today);
  for (ledger::v1::SyncItem& row : rows) *request.add_items() = std::move(row);
  RELANCE_ASSIGN_OR_RETURN(const auto stub, Stub<LedgerService>());
  grpc::ClientContext client;
  rpc::PrepareOutgoing(Call(), &client);
  const auto stream = stub->SyncItems(&client);
  stream->Write(request);
  stream->WritesDone();
  ledger::v1::SyncItemsResponse response, last;
  while (stream->Read(&response)) last = response;
  RELANCE_RETURN_IF_ERROR(rpc::FromGrpcStatus(stream->Finish()));
  if (last.report().rejected() == 0) return absl::OkStatus();
  const auto& line = last.report().rejected_lines(0);
  return absl::InvalidArgumentError(absl::StrCat(line.field(), ": ", line.reason(), ": ", line.message()));
}

absl::StatusOr<ledger::v1::Account> StoryWorld::Account(const std::string& account) {
  ledger::v1::GetAccountRequest request;
  request.set_tenant_id(tenant_);
  request.set_account_id(account);
  request.set_include_history(true);
  RELANCE_ASSIGN_OR_RETURN(auto response,
                           Ask<LedgerService>(&LedgerService::StubInterface::GetAccount, request));
  return std::move(*response.mutable_account());
}

absl::StatusOr<std::string> StoryWorld::ItemId(const std::string& account, const std::string& number) {
  RELANCE_ASSIGN_OR_RETURN(const ledger::v1::Account found, Account(account));
  for (const auto* list : {&found.items(), &found.history()}) {
    for (const ledger::v1::Item& item : *list) {
      if (item.number() == number) return item.item_id();
    }
  }
  return absl::NotFoundError(absl::StrCat(account, " has no ", number));
}

absl::StatusOr<std::string> StoryWorld::AccountOf(const std::string& number) const {
  const auto found = accounts.find(number);
  if (found == accounts.end()) return absl::NotFoundError(absl::StrCat("the story has no ", number));
  return found->second;
}

std::string AmountText(const type::v1::Money& amount) {
  const auto money = rpc::MoneyFromProto(amount, "amount");
  return money.ok() ? AmountText(*money) : "";
}

std::string DateText(const type::v1::Date& date) {
  const auto day = rpc::DayFromProto(date, "date");
  return day.ok() ? FormatIsoDay(*day) : "";
}

absl::StatusOr<type::v1::Money> AmountOption(const std::string& text) {
  RELANCE_ASSIGN_OR_RETURN(const Money amount, ParseAmount(text));
  return rpc::MoneyToProto(amount);
}

absl::StatusOr<type::v1::Date> DateOption(const std::string& text) {
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay day, ParseIsoDay(text));
  return rpc::DayToProto(day);
}

}  // namespace relance::stories
