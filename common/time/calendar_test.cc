#include "common/time/calendar.h"

#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "gtest/gtest.h"

namespace relance {
namespace {

absl::CivilDay Day(absl::string_view text) { return ParseIsoDay(text).value(); }

int CountHolidays(HolidaySet holidays, int year) {
  int count = 0;
  for (absl::CivilDay day(year, 1, 1); day.year() == year; ++day) count += IsHoliday(holidays, day);
  return count;
}

TEST(HolidaysTest, EasterAndItsFeasts) {
  struct Row {
    int year;
    const char *good_friday, *sunday, *monday, *ascension, *whit_monday;
  };
  const Row rows[] = {{2024, "2024-03-29", "2024-03-31", "2024-04-01", "2024-05-09", "2024-05-20"},
                      {2025, "2025-04-18", "2025-04-20", "2025-04-21", "2025-05-29", "2025-06-09"},
                      {2026, "2026-04-03", "2026-04-05", "2026-04-06", "2026-05-14", "2026-05-25"},
                      {2027, "2027-03-26", "2027-03-28", "2027-03-29", "2027-05-06", "2027-05-17"}};
  for (const Row& row : rows) {
    EXPECT_EQ(EasterSunday(row.year), Day(row.sunday));
    for (const HolidaySet set : {HolidaySet::kFrance, HolidaySet::kBelgium}) {
      EXPECT_TRUE(IsHoliday(set, Day(row.monday)));
      EXPECT_TRUE(IsHoliday(set, Day(row.ascension)));
      EXPECT_TRUE(IsHoliday(set, Day(row.whit_monday)));
      EXPECT_FALSE(IsHoliday(set, Day(row.good_friday)));
    }
    EXPECT_TRUE(IsHoliday(HolidaySet::kTarget, Day(row.good_friday)));
    EXPECT_TRUE(IsHoliday(HolidaySet::kTarget, Day(row.monday)));
    EXPECT_FALSE(IsHoliday(HolidaySet::kTarget, Day(row.ascension)));
    EXPECT_FALSE(IsHoliday(HolidaySet::kAlsaceMoselle, Day(row.good_friday)));
    EXPECT_TRUE(IsHoliday(HolidaySet::kAlsaceMoselleGoodFriday, Day(row.good_friday)));
  }
}

TEST(HolidaysTest, EasterAtTheEdgesOfItsRange) {
  EXPECT_EQ(EasterSunday(1818), absl::CivilDay(1818, 3, 22));
  EXPECT_EQ(EasterSunday(2038), absl::CivilDay(2038, 4, 25));
  EXPECT_EQ(EasterSunday(2000), absl::CivilDay(2000, 4, 23));
}

TEST(HolidaysTest, HowManyInAYear) {
  EXPECT_EQ(CountHolidays(HolidaySet::kFrance, 2026), 11);
  EXPECT_EQ(CountHolidays(HolidaySet::kAlsaceMoselle, 2026), 12);
  EXPECT_EQ(CountHolidays(HolidaySet::kAlsaceMoselleGoodFriday, 2026), 13);
  EXPECT_EQ(CountHolidays(HolidaySet::kBelgium, 2026), 10);
  EXPECT_EQ(CountHolidays(HolidaySet::kTarget, 2026), 6);
  EXPECT_EQ(CountHolidays(HolidaySet::kNone, 2026), 0);
  // In 2008 Ascension fell on 1 May.
  EXPECT_EQ(CountHolidays(HolidaySet::kFrance, 2008), 10);
}

TEST(HolidaysTest, WhereFranceAndBelgiumDiffer) {
  for (const char* day : {"2026-05-08", "2026-07-14"}) {
    EXPECT_TRUE(IsHoliday(HolidaySet::kFrance, Day(day))) << day;
    EXPECT_FALSE(IsHoliday(HolidaySet::kBelgium, Day(day))) << day;
  }
  EXPECT_FALSE(IsHoliday(HolidaySet::kFrance, Day("2026-07-21")));
  EXPECT_TRUE(IsHoliday(HolidaySet::kBelgium, Day("2026-07-21")));
  EXPECT_FALSE(IsHoliday(HolidaySet::kFrance, Day("2026-12-26")));
  EXPECT_TRUE(IsHoliday(HolidaySet::kAlsaceMoselle, Day("2026-12-26")));
}

TEST(CalendarTest, AddsFiveDaysOfEachKind) {
  const Calendar france = Calendar::ForName("FR").value();
  const Calendar belgium = Calendar::ForName("BE").value();
  EXPECT_EQ(france.AddBusinessDays(Day("2025-04-30"), 5), Day("2025-05-09"));
  EXPECT_EQ(france.AddWorkableDays(Day("2025-04-30"), 5), Day("2025-05-07"));
  EXPECT_EQ(belgium.AddBusinessDays(Day("2025-04-30"), 5), Day("2025-05-08"));
  EXPECT_EQ(france.AddBusinessDays(Day("2026-05-07"), 5), Day("2026-05-18"));
  EXPECT_EQ(france.AddWorkableDays(Day("2026-05-07"), 5), Day("2026-05-15"));
  EXPECT_EQ(france.AddBusinessDays(Day("2024-12-20"), 5), Day("2024-12-30"));
  EXPECT_EQ(france.AddWorkableDays(Day("2024-12-20"), 5), Day("2024-12-27"));
}

TEST(CalendarTest, BackwardsAndZero) {
  const Calendar france = Calendar::ForName("fr").value();
  EXPECT_EQ(france.AddBusinessDays(Day("2025-05-09"), -5), Day("2025-04-30"));
  EXPECT_EQ(france.AddBusinessDays(Day("2025-05-10"), 0), Day("2025-05-10"));
  EXPECT_EQ(france.BusinessDayOnOrAfter(Day("2025-05-08")), Day("2025-05-09"));
  EXPECT_EQ(france.BusinessDayOnOrAfter(Day("2025-05-09")), Day("2025-05-09"));
  EXPECT_EQ(france.BusinessDayOnOrBefore(Day("2025-05-11")), Day("2025-05-09"));
  EXPECT_EQ(france.AddBusinessDays(Day("2025-01-01"), Calendar::kCountMax).year(), 2064);
}

TEST(CalendarTest, OwnClosingDays) {
  const Calendar bridge(HolidaySet::kFrance, {absl::CivilDay(2026, 5, 15)});
  EXPECT_FALSE(bridge.IsBusinessDay(Day("2026-05-15")));
  EXPECT_TRUE(bridge.IsHoliday(Day("2026-05-15")));
  EXPECT_EQ(bridge.AddBusinessDays(Day("2026-05-13"), 1), Day("2026-05-18"));
}

TEST(CalendarTest, UnknownName) {
  EXPECT_EQ(ReasonOf(Calendar::ForName("DE").status()), "CALENDAR_UNKNOWN");
  EXPECT_EQ(ReasonOf(Calendar::ForName("").status()), "CALENDAR_UNKNOWN");
}

TEST(ProceduralDeadlineTest, Cpc640To642) {
  using Unit = ProceduralDelay::Unit;
  const Calendar france = Calendar::ForName("FR").value();
  struct Row {
    const char* event;
    int count;
    Unit unit;
    const char* want;
  };
  const Row rows[] = {
      {"2026-10-31", 1, Unit::kMonths, "2026-11-30"},
      {"2024-01-31", 1, Unit::kMonths, "2024-02-29"},
      {"2026-04-10", 1, Unit::kMonths, "2026-05-11"},  // Sunday 10 May
      {"2026-03-14", 2, Unit::kMonths, "2026-05-15"},  // Ascension 14 May
      {"2026-01-05", 15, Unit::kDays, "2026-01-20"},
      {"2026-01-09", 15, Unit::kDays, "2026-01-26"},  // Saturday 24 January
      {"2026-04-23", 15, Unit::kDays, "2026-05-11"},  // Friday 8 May, then a weekend
      {"2026-01-05", 8, Unit::kClearDays, "2026-01-14"},
      {"2026-01-05", 11, Unit::kClearDays, "2026-01-19"},  // Saturday 17 January
  };
  for (const Row& row : rows) {
    EXPECT_EQ(ProceduralDeadline(france, Day(row.event), {row.count, row.unit}), Day(row.want)) << row.event;
  }
}

}  // namespace
}  // namespace relance
