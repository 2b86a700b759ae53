#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

// A field :61: of an MT940.
struct Mt940Line {
  std::optional<absl::CivilDay> value_day;
  std::optional<absl::CivilDay> entry_day;
  bool day_read_as_month_end = false;
  bool is_credit = false;
  bool is_reversal = false;  // RC takes back a credit (and is a debit), RD a debit
  bool is_expected = false;  // EC, ED: not booked
  int64_t minor = 0;
  std::string type;          // "NTRF", "S051"; empty where the bank leaves it out
  std::string customer_ref;  // empty for NONREF
  std::string bank_ref;      // behind //
  std::string supplement;    // its second line
};

// A field :60F: and the like.
struct Mt940Balance {
  int64_t minor = 0;  // negative is owed to the bank
  std::string currency;
  std::optional<absl::CivilDay> day;
};

// Reads a :61:. `text` has its lines apart by LF.
//
// Form:    YYMMDD [MMDD] [R|E](C|D) [letter of the currency] amount with comma, [blank] N|F|S and three
// characters,
//          reference of up to 16, [//reference of the bank], next line: supplement.
// Days:    an entry day has no year: it takes the one that puts it within half a year of the value day. 30
// February,
//          and 29 February of a common year, are the end of February: what banks mean that count months of 30
//          days.
// Errors:  INVALID_ARGUMENT with metadata "field" / DATE_*, FIELD_INVALID (the side), AMOUNT_*,
// CURRENCY_UNKNOWN.
absl::Status ParseMt940Line(absl::string_view text, absl::string_view currency, Mt940Line* line);

// Reads a balance; one without a currency is in `currency`. Errors: as above.
absl::Status ParseMt940Balance(absl::string_view text, absl::string_view currency, Mt940Balance* balance);

}  // namespace relance::ledger
