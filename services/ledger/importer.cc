#include "services/ledger/importer.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/status/utf8.h"
#include "common/time/day.h"
#include "services/ledger/errors.h"
#include "services/ledger/gather_bank.h"
#include "services/ledger/gather_fec.h"
#include "services/ledger/gather_invoices.h"
#include "services/ledger/gather_rows.h"
#include "services/ledger/gather_table.h"
#include "services/ledger/import_books.h"
#include "services/ledger/ledger_metrics.h"

namespace relance::ledger {
namespace {

constexpr size_t kFileNameBytesMax = 255;
constexpr size_t kDifferencesMax = 10'000;

v1::MatchRule ToProto(state::v1::MatchRule rule) { return static_cast<v1::MatchRule>(rule); }

// Up to which day the source is known. A typing error in a date must not make it known for years.
std::optional<absl::CivilDay> KnownUntil(const ImportJob& job, const Gathered& gathered) {
  // One invoice says nothing about how far the books go.
  if (gathered.broken_off || job.format == ImportJob::Format::kInvoice) return std::nullopt;
  if (job.as_of.has_value()) return job.as_of;
  if (!gathered.newest_day.has_value()) return std::nullopt;
  return std::min(*gathered.newest_day, job.tenant->business_date + 1);
}

// Each bank account is a source of its own; it may be known less far than the file.
PostingService::SourceDays SourcesOf(const ImportJob& job, const Gathered& gathered,
                                     absl::CivilDay known_until) {
  if (gathered.bank_days.empty()) return {{job.format_name, known_until}};
  PostingService::SourceDays sources;
  for (const auto& [account, day] : gathered.bank_days) {
    sources[absl::StrCat(job.format_name, ":", account)] = std::min(day, known_until);
  }
  return sources;
}

}  // namespace

BooksOptions BooksOptionsOf(const state::v1::TenantConfig& config, std::optional<absl::CivilDay> as_of) {
  BooksOptions options;
  options.control_accounts = {config.control_accounts().begin(), config.control_accounts().end()};
  if (options.control_accounts.empty()) options.control_accounts = {"411", "413", "416", "419"};
  options.currency = config.currency().empty() ? "EUR" : config.currency();
  options.as_of = as_of;
  return options;
}

void FillReport(const Gathered& gathered, const PostingService::Outcome& outcome, v1::ImportReport* report) {
  const PostResult& result = outcome.result;
  report->set_read(report->read() + gathered.read);
  report->set_relevant(report->relevant() + gathered.relevant);
  report->set_rejected(report->rejected() + gathered.rejected);
  report->set_skipped(report->skipped() + gathered.skipped);
  report->set_created(report->created() + result.created);
  report->set_changed(report->changed() + result.changed);
  report->set_unchanged(report->unchanged() + result.unchanged);
  report->set_accounts_changed(report->accounts_changed() + outcome.accounts_changed);
  report->set_payments_matched(report->payments_matched() + result.payments_matched);
  report->set_payments_partly_matched(report->payments_partly_matched() + result.payments_partly_matched);
  report->set_payments_unmatched(report->payments_unmatched() + result.payments_unmatched);
  report->set_payments_unidentified(report->payments_unidentified() + outcome.unidentified);
  report->set_payments_returned(report->payments_returned() + result.payments_returned);
  report->set_payments_confirmed(report->payments_confirmed() + result.confirmed);
  report->set_absent_settled(report->absent_settled() + result.absent_settled);
  report->set_accounts_updated(report->accounts_updated() + result.accounts_updated);
  report->set_completed(report->completed() + result.completed);
  for (const auto& [rule, count] : result.allocations) {
    auto* matches = report->mutable_matches();
    auto it = std::find_if(matches->begin(), matches->end(), [rule = rule](const v1::MatchCount& match) {
      return match.rule() == ToProto(rule);
    });
    v1::MatchCount* match = it == matches->end() ? report->add_matches() : &*it;
    match->set_rule(ToProto(rule));
    match->set_allocations(match->allocations() + count);
  }
  for (const std::string& warning : gathered.warnings) {
    if (report->warnings_size() < static_cast<int>(kWarningsMax)) report->add_warnings(warning);
  }
}

absl::StatusOr<ImportJob> Importer::Check(const v1::ImportHeader& header, store::Deadline deadline) const {
  ImportJob job;
  job.format_name = header.format();
  if (header.format() == "fec") {
    job.format = ImportJob::Format::kFec;
  } else if (header.format() == "camt053") {
    job.format = ImportJob::Format::kCamt053;
  } else if (header.format() == "csv") {
    job.format = ImportJob::Format::kCsv;
  } else if (header.format() == "table" || header.format() == "accounts") {
    job.format = ImportJob::Format::kTable;
    job.mapping = header.format() == "accounts" ? "accounts" : header.mapping();
  } else if (header.format() == kSourceUbl || header.format() == kSourceCii || header.format() == kSourceFacturX) {
    job.format = ImportJob::Format::kInvoice;
  } else {
    return DomainError(absl::StatusCode::kInvalidArgument, kFormatUnknown,
                       "format is fec, camt053, ubl, cii, facturx, csv, table or accounts",
                       {{"format", header.format().substr(0, 32)}});
  }
  if (header.has_as_of_date()) {
    RELANCE_ASSIGN_OR_RETURN(job.as_of, rpc::DayFromProto(header.as_of_date(), "as_of_date"));
  }
  job.file_name = CleanUtf8(header.file_name(), kFileNameBytesMax);
  job.snapshot = header.snapshot() &&
                 (job.format == ImportJob::Format::kCsv || job.format == ImportJob::Format::kTable);
  RELANCE_ASSIGN_OR_RETURN(job.tenant, directory_->Get(header.tenant_id(), deadline));
  return job;
}

absl::StatusOr<Gathered> Importer::Gather(const ImportJob& job, const SpoolFile& file) {
  switch (job.format) {
    case ImportJob::Format::kCamt053:
      return GatherCamt(file, job.file_name, job.as_of);
    case ImportJob::Format::kCsv:
      return GatherCsv(file, job.file_name, job.as_of, job.snapshot);
    case ImportJob::Format::kTable: {
      RELANCE_ASSIGN_OR_RETURN(const Mapping mapping,
                               ChooseMapping(job.mapping, job.own_mappings, file, job.file_name));
      return GatherTable(file, job.file_name, mapping, job.tenant->config, job.as_of, job.snapshot);
    }
    case ImportJob::Format::kInvoice:
      return GatherInvoice(file, job.file_name, job.format_name, job.tenant->config, job.as_of);
    case ImportJob::Format::kFec:
      break;  // ImportBooks
  }
  return absl::InternalError("books are not gathered as a whole");
}

absl::StatusOr<v1::ImportReport> Importer::Run(const ImportJob& job, const SpoolFile& file,
                                               store::Deadline deadline) {
  const std::string& tenant = job.tenant->config.id();
  v1::ImportReport report;
  report.set_file_name(job.file_name);
  report.set_format(job.format_name);
  report.set_content_sha256(file.sha256_hex());
  RELANCE_ASSIGN_OR_RETURN(const bool repeated, log_->Knows(tenant, file.sha256_hex(), deadline));
  report.set_repeated_content(repeated);

  Gathered gathered;
  PostingService::Outcome outcome;
  const bool is_books = job.format == ImportJob::Format::kFec;
  if (is_books) {
    RELANCE_ASSIGN_OR_RETURN(ImportedBooks books,
                             ImportBooks(*store_, *posting_, *job.tenant, file, job.file_name,
                                         BooksOptionsOf(job.tenant->config, job.as_of), deadline));
    gathered = std::move(books.gathered);
    outcome = std::move(books.outcome);
  } else {
    RELANCE_ASSIGN_OR_RETURN(gathered, Gather(job, file));
  }
  absl::flat_hash_map<std::string, absl::flat_hash_set<uint64_t>> seen;
  if (job.snapshot) {
    for (const auto& [account, incoming] : gathered.accounts) {
      for (const IncomingItem& item : incoming.items) seen[account].insert(item.item.id());
    }
  }
  if (!is_books) {
    RELANCE_ASSIGN_OR_RETURN(outcome, posting_->Post(*job.tenant, &gathered, deadline));
  }
  const std::optional<absl::CivilDay> known_until = KnownUntil(job, gathered);
  if (job.snapshot) {
    const int32_t day = DayNumber(known_until.value_or(job.tenant->business_date));
    RELANCE_ASSIGN_OR_RETURN(const auto absent,
                             posting_->SettleAbsentItems(*job.tenant, {gathered.source.empty() ? kSourceCsv : gathered.source},
                                                         seen, day, deadline));
    outcome.result.Add(absent.result);
    outcome.accounts_changed += absent.accounts_changed;
  }
  FillReport(gathered, outcome, &report);
  if (known_until.has_value()) {
    *report.mutable_as_of_date() = rpc::DayToProto(*known_until);
  }
  const int64_t nanos = absl::ToUnixNanos(now_());
  report.mutable_end_time()->set_seconds(nanos / 1'000'000'000);
  report.mutable_end_time()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  RELANCE_RETURN_IF_ERROR(log_->Store(tenant, gathered.rejected_lines, deadline, &report));
  if (known_until.has_value()) {
    const bool bank = job.format == ImportJob::Format::kCamt053 || gathered.is_bank;
    RELANCE_RETURN_IF_ERROR(posting_->MoveFreshness(tenant, bank, *known_until,
                                                    SourcesOf(job, gathered, *known_until),
                                                    report.import_id(), deadline));
  }
  return report;
}

absl::StatusOr<v1::ImportReport> Importer::Import(const ImportJob& job, const SpoolFile& file,
                                                  store::Deadline deadline) {
  absl::StatusOr<v1::ImportReport> report = Run(job, file, deadline);
  if (!report.ok()) {
    CountImport(job.format_name, absl::IsInvalidArgument(report.status()) ? "refused" : "failed");
    return report;
  }
  CountImport(job.format_name, report->repeated_content() ? "repeated" : "ok");
  CountLines(job.format_name, report->read(), report->rejected(), report->skipped());
  return report;
}

absl::StatusOr<v1::ReconcileResponse> Importer::Reconcile(const ImportJob& job, const SpoolFile& file,
                                                          store::Deadline deadline) {
  const std::string& tenant = job.tenant->config.id();
  const BooksOptions options = BooksOptionsOf(job.tenant->config, job.as_of);
  RELANCE_ASSIGN_OR_RETURN(const auto books, Books::Read(file, job.file_name, options));
  struct Sides {
    int64_t books = 0, items = 0;
  };
  std::map<std::string, Sides> accounts;
  std::map<std::string, int64_t> sums;
  while (true) {
    RELANCE_ASSIGN_OR_RETURN(const bool more, books->NextSums(&sums));
    if (!more) break;
    for (const auto& [account, minor] : sums) accounts[account].books += minor;
  }
  int64_t unidentified = 0;
  for (int partition = 0; partition < store_->partitions(); ++partition) {
    RELANCE_ASSIGN_OR_RETURN(const auto keys, store_->ListAccounts(tenant, partition, deadline));
    RELANCE_ASSIGN_OR_RETURN(const auto views, ReadAccounts(*store_, keys, {.items = false}, deadline));
    for (const auto& view : views) {
      if (!view.ok()) return view.status();
      for (const state::v1::Balance& balance : view->sum.balances()) {
        if (balance.currency() != options.currency) continue;
        if (view->key.account == kUnidentifiedAccount) {
          unidentified += balance.open_minor();
        } else {
          accounts[view->key.account].items += balance.open_minor();
        }
      }
    }
  }
  v1::ReconcileResponse response;
  const auto money = [&](int64_t minor) { return rpc::MoneyToProto({minor, options.currency}); };
  Sides total;
  for (const auto& [account, sides] : accounts) {
    total.books += sides.books;
    total.items += sides.items;
    if (sides.books == sides.items || response.differences_size() >= static_cast<int>(kDifferencesMax))
      continue;
    v1::ReconcileDifference* difference = response.add_differences();
    difference->set_account_id(account);
    RELANCE_ASSIGN_OR_RETURN(*difference->mutable_books(), money(sides.books));
    RELANCE_ASSIGN_OR_RETURN(*difference->mutable_items(), money(sides.items));
  }
  response.set_accounts(static_cast<int64_t>(accounts.size()));
  RELANCE_ASSIGN_OR_RETURN(*response.mutable_books(), money(total.books));
  RELANCE_ASSIGN_OR_RETURN(*response.mutable_items(), money(total.items));
  RELANCE_ASSIGN_OR_RETURN(*response.mutable_unidentified(), money(unidentified));
  if (const auto until = KnownUntil(job, books->gathered()))
    *response.mutable_as_of_date() = rpc::DayToProto(*until);
  return response;
}

}  // namespace relance::ledger
