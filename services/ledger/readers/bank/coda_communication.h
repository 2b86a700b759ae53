#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

// A communication that follows a form, by its three digits: 53 columns of record 2.1 (less the three), 53
// of 2.2 and 43 of 2.3, in one piece with its blanks.
//
// Read:    100 creditor reference (RF); 101, 102 Belgian structured communication; 103 a number; 105 original
// amount;
//          127 European direct debit (mandate, reference of the creditor, communication, R-transaction and
//          reason). Other forms are no text of a payer: they go to additional_info as they are.
// An original amount that cannot be read is left out.
void ReadCodaCommunication(absl::string_view form, const std::string& body, BankTransaction* transaction);

// The word for an R-transaction by its digit (1 reject ... 5 cancellation); empty for none.
absl::string_view CodaReturnName(char digit);

}  // namespace relance::ledger
