#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace relance {

// Civil days in the tenant's zone. They are stored as days since 1970-01-01, negative before.
int32_t DayNumber(absl::CivilDay day);
absl::CivilDay DayFromNumber(int32_t number);

// The day of that year, month and day; strict, because absl::CivilDay would turn 2025-02-31 into 2025-03-03.
//
// Bounds:  kYearMin to kYearMax; a year outside is a typing error, not a due date.
// Errors:  INVALID_ARGUMENT / DATE_OUT_OF_RANGE (the year), DATE_NOT_IN_CALENDAR (no such month or day).
absl::StatusOr<absl::CivilDay> MakeDay(int64_t year, int month, int day);
inline constexpr int kYearMin = 1900;
inline constexpr int kYearMax = 2199;

// "2025-03-31", nothing else. Spaces around are ignored.
//
// Errors, first match wins: INVALID_ARGUMENT / DATE_EMPTY, DATE_MALFORMED, and those of MakeDay. No error
// repeats the text: the caller knows file, line and field.
absl::StatusOr<absl::CivilDay> ParseIsoDay(absl::string_view text);

// AAAAMMJJ as the FEC wants it (LPF art. A47 A-1), and as files bring it in fact: "20250331", and year,
// month, day with one and the same separator out of - / . twice ("2025-03-31", "2025/03/31"). Day first is
// not read: it cannot be told from month first.
//
// Errors: as ParseIsoDay.
absl::StatusOr<absl::CivilDay> ParseCompactDay(absl::string_view text);

// "2025-03-31" and "20250331".
std::string FormatIsoDay(absl::CivilDay day);
std::string FormatCompactDay(absl::CivilDay day);

absl::CivilDay EndOfMonth(absl::CivilDay day);

// The same day number `months` later (earlier when negative), else the last day of that month: 2024-01-31 + 1
// is 2024-02-29. This is also how CPC art. 641 and the limitation periods count months and years.
absl::CivilDay AddMonthsClamped(absl::CivilDay day, int months);

}  // namespace relance
