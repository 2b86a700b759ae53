#include "common/time/holidays.h"

namespace relance {
namespace {

// Days after Easter Sunday.
constexpr int kGoodFriday = -2;
constexpr int kEasterMonday = 1;
constexpr int kAscension = 39;
constexpr int kWhitMonday = 50;

// Month and day as one number: 1 May is 501.
int MonthAndDay(absl::CivilDay day) { return day.month() * 100 + day.day(); }

bool IsFrenchHoliday(int month_and_day, int after_easter) {
  switch (month_and_day) {
    case 101:
    case 501:
    case 508:
    case 714:
    case 815:
    case 1101:
    case 1111:
    case 1225:
      return true;
  }
  return after_easter == kEasterMonday || after_easter == kAscension || after_easter == kWhitMonday;
}

bool IsBelgianHoliday(int month_and_day, int after_easter) {
  switch (month_and_day) {
    case 101:
    case 501:
    case 721:
    case 815:
    case 1101:
    case 1111:
    case 1225:
      return true;
  }
  return after_easter == kEasterMonday || after_easter == kAscension || after_easter == kWhitMonday;
}

bool IsTargetHoliday(int month_and_day, int after_easter) {
  switch (month_and_day) {
    case 101:
    case 501:
    case 1225:
    case 1226:
      return true;
  }
  return after_easter == kGoodFriday || after_easter == kEasterMonday;
}

constexpr int kDecember26 = 1226;

}  // namespace

absl::CivilDay EasterSunday(int64_t year) {
  const int64_t a = year % 19;
  const int64_t b = year / 100;
  const int64_t c = year % 100;
  const int64_t d = b / 4;
  const int64_t e = b % 4;
  const int64_t f = (b + 8) / 25;
  const int64_t g = (b - f + 1) / 3;
  const int64_t h = (19 * a + b - d - g + 15) % 30;
  const int64_t i = c / 4;
  const int64_t k = c % 4;
  const int64_t l = (32 + 2 * e + 2 * i - h - k) % 7;
  const int64_t m = (a + 11 * h + 22 * l) / 451;
  const int64_t n = h + l - 7 * m + 114;
  return absl::CivilDay(year, n / 31, n % 31 + 1);
}

bool IsHoliday(HolidaySet holidays, absl::CivilDay day) {
  const int month_and_day = MonthAndDay(day);
  const int after_easter = static_cast<int>(day - EasterSunday(day.year()));
  switch (holidays) {
    case HolidaySet::kNone:
      return false;
    case HolidaySet::kFrance:
      return IsFrenchHoliday(month_and_day, after_easter);
    case HolidaySet::kAlsaceMoselle:
      return IsFrenchHoliday(month_and_day, after_easter) || month_and_day == kDecember26;
    case HolidaySet::kAlsaceMoselleGoodFriday:
      return IsFrenchHoliday(month_and_day, after_easter) || month_and_day == kDecember26 ||
             after_easter == kGoodFriday;
    case HolidaySet::kBelgium:
      return IsBelgianHoliday(month_and_day, after_easter);
    case HolidaySet::kTarget:
      return IsTargetHoliday(month_and_day, after_easter);
  }
  return false;
}

}  // namespace relance
