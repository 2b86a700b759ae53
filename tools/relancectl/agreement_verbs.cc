#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/status/status_macros.h"
#include "relance/ledger/v1/agreement_service.grpc.pb.h"
#include "tools/relancectl/context.h"
#include "tools/relancectl/table.h"

namespace relance::ctl {
namespace {

using ledger::v1::AgreementService;

constexpr int kPageSize = 1000;

// "quality_kind" without its prefix, as people type it: due_date_missing.
std::string LabelOf(ledger::v1::QualityKind kind) {
  return absl::AsciiStrToLower(
      absl::StripPrefix(ledger::v1::QualityKind_Name(kind), absl::string_view("QUALITY_KIND_")));
}

std::string LabelOf(ledger::v1::QualitySeverity severity) {
  return absl::AsciiStrToLower(
      absl::StripPrefix(ledger::v1::QualitySeverity_Name(severity), absl::string_view("QUALITY_SEVERITY_")));
}

absl::StatusOr<ledger::v1::QualityKind> ParseKind(const std::string& label) {
  const std::string name =
      absl::StrCat("QUALITY_KIND_", absl::StrReplaceAll(absl::AsciiStrToUpper(label), {{"-", "_"}}));
  ledger::v1::QualityKind kind = ledger::v1::QUALITY_KIND_UNSPECIFIED;
  if (ledger::v1::QualityKind_Parse(name, &kind) && kind != ledger::v1::QUALITY_KIND_UNSPECIFIED) return kind;
  std::vector<std::string> known;
  for (int i = 1; i < ledger::v1::QualityKind_descriptor()->value_count(); ++i) {
    known.push_back(LabelOf(
        static_cast<ledger::v1::QualityKind>(ledger::v1::QualityKind_descriptor()->value(i)->number())));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--kind: ", label, " is none of ", absl::StrJoin(known, ", ")));
}

bool IsZero(const type::v1::Money& money) { return money.units() == 0 && money.nanos() == 0; }

struct AgreementFlags {
  std::string tenant, date, currency;
  int limit = 50;
  bool history = false;
};

void PrintAgreement(Context& context, const ledger::v1::Agreement& agreement) {
  auto& out = context.out();
  out << "books of " << Text(agreement.from_date()) << " to " << Text(agreement.date()) << ", import "
      << agreement.import_id() << "\n";
  Table table;
  table.Column("");
  table.Column("amount", Table::Align::kRight);
  table.Row({"control accounts of the books", Text(agreement.books())});
  table.Row({"open items at that date", Text(agreement.items())});
  table.Row({"  of it told by the bank, not yet by the books", Text(agreement.in_transit_bank())});
  table.Row({"  of it told by others, not yet by the books", Text(agreement.in_transit_other())});
  table.Row({"difference", Text(agreement.difference())});
  if (!IsZero(agreement.unidentified())) {
    table.Row({"beside it, money of unknown payers", Text(agreement.unidentified())});
  }
  table.Print(out);
  if (agreement.accounts_differing() == 0) {
    out << agreement.accounts() << " accounts, agreed to the cent\n";
  } else {
    out << agreement.accounts_differing() << " of " << agreement.accounts()
        << " accounts differ, since import " << agreement.since_import_id() << " (books of "
        << Text(agreement.since_date()) << ")\n";
  }
}

void PrintBankAccounts(Context& context, const ledger::v1::GetAgreementResponse& response) {
  if (response.bank_accounts().empty()) return;
  Table table;
  for (const char* title : {"bank account", "currency", "known up to"}) table.Column(title);
  for (const char* title : {"closing balance", "statements", "gaps"})
    table.Column(title, Table::Align::kRight);
  for (const auto& account : response.bank_accounts()) {
    table.Row({account.account(), account.currency_code(), Text(account.known_until_date()),
               account.has_closing() ? Text(account.closing()) : "not told",
               absl::StrCat(account.statements()), absl::StrCat(account.gaps_size())});
  }
  table.Print(context.out());
  for (const auto& account : response.bank_accounts()) {
    for (const auto& gap : account.gaps()) {
      if (gap.kind() == ledger::v1::STATEMENT_GAP_KIND_SUM) {
        context.out() << account.account() << ": the statement of " << Text(gap.before_date())
                      << " closes with " << Text(gap.found()) << ", its entries make " << Text(gap.expected())
                      << "\n";
      } else {
        context.out() << account.account() << ": a statement is missing between " << Text(gap.after_date())
                      << " (" << Text(gap.expected()) << ") and " << Text(gap.before_date())
                      << " (opens with " << Text(gap.found()) << ")\n";
      }
    }
  }
}

absl::Status History(Context& context, const AgreementFlags& flags) {
  ledger::v1::ListAgreementsRequest request;
  request.set_tenant_id(flags.tenant);
  request.set_currency_code(flags.currency);
  request.set_page_size(flags.limit);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<AgreementService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &AgreementService::StubInterface::ListAgreements, request));
  if (context.json) return context.PrintJson(response);
  Table table;
  table.Column("books of");
  for (const char* title :
       {"books", "items", "in transit: bank", "others", "difference", "accounts differing"}) {
    table.Column(title, Table::Align::kRight);
  }
  for (const char* title : {"since", "import"}) table.Column(title);
  for (const auto& a : response.agreements()) {
    table.Row({Text(a.date()), Text(a.books()), Text(a.items()), Text(a.in_transit_bank()),
               Text(a.in_transit_other()), Text(a.difference()), absl::StrCat(a.accounts_differing()),
               Text(a.since_date()), a.import_id()});
  }
  table.Print(context.out());
  if (!response.next_page_token().empty()) context.out() << "... and older ones: --limit\n";
  return absl::OkStatus();
}

absl::Status Agreement(Context& context, const AgreementFlags& flags) {
  if (flags.history) return History(context, flags);
  ledger::v1::GetAgreementRequest request;
  request.set_tenant_id(flags.tenant);
  request.set_currency_code(flags.currency);
  request.set_page_size(flags.limit);
  if (!flags.date.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_date(), ParseDateFlag("--date", flags.date));
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<AgreementService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &AgreementService::StubInterface::GetAgreement, request));
  int64_t gaps = 0;
  for (const auto& account : response.bank_accounts()) gaps += account.gaps_size();
  if (context.json) {
    RELANCE_RETURN_IF_ERROR(context.PrintJson(response));
  } else {
    if (response.has_agreement()) {
      PrintAgreement(context, response.agreement());
    } else {
      context.out() << "no books have been compared\n";
    }
    Table table;
    table.Column("account");
    for (const char* title : {"books", "items", "in transit", "difference"}) {
      table.Column(title, Table::Align::kRight);
    }
    for (const char* title : {"since", "import"}) table.Column(title);
    for (const auto& account : response.accounts()) {
      table.Row({account.account_id(), Text(account.books()), Text(account.items()),
                 Text(account.in_transit()), Text(account.difference()), Text(account.since_date()),
                 account.since_import_id()});
    }
    table.Print(context.out());
    if (!response.next_page_token().empty()) context.out() << "... and more: --limit\n";
    PrintBankAccounts(context, response);
  }
  std::vector<std::string> wrong;
  if (response.agreement().accounts_differing() > 0) {
    wrong.push_back(
        absl::StrCat(response.agreement().accounts_differing(), " accounts differ from the books"));
  }
  if (gaps > 0) wrong.push_back(absl::StrCat(gaps, " breaks in the bank statements"));
  return wrong.empty() ? absl::OkStatus() : absl::FailedPreconditionError(absl::StrJoin(wrong, "; "));
}

struct QualityFlags {
  std::string tenant;
  std::vector<std::string> kinds;
  int limit = 50;
  bool csv = false;
};

// RFC 4180.
std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

void PrintCsv(Context& context, const ledger::v1::QualityFinding& finding) {
  // The amount by itself, so that a spreadsheet can add it up.
  const std::vector<std::string> amount = absl::StrSplit(Text(finding.amount()), ' ');
  const std::vector<std::string> cells = {LabelOf(finding.kind()), LabelOf(finding.severity()),
                                          finding.account_id(),    absl::StrJoin(finding.item_numbers(), " "),
                                          amount.front(),          finding.amount().currency_code(),
                                          finding.message(),       finding.repair(),
                                          finding.command(),       absl::StrJoin(finding.item_ids(), " ")};
  context.out() << absl::StrJoin(cells, ",", [](std::string* out, const std::string& cell) {
    *out += CsvCell(cell);
  }) << "\n";
}

void PrintCounts(Context& context, const ledger::v1::GetQualityResponse& response) {
  context.out() << "at " << Text(response.as_of_date()) << "\n";
  Table table;
  for (const char* title : {"what", "severity"}) table.Column(title);
  for (const char* title : {"findings", "accounts", "amount"}) table.Column(title, Table::Align::kRight);
  for (const auto& count : response.counts()) {
    std::vector<std::string> amounts;
    for (const auto& amount : count.amounts()) amounts.push_back(Text(amount));
    table.Row({LabelOf(count.kind()), LabelOf(count.severity()), absl::StrCat(count.findings()),
               absl::StrCat(count.accounts()), absl::StrJoin(amounts, ", ")});
  }
  table.Print(context.out());
  if (response.counts().empty()) context.out() << "nothing found\n";
}

void PrintFinding(Context& context, const ledger::v1::QualityFinding& finding) {
  context.out() << absl::StrFormat(
      "\n%s  %s  %s: %s\n    %s\n", Text(finding.amount()), LabelOf(finding.kind()),
      finding.account_id().empty() ? "tenant" : finding.account_id(), finding.message(), finding.repair());
  if (!finding.command().empty()) context.out() << "    " << finding.command() << "\n";
}

absl::Status Quality(Context& context, const QualityFlags& flags) {
  ledger::v1::GetQualityRequest request;
  request.set_tenant_id(flags.tenant);
  for (const std::string& label : flags.kinds) {
    RELANCE_ASSIGN_OR_RETURN(const auto kind, ParseKind(label));
    request.add_kinds(kind);
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<AgreementService>("ledger"));
  if (flags.csv)
    context.out() << "kind,severity,account,documents,amount,currency,what,repair,command,items\n";
  int shown = 0;
  // A list for a spreadsheet is whole.
  const int limit = flags.csv ? INT32_MAX : flags.limit;
  do {
    request.set_page_size(std::min(kPageSize, limit - shown));
    RELANCE_ASSIGN_OR_RETURN(
        const auto response,
        rpc::Call(context.Call(), *stub, &AgreementService::StubInterface::GetQuality, request));
    if (context.json) RELANCE_RETURN_IF_ERROR(context.PrintJsonLine(response));
    if (!context.json && !flags.csv && shown == 0) PrintCounts(context, response);
    for (const auto& finding : response.findings()) {
      ++shown;
      if (flags.csv) PrintCsv(context, finding);
      if (!flags.csv && !context.json) PrintFinding(context, finding);
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty() && shown < limit);
  if (!request.page_token().empty() && !context.json)
    context.out() << "\n... and more: --limit, --kind or --csv\n";
  return absl::OkStatus();
}

}  // namespace

void AddAgreementVerbs(const Commands& commands) {
  Context& context = *commands.context;
  CLI::App* group = commands.app->get_subcommand("ledger");

  auto flags = std::make_shared<AgreementFlags>();
  CLI::App* verb = commands.Verb(
      group, "agreement", "Whether the open items are what the books and the bank say; exit code 0: they are",
      "  relancectl ledger agreement verger\n  relancectl ledger agreement verger --date 2022-02-28\n"
      "  relancectl ledger agreement verger --history");
  verb->add_option("tenant", flags->tenant)->required();
  verb->add_option("--date", flags->date, "the newest comparison on or before it (yyyy-mm-dd)");
  verb->add_option("--currency", flags->currency, "default: of the books");
  verb->add_option("--limit", flags->limit, "accounts, or days of the history, shown")->capture_default_str();
  verb->add_flag("--history", flags->history, "all comparisons, newest first");
  commands.Run(verb, [&context, flags] { return Agreement(context, *flags); });

  auto quality = std::make_shared<QualityFlags>();
  verb =
      commands.Verb(group, "quality", "What makes the aged balance dirty, most money first, with the repair",
                    "  relancectl ledger quality verger\n"
                    "  relancectl ledger quality verger --kind due_date_missing --kind duplicate_number\n"
                    "  relancectl ledger quality verger --csv > findings.csv");
  verb->add_option("tenant", quality->tenant)->required();
  verb->add_option("--kind", quality->kinds, "only this kind, as the first column names it; may be repeated");
  verb->add_option("--limit", quality->limit, "findings shown")->capture_default_str();
  verb->add_flag("--csv", quality->csv, "all findings, for a spreadsheet");
  commands.Run(verb, [&context, quality] { return Quality(context, *quality); });
}

}  // namespace relance::ctl
