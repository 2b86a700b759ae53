#include "services/ledger/readers/bank/coda_reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/identifiers/bank.h"
#include "common/status/domain_error.h"
#include "services/ledger/readers/bank/bank_delivery.h"
#include "services/ledger/readers/bank/bank_values.h"
#include "services/ledger/readers/bank/coda_movement.h"
#include "services/ledger/readers/bank/column_line.h"
#include "services/ledger/readers/bank/pending_entry.h"
#include "services/ledger/readers/bank/reasons.h"
#include "services/ledger/readers/bank/record_splitter.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/refusal.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

constexpr int kColumns = 128;
constexpr int kDecimals = 3;

}  // namespace

class CodaReader::Impl {
 public:
  Impl(std::string file, BankSink* sink)
      : delivery_(std::move(file), "coda", sink),
        splitter_(kColumns, [this](const RecordSplitter::Record& record) { OnRecord(record); }) {}

  absl::Status Feed(absl::string_view bytes) {
    if (status_.ok()) splitter_.Feed(bytes);
    return status_;
  }
  absl::Status Finish();

  const ReadSummary& summary() const { return delivery_.summary(); }

 private:
  void OnRecord(const RecordSplitter::Record& record);
  void OnHeader();
  void OnOpening();
  void OnMovement();
  void OnInformation();
  void OnClosing();
  void OnTrailer();

  void StartArticle();
  void AppendArticle(char part);
  void ReadTail(CodaArticle* article);
  void EndMovement();
  void OutOfPlace(absl::string_view message);
  bool Continues() const;
  int64_t Amount(int first, int last, absl::string_view field);
  std::string AccountAt(int first, int last) const;

  BankDelivery delivery_;
  RecordSplitter splitter_;
  absl::Status status_;
  ColumnLine line_;
  int64_t number_ = 0;

  bool in_file_ = false;  // between records 0 and 9
  bool has_header_ = false;
  char version_ = '2';
  // Of the file, to be compared with record 9. Thousandths, whatever the currency.
  int64_t records_ = 0, credit_ = 0, debit_ = 0;
  bool amounts_known_ = true;

  PendingEntry pending_;
  std::string sequence_, detail_;
  std::vector<CodaArticle> articles_;
  std::string information_detail_;
};

void CodaReader::Impl::OnRecord(const RecordSplitter::Record& record) {
  if (!status_.ok()) return;
  number_ = record.number;
  line_.Set(number_ == 1 ? StripBom(record.text) : record.text, kColumns);
  if (line_.columns() == 0) return;
  ++delivery_.summary().lines;
  const char kind = line_.Char(1);
  if (!has_header_ && (kind != '0' || line_.At(2, 5) != "0000" || line_.At(15, 16) != "05")) {
    status_ =
        RefuseFile(delivery_.file(), number_, "", kNotAStatement, "the first record is no header of CODA");
    return;
  }
  // A file that ends in anything but totals is cut, and its last record may be too.
  if (record.is_last && in_file_ && kind != '9') {
    if (pending_.is_open()) pending_.AddLine(number_, line_.text());
    return;
  }
  if (record.too_long || line_.columns() > kColumns) {
    const std::string message = absl::StrCat("longer than ", kColumns, " columns");
    if (pending_.is_open() && (kind == '2' || kind == '3') && Continues()) {
      pending_.AddLine(number_, record.text);
      pending_.Fail(number_, "", kLineTooLong, message);
    } else {
      delivery_.log().Reject(number_, "", kLineTooLong, message, record.text, record.too_long);
    }
    return;
  }
  if (kind != '0' && kind != '9' && kind != '4') ++records_;
  switch (kind) {
    case '0':
      return OnHeader();
    case '1':
      return OnOpening();
    case '2':
      return OnMovement();
    case '3':
      return OnInformation();
    case '4':
      ++delivery_.summary().skipped;
      return;
    case '8':
      return OnClosing();
    case '9':
      return OnTrailer();
    default:
      return OutOfPlace("no record of CODA begins so");
  }
}

void CodaReader::Impl::OutOfPlace(absl::string_view message) {
  delivery_.log().Reject(number_, "", kRecordOutOfPlace, message, line_.text());
}

void CodaReader::Impl::OnHeader() {
  EndMovement();
  delivery_.Close();
  has_header_ = true;
  in_file_ = true;
  version_ = line_.Char(128);
  records_ = credit_ = debit_ = 0;
  amounts_known_ = true;
  if (version_ != '1' && version_ != '2') {
    delivery_.log().Notice(number_, "version", kVersionUntested, "read as version 2 of CODA");
    version_ = '2';
  }
}

int64_t CodaReader::Impl::Amount(int first, int last, absl::string_view field) {
  const absl::StatusOr<int64_t> minor =
      ParseImpliedDecimals(line_.At(first, last), kDecimals, delivery_.statement().currency);
  if (minor.ok()) return *minor;
  pending_.Fail(number_, field, minor.status());
  return 0;
}

// A Belgian number of 12 digits stands before a blank, an IBAN or a foreign number fills its columns.
std::string CodaReader::Impl::AccountAt(int first, int last) const {
  if (version_ == '1' || line_.Char(first + 12) == ' ') {
    const std::string number = Squeeze(line_.Field(first, first + 11));
    return IsZero(number) ? "" : BelgianIban(number);
  }
  const std::string account = AccountNumber(line_.Field(first, last));
  return IsZero(account) ? "" : account;
}

void CodaReader::Impl::OnOpening() {
  EndMovement();
  BankStatement statement;
  statement.line = number_;
  const char structure = line_.Char(2);
  const bool is_belgian_number = structure == '0' || structure == ' ';
  statement.currency = std::string(is_belgian_number ? line_.Field(19, 21) : line_.Field(40, 42));
  if (statement.currency.empty()) {
    statement.currency = "EUR";
    delivery_.log().Notice(number_, "currency", kCurrencyAssumed, "no currency is written; EUR was taken");
  }
  statement.account = is_belgian_number ? BelgianIban(line_.Field(6, 17))
                                        : AccountNumber(line_.Field(6, structure == '2' ? 36 : 39));
  statement.id = std::string(line_.Field(3, 5));
  const auto minor = ParseImpliedDecimals(line_.At(44, 58), kDecimals, statement.currency);
  if (minor.ok()) {
    statement.opening_minor = line_.Char(43) == '1' ? -*minor : *minor;
  } else {
    delivery_.log().Notice(number_, "opening balance", ReasonOf(minor.status()),
                           "the balance cannot be read and is not checked");
  }
  if (const auto day = ParseDdmmyy(line_.At(59, 64)); day.ok()) statement.opening_day = *day;
  delivery_.Open(std::move(statement));
}

bool CodaReader::Impl::Continues() const { return line_.At(3, 6) == sequence_; }

void CodaReader::Impl::OnMovement() {
  const char part = line_.Char(2);
  if (part != '1' && part != '2' && part != '3') return OutOfPlace("a movement is 2.1, 2.2 or 2.3");
  if (part == '1') {
    const bool is_detail = pending_.is_open() && Continues() && line_.At(7, 10) != "0000";
    if (!is_detail) EndMovement();
    if (!delivery_.is_open()) return OutOfPlace("a movement without an opening balance before it");
    if (delivery_.statement().account.empty()) {
      return delivery_.log().Reject(number_, "account", kAccountMissing, "the statement names no account",
                                    line_.text());
    }
    if (!is_detail) {
      pending_.Open(number_);
      sequence_ = std::string(line_.At(3, 6));
    }
    detail_ = std::string(line_.At(7, 10));
    pending_.AddLine(number_, line_.text());
    if (!pending_.is_full()) StartArticle();
    return;
  }
  if (!pending_.is_open() || !Continues()) return OutOfPlace("2.2 and 2.3 follow their 2.1");
  pending_.AddLine(number_, line_.text());
  if (line_.At(7, 10) != detail_) {
    return pending_.Fail(number_, "detail number", kFieldInvalid, "not that of the record before");
  }
  if (!pending_.is_full()) AppendArticle(part);
}

void CodaReader::Impl::StartArticle() {
  CodaArticle article;
  article.line = number_;
  article.bank_ref = Squeeze(line_.Field(11, 31));
  const char sign = line_.Char(32);
  article.is_credit = sign == '0';
  if (sign != '0' && sign != '1') pending_.Fail(number_, "sign", kFieldInvalid, "neither 0 nor 1");
  article.minor = Amount(33, 47, "amount");
  if (const absl::string_view value = line_.At(48, 53); !IsZero(value)) {
    const auto day = ParseDdmmyy(value);
    if (day.ok()) {
      article.value_day = *day;
    } else {
      pending_.Fail(number_, "value date", day.status());
    }
  }
  article.code_text = std::string(line_.Field(54, 61));
  article.code = ParseCodaCode(line_.At(54, 61));
  article.is_structured = line_.Char(62) == '1';
  article.communication = line_.Padded(63, 115);
  const auto day = ParseDdmmyy(line_.At(116, 121));
  if (day.ok()) {
    article.entry_day = *day;
  } else {
    pending_.Fail(number_, "entry date", day.status());
  }
  if (articles_.empty()) {
    int64_t thousandths = 0;
    amounts_known_ = amounts_known_ && absl::SimpleAtoi(line_.At(33, 47), &thousandths);
    int64_t& side = article.is_credit ? credit_ : debit_;
    side = AddSaturated(side, thousandths);
  }
  articles_.push_back(std::move(article));
  information_detail_.clear();
}

void CodaReader::Impl::AppendArticle(char part) {
  CodaArticle& article = articles_.back();
  if (part == '2') {
    article.communication += line_.Padded(11, 63);
    article.customer_ref = IsZero(line_.Field(64, 98)) ? "" : Squeeze(line_.Field(64, 98));
    if (version_ != '1') ReadTail(&article);
    return;
  }
  article.account = AccountAt(11, 44);
  article.name = Squeeze(version_ == '1' ? line_.Field(48, 73) : line_.Field(48, 82));
  if (version_ != '1') article.communication += line_.Padded(83, 125);
}

// BIC, R-transaction and reason. Older files have data of currency exchange in these columns.
void CodaReader::Impl::ReadTail(CodaArticle* article) {
  if (const auto bic = identifiers::ParseBic(line_.Field(99, 109)); bic.ok()) article->bic = *bic;
  const absl::string_view reason = line_.Field(114, 117);
  const bool is_reason =
      reason.empty() || (reason.size() == 4 && absl::ascii_isupper(static_cast<unsigned char>(reason[0])));
  if (!IsBlank(line_.At(110, 112)) || !is_reason) return;
  article->r_transaction = std::string(line_.Field(113, 113));
  article->reason = std::string(reason);
}

void CodaReader::Impl::OnInformation() {
  const char part = line_.Char(2);
  if (part != '1' && part != '2' && part != '3') return OutOfPlace("information is 3.1, 3.2 or 3.3");
  if (!pending_.is_open() || !Continues()) return OutOfPlace("information follows its movement");
  pending_.AddLine(number_, line_.text());
  if (pending_.is_full() || articles_.empty()) return;
  std::vector<CodaInformation>& information = articles_.back().information;
  const absl::string_view detail = line_.At(7, 10);
  if (part == '1') {
    information.push_back({line_.Char(40) == '1', line_.Padded(41, 113)});
    information_detail_ = std::string(detail);
    return;
  }
  if (information.empty() || detail != information_detail_) {
    return pending_.Fail(number_, "detail number", kFieldInvalid, "not that of the record before");
  }
  information.back().text += part == '2' ? line_.Padded(11, 115) : line_.Padded(11, 100);
}

void CodaReader::Impl::EndMovement() {
  if (!pending_.is_open()) return;
  if (pending_.failed()) {
    pending_.RejectTo(&delivery_.log());
  } else {
    CodaRecords records = MakeCodaTransactions(articles_, delivery_.statement().currency);
    if (records.not_split) {
      delivery_.log().Notice(pending_.line(), "amount", kBatchNotSplit,
                             "the details do not add up to the movement; it was kept as one");
    }
    const CodaArticle& first = articles_.front();
    const absl::Status delivered =
        delivery_.Deliver(pending_.line(), first.is_credit, first.minor, std::move(records.transactions));
    if (status_.ok()) status_ = delivered;
  }
  pending_.Close();
  articles_.clear();
}

void CodaReader::Impl::OnClosing() {
  EndMovement();
  if (!delivery_.is_open()) return OutOfPlace("a closing balance without an opening one");
  BankStatement& statement = delivery_.statement();
  const auto minor = ParseImpliedDecimals(line_.At(43, 57), kDecimals, statement.currency);
  if (minor.ok()) {
    statement.closing_minor = line_.Char(42) == '1' ? -*minor : *minor;
  } else {
    delivery_.log().Notice(number_, "closing balance", ReasonOf(minor.status()),
                           "the balance cannot be read and is not checked");
  }
  if (const auto day = ParseDdmmyy(line_.At(58, 63)); day.ok()) statement.closing_day = *day;
  delivery_.Close();
}

void CodaReader::Impl::OnTrailer() {
  EndMovement();
  delivery_.Close();
  if (!in_file_) return OutOfPlace("totals without a header before them");
  in_file_ = false;
  int64_t count = 0;
  const bool counted = absl::SimpleAtoi(line_.Field(17, 22), &count);
  if (!counted || count != records_) {
    delivery_.log().Notice(number_, "records", kTotalsMismatch,
                           absl::StrCat("the file says ", counted ? absl::StrCat(count) : "nothing readable",
                                        ", there are ", records_, " records"));
  }
  const auto check = [&](int first, int last, int64_t sum, absl::string_view name) {
    int64_t total = 0;
    if (absl::SimpleAtoi(line_.At(first, last), &total) && total == sum) return;
    delivery_.log().Notice(number_, name, kTotalsMismatch, "the movements do not add up to the turnover");
  };
  if (!amounts_known_) return;
  check(23, 37, debit_, "debit turnover");
  check(38, 52, credit_, "credit turnover");
}

absl::Status CodaReader::Impl::Finish() {
  if (status_.ok()) splitter_.Finish();
  if (!status_.ok()) return status_;
  if (!has_header_) {
    return status_ = RefuseFile(delivery_.file(), 1, "", kFileEmpty, "there is nothing in the file");
  }
  if (in_file_) {
    // Its text may go on behind the cut: then it would be another movement when the whole file comes.
    if (pending_.is_open()) {
      pending_.Fail(pending_.line(), "", kFileCutOff,
                    "the file ends inside this movement or right behind it");
      EndMovement();
    }
    delivery_.Close();
    status_ = RefuseFile(delivery_.file(), number_, "", kFileCutOff,
                         "the file has no record 9: its end is missing");
  }
  return status_;
}

CodaReader::CodaReader(std::string file, BankSink* sink)
    : impl_(std::make_unique<Impl>(std::move(file), sink)) {}
CodaReader::~CodaReader() = default;
absl::Status CodaReader::Feed(absl::string_view bytes) { return impl_->Feed(bytes); }
absl::Status CodaReader::Finish() { return impl_->Finish(); }
const ReadSummary& CodaReader::summary() const { return impl_->summary(); }

}  // namespace relance::ledger
