#pragma once

#include "services/ledger/readers/source_hash.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

// What a transaction says, added to the text that identifies it: amount, references, parties, remittance. Its
// account, days and code are the caller's. Stable for ever: ids in the store depend on it.
void AddTransactionContent(const BankTransaction& transaction, CanonicalText* text);

}  // namespace relance::ledger
