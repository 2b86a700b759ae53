#include "common/claims/rate_tables.h"

#include "absl/strings/str_cat.h"
#include "common/claims/interest.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "gtest/gtest.h"

namespace relance::claims {
namespace {

absl::CivilDay Day(absl::string_view text) { return ParseIsoDay(text).value(); }

std::string RegimeRate(absl::string_view regime, absl::CivilDay day) {
  const RateTables& tables = RateTables::BuiltIn();
  return FormatPercent(RateOfDay(tables, tables.RegimeOn(regime, day).value(), {}, day, day)->rate);
}

std::string TableRate(absl::string_view name, absl::CivilDay day) {
  return FormatPercent(RateTables::BuiltIn().RateOn(name, day)->rate);
}

// The published half-year rates, derived here from the changes of the ECB rate and from the regimes.
TEST(RateTablesTest, HalfYearTable) {
  struct Row {
    const char *day, *mro, *fr, *legal_pro, *legal_consumer, *floor, *be;
    bool verified;
  };
  const Row rows[] = {
      {"2015-01-01", "0.05", "10.05", "0.93", "4.06", "2.79", "8.5", true},
      {"2015-07-01", "0.05", "10.05", "0.99", "4.29", "2.97", "8.5", true},
      {"2016-01-01", "0.05", "10.05", "1.01", "4.54", "3.03", "8.5", true},
      {"2016-07-01", "0.00", "10.00", "0.93", "4.35", "2.79", "8.0", true},
      {"2017-01-01", "0.00", "10.00", "0.90", "4.16", "2.70", "8.0", true},
      {"2017-07-01", "0.00", "10.00", "0.90", "3.94", "2.70", "8.0", true},
      {"2018-01-01", "0.00", "10.00", "0.89", "3.73", "2.67", "8.0", true},
      {"2018-07-01", "0.00", "10.00", "0.88", "3.60", "2.64", "8.0", true},
      {"2019-01-01", "0.00", "10.00", "0.86", "3.40", "2.58", "8.0", true},
      {"2019-07-01", "0.00", "10.00", "0.87", "3.26", "2.61", "8.0", true},
      {"2020-01-01", "0.00", "10.00", "0.87", "3.15", "2.61", "8.0", true},
      {"2020-07-01", "0.00", "10.00", "0.84", "3.11", "2.52", "8.0", true},
      {"2021-01-01", "0.00", "10.00", "0.79", "3.14", "2.37", "8.0", true},
      {"2021-07-01", "0.00", "10.00", "0.76", "3.12", "2.28", "8.0", true},
      {"2022-01-01", "0.00", "10.00", "0.76", "3.13", "2.28", "8.0", true},
      {"2022-07-01", "0.00", "10.00", "0.77", "3.15", "2.31", "8.0", true},
      {"2023-01-01", "2.50", "12.50", "2.06", "4.47", "6.18", "10.5", true},
      {"2023-07-01", "4.00", "14.00", "4.22", "6.82", "12.66", "12.0", true},
      {"2024-01-01", "4.50", "14.50", "5.07", "8.01", "15.21", "12.5", true},
      {"2024-07-01", "4.25", "14.25", "4.92", "8.16", "14.76", "12.5", true},
      {"2025-01-01", "3.15", "13.15", "3.71", "7.21", "11.13", "11.5", true},
      {"2025-07-01", "2.15", "12.15", "2.76", "6.65", "8.28", "10.5", true},
      {"2026-01-01", "2.15", "12.15", "2.62", "6.67", "7.86", "10.5", true},
      {"2026-07-01", "2.40", "12.40", "2.75", "6.84", "8.25", "10.5", false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.day);
    const absl::CivilDay day = Day(row.day);
    EXPECT_EQ(TableRate("ECB_MRO", day), row.mro);
    EXPECT_EQ(RegimeRate("FR", day), row.fr);
    EXPECT_EQ(TableRate("FR_LEGAL_PRO", day), row.legal_pro);
    EXPECT_EQ(TableRate("FR_LEGAL_CONSUMER", day), row.legal_consumer);
    EXPECT_EQ(ParsePercent(RegimeRate("BE", day)).value(), ParsePercent(row.be).value());
    InterestTerms three_times{"FR_CONTRACT", 300};
    const RateTables& tables = RateTables::BuiltIn();
    const absl::CivilDay last = absl::CivilDay(absl::CivilMonth(day) + 6) - 1;
    EXPECT_EQ(
        FormatPercent(
            RateOfDay(tables, tables.RegimeOn("FR_CONTRACT", day).value(), three_times, day, last)->rate),
        row.floor);
    EXPECT_EQ(RegimeRate("FR", last), row.fr);
    EXPECT_EQ(tables.RateOn("ECB_MRO", day)->status == Verification::kVerified, row.verified);
    EXPECT_EQ(tables.RateOn("FR_LEGAL_PRO", day)->status == Verification::kVerified, row.verified);
  }
}

TEST(RateTablesTest, EuropeanMinimum) {
  EXPECT_EQ(RegimeRate("EU", Day("2025-03-01")), "11.15");
  EXPECT_EQ(RegimeRate("EU", Day("2024-12-31")), "12.25");
}

TEST(RateTablesTest, RoundsUpToHalfPoint) {
  const std::pair<const char*, const char*> rows[] = {{"10.00", "10.00"}, {"10.0001", "10.50"},
                                                      {"10.49", "10.50"}, {"10.50", "10.50"},
                                                      {"10.51", "11.00"}, {"0", "0.00"}};
  for (const auto& [rate, want] : rows)
    EXPECT_EQ(FormatPercent(RoundUpToHalfPoint(*ParsePercent(rate))), want);
}

TEST(RateTablesTest, Percentages) {
  EXPECT_EQ(FormatPercent(ParsePercent("13.1525").value()), "13.1525");
  EXPECT_EQ(FormatPercent(ParsePercent("1000").value()), "1000.00");
  EXPECT_EQ(ReasonOf(ParsePercent("1000.01").status()), "RATE_OUT_OF_RANGE");
  EXPECT_EQ(ReasonOf(ParsePercent("-1").status()), "RATE_OUT_OF_RANGE");
  EXPECT_EQ(ReasonOf(ParsePercent("1,5").status()), "AMOUNT_MALFORMED");
  EXPECT_EQ(ReasonOf(ParsePercent("1.23456").status()), "AMOUNT_TOO_PRECISE");
}

TEST(RateTablesTest, GapsAreErrors) {
  const RateTables& tables = RateTables::BuiltIn();
  EXPECT_TRUE(tables.RateOn("ECB_MRO", Day("2026-04-01")).ok());
  for (const char* day : {"2014-09-09", "2026-04-02", "2026-06-30", "2026-07-02", "2027-01-01"}) {
    const absl::Status status = tables.RateOn("ECB_MRO", Day(day)).status();
    EXPECT_EQ(ReasonOf(status), "RATE_MISSING") << day;
    EXPECT_EQ(ErrorInfoOf(status).metadata.at("day"), day);
  }
  EXPECT_EQ(ReasonOf(tables.RateOn("NO_RATE", Day("2025-01-01")).status()), "RATE_MISSING");
  EXPECT_EQ(ReasonOf(tables.RegimeOn("FR", Day("2012-12-31")).status()), "REGIME_MISSING");
  EXPECT_TRUE(tables.RegimeOn("FR", Day("2013-01-01")).ok());
}

constexpr char kHeader[] = "rate,from,to,percent,status,source\n";

TEST(RateTablesTest, AddsACountryAsData) {
  RateTables tables;
  ASSERT_TRUE(
      tables
          .AddRates("pl.csv", absl::StrCat("# NBP\n", kHeader, "NBP,2025-01-01,2025-01-01,5.75,verified,x\n"))
          .ok());
  ASSERT_TRUE(
      tables
          .AddRegimes("pl.csv",
                      "regime,from,to,reference,anchor,margin,rounding,indemnity,denominator,status,source\n"
                      "PL,2020-01-01,2025-12-31,NBP,half_year,10,none,40.00 EUR,365,verified,x\n")
          .ok());
  const Regime regime = tables.RegimeOn("PL", Day("2025-02-01")).value();
  EXPECT_EQ(FormatPercent(RateOfDay(tables, regime, {}, Day("2025-02-01"), Day("2025-02-01"))->rate),
            "15.75");
  EXPECT_EQ(ReasonOf(tables.RegimeOn("PL", Day("2026-01-01")).status()), "REGIME_MISSING");
}

TEST(RateTablesTest, BadFilesAreRefusedWhole) {
  struct Row {
    const char* line;
    const char* reason;
    const char* field;
  };
  const Row rows[] = {
      {"R,2025-01-01,2025-06-30,1.5,verified", "RATE_TABLE_MALFORMED", "line"},
      {"R,2025-02-30,2025-06-30,1.5,verified,x", "RATE_TABLE_MALFORMED", "from"},
      {"R,2025-01-01,,1.5,verified,x", "RATE_TABLE_MALFORMED", "to"},
      {"R,2025-01-01,2024-12-31,1.5,verified,x", "RATE_TABLE_MALFORMED", "to"},
      {"R,2025-01-01,2025-06-30,1;5,verified,x", "RATE_TABLE_MALFORMED", "percent"},
      {"R,2025-01-01,2025-06-30,1.5,sure,x", "RATE_TABLE_MALFORMED", "status"},
      {"A,2025-06-30,2025-12-31,1.5,verified,x", "RATE_TABLE_OVERLAP", "from"},
      {"A,2024-01-01,2025-01-01,1.5,verified,x", "RATE_TABLE_OVERLAP", "from"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.line);
    RateTables tables;
    const std::string good = "A,2025-01-01,2025-06-30,1.5,verified,x\n";
    const absl::Status status = tables.AddRates("f.csv", absl::StrCat(kHeader, good, row.line, "\n"));
    EXPECT_EQ(ReasonOf(status), row.reason);
    EXPECT_EQ(ErrorInfoOf(status).metadata.at("line"), "3");
    EXPECT_EQ(ErrorInfoOf(status).metadata.at("field"), row.field);
    EXPECT_FALSE(tables.RateOn("A", Day("2025-01-01")).ok());
  }
  RateTables tables;
  EXPECT_EQ(ErrorInfoOf(tables.AddRates("f.csv", "a,b\n")).metadata.at("field"), "header");
}

}  // namespace
}  // namespace relance::claims
