#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace relance::ledger {

// The eight digits that say what a CODA movement is.
struct CodaCode {
  int type = 0;       // 0 simple, 1 and 2 totals, 3 net of details; 5 to 9 are details of these
  int family = 0;     // 01 transfers, 05 direct debits, 35 closing, 80 charges ...
  int operation = 0;  // 01 to 49 debits, 50 to 99 credits
  int category = 0;   // of a detail: 000 the amount itself, else a charge, a tax, an interest
};

// Characters that are no digits count as 0.
CodaCode ParseCodaCode(absl::string_view text);

// The bank's own: closing, charges, costs and their reimbursement.
bool IsBankCharge(const CodaCode& code);
// A detail that is a part of the money itself, no charge on it.
bool IsPrincipal(const CodaCode& code);
// Takes back what was booked before: unpaid and reimbursed direct debits, unpaid cheques and bills, transfers
// that could not be executed, debits that cancel.
bool TakesBack(const CodaCode& code, bool is_credit);

}  // namespace relance::ledger
