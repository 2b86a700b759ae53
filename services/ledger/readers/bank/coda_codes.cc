#include "services/ledger/readers/bank/coda_codes.h"

#include <algorithm>
#include <iterator>

namespace relance::ledger {
namespace {

// Families.
constexpr int kTransfers = 1, kInstantTransfers = 2, kCheques = 3, kDirectDebits = 5, kBills = 7,
              kClosing = 35, kForeignTransfers = 41, kForeignCheques = 43, kForeignBills = 47, kCharges = 80;
// Operations of every family.
constexpr int kCosts = 37, kCancelled = 49, kCostsBack = 87;

struct Row {
  int family, operation;
};
// Of what a debtor had paid. Debits.
constexpr Row kReturnedDebits[] = {
    {kDirectDebits, 3},  // unpaid
    {kDirectDebits, 5},  // reimbursed to the debtor
    {kCheques, 7},       // unpaid for good
    {kCheques, 38},      // unpaid for now
    {kBills, 5},         // claimed back
    {kBills, 7},         // unpaid
    {kForeignCheques, 7}, {kForeignBills, 7},
};
// Of what we had paid. Credits.
constexpr Row kReturnedCredits[] = {
    {kTransfers, 54},    {kInstantTransfers, 54}, {kForeignTransfers, 54},  // could not be executed
    {kDirectDebits, 54}, {kDirectDebits, 58},                               // reimbursed, reversed
};

// Of payments between parties; cards, cash, securities and credits are not.
bool IsPayment(int family) {
  static constexpr int kFamilies[] = {kTransfers, kInstantTransfers, kCheques,        kDirectDebits,
                                      kBills,     kForeignTransfers, kForeignCheques, kForeignBills};
  return std::find(std::begin(kFamilies), std::end(kFamilies), family) != std::end(kFamilies);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

CodaCode ParseCodaCode(absl::string_view text) {
  const auto number = [&](size_t from, size_t count) {
    int value = 0;
    for (size_t i = from; i < from + count; ++i) {
      value = value * 10 + (i < text.size() && IsDigit(text[i]) ? text[i] - '0' : 0);
    }
    return value;
  };
  return {number(0, 1), number(1, 2), number(3, 2), number(5, 3)};
}

bool IsBankCharge(const CodaCode& code) {
  return code.family == kClosing || code.family == kCharges || code.operation == kCosts ||
         code.operation == kCostsBack || !IsPrincipal(code);
}

bool IsPrincipal(const CodaCode& code) {
  return code.category == 0 || code.category == 50 || code.category == 100;  // net, capital, gross
}

bool TakesBack(const CodaCode& code, bool is_credit) {
  if (IsBankCharge(code)) return false;
  // A credit that corrects something (99) may be a payment: a person sees it.
  if (!is_credit && code.operation == kCancelled && IsPayment(code.family)) return true;
  const auto is_this = [&](const Row& row) {
    return row.family == code.family && row.operation == code.operation;
  };
  return is_credit ? std::any_of(std::begin(kReturnedCredits), std::end(kReturnedCredits), is_this)
                   : std::any_of(std::begin(kReturnedDebits), std::end(kReturnedDebits), is_this);
}

}  // namespace relance::ledger
