#include "services/ledger/readers/bank/bank_delivery.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/time/day.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/refusal.h"
#include "services/ledger/readers/transaction_content.h"

namespace relance::ledger {
namespace {

void AddEntryContent(const BankTransaction& t, CanonicalText* text) {
  text->Add("bank1").Add(t.account).Add(FormatCompactDay(t.booking_day));
  text->Add(t.value_day ? FormatCompactDay(*t.value_day) : "").Add(t.is_reversal ? "R" : "").Add(t.bank_code);
  text->Add(t.entry_servicer_ref);
}

}  // namespace

BankDelivery::BankDelivery(std::string file, std::string source, BankSink* sink)
    : file_(std::move(file)), source_(std::move(source)), sink_(sink), log_(sink, &summary_) {}

void BankDelivery::Open(BankStatement statement) {
  Close();
  statement_ = std::move(statement);
  is_open_ = true;
  ++statements_;
  CanonicalText header;
  header.Add(statement_.account).Add(statement_.id).Add(statement_.opening_minor.value_or(INT64_MIN));
  header.Add(statement_.opening_day ? FormatCompactDay(*statement_.opening_day) : "");
  // Beyond the limit a repeated statement is counted on: nothing that a real file reaches.
  const uint64_t hash = SourceHash(header.text());
  if (seen_statements_.contains(hash)) {
    equal_entries_.Clear();
  } else if (seen_statements_.size() < static_cast<size_t>(kBankEntriesMax)) {
    seen_statements_.insert(hash);
  }
}

void BankDelivery::Close() {
  if (!is_open_) return;
  is_open_ = false;
  if (statement_.opening_minor && statement_.closing_minor) {
    statement_.balance_checked = true;
    const int64_t booked = AddSaturated(statement_.credit_minor, -statement_.debit_minor);
    statement_.difference_minor =
        AddSaturated(AddSaturated(*statement_.opening_minor, booked), -*statement_.closing_minor);
  }
  if (statement_.difference_minor != 0) {
    const absl::StatusOr<int> exponent = CurrencyExponent(statement_.currency);
    log_.Notice(statement_.line, "balance", kBalanceMismatch,
                absl::StrCat("opening balance and booked entries miss the closing balance by ",
                             FormatDecimal(statement_.difference_minor, exponent.value_or(0), '.'), " ",
                             statement_.currency));
  }
  sink_->OnStatement(statement_);
}

absl::Status BankDelivery::Deliver(int64_t line, bool is_credit, int64_t minor,
                                   std::vector<BankTransaction> transactions) {
  entries_ += static_cast<int64_t>(transactions.size());
  if (entries_ > kBankEntriesMax) {
    return RefuseFile(file_, line, "", kTooManyRecords,
                      absl::StrCat("a file of more than ", kBankEntriesMax, " transactions"),
                      absl::StatusCode::kResourceExhausted);
  }
  ++statement_.entries;
  int64_t& side = is_credit ? statement_.credit_minor : statement_.debit_minor;
  side = AddSaturated(side, minor);
  for (BankTransaction& t : transactions) {
    t.line = line;
    t.source = source_;
    t.statement_id = statement_.id;
    t.account = statement_.account;
  }
  Identify(&transactions);
  for (BankTransaction& t : transactions) {
    int64_t& total = t.is_credit ? summary_.credit_minor : summary_.debit_minor;
    total = AddSaturated(total, t.amount_minor);
    log_.Deliver(std::move(t));
  }
  return absl::OkStatus();
}

void BankDelivery::Identify(std::vector<BankTransaction>* transactions) {
  CanonicalText whole;
  for (const BankTransaction& t : *transactions) {
    AddEntryContent(t, &whole);
    AddTransactionContent(t, &whole);
  }
  const uint64_t hash = SourceHash(whole.text());
  const std::string base =
      absl::StrFormat("%s/#%016x+%u", statement_.account, hash, equal_entries_.Next(hash));
  for (size_t i = 0; i < transactions->size(); ++i) {
    BankTransaction& t = (*transactions)[i];
    t.transaction_index = static_cast<int32_t>(i);
    t.transaction_count = static_cast<int32_t>(transactions->size());
    t.key = absl::StrCat(base, "/", i);
    CanonicalText content;
    AddEntryContent(t, &content);
    AddTransactionContent(t, &content);
    t.content_hash = SourceHash(content.text());
  }
}

}  // namespace relance::ledger
