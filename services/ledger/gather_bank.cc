#include "services/ledger/gather_bank.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/identifiers/text.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/find_numbers.h"
#include "services/ledger/readers/bank/cfonb_reader.h"
#include "services/ledger/readers/bank/coda_reader.h"
#include "services/ledger/readers/bank/mt940_reader.h"
#include "services/ledger/readers/bank/reasons.h"
#include "services/ledger/readers/camt_reader.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/source_hash.h"

namespace relance::ledger {
namespace {

class StatementSink : public BankSink {
 public:
  StatementSink(std::optional<absl::CivilDay> as_of, Gathered* out) : as_of_(as_of), out_(out) {}

  void OnRecord(BankTransaction&& transaction) override {
    if (as_of_.has_value() && transaction.booking_day > *as_of_) {
      ++out_->skipped;
      return;
    }
    if (transaction.source != kCamt054Source) out_->SeeBankDay(transaction.account, transaction.booking_day);
    if (ClassifyMovement(transaction) == BankMovement::kOther || transaction.amount_minor == 0) {
      ++out_->skipped;
      return;
    }
    ++out_->relevant;
    out_->to_route.push_back(ItemOfTransaction(transaction));
  }

  void OnReject(const Reject& reject) override { out_->Reject(reject); }

  void OnNotice(const Notice& notice) override {
    out_->Warn(absl::StrCat("line ", notice.line, ": ", notice.reason, ": ", notice.message));
  }

  void OnStatement(const BankStatement& statement) override {
    const bool later =
        as_of_.has_value() && statement.closing_day.has_value() && *statement.closing_day > *as_of_;
    if (later) return;
    if (statement.closing_day.has_value()) out_->SeeBankDay(statement.account, *statement.closing_day);
    // A notification has no balances.
    if (statement.opening_minor.has_value() || statement.closing_minor.has_value())
      out_->statements.push_back(statement);
  }

 private:
  const std::optional<absl::CivilDay> as_of_;
  Gathered* const out_;
};

// A file that breaks off behind whole transactions: these are in, and the break is a rejected line. They
// meet themselves when the whole file comes. Anything else is refused as it is.
bool TakeWhatCameWhole(const absl::Status& refusal, Gathered* gathered) {
  const ErrorInfo info = ErrorInfoOf(refusal);
  if ((info.reason != kXmlMalformed && info.reason != kFileCutOff) ||
      gathered->relevant + gathered->skipped == 0)
    return false;
  ledger::Reject reject;
  const auto line = info.metadata.find("line");
  if (line == info.metadata.end() || !absl::SimpleAtoi(line->second, &reject.line)) return false;
  reject.reason = info.reason;
  reject.message = "the file breaks off or is not well-formed here; the transactions before it are in";
  gathered->Reject(reject);
  gathered->broken_off = true;
  return true;
}

template <typename Reader>
absl::StatusOr<Gathered> GatherWith(const SpoolFile& file, const std::string& file_name,
                                    std::optional<absl::CivilDay> as_of) {
  Gathered gathered;
  StatementSink sink(as_of, &gathered);
  Reader reader(file_name, &sink);
  absl::Status read = file.Read([&](absl::string_view bytes) { return reader.Feed(bytes); });
  if (read.ok()) read = reader.Finish();
  if (!read.ok() && !TakeWhatCameWhole(read, &gathered)) return RefusalOfFile(read);
  const ReadSummary& summary = reader.summary();
  gathered.read = summary.records + summary.rejected + summary.skipped + (gathered.broken_off ? 1 : 0);
  gathered.skipped += summary.skipped;
  return gathered;
}

}  // namespace

BankMovement ClassifyMovement(const BankTransaction& transaction) {
  if (transaction.is_charge) return BankMovement::kOther;
  // Families of returns in the external code list of ISO 20022: RRTN reversal due to return, UPDD unpaid
  // direct debit, RCDD refused, PRDD and so on are told by RtrInf as well.
  const bool returned =
      transaction.is_reversal || !transaction.return_reason.empty() ||
      absl::EndsWith(transaction.bank_code, ".RRTN") || absl::EndsWith(transaction.bank_code, ".RTRN") ||
      absl::EndsWith(transaction.bank_code, ".UPDD") || absl::EndsWith(transaction.bank_code, ".PRDD");
  if (transaction.is_credit) return returned ? BankMovement::kOther : BankMovement::kPayment;
  return returned ? BankMovement::kReturn : BankMovement::kOther;
}

PaymentFacts FactsOfTransaction(const BankTransaction& transaction) {
  PaymentFacts facts;
  for (const StructuredRemittance& remittance : transaction.structured) {
    if (!remittance.reference.empty()) facts.references.push_back(remittance.reference);
    for (const ReferredDocument& document : remittance.documents) facts.documents.push_back(document.number);
    if (!remittance.additional.empty()) facts.texts.push_back(remittance.additional);
    // An amount that stands for several documents says nothing about each.
    if (!remittance.remitted_minor.has_value() || remittance.currency != transaction.currency ||
        remittance.documents.size() > 1) {
      continue;
    }
    facts.remitted_minor[identifiers::Normalise(remittance.reference)] += *remittance.remitted_minor;
    for (const ReferredDocument& document : remittance.documents) {
      facts.remitted_minor[NormaliseNumber(document.number)] += *remittance.remitted_minor;
    }
  }
  for (const std::string& text : transaction.unstructured) facts.texts.push_back(text);
  facts.remitted_minor.erase("");
  facts.end_to_end_id = transaction.end_to_end_id;
  facts.payer_account = identifiers::Normalise(transaction.debtor_account);
  facts.payer_name =
      transaction.ultimate_debtor_name.empty() ? transaction.debtor_name : transaction.ultimate_debtor_name;
  return facts;
}

IncomingItem ItemOfTransaction(const BankTransaction& transaction) {
  IncomingItem incoming;
  incoming.line = transaction.line;
  incoming.facts = FactsOfTransaction(transaction);
  const bool payment = ClassifyMovement(transaction) == BankMovement::kPayment;
  incoming.to_match = payment;
  incoming.takes_back = !payment;
  state::v1::Item& item = incoming.item;
  item.set_id(SourceHash(CanonicalText()
                             .Add("camt1")
                             .Add(transaction.key)
                             .Add(static_cast<int64_t>(transaction.content_hash))
                             .text()));
  item.set_kind(payment ? state::v1::ITEM_KIND_PAYMENT : state::v1::ITEM_KIND_RETURN);
  item.set_issue_day(DayNumber(transaction.booking_day));
  item.set_amount_minor(payment ? -transaction.paid_minor() : transaction.paid_minor());
  item.set_currency(transaction.currency);
  item.set_source(transaction.source.empty() ? kSourceCamt : transaction.source);
  item.set_bank_key(transaction.key);
  item.set_end_to_end_id(transaction.end_to_end_id);
  if (!incoming.facts.references.empty())
    item.set_reference(identifiers::Normalise(incoming.facts.references[0]));
  return incoming;
}

absl::StatusOr<Gathered> GatherStatement(BankFormat format, const SpoolFile& file,
                                         const std::string& file_name, std::optional<absl::CivilDay> as_of) {
  switch (format) {
    case BankFormat::kCoda:
      return GatherWith<CodaReader>(file, file_name, as_of);
    case BankFormat::kCfonb120:
      return GatherWith<CfonbReader>(file, file_name, as_of);
    case BankFormat::kMt940:
      return GatherWith<Mt940Reader>(file, file_name, as_of);
    case BankFormat::kCamt:
      break;
  }
  return GatherWith<CamtReader>(file, file_name, as_of);
}

}  // namespace relance::ledger
