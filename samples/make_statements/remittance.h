#pragma once

#include "absl/strings/string_view.h"
#include "samples/make_statements/customer_receipts.h"
#include "samples/toolkit/random.h"
#include "samples/toolkit/statement.h"

namespace relance::samples {

// Draws how the payer refers to what is paid, and writes it into `entry`; the style's name for expected.csv.
//
// structured:  one invoice: its creditor reference. Several: for each document its number, amount and
// reference. numbers:     the numbers in free text, in one of the spellings that people use ("FA 220245",
// "FA220245", "220245"). bank_label:  the text that the real bank printed and the books kept; transfers only.
// name, none:  the payer's name; nothing.
absl::string_view WriteRemittance(const Receipt& receipt, Random& random, StatementEntry& entry);

}  // namespace relance::samples
