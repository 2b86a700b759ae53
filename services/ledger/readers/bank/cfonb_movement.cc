#include "services/ledger/readers/bank/cfonb_movement.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "services/ledger/readers/bank/bank_values.h"
#include "services/ledger/readers/bank/cfonb_codes.h"
#include "services/ledger/readers/bank/column_line.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

constexpr size_t kHalf = 35;  // several qualifiers hold two values of 35 columns

std::string FirstHalf(const std::string& text) { return Squeeze(Characters(text, 0, kHalf)); }
std::string SecondHalf(const std::string& text) { return Squeeze(Characters(text, kHalf, kHalf)); }

std::string Reference(std::string text) { return text == "NOTPROVIDED" ? "" : text; }

struct Money {
  int64_t minor = 0;
  std::string currency;
};

// Currency, number of decimals, 14 digits.
std::optional<Money> AmountIn(const std::string& text) {
  Money money;
  money.currency = Squeeze(Characters(text, 0, 3));
  const std::string decimals = Characters(text, 3, 1);
  if (decimals.empty() || decimals[0] < '0' || decimals[0] > '9') return std::nullopt;
  const auto minor = ParseImpliedDecimals(Characters(text, 4, 14), decimals[0] - '0', money.currency);
  if (!minor.ok()) return std::nullopt;
  money.minor = *minor;
  return money;
}

}  // namespace

absl::StatusOr<int64_t> ParseCfonbAmount(absl::string_view text, int decimals, absl::string_view currency) {
  std::string digits(text);
  bool negative = false;
  char last = 0;
  if (absl::EndsWith(text, "\xC3\xA9")) {  // é
    digits.resize(digits.size() - 2);
    last = '0';
  } else if (absl::EndsWith(text, "\xC3\xA8")) {  // è
    digits.resize(digits.size() - 2);
    last = '0';
    negative = true;
  } else if (!digits.empty()) {
    const char c = digits.back();
    digits.pop_back();
    if (c == '{' || c == '}') {
      last = '0';
      negative = c == '}';
    } else if (c >= 'A' && c <= 'I') {
      last = static_cast<char>('1' + (c - 'A'));
    } else if (c >= 'J' && c <= 'R') {
      last = static_cast<char>('1' + (c - 'J'));
      negative = true;
    }
  }
  if (last == 0) {
    return DomainError(absl::StatusCode::kInvalidArgument, "AMOUNT_MALFORMED",
                       "the last character carries no sign");
  }
  digits.push_back(last);
  absl::StatusOr<int64_t> minor = ParseImpliedDecimals(digits, decimals, currency);
  if (minor.ok() && negative) *minor = -*minor;
  return minor;
}

BankTransaction MakeCfonbTransaction(CfonbMovement movement) {
  BankTransaction t = std::move(movement.transaction);
  t.bank_code = movement.operation;
  t.is_charge = IsCfonbCharge(movement.operation, movement.label);
  t.return_reason = t.is_charge ? "" : movement.rejection;
  t.is_reversal = !t.is_charge && (!movement.rejection.empty() ||
                                   SaysReturned(movement.operation, movement.label, t.is_credit));

  Counterparty payer, payee;
  std::string commented, free_text;
  std::optional<Money> original, charges;
  for (const CfonbDetail& detail : movement.details) {
    const std::string& q = detail.qualifier;
    if (q == "LIB") {
      free_text += detail.text;
    } else if (q == "LCC" || q == "LC2") {
      commented += detail.text;
    } else if (q == "LCS") {
      AddReference(FirstHalf(detail.text), &t);
    } else if (q == "NPY") {
      payer.name = Squeeze(detail.text);
    } else if (q == "NPO") {
      payer.ultimate_name = Squeeze(detail.text);
    } else if (q == "CPY") {
      payer.account = AccountNumber(FirstHalf(detail.text));
    } else if (q == "NBE") {
      payee.name = Squeeze(detail.text);
    } else if (q == "CBE") {
      payee.account = AccountNumber(FirstHalf(detail.text));
    } else if (q == "RCN") {
      t.end_to_end_id = Reference(FirstHalf(detail.text));
    } else if (q == "REF") {
      t.entry_ref = FirstHalf(detail.text);
      t.transaction_id = Reference(SecondHalf(detail.text));
    } else if (q == "RUM") {
      t.mandate_id = FirstHalf(detail.text);
    } else if (q == "MMO") {
      original = AmountIn(detail.text);
    } else if (q == "FEE") {
      charges = AmountIn(detail.text);
    }
  }
  if (payer.name.empty() && t.is_credit && !t.is_reversal && !t.is_charge)
    payer.name = PayerInLabel(movement.label);
  t.debtor_name = std::move(payer.name);
  t.debtor_account = std::move(payer.account);
  t.ultimate_debtor_name = std::move(payer.ultimate_name);
  t.creditor_name = std::move(payee.name);
  t.creditor_account = std::move(payee.account);
  if (original && (original->currency != t.currency || original->minor != t.amount_minor)) {
    t.original_minor = original->minor;
    t.original_currency = original->currency;
    if (charges && charges->currency == t.currency && original->currency == t.currency)
      ProveCharges(original->minor, charges->minor, &t);
  }
  for (const std::string& text : {Squeeze(commented), Squeeze(free_text)}) {
    if (!text.empty()) t.unstructured.push_back(text);
  }
  if (t.unstructured.empty() && t.structured.empty()) {
    if (!movement.label.empty()) t.unstructured.push_back(movement.label);
  } else {
    t.additional_info = movement.label;
  }
  return t;
}

}  // namespace relance::ledger
