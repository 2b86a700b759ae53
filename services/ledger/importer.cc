#include "services/ledger/importer.h"

#include <algorithm>
#include <future>
#include <iterator>
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
#include "services/ledger/readers/detect_format.h"

namespace relance::ledger {
namespace {

constexpr size_t kFileNameBytesMax = 255;
constexpr size_t kDifferencesMax = 10'000;

v1::MatchRule ToProto(state::v1::MatchRule rule) { return static_cast<v1::MatchRule>(rule); }

// Puts the format of an import header into a job; false for a name that is none.
bool SetFormat(absl::string_view name, ImportJob* job) {
  using Format = ImportJob::Format;
  struct Row {
    absl::string_view name;
    Format format;
    BankFormat bank = BankFormat::kCamt;
  };
  static constexpr Row kRows[] = {
      {"auto", Format::kAuto},
      {"fec", Format::kFec},
      {"camt053", Format::kBank},
      {"camt054", Format::kBank},
      {"coda", Format::kBank, BankFormat::kCoda},
      {"cfonb120", Format::kBank, BankFormat::kCfonb120},
      {"mt940", Format::kBank, BankFormat::kMt940},
      {"csv", Format::kCsv},
      {"table", Format::kTable},
      {"accounts", Format::kTable},
      {kSourceUbl, Format::kInvoice},
      {kSourceCii, Format::kInvoice},
      {kSourceFacturX, Format::kInvoice},
  };
  const Row* row =
      std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.name == name; });
  if (row == std::end(kRows)) return false;
  job->format = row->format;
  job->bank = row->bank;
  job->format_name = std::string(name);
  if (name == "accounts") job->mapping = "accounts";
  const bool may_be_whole =
      job->format == Format::kCsv || job->format == Format::kTable || job->format == Format::kAuto;
  job->snapshot = job->snapshot && may_be_whole;
  return true;
}

// The job with the format that the file itself shows, where none was told.
// Errors: INVALID_ARGUMENT / FORMAT_UNKNOWN; those of the spool.
absl::StatusOr<ImportJob> Identify(const ImportJob& job, const SpoolFile& file) {
  if (job.format != ImportJob::Format::kAuto) return job;
  std::string head;
  const absl::Status enough = absl::CancelledError("the head of the file is there");
  const absl::Status read = file.Read([&](absl::string_view bytes) {
    head.append(bytes.data(), std::min(bytes.size(), kDetectBytes - head.size()));
    return head.size() == kDetectBytes ? enough : absl::OkStatus();
  });
  if (!read.ok() && read != enough) return read;
  ImportJob known = job;
  if (!SetFormat(FormatName(DetectFormat(head, job.file_name)), &known)) {
    return DomainError(absl::StatusCode::kInvalidArgument, kFormatUnknown,
                       "the file shows none of the formats that are read", {{"format", "auto"}});
  }
  return known;
}

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

absl::StatusOr<std::unique_ptr<Books>> ReadBooks(const ImportJob& job, const SpoolFile& file) {
  if (job.books != nullptr && job.books->valid()) return job.books->get();
  return Books::Read(file, job.file_name, BooksOptionsOf(job.tenant->config, job.as_of));
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
  job.mapping = header.mapping();
  job.snapshot = header.snapshot();
  const std::string name = header.format().empty() ? "auto" : header.format();
  if (!SetFormat(name, &job)) {
    return DomainError(
        absl::StatusCode::kInvalidArgument, kFormatUnknown,
        "format is auto, fec, camt053, camt054, coda, cfonb120, mt940, ubl, cii, facturx, csv, table "
        "or accounts",
        {{"format", name.substr(0, 32)}});
  }
  if (header.has_as_of_date()) {
    RELANCE_ASSIGN_OR_RETURN(job.as_of, rpc::DayFromProto(header.as_of_date(), "as_of_date"));
  }
  job.file_name = CleanUtf8(header.file_name(), kFileNameBytesMax);
  RELANCE_ASSIGN_OR_RETURN(job.tenant, directory_->Get(header.tenant_id(), deadline));
  return job;
}

absl::StatusOr<Gathered> Importer::Gather(const ImportJob& job, const SpoolFile& file) {
  switch (job.format) {
    case ImportJob::Format::kBank:
      return GatherStatement(job.bank, file, job.file_name, job.as_of);
    case ImportJob::Format::kCsv:
      return GatherCsv(file, job.file_name, job.as_of, job.snapshot);
    case ImportJob::Format::kTable: {
      RELANCE_ASSIGN_OR_RETURN(const Mapping mapping,
                               ChooseMapping(job.mapping, job.own_mappings, file, job.file_name));
      return GatherTable(file, job.file_name, mapping, job.tenant->config, job.as_of, job.snapshot);
    }
    case ImportJob::Format::kInvoice:
      return GatherInvoice(file, job.file_name, job.format_name, job.tenant->config, job.as_of);
    case ImportJob::Format::kFec:   // ImportBooks
    case ImportJob::Format::kAuto:  // Identify
      break;
  }
  return absl::InternalError("books are not gathered as a whole");
}

void Importer::StartReading(std::shared_ptr<const SpoolFile> file, ImportJob* job) const {
  if (job->format != ImportJob::Format::kFec) return;
  job->books = std::make_shared<BooksReading>(
      std::async(std::launch::async, [file = std::move(file), name = job->file_name,
                                      options = BooksOptionsOf(job->tenant->config, job->as_of)] {
        return Books::Read(*file, name, options);
      }));
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
  BooksTold told;
  if (is_books) {
    RELANCE_ASSIGN_OR_RETURN(ImportedBooks books,
                             ImportBooks(*store_, *posting_, *job.tenant, ReadBooks(job, file), deadline));
    gathered = std::move(books.gathered);
    outcome = std::move(books.outcome);
    told.balances = std::move(books.balances);
    told.has_opening = books.has_opening;
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
    RELANCE_ASSIGN_OR_RETURN(
        const auto absent,
        posting_->SettleAbsentItems(*job.tenant, {gathered.source.empty() ? kSourceCsv : gathered.source},
                                    seen, day, deadline));
    outcome.result.Add(absent.result);
    outcome.accounts_changed += absent.accounts_changed;
  }
  bool compare = is_books && known_until.has_value() && gathered.oldest_day.has_value();
  if (compare) {
    told.currency = BooksOptionsOf(job.tenant->config, job.as_of).currency;
    told.day = *known_until;
    told.from_day = *gathered.oldest_day;
    told.lines = gathered.relevant;
    RELANCE_ASSIGN_OR_RETURN(compare, agreements_->IsWhole(tenant, told, deadline));
    if (!compare) {
      gathered.Warn(
          "the file is a part of the books, not the whole year: its balances are not compared with the open "
          "items");
    }
  }
  if (job.format != ImportJob::Format::kInvoice && job.format != ImportJob::Format::kBank) {
    RELANCE_ASSIGN_OR_RETURN(const auto joined, posting_->JoinMadeAccounts(*job.tenant, deadline));
    outcome.result.Add(joined.result);
    outcome.accounts_changed += joined.accounts_changed;
  }
  // Money that came before its invoice, or before its payer was known.
  RELANCE_ASSIGN_OR_RETURN(const auto rematched, posting_->RematchUnidentified(*job.tenant, deadline));
  outcome.result.Add(rematched.result);
  outcome.accounts_changed += rematched.accounts_changed;
  FillReport(gathered, outcome, &report);
  if (known_until.has_value()) {
    *report.mutable_as_of_date() = rpc::DayToProto(*known_until);
  }
  const int64_t nanos = absl::ToUnixNanos(now_());
  report.mutable_end_time()->set_seconds(nanos / 1'000'000'000);
  report.mutable_end_time()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  RELANCE_RETURN_IF_ERROR(log_->Store(tenant, gathered.rejected_lines, deadline, &report));
  RELANCE_RETURN_IF_ERROR(repairs_->Keep(tenant, report, file, gathered, deadline));
  if (known_until.has_value()) {
    const bool bank = job.format == ImportJob::Format::kBank || gathered.is_bank;
    RELANCE_RETURN_IF_ERROR(posting_->MoveFreshness(
        tenant, bank, *known_until, SourcesOf(job, gathered, *known_until), report.import_id(), deadline));
  }
  if (compare) {
    RELANCE_RETURN_IF_ERROR(
        agreements_->Compare(tenant, std::move(told), report.import_id(), deadline).status());
  }
  RELANCE_RETURN_IF_ERROR(agreements_->TakeStatements(tenant, gathered.statements, gathered.bank_days,
                                                      report.import_id(), deadline));
  return report;
}

absl::StatusOr<v1::ImportReport> Importer::Import(const ImportJob& told, const SpoolFile& file,
                                                  store::Deadline deadline) {
  const absl::StatusOr<ImportJob> known = Identify(told, file);
  if (!known.ok()) {
    CountImport(told.format_name, absl::IsInvalidArgument(known.status()) ? "refused" : "failed");
    return known.status();
  }
  const ImportJob& job = *known;
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
  RELANCE_ASSIGN_OR_RETURN(const auto books, ReadBooks(job, file));
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
