#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

// What the readers of source files hand over. Neutral: no reader knows accounts, items or the store. All text
// is UTF-8 without control characters, trimmed; amounts are int64 minor units of the currency beside them.
namespace relance::ledger {

// One line of a FEC (LPF art. A47 A-1). Amounts in EUR cents, signed as written: a negative debit is a
// credit.
struct FecLine {
  int64_t line = 0;  // 1 is the header
  std::string journal;
  std::string journal_label;
  std::string entry_number;
  absl::CivilDay entry_day;
  std::string account;
  std::string account_label;
  std::string aux_account;
  std::string aux_label;
  std::string piece_ref;
  std::optional<absl::CivilDay> piece_day;
  std::string label;
  int64_t debit_minor = 0;
  int64_t credit_minor = 0;
  std::string lettering;
  std::optional<absl::CivilDay> lettering_day;
  std::optional<absl::CivilDay> valid_day;
  // Montantdevise with Idevise; absent when either is blank or the currency is unknown (then there is a
  // notice).
  std::optional<int64_t> currency_amount_minor;
  std::string currency;
  // Extra columns, where the file has them.
  std::optional<absl::CivilDay> due_day;         // DateEcheance and its other spellings
  std::optional<absl::CivilDay> settlement_day;  // DateRglt of cash-basis files
  std::string settlement_mode;                   // ModeRglt
  std::string client_id;                         // IdClient
  // Identity of the line, see FecReader.
  uint64_t source_hash = 0;
  uint32_t ordinal = 0;

  int64_t balance_minor() const { return debit_minor - credit_minor; }
};

struct ReferredDocument {
  std::string type;  // CINV, CREN, ...; may be empty
  std::string number;
};

// One RmtInf/Strd of a bank transaction.
struct StructuredRemittance {
  std::string reference;         // CdtrRefInf/Ref
  std::string reference_type;    // SCOR, ...
  std::string reference_issuer;  // BBA: Belgian OGM-VCS; ISO: RF
  std::vector<ReferredDocument> documents;
  std::optional<int64_t> remitted_minor;     // RfrdDocAmt/RmtdAmt
  std::optional<int64_t> credit_note_minor;  // RfrdDocAmt/CdtNoteAmt
  std::string currency;                      // of the two amounts
  std::string additional;                    // AddtlRmtInf, parts joined by a space
};

// One booked transaction of a bank statement: a detail of an entry, or the whole entry where it cannot be
// split.
struct BankTransaction {
  int64_t line = 0;    // of the entry
  std::string source;  // "camt053", "camt054", "coda", "cfonb120", "mt940"
  std::string statement_id;
  std::string account;  // IBAN, else the bank's own number
  std::string key;      // idempotency key, see CamtReader and BankDelivery
  uint64_t content_hash = 0;

  int64_t amount_minor = 0;  // never negative; what moved on the account
  std::string currency;
  bool is_credit = false;    // effect on the account
  bool is_reversal = false;  // RvslInd and the like: takes back an earlier entry of the other sign
  bool is_charge = false;    // the bank's own: charges, commissions, interest, taxes; nobody's payment
  absl::CivilDay booking_day;
  std::optional<absl::CivilDay> value_day;
  // What the payer instructed where it differs from `amount_minor` (charges, another currency).
  std::optional<int64_t> original_minor;
  std::string original_currency;
  // The bank's charges within `amount_minor`: kept back from a credit, added to a debit. Only where the file
  // proves it.
  int64_t charges_minor = 0;

  int32_t transaction_index = 0;   // within the entry, from 0
  int32_t transaction_count = 1;   // records made of the entry
  int64_t batch_transactions = 0;  // Btch/NbOfTxs; 0 when absent
  std::string entry_ref;           // NtryRef
  std::string entry_servicer_ref;  // Ntry/AcctSvcrRef
  std::string servicer_ref;        // TxDtls/Refs/AcctSvcrRef
  std::string bank_code;           // "PMNT.RCDT.ESCT", else the proprietary code
  std::string end_to_end_id;       // empty for NOTPROVIDED
  std::string transaction_id;
  std::string mandate_id;

  std::string debtor_name;
  std::string debtor_account;  // IBAN, else the other number
  std::string ultimate_debtor_name;
  std::string creditor_name;
  std::string creditor_account;
  std::string counterparty_bic;
  std::vector<std::string> unstructured;  // RmtInf/Ustrd, in order
  std::vector<StructuredRemittance> structured;
  std::string return_reason;    // RtrInf/Rsn/Cd, as AC04; else the code of the national format
  std::string additional_info;  // AddtlTxInf, else AddtlNtryInf

  // What the payer paid, or what is taken back from him: without the bank's charges.
  int64_t paid_minor() const {
    return is_credit ? amount_minor + charges_minor : amount_minor - charges_minor;
  }
};

// One statement (a Stmt of camt.053), handed over at its end.
struct BankStatement {
  int64_t line = 0;
  std::string id;
  std::string account;
  std::string currency;
  std::optional<int64_t> opening_minor;  // OPBD, else PRCD; negative is owed to the bank
  std::optional<absl::CivilDay> opening_day;
  std::optional<int64_t> closing_minor;  // CLBD
  std::optional<absl::CivilDay> closing_day;
  int64_t entries = 0;  // booked entries that were handed over
  int64_t credit_minor = 0;
  int64_t debit_minor = 0;
  bool balance_checked = false;  // both balances are there, in one currency
  int64_t difference_minor = 0;  // opening + booked - closing
};

enum class ItemKind { kInvoice, kCreditNote, kPayment, kOpening };

// Columns that say something about the account; empty means "not said", never "erase".
struct AccountAttributes {
  std::string name;
  std::string siren;
  std::string vat;
  std::string country;  // ISO 3166 alpha-2
  std::string region;
  std::string sector;
  std::string segment;
  std::string email;
  std::string language;  // ISO 639-1
  std::string collector;
  std::string customer_type;
};

// One row of our own CSV layout, see item_reader.h.
struct ItemRow {
  int64_t line = 0;
  ItemKind kind = ItemKind::kInvoice;
  std::string account;
  std::string number;
  std::optional<absl::CivilDay> issue_day;
  std::optional<absl::CivilDay> due_day;
  std::optional<absl::CivilDay> booking_day;
  int64_t amount_minor = 0;  // negative only for an opening in the debtor's favour
  std::string currency;
  std::string reference;
  std::string end_to_end_id;
  std::string payer_iban;
  std::string description;
  AccountAttributes attributes;
  uint64_t source_hash = 0;
  uint32_t ordinal = 0;
};

// A line (or camt entry) that is not in, with what is needed to repair it.
struct Reject {
  int64_t line = 0;
  std::string field;    // column name or XML path; empty when the whole line is meant
  std::string reason;   // UPPER_SNAKE, see reasons.h, and those of common/money and common/time
  std::string message;  // for people; never repeats the content
  std::string raw;      // bytes as they came, at most kRawBytesMax; camt: the entry as XML text
  bool raw_truncated = false;
};

// Something to know about a line that is in, or was rightly left out.
struct Notice {
  int64_t line = 0;
  std::string field;
  std::string reason;
  std::string message;
};

inline constexpr size_t kRawBytesMax = 64 * 1024;

// Largest amount of a record, in minor units: ten million million EUR. More is AMOUNT_OVERFLOW: a slipped
// separator.
inline constexpr int64_t kAmountMinorMax = 1'000'000'000'000'000;

struct ReadSummary {
  int64_t lines = 0;     // physical lines with content, header included; camt: entries
  int64_t records = 0;   // handed to OnRecord
  int64_t rejected = 0;  // handed to OnReject
  int64_t skipped = 0;   // rightly left out: other accounts, entries not booked, repeated headers
  int64_t notices = 0;
  int64_t lines_recoded = 0;  // were not UTF-8
  int64_t debit_minor = 0;    // of the records, saturating; FEC and camt
  int64_t credit_minor = 0;
  std::map<std::string, int64_t> by_reason;  // rejects and notices; a closed set of keys
};

// Where a reader puts what it reads, in file order. Calls come from Feed and Finish only, on their thread.
template <typename Record>
class SourceSink {
 public:
  virtual ~SourceSink() = default;
  virtual void OnRecord(Record&& record) = 0;
  virtual void OnReject(const Reject& reject) = 0;
  virtual void OnNotice(const Notice&) {}
};

using FecSink = SourceSink<FecLine>;
using ItemSink = SourceSink<ItemRow>;

class BankSink : public SourceSink<BankTransaction> {
 public:
  virtual void OnStatement(const BankStatement&) {}
};

// "fec.txt:7: Debit: AMOUNT_MALFORMED: ..." for lists that people read.
std::string FormatReject(absl::string_view file, const Reject& reject);

// "1f0c...-0": the identity of a line as a text id, 16 hexadecimal digits and the ordinal.
std::string SourceId(uint64_t source_hash, uint32_t ordinal);

}  // namespace relance::ledger
