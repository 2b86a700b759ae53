#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

// One record 05: what it is about, and its 70 columns with their blanks.
struct CfonbDetail {
  std::string qualifier;
  std::string text;
};

// A record 04 and its 05.
struct CfonbMovement {
  BankTransaction transaction;  // amount, side, days, reference and code of the 04
  std::string operation;        // interbank code, "B1"
  std::string label;
  std::string rejection;  // code, empty for none
  std::vector<CfonbDetail> details;
};

// A signed amount: digits of which the last carries the sign ({ and A to I are 0 to 9, } and J to R are -0 to
// -9; é and è stand for the braces in the French character set). `decimals` of them are behind the mark.
// Errors: INVALID_ARGUMENT / AMOUNT_MALFORMED and those of ParseImpliedDecimals.
absl::StatusOr<int64_t> ParseCfonbAmount(absl::string_view text, int decimals, absl::string_view currency);

// Makes the transaction of a movement. Pure.
//
// Details: LCC, LC2, LCS and LIB remittance; NPY and NPO who pays, NBE who is paid, CPY and CBE their
// accounts; RCN the
//          end-to-end id; REF references of the remittance; RUM the mandate; MMO original amount, FEE
//          charges. Others are the bank's own and left out. The label is the remittance when no detail is,
//          and names the payer of a transfer when NPY does not.
// Return:  a rejection code, or a word of the label, unless it is a charge.
BankTransaction MakeCfonbTransaction(CfonbMovement movement);

}  // namespace relance::ledger
