#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "relance/ledger/v1/tenant_service.grpc.pb.h"
#include "tests/scenarios/story_world.h"

namespace relance::stories {
namespace {

using ledger::v1::LedgerService;
using ledger::v1::TenantService;
using Api = LedgerService::StubInterface;
using Answers = absl::StatusOr<std::vector<std::string>>;

// Books that are as old as a story: what happens when they are too old is told in services/scenario.
constexpr int kBooksMaxAgeDays = 366;

// tenant FR agency=recouvra terms=net30
Answers Tenant(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(const std::string country, line.Name());
  RELANCE_ASSIGN_OR_RETURN(const std::string from, line.Required("from"));
  ledger::v1::CreateTenantRequest request;
  ledger::v1::Tenant& tenant = *request.mutable_tenant();
  tenant.set_tenant_id(world.tenant());
  tenant.set_legal_name("Les Vergers du Lac SAS");
  tenant.set_country(country);
  tenant.set_iban("FR7630006000011234567890189");
  tenant.set_email("recouvrement@verger.example");
  tenant.add_address("12 quai des Brumes");
  tenant.add_address("74000 Annecy");
  tenant.set_made_up(true);
  tenant.set_ledger_max_age_days(kBooksMaxAgeDays);
  tenant.set_default_terms(line.Optional("terms"));
  tenant.set_agency_id(line.Optional("agency"));
  RELANCE_ASSIGN_OR_RETURN(*tenant.mutable_test_clock_date(), DateOption(from));
  RELANCE_RETURN_IF_ERROR(
      world.Ask<TenantService>(&TenantService::StubInterface::CreateTenant, request).status());
  RELANCE_ASSIGN_OR_RETURN(world.today, ParseIsoDay(from));
  world.created = true;
  return Done();
}

// advance 31d | advance to=2025-04-01
Answers Advance(StoryWorld& world, const StoryLine& line) {
  if (line.names.empty()) {
    RELANCE_ASSIGN_OR_RETURN(const std::string text, line.Required("to"));
    RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay to, ParseIsoDay(text));
    RELANCE_RETURN_IF_ERROR(world.Advance(to));
    return Done();
  }
  RELANCE_ASSIGN_OR_RETURN(const std::string text, line.Name());
  int days = 0;
  if (!absl::SimpleAtoi(absl::StripSuffix(text, "d"), &days) || days < 1) {
    return absl::InvalidArgumentError(absl::StrCat(text, " is no number of days; 31d is one"));
  }
  RELANCE_RETURN_IF_ERROR(world.Advance(world.today + days));
  return Done();
}

// account D1 name="..." email=... phone=... address="... | ..."
Answers Account(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(const std::string account, line.Name());
  ledger::v1::Attributes& attributes = world.attributes[account];
  attributes.set_name(line.Optional("name").empty() ? account : line.Optional("name"));
  attributes.set_customer_type(line.Optional("type"));
  attributes.set_terms(line.Optional("terms"));
  const std::string address = line.Optional("address");
  for (const absl::string_view part : absl::StrSplit(address, '|', absl::SkipWhitespace())) {
    attributes.add_address(std::string(absl::StripAsciiWhitespace(part)));
  }
  if (!line.Optional("email").empty() || !line.Optional("phone").empty()) {
    auto* person = attributes.add_contacts();
    person->set_role("billing");
    person->set_email(line.Optional("email"));
    person->set_phone(line.Optional("phone"));
  }
  return Done();
}

absl::StatusOr<ledger::v1::SyncItem> Row(StoryWorld& world, const StoryLine& line,
                                         ledger::v1::ItemKind kind) {
  RELANCE_ASSIGN_OR_RETURN(const std::string number, line.Name());
  RELANCE_ASSIGN_OR_RETURN(const std::string account, line.Required("debtor"));
  RELANCE_ASSIGN_OR_RETURN(const std::string amount, line.Required("amount"));
  ledger::v1::SyncItem row;
  row.set_account_id(account);
  row.set_kind(kind);
  row.set_number(number);
  RELANCE_ASSIGN_OR_RETURN(Money money, ParseAmount(amount));
  if (kind == ledger::v1::ITEM_KIND_CREDIT_NOTE) money.minor = -money.minor;
  RELANCE_ASSIGN_OR_RETURN(*row.mutable_amount(), rpc::MoneyToProto(money));
  *row.mutable_issue_date() = rpc::DayToProto(world.today);
  if (!line.Optional("issued").empty()) {
    RELANCE_ASSIGN_OR_RETURN(*row.mutable_issue_date(), DateOption(line.Optional("issued")));
  }
  if (!line.Optional("due").empty()) {
    RELANCE_ASSIGN_OR_RETURN(*row.mutable_due_date(), DateOption(line.Optional("due")));
  }
  if (!line.Optional("settles").empty()) row.add_settles(line.Optional("settles"));
  const auto attributes = world.attributes.find(account);
  if (attributes == world.attributes.end()) {
    return absl::InvalidArgumentError(absl::StrCat("no line before tells of the account ", account));
  }
  *row.mutable_attributes() = attributes->second;
  world.accounts[number] = account;
  return row;
}

Answers Book(StoryWorld& world, const StoryLine& line, ledger::v1::ItemKind kind) {
  RELANCE_ASSIGN_OR_RETURN(ledger::v1::SyncItem row, Row(world, line, kind));
  RELANCE_RETURN_IF_ERROR(world.Sync({std::move(row)}));
  return Done();
}

// payment P1 debtor=D1 amount=EUR/50.00 for=F-1001
Answers Payment(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(const std::string name, line.Name());
  RELANCE_ASSIGN_OR_RETURN(const std::string account, line.Required("debtor"));
  RELANCE_ASSIGN_OR_RETURN(const std::string amount, line.Required("amount"));
  ledger::v1::RecordPaymentRequest request;
  request.set_request_id(world.RequestId(name));
  request.set_tenant_id(world.tenant());
  request.set_account_id(account);
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_amount(), AmountOption(amount));
  request.set_source("rpc");
  if (!line.Optional("for").empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.add_item_ids(), world.ItemId(account, line.Optional("for")));
  }
  RELANCE_ASSIGN_OR_RETURN(const auto response, world.Ask<LedgerService>(&Api::RecordPayment, request));
  world.payments[name] = {account, response.payment().item_id()};
  return Done();
}

// return P1
Answers Return(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(const std::string name, line.Name());
  const auto payment = world.payments.find(name);
  if (payment == world.payments.end()) return absl::NotFoundError("the story has no such payment");
  ledger::v1::ReturnPaymentRequest request;
  request.set_request_id(world.RequestId("return " + name));
  request.set_tenant_id(world.tenant());
  request.set_account_id(payment->second.first);
  request.set_item_id(payment->second.second);
  request.set_reason("AC04");
  RELANCE_RETURN_IF_ERROR(world.Ask<LedgerService>(&Api::ReturnPayment, request).status());
  return Done();
}

// A command on one invoice.
template <typename Request, typename Response>
absl::StatusOr<Request> OnItem(StoryWorld& world, const StoryLine& line,
                               grpc::Status (Api::*)(grpc::ClientContext*, const Request&, Response*)) {
  RELANCE_ASSIGN_OR_RETURN(const std::string number, line.Name());
  RELANCE_ASSIGN_OR_RETURN(const std::string account, world.AccountOf(number));
  Request request;
  request.set_request_id(world.RequestId(absl::StrCat(line.number)));
  request.set_tenant_id(world.tenant());
  request.set_account_id(account);
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_item_id(), world.ItemId(account, number));
  request.set_actor("user:lea");
  return request;
}

// dispute F-1001 reason=QUALITY amount=EUR/50.00
Answers Dispute(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(auto request, OnItem(world, line, &Api::OpenDispute));
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_reason(), line.Required("reason"));
  if (!line.Optional("amount").empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_amount(), AmountOption(line.Optional("amount")));
  }
  RELANCE_RETURN_IF_ERROR(world.Ask<LedgerService>(&Api::OpenDispute, request).status());
  return Done();
}

// resolve F-1001
Answers Resolve(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(const auto request, OnItem(world, line, &Api::ResolveDispute));
  RELANCE_RETURN_IF_ERROR(world.Ask<LedgerService>(&Api::ResolveDispute, request).status());
  return Done();
}

// writeoff F-1001
Answers WriteOff(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(auto request, OnItem(world, line, &Api::WriteOffItem));
  request.set_reason("UNCOLLECTABLE");
  RELANCE_RETURN_IF_ERROR(world.Ask<LedgerService>(&Api::WriteOffItem, request).status());
  return Done();
}

// open D1 -> F-1001=EUR/70.00, overdue D1 -> ...: items by due date, credits last.
Answers Items(StoryWorld& world, const StoryLine& line, bool overdue_only) {
  RELANCE_ASSIGN_OR_RETURN(const std::string name, line.Name());
  RELANCE_ASSIGN_OR_RETURN(const ledger::v1::Account account, world.Account(name));
  std::string text;
  for (const ledger::v1::Item& item : account.items()) {
    if (overdue_only && (item.days_past_due() <= 0 || item.open_amount().units() < 0)) continue;
    absl::StrAppend(&text, text.empty() ? "" : " ", item.number().empty() ? "payment" : item.number(), "=",
                    AmountText(item.open_amount()));
    if (overdue_only) absl::StrAppend(&text, " (", item.days_past_due(), "d)");
  }
  return text.empty() ? std::vector<std::string>{} : std::vector<std::string>{text};
}

}  // namespace

void AddLedgerWords(StoryWords* words) {
  (*words)["tenant"] = {Tenant};
  (*words)["advance"] = {Advance};
  (*words)["account"] = {Account};
  (*words)["invoice"] = {[](StoryWorld& world, const StoryLine& line) {
    return Book(world, line, ledger::v1::ITEM_KIND_INVOICE);
  }};
  (*words)["credit"] = {[](StoryWorld& world, const StoryLine& line) {
    return Book(world, line, ledger::v1::ITEM_KIND_CREDIT_NOTE);
  }};
  (*words)["payment"] = {Payment};
  (*words)["return"] = {Return};
  (*words)["dispute"] = {Dispute};
  (*words)["resolve"] = {Resolve};
  (*words)["writeoff"] = {WriteOff};
  (*words)["open"] = {[](StoryWorld& world, const StoryLine& line) { return Items(world, line, false); },
                      true};
  (*words)["overdue"] = {[](StoryWorld& world, const StoryLine& line) { return Items(world, line, true); },
                         true};
}

}  // namespace relance::stories
