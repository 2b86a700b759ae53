#include <filesystem>
#include <fstream>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/status/status_macros.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "tools/relancectl/context.h"
#include "tools/relancectl/table.h"

namespace relance::ctl {
namespace {

using ledger::v1::LedgerService;

constexpr size_t kPieceBytes = 256 << 10;
constexpr int kRejectsShown = 20;

std::string RuleName(ledger::v1::MatchRule rule) {
  switch (rule) {
    case ledger::v1::MATCH_RULE_LETTERING:
      return "lettering of the books";
    case ledger::v1::MATCH_RULE_REFERENCE:
      return "structured reference";
    case ledger::v1::MATCH_RULE_DOCUMENT_NUMBER:
      return "document number";
    case ledger::v1::MATCH_RULE_PAYER_AND_AMOUNT:
      return "known payer and amount";
    case ledger::v1::MATCH_RULE_COMMAND:
      return "said by a person";
    case ledger::v1::MATCH_RULE_COUNTERPART:
      return "counterpart";
    case ledger::v1::MATCH_RULE_END_TO_END_ID:
      return "end-to-end id";
    case ledger::v1::MATCH_RULE_SUM_OF_ITEMS:
      return "sum of items";
    case ledger::v1::MATCH_RULE_SIMILAR_TEXT:
      return "similar text";
    case ledger::v1::MATCH_RULE_OTHER_PAYER:
      return "another payer";
    default:
      return "unknown rule";
  }
}

std::string KindName(ledger::v1::ItemKind kind) {
  switch (kind) {
    case ledger::v1::ITEM_KIND_INVOICE:
      return "invoice";
    case ledger::v1::ITEM_KIND_CREDIT_NOTE:
      return "credit note";
    case ledger::v1::ITEM_KIND_PAYMENT:
      return "payment";
    case ledger::v1::ITEM_KIND_OPENING:
      return "opening";
    case ledger::v1::ITEM_KIND_DEBIT_NOTE:
      return "debit note";
    case ledger::v1::ITEM_KIND_RETURN:
      return "return";
    case ledger::v1::ITEM_KIND_WRITE_OFF:
      return "write-off";
    case ledger::v1::ITEM_KIND_DEDUCTION:
      return "deduction";
    default:
      return "unknown";
  }
}

void PrintReport(Context& context, const ledger::v1::ImportReport& report, bool brief) {
  auto& out = context.out();
  out << absl::StrFormat("%s  %s: read %d, created %d, changed %d, unchanged %d, skipped %d, rejected %d",
                         report.file_name(), report.format(), report.read(), report.created(),
                         report.changed(), report.unchanged(), report.skipped(), report.rejected());
  if (report.repeated_content()) out << "  (this content had been imported before)";
  out << "\n";
  const int64_t payments = report.payments_matched() + report.payments_partly_matched() +
                           report.payments_unmatched() + report.payments_unidentified();
  if (payments + report.payments_returned() + report.payments_confirmed() > 0) {
    out << absl::StrFormat(
        "  payments: %d matched, %d in part, %d not matched, %d from unknown payers, %d returned, "
        "%d confirmed by the other source\n",
        report.payments_matched(), report.payments_partly_matched(), report.payments_unmatched(),
        report.payments_unidentified(), report.payments_returned(), report.payments_confirmed());
  }
  if (!brief) {
    for (const auto& count : report.matches()) {
      out << absl::StrFormat("  matched by %s: %d\n", RuleName(count.rule()), count.allocations());
    }
    out << absl::StrFormat("  import %s, %d accounts changed, known up to %s\n", report.import_id(),
                           report.accounts_changed(), Text(report.as_of_date()));
  }
  for (const auto& warning : report.warnings()) out << "  note: " << warning << "\n";
  int shown = 0;
  for (const auto& line : report.rejected_lines()) {
    if (shown++ == kRejectsShown) break;
    context.err() << absl::StrFormat("%s:%d: %s%s%s [%s]\n", report.file_name(), line.line(), line.field(),
                                     line.field().empty() ? "" : ": ", line.message(), line.reason());
  }
  if (report.rejected() > kRejectsShown) {
    context.err() << absl::StrFormat("... and %d more; all are kept: relancectl ledger rejects TENANT %s\n",
                                     report.rejected() - kRejectsShown, report.import_id());
  }
}

// Sends a file, or standard input for "-", as header and pieces. `Request` has header and content.
template <typename Request, typename Writer>
absl::Status SendFile(Context& context, const std::string& file, const ledger::v1::ImportHeader& header,
                      Writer& writer) {
  std::ifstream opened;
  std::istream* in = &context.in();
  if (file != "-") {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) {
      return absl::InvalidArgumentError(absl::StrCat(file, ": is a directory, not a file"));
    }
    opened.open(file, std::ios::binary);
    if (!opened) return absl::InvalidArgumentError(absl::StrCat(file, ": cannot be opened"));
    in = &opened;
  }
  Request request;
  *request.mutable_header() = header;
  // A refused write means that the service has answered already; its status says why.
  if (!writer.Write(request)) return absl::OkStatus();
  std::string piece(kPieceBytes, '\0');
  while (in->read(piece.data(), static_cast<std::streamsize>(piece.size())) || in->gcount() > 0) {
    request.set_content(piece.data(), static_cast<size_t>(in->gcount()));
    if (!writer.Write(request)) break;
  }
  return absl::OkStatus();
}

struct ImportFlags {
  std::string tenant, format, as_of, mapping;
  std::vector<std::string> files;
  bool snapshot = false, brief = false;
};

// The text of a mapping in a file, or the name of one that comes with the program.
absl::StatusOr<std::string> ReadMapping(const std::string& mapping) {
  std::error_code ignored;
  if (mapping.empty() || !std::filesystem::is_regular_file(mapping, ignored)) return mapping;
  std::ifstream in(mapping, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  if (in.bad()) return absl::InvalidArgumentError(absl::StrCat(mapping, ": cannot be read"));
  return text;
}

absl::StatusOr<ledger::v1::ImportHeader> MakeHeader(const ImportFlags& flags, const std::string& file) {
  ledger::v1::ImportHeader header;
  header.set_tenant_id(flags.tenant);
  header.set_format(flags.format.empty() && !flags.mapping.empty() ? "table" : flags.format);
  header.set_file_name(file == "-" ? "(standard input)" : std::filesystem::path(file).filename().string());
  header.set_snapshot(flags.snapshot);
  RELANCE_ASSIGN_OR_RETURN(*header.mutable_mapping(), ReadMapping(flags.mapping));
  if (!flags.as_of.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*header.mutable_as_of_date(), ParseDateFlag("--as-of", flags.as_of));
  }
  return header;
}

absl::Status Import(Context& context, const ImportFlags& flags) {
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<LedgerService>("ledger"));
  int64_t rejected = 0;
  absl::Status first_error;
  for (const std::string& file : flags.files) {
    RELANCE_ASSIGN_OR_RETURN(const auto header, MakeHeader(flags, file));
    grpc::ClientContext client;
    rpc::PrepareOutgoing(context.Call(), &client);
    ledger::v1::ImportFileResponse response;
    auto writer = stub->ImportFile(&client, &response);
    const absl::Status sent = SendFile<ledger::v1::ImportFileRequest>(context, file, header, *writer);
    writer->WritesDone();
    absl::Status status = rpc::FromGrpcStatus(writer->Finish());
    if (!sent.ok()) status = sent;
    if (!status.ok()) {
      // The other files still enter.
      if (first_error.ok()) first_error = status;
      if (flags.files.size() > 1) context.Finish(status);
      continue;
    }
    rejected += response.report().rejected();
    if (context.json) {
      RELANCE_RETURN_IF_ERROR(context.PrintJsonLine(response.report()));
    } else {
      PrintReport(context, response.report(), flags.brief);
    }
  }
  if (!first_error.ok()) return first_error;
  if (rejected > 0)
    return absl::FailedPreconditionError(absl::StrCat(rejected, " lines were rejected; the others are in"));
  return absl::OkStatus();
}

absl::Status Rejects(Context& context, const std::string& tenant, const std::string& import_id) {
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<LedgerService>("ledger"));
  ledger::v1::GetRejectedLinesRequest request;
  request.set_tenant_id(tenant);
  request.set_import_id(import_id);
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &LedgerService::StubInterface::GetRejectedLines, request));
  if (context.json) return context.PrintJson(response);
  for (const auto& line : response.lines()) {
    context.err() << absl::StrFormat("line %d: %s%s%s [%s]\n", line.line(), line.field(),
                                     line.field().empty() ? "" : ": ", line.message(), line.reason());
    context.out() << line.raw() << "\n";
  }
  return absl::OkStatus();
}

absl::Status Kpi(Context& context, const std::string& tenant, const std::string& as_of, int period) {
  ledger::v1::GetKpisRequest request;
  request.set_tenant_id(tenant);
  request.set_period_days(period);
  if (!as_of.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_as_of_date(), ParseDateFlag("--as-of", as_of));
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<LedgerService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(const auto response,
                           rpc::Call(context.Call(), *stub, &LedgerService::StubInterface::GetKpis, request));
  if (context.json) return context.PrintJson(response);
  context.out() << "indicators of " << tenant << " at " << Text(response.as_of_date()) << "\n";
  for (const auto& kpi : response.currencies()) {
    Table table;
    table.Column("");
    table.Column(kpi.currency_code(), Table::Align::kRight);
    table.Column("");
    table.Row({"receivables", Text(kpi.receivables())});
    table.Row({"overdue", Text(kpi.overdue()), Percent(kpi.overdue_share()) + " of open debits"});
    table.Row({"disputed", Text(kpi.disputed())});
    table.Row({"sales of the period", Text(kpi.sales())});
    table.Row({"received in the period", Text(kpi.collected())});
    for (const auto& dso : kpi.dso()) {
      table.Row(
          {absl::StrCat("DSO ", dso.method()), absl::StrFormat("%.2f days", dso.days()), dso.explanation()});
    }
    table.Row({"weighted days late", absl::StrFormat("%.1f days", kpi.weighted_days_late())});
    table.Row({"concentration", absl::StrCat(kpi.pareto_accounts(), " of ", kpi.overdue_accounts()),
               "overdue accounts hold 80 % of the overdue amount"});
    table.Print(context.out());
  }
  return absl::OkStatus();
}

void PrintItems(Context& context, const google::protobuf::RepeatedPtrField<ledger::v1::Item>& items) {
  Table table;
  table.Column("item");
  table.Column("kind");
  table.Column("number");
  table.Column("issued");
  table.Column("due");
  table.Column("days late", Table::Align::kRight);
  table.Column("amount", Table::Align::kRight);
  table.Column("open", Table::Align::kRight);
  table.Column("note");
  for (const auto& item : items) {
    std::string note;
    if (item.has_dispute() && !item.dispute().has_resolved_date())
      note = "disputed: " + item.dispute().reason();
    if (item.has_returned_date()) note = "returned " + Text(item.returned_date());
    if (item.has_settled_date())
      note = absl::StrCat(note, note.empty() ? "" : ", ", "settled ", Text(item.settled_date()));
    for (const auto& allocation : item.allocations()) {
      absl::StrAppend(&note, note.empty() ? "" : "; ", Text(allocation.amount()), " to ",
                      allocation.item_number().empty() ? allocation.item_id() : allocation.item_number(),
                      " by ", RuleName(allocation.rule()), allocation.has_undone_date() ? " (undone)" : "");
    }
    table.Row({item.item_id(), KindName(item.kind()), item.number(), Text(item.issue_date()),
               Text(item.due_date()), item.has_due_date() ? absl::StrCat(item.days_past_due()) : "",
               Text(item.amount()), Text(item.open_amount()), note});
  }
  table.Print(context.out());
}

void PrintAttributes(Context& context, const ledger::v1::Attributes& about) {
  std::string line;
  const auto add = [&](const char* title, const std::string& value) {
    if (!value.empty()) absl::StrAppend(&line, line.empty() ? "  " : ", ", title, " ", value);
  };
  add("legal id", about.legal_id());
  add("VAT", about.vat_id());
  add("country", about.country());
  add("region", about.region());
  add("sector", about.sector());
  add("segment", about.segment());
  add("trade", about.trade());
  add("parent", about.parent());
  add("type", about.customer_type());
  add("language", about.language());
  add("collector", about.collector());
  add("terms", about.terms());
  if (about.has_credit_limit()) add("credit limit", Text(about.credit_limit()));
  if (about.has_insolvent_date()) add("insolvent since", Text(about.insolvent_date()));
  for (const auto& account : about.pays_for()) add("pays for", account);
  if (!line.empty()) context.out() << line << "\n";
  for (const auto& person : about.contacts()) {
    context.out() << "  contact: " << person.role() << " " << person.name() << " " << person.email() << " "
                  << person.phone() << (person.inactive() ? " (inactive)" : "") << "\n";
  }
}

absl::Status Account(Context& context, const std::string& tenant, const std::string& account, bool history) {
  ledger::v1::GetAccountRequest request;
  request.set_tenant_id(tenant);
  request.set_account_id(account);
  request.set_include_history(history);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<LedgerService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &LedgerService::StubInterface::GetAccount, request));
  if (context.json) return context.PrintJson(response);
  const auto& found = response.account();
  context.out() << found.account_id() << "  " << found.attributes().name() << "\n";
  PrintAttributes(context, found.attributes());
  for (const auto& balance : found.balances()) {
    context.out() << "  open " << Text(balance.open()) << " (debits " << Text(balance.debits())
                  << ", credits " << Text(balance.credits()) << ", disputed " << Text(balance.disputed())
                  << ")\n";
  }
  PrintItems(context, found.items());
  if (history && found.history_size() > 0) {
    context.out() << "settled\n";
    PrintItems(context, found.history());
  }
  return absl::OkStatus();
}

absl::Status Accounts(Context& context, const std::string& tenant, int limit) {
  ledger::v1::ListAccountsRequest request;
  request.set_tenant_id(tenant);
  request.set_page_size(limit);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<LedgerService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &LedgerService::StubInterface::ListAccounts, request));
  if (context.json) return context.PrintJson(response);
  Table table;
  table.Column("account");
  table.Column("name");
  table.Column("open", Table::Align::kRight);
  table.Column("disputed", Table::Align::kRight);
  table.Column("oldest due");
  for (const auto& account : response.accounts()) {
    for (const auto& balance : account.balances()) {
      table.Row({account.account_id(), account.attributes().name(), Text(balance.open()),
                 Text(balance.disputed()), Text(balance.oldest_due_date())});
    }
  }
  table.Print(context.out());
  return absl::OkStatus();
}

absl::Status Reconcile(Context& context, const ImportFlags& flags) {
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<LedgerService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(const auto header, MakeHeader(flags, flags.files[0]));
  grpc::ClientContext client;
  rpc::PrepareOutgoing(context.Call(), &client);
  ledger::v1::ReconcileResponse response;
  auto writer = stub->Reconcile(&client, &response);
  RELANCE_RETURN_IF_ERROR(SendFile<ledger::v1::ReconcileRequest>(context, flags.files[0], header, *writer));
  writer->WritesDone();
  RELANCE_RETURN_IF_ERROR(rpc::FromGrpcStatus(writer->Finish()));
  if (context.json) {
    RELANCE_RETURN_IF_ERROR(context.PrintJson(response));
  } else {
    context.out() << "at " << Text(response.as_of_date()) << ": control account of the books "
                  << Text(response.books()) << ", open items " << Text(response.items()) << ", "
                  << response.accounts() << " accounts compared\n";
    Table table;
    table.Column("account");
    table.Column("books", Table::Align::kRight);
    table.Column("items", Table::Align::kRight);
    for (const auto& d : response.differences())
      table.Row({d.account_id(), Text(d.books()), Text(d.items())});
    table.Print(context.out());
    if (response.unidentified().units() != 0 || response.unidentified().nanos() != 0) {
      context.out() << "beside it, from unknown payers: " << Text(response.unidentified()) << "\n";
    }
    if (response.differences().empty()) context.out() << "agreed to the cent\n";
  }
  if (!response.differences().empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(response.differences_size(), " accounts differ from the books"));
  }
  return absl::OkStatus();
}

absl::Status SetAttributes(Context& context, const ledger::v1::UpdateAccountRequest& flags,
                           const std::string& insolvent) {
  ledger::v1::UpdateAccountRequest request = flags;
  if (!insolvent.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_attributes()->mutable_insolvent_date(),
                             ParseDateFlag("--insolvent", insolvent));
  }
  request.set_actor(context.Actor());
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<LedgerService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &LedgerService::StubInterface::UpdateAccount, request));
  if (context.json) return context.PrintJson(response);
  context.out() << response.account().account_id() << " updated\n";
  return absl::OkStatus();
}

// "role,name,email,phone"; missing ones at the end are empty.
void AddContactPerson(const std::string& text, ledger::v1::Attributes* attributes) {
  const std::vector<std::string> parts = absl::StrSplit(text, ',');
  auto* person = attributes->add_contacts();
  person->set_role(parts[0]);
  if (parts.size() > 1) person->set_name(parts[1]);
  if (parts.size() > 2) person->set_email(parts[2]);
  if (parts.size() > 3) person->set_phone(parts[3]);
}

struct PaymentFlags {
  std::string tenant, account, amount, currency = "EUR", date, reference, item, reason, owner;
  std::vector<std::string> items;
};

absl::Status Pay(Context& context, const PaymentFlags& flags) {
  ledger::v1::RecordPaymentRequest request;
  request.set_request_id(context.RequestId());
  request.set_tenant_id(flags.tenant);
  request.set_account_id(flags.account);
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_amount(),
                           ParseMoneyFlag("--amount", flags.amount, flags.currency));
  if (!flags.date.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_payment_date(), ParseDateFlag("--date", flags.date));
  }
  for (const auto& item : flags.items) request.add_item_ids(item);
  request.set_reference(flags.reference);
  request.set_source("rpc");
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<LedgerService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &LedgerService::StubInterface::RecordPayment, request));
  if (context.json) return context.PrintJson(response);
  google::protobuf::RepeatedPtrField<ledger::v1::Item> one;
  *one.Add() = response.payment();
  PrintItems(context, one);
  return absl::OkStatus();
}

template <typename Request, typename Response>
absl::Status OneItem(Context& context, const PaymentFlags& flags, Request request,
                     grpc::Status (LedgerService::StubInterface::*method)(grpc::ClientContext*,
                                                                          const Request&, Response*)) {
  request.set_request_id(context.RequestId());
  request.set_tenant_id(flags.tenant);
  request.set_account_id(flags.account);
  request.set_item_id(flags.item);
  request.set_actor(context.Actor());
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<LedgerService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(const auto response, rpc::Call(context.Call(), *stub, method, request));
  if (context.json) return context.PrintJson(response);
  google::protobuf::RepeatedPtrField<ledger::v1::Item> one;
  *one.Add() = response.item();
  PrintItems(context, one);
  return absl::OkStatus();
}

absl::Status Return(Context& context, const PaymentFlags& flags) {
  ledger::v1::ReturnPaymentRequest request;
  request.set_request_id(context.RequestId());
  request.set_tenant_id(flags.tenant);
  request.set_account_id(flags.account);
  request.set_item_id(flags.item);
  request.set_reason(flags.reason);
  if (!flags.date.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_return_date(), ParseDateFlag("--date", flags.date));
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<LedgerService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &LedgerService::StubInterface::ReturnPayment, request));
  if (context.json) return context.PrintJson(response);
  google::protobuf::RepeatedPtrField<ledger::v1::Item> one;
  *one.Add() = response.payment();
  PrintItems(context, one);
  return absl::OkStatus();
}

absl::Status Dispute(Context& context, const PaymentFlags& flags) {
  ledger::v1::OpenDisputeRequest request;
  request.set_reason(flags.reason);
  request.set_owner(flags.owner);
  if (!flags.amount.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_amount(),
                             ParseMoneyFlag("--amount", flags.amount, flags.currency));
  }
  return OneItem(context, flags, request, &LedgerService::StubInterface::OpenDispute);
}

absl::Status Imports(Context& context, const std::string& tenant, int limit) {
  ledger::v1::ListImportsRequest request;
  request.set_tenant_id(tenant);
  request.set_page_size(limit);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<LedgerService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &LedgerService::StubInterface::ListImports, request));
  if (context.json) return context.PrintJson(response);
  Table table;
  for (const char* title : {"import", "file", "format", "known up to"}) table.Column(title);
  for (const char* title : {"read", "created", "changed", "skipped", "rejected"})
    table.Column(title, Table::Align::kRight);
  for (const auto& report : response.reports()) {
    table.Row({report.import_id(), report.file_name(), report.format(), Text(report.as_of_date()),
               absl::StrCat(report.read()), absl::StrCat(report.created()), absl::StrCat(report.changed()),
               absl::StrCat(report.skipped()), absl::StrCat(report.rejected())});
  }
  table.Print(context.out());
  if (!response.next_page_token().empty()) context.out() << "... and older ones: --limit\n";
  return absl::OkStatus();
}

}  // namespace

void AddLedgerVerbs(const Commands& commands) {
  Context& context = *commands.context;
  CLI::App* group =
      commands.app->add_subcommand("ledger", "The customer ledger: import, ageing, indicators, accounts");
  group->require_subcommand(1);

  auto import = std::make_shared<ImportFlags>();
  CLI::App* verb =
      commands.Verb(group, "import", "Import files of the books or the bank",
                    "  relancectl ledger import verger --format fec --as-of 2022-02-28 books.txt\n"
                    "  relancectl ledger import verger --format camt053 statements/*.xml\n"
                    "  relancectl ledger import verger --format coda 2026-03-05.cod\n"
                    "  gunzip -c items.csv.gz | relancectl ledger import verger --format csv -");
  verb->add_option("tenant", import->tenant)->required();
  verb->add_option("files", import->files, "files; - is standard input")->required();
  verb->add_option(
          "--format", import->format,
          "auto, fec, camt053, camt054, coda, cfonb120, mt940, ubl, cii, facturx, csv, table or accounts")
      ->default_str("auto")
      ->check(CLI::IsMember({"auto", "fec", "camt053", "camt054", "coda", "cfonb120", "mt940", "ubl", "cii",
                             "facturx", "csv", "table", "accounts"}));
  verb->add_option("--as-of", import->as_of, "leave out what is later (yyyy-mm-dd)");
  verb->add_option(
      "--mapping", import->mapping,
      "how a table is read: a file (`ledger map` proposes one) or a name of `ledger mappings`; default: "
      "by its columns");
  verb->add_flag("--snapshot", import->snapshot,
                 "the file is the whole picture: what it lacks is settled (csv)");
  verb->add_flag("--brief", import->brief, "one line a file");
  commands.Run(verb, [&context, import] { return Import(context, *import); });

  auto tenant = std::make_shared<std::string>();
  auto id = std::make_shared<std::string>();
  verb = commands.Verb(group, "rejects", "Lines of an import that did not enter, for repair",
                       "  relancectl ledger rejects verger 17-3fa9c1d2 > repair.txt");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("import", *id)->required();
  commands.Run(verb, [&context, tenant, id] { return Rejects(context, *tenant, *id); });

  auto imports_limit = std::make_shared<int>(20);
  verb = commands.Verb(group, "imports", "What was imported, newest first",
                       "  relancectl ledger imports verger --limit 50");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("--limit", *imports_limit, "imports shown")->capture_default_str();
  commands.Run(verb, [&context, tenant, imports_limit] { return Imports(context, *tenant, *imports_limit); });

  auto as_of = std::make_shared<std::string>();
  auto period = std::make_shared<int>(0);
  verb = commands.Verb(
      group, "kpi", "DSO by method, overdue share, concentration",
      "  relancectl ledger kpi verger\n  relancectl ledger kpi verger --as-of 2022-03-31 --period 365");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("--as-of", *as_of, "default: today of the tenant");
  verb->add_option("--period", *period, "days of sales of the simple method; default 90");
  commands.Run(verb, [&context, tenant, as_of, period] { return Kpi(context, *tenant, *as_of, *period); });

  auto account = std::make_shared<std::string>();
  auto history = std::make_shared<bool>(false);
  verb = commands.Verb(group, "account", "One debtor with its items",
                       "  relancectl ledger account verger RJKO00 --history");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("account", *account)->required();
  verb->add_flag("--history", *history, "settled items too");
  commands.Run(
      verb, [&context, tenant, account, history] { return Account(context, *tenant, *account, *history); });

  auto limit = std::make_shared<int>(50);
  verb = commands.Verb(group, "accounts", "Debtors, largest balance first",
                       "  relancectl ledger accounts verger --limit 20");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("--limit", *limit, "accounts shown")->capture_default_str();
  commands.Run(verb, [&context, tenant, limit] { return Accounts(context, *tenant, *limit); });

  auto update = std::make_shared<ledger::v1::UpdateAccountRequest>();
  verb = commands.Verb(group, "set", "Set attributes of a debtor; imports leave them alone",
                       "  relancectl ledger set verger RJKO00 --contact 'billing,Anne "
                       "Roche,compta@example.org,+33 1 00 00 00 00'\n"
                       "  relancectl ledger set verger RJKO00 --address '1 rue des Halles' --address '69002 "
                       "Lyon' --terms 45eom");
  verb->add_option_function<std::string>("tenant",
                                         [update](const std::string& v) { update->set_tenant_id(v); })
      ->required();
  verb->add_option_function<std::string>("account",
                                         [update](const std::string& v) { update->set_account_id(v); })
      ->required();
  const auto attribute = [&](const char* flag, void (ledger::v1::Attributes::*set)(const std::string&),
                             const char* help) {
    verb->add_option_function<std::string>(
        flag, [update, set](const std::string& v) { (update->mutable_attributes()->*set)(v); }, help);
  };
  using ledger::v1::Attributes;
  attribute("--name", &Attributes::set_name<const std::string&>, "name of the company");
  attribute("--siren", &Attributes::set_legal_id<const std::string&>, "SIREN or enterprise number");
  attribute("--vat", &Attributes::set_vat_id<const std::string&>, "VAT number");
  attribute("--country", &Attributes::set_country<const std::string&>, "ISO 3166");
  attribute("--region", &Attributes::set_region<const std::string&>, "region");
  attribute("--sector", &Attributes::set_sector<const std::string&>, "sector of activity");
  attribute("--segment", &Attributes::set_segment<const std::string&>, "size class");
  attribute("--language", &Attributes::set_language<const std::string&>, "ISO 639-1");
  attribute("--customer-type", &Attributes::set_customer_type<const std::string&>,
            "private, public, consumer");
  attribute("--collector", &Attributes::set_collector<const std::string&>, "opaque user id");
  attribute("--trade", &Attributes::set_trade<const std::string&>, "trade, e.g. a NAF or NACE code");
  attribute("--parent", &Attributes::set_parent<const std::string&>, "account code or name of the group");
  attribute("--terms", &Attributes::set_terms<const std::string&>, "payment terms, e.g. net30, 45eom");
  verb->add_option_function<std::vector<std::string>>(
      "--address",
      [update](const std::vector<std::string>& lines) {
        for (const auto& line : lines) update->mutable_attributes()->add_address(line);
      },
      "one line of the postal address; may be repeated");
  verb->add_option_function<std::vector<std::string>>(
      "--contact",
      [update](const std::vector<std::string>& people) {
        for (const auto& person : people) AddContactPerson(person, update->mutable_attributes());
      },
      "role,name,email,phone; may be repeated");
  auto insolvent = std::make_shared<std::string>();
  verb->add_option("--insolvent", *insolvent,
                   "date of the insolvency judgment: from it on nothing is asked for (yyyy-mm-dd)");
  verb->add_option_function<std::string>(
      "--etag", [update](const std::string& v) { update->set_etag(v); },
      "of `ledger account --json`: refuse when somebody changed the debtor since");
  auto credit_limit = std::make_shared<std::string>();
  auto limit_currency = std::make_shared<std::string>("EUR");
  verb->add_option("--credit-limit", *credit_limit, "decimal point, e.g. 10000.00");
  verb->add_option("--currency", *limit_currency, "of the credit limit")->capture_default_str();
  commands.Run(verb, [&context, update, insolvent, credit_limit, limit_currency]() -> absl::Status {
    if (!credit_limit->empty()) {
      RELANCE_ASSIGN_OR_RETURN(*update->mutable_attributes()->mutable_credit_limit(),
                               ParseMoneyFlag("--credit-limit", *credit_limit, *limit_currency));
    }
    return SetAttributes(context, *update, *insolvent);
  });

  auto reconcile = std::make_shared<ImportFlags>();
  reconcile->format = "fec";
  verb = commands.Verb(group, "reconcile", "Compare open items with the control account of the books",
                       "  relancectl ledger reconcile verger --as-of 2022-02-28 books.txt");
  verb->add_option("tenant", reconcile->tenant)->required();
  verb->add_option("file", reconcile->files, "a FEC; - is standard input")->required()->expected(1);
  verb->add_option("--as-of", reconcile->as_of, "balance of the books at this date");
  commands.Run(verb, [&context, reconcile] { return Reconcile(context, *reconcile); });

  auto payment = std::make_shared<PaymentFlags>();
  verb = commands.Verb(
      group, "pay", "Record money received",
      "  relancectl ledger pay verger RJKO00 --amount 1200.00 --date 2022-03-02 --reference FA1234");
  verb->add_option("tenant", payment->tenant)->required();
  verb->add_option("account", payment->account)->required();
  verb->add_option("--amount", payment->amount, "decimal point, e.g. 1200.00")->required();
  verb->add_option("--currency", payment->currency)->capture_default_str();
  verb->add_option("--date", payment->date, "default: today of the tenant");
  verb->add_option("--item", payment->items, "item to settle; may be repeated");
  verb->add_option("--reference", payment->reference, "text or reference of the payment");
  commands.Run(verb, [&context, payment] { return Pay(context, *payment); });

  verb = commands.Verb(group, "dispute", "Open a dispute on an item",
                       "  relancectl ledger dispute verger RJKO00 5f0c... --reason QUALITY");
  verb->add_option("tenant", payment->tenant)->required();
  verb->add_option("account", payment->account)->required();
  verb->add_option("item", payment->item)->required();
  verb->add_option("--reason", payment->reason, "UPPER_SNAKE")->required();
  verb->add_option("--amount", payment->amount, "contested part; default: all that is open");
  verb->add_option("--currency", payment->currency)->capture_default_str();
  verb->add_option("--owner", payment->owner, "opaque user id of who settles it");
  commands.Run(verb, [&context, payment] { return Dispute(context, *payment); });

  verb = commands.Verb(group, "return", "The bank has taken a payment back: its items are open again",
                       "  relancectl ledger return verger RJKO00 5f0c... --reason AC04 --date 2022-03-09");
  verb->add_option("tenant", payment->tenant)->required();
  verb->add_option("account", payment->account)->required();
  verb->add_option("payment", payment->item, "item id of the payment")->required();
  verb->add_option("--reason", payment->reason, "reason code of the bank, e.g. AC04")->required();
  verb->add_option("--date", payment->date, "default: today of the tenant");
  commands.Run(verb, [&context, payment] { return Return(context, *payment); });

  verb =
      commands.Verb(group, "resolve", "End a dispute", "  relancectl ledger resolve verger RJKO00 5f0c...");
  verb->add_option("tenant", payment->tenant)->required();
  verb->add_option("account", payment->account)->required();
  verb->add_option("item", payment->item)->required();
  commands.Run(verb, [&context, payment] {
    return OneItem(context, *payment, ledger::v1::ResolveDisputeRequest(),
                   &LedgerService::StubInterface::ResolveDispute);
  });

  verb = commands.Verb(group, "write-off", "Write off what is open of an item",
                       "  relancectl ledger write-off verger RJKO00 5f0c... --reason SMALL_RESIDUE");
  verb->add_option("tenant", payment->tenant)->required();
  verb->add_option("account", payment->account)->required();
  verb->add_option("item", payment->item)->required();
  verb->add_option("--reason", payment->reason, "UPPER_SNAKE")->required();
  commands.Run(verb, [&context, payment] {
    ledger::v1::WriteOffItemRequest request;
    request.set_reason(payment->reason);
    return OneItem(context, *payment, request, &LedgerService::StubInterface::WriteOffItem);
  });
}

}  // namespace relance::ctl
