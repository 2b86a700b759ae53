#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/ledger/readers/source_hash.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

struct CamtAmount {
  int64_t minor = 0;
  std::string currency;
};

// One charge of a Chrgs. Without an amount it says nothing.
struct CamtCharge {
  std::optional<CamtAmount> amount;
  bool is_credit = false;
  bool is_included = false;  // ChrgInclInd: the amount of the entry is what was left (or taken) with it
};

// One TxDtls as read.
struct CamtDetail {
  std::optional<CamtAmount> amount;      // TxDtls/Amt (.08), else AmtDtls/TxAmt/Amt (.02)
  std::optional<CamtAmount> instructed;  // AmtDtls/InstdAmt/Amt
  std::optional<bool> is_credit;
  std::vector<CamtCharge> charges;
  BankTransaction fields;  // references, parties, remittance
};

// One Ntry as read. Fields that every transaction of the entry shares lie in `shared`.
struct CamtEntry {
  int64_t line = 0;
  std::optional<CamtAmount> amount;
  std::optional<bool> is_credit;
  std::string status;  // BOOK, PDNG, INFO, ...; empty when absent
  std::optional<absl::CivilDay> booking_day;
  std::optional<absl::CivilDay> value_day;
  BankTransaction shared;
  std::vector<CamtCharge> charges;
  std::vector<CamtDetail> details;
};

// What identifies transactions within one statement, cleared between statements.
struct CamtIdentity {
  OrdinalCounter equal_contents;
  OrdinalCounter servicer_refs;

  void Clear() {
    equal_contents.Clear();
    servicer_refs.Clear();
  }
};

struct CamtRecords {
  std::vector<BankTransaction> transactions;
  bool not_split = false;              // details that do not add up to the entry: one record for all of it
  bool servicer_ref_repeated = false;  // the bank gave the reference to an earlier entry of the statement too
};

// Makes the records of one booked entry whose amount, sign, currency and booking day are known. Pure but for
// `identity`.
//
// Amounts: with one detail, what was booked is the entry's amount; a different instructed amount goes to
// original_*. With
//          several, each has its own amount and sign, provided that all are in the entry's currency and add
//          up to it; otherwise the entry stays one record that carries all remittance texts and references.
// Charges: of one detail (else of the entry): charges_minor, when they are marked as included or make up the
//          difference to the instructed amount. Details that add up to the entry only before its charges are
//          split all the same, and the charges are one transaction more.
// Key:     see CamtReader.
CamtRecords MakeBankTransactions(CamtEntry entry, CamtIdentity* identity);

}  // namespace relance::ledger
