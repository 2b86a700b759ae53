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

// Reads a camt.053; its payments and returns go to Gathered::to_route. Nothing is written.
// Errors: INVALID_ARGUMENT / FILE_UNREADABLE, for a file that is cut off too: nothing of it enters.
absl::StatusOr<Gathered> GatherCamt(const SpoolFile& file, const std::string& file_name,
                                    std::optional<absl::CivilDay> as_of);

}  // namespace relance::ledger
