#include "samples/generate/portfolio_writer.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/money/decimal_text.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "samples/generate/payer_text.h"
#include "samples/toolkit/csv.h"
#include "samples/toolkit/made_up_identity.h"

namespace relance::samples {
namespace {

enum Purpose : uint64_t { kPayerText = 11, kEndToEnd = 12 };

constexpr size_t kFlushBytes = 1 << 16;

// Empty for three payments out of ten, whose payer gave none.
std::string EndToEndId(uint64_t seed, int64_t serial) {
  Random random(seed, serial, kEndToEnd);
  return random.Chance(700) ? absl::StrFormat("E2E%010d", random.Below(10'000'000'000)) : "";
}

}  // namespace

PortfolioWriter::PortfolioWriter(const PortfolioOptions& options, const std::vector<Account>& accounts,
                                 OutputFolder& output)
    : options_(options), accounts_(accounts), output_(output) {
  cells_.reserve(accounts.size());
  for (const Account& account : accounts) {
    const Company& company = account.company;
    cells_.emplace_back(
        absl::StrCat(",", company.account, ",", company.name, ","),
        absl::StrCat(",", company.legal_id, ",", company.vat, ",", company.country, ",", company.region, ",",
                     company.sector, ",", company.segment, ",", company.email, ",", company.language, ",",
                     company.collector, ",", company.customer_type, "\n"));
  }
}

absl::StatusOr<std::unique_ptr<PortfolioWriter>> PortfolioWriter::Create(const PortfolioOptions& options,
                                                                         const std::vector<Account>& accounts,
                                                                         OutputFolder& output) {
  std::unique_ptr<PortfolioWriter> writer(new PortfolioWriter(options, accounts, output));
  RELANCE_ASSIGN_OR_RETURN(writer->opening_, output.Create("opening.csv"));
  writer->history_ = absl::StrCat("# ", MadeUpLabel(options.seed), "\n", kItemsHeader);
  RELANCE_ASSIGN_OR_RETURN(writer->truth_, TruthWriter::Create(options, output));
  return writer;
}

void PortfolioWriter::AppendRow(const Row& row, int32_t account, absl::CivilDay day) {
  const auto& [before, behind] = cells_[account];
  const bool history = day < options_.from;
  std::string& out = history ? history_ : items_;
  absl::StrAppend(&out, row.kind, before, row.number, ",");
  absl::StrAppend(&out, row.issue_date, ",", row.due_date, ",", FormatDecimal(row.amount_minor, 2, '.'),
                  ",EUR,");
  absl::StrAppend(&out, row.reference, ",", row.end_to_end_id, ",", row.payer_iban, ",");
  absl::StrAppend(&out, row.booking_date, ",", row.description, behind);
  if (history && history_.size() > kFlushBytes) {
    opening_->Write(history_);
    history_.clear();
  }
}

void PortfolioWriter::OnItem(const LivingItem& item, const Account& account) {
  ++counts_.invoices;
  Row row;
  row.kind = item.opening ? "opening" : "invoice";
  row.number = ItemNumber(item);
  row.issue_date = FormatIsoDay(item.issue);
  row.due_date = FormatIsoDay(item.due);
  row.amount_minor = item.amount_minor;
  row.reference = item.opening ? "" : ItemReference(item, account);
  row.description = item.opening ? "Report a nouveau" : "Facture";
  AppendRow(row, item.account, item.issue);
  truth_->Event(item.issue, account, item.opening ? "opened" : "invoiced", row.number, item.amount_minor,
                row.due_date);
}

void PortfolioWriter::OnCreditNote(const LivingItem& item, int64_t serial, int64_t amount_minor,
                                   absl::CivilDay day, const Account& account) {
  ++counts_.credit_notes;
  Row row;
  row.kind = "credit_note";
  row.number = CreditNoteNumber(serial, day);
  row.issue_date = FormatIsoDay(day);
  row.amount_minor = amount_minor;
  row.reference = ItemNumber(item);
  row.description = "Avoir";
  AppendRow(row, item.account, day);
  truth_->Event(day, account, "credited", row.reference, amount_minor, row.number);
}

void PortfolioWriter::OnDispute(const LivingItem& item, bool opened, absl::string_view detail,
                                absl::CivilDay day, const Account& account) {
  truth_->Event(day, account, opened ? "dispute_opened" : "dispute_resolved", ItemNumber(item),
                item.open_minor, detail);
}

void PortfolioWriter::OnInsolvency(absl::CivilDay day, const Account& account) {
  truth_->Event(day, account, "insolvency", "", 0, "");
}

void PortfolioWriter::OnPayment(const LivingPayment& payment, const Account& account) {
  ++(payment.outcome == LivingPayment::Outcome::kReturned ? counts_.returns : counts_.payments);
  truth_->Payment(payment, account);
  std::string end_to_end_id = EndToEndId(options_.seed, payment.serial);
  if (payment.day >= options_.from) return AppendBankEntry(payment, account, std::move(end_to_end_id));
  Row row;
  row.kind = "payment";
  row.number = PaymentKey(payment);
  row.amount_minor = payment.amount_minor;
  for (const LivingPayment::Part& part : payment.parts) {
    absl::StrAppend(&row.reference, row.reference.empty() ? "" : " ", ItemNumber(part.item));
  }
  if (payment.outcome == LivingPayment::Outcome::kDuplicate) row.reference = ItemNumber(payment.mentions);
  row.end_to_end_id = std::move(end_to_end_id);
  row.payer_iban = account.company.iban;
  row.booking_date = FormatIsoDay(payment.day);
  row.description = "Virement";
  AppendRow(row, payment.account, payment.day);
}

void PortfolioWriter::AppendBankEntry(const LivingPayment& payment, const Account& account,
                                      std::string end_to_end_id) {
  StatementEntry entry;
  const bool returned = payment.outcome == LivingPayment::Outcome::kReturned;
  entry.kind = returned ? StatementEntry::Kind::kReturn : StatementEntry::Kind::kTransfer;
  entry.reference = PaymentKey(payment);
  entry.end_to_end_id = std::move(end_to_end_id);
  entry.amount_minor = payment.amount_minor;
  entry.payer_name = account.company.name;
  entry.payer_iban = account.company.iban;
  if (returned) entry.return_reason = "AC04";
  Random random(options_.seed, payment.serial, kPayerText);
  WritePayerText(payment, account, random, entry);
  entries_.push_back(std::move(entry));
}

absl::Status PortfolioWriter::OnDayEnd(absl::CivilDay day) {
  if (day < options_.from) return absl::OkStatus();
  ++counts_.days;
  Statement statement;
  statement.label = MadeUpLabel(options_.seed);
  statement.id = absl::StrCat("STMT-", FormatCompactDay(day));
  statement.sequence = static_cast<int>(counts_.days);
  statement.day = day;
  statement.iban = MadeUpFrenchIban(1);
  statement.owner = options_.tenant;
  statement.opening_minor = balance_minor_;
  statement.entries = std::move(entries_);
  entries_.clear();
  balance_minor_ = ClosingMinor(statement);
  const std::string folder = absl::StrCat("day/", FormatIsoDay(day), "/");
  RELANCE_RETURN_IF_ERROR(output_.WriteFile(absl::StrCat(folder, "bank.xml"), RenderStatement(statement)));
  RELANCE_RETURN_IF_ERROR(
      output_.WriteFile(absl::StrCat(folder, "items.csv"),
                        absl::StrCat("# ", MadeUpLabel(options_.seed), "\n", kItemsHeader, items_)));
  items_.clear();
  return absl::OkStatus();
}

absl::Status PortfolioWriter::Finish() {
  opening_->Write(history_);
  RELANCE_RETURN_IF_ERROR(opening_->Close());
  for (const Account& account : accounts_) truth_->AccountRow(account);
  return truth_->Finish();
}

}  // namespace relance::samples
