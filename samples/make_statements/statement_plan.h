#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "samples/make_statements/customer_receipts.h"
#include "samples/toolkit/statement.h"

namespace relance::samples {

struct StatementOptions {
  // Days of the books, both included. A receipt of a day on which banks are closed is booked on the next one.
  absl::CivilDay from;
  absl::CivilDay to;
  uint64_t seed = 1;
  std::string iban;   // of the creditor
  std::string owner;  // of the account
  int64_t opening_minor = 0;
};

// One entry of the statements, and why it is there.
struct PlannedPayment {
  enum class Outcome { kReceipt, kReturned, kPaidAgain };

  StatementEntry entry;
  absl::CivilDay booking_day;
  Outcome outcome = Outcome::kReceipt;
  absl::string_view style;  // how the payer refers to invoices: structured, numbers, bank_label, name, none
  const Receipt* receipt = nullptr;
};

// What the bank would have told of the receipts, in order of booking day and of the books.
//
// Every receipt of the period gives one kReceipt. One transfer that settles one invoice, drawn by the seed,
// comes back (AC04) kReturnAfterDays banking days later and is paid again kPaidAgainAfterDays after it was
// first paid: the only event here that the books do not know. None comes back when no receipt is early enough
// for it.
//
// Ways to refer, out of 100 transfers: 40 structured, 22 numbers in free text, 14 the label that the books
// kept of the real bank, 14 the name, 10 nothing. Cheques: 50 numbers, 35 name, 15 nothing. A payment of
// which the books do not say what it settles can only have the last three (cheques: two).
std::vector<PlannedPayment> PlanPayments(const std::vector<Receipt>& receipts,
                                         const StatementOptions& options);
inline constexpr int kReturnAfterDays = 3;
inline constexpr int kPaidAgainAfterDays = 8;

// One statement for each banking day from `from` to `to`, and on to the last booking day; days without money
// too, because a bank sends these as well.
std::vector<Statement> MakeStatements(const std::vector<PlannedPayment>& payments,
                                      const StatementOptions& options);

// What a ledger should find out, one row per entry; see samples/README.md for the columns.
std::string ExpectedCsv(const std::vector<PlannedPayment>& payments, const StatementOptions& options);

}  // namespace relance::samples
