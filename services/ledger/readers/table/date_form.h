#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace relance::ledger {

// How a table writes its dates: "dd/mm/yyyy", "yyyymmdd", "d-mmm-yy".
//
// Format:  dd, mm two digits; d, m one or two; yyyy four; yy two (80 to 99 are 19..); mmm the name of a month
//          in French, Dutch, German or English, short or whole, with or without a point. What else stands in
//          the form stands in the date. A time of day behind the date ("2026-03-31T10:15:00", "31/03/2026
//          10:15") is left aside.
class DateForm {
 public:
  // Errors: INVALID_ARGUMENT / DATE_FORM_INVALID: day, month and year are there once each, in any order.
  static absl::StatusOr<DateForm> Parse(absl::string_view text);

  // Errors: INVALID_ARGUMENT / DATE_MALFORMED, DATE_NOT_IN_CALENDAR, DATE_OUT_OF_RANGE.
  absl::StatusOr<absl::CivilDay> Read(absl::string_view text) const;

  const std::string& text() const { return text_; }

 private:
  enum class Part { kDay, kMonth, kMonthName, kYear, kShortYear, kLiteral };
  struct Token {
    Part part = Part::kLiteral;
    bool two_digits = false;
    char literal = 0;
  };
  std::string text_;
  std::vector<Token> tokens_;
};

// The month that a folded word names, 1 to 12; 0: none.
int MonthOfName(absl::string_view folded);

}  // namespace relance::ledger
