#include "services/ledger/readers/bank/cfonb_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/ledger/readers/bank/bank_delivery.h"
#include "services/ledger/readers/bank/bank_values.h"
#include "services/ledger/readers/bank/cfonb_movement.h"
#include "services/ledger/readers/bank/column_line.h"
#include "services/ledger/readers/bank/pending_entry.h"
#include "services/ledger/readers/bank/reasons.h"
#include "services/ledger/readers/bank/record_splitter.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/refusal.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

constexpr int kColumns = 120;

}  // namespace

class CfonbReader::Impl {
 public:
  Impl(std::string file, BankSink* sink)
      : delivery_(std::move(file), "cfonb120", sink),
        splitter_(kColumns, [this](const RecordSplitter::Record& record) { OnRecord(record); }) {}

  absl::Status Feed(absl::string_view bytes) {
    if (status_.ok()) splitter_.Feed(bytes);
    return status_;
  }
  absl::Status Finish();

  const ReadSummary& summary() const { return delivery_.summary(); }

 private:
  // What a record says about the account that it is of.
  struct Account {
    std::string bank, branch, number, currency;
    bool SameAs(const Account& other) const {
      return branch == other.branch && number == other.number && currency == other.currency;
    }
  };

  void OnRecord(const RecordSplitter::Record& record);
  void OnOldBalance();
  void OnMovement();
  void OnDetail();
  void OnNewBalance();
  void EndMovement();
  Account AccountOfLine() const;
  bool OpenStatement(bool with_balance);
  void Reject(absl::string_view field, absl::string_view reason, absl::string_view message) {
    delivery_.log().Reject(number_, field, reason, message, line_.text());
  }
  absl::StatusOr<int64_t> Amount(absl::string_view currency) const {
    const char decimals = line_.Char(20);
    const bool is_digit = decimals >= '0' && decimals <= '9';
    return ParseCfonbAmount(line_.At(91, 104), is_digit ? decimals - '0' : 2, currency);
  }

  BankDelivery delivery_;
  RecordSplitter splitter_;
  absl::Status status_;
  ColumnLine line_;
  int64_t number_ = 0;
  bool has_record_ = false;
  bool is_cut_ = false;

  Account account_;  // of the statement
  PendingEntry pending_;
  CfonbMovement movement_;
};

void CfonbReader::Impl::OnRecord(const RecordSplitter::Record& record) {
  if (!status_.ok()) return;
  number_ = record.number;
  line_.Set(number_ == 1 ? StripBom(record.text) : record.text, kColumns);
  if (line_.columns() == 0) return;
  ++delivery_.summary().lines;
  const absl::string_view kind = line_.At(1, 2);
  const bool known = kind == "01" || kind == "04" || kind == "05" || kind == "07";
  if (!has_record_ && !known) {
    status_ =
        RefuseFile(delivery_.file(), number_, "", kNotAStatement, "the first record is none of CFONB 120");
    return;
  }
  has_record_ = true;
  // A file that ends in anything but a new balance is cut, and its last record may be too.
  if (record.is_last && kind != "07") {
    if (pending_.is_open()) pending_.AddLine(number_, line_.text());
    is_cut_ = true;
    return;
  }
  if (record.too_long || line_.columns() > kColumns) {
    const std::string message = absl::StrCat("longer than ", kColumns, " columns");
    if (kind == "05" && pending_.is_open()) {
      pending_.AddLine(number_, line_.text());
      return pending_.Fail(number_, "", kLineTooLong, message);
    }
    // Its 05 belong to it: they must not go to the movement before.
    if (kind == "04") EndMovement();
    return delivery_.log().Reject(number_, "", kLineTooLong, message, record.text, record.too_long);
  }
  if (kind == "01") return OnOldBalance();
  if (kind == "04") return OnMovement();
  if (kind == "05") return OnDetail();
  if (kind == "07") return OnNewBalance();
  Reject("", kRecordOutOfPlace, "no record of CFONB 120 begins so");
}

CfonbReader::Impl::Account CfonbReader::Impl::AccountOfLine() const {
  return {std::string(line_.Field(3, 7)), std::string(line_.Field(12, 16)), std::string(line_.Field(22, 32)),
          std::string(line_.Field(17, 19))};
}

bool CfonbReader::Impl::OpenStatement(bool with_balance) {
  account_ = AccountOfLine();
  if (account_.number.empty()) {
    Reject("account", kAccountMissing, "the record names no account");
    return false;
  }
  BankStatement statement;
  statement.line = number_;
  statement.account = FrenchIban(account_.bank, account_.branch, account_.number);
  statement.currency = account_.currency;
  if (statement.currency.empty()) {
    statement.currency = "EUR";
    delivery_.log().Notice(number_, "currency", kCurrencyAssumed, "no currency is written; EUR was taken");
  }
  if (with_balance) {
    const auto day = ParseDdmmyy(line_.At(35, 40));
    const auto minor = Amount(statement.currency);
    if (!day.ok()) Reject("date", ReasonOf(day.status()), "the day of the old balance cannot be read");
    if (day.ok() && !minor.ok())
      Reject("amount", ReasonOf(minor.status()), "the old balance cannot be read and is not checked");
    if (day.ok()) statement.opening_day = *day;
    if (minor.ok()) statement.opening_minor = *minor;
  } else {
    delivery_.log().Notice(number_, "", kStatementUnopened, "a movement without an old balance before it");
  }
  delivery_.Open(std::move(statement));
  return true;
}

void CfonbReader::Impl::OnOldBalance() {
  EndMovement();
  OpenStatement(true);
}

void CfonbReader::Impl::OnMovement() {
  EndMovement();
  if (!delivery_.is_open()) {
    if (!OpenStatement(false)) return;
  } else if (!AccountOfLine().SameAs(account_)) {
    return Reject("account", kRecordOutOfPlace,
                  "a movement of another account than the old balance before it");
  }
  pending_.Open(number_);
  pending_.AddLine(number_, line_.text());
  movement_ = {};
  BankTransaction& t = movement_.transaction;
  t.currency = delivery_.statement().currency;
  const auto minor = Amount(t.currency);
  if (minor.ok()) {
    t.is_credit = *minor >= 0;
    t.amount_minor = t.is_credit ? *minor : -*minor;
  } else {
    pending_.Fail(number_, "amount", minor.status());
  }
  const auto day = ParseDdmmyy(line_.At(35, 40));
  if (day.ok()) {
    t.booking_day = *day;
  } else {
    pending_.Fail(number_, "booking date", day.status());
  }
  if (!IsZero(line_.At(43, 48))) {
    const auto value_day = ParseDdmmyy(line_.At(43, 48));
    if (value_day.ok()) {
      t.value_day = *value_day;
    } else {
      pending_.Fail(number_, "value date", value_day.status());
    }
  }
  // Number of the entry (a cheque's) and the bank's reference.
  t.entry_servicer_ref = Squeeze(line_.Field(105, 120));
  if (!IsZero(line_.At(82, 88))) t.servicer_ref = std::string(line_.Field(82, 88));
  movement_.operation = std::string(line_.Field(33, 34));
  movement_.rejection = IsZero(line_.At(41, 42)) ? "" : std::string(line_.Field(41, 42));
  movement_.label = Squeeze(line_.Field(49, 79));
}

void CfonbReader::Impl::OnDetail() {
  if (!pending_.is_open()) return Reject("", kRecordOutOfPlace, "details without their movement");
  pending_.AddLine(number_, line_.text());
  if (!AccountOfLine().SameAs(account_) || line_.Field(33, 34) != movement_.operation) {
    return pending_.Fail(number_, "account", kRecordOutOfPlace, "details of another account or operation");
  }
  if (!pending_.is_full())
    movement_.details.push_back({std::string(line_.At(46, 48)), line_.Padded(49, 118)});
}

void CfonbReader::Impl::EndMovement() {
  if (!pending_.is_open()) return;
  if (pending_.failed()) {
    pending_.RejectTo(&delivery_.log());
  } else {
    std::vector<BankTransaction> one;
    one.push_back(MakeCfonbTransaction(std::move(movement_)));
    const bool is_credit = one[0].is_credit;
    const int64_t minor = one[0].amount_minor;
    const absl::Status delivered = delivery_.Deliver(pending_.line(), is_credit, minor, std::move(one));
    if (status_.ok()) status_ = delivered;
  }
  pending_.Close();
}

void CfonbReader::Impl::OnNewBalance() {
  EndMovement();
  if (!delivery_.is_open() || !AccountOfLine().SameAs(account_)) {
    return Reject("", kRecordOutOfPlace, "a new balance without the old one of the same account");
  }
  BankStatement& statement = delivery_.statement();
  const auto minor = Amount(statement.currency);
  if (minor.ok()) {
    statement.closing_minor = *minor;
  } else {
    Reject("amount", ReasonOf(minor.status()), "the new balance cannot be read and is not checked");
  }
  if (const auto day = ParseDdmmyy(line_.At(35, 40)); day.ok()) {
    statement.closing_day = *day;
  } else {
    Reject("date", ReasonOf(day.status()), "the day of the new balance cannot be read");
  }
  delivery_.Close();
}

absl::Status CfonbReader::Impl::Finish() {
  if (status_.ok()) splitter_.Finish();
  if (!status_.ok()) return status_;
  if (!has_record_) {
    return status_ = RefuseFile(delivery_.file(), 1, "", kFileEmpty, "there is nothing in the file");
  }
  if (pending_.is_open()) {
    pending_.Fail(pending_.line(), "", kFileCutOff, "the file ends inside this movement or right behind it");
    EndMovement();
  }
  if (delivery_.is_open() || is_cut_) {
    delivery_.Close();
    status_ =
        RefuseFile(delivery_.file(), number_, "", kFileCutOff, "no new balance (07): the end is missing");
  }
  return status_;
}

CfonbReader::CfonbReader(std::string file, BankSink* sink)
    : impl_(std::make_unique<Impl>(std::move(file), sink)) {}
CfonbReader::~CfonbReader() = default;
absl::Status CfonbReader::Feed(absl::string_view bytes) { return impl_->Feed(bytes); }
absl::Status CfonbReader::Finish() { return impl_->Finish(); }
const ReadSummary& CfonbReader::summary() const { return impl_->summary(); }

}  // namespace relance::ledger
