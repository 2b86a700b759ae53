#include <fstream>
#include <map>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "common/rpc/proto_types.h"
#include "common/status/status_macros.h"
#include "relance/handoff/v1/handoff_service.grpc.pb.h"
#include "relance/ledger/v1/tenant_service.grpc.pb.h"
#include "tools/relancectl/context.h"
#include "tools/relancectl/table.h"

namespace relance::ctl {
namespace {

using handoff::v1::HandoffService;
using Stub = HandoffService::StubInterface;

std::string StateName(handoff::v1::PlacementState state) {
  switch (state) {
    case handoff::v1::PLACEMENT_STATE_PLACED:
      return "placed";
    case handoff::v1::PLACEMENT_STATE_ACCEPTED:
      return "accepted";
    case handoff::v1::PLACEMENT_STATE_REJECTED:
      return "rejected";
    case handoff::v1::PLACEMENT_STATE_RECALL_PENDING:
      return "recall pending";
    case handoff::v1::PLACEMENT_STATE_RECALLED:
      return "recalled";
    case handoff::v1::PLACEMENT_STATE_CLOSED_PAID:
      return "closed, paid";
    case handoff::v1::PLACEMENT_STATE_CLOSED_UNPAID:
      return "closed, unpaid";
    default:
      return "unknown";
  }
}

std::string Sums(const google::protobuf::RepeatedPtrField<type::v1::Money>& sums) {
  std::vector<std::string> texts;
  for (const auto& sum : sums) texts.push_back(Text(sum));
  return absl::StrJoin(texts, " + ");
}

void AddPlacementRow(Table& table, const handoff::v1::Placement& placement) {
  table.Row({placement.placement_id(), placement.account_id(), placement.agency_id(),
             StateName(placement.state()), Text(placement.placed_date()), Sums(placement.placed()),
             Sums(placement.recovered()), Text(placement.direct_paid()), placement.agency_reference(),
             placement.close_reason()});
}

Table PlacementTable() {
  Table table;
  for (const char* title : {"placement", "account", "agency", "state", "placed on"}) table.Column(title);
  for (const char* title : {"placed", "by the agency", "paid to us"})
    table.Column(title, Table::Align::kRight);
  table.Column("its reference");
  table.Column("reason");
  return table;
}

void PrintPlacement(Context& context, const handoff::v1::Placement& placement) {
  Table table = PlacementTable();
  AddPlacementRow(table, placement);
  table.Print(context.out());
  Table items;
  items.Column("item");
  items.Column("number");
  items.Column("due");
  items.Column("placed", Table::Align::kRight);
  items.Column("open", Table::Align::kRight);
  for (const auto& item : placement.items()) {
    items.Row({item.item_id(), item.number(), Text(item.due_date()), Text(item.placed()), Text(item.open())});
  }
  items.Print(context.out());
  Table payments;
  payments.Column("payment");
  payments.Column("received");
  payments.Column("amount", Table::Align::kRight);
  payments.Column("in the ledger");
  payments.Column("takes back");
  payments.Column("passed on");
  payments.Column("to be by");
  for (const auto& payment : placement.payments()) {
    payments.Row({payment.payment_id(), Text(payment.received_date()), Text(payment.amount()),
                  payment.recorded() ? "yes" : "not yet", payment.reverses_payment_id(),
                  Text(payment.remitted_date()), Text(payment.remittance_due_date())});
  }
  payments.Print(context.out());
}

template <typename Response>
absl::Status PrintOne(Context& context, const absl::StatusOr<Response>& response) {
  if (!response.ok()) return response.status();
  if (context.json) return context.PrintJson(*response);
  PrintPlacement(context, response->placement());
  return absl::OkStatus();
}

struct Flags {
  std::string tenant, account, placement, report_id, payment_id, amount,
      currency = "EUR", date, reason, accepted, rejected, closed, format = "json", out;
  std::string reverses, recall_objection;
  std::vector<std::string> items, payment_ids;
  bool recall_confirmed = false, remitted = false;
  int limit = 1000;
};

// Payments of a tenant that its agencies should have passed on, oldest first.
absl::Status Overdue(Context& context, const Flags& flags) {
  RELANCE_ASSIGN_OR_RETURN(auto tenants, context.Stub<ledger::v1::TenantService>("ledger"));
  ledger::v1::GetTenantRequest which;
  which.set_tenant_id(flags.tenant);
  RELANCE_ASSIGN_OR_RETURN(
      const auto tenant,
      rpc::Call(context.Call(), *tenants, &ledger::v1::TenantService::StubInterface::GetTenant, which));
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay today,
                           rpc::DayFromProto(tenant.business_date(), "business_date"));
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<HandoffService>("handoff"));
  std::map<absl::CivilDay, std::vector<std::vector<std::string>>> rows;
  handoff::v1::ListPlacementsRequest request;
  request.set_tenant_id(flags.tenant);
  request.set_page_size(1000);
  do {
    RELANCE_ASSIGN_OR_RETURN(const auto response,
                             rpc::Call(context.Call(), *stub, &Stub::ListPlacements, request));
    for (const auto& placement : response.placements()) {
      for (const auto& payment : placement.payments()) {
        if (!payment.has_remittance_due_date() || payment.has_remitted_date()) continue;
        RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay due,
                                 rpc::DayFromProto(payment.remittance_due_date(), "remittance_due_date"));
        if (due >= today) continue;
        rows[due].push_back({placement.agency_id(), placement.placement_id(), placement.account_id(),
                             payment.payment_id(), Text(payment.amount()), Text(payment.received_date()),
                             Text(payment.remittance_due_date()), absl::StrCat(today - due)});
      }
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  Table table;
  for (const char* title : {"agency", "placement", "account", "payment"}) table.Column(title);
  table.Column("amount", Table::Align::kRight);
  table.Column("received");
  table.Column("to be passed on by");
  table.Column("days late", Table::Align::kRight);
  for (auto& [due, of_day] : rows) {
    for (auto& row : of_day) table.Row(std::move(row));
  }
  table.Print(context.out());
  if (rows.empty()) context.out() << "the agencies have passed on all that they should\n";
  return absl::OkStatus();
}

absl::Status Report(Context& context, const Flags& flags) {
  const int kinds = !flags.accepted.empty() + !flags.rejected.empty() + !flags.closed.empty() +
                    !flags.payment_id.empty() + !flags.recall_objection.empty() + flags.recall_confirmed +
                    flags.remitted;
  if (kinds != 1) {
    return absl::InvalidArgumentError(
        "a report says one thing: --accepted, --rejected, --payment, --remitted, --closed, "
        "--recall-confirmed or "
        "--recall-objection");
  }
  handoff::v1::ReportFromAgencyRequest request;
  request.set_report_id(flags.report_id);
  request.set_tenant_id(flags.tenant);
  request.set_placement_id(flags.placement);
  if (!flags.accepted.empty()) request.set_accepted_reference(flags.accepted);
  if (!flags.rejected.empty()) request.set_rejected_reason(flags.rejected);
  if (!flags.closed.empty()) request.set_closed_reason(flags.closed);
  if (flags.recall_confirmed) request.set_recall_confirmed(true);
  if (!flags.recall_objection.empty()) request.set_recall_objection(flags.recall_objection);
  if (flags.remitted) {
    auto* remittance = request.mutable_remittance();
    for (const auto& id : flags.payment_ids) remittance->add_payment_ids(id);
    if (!flags.date.empty()) {
      RELANCE_ASSIGN_OR_RETURN(*remittance->mutable_remitted_date(), ParseDateFlag("--date", flags.date));
    }
  }
  if (!flags.payment_id.empty()) {
    auto* payment = request.mutable_payment();
    payment->set_payment_id(flags.payment_id);
    payment->set_reverses_payment_id(flags.reverses);
    RELANCE_ASSIGN_OR_RETURN(*payment->mutable_amount(),
                             ParseMoneyFlag("--amount", flags.amount, flags.currency));
    RELANCE_ASSIGN_OR_RETURN(*payment->mutable_received_date(), ParseDateFlag("--date", flags.date));
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<HandoffService>("handoff"));
  return PrintOne(context, rpc::Call(context.Call(), *stub, &Stub::ReportFromAgency, request));
}

absl::Status Agencies(Context& context, const std::string& tenant) {
  handoff::v1::ListAgenciesRequest request;
  request.set_tenant_id(tenant);
  request.set_page_size(1000);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<HandoffService>("handoff"));
  RELANCE_ASSIGN_OR_RETURN(const auto response,
                           rpc::Call(context.Call(), *stub, &Stub::ListAgencies, request));
  if (context.json) return context.PrintJson(response);
  Table table;
  for (const char* title : {"agency", "name", "mandate"}) table.Column(title);
  table.Column("fee", Table::Align::kRight);
  table.Column("passes on within days", Table::Align::kRight);
  for (const auto& agency : response.agencies()) {
    table.Row({agency.agency_id(), agency.legal_name(), agency.mandate_id(),
               Percent(agency.fee_bps() / 10'000.0), absl::StrCat(agency.remittance_days())});
  }
  table.Print(context.out());
  return absl::OkStatus();
}

absl::Status Export(Context& context, const Flags& flags) {
  handoff::v1::ExportCaseRequest request;
  request.set_tenant_id(flags.tenant);
  request.set_placement_id(flags.placement);
  request.set_format(flags.format);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<HandoffService>("handoff"));
  RELANCE_ASSIGN_OR_RETURN(const auto response, rpc::Call(context.Call(), *stub, &Stub::ExportCase, request));
  if (flags.out.empty()) {
    context.out() << response.content();
    return absl::OkStatus();
  }
  std::ofstream file(flags.out, std::ios::binary);
  file << response.content();
  file.close();
  if (!file) return absl::InvalidArgumentError(absl::StrCat(flags.out, ": cannot be written"));
  context.out() << flags.out << "  sha256 " << response.sha256() << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddHandoffVerbs(const Commands& commands) {
  Context& context = *commands.context;
  CLI::App* group = commands.app->add_subcommand("handoff", "Agencies and placements");
  group->require_subcommand(1);
  auto flags = std::make_shared<Flags>();
  auto agency = std::make_shared<handoff::v1::Agency>();

  CLI::App* verb = commands.Verb(
      group, "agency", "Register an agency",
      "  relancectl handoff agency verger recouvra --name 'Recouvra SAS' --mandate M-2022-17 --fee-bps 1200");
  verb->add_option("tenant", flags->tenant)->required();
  verb->add_option_function<std::string>(
          "agency", [agency](const std::string& v) { agency->set_agency_id(v); }, "id: [a-z0-9-]")
      ->required();
  verb->add_option_function<std::string>("--name",
                                         [agency](const std::string& v) { agency->set_legal_name(v); })
      ->required();
  verb->add_option_function<std::string>(
          "--mandate", [agency](const std::string& v) { agency->set_mandate_id(v); }, "written mandate")
      ->required();
  verb->add_option_function<int>(
      "--fee-bps", [agency](int v) { agency->set_fee_bps(v); }, "fee, basis points of what it collects");
  verb->add_option_function<int>(
      "--remittance-days", [agency](int v) { agency->set_remittance_days(v); }, "default 30");
  commands.Run(verb, [&context, flags, agency]() -> absl::Status {
    handoff::v1::PutAgencyRequest request;
    request.set_tenant_id(flags->tenant);
    *request.mutable_agency() = *agency;
    RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<HandoffService>("handoff"));
    RELANCE_ASSIGN_OR_RETURN(const auto response,
                             rpc::Call(context.Call(), *stub, &Stub::PutAgency, request));
    if (context.json) return context.PrintJson(response);
    context.out() << "agency " << response.agency().agency_id() << ", mandate "
                  << response.agency().mandate_id() << "\n";
    return absl::OkStatus();
  });

  verb = commands.Verb(group, "place", "Place an account with the tenant's agency",
                       "  relancectl handoff place verger RJKO00");
  verb->add_option("tenant", flags->tenant)->required();
  verb->add_option("account", flags->account)->required();
  verb->add_option("--item", flags->items, "may be repeated; default: all overdue, undisputed ones");
  commands.Run(verb, [&context, flags]() -> absl::Status {
    handoff::v1::PlaceAccountRequest request;
    request.set_request_id(context.RequestId());
    request.set_tenant_id(flags->tenant);
    request.set_account_id(flags->account);
    request.set_actor(context.Actor());
    for (const auto& item : flags->items) request.add_item_ids(item);
    RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<HandoffService>("handoff"));
    return PrintOne(context, rpc::Call(context.Call(), *stub, &Stub::PlaceAccount, request));
  });

  verb = commands.Verb(group, "agencies", "Agencies of a tenant and their mandates",
                       "  relancectl handoff agencies verger");
  verb->add_option("tenant", flags->tenant)->required();
  commands.Run(verb, [&context, flags] { return Agencies(context, flags->tenant); });

  verb = commands.Verb(group, "list", "Placements, newest first", "  relancectl handoff list verger");
  verb->add_option("tenant", flags->tenant)->required();
  verb->add_option("--limit", flags->limit, "placements shown, at most 1000")->capture_default_str();
  commands.Run(verb, [&context, flags]() -> absl::Status {
    handoff::v1::ListPlacementsRequest request;
    request.set_tenant_id(flags->tenant);
    request.set_page_size(flags->limit);
    RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<HandoffService>("handoff"));
    RELANCE_ASSIGN_OR_RETURN(const auto response,
                             rpc::Call(context.Call(), *stub, &Stub::ListPlacements, request));
    if (context.json) return context.PrintJson(response);
    Table table = PlacementTable();
    for (const auto& placement : response.placements()) AddPlacementRow(table, placement);
    table.Print(context.out());
    if (!response.next_page_token().empty()) context.out() << "... and older ones: --limit\n";
    return absl::OkStatus();
  });

  verb = commands.Verb(group, "overdue", "Payments that agencies should have passed on, oldest first",
                       "  relancectl handoff overdue verger");
  verb->add_option("tenant", flags->tenant)->required();
  commands.Run(verb, [&context, flags] { return Overdue(context, *flags); });

  const auto placement_verb = [&](const std::string& name, const std::string& help,
                                  const std::string& examples) {
    CLI::App* made = commands.Verb(group, name, help, examples);
    made->add_option("tenant", flags->tenant)->required();
    made->add_option("placement", flags->placement)->required();
    return made;
  };
  verb = placement_verb("show", "A placement", "  relancectl handoff show verger verger-RJKO00-1");
  commands.Run(verb, [&context, flags]() -> absl::Status {
    handoff::v1::GetPlacementRequest request;
    request.set_tenant_id(flags->tenant);
    request.set_placement_id(flags->placement);
    RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<HandoffService>("handoff"));
    return PrintOne(context, rpc::Call(context.Call(), *stub, &Stub::GetPlacement, request));
  });

  verb = placement_verb(
      "report", "Take a report of the agency",
      "  relancectl handoff report verger P1 --report-id R1 --accepted A-778\n"
      "  relancectl handoff report verger P1 --report-id R2 --payment Z9 --amount 400.00 --date 2022-07-04\n"
      "  relancectl handoff report verger P1 --report-id R3 --payment Z10 --amount=-400.00 --date 2022-07-11 "
      "--reverses Z9\n"
      "  relancectl handoff report verger P1 --report-id R4 --remitted --date 2022-08-01\n"
      "  relancectl handoff report verger P1 --report-id R5 --recall-objection 'instalments agreed'\n"
      "  relancectl handoff report verger P1 --report-id R6 --closed Paid");
  verb->add_option("--report-id", flags->report_id, "the agency's own id of the report")->required();
  verb->add_option("--accepted", flags->accepted, "the agency's reference");
  verb->add_option("--rejected", flags->rejected, "why");
  verb->add_option("--payment", flags->payment_id, "the agency's id of a payment; with --amount and --date");
  verb->add_option("--amount", flags->amount, "negative: a reversal");
  verb->add_option("--currency", flags->currency)->capture_default_str();
  verb->add_option("--date", flags->date, "when the agency received it, or passed it on");
  verb->add_option(
      "--reverses", flags->reverses,
      "with a negative amount: the payment that is taken back; default: the one of the same id, else the "
      "newest of that amount");
  verb->add_flag("--remitted", flags->remitted, "it passed on money that it told of before; with --date");
  verb->add_option("--payment-id", flags->payment_ids,
                   "with --remitted; may be repeated; default: all that were not passed on");
  verb->add_option("--closed", flags->closed, "why");
  verb->add_flag("--recall-confirmed", flags->recall_confirmed);
  verb->add_option("--recall-objection", flags->recall_objection, "it goes on in spite of the recall: why");
  commands.Run(verb, [&context, flags] { return Report(context, *flags); });

  verb = placement_verb("recall", "Ask a placement back",
                        "  relancectl handoff recall verger P1 --reason DISPUTE_UPHELD");
  verb->add_option("--reason", flags->reason)->required();
  commands.Run(verb, [&context, flags]() -> absl::Status {
    handoff::v1::RecallPlacementRequest request;
    request.set_tenant_id(flags->tenant);
    request.set_placement_id(flags->placement);
    request.set_reason(flags->reason);
    request.set_actor(context.Actor());
    RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<HandoffService>("handoff"));
    return PrintOne(context, rpc::Call(context.Call(), *stub, &Stub::RecallPlacement, request));
  });

  verb = placement_verb("export", "The case file, as the agency got it",
                        "  relancectl handoff export verger P1 --format csv --out case.csv");
  verb->add_option("--format", flags->format)->capture_default_str()->check(CLI::IsMember({"json", "csv"}));
  verb->add_option("--out", flags->out, "file to write; default: standard output");
  commands.Run(verb, [&context, flags] { return Export(context, *flags); });
}

}  // namespace relance::ctl
