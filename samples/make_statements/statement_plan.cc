#include "samples/make_statements/statement_plan.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/money/decimal_text.h"
#include "common/time/calendar.h"
#include "common/time/day.h"
#include "samples/make_statements/remittance.h"
#include "samples/toolkit/csv.h"
#include "samples/toolkit/made_up_identity.h"
#include "samples/toolkit/random.h"

namespace relance::samples {
namespace {

enum Purpose : uint64_t { kRemittance = 1, kReturnDraw = 2 };

PlannedPayment PlanOne(const Receipt& receipt, const Calendar& banking_days,
                       const StatementOptions& options) {
  Random random(options.seed, StableHash(receipt.key.data(), receipt.key.size()), kRemittance);
  PlannedPayment payment;
  payment.receipt = &receipt;
  payment.booking_day = banking_days.BusinessDayOnOrAfter(receipt.day);
  StatementEntry& entry = payment.entry;
  entry.kind = receipt.cheque ? StatementEntry::Kind::kCheque : StatementEntry::Kind::kTransfer;
  entry.reference = receipt.key;
  entry.amount_minor = receipt.amount_minor;
  entry.payer_name = receipt.customer_name;
  entry.cheque_number = receipt.cheque_number;
  entry.bank_text = receipt.cheque ? "REMISE DE CHEQUE" : "VIREMENT SEPA RECU";
  if (!receipt.cheque) {
    entry.payer_iban = MadeUpFrenchIban(StableHash(receipt.customer.data(), receipt.customer.size()));
    if (random.Chance(700)) entry.end_to_end_id = absl::StrFormat("E2E-%08d", random.Below(100'000'000));
  }
  payment.style = WriteRemittance(receipt, random, entry);
  return payment;
}

// Appends the return of one payment and its second coming.
void AppendReturn(const Calendar& banking_days, const StatementOptions& options,
                  std::vector<PlannedPayment>& payments) {
  std::vector<size_t> candidates;
  for (size_t i = 0; i < payments.size(); ++i) {
    const Receipt& receipt = *payments[i].receipt;
    if (!receipt.cheque && receipt.settles.size() == 1 && receipt.unapplied_minor == 0 &&
        banking_days.AddBusinessDays(payments[i].booking_day, kPaidAgainAfterDays) <= options.to) {
      candidates.push_back(i);
    }
  }
  if (candidates.empty()) return;
  Random random(options.seed, 0, kReturnDraw);
  const PlannedPayment first = payments[candidates[random.Below(static_cast<int64_t>(candidates.size()))]];

  PlannedPayment returned = first;
  returned.outcome = PlannedPayment::Outcome::kReturned;
  returned.booking_day = banking_days.AddBusinessDays(first.booking_day, kReturnAfterDays);
  returned.entry.kind = StatementEntry::Kind::kReturn;
  returned.entry.reference = absl::StrCat(first.entry.reference, "-R");
  returned.entry.return_reason = "AC04";
  returned.entry.bank_text = "VIREMENT RETOURNE";
  payments.push_back(std::move(returned));

  PlannedPayment again = first;
  again.outcome = PlannedPayment::Outcome::kPaidAgain;
  again.booking_day = banking_days.AddBusinessDays(first.booking_day, kPaidAgainAfterDays);
  again.entry.reference = absl::StrCat(first.entry.reference, "-2");
  if (!again.entry.end_to_end_id.empty()) absl::StrAppend(&again.entry.end_to_end_id, "-2");
  payments.push_back(std::move(again));
}

absl::string_view OutcomeName(PlannedPayment::Outcome outcome) {
  switch (outcome) {
    case PlannedPayment::Outcome::kReceipt:
      return "receipt";
    case PlannedPayment::Outcome::kReturned:
      return "returned";
    case PlannedPayment::Outcome::kPaidAgain:
      return "paid_again";
  }
  return "";
}

}  // namespace

std::vector<PlannedPayment> PlanPayments(const std::vector<Receipt>& receipts,
                                         const StatementOptions& options) {
  const Calendar banking_days(HolidaySet::kTarget);
  std::vector<PlannedPayment> payments;
  for (const Receipt& receipt : receipts) {
    if (receipt.day < options.from || receipt.day > options.to) continue;
    payments.push_back(PlanOne(receipt, banking_days, options));
  }
  AppendReturn(banking_days, options, payments);
  std::stable_sort(payments.begin(), payments.end(), [](const PlannedPayment& a, const PlannedPayment& b) {
    return a.booking_day < b.booking_day;
  });
  return payments;
}

std::vector<Statement> MakeStatements(const std::vector<PlannedPayment>& payments,
                                      const StatementOptions& options) {
  const Calendar banking_days(HolidaySet::kTarget);
  const absl::CivilDay last =
      payments.empty() ? options.to : std::max(options.to, payments.back().booking_day);
  std::vector<Statement> statements;
  int64_t balance = options.opening_minor;
  auto next = payments.begin();
  for (absl::CivilDay day = banking_days.BusinessDayOnOrAfter(options.from); day <= last;
       day = banking_days.AddBusinessDays(day, 1)) {
    Statement statement;
    statement.label =
        absl::StrCat("MADE-UP BANK STATEMENT, seed ", options.seed, ": receipts of pseudonymised books");
    statement.id = absl::StrCat("STMT-", FormatCompactDay(day));
    statement.sequence = static_cast<int>(statements.size()) + 1;
    statement.day = day;
    statement.iban = options.iban;
    statement.owner = options.owner;
    statement.opening_minor = balance;
    for (; next != payments.end() && next->booking_day == day; ++next)
      statement.entries.push_back(next->entry);
    balance = ClosingMinor(statement);
    statements.push_back(std::move(statement));
  }
  return statements;
}

std::string ExpectedCsv(const std::vector<PlannedPayment>& payments, const StatementOptions& options) {
  std::string out =
      absl::StrCat("# MADE-UP BANK STATEMENTS, seed ", options.seed,
                   ": what each entry settles by the lettrage of the books\n"
                   "reference,outcome,booking_date,books_date,account,amount,currency,style,lettrage,"
                   "settles,unapplied,books_lines\n");
  for (const PlannedPayment& payment : payments) {
    const Receipt& receipt = *payment.receipt;
    const std::string settles =
        absl::StrJoin(receipt.settles, ";", [](std::string* text, const Settlement& part) {
          absl::StrAppend(text, part.piece, "=", FormatDecimal(part.amount_minor, 2, '.'));
        });
    const std::string lines = absl::StrJoin(receipt.lines, ";", [](std::string* text, const FecLine* line) {
      absl::StrAppend(text, line->number);
    });
    AppendCsvRow({payment.entry.reference, OutcomeName(payment.outcome), FormatIsoDay(payment.booking_day),
                  FormatIsoDay(receipt.day), receipt.customer, FormatDecimal(receipt.amount_minor, 2, '.'),
                  "EUR", payment.style, absl::StrJoin(receipt.letters, ";"), settles,
                  FormatDecimal(receipt.unapplied_minor, 2, '.'), lines},
                 out);
  }
  return out;
}

}  // namespace relance::samples
