#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/ledger/gathered.h"
#include "services/ledger/readers/source_record.h"
#include "services/ledger/spool_file.h"

namespace relance::ledger {

enum class BankMovement {
  kPayment,  // money of a debtor comes in
  kReturn,   // money of a debtor that the bank takes back: a reversal, a returned transfer, an unpaid direct
             // debit
  kOther,    // our own payments, charges, and what comes back of them
};
BankMovement ClassifyMovement(const BankTransaction& transaction);

// What a transaction says about what it pays and who pays.
PaymentFacts FactsOfTransaction(const BankTransaction& transaction);

// A payment (negative) or a return (positive) as an item. Its id covers the bank's key and the content: a key
// that the bank uses again for another transaction is another item. Requires: not kOther.
IncomingItem ItemOfTransaction(const BankTransaction& transaction);

enum class BankFormat { kCamt, kCoda, kCfonb120, kMt940 };  // kCamt: statements (053) and notifications (054)

// Reads a statement of a bank; its payments and returns go to Gathered::to_route. Nothing is written.
//
// What breaks off behind whole transactions gives these, and the break as a rejected line. A notification
// says nothing about how far the bank is known. What a payer paid is the amount before the charges that the
// bank kept back. Errors: INVALID_ARGUMENT / FILE_UNREADABLE: nothing of it enters.
absl::StatusOr<Gathered> GatherStatement(BankFormat format, const SpoolFile& file,
                                         const std::string& file_name, std::optional<absl::CivilDay> as_of);

}  // namespace relance::ledger
