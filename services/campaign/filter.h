#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The language of selections: terms joined by `and`. docs/campaigns.md tells it to people.
namespace relance::campaign {

inline constexpr size_t kFilterBytesMax = 4096;
inline constexpr size_t kFilterTermsMax = 32;
inline constexpr size_t kFilterValuesMax = 200;     // in one list
inline constexpr size_t kFilterTextBytesMax = 256;  // of one value

enum class Field {
  kOverdue,           // amount past due, in units of the tenant's currency
  kOpen,              // open debits, likewise
  kAge,               // days past due of the oldest overdue item; 0 when nothing is
  kOldestInvoiceAge,  // days since the issue of the oldest open debit; 0 without one
  kItems,             // open debits
  kLateProbability,   // 0 to 1; 0.5 when the account is not scored
  kRegion,
  kSector,
  kSegment,
  kCountry,
  kCollector,
  kCustomerType,
  kState,    // of the plan: settled, current, active, disputed, promised, paused, placed, insolvent, legal,
             // on_plan, none
  kAccount,  // account code
};
bool IsNumber(Field field);

enum class Operator { kEqual, kNotEqual, kGreater, kGreaterOrEqual, kLess, kLessOrEqual, kIn };

// A decimal number, exact: millionths.
using Micro = int64_t;
inline constexpr Micro kMicroPerUnit = 1'000'000;

struct Term {
  Field field = Field::kOverdue;
  Operator op = Operator::kEqual;
  std::vector<Micro> numbers;      // of a number field: one, or several with `in`
  std::vector<std::string> texts;  // of a text field, likewise
};

// All terms must hold.
struct Filter {
  std::vector<Term> terms;
};

// Grammar: term { "and" term }; term = field operator value | field "in" "(" value { "," value } ")".
// Operators: = != > >= < <= (texts have = != and in). Texts stand in double quotes, with \" and \\ inside.
// Numbers: digits, at most 12 before the point and 6 after it, a minus before. Words in any case; spaces are
// free.
//
// Errors: INVALID_ARGUMENT / FILTER_INVALID with `position` and `expected` in the metadata; never the text
// itself.
absl::StatusOr<Filter> ParseFilter(absl::string_view text);

}  // namespace relance::campaign
