// Reports of the ledger: ageing, history, items behind an age, concentration, expected losses, claims.
#include <functional>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "common/money/decimal_text.h"
#include "common/status/status_macros.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "relance/ledger/v1/report_service.grpc.pb.h"
#include "tools/relancectl/context.h"
#include "tools/relancectl/table.h"

namespace relance::ctl {
namespace {

using ledger::v1::ReportService;

// "1234.56": for files and columns whose currency stands elsewhere.
std::string Plain(const type::v1::Money& money) {
  const std::string text = Text(money);
  return text.substr(0, text.find(' '));
}

// A field of a CSV file (RFC 4180).
std::string Field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

void CsvRow(Context& context, const std::vector<std::string>& fields) {
  for (size_t i = 0; i < fields.size(); ++i) context.out() << (i == 0 ? "" : ",") << Field(fields[i]);
  context.out() << "\r\n";
}

struct GroupFlags {
  std::string tenant, as_of, currency, group_by, group;
  bool has_group = false;
};

// The flags that most reports share.
void AddGroupFlags(CLI::App* verb, const std::shared_ptr<GroupFlags>& flags) {
  verb->add_option("tenant", flags->tenant)->required();
  verb->add_option("--as-of", flags->as_of, "default: today of the tenant");
  verb->add_option("--currency", flags->currency, "only this one");
  verb->add_option("--by,--group-by", flags->group_by,
                   "segment, region, sector, country, collector, customer_type, trade, parent, language");
  verb->add_option_function<std::string>(
      "--group",
      [flags](const std::string& v) {
        flags->group = v;
        flags->has_group = true;
      },
      "only accounts of this group, a value of what --by names");
}

template <typename Request>
absl::Status FillGroup(const GroupFlags& flags, Request* request) {
  request->set_tenant_id(flags.tenant);
  request->set_currency_code(flags.currency);
  request->set_group_by(flags.group_by);
  if (flags.has_group) request->set_group(flags.group);
  return absl::OkStatus();
}

template <typename Request>
absl::Status FillAsOf(const GroupFlags& flags, Request* request) {
  if (flags.as_of.empty()) return absl::OkStatus();
  RELANCE_ASSIGN_OR_RETURN(*request->mutable_as_of_date(), ParseDateFlag("--as-of", flags.as_of));
  return absl::OkStatus();
}

struct AgeingFlags {
  std::vector<int> edges;
  bool by_account = false, csv = false;
  int limit = 20;
};

absl::Status Ageing(Context& context, const GroupFlags& group, const AgeingFlags& flags) {
  using ledger::v1::LedgerService;
  ledger::v1::GetAgeingRequest request;
  RELANCE_RETURN_IF_ERROR(FillGroup(group, &request));
  RELANCE_RETURN_IF_ERROR(FillAsOf(group, &request));
  request.set_by_account(flags.by_account);
  request.set_page_size(flags.csv ? 1000 : flags.limit);
  for (const int edge : flags.edges) request.add_bucket_edges(edge);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<LedgerService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(const auto response, rpc::Call(context.Call(), *stub,
                                                          &LedgerService::StubInterface::GetAgeing, request));
  if (context.json) return context.PrintJson(response);
  if (!flags.csv) {
    context.out() << "aged balance of " << group.tenant << " at " << Text(response.as_of_date())
                  << ", by days past due\n";
  }
  bool first = true;
  for (const auto& currency : response.currencies()) {
    std::vector<std::string> titles = {"", "name"};
    for (const auto& bucket : currency.total().buckets()) titles.push_back(bucket.label());
    for (const char* title : {"no due date", "credits", "unapplied", "total", "overdue", "disputed"})
      titles.push_back(title);
    Table table;
    for (size_t c = 0; c < titles.size(); ++c) {
      table.Column(titles[c], c < 2 ? Table::Align::kLeft : Table::Align::kRight);
    }
    if (flags.csv && std::exchange(first, false)) {
      titles[0] = request.by_account() ? "account" : "group";
      titles.insert(titles.begin(), "currency");
      titles.insert(titles.begin(), "as of");
      CsvRow(context, titles);
    }
    const auto add = [&](const ledger::v1::AgeingRow& row, const std::string& key) {
      std::vector<std::string> cells = {key, row.name()};
      const auto amount = [&](const type::v1::Money& money) {
        return flags.csv ? Plain(money) : Text(money);
      };
      // What is nowhere stands nowhere: a column of nothing is left out.
      const auto rare = [&](const type::v1::Money& money) {
        return money.units() == 0 && money.nanos() == 0 && !flags.csv ? std::string() : amount(money);
      };
      for (const auto& bucket : row.buckets()) cells.push_back(amount(bucket.amount()));
      cells.push_back(rare(row.no_due_date()));
      cells.push_back(amount(row.credits()));
      cells.push_back(rare(row.unapplied()));
      cells.push_back(amount(row.total()));
      cells.push_back(amount(row.overdue()));
      cells.push_back(rare(row.disputed()));
      if (!flags.csv) return table.Row(std::move(cells));
      cells.insert(cells.begin(), currency.currency_code());
      cells.insert(cells.begin(), Text(response.as_of_date()));
      CsvRow(context, cells);
    };
    for (const auto& row : currency.rows()) add(row, row.key().empty() ? "(none)" : row.key());
    if (!flags.csv) add(currency.total(), absl::StrCat("all, ", currency.currency_code()));
    if (flags.csv && currency.rows_size() == 0) add(currency.total(), "");
    table.Print(context.out());
  }
  return absl::OkStatus();
}

struct HistoryFlags {
  std::string from, to, job;
  int period = 0;
  bool open_metrics = false;
};

absl::Status ExportHistory(Context& context, const GroupFlags& group, const HistoryFlags& flags) {
  ledger::v1::ExportHistoryRequest request;
  request.set_tenant_id(group.tenant);
  request.set_job(flags.job);
  if (!flags.from.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_from_date(), ParseDateFlag("--from", flags.from));
  }
  if (!flags.to.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_before_date(), ParseDateFlag("--to", flags.to));
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ReportService>("ledger"));
  grpc::ClientContext client;
  rpc::PrepareOutgoing(context.Call(), &client);
  auto reader = stub->ExportHistory(&client, request);
  ledger::v1::ExportHistoryResponse piece;
  while (reader->Read(&piece)) context.out() << piece.text();
  return rpc::FromGrpcStatus(reader->Finish());
}

std::string Days(const ledger::v1::HistoryPoint& point, const std::string& method) {
  for (const auto& dso : point.dso()) {
    if (dso.method() == method) return absl::StrFormat("%.1f", dso.days());
  }
  return "";
}

absl::Status History(Context& context, const GroupFlags& group, const HistoryFlags& flags) {
  if (flags.open_metrics) return ExportHistory(context, group, flags);
  ledger::v1::GetHistoryRequest request;
  RELANCE_RETURN_IF_ERROR(FillGroup(group, &request));
  request.set_period_days(flags.period);
  if (!flags.from.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_from_date(), ParseDateFlag("--from", flags.from));
  }
  if (!flags.to.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_to_date(), ParseDateFlag("--to", flags.to));
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ReportService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &ReportService::StubInterface::GetHistory, request));
  if (context.json) return context.PrintJson(response);
  for (const auto& currency : response.currencies()) {
    context.out() << group.tenant << ", " << currency.currency_code() << "\n";
    Table table;
    table.Column("month end");
    for (const char* title : {"opening", "billed", "cash", "credit notes", "write-offs", "granted",
                              "adjusted", "closing", "overdue", "DSO", "best", "CEI", "days late"}) {
      table.Column(title, Table::Align::kRight);
    }
    for (const auto& point : currency.points()) {
      const auto& roll = point.roll_forward();
      const auto other = Plain(roll.adjustments());
      table.Row({Text(point.as_of_date()), Plain(roll.opening()), Plain(roll.billed()), Plain(roll.cash()),
                 Plain(roll.credit_notes()), Plain(roll.write_offs()), Plain(roll.deductions()), other,
                 Plain(roll.closing()), Plain(point.overdue()), Days(point, "countback"),
                 Days(point, "best_possible"),
                 point.has_collection_effectiveness() ? Percent(point.collection_effectiveness()) : "",
                 point.has_weighted_days_late() ? absl::StrFormat("%.1f", point.weighted_days_late()) : ""});
    }
    table.Print(context.out());
  }
  return absl::OkStatus();
}

struct ItemFlags {
  std::string account, bucket;
  std::vector<int> edges;
  int limit = 100;
  bool csv = false;
};

absl::Status Items(Context& context, const GroupFlags& group, const ItemFlags& flags) {
  ledger::v1::ListAgedItemsRequest request;
  RELANCE_RETURN_IF_ERROR(FillGroup(group, &request));
  RELANCE_RETURN_IF_ERROR(FillAsOf(group, &request));
  request.set_account_id(flags.account);
  request.set_bucket(flags.bucket);
  for (const int edge : flags.edges) request.add_bucket_edges(edge);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ReportService>("ledger"));
  Table table;
  const std::vector<std::string> titles = {"account", "name",      "item", "number", "issued",
                                           "due",     "days late", "age",  "open",   "currency"};
  for (const std::string& title : titles) {
    const bool right = title == "days late" || title == "open";
    table.Column(title, right ? Table::Align::kRight : Table::Align::kLeft);
  }
  if (flags.csv) CsvRow(context, titles);
  int left = flags.limit;
  do {
    request.set_page_size(flags.csv ? 1000 : left);
    RELANCE_ASSIGN_OR_RETURN(
        const auto response,
        rpc::Call(context.Call(), *stub, &ReportService::StubInterface::ListAgedItems, request));
    if (context.json) RELANCE_RETURN_IF_ERROR(context.PrintJsonLine(response));
    for (const auto& aged : response.items()) {
      const auto& item = aged.item();
      std::vector<std::string> cells = {aged.account_id(),
                                        aged.account_name(),
                                        item.item_id(),
                                        item.number(),
                                        Text(item.issue_date()),
                                        Text(item.due_date()),
                                        item.has_due_date() ? absl::StrCat(item.days_past_due()) : "",
                                        aged.bucket(),
                                        Plain(item.open_amount()),
                                        item.open_amount().currency_code()};
      if (flags.csv) {
        CsvRow(context, cells);
      } else {
        table.Row(std::move(cells));
      }
    }
    left -= response.items_size();
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty() && (flags.csv || left > 0));
  if (!flags.csv && !context.json) {
    table.Print(context.out());
    if (!request.page_token().empty()) context.out() << "... and more: --limit\n";
  }
  return absl::OkStatus();
}

absl::Status Concentration(Context& context, const GroupFlags& group, bool debits, int limit) {
  ledger::v1::GetConcentrationRequest request;
  RELANCE_RETURN_IF_ERROR(FillGroup(group, &request));
  RELANCE_RETURN_IF_ERROR(FillAsOf(group, &request));
  request.set_basis(debits ? ledger::v1::CONCENTRATION_BASIS_DEBITS
                           : ledger::v1::CONCENTRATION_BASIS_OVERDUE);
  request.set_page_size(limit);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ReportService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &ReportService::StubInterface::GetConcentration, request));
  if (context.json) return context.PrintJson(response);
  for (const auto& currency : response.currencies()) {
    context.out() << absl::StrFormat("%s in %d accounts; %d of them hold 80 %%; Gini %.2f\n",
                                     Text(currency.amount()), currency.accounts(), currency.pareto_accounts(),
                                     currency.gini());
    Table table;
    table.Column("account");
    table.Column("name");
    table.Column("amount", Table::Align::kRight);
    table.Column("with all larger", Table::Align::kRight);
    for (const auto& account : currency.largest()) {
      table.Row(
          {account.account_id(), account.name(), Text(account.amount()), Percent(account.cumulated_share())});
    }
    table.Print(context.out());
    Table curve;
    curve.Column("accounts", Table::Align::kRight);
    curve.Column("of all", Table::Align::kRight);
    curve.Column("hold", Table::Align::kRight);
    for (const auto& point : currency.curve()) {
      curve.Row(
          {absl::StrCat(point.accounts()), Percent(point.account_share()), Percent(point.amount_share())});
    }
    curve.Print(context.out());
  }
  return absl::OkStatus();
}

struct LossFlags {
  std::vector<std::string> rates, flows;
  std::string final_loss = "0";
  int months = 0, forward = 0;
  std::vector<int> edges;
};

// A percentage, exactly: 100 is 1,000,000,000 billionths.
absl::StatusOr<int64_t> Billionths(const std::string& flag, const std::string& percent) {
  constexpr int kDecimals = 7;
  const auto parsed = ParseDecimalMinor(percent, kDecimals, DecimalStyle{});
  if (!parsed.ok()) return absl::InvalidArgumentError(absl::StrCat(flag, ": ", parsed.status().message()));
  return *parsed;
}

absl::Status ExpectedLoss(Context& context, const GroupFlags& group, const LossFlags& flags) {
  ledger::v1::GetExpectedLossRequest request;
  RELANCE_RETURN_IF_ERROR(FillGroup(group, &request));
  RELANCE_RETURN_IF_ERROR(FillAsOf(group, &request));
  for (const std::string& rate : flags.rates) {
    RELANCE_ASSIGN_OR_RETURN(const int64_t ppb, Billionths("--rate", rate));
    request.add_loss_rates_ppb(ppb);
  }
  for (const std::string& flow : flags.flows) {
    RELANCE_ASSIGN_OR_RETURN(const int64_t ppb, Billionths("--flow", flow));
    request.add_flow_rates_ppb(ppb);
  }
  for (const int edge : flags.edges) request.add_bucket_edges(edge);
  RELANCE_ASSIGN_OR_RETURN(const int64_t final_loss, Billionths("--final-loss", flags.final_loss));
  request.set_final_loss_ppb(final_loss);
  request.set_flow_months(flags.months);
  request.set_forward_looking_permille(flags.forward);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ReportService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &ReportService::StubInterface::GetExpectedLoss, request));
  if (context.json) return context.PrintJson(response);
  for (const auto& currency : response.currencies()) {
    context.out() << "rates: " << currency.rates_from() << "\n";
    Table table;
    table.Column("age");
    for (const char* title : {"open", "rolls on", "loss rate", "expected loss"})
      table.Column(title, Table::Align::kRight);
    const auto percent = [](int64_t ppb) { return ppb < 0 ? "" : absl::StrFormat("%.5f %%", ppb / 1e7); };
    for (const auto& row : currency.rows()) {
      table.Row({row.bucket(), Text(row.gross()), percent(row.flow_ppb()), percent(row.loss_rate_ppb()),
                 Text(row.loss())});
    }
    table.Row({"all", Text(currency.gross()), "", "", Text(currency.loss())});
    table.Print(context.out());
  }
  return absl::OkStatus();
}

struct ClaimFlags {
  std::string tenant, account, as_of, mode = "principal", notice, regime;
  std::vector<std::string> items;
  int rate_bps = 0, multiple = 0;
  bool paid = false, by_post = false;
};

void PrintClaim(Context& context, const ledger::v1::ItemClaim& claim) {
  auto& out = context.out();
  out << absl::StrFormat("\n%s  issued %s, due %s, %s",
                         claim.number().empty() ? claim.item_id() : claim.number(), Text(claim.issue_date()),
                         Text(claim.due_date()), Text(claim.amount()));
  if (!claim.regime().empty()) out << "  [" << claim.regime() << ": " << claim.basis() << "]";
  out << "\n";
  for (const auto& movement : claim.movements()) {
    out << absl::StrFormat("  %s  %s %s\n", Text(movement.date()), movement.payment() ? "paid" : "credited",
                           Text(movement.amount()));
  }
  Table table;
  for (const char* title : {"  from", "to"}) table.Column(title);
  for (const char* title : {"days", "principal", "rate", "interest"})
    table.Column(title, Table::Align::kRight);
  table.Column("");
  for (const auto& segment : claim.segments()) {
    table.Row({"  " + Text(segment.from_date()), Text(segment.to_date()), absl::StrCat(segment.days()),
               Plain(segment.principal()), segment.rate_percent() + " %", Plain(segment.interest()),
               segment.verified() ? "" : "rate not verified"});
  }
  table.Print(out);
  out << absl::StrFormat("  interest %s (open %s), indemnity %s, costs %s, principal %s, surplus %s: %s\n",
                         Plain(claim.accrued_interest()), Plain(claim.open_interest()),
                         Text(claim.indemnity()), Plain(claim.costs()), Plain(claim.principal()),
                         Plain(claim.surplus()), Text(claim.total()));
  if (claim.has_limitation_date()) {
    out << "  barred after " << Text(claim.limitation_date()) << ", watch "
        << Text(claim.limitation_watch_date()) << "\n";
  }
  for (const std::string& note : claim.notes()) out << "  note: " << note << "\n";
}

absl::Status Claims(Context& context, const ClaimFlags& flags) {
  ledger::v1::GetClaimsRequest request;
  request.set_tenant_id(flags.tenant);
  request.set_account_id(flags.account);
  for (const std::string& item : flags.items) request.add_item_ids(item);
  if (!flags.as_of.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_as_of_date(), ParseDateFlag("--as-of", flags.as_of));
  }
  if (!flags.notice.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_notice_date(), ParseDateFlag("--notice", flags.notice));
  }
  request.set_notice_by_post(flags.by_post);
  request.set_mode(flags.mode == "interest" ? ledger::v1::ALLOCATION_MODE_INTEREST_FIRST
                                            : ledger::v1::ALLOCATION_MODE_PRINCIPAL_FIRST);
  request.set_include_paid(flags.paid);
  if (!flags.regime.empty()) {
    request.mutable_terms()->set_regime(flags.regime);
    request.mutable_terms()->set_rate_bps(flags.rate_bps);
    request.mutable_terms()->set_reference_multiple_hundredths(flags.multiple);
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ReportService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(const auto response, rpc::Call(context.Call(), *stub,
                                                          &ReportService::StubInterface::GetClaims, request));
  if (context.json) return context.PrintJson(response);
  context.out() << "claims on " << flags.account << " at " << Text(response.as_of_date())
                << ", payments meet "
                << (response.mode() == ledger::v1::ALLOCATION_MODE_INTEREST_FIRST ? "interest" : "principal")
                << " first\n";
  if (!response.verified()) {
    context.out() << "NOT VERIFIED: some rate or rule rests on less than a public source; not for an act\n";
  }
  for (const auto& claim : response.items()) PrintClaim(context, claim);
  for (const auto& total : response.totals()) {
    context.out() << absl::StrFormat(
        "\nin all: principal %s + interest %s + indemnities %s + costs %s - surplus %s = %s\n",
        Plain(total.principal()), Plain(total.interest()), Plain(total.indemnities()), Plain(total.costs()),
        Plain(total.surplus()), Text(total.total()));
  }
  for (const auto& credit : response.open_credits()) {
    context.out() << "to be set off: " << Text(credit) << " of credits that have met no item\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddReportVerbs(const Commands& commands) {
  Context& context = *commands.context;
  CLI::App* group = commands.app->get_subcommand("ledger");
  const auto scope = std::make_shared<GroupFlags>();

  auto ageing = std::make_shared<AgeingFlags>();
  CLI::App* verb = commands.Verb(
      group, "ageing", "The aged balance, at any date",
      "  relancectl ledger ageing verger\n  relancectl ledger ageing verger --as-of 2022-03-31 --by-account\n"
      "  relancectl ledger ageing verger --by region --bucket 30 --bucket 60 --csv > ageing.csv\n"
      "  relancectl ledger ageing verger --by region --group Nord --by-account");
  AddGroupFlags(verb, scope);
  verb->add_flag("--by-account", ageing->by_account, "a row an account, largest overdue first");
  verb->add_option("--bucket", ageing->edges,
                   "upper edge of an age in days; may be repeated; default: the tenant's, else 30 60 90")
      ->take_all();
  verb->add_option("--limit", ageing->limit, "accounts shown")->capture_default_str();
  verb->add_flag("--csv", ageing->csv, "CSV, at most 1,000 rows a currency");
  commands.Run(verb, [&context, scope, ageing] { return Ageing(context, *scope, *ageing); });

  auto history = std::make_shared<HistoryFlags>();
  verb = commands.Verb(group, "history", "All indicators month by month, back to the first item",
                       "  relancectl ledger history verger --from 2021-01-01\n"
                       "  relancectl ledger history verger --openmetrics > history.om\n"
                       "  promtool tsdb create-blocks-from openmetrics history.om prometheus-data");
  AddGroupFlags(verb, scope);
  verb->remove_option(verb->get_option("--as-of"));
  verb->add_option("--from", history->from, "no month end before it; default: the first item");
  verb->add_option(
      "--to", history->to,
      "up to this date; with --openmetrics before it: the date from which on Prometheus scrapes; "
      "default: today of the tenant");
  verb->add_option("--period", history->period, "days of sales of the simple method; default 90");
  verb->add_flag("--openmetrics", history->open_metrics,
                 "OpenMetrics text with timestamps, the same series as the live gauges");
  verb->add_option(
      "--job", history->job,
      "with --openmetrics: label `job` of what Prometheus scrapes of the ledger; default relance-ledger");
  commands.Run(verb, [&context, scope, history] { return History(context, *scope, *history); });

  auto items = std::make_shared<ItemFlags>();
  verb = commands.Verb(group, "items", "The items behind an aged balance, at any date",
                       "  relancectl ledger items verger --age '> 90' --limit 50\n"
                       "  relancectl ledger items verger --as-of 2022-03-31 --by region --group Nord --csv");
  AddGroupFlags(verb, scope);
  verb->add_option("--account", items->account, "only this one");
  verb->add_option("--age", items->bucket,
                   "\"not due\", \"1-30\", ..., \"no due date\", credits or unapplied; default: all");
  verb->add_option("--bucket", items->edges, "upper edge of an age in days; may be repeated")->take_all();
  verb->add_option("--limit", items->limit, "items shown")->capture_default_str();
  verb->add_flag("--csv", items->csv, "all of them, as CSV");
  commands.Run(verb, [&context, scope, items] { return Items(context, *scope, *items); });

  auto debits = std::make_shared<bool>(false);
  auto limit = std::make_shared<int>(20);
  verb = commands.Verb(
      group, "pareto", "How far what is overdue lies with few accounts",
      "  relancectl ledger pareto verger --limit 10\n  relancectl ledger pareto verger --debits");
  AddGroupFlags(verb, scope);
  verb->add_flag("--debits", *debits, "all open debits instead of what is overdue");
  verb->add_option("--limit", *limit, "accounts named")->capture_default_str();
  commands.Run(verb,
               [&context, scope, debits, limit] { return Concentration(context, *scope, *debits, *limit); });

  auto loss = std::make_shared<LossFlags>();
  verb = commands.Verb(
      group, "loss", "Expected credit loss by a provision matrix (IFRS 9, simplified)",
      "  relancectl ledger loss verger --rate 0.3 --rate 1.6 --rate 3.6 --rate 6.6 --rate 10.6\n"
      "  relancectl ledger loss verger --final-loss 85 --forward 1100");
  AddGroupFlags(verb, scope);
  verb->add_option("--rate", loss->rates, "loss rate of an age in percent, not due first; repeated")
      ->take_all();
  verb->add_option("--flow", loss->flows, "what rolls into the next age in percent; repeated")->take_all();
  verb->add_option("--final-loss", loss->final_loss, "what is lost of the oldest age in percent");
  verb->add_option("--months", loss->months, "months of observed flows, when none are given; default 12");
  verb->add_option("--forward", loss->forward, "forward-looking adjustment in thousandths; default 1000");
  verb->add_option("--bucket", loss->edges, "upper edge of an age in days; may be repeated")->take_all();
  commands.Run(verb, [&context, scope, loss] { return ExpectedLoss(context, *scope, *loss); });

  auto claims = std::make_shared<ClaimFlags>();
  verb = commands.Verb(group, "claims", "What late items may be charged with: interest, indemnity, costs",
                       "  relancectl ledger claims verger RJKO00\n"
                       "  relancectl ledger claims verger RJKO00 --as-of 2022-06-30 --mode interest --paid\n"
                       "  relancectl ledger claims verger RJKO00 --regime FR_CONTRACT --multiple 300");
  verb->add_option("tenant", claims->tenant)->required();
  verb->add_option("account", claims->account)->required();
  verb->add_option("--as-of", claims->as_of,
                   "the last day that bears interest; default: today of the tenant");
  verb->add_option("--mode", claims->mode, "what a part payment meets first")
      ->check(CLI::IsMember({"principal", "interest"}))
      ->capture_default_str();
  verb->add_option("--item", claims->items, "only this one; may be repeated");
  verb->add_flag("--paid", claims->paid, "items that were paid late, too");
  verb->add_option("--regime", claims->regime,
                   "FR, FR_PUBLIC, FR_CONTRACT, FR_LEGAL, BE or EU; default: by tenant and account");
  verb->add_option("--rate-bps", claims->rate_bps, "with --regime: fixed yearly rate in basis points");
  verb->add_option("--multiple", claims->multiple,
                   "with --regime: hundredths of the reference rate, 300 is three times");
  verb->add_option("--notice", claims->notice, "consumers: date of the first reminder or formal notice");
  verb->add_flag("--by-post", claims->by_post, "consumers in Belgium: it went by post");
  commands.Run(verb, [&context, claims] { return Claims(context, *claims); });
}

}  // namespace relance::ctl
