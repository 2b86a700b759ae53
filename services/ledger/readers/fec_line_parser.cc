#include "services/ledger/readers/fec_line_parser.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/container/inlined_vector.h"
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

// A date of eight digits that is in every calendar; else nothing, and the slow way says what it is.
std::optional<absl::CivilDay> QuickDay(absl::string_view text) {
  if (text.size() != 8) return std::nullopt;
  int digits[8];
  for (int i = 0; i < 8; ++i) {
    digits[i] = text[static_cast<size_t>(i)] - '0';
    if (digits[i] < 0 || digits[i] > 9) return std::nullopt;
  }
  const int year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
  const int month = digits[4] * 10 + digits[5];
  const int day = digits[6] * 10 + digits[7];
  if (year < kYearMin || year > kYearMax || month < 1 || month > 12 || day < 1 || day > 28)
    return std::nullopt;
  return absl::CivilDay(year, month, day);
}

// "1234,56" and "1234.56"; else nothing.
std::optional<int64_t> QuickAmount(absl::string_view text) {
  constexpr size_t kBytesMax = 15;
  if (text.size() < 4 || text.size() > kBytesMax) return std::nullopt;
  const size_t mark = text.size() - 3;
  if (text[mark] != ',' && text[mark] != '.') return std::nullopt;
  int64_t minor = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == mark) continue;
    if (!absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) return std::nullopt;
    minor = minor * 10 + (text[i] - '0');
  }
  return minor;
}

using Split = absl::InlinedVector<absl::string_view, 32>;

Split SplitLine(absl::string_view text, char separator) {
  Split fields;
  const char* p = text.data();
  const char* const end = p + text.size();
  while (true) {
    const auto* stop = p == end ? nullptr : static_cast<const char*>(std::memchr(p, separator, end - p));
    if (stop == nullptr) stop = end;
    fields.emplace_back(p, static_cast<size_t>(stop - p));
    if (stop == end) return fields;
    p = stop + 1;
  }
}

// Reads the fields of one line; stops at the first problem.
class Fields {
 public:
  Fields(const FecHeader& header, const Split& fields, LineProblem* problem)
      : header_(header), fields_(fields), problem_(problem) {}

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

  void GetText(FecColumn column, std::string* text) {
    const absl::string_view field = Get(column);
    text->assign(field.data(), field.size());
    if (header_.separator != '\t') std::replace(text->begin(), text->end(), '\t', ' ');
  }

  std::optional<absl::CivilDay> GetDay(FecColumn column, bool required) {
    const absl::string_view text = Get(column);
    if (const auto day = QuickDay(text)) return day;
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
    if (const auto amount = QuickAmount(text)) return *amount;
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
  const Split& fields_;
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

}  // namespace

void AllowTrailingSeparators(absl::string_view text, FecHeader* header) {
  const std::vector<absl::string_view> split = absl::StrSplit(text, header->separator);
  size_t filled = split.size();
  while (filled > header->named_columns && TrimBlank(split[filled - 1]).empty()) --filled;
  if (filled == header->named_columns) header->fields_max = std::max(header->fields_max, split.size());
}

bool ParseFecLine(const FecHeader& header, absl::string_view text, FecLine* record, LineProblem* problem,
                  LineProblem* notice) {
  if (!problem->reason.empty()) *problem = {};
  if (!notice->reason.empty()) *notice = {};
  Split split = SplitLine(text, header.separator);
  const size_t count = split.size();
  while (split.size() > header.named_columns && TrimBlank(split.back()).empty()) split.pop_back();
  if (count > header.fields_max || split.size() != header.named_columns) {
    *problem = {"", kColumnCount,
                absl::StrCat(count, " columns where the header names ", header.named_columns)};
    return false;
  }

  Fields fields(header, split, problem);
  fields.GetText(FecColumn::kJournalCode, &record->journal);
  fields.GetText(FecColumn::kJournalLib, &record->journal_label);
  fields.GetText(FecColumn::kEcritureNum, &record->entry_number);
  record->entry_day = fields.GetDay(FecColumn::kEcritureDate, true).value_or(absl::CivilDay());
  fields.GetText(FecColumn::kCompteNum, &record->account);
  if (!IsAccount(record->account)) {
    fields.Fail(FecColumn::kCompteNum, kAccountInvalid, "an account begins with three digits");
  }
  fields.GetText(FecColumn::kCompteLib, &record->account_label);
  fields.GetText(FecColumn::kCompAuxNum, &record->aux_account);
  fields.GetText(FecColumn::kCompAuxLib, &record->aux_label);
  fields.GetText(FecColumn::kPieceRef, &record->piece_ref);
  record->piece_day = fields.GetDay(FecColumn::kPieceDate, false);
  fields.GetText(FecColumn::kEcritureLib, &record->label);
  record->debit_minor = record->credit_minor = 0;
  if (header.has(FecColumn::kDebit) && header.has(FecColumn::kCredit)) {
    ReadDebitCredit(fields, record);
  } else {
    ReadAmountAndSide(fields, record);
  }
  fields.GetText(FecColumn::kEcritureLet, &record->lettering);
  record->lettering_day = fields.GetDay(FecColumn::kDateLet, false);
  record->valid_day = fields.GetDay(FecColumn::kValidDate, false);
  record->currency_amount_minor.reset();
  record->currency.clear();
  ReadCurrencyAmount(fields, record, notice);
  record->due_day = fields.GetDay(FecColumn::kDateEcheance, false);
  record->settlement_day = fields.GetDay(FecColumn::kDateRglt, false);
  fields.GetText(FecColumn::kModeRglt, &record->settlement_mode);
  fields.GetText(FecColumn::kIdClient, &record->client_id);
  return fields.ok();
}

uint64_t FecLineHash(const FecLine& record) {
  // Kept: a line costs no memory of its own.
  thread_local std::string text;
  text.clear();
  const auto add = [](absl::string_view field) {
    text.append(field.data(), field.size());
    text.push_back('\x1f');
  };
  const auto add_number = [](int64_t number) {
    text.append(reinterpret_cast<const char*>(&number), sizeof(number));
  };
  const auto add_day = [&](const std::optional<absl::CivilDay>& day) {
    add_number(day.has_value() ? day->year() * 10'000 + day->month() * 100 + day->day() : 0);
  };
  add("fec2");
  add(record.journal);
  add(record.entry_number);
  add(record.account);
  add(record.aux_account);
  add(record.piece_ref);
  add(record.label);
  add(record.currency);
  add_day(record.entry_day);
  add_day(record.piece_day);
  add_number(record.debit_minor);
  add_number(record.credit_minor);
  add_number(record.currency_amount_minor.value_or(0));
  add_number(record.currency_amount_minor.has_value() ? 1 : 0);
  return SourceHash(text);
}

}  // namespace relance::ledger
