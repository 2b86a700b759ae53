#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

// The day of a six-digit date, by its parts; years 80 to 99 are of the 20th century.
// Errors: INVALID_ARGUMENT / DATE_MALFORMED, DATE_NOT_IN_CALENDAR.
absl::StatusOr<absl::CivilDay> DayFromParts(absl::string_view yy, absl::string_view mm, absl::string_view dd);

// DDMMYY, as CODA and CFONB write days.
absl::StatusOr<absl::CivilDay> ParseDdmmyy(absl::string_view text);

// `digits` of which the last `decimals` stand behind the decimal mark, in minor units of `currency`.
// Errors: those of CurrencyExponent and ParseDecimalMinor; OUT_OF_RANGE / AMOUNT_OVERFLOW above
// kAmountMinorMax.
absl::StatusOr<int64_t> ParseImpliedDecimals(absl::string_view digits, int decimals,
                                             absl::string_view currency);

// A decimal with a comma, as "25,03" or "9,". Errors: as above.
absl::StatusOr<int64_t> ParseCommaAmount(absl::string_view text, absl::string_view currency);

// The IBAN of a Belgian account of 12 digits, of a French RIB without its key; `national` itself when it is
// none.
std::string BelgianIban(absl::string_view national);
std::string FrenchIban(absl::string_view bank, absl::string_view branch, absl::string_view account);

// An account as it is compared: an IBAN in its electronic form, else `text` without spaces.
std::string AccountNumber(absl::string_view text);

// Adds a structured reference: 12 digits that are a Belgian structured communication, RF, or another.
void AddReference(absl::string_view reference, BankTransaction* transaction);

// What the counterparty is follows from the side: who pays a credit or gets back a debit is the debtor.
struct Counterparty {
  std::string name, ultimate_name, account;
};
void SetCounterparty(Counterparty party, BankTransaction* transaction);

// Sets charges_minor when the original amount and the charges, in the currency of the account, add up to what
// moved.
void ProveCharges(int64_t original_minor, int64_t charges_minor, BankTransaction* transaction);

}  // namespace relance::ledger
