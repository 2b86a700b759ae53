#include "common/time/day.h"

#include "common/status/domain_error.h"
#include "gtest/gtest.h"

namespace relance {
namespace {

using absl::CivilDay;

TEST(DayTest, NumberBothWays) {
  const std::pair<CivilDay, int32_t> rows[] = {{CivilDay(1970, 1, 1), 0},
                                               {CivilDay(1969, 12, 31), -1},
                                               {CivilDay(2000, 3, 1), 11017},
                                               {CivilDay(2025, 3, 31), 20178},
                                               {CivilDay(1900, 1, 1), -25567}};
  for (const auto& [day, number] : rows) {
    EXPECT_EQ(DayNumber(day), number) << day;
    EXPECT_EQ(DayFromNumber(number), day) << number;
  }
}

TEST(DayTest, ReadsIso) {
  EXPECT_EQ(ParseIsoDay("2025-03-31").value(), CivilDay(2025, 3, 31));
  EXPECT_EQ(ParseIsoDay(" 2024-02-29\t").value(), CivilDay(2024, 2, 29));
  EXPECT_EQ(FormatIsoDay(CivilDay(2025, 3, 1)), "2025-03-01");
  EXPECT_EQ(FormatCompactDay(CivilDay(2025, 3, 1)), "20250301");
}

TEST(DayTest, ReadsCompactWithOrWithoutSeparators) {
  for (const char* text : {"20250331", " 20250331 ", "2025-03-31", "2025/03/31", "2025.03.31"}) {
    EXPECT_EQ(ParseCompactDay(text).value(), CivilDay(2025, 3, 31)) << text;
  }
}

TEST(DayTest, RefusesWithTheReason) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "DATE_EMPTY"},
      {"   ", "DATE_EMPTY"},
      {"20250231", "DATE_NOT_IN_CALENDAR"},
      {"20250229", "DATE_NOT_IN_CALENDAR"},
      {"20251301", "DATE_NOT_IN_CALENDAR"},
      {"20250001", "DATE_NOT_IN_CALENDAR"},
      {"20250100", "DATE_NOT_IN_CALENDAR"},
      {"20250132", "DATE_NOT_IN_CALENDAR"},
      {"18991231", "DATE_OUT_OF_RANGE"},
      {"22000101", "DATE_OUT_OF_RANGE"},
      {"00000000", "DATE_OUT_OF_RANGE"},
      {"2025033", "DATE_MALFORMED"},
      {"202503311", "DATE_MALFORMED"},
      {"2025O331", "DATE_MALFORMED"},
      {"31/03/2025", "DATE_MALFORMED"},
      {"2025-03/31", "DATE_MALFORMED"},
      {"2025 03 31", "DATE_MALFORMED"},
      {"-2025-3-31", "DATE_MALFORMED"},
  };
  for (const auto& [text, reason] : rows) EXPECT_EQ(ReasonOf(ParseCompactDay(text).status()), reason) << text;
  for (const char* text : {"20250331", "2025/03/31", "2025-3-31", "2025-03-31T00:00", "+025-03-31"}) {
    EXPECT_EQ(ReasonOf(ParseIsoDay(text).status()), "DATE_MALFORMED") << text;
  }
  EXPECT_EQ(ReasonOf(ParseIsoDay("2025-02-30").status()), "DATE_NOT_IN_CALENDAR");
  EXPECT_TRUE(ParseIsoDay("1900-01-01").ok());
  EXPECT_TRUE(ParseIsoDay("2199-12-31").ok());
}

TEST(DayTest, EndOfMonth) {
  EXPECT_EQ(EndOfMonth(CivilDay(2024, 2, 1)), CivilDay(2024, 2, 29));
  EXPECT_EQ(EndOfMonth(CivilDay(2025, 2, 28)), CivilDay(2025, 2, 28));
  EXPECT_EQ(EndOfMonth(CivilDay(2025, 12, 1)), CivilDay(2025, 12, 31));
}

TEST(DayTest, AddMonthsClamped) {
  struct Row {
    CivilDay day;
    int months;
    CivilDay want;
  };
  const Row rows[] = {{CivilDay(2024, 1, 31), 1, CivilDay(2024, 2, 29)},
                      {CivilDay(2026, 10, 31), 1, CivilDay(2026, 11, 30)},
                      {CivilDay(2021, 3, 15), 60, CivilDay(2026, 3, 15)},
                      {CivilDay(2024, 2, 29), 60, CivilDay(2029, 2, 28)},
                      {CivilDay(2025, 3, 31), -1, CivilDay(2025, 2, 28)},
                      {CivilDay(2025, 1, 15), -13, CivilDay(2023, 12, 15)},
                      {CivilDay(2025, 1, 15), 0, CivilDay(2025, 1, 15)}};
  for (const Row& row : rows) EXPECT_EQ(AddMonthsClamped(row.day, row.months), row.want) << row.day;
}

}  // namespace
}  // namespace relance
