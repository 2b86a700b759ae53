#include <fstream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status_macros.h"
#include "relance/handoff/v1/handoff_service.grpc.pb.h"
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
  for (const auto& payment : placement.payments()) {
    payments.Row({payment.payment_id(), Text(payment.received_date()), Text(payment.amount()),
                  payment.recorded() ? "yes" : "not yet"});
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
  std::vector<std::string> items;
  bool recall_confirmed = false;
};

absl::Status Report(Context& context, const Flags& flags) {
  handoff::v1::ReportFromAgencyRequest request;
  request.set_report_id(flags.report_id);
  request.set_tenant_id(flags.tenant);
  request.set_placement_id(flags.placement);
  if (!flags.accepted.empty()) request.set_accepted_reference(flags.accepted);
  if (!flags.rejected.empty()) request.set_rejected_reason(flags.rejected);
  if (!flags.closed.empty()) request.set_closed_reason(flags.closed);
  if (flags.recall_confirmed) request.set_recall_confirmed(true);
  if (!flags.payment_id.empty()) {
    auto* payment = request.mutable_payment();
    payment->set_payment_id(flags.payment_id);
    RELANCE_ASSIGN_OR_RETURN(*payment->mutable_amount(),
                             ParseMoneyFlag("--amount", flags.amount, flags.currency));
    RELANCE_ASSIGN_OR_RETURN(*payment->mutable_received_date(), ParseDateFlag("--date", flags.date));
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<HandoffService>("handoff"));
  return PrintOne(context, rpc::Call(context.Call(), *stub, &Stub::ReportFromAgency, request));
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

  verb = commands.Verb(group, "list", "Placements, newest first", "  relancectl handoff list verger");
  verb->add_option("tenant", flags->tenant)->required();
  commands.Run(verb, [&context, flags]() -> absl::Status {
    handoff::v1::ListPlacementsRequest request;
    request.set_tenant_id(flags->tenant);
    request.set_page_size(1000);
    RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<HandoffService>("handoff"));
    RELANCE_ASSIGN_OR_RETURN(const auto response,
                             rpc::Call(context.Call(), *stub, &Stub::ListPlacements, request));
    if (context.json) return context.PrintJson(response);
    Table table = PlacementTable();
    for (const auto& placement : response.placements()) AddPlacementRow(table, placement);
    table.Print(context.out());
    return absl::OkStatus();
  });

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
      "  relancectl handoff report verger P1 --report-id R3 --closed Paid");
  verb->add_option("--report-id", flags->report_id, "the agency's own id of the report")->required();
  verb->add_option("--accepted", flags->accepted, "the agency's reference");
  verb->add_option("--rejected", flags->rejected, "why");
  verb->add_option("--payment", flags->payment_id, "the agency's id of a payment; with --amount and --date");
  verb->add_option("--amount", flags->amount, "negative: a reversal");
  verb->add_option("--currency", flags->currency)->capture_default_str();
  verb->add_option("--date", flags->date, "when the agency received it");
  verb->add_option("--closed", flags->closed, "why");
  verb->add_flag("--recall-confirmed", flags->recall_confirmed);
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
