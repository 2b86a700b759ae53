#include "services/ledger/readers/camt_reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "services/ledger/readers/camt_entry.h"
#include "services/ledger/readers/camt_fields.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/refusal.h"
#include "services/ledger/readers/reject_log.h"
#include "services/ledger/readers/text_encoding.h"
#include "services/ledger/readers/xml_push_parser.h"

namespace relance::ledger {
namespace {

using F = CamtField;

constexpr absl::string_view kCamt053 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.";
constexpr absl::string_view kIso20022 = "urn:iso:std:iso:20022:tech:xsd:";

// What a detail, a remittance or a document costs in memory beside its text.
constexpr size_t kDetailOverheadBytes = 1024;
constexpr size_t kPartOverheadBytes = 256;
constexpr size_t kTextOverheadBytes = 64;

std::string CleanText(absl::string_view text) {
  std::string clean(text);
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return std::string(TrimBlank(clean));
}

void AppendEscaped(absl::string_view text, std::string* out) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out->append("&amp;");
        break;
      case '<':
        out->append("&lt;");
        break;
      case '>':
        out->append("&gt;");
        break;
      case '"':
        out->append("&quot;");
        break;
      default:
        out->push_back(c);
    }
  }
}

std::string MessageOf(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

// The day of an xsd:date or xsd:dateTime as written: the zone behind it is not applied.
absl::StatusOr<absl::CivilDay> DayOf(absl::string_view text) {
  const absl::string_view rest = text.size() > 10 ? text.substr(10) : "";
  const bool known_rest =
      rest.empty() || rest[0] == 'T' || rest[0] == 'Z' || rest[0] == '+' || rest[0] == '-';
  return ParseIsoDay(known_rest ? text.substr(0, 10) : text);
}

bool IsNone(absl::string_view text) { return absl::EqualsIgnoreCase(text, "NOTPROVIDED"); }

struct Balance {
  std::string type;
  std::optional<CamtAmount> amount;
  bool is_debit = false;
  std::optional<absl::CivilDay> day;

  int64_t signed_minor() const { return is_debit ? -amount->minor : amount->minor; }
};

// The entry as XML again, for repair; cut at kRawBytesMax.
class RawEntry {
 public:
  void Start(absl::string_view name, const std::vector<XmlAttribute>& attributes) {
    if (Full()) return;
    absl::StrAppend(&text_, "<", name);
    for (const XmlAttribute& attribute : attributes) {
      absl::StrAppend(&text_, " ", attribute.name, "=\"");
      AppendEscaped(attribute.value, &text_);
      text_.push_back('"');
    }
    text_.push_back('>');
  }

  void End(absl::string_view name, absl::string_view text) {
    if (Full()) return;
    AppendEscaped(CleanText(text), &text_);
    absl::StrAppend(&text_, "</", name, ">");
  }

  void Clear() { text_.clear(); }
  absl::string_view text() const { return text_; }
  bool truncated() const { return text_.size() > kRawBytesMax; }

 private:
  bool Full() const { return text_.size() > kRawBytesMax; }
  std::string text_;
};

}  // namespace

class CamtReader::Impl : public XmlEvents {
 public:
  Impl(std::string file, BankSink* sink)
      : file_(std::move(file)), sink_(sink), log_(sink, &summary_), xml_(file_, this) {}

  absl::Status Feed(absl::string_view bytes) { return status_ = status_.ok() ? xml_.Feed(bytes) : status_; }

  absl::Status Finish() {
    if (status_.ok()) status_ = xml_.Finish();
    if (status_.ok() && statements_ == 0) {
      status_ =
          RefuseFile(file_, xml_.line(), "", kStatementMissing, "there is no bank statement (Stmt) in it");
    }
    return status_;
  }

  const ReadSummary& summary() const { return summary_; }

  void OnStart(absl::string_view space, absl::string_view name,
               const std::vector<XmlAttribute>& attributes) override;
  void OnEnd(absl::string_view name, absl::string_view text, bool text_cut) override;

 private:
  void OnEnvelope(absl::string_view space, absl::string_view name);
  void StartField(CamtField field);
  void EndField(CamtField field, absl::string_view text);
  void EndBalanceField(CamtField field, const std::string& value);
  void EndEntryField(CamtField field, const std::string& value);
  void EndDetailField(CamtField field, const std::string& value);
  void EndStructuredField(CamtField field, const std::string& value);
  void EndEntry();
  void EndStatement();

  bool in_entry() const { return in_entry_; }
  CamtDetail& detail() { return entry_.details.back(); }
  StructuredRemittance& structured() { return detail().fields.structured.back(); }

  // The first thing wrong with the entry decides.
  void Fail(absl::string_view reason, absl::string_view message) { FailAt(path_, reason, message); }
  void FailAt(absl::string_view field, absl::string_view reason, absl::string_view message);
  void Charge(size_t bytes);
  std::optional<CamtAmount> ReadAmount(absl::string_view text, absl::Status* error);
  std::optional<CamtAmount> EntryAmount(absl::string_view text);
  std::optional<absl::CivilDay> EntryDay(absl::string_view text);
  std::optional<bool> EntrySide(absl::string_view text);

  const std::string file_;
  BankSink* sink_;
  ReadSummary summary_;
  RejectLog<BankTransaction> log_;
  XmlPushParser xml_;
  absl::Status status_;

  bool in_message_ = false;
  int64_t statements_ = 0;
  bool in_statement_ = false;
  bool in_entry_ = false;
  std::string path_;  // below Stmt
  std::vector<size_t> path_sizes_;
  std::string currency_;  // Ccy of the innermost amount

  BankStatement statement_;
  std::string account_iban_;
  std::string account_other_;
  std::string account_currency_;  // Acct/Ccy
  std::string balance_currency_;
  bool currencies_mixed_ = false;
  bool has_opening_day_balance_ = false;  // OPBD wins over PRCD
  int64_t statement_entries_ = 0;
  Balance balance_;
  CamtIdentity identity_;

  CamtEntry entry_;
  std::string domain_, family_, sub_family_, proprietary_;
  Reject problem_;  // of the entry; reason empty: none
  size_t entry_bytes_ = 0;
  RawEntry raw_;
};

void CamtReader::Impl::OnEnvelope(absl::string_view space, absl::string_view name) {
  const auto refuse = [&] {
    xml_.Stop(RefuseFile(
        file_, xml_.line(), name, kNotAStatement,
        "not a statement of booked entries (camt.053); camt.052, camt.054 and others are not posted"));
  };
  if (name == "Document") {
    if (absl::StartsWith(space, kIso20022) && !absl::StartsWith(space, kCamt053)) return refuse();
    const absl::string_view version = absl::StartsWith(space, kCamt053) ? space.substr(kCamt053.size()) : "";
    if (version != "02" && version != "04" && version != "08") {
      log_.Notice(xml_.line(), "Document", kVersionUntested, "this version of camt.053 was not tested");
    }
  } else if (name == "BkToCstmrAcctRpt" || name == "BkToCstmrDbtCdtNtfctn") {
    refuse();
  } else if (name == "BkToCstmrStmt") {
    in_message_ = true;
  } else if (in_message_ && name == "Stmt") {
    in_statement_ = true;
    ++statements_;
    statement_ = {};
    statement_.line = xml_.line();
    account_iban_.clear();
    account_other_.clear();
    account_currency_.clear();
    balance_currency_.clear();
    currencies_mixed_ = false;
    has_opening_day_balance_ = false;
    statement_entries_ = 0;
    identity_.Clear();
    path_.clear();
    path_sizes_.clear();
  }
}

void CamtReader::Impl::OnStart(absl::string_view space, absl::string_view name,
                               const std::vector<XmlAttribute>& attributes) {
  if (!in_statement_) return OnEnvelope(space, name);
  path_sizes_.push_back(path_.size());
  absl::StrAppend(&path_, path_.empty() ? "" : "/", name);
  for (const XmlAttribute& attribute : attributes) {
    if (attribute.name == "Ccy") currency_ = std::string(attribute.value.substr(0, 8));
  }
  StartField(CamtFieldAt(path_));
  if (in_entry_) raw_.Start(name, attributes);
}

void CamtReader::Impl::StartField(CamtField field) {
  switch (field) {
    case F::kEntry:
      entry_ = {};
      entry_.line = xml_.line();
      domain_.clear();
      family_.clear();
      sub_family_.clear();
      proprietary_.clear();
      problem_ = {};
      entry_bytes_ = 0;
      raw_.Clear();
      in_entry_ = true;
      break;
    case F::kDetail:
      Charge(kDetailOverheadBytes);
      entry_.details.emplace_back();
      break;
    case F::kStructured:
      Charge(kPartOverheadBytes);
      detail().fields.structured.emplace_back();
      break;
    case F::kDocument:
      Charge(kPartOverheadBytes);
      structured().documents.emplace_back();
      break;
    case F::kBalance:
      balance_ = {};
      break;
    case F::kEntryAmount:
    case F::kDetailAmount:
    case F::kDetailTxAmount:
    case F::kDetailInstructed:
    case F::kRemittedAmount:
    case F::kCreditNoteAmount:
    case F::kBalanceAmount:
      break;  // keep the Ccy just read
    default:
      currency_.clear();
  }
}

void CamtReader::Impl::OnEnd(absl::string_view name, absl::string_view text, bool text_cut) {
  if (!in_statement_) return;
  if (path_sizes_.empty()) {
    EndStatement();
    in_statement_ = false;
    return;
  }
  if (in_entry_) raw_.End(name, text);
  const CamtField field = CamtFieldAt(path_);
  if (text_cut && in_entry_ && field != F::kNone) {
    Fail(kFieldTooLong, absl::StrCat("longer than ", kXmlTextBytesMax, " bytes"));
  }
  EndField(field, text);
  currency_.clear();
  path_.resize(path_sizes_.back());
  path_sizes_.pop_back();
}

void CamtReader::Impl::EndField(CamtField field, absl::string_view text) {
  if (field == F::kNone) return;
  if (field == F::kEntry) return EndEntry();
  const std::string value = CleanText(text);
  if (!in_entry_) return EndBalanceField(field, value);
  Charge(value.size() + kTextOverheadBytes);
  if (!problem_.reason.empty()) {
    if (field == F::kEntryStatus && !value.empty()) entry_.status = value;  // a pending entry is no reject
    return;
  }
  if (field >= F::kStructured) return EndStructuredField(field, value);
  if (field >= F::kDetail) return EndDetailField(field, value);
  EndEntryField(field, value);
}

void CamtReader::Impl::EndBalanceField(CamtField field, const std::string& value) {
  switch (field) {
    case F::kStatementId:
      statement_.id = value;
      break;
    case F::kAccountIban:
      account_iban_ = absl::AsciiStrToUpper(value);
      break;
    case F::kAccountOther:
      account_other_ = value;
      break;
    case F::kAccountCurrency:
      statement_.currency = account_currency_ = value;
      break;
    case F::kBalanceType:
      balance_.type = value;
      break;
    case F::kBalanceSide:
      balance_.is_debit = value == "DBIT";
      break;
    case F::kBalanceDay: {
      const absl::StatusOr<absl::CivilDay> day = DayOf(value);
      if (day.ok()) balance_.day = *day;
      break;
    }
    case F::kBalanceAmount: {
      absl::Status error;
      balance_.amount = ReadAmount(value, &error);
      if (!error.ok())
        log_.Notice(xml_.line(), path_, ReasonOf(error), "the balance cannot be read and is not checked");
      break;
    }
    case F::kBalance: {
      if (balance_.type == "CLBD") statement_.closing_day = balance_.day;
      if (!balance_.amount) break;
      const bool opens = balance_.type == "OPBD" || (balance_.type == "PRCD" && !has_opening_day_balance_);
      if (!opens && balance_.type != "CLBD") break;
      if (!balance_currency_.empty() && balance_currency_ != balance_.amount->currency)
        currencies_mixed_ = true;
      balance_currency_ = balance_.amount->currency;
      if (balance_.type == "OPBD") has_opening_day_balance_ = true;
      (opens ? statement_.opening_minor : statement_.closing_minor) = balance_.signed_minor();
      break;
    }
    default:
      break;
  }
  statement_.account = account_iban_.empty() ? account_other_ : account_iban_;
  statement_.account.erase(std::remove(statement_.account.begin(), statement_.account.end(), ' '),
                           statement_.account.end());
}

void CamtReader::Impl::EndEntryField(CamtField field, const std::string& value) {
  BankTransaction& shared = entry_.shared;
  switch (field) {
    case F::kEntryRef:
      shared.entry_ref = value;
      break;
    case F::kEntryAmount:
      entry_.amount = EntryAmount(value);
      break;
    case F::kEntrySide:
      entry_.is_credit = EntrySide(value);
      break;
    case F::kEntryReversal:
      shared.is_reversal = value == "true" || value == "1";
      if (!shared.is_reversal && value != "false" && value != "0")
        Fail(kFieldInvalid, "neither true nor false");
      break;
    case F::kEntryStatus:
      if (!value.empty()) entry_.status = value;  // .08: the text around Sts/Cd is empty
      break;
    case F::kEntryBookingDay:
      entry_.booking_day = EntryDay(value);
      break;
    case F::kEntryValueDay:
      entry_.value_day = EntryDay(value);
      break;
    case F::kEntryServicerRef:
      shared.entry_servicer_ref = value;
      break;
    case F::kEntryDomain:
      domain_ = value;
      break;
    case F::kEntryFamily:
      family_ = value;
      break;
    case F::kEntrySubFamily:
      sub_family_ = value;
      break;
    case F::kEntryProprietary:
      proprietary_ = value;
      break;
    case F::kEntryInfo:
      shared.additional_info = value;
      break;
    case F::kEntryBatchCount: {
      const absl::StatusOr<int64_t> count = ParseDecimalMinor(value, 0);
      shared.batch_transactions += count.ok() && *count > 0 && *count < kCamtEntriesMax ? *count : 0;
      break;
    }
    default:
      break;
  }
}

void CamtReader::Impl::EndDetailField(CamtField field, const std::string& value) {
  BankTransaction& t = detail().fields;
  switch (field) {
    case F::kDetailServicerRef:
      t.servicer_ref = value;
      break;
    case F::kDetailEndToEnd:
      t.end_to_end_id = IsNone(value) ? "" : value;
      break;
    case F::kDetailTransactionId:
      t.transaction_id = IsNone(value) ? "" : value;
      break;
    case F::kDetailMandate:
      t.mandate_id = IsNone(value) ? "" : value;
      break;
    case F::kDetailAmount:
      detail().amount = EntryAmount(value);
      break;
    case F::kDetailTxAmount:
      if (!detail().amount) detail().amount = EntryAmount(value);
      break;
    case F::kDetailInstructed:
      detail().instructed = EntryAmount(value);
      break;
    case F::kDetailSide:
      detail().is_credit = EntrySide(value);
      break;
    case F::kDetailDebtor:
      t.debtor_name = value;
      break;
    case F::kDetailDebtorIban:
      t.debtor_account = absl::AsciiStrToUpper(value);
      break;
    case F::kDetailDebtorOther:
      if (t.debtor_account.empty()) t.debtor_account = value;
      break;
    case F::kDetailUltimateDebtor:
      t.ultimate_debtor_name = value;
      break;
    case F::kDetailCreditor:
      t.creditor_name = value;
      break;
    case F::kDetailCreditorIban:
      t.creditor_account = absl::AsciiStrToUpper(value);
      break;
    case F::kDetailCreditorOther:
      if (t.creditor_account.empty()) t.creditor_account = value;
      break;
    case F::kDetailUnstructured:
      if (!value.empty() && !IsNone(value)) t.unstructured.push_back(value);
      break;
    case F::kDetailReturnCode:
      t.return_reason = value;
      break;
    case F::kDetailInfo:
      t.additional_info = value;
      break;
    default:
      break;
  }
}

void CamtReader::Impl::EndStructuredField(CamtField field, const std::string& value) {
  StructuredRemittance& part = structured();
  const auto take = [&](std::optional<int64_t>* minor) {
    const std::optional<CamtAmount> amount = EntryAmount(value);
    if (!amount) return;
    *minor = amount->minor;
    part.currency = amount->currency;
  };
  switch (field) {
    case F::kStructuredRef:
      part.reference = value;
      break;
    case F::kStructuredRefType:
      part.reference_type = value;
      break;
    case F::kStructuredRefIssuer:
      part.reference_issuer = value;
      break;
    case F::kDocumentType:
      part.documents.back().type = value;
      break;
    case F::kDocumentNumber:
      part.documents.back().number = value;
      break;
    case F::kRemittedAmount:
      take(&part.remitted_minor);
      break;
    case F::kCreditNoteAmount:
      take(&part.credit_note_minor);
      break;
    case F::kStructuredInfo:
      absl::StrAppend(&part.additional, part.additional.empty() ? "" : " ", value);
      break;
    default:
      break;
  }
}

void CamtReader::Impl::FailAt(absl::string_view field, absl::string_view reason, absl::string_view message) {
  if (!problem_.reason.empty()) return;
  problem_.line = xml_.line();
  problem_.field = std::string(field);
  problem_.reason = std::string(reason);
  problem_.message = std::string(message);
}

void CamtReader::Impl::Charge(size_t bytes) {
  entry_bytes_ += bytes;
  if (entry_bytes_ <= kCamtEntryBytesMax) return;
  FailAt("Ntry", kEntryTooLarge, absl::StrCat("the entry holds more than ", kCamtEntryBytesMax, " bytes"));
  entry_bytes_ = 0;
  entry_.details.clear();
  entry_.details.shrink_to_fit();
  // Elements that follow in this entry still need a place that is there.
  entry_.details.emplace_back();
  entry_.details.back().fields.structured.emplace_back();
  entry_.details.back().fields.structured.back().documents.emplace_back();
}

std::optional<CamtAmount> CamtReader::Impl::ReadAmount(absl::string_view text, absl::Status* error) {
  // Only the declared currency of the account may stand in, not one that another entry happened to have.
  const std::string& currency = currency_.empty() ? account_currency_ : currency_;
  if (currency.empty()) {
    *error =
        DomainError(absl::StatusCode::kInvalidArgument, kFieldMissing, "the amount has no currency (Ccy)");
    return std::nullopt;
  }
  const absl::StatusOr<int> exponent = CurrencyExponent(currency);
  if (!exponent.ok()) {
    *error = exponent.status();
    return std::nullopt;
  }
  const absl::StatusOr<int64_t> minor = ParseDecimalMinor(text, *exponent, {DecimalStyle::Mark::kPoint});
  if (!minor.ok()) {
    *error = minor.status();
    return std::nullopt;
  }
  if (*minor < 0) {
    *error = DomainError(absl::StatusCode::kInvalidArgument, kAmountNegative, "the sign is in CdtDbtInd");
    return std::nullopt;
  }
  if (*minor > kAmountMinorMax) {
    *error = DomainError(absl::StatusCode::kOutOfRange, kAmountOverflow, "the amount is too large to be one");
    return std::nullopt;
  }
  return CamtAmount{*minor, currency};
}

std::optional<CamtAmount> CamtReader::Impl::EntryAmount(absl::string_view text) {
  absl::Status error;
  std::optional<CamtAmount> amount = ReadAmount(text, &error);
  if (!error.ok()) Fail(ReasonOf(error), MessageOf(error));
  return amount;
}

std::optional<absl::CivilDay> CamtReader::Impl::EntryDay(absl::string_view text) {
  const absl::StatusOr<absl::CivilDay> day = DayOf(text);
  if (day.ok()) return *day;
  Fail(ReasonOf(day.status()), MessageOf(day.status()));
  return std::nullopt;
}

std::optional<bool> CamtReader::Impl::EntrySide(absl::string_view text) {
  if (text == "CRDT") return true;
  if (text == "DBIT") return false;
  Fail(kFieldInvalid, "neither CRDT nor DBIT");
  return std::nullopt;
}

void CamtReader::Impl::EndEntry() {
  in_entry_ = false;
  ++summary_.lines;
  if (!entry_.status.empty() && entry_.status != "BOOK") {
    ++summary_.skipped;
    log_.Notice(entry_.line, "Ntry/Sts", kEntryNotBooked, "the entry is not booked and was left out");
    return;
  }
  if (++statement_entries_ > kCamtEntriesMax) {
    return xml_.Stop(RefuseFile(file_, entry_.line, "Ntry", kTooManyRecords,
                                absl::StrCat("a statement of more than ", kCamtEntriesMax, " entries"),
                                absl::StatusCode::kResourceExhausted));
  }
  if (statement_.account.empty()) FailAt("Acct/Id", kAccountMissing, "the statement names no account");
  if (!entry_.amount) FailAt("Ntry/Amt", kFieldMissing, "the entry has no amount");
  if (!entry_.is_credit) FailAt("Ntry/CdtDbtInd", kFieldMissing, "the entry is neither credit nor debit");
  bool derived = false;
  if (!entry_.booking_day) {
    derived = true;
    entry_.booking_day = entry_.value_day ? entry_.value_day : statement_.closing_day;
    if (!entry_.booking_day)
      FailAt("Ntry/BookgDt", kFieldMissing, "the entry has no day, nor has the closing balance");
  }
  if (!problem_.reason.empty()) {
    log_.Reject(problem_.line, problem_.field, problem_.reason, problem_.message, raw_.text(),
                raw_.truncated());
    entry_ = {};
    return;
  }

  BankTransaction& shared = entry_.shared;
  shared.statement_id = statement_.id;
  shared.account = statement_.account;
  shared.bank_code = domain_.empty() ? proprietary_ : absl::StrCat(domain_, ".", family_, ".", sub_family_);
  const CamtAmount amount = *entry_.amount;
  const int64_t line = entry_.line;
  const bool is_credit = *entry_.is_credit;
  CamtRecords records = MakeBankTransactions(std::move(entry_), &identity_);
  entry_ = {};
  if (derived)
    log_.Notice(line, "Ntry/BookgDt", kBookingDayDerived, "no BookgDt; the value or closing day was taken");
  if (records.not_split) {
    log_.Notice(line, "Ntry/NtryDtls", kBatchNotSplit,
                "the details do not add up to the entry; it was kept as one");
  }
  if (records.servicer_ref_repeated) {
    log_.Notice(line, "Ntry/AcctSvcrRef", kServicerRefRepeated,
                "an earlier entry of the statement has the reference");
  }

  ++statement_.entries;
  int64_t& side = is_credit ? statement_.credit_minor : statement_.debit_minor;
  side = AddSaturated(side, amount.minor);
  if (statement_.currency.empty()) statement_.currency = amount.currency;
  if (!balance_currency_.empty() && amount.currency != balance_currency_) currencies_mixed_ = true;
  for (BankTransaction& t : records.transactions) {
    int64_t& total = t.is_credit ? summary_.credit_minor : summary_.debit_minor;
    total = AddSaturated(total, t.amount_minor);
    log_.Deliver(std::move(t));
  }
}

void CamtReader::Impl::EndStatement() {
  if (statement_.currency.empty()) statement_.currency = balance_currency_;
  if (statement_.opening_minor && statement_.closing_minor && !currencies_mixed_) {
    statement_.balance_checked = true;
    const int64_t booked = AddSaturated(statement_.credit_minor, -statement_.debit_minor);
    statement_.difference_minor =
        AddSaturated(AddSaturated(*statement_.opening_minor, booked), -*statement_.closing_minor);
    if (statement_.difference_minor != 0) {
      const absl::StatusOr<int> exponent = CurrencyExponent(balance_currency_);
      log_.Notice(statement_.line, "Bal", kBalanceMismatch,
                  absl::StrCat("opening balance and booked entries miss the closing balance by ",
                               FormatDecimal(statement_.difference_minor, exponent.value_or(0), '.'), " ",
                               balance_currency_));
    }
  }
  sink_->OnStatement(statement_);
}

CamtReader::CamtReader(std::string file, BankSink* sink)
    : impl_(std::make_unique<Impl>(std::move(file), sink)) {}
CamtReader::~CamtReader() = default;
absl::Status CamtReader::Feed(absl::string_view bytes) { return impl_->Feed(bytes); }
absl::Status CamtReader::Finish() { return impl_->Finish(); }
const ReadSummary& CamtReader::summary() const { return impl_->summary(); }

}  // namespace relance::ledger
