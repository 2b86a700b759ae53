#include "services/ledger/readers/fec_line_parser.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/source_hash.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

constexpr int kEuroExponent = 2;

bool IsOnly(absl::string_view text, char c) {
  return std::all_of(text.begin(), text.end(), [c](char x) { return x == c; });
}

// Reads the fields of one line; stops at the first problem.
class Fields {
 public:
  Fields(const FecHeader& header, std::vector<absl::string_view> fields, LineProblem* problem)
      : header_(header), fields_(std::move(fields)), problem_(problem) {}

  bool ok() const { return problem_->reason.empty(); }

  void Fail(FecColumn column, absl::string_view reason, absl::string_view message) {
    if (!ok()) return;
    *problem_ = {std::string(FecColumnName(column)), std::string(reason), std::string(message)};
  }
  void Fail(FecColumn column, const absl::Status& status) { Fail(column, ReasonOf(status), Text(status)); }

  // The trimmed field; empty when the file has no such column.
  absl::string_view Get(FecColumn column) {
    const int at = header_.at(column);
    if (at < 0) return "";
    const absl::string_view field = TrimBlank(fields_[static_cast<size_t>(at)]);
    if (field.size() > kFieldBytesMax) {
      Fail(column, kFieldTooLong, absl::StrCat("longer than ", kFieldBytesMax, " bytes"));
      return "";
    }
    return field;
  }

  std::string GetText(FecColumn column) {
    std::string text(Get(column));
    std::replace(text.begin(), text.end(), '\t', ' ');
    return text;
  }

  std::optional<absl::CivilDay> GetDay(FecColumn column, bool required) {
    const absl::string_view text = Get(column);
    if (IsOnly(text, '0') && (text.empty() || text.size() == 8)) {
      if (required) Fail(column, kFieldMissing, "the date is blank");
      return std::nullopt;
    }
    const absl::StatusOr<absl::CivilDay> day = ParseCompactDay(text);
    if (day.ok()) return *day;
    Fail(column, day.status());
    return std::nullopt;
  }

  // 0 when blank.
  int64_t GetAmount(FecColumn column) {
    const absl::string_view text = Get(column);
    if (text.empty()) return 0;
    const absl::StatusOr<int64_t> amount = ParseDecimalMinor(text, kEuroExponent);
    if (!amount.ok()) {
      Fail(column, amount.status());
      return 0;
    }
    if (*amount > kAmountMinorMax || *amount < -kAmountMinorMax) {
      Fail(column, kAmountOverflow, "the amount is too large to be one");
      return 0;
    }
    return *amount;
  }

  static std::string Text(const absl::Status& status) {
    return std::string(status.message().data(), status.message().size());
  }

 private:
  const FecHeader& header_;
  const std::vector<absl::string_view> fields_;
  LineProblem* problem_;
};

void ReadDebitCredit(Fields& fields, FecLine* record) {
  record->debit_minor = fields.GetAmount(FecColumn::kDebit);
  record->credit_minor = fields.GetAmount(FecColumn::kCredit);
  if (record->debit_minor != 0 && record->credit_minor != 0) {
    fields.Fail(FecColumn::kCredit, kDebitAndCredit, "debit and credit are both set");
  }
  if (fields.Get(FecColumn::kDebit).empty() && fields.Get(FecColumn::kCredit).empty()) {
    fields.Fail(FecColumn::kDebit, kFieldMissing, "debit and credit are both blank");
  }
}

void ReadAmountAndSide(Fields& fields, FecLine* record) {
  if (fields.Get(FecColumn::kMontant).empty()) {
    fields.Fail(FecColumn::kMontant, kFieldMissing, "the amount is blank");
  }
  const int64_t amount = fields.GetAmount(FecColumn::kMontant);
  const std::string side = absl::AsciiStrToUpper(fields.Get(FecColumn::kSens));
  if (side == "D" || side == "+1" || side == "1") {
    record->debit_minor = amount;
  } else if (side == "C" || side == "-1") {
    record->credit_minor = amount;
  } else {
    fields.Fail(FecColumn::kSens, kFieldInvalid, "neither D, C, +1 nor -1");
  }
}

void ReadCurrencyAmount(Fields& fields, FecLine* record, LineProblem* notice) {
  const absl::string_view amount = fields.Get(FecColumn::kMontantdevise);
  const absl::string_view currency = fields.Get(FecColumn::kIdevise);
  if (amount.empty() || currency.empty()) return;
  const auto ignored = [&](FecColumn column, const absl::Status& status) {
    *notice = {std::string(FecColumnName(column)), kCurrencyAmountIgnored,
               absl::StrCat("the amount in currency is ignored: ", Fields::Text(status))};
  };
  const std::string code = absl::AsciiStrToUpper(currency);
  const absl::StatusOr<int> exponent = CurrencyExponent(code);
  if (!exponent.ok()) return ignored(FecColumn::kIdevise, exponent.status());
  const absl::StatusOr<int64_t> minor = ParseDecimalMinor(amount, *exponent);
  if (!minor.ok()) return ignored(FecColumn::kMontantdevise, minor.status());
  record->currency_amount_minor = *minor;
  record->currency = code;
}

bool IsAccount(absl::string_view account) {
  return account.size() >= 3 && absl::ascii_isdigit(account[0]) && absl::ascii_isdigit(account[1]) &&
         absl::ascii_isdigit(account[2]);
}

std::string DayText(const std::optional<absl::CivilDay>& day) { return day ? FormatCompactDay(*day) : ""; }

}  // namespace

void AllowTrailingSeparators(absl::string_view text, FecHeader* header) {
  const std::vector<absl::string_view> split = absl::StrSplit(text, header->separator);
  size_t filled = split.size();
  while (filled > header->named_columns && TrimBlank(split[filled - 1]).empty()) --filled;
  if (filled == header->named_columns) header->fields_max = std::max(header->fields_max, split.size());
}

bool ParseFecLine(const FecHeader& header, absl::string_view text, FecLine* record, LineProblem* problem,
                  LineProblem* notice) {
  *problem = {};
  *notice = {};
  std::vector<absl::string_view> split = absl::StrSplit(text, header.separator);
  const size_t count = split.size();
  while (split.size() > header.named_columns && TrimBlank(split.back()).empty()) split.pop_back();
  if (count > header.fields_max || split.size() != header.named_columns) {
    *problem = {"", kColumnCount,
                absl::StrCat(count, " columns where the header names ", header.named_columns)};
    return false;
  }

  Fields fields(header, std::move(split), problem);
  record->journal = fields.GetText(FecColumn::kJournalCode);
  record->entry_number = fields.GetText(FecColumn::kEcritureNum);
  record->entry_day = fields.GetDay(FecColumn::kEcritureDate, true).value_or(absl::CivilDay());
  record->account = fields.GetText(FecColumn::kCompteNum);
  if (!IsAccount(record->account)) {
    fields.Fail(FecColumn::kCompteNum, kAccountInvalid, "an account begins with three digits");
  }
  record->account_label = fields.GetText(FecColumn::kCompteLib);
  record->aux_account = fields.GetText(FecColumn::kCompAuxNum);
  record->aux_label = fields.GetText(FecColumn::kCompAuxLib);
  record->piece_ref = fields.GetText(FecColumn::kPieceRef);
  record->piece_day = fields.GetDay(FecColumn::kPieceDate, false);
  record->label = fields.GetText(FecColumn::kEcritureLib);
  record->debit_minor = record->credit_minor = 0;
  if (header.has(FecColumn::kDebit) && header.has(FecColumn::kCredit)) {
    ReadDebitCredit(fields, record);
  } else {
    ReadAmountAndSide(fields, record);
  }
  record->lettering = fields.GetText(FecColumn::kEcritureLet);
  record->lettering_day = fields.GetDay(FecColumn::kDateLet, false);
  record->valid_day = fields.GetDay(FecColumn::kValidDate, false);
  record->currency_amount_minor.reset();
  record->currency.clear();
  ReadCurrencyAmount(fields, record, notice);
  record->due_day = fields.GetDay(FecColumn::kDateEcheance, false);
  record->settlement_day = fields.GetDay(FecColumn::kDateRglt, false);
  record->settlement_mode = fields.GetText(FecColumn::kModeRglt);
  record->client_id = fields.GetText(FecColumn::kIdClient);
  return fields.ok();
}

std::string CanonicalFecLine(const FecLine& record) {
  CanonicalText text;
  text.Add("fec1")
      .Add(record.journal)
      .Add(record.entry_number)
      .Add(DayText(record.entry_day))
      .Add(record.account);
  text.Add(record.aux_account).Add(record.piece_ref).Add(DayText(record.piece_day)).Add(record.label);
  text.Add(record.debit_minor).Add(record.credit_minor);
  text.Add(record.currency_amount_minor ? absl::StrCat(*record.currency_amount_minor) : "")
      .Add(record.currency);
  return text.text();
}

}  // namespace relance::ledger
