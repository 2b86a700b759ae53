#include "services/ledger/readers/bank/mt940_reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/identifiers/bank.h"
#include "common/identifiers/text.h"
#include "services/ledger/readers/bank/bank_delivery.h"
#include "services/ledger/readers/bank/bank_values.h"
#include "services/ledger/readers/bank/column_line.h"
#include "services/ledger/readers/bank/mt940_information.h"
#include "services/ledger/readers/bank/mt940_line.h"
#include "services/ledger/readers/bank/pending_entry.h"
#include "services/ledger/readers/bank/reasons.h"
#include "services/ledger/readers/line_splitter.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/refusal.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

constexpr int64_t kFirstLinesMax = 50;  // in front of the first field

// The tag of a line that begins a field (":61:" gives "61"), and what stands behind it; empty when it begins
// none.
absl::string_view TagOf(absl::string_view line, absl::string_view* rest) {
  if (line.size() < 4 || line[0] != ':') return "";
  const size_t end = line.substr(1, 4).find(':');
  if (end == absl::string_view::npos || end < 2) return "";
  const absl::string_view tag = line.substr(1, end);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool numbered = is_digit(tag[0]) && is_digit(tag[1]) &&
                        (end == 2 || (end == 3 && absl::ascii_isupper(static_cast<unsigned char>(tag[2]))));
  if (!numbered && tag != "NS") return "";
  *rest = line.substr(end + 2);
  return tag;
}

// "-", "-}" and "-XXX" end a message.
bool EndsMessage(absl::string_view line) {
  if (!absl::ConsumePrefix(&line, "-")) return false;
  line = absl::StripTrailingAsciiWhitespace(line);
  return line.empty() || absl::StartsWith(line, "}") ||
         std::all_of(line.begin(), line.end(), [](char c) { return c == 'X'; });
}

// Some banks put the other account into the second line of a :61:.
bool LooksLikeIban(absl::string_view text) {
  return text.size() >= 15 && text.size() <= 34 && absl::ascii_isupper(static_cast<unsigned char>(text[0])) &&
         absl::ascii_isupper(static_cast<unsigned char>(text[1])) &&
         identifiers::IsDigits(text.substr(2, 2)) && identifiers::IsAlphanumeric(text);
}

bool IsChargeType(absl::string_view type) {
  const absl::string_view code = type.substr(std::min<size_t>(1, type.size()));
  return code == "CHG" || code == "COM" || code == "INT";
}

}  // namespace

class Mt940Reader::Impl {
 public:
  Impl(std::string file, BankSink* sink)
      : delivery_(std::move(file), "mt940", sink),
        splitter_([this](const LineSplitter::Line& line) { OnLine(line); }) {}

  absl::Status Feed(absl::string_view bytes) {
    if (status_.ok()) splitter_.Feed(bytes);
    return status_;
  }
  absl::Status Finish();

  const ReadSummary& summary() const { return delivery_.summary(); }

 private:
  void OnLine(const LineSplitter::Line& line);
  void EndField();
  void OnField(absl::string_view tag, const std::string& text);
  void OnOpening(const std::string& text);
  void OnEntry(const std::string& text);
  void OnInformation(const std::string& text);
  void OnClosing(const std::string& text);
  void EndEntry();
  void EndMessage();
  void OutOfPlace(absl::string_view message);

  BankDelivery delivery_;
  LineSplitter splitter_;
  absl::Status status_;
  std::string line_;

  // The field that is being gathered.
  std::string tag_, field_;
  int64_t field_line_ = 0;
  bool field_too_long_ = false;
  bool has_field_ = false;  // any in the file
  int64_t number_ = 0;

  // Of the message: before its opening balance is there.
  std::string account_, statement_number_;
  bool was_opened_ = false;  // a statement of the file had an opening balance

  PendingEntry pending_;
  Mt940Line entry_;
  BankTransaction transaction_;
  Mt940Information information_;
};

void Mt940Reader::Impl::OnLine(const LineSplitter::Line& line) {
  if (!status_.ok()) return;
  number_ = line.number;
  DecodeLine(number_ == 1 ? StripBom(line.text) : line.text, &line_);
  std::replace(line_.begin(), line_.end(), '\t', ' ');
  absl::string_view text = line_;
  // "{1:F01...}{2:...}{4:" stands alone or in front of the first field.
  if (absl::StartsWith(text, "{")) {
    const size_t block = text.find("{4:");
    text = block == absl::string_view::npos ? "" : text.substr(block + 3);
  }
  if (!TrimBlank(text).empty()) ++delivery_.summary().lines;
  absl::string_view rest;
  const absl::string_view tag = TagOf(text, &rest);
  if (!tag.empty()) {
    EndField();
    tag_ = std::string(tag);
    field_ = std::string(rest);
    field_line_ = number_;
    field_too_long_ = line.too_long;
    has_field_ = true;
    return;
  }
  if (!has_field_ && number_ > kFirstLinesMax) {
    status_ = RefuseFile(delivery_.file(), number_, "", kNotAStatement, "no field of an MT940 (:20:) in it");
    return;
  }
  if (EndsMessage(text)) {
    EndField();
    EndMessage();
  } else if (!tag_.empty()) {
    field_too_long_ |= line.too_long || field_.size() + text.size() > kMt940FieldBytesMax;
    if (!field_too_long_) absl::StrAppend(&field_, "\n", text);
  }
}

void Mt940Reader::Impl::EndField() {
  if (tag_.empty()) return;
  const std::string tag = std::exchange(tag_, {});
  std::string text = std::exchange(field_, {});
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  OnField(tag, text);
}

void Mt940Reader::Impl::OutOfPlace(absl::string_view message) {
  delivery_.log().Reject(field_line_, "", kRecordOutOfPlace, message, "");
}

void Mt940Reader::Impl::OnField(absl::string_view tag, const std::string& text) {
  if (tag == "20") {
    EndMessage();
  } else if (tag == "25") {
    if (delivery_.is_open()) return OutOfPlace("an account (:25:) behind the opening balance");
    const std::string first = text.substr(0, text.find('\n'));
    account_ = AccountNumber(first);
    // Some banks put the currency behind the IBAN.
    if (account_.size() > 18) {
      const auto iban = identifiers::ParseIban(absl::string_view(account_).substr(0, account_.size() - 3));
      if (iban.ok() && !identifiers::ParseIban(account_).ok()) account_ = *iban;
    }
  } else if (tag == "28C" || tag == "28") {
    statement_number_ = Squeeze(text.substr(0, text.find('\n')));
  } else if (tag == "60F" || tag == "60M") {
    OnOpening(text);
  } else if (tag == "61") {
    OnEntry(text);
  } else if (tag == "86") {
    OnInformation(text);
  } else if (tag == "62F" || tag == "62M") {
    OnClosing(text);
  }
}

void Mt940Reader::Impl::OnOpening(const std::string& text) {
  EndEntry();
  was_opened_ = true;
  BankStatement statement;
  statement.line = field_line_;
  statement.account = account_;
  statement.id = statement_number_;
  Mt940Balance balance;
  const absl::Status read = ParseMt940Balance(text, "", &balance);
  statement.currency = balance.currency;
  statement.opening_day = balance.day;
  if (read.ok()) {
    statement.opening_minor = balance.minor;
  } else {
    delivery_.log().Notice(field_line_, "opening balance", ReasonOf(read),
                           "the balance cannot be read and is not checked");
  }
  delivery_.Open(std::move(statement));
}

void Mt940Reader::Impl::OnEntry(const std::string& text) {
  EndEntry();
  pending_.Open(field_line_);
  pending_.AddLine(field_line_, absl::StrCat(":61:", text));
  transaction_ = {};
  information_ = {};
  entry_ = {};
  if (!delivery_.is_open()) {
    pending_.Fail(field_line_, "", kRecordOutOfPlace, "an entry outside a statement");
  } else if (delivery_.statement().account.empty()) {
    pending_.Fail(field_line_, "account", kAccountMissing, "the statement names no account");
  } else if (field_too_long_) {
    pending_.Fail(field_line_, "", kLineTooLong, absl::StrCat("longer than ", kMt940FieldBytesMax, " bytes"));
  }
  if (pending_.failed()) return;
  const absl::Status read = ParseMt940Line(text, delivery_.statement().currency, &entry_);
  if (!read.ok()) {
    const ErrorInfo info = ErrorInfoOf(read);
    const auto field = info.metadata.find("field");
    return pending_.Fail(field_line_, field == info.metadata.end() ? "" : field->second, read);
  }
  if (entry_.day_read_as_month_end) {
    delivery_.log().Notice(field_line_, "date", kDayReadAsMonthEnd,
                           "there is no such day in February; its last one was taken");
  }
  BankTransaction& t = transaction_;
  t.amount_minor = entry_.minor;
  t.currency = delivery_.statement().currency;
  t.is_credit = entry_.is_credit;
  t.is_reversal = entry_.is_reversal || absl::EndsWith(entry_.type, "RTI");
  t.is_charge = IsChargeType(entry_.type);
  t.value_day = entry_.value_day;
  t.booking_day = entry_.entry_day ? *entry_.entry_day : *entry_.value_day;
  t.bank_code = entry_.type;
  t.entry_servicer_ref = entry_.bank_ref;
  t.entry_ref = entry_.customer_ref;
  ReadMt940Amounts(entry_.supplement, &t);
}

void Mt940Reader::Impl::OnInformation(const std::string& text) {
  if (!pending_.is_open()) return;  // behind a balance: of the statement
  pending_.AddLine(field_line_, absl::StrCat(":86:", text));
  if (field_too_long_) {
    pending_.Fail(field_line_, "", kLineTooLong, absl::StrCat("longer than ", kMt940FieldBytesMax, " bytes"));
  }
  if (pending_.failed()) return;
  information_ = ReadMt940Information(text, &transaction_);
}

void Mt940Reader::Impl::EndEntry() {
  if (!pending_.is_open()) return;
  if (pending_.failed()) {
    pending_.RejectTo(&delivery_.log());
  } else if (entry_.is_expected) {
    ++delivery_.summary().skipped;
    delivery_.log().Notice(pending_.line(), "side", kEntryNotBooked,
                           "the entry is expected and was left out");
  } else {
    BankTransaction& t = transaction_;
    if (!information_.business_code.empty()) absl::StrAppend(&t.bank_code, ".", information_.business_code);
    if (!t.is_charge && (IsMt940Return(information_.business_code) || !information_.return_code.empty()))
      t.is_reversal = true;
    if (t.is_reversal) t.return_reason = information_.return_code;
    // Where the information has none, the references of the :61: are the payer's.
    if (t.end_to_end_id.empty() && entry_.customer_ref != "EREF" && entry_.customer_ref != "KREF" &&
        entry_.customer_ref != "KREF+" && entry_.customer_ref != "PREF" && entry_.customer_ref != "MARF") {
      t.end_to_end_id = entry_.customer_ref;
    }
    if (information_.party.account.empty() && LooksLikeIban(entry_.supplement))
      information_.party.account = AccountNumber(entry_.supplement);
    if (t.unstructured.empty() && t.structured.empty() && !entry_.supplement.empty() &&
        !absl::StartsWith(entry_.supplement, "/") && information_.party.account.empty()) {
      t.unstructured.push_back(entry_.supplement);
    } else {
      t.additional_info = entry_.supplement;
    }
    t.counterparty_bic = information_.bic;
    SetCounterparty(std::move(information_.party), &t);
    std::vector<BankTransaction> one;
    const bool is_credit = t.is_credit;
    const int64_t minor = t.amount_minor;
    one.push_back(std::move(t));
    const absl::Status delivered = delivery_.Deliver(pending_.line(), is_credit, minor, std::move(one));
    if (status_.ok()) status_ = delivered;
  }
  pending_.Close();
}

void Mt940Reader::Impl::OnClosing(const std::string& text) {
  EndEntry();
  if (!delivery_.is_open()) return OutOfPlace("a closing balance without an opening one");
  BankStatement& statement = delivery_.statement();
  Mt940Balance balance;
  const absl::Status read = ParseMt940Balance(text, statement.currency, &balance);
  if (read.ok() && balance.currency == statement.currency) {
    statement.closing_minor = balance.minor;
  } else {
    delivery_.log().Notice(field_line_, "closing balance", read.ok() ? kFieldInvalid : ReasonOf(read),
                           "the balance cannot be read and is not checked");
  }
  statement.closing_day = balance.day;
  delivery_.Close();
}

void Mt940Reader::Impl::EndMessage() {
  EndEntry();
  if (delivery_.is_open()) {
    delivery_.log().Notice(delivery_.statement().line, "closing balance", kFieldMissing,
                           "the message ends without a closing balance");
    delivery_.Close();
  }
  account_.clear();
  statement_number_.clear();
}

absl::Status Mt940Reader::Impl::Finish() {
  if (status_.ok()) splitter_.Finish();
  if (!status_.ok()) return status_;
  const bool entry_at_end = tag_ == "61" || tag_ == "86";
  EndField();
  if (!status_.ok()) return status_;
  if (!has_field_) {
    return status_ = RefuseFile(delivery_.file(), std::max<int64_t>(number_, 1), "",
                                delivery_.summary().lines == 0 ? kFileEmpty : kNotAStatement,
                                "no field of an MT940 (:20:) in it");
  }
  if (pending_.is_open() && entry_at_end && delivery_.is_open()) {
    pending_.Fail(pending_.line(), "", kFileCutOff, "the file ends inside this entry or right behind it");
  }
  EndEntry();
  if (!status_.ok()) return status_;
  if (delivery_.is_open()) {
    delivery_.Close();
    status_ = RefuseFile(delivery_.file(), number_, "", kFileCutOff,
                         "no closing balance (:62F:): the end is missing");
  } else if (!was_opened_) {
    status_ =
        RefuseFile(delivery_.file(), number_, "", kStatementMissing, "there is no statement (:60F:) in it");
  }
  return status_;
}

Mt940Reader::Mt940Reader(std::string file, BankSink* sink)
    : impl_(std::make_unique<Impl>(std::move(file), sink)) {}
Mt940Reader::~Mt940Reader() = default;
absl::Status Mt940Reader::Feed(absl::string_view bytes) { return impl_->Feed(bytes); }
absl::Status Mt940Reader::Finish() { return impl_->Finish(); }
const ReadSummary& Mt940Reader::summary() const { return impl_->summary(); }

}  // namespace relance::ledger
