#include "services/ledger/ledger_metrics.h"

#include <algorithm>

#include "common/metrics/metrics.h"
#include "common/time/day.h"

namespace relance::ledger {
namespace {

absl::string_view RuleLabel(state::v1::MatchRule rule) {
  switch (rule) {
    case state::v1::MATCH_RULE_LETTERING:
      return "lettering";
    case state::v1::MATCH_RULE_REFERENCE:
      return "reference";
    case state::v1::MATCH_RULE_DOCUMENT_NUMBER:
      return "document_number";
    case state::v1::MATCH_RULE_PAYER_AND_AMOUNT:
      return "payer_and_amount";
    case state::v1::MATCH_RULE_COMMAND:
      return "command";
    case state::v1::MATCH_RULE_END_TO_END_ID:
      return "end_to_end_id";
    case state::v1::MATCH_RULE_SUM_OF_ITEMS:
      return "sum_of_items";
    case state::v1::MATCH_RULE_SIMILAR_TEXT:
      return "similar_text";
    case state::v1::MATCH_RULE_OTHER_PAYER:
      return "other_payer";
    default:
      return "counterpart";
  }
}

// As importer.cc and sync_items.cc name them: "auto" is a file that shows no format.
constexpr absl::string_view kFormats[] = {"auto", "fec", "camt053", "camt054", "coda",  "cfonb120", "mt940",
                                          "ubl",  "cii", "facturx", "csv",     "table", "accounts", "sync"};
constexpr absl::string_view kCommands[] = {"record_payment",  "return_payment", "open_dispute",
                                           "resolve_dispute", "write_off_item", "update_account"};

metrics::CounterFamily& Imports() {
  static auto& family = *new metrics::CounterFamily("relance_ledger_imports_total",
                                                    "Imports by format and result", {"format", "result"});
  return family;
}

metrics::CounterFamily& ImportLines() {
  static auto& family =
      *new metrics::CounterFamily("relance_ledger_import_lines_total",
                                  "Lines or transactions of imports, by outcome", {"format", "outcome"});
  return family;
}

metrics::CounterFamily& Allocations() {
  static auto& family = *new metrics::CounterFamily(
      "relance_ledger_allocations_total", "Allocations made, by the rule that found them", {"rule"});
  return family;
}

metrics::CounterFamily& CommandsDone() {
  static auto& family = *new metrics::CounterFamily(
      "relance_ledger_commands_total", "Commands of people and programs, by result", {"command", "result"});
  return family;
}

metrics::CounterFamily& Proposals() {
  static auto& family = *new metrics::CounterFamily(
      "relance_ledger_proposals_total",
      "Proposals for money that people decided about, and matches that they undid", {"rule", "result"});
  return family;
}

}  // namespace

void CountProposal(state::v1::MatchRule rule, absl::string_view result) {
  Proposals().With({RuleLabel(rule), result}).Increment();
}

void ShowProposalsAtZero() {
  for (const char* result : {"accepted", "refused", "undone"}) {
    for (int rule = state::v1::MatchRule_MIN; rule <= state::v1::MatchRule_MAX; ++rule) {
      if (rule == state::v1::MATCH_RULE_UNSPECIFIED || !state::v1::MatchRule_IsValid(rule)) continue;
      Proposals().With({RuleLabel(static_cast<state::v1::MatchRule>(rule)), result}).Increment(0);
    }
  }
}

void ShowCountersAtZero() {
  for (const absl::string_view format : kFormats) {
    for (const char* result : {"ok", "repeated", "refused", "failed"}) {
      Imports().With({format, result}).Increment(0);
    }
    // A file without a format has no lines.
    if (format != "auto") CountLines(format, 0, 0, 0);
  }
  CountPosted({});
  for (int rule = state::v1::MatchRule_MIN; rule <= state::v1::MatchRule_MAX; ++rule) {
    if (rule == state::v1::MATCH_RULE_UNSPECIFIED || !state::v1::MatchRule_IsValid(rule)) continue;
    Allocations().With({RuleLabel(static_cast<state::v1::MatchRule>(rule))}).Increment(0);
  }
  CountUnidentified(0);
  CountAccounts(0, 0, 0);
  for (const absl::string_view command : kCommands) {
    for (const char* result : {"done", "replayed", "refused"}) {
      CommandsDone().With({command, result}).Increment(0);
    }
  }
  // Those of CashService are counted when they are done; proposals have their own counter.
  for (const char* command : {"allocate_payment", "record_deduction"}) {
    CommandsDone().With({command, "done"}).Increment(0);
  }
  ShowProposalsAtZero();
}

void CountImport(absl::string_view format, absl::string_view result) {
  Imports().With({format, result}).Increment();
}

void CountPosted(const PostResult& result) {
  static auto& items = *new metrics::CounterFamily("relance_ledger_items_total",
                                                   "Items told by sources, by outcome", {"outcome"});
  static auto& payments = *new metrics::CounterFamily(
      "relance_ledger_payments_total", "Payments that looked for their items, by outcome", {"outcome"});
  const auto add = [](metrics::CounterFamily& family, absl::string_view label, int64_t count) {
    family.With({label}).Increment(static_cast<double>(count));
  };
  add(items, "created", result.created);
  add(items, "changed", result.changed);
  add(items, "unchanged", result.unchanged);
  add(items, "confirmed", result.confirmed);
  add(items, "absent_settled", result.absent_settled);
  add(items, "completed", result.completed);
  add(payments, "matched", result.payments_matched);
  add(payments, "partly_matched", result.payments_partly_matched);
  add(payments, "unmatched", result.payments_unmatched);
  add(payments, "returned", result.payments_returned);
  for (const auto& [rule, count] : result.allocations) add(Allocations(), RuleLabel(rule), count);
}

void CountLines(absl::string_view format, int64_t read, int64_t rejected, int64_t skipped) {
  metrics::CounterFamily& family = ImportLines();
  family.With({format, "entered"})
      .Increment(static_cast<double>(std::max<int64_t>(read - rejected - skipped, 0)));
  family.With({format, "rejected"}).Increment(static_cast<double>(rejected));
  family.With({format, "skipped"}).Increment(static_cast<double>(skipped));
}

void CountUnidentified(int64_t payments) {
  static auto& family = *new metrics::CounterFamily("relance_ledger_payments_unidentified_total",
                                                    "Payments and returns that found no account");
  family.With().Increment(static_cast<double>(payments));
}

void CountCommand(absl::string_view command, absl::string_view result) {
  CommandsDone().With({command, result}).Increment();
}

void CountAccounts(int64_t written, int64_t unchanged, int64_t stale) {
  static auto& family = *new metrics::CounterFamily(
      "relance_ledger_account_rounds_total", "Accounts read and decided, by what came of it", {"result"});
  family.With({"written"}).Increment(static_cast<double>(written));
  family.With({"unchanged"}).Increment(static_cast<double>(unchanged));
  family.With({"stale"}).Increment(static_cast<double>(stale));
}

}  // namespace relance::ledger
