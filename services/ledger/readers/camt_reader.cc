#include "services/ledger/readers/camt_reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "services/ledger/readers/camt_entry_collector.h"
#include "services/ledger/readers/camt_fields.h"
#include "services/ledger/readers/camt_values.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/refusal.h"
#include "services/ledger/readers/reject_log.h"
#include "services/ledger/readers/xml_push_parser.h"

namespace relance::ledger {
namespace {

using F = CamtField;

constexpr absl::string_view kCamt053 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.";
constexpr absl::string_view kCamt054 = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.";
constexpr int kVersionMin = 2, kVersionMax = 13;  // tested
constexpr size_t kCurrencyBytesMax = 8;           // enough to see that a longer code is unknown
constexpr absl::string_view kIso20022 = "urn:iso:std:iso:20022:tech:xsd:";

struct Balance {
  std::string type;
  std::optional<CamtAmount> amount;
  bool is_debit = false;
  std::optional<absl::CivilDay> day;

  int64_t signed_minor() const { return is_debit ? -amount->minor : amount->minor; }
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
      status_ = RefuseFile(file_, xml_.line(), "", kStatementMissing,
                           "there is no statement (Stmt) or notification (Ntfctn) in it");
    }
    return status_;
  }

  const ReadSummary& summary() const { return summary_; }

  void OnStart(absl::string_view space, absl::string_view name,
               const std::vector<XmlAttribute>& attributes) override;
  void OnEnd(absl::string_view name, absl::string_view text, bool text_cut) override;

 private:
  void OnEnvelope(absl::string_view space, absl::string_view name);
  void StartStatement();
  void EndStatementField(CamtField field, const std::string& value);
  void EndBalance();
  void EndEntry();
  void DeliverEntry(bool is_day_derived);
  void EndStatement();
  CamtEntryCollector::Place Place() const {
    return {xml_.line(), path_, currency_.empty() ? account_currency_ : currency_};
  }

  const std::string file_;
  BankSink* sink_;
  ReadSummary summary_;
  RejectLog<BankTransaction> log_;
  XmlPushParser xml_;
  absl::Status status_;

  std::string statement_element_;  // "Stmt" or "Ntfctn"; empty before the message
  std::string source_;
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

  CamtEntryCollector collector_;
  RawEntry raw_;
};

void CamtReader::Impl::OnEnvelope(absl::string_view space, absl::string_view name) {
  const auto refuse = [&] {
    xml_.Stop(RefuseFile(file_, xml_.line(), name, kNotAStatement,
                         "neither a statement (camt.053) nor a notification (camt.054) of booked entries"));
  };
  if (name == "Document") {
    const bool known = absl::StartsWith(space, kCamt053) || absl::StartsWith(space, kCamt054);
    if (absl::StartsWith(space, kIso20022) && !known) return refuse();
    int version = 0;
    const bool is_number = known && absl::SimpleAtoi(space.substr(kCamt053.size()), &version);
    if (!is_number || version < kVersionMin || version > kVersionMax) {
      log_.Notice(xml_.line(), "Document", kVersionUntested, "this version was not tested");
    }
  } else if (name == "BkToCstmrAcctRpt") {
    refuse();
  } else if (name == "BkToCstmrStmt" || name == "BkToCstmrDbtCdtNtfctn") {
    statement_element_ = name == "BkToCstmrStmt" ? "Stmt" : "Ntfctn";
    source_ = name == "BkToCstmrStmt" ? kCamt053Source : kCamt054Source;
  } else if (!statement_element_.empty() && name == statement_element_) {
    StartStatement();
  }
}

void CamtReader::Impl::StartStatement() {
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

void CamtReader::Impl::OnStart(absl::string_view space, absl::string_view name,
                               const std::vector<XmlAttribute>& attributes) {
  if (!in_statement_) return OnEnvelope(space, name);
  path_sizes_.push_back(path_.size());
  absl::StrAppend(&path_, path_.empty() ? "" : "/", name);
  currency_.clear();
  for (const XmlAttribute& attribute : attributes) {
    if (attribute.name == "Ccy") currency_ = std::string(attribute.value.substr(0, kCurrencyBytesMax));
  }
  const CamtField field = CamtFieldAt(path_);
  if (field == F::kEntry) {
    collector_.Start(xml_.line());
    raw_.Clear();
    in_entry_ = true;
  } else if (field == F::kBalance) {
    balance_ = {};
  } else if (in_entry_) {
    collector_.StartField(field, Place());
  }
  if (in_entry_) raw_.Start(name, attributes);
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
  if (field == F::kEntry) {
    EndEntry();
  } else if (field == F::kBalance) {
    EndBalance();
  } else if (field != F::kNone && in_entry_) {
    if (text_cut) {
      collector_.Fail(xml_.line(), path_, kFieldTooLong,
                      absl::StrCat("longer than ", kXmlTextBytesMax, " bytes"));
    }
    collector_.EndField(field, CleanCamtText(text), Place());
  } else if (field != F::kNone) {
    EndStatementField(field, CleanCamtText(text));
  }
  currency_.clear();
  path_.resize(path_sizes_.back());
  path_sizes_.pop_back();
}

void CamtReader::Impl::EndStatementField(CamtField field, const std::string& value) {
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
      const absl::StatusOr<absl::CivilDay> day = ParseCamtDay(value);
      if (day.ok()) balance_.day = *day;
      break;
    }
    case F::kBalanceAmount: {
      const absl::StatusOr<CamtAmount> amount = ParseCamtAmount(value, std::string(Place().currency));
      if (amount.ok()) {
        balance_.amount = *amount;
      } else {
        log_.Notice(xml_.line(), path_, ReasonOf(amount.status()),
                    "the balance cannot be read and is not checked");
      }
      break;
    }
    default:
      break;
  }
  statement_.account = account_iban_.empty() ? account_other_ : account_iban_;
  statement_.account.erase(std::remove(statement_.account.begin(), statement_.account.end(), ' '),
                           statement_.account.end());
}

void CamtReader::Impl::EndBalance() {
  const bool closes = balance_.type == "CLBD";
  if (closes) statement_.closing_day = balance_.day;
  if (balance_.type == "OPBD") statement_.opening_day = balance_.day;
  const bool opens = balance_.type == "OPBD" || (balance_.type == "PRCD" && !has_opening_day_balance_);
  if (!balance_.amount || (!opens && !closes)) return;
  if (!balance_currency_.empty() && balance_currency_ != balance_.amount->currency) currencies_mixed_ = true;
  balance_currency_ = balance_.amount->currency;
  if (balance_.type == "OPBD") has_opening_day_balance_ = true;
  (opens ? statement_.opening_minor : statement_.closing_minor) = balance_.signed_minor();
}

void CamtReader::Impl::EndEntry() {
  in_entry_ = false;
  ++summary_.lines;
  CamtEntry& entry = collector_.entry();
  if (!entry.status.empty() && entry.status != "BOOK") {
    ++summary_.skipped;
    log_.Notice(entry.line, "Ntry/Sts", kEntryNotBooked, "the entry is not booked and was left out");
    return;
  }
  if (++statement_entries_ > kCamtEntriesMax) {
    return xml_.Stop(RefuseFile(file_, entry.line, "Ntry", kTooManyRecords,
                                absl::StrCat("a statement of more than ", kCamtEntriesMax, " entries"),
                                absl::StatusCode::kResourceExhausted));
  }
  const auto need = [&](bool is_there, absl::string_view field, absl::string_view reason,
                        absl::string_view message) {
    if (!is_there) collector_.Fail(xml_.line(), field, reason, message);
  };
  need(!statement_.account.empty(), "Acct/Id", kAccountMissing, "the statement names no account");
  need(entry.amount.has_value(), "Ntry/Amt", kFieldMissing, "the entry has no amount");
  need(entry.is_credit.has_value(), "Ntry/CdtDbtInd", kFieldMissing, "the entry is neither credit nor debit");
  const bool is_day_derived = !entry.booking_day;
  if (is_day_derived) entry.booking_day = entry.value_day ? entry.value_day : statement_.closing_day;
  need(entry.booking_day.has_value(), "Ntry/BookgDt", kFieldMissing,
       "the entry has no day, nor has the closing balance");
  const CamtEntryCollector::Problem& problem = collector_.problem();
  if (problem.reason.empty()) return DeliverEntry(is_day_derived);
  log_.Reject(problem.line, problem.field, problem.reason, problem.message, raw_.text(), raw_.truncated());
}

void CamtReader::Impl::DeliverEntry(bool is_day_derived) {
  CamtEntry entry = std::move(collector_.entry());
  entry.shared.source = source_;
  entry.shared.statement_id = statement_.id;
  entry.shared.account = statement_.account;
  entry.shared.bank_code = collector_.BankCode();

  ++statement_.entries;
  int64_t& side = *entry.is_credit ? statement_.credit_minor : statement_.debit_minor;
  side = AddSaturated(side, entry.amount->minor);
  if (statement_.currency.empty()) statement_.currency = entry.amount->currency;
  if (!balance_currency_.empty() && entry.amount->currency != balance_currency_) currencies_mixed_ = true;

  const int64_t line = entry.line;
  CamtRecords records = MakeBankTransactions(std::move(entry), &identity_);
  if (is_day_derived) {
    log_.Notice(line, "Ntry/BookgDt", kBookingDayDerived, "no BookgDt; the value or closing day was taken");
  }
  if (records.not_split) {
    log_.Notice(line, "Ntry/NtryDtls", kBatchNotSplit,
                "the details do not add up to the entry; it was kept as one");
  }
  if (records.servicer_ref_repeated) {
    log_.Notice(line, "Ntry/AcctSvcrRef", kServicerRefRepeated,
                "an earlier entry of the statement has the reference");
  }
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
  }
  if (statement_.difference_minor != 0) {
    const absl::StatusOr<int> exponent = CurrencyExponent(balance_currency_);
    log_.Notice(statement_.line, "Bal", kBalanceMismatch,
                absl::StrCat("opening balance and booked entries miss the closing balance by ",
                             FormatDecimal(statement_.difference_minor, exponent.value_or(0), '.'), " ",
                             balance_currency_));
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
