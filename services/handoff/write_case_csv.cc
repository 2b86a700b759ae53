#include "services/handoff/write_case_csv.h"

#include <array>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/claims/rate.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/status/utf8.h"
#include "common/time/day.h"

namespace relance::handoff {
namespace {

enum Column {
  kRecord,
  kCaseId,
  kId,
  kKind,
  kNumber,
  kDate,
  kDueDate,
  kFromDate,
  kToDate,
  kDays,
  kRatePercent,
  kCurrency,
  kOriginal,
  kPaid,
  kCredited,
  kRemaining,
  kAmount,
  kText,
  kSha256,
  kColumns
};
constexpr std::array<const char*, kColumns> kNames = {
    "record",    "case_id",   "id",     "kind",         "number",   "date",     "due_date",
    "from_date", "to_date",   "days",   "rate_percent", "currency", "original", "paid",
    "credited",  "remaining", "amount", "text",         "sha256"};
constexpr size_t kCellBytesMax = 4096;

// A spreadsheet runs a cell that begins so. A sign before a digit is a number or a telephone.
bool LooksLikeFormula(absl::string_view text) {
  if (text.empty()) return false;
  if (text[0] == '=' || text[0] == '@' || text[0] == '\t' || text[0] == '\r') return true;
  return (text[0] == '+' || text[0] == '-') && !(text.size() > 1 && absl::ascii_isdigit(text[1]));
}

std::string Cell(absl::string_view value) {
  std::string text = CleanUtf8(value, kCellBytesMax);
  if (LooksLikeFormula(text)) text = absl::StrCat("'", text);
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

class CsvFile {
 public:
  explicit CsvFile(std::string case_id) : case_id_(std::move(case_id)) {
    absl::StrAppend(&text_, absl::StrJoin(kNames, ","), "\r\n");
  }

  using Cells = std::vector<std::pair<Column, std::string>>;
  void Row(absl::string_view record, const Cells& cells) {
    std::array<std::string, kColumns> row;
    row[kRecord] = std::string(record);
    row[kCaseId] = case_id_;
    for (const auto& [column, value] : cells) row[column] = value;
    for (std::string& cell : row) cell = Cell(cell);
    absl::StrAppend(&text_, absl::StrJoin(row, ","), "\r\n");
    ++rows_;
  }
  void Field(absl::string_view name, const std::string& value) {
    if (!value.empty()) Row("field", {{kId, std::string(name)}, {kText, value}});
  }
  std::string Finish() {
    Row("trailer", {{kId, "rows"}, {kDays, absl::StrCat(rows_)}});
    return std::move(text_);
  }

 private:
  const std::string case_id_;
  std::string text_;
  int rows_ = 0;
};

std::string Amount(int64_t minor, const std::string& currency) {
  return FormatDecimal(minor, CurrencyExponent(currency).value_or(0), '.');
}
std::string Day(absl::CivilDay day) { return FormatIsoDay(day); }
std::string Day(const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? FormatIsoDay(*day) : std::string();
}

void WriteParty(absl::string_view who, const CaseParty& party, CsvFile& csv) {
  const auto field = [&](absl::string_view name, const std::string& value) {
    csv.Field(absl::StrCat(who, ".", name), value);
  };
  field("id", party.id);
  field("name", party.name);
  field("type", party.type);
  field("country", party.country);
  field("language", party.language);
  field("legal_id", party.legal_id);
  field("vat_id", party.vat_id);
  for (const std::string& line : party.address) field("address", line);
  field("iban", party.iban);
  field("email", party.email);
  field("phone", party.phone);
  for (size_t i = 0; i < party.contacts.size(); ++i) {
    const CasePerson& person = party.contacts[i];
    const std::string prefix = absl::StrCat("contact.", i + 1, ".");
    field(prefix + "role", person.role);
    field(prefix + "name", person.name);
    field(prefix + "email", person.email);
    field(prefix + "phone", person.phone);
  }
}

void WriteItem(const CaseItem& item, CsvFile& csv) {
  const auto amount = [&](int64_t minor) { return Amount(minor, item.currency); };
  csv.Row("item", {{kId, item.item_id},
                   {kKind, item.kind},
                   {kNumber, item.number},
                   {kDate, Day(item.issued)},
                   {kDueDate, Day(item.due)},
                   {kToDate, Day(item.limitation)},
                   {kCurrency, item.currency},
                   {kOriginal, amount(item.original_minor)},
                   {kPaid, amount(item.paid_minor)},
                   {kCredited, amount(item.credited_minor)},
                   {kRemaining, amount(item.remaining_minor)},
                   {kText, item.reference}});
  for (const auto& segment : item.interest) {
    csv.Row("interest", {{kId, item.item_id},
                         {kNumber, item.number},
                         {kFromDate, Day(segment.from)},
                         {kToDate, Day(segment.to)},
                         {kDays, absl::StrCat(segment.days)},
                         {kRatePercent, claims::FormatPercent(segment.rate)},
                         {kCurrency, item.currency},
                         {kRemaining, amount(segment.principal_minor)},
                         {kAmount, amount(segment.amount_minor)}});
  }
  if (!item.interest_missing.empty()) {
    csv.Row("interest", {{kId, item.item_id}, {kNumber, item.number}, {kText, item.interest_missing}});
  }
  if (item.indemnity.has_value()) {
    csv.Row("indemnity", {{kId, item.item_id},
                          {kNumber, item.number},
                          {kCurrency, item.indemnity->currency},
                          {kAmount, Amount(item.indemnity->minor, item.indemnity->currency)}});
  }
}

void WriteHistory(const CaseFile& file, CsvFile& csv) {
  for (const CaseContact& contact : file.contacts) {
    csv.Row("contact", {{kId, contact.key},
                        {kKind, contact.channel},
                        {kNumber, contact.step},
                        {kDate, Day(contact.date)},
                        {kDueDate, contact.deadline},
                        {kText, contact.outcome},
                        {kSha256, absl::StrJoin(contact.documents, " ")}});
  }
  for (const CasePromise& promise : file.promises) {
    csv.Row("promise", {{kId, promise.id},
                        {kKind, promise.state},
                        {kDate, Day(promise.given)},
                        {kDueDate, Day(promise.promised)},
                        {kCurrency, promise.currency},
                        {kPaid, Amount(promise.paid_minor, promise.currency)},
                        {kAmount, Amount(promise.amount_minor, promise.currency)}});
  }
  for (const CaseDispute& dispute : file.disputes) {
    csv.Row("dispute", {{kId, dispute.item_id},
                        {kKind, dispute.reason},
                        {kNumber, dispute.number},
                        {kFromDate, Day(dispute.opened)},
                        {kToDate, Day(dispute.resolved)},
                        {kCurrency, dispute.currency},
                        {kAmount, Amount(dispute.amount_minor, dispute.currency)}});
  }
}

void WriteTotals(const CaseFile& file, CsvFile& csv) {
  for (const CaseTotal& total : file.totals) {
    const std::pair<const char*, int64_t> parts[] = {{"principal", total.principal_minor},
                                                     {"interest", total.interest_minor},
                                                     {"indemnity", total.indemnity_minor},
                                                     {"total", total.total_minor},
                                                     {"open_credits", total.open_credits_minor}};
    for (const auto& [name, minor] : parts) {
      csv.Row("total", {{kId, name}, {kCurrency, total.currency}, {kAmount, Amount(minor, total.currency)}});
    }
  }
}

}  // namespace

std::string WriteCaseCsv(const CaseFile& file) {
  CsvFile csv(file.case_id);
  csv.Field("placed_date", Day(file.placed));
  csv.Field("made_up", file.made_up ? "true" : "false");
  csv.Field("agency.id", file.agency.id);
  csv.Field("agency.legal_name", file.agency.legal_name);
  csv.Field("agency.mandate_id", file.agency.mandate_id);
  csv.Field("agency.fee_bps", absl::StrCat(file.agency.fee_bps));
  csv.Field("agency.remittance_days", absl::StrCat(file.agency.remittance_days));
  WriteParty("creditor", file.creditor, csv);
  WriteParty("debtor", file.debtor, csv);
  for (const CaseBasis& basis : file.legal_basis)
    csv.Field(absl::StrCat("legal_basis.", basis.claim), basis.law);
  csv.Field("interest.regime", file.interest_regime);
  csv.Field("limitation.basis", file.limitation_basis);
  for (const CaseItem& item : file.items) WriteItem(item, csv);
  WriteHistory(file, csv);
  WriteTotals(file, csv);
  return csv.Finish();
}

}  // namespace relance::handoff
