#include "common/money/decimal_text.h"

#include <limits>

#include "common/status/domain_error.h"
#include "gtest/gtest.h"

namespace relance {
namespace {

using Mark = DecimalStyle::Mark;
constexpr DecimalStyle kEither{};
constexpr DecimalStyle kComma{Mark::kComma, 0};
constexpr DecimalStyle kPoint{Mark::kPoint, 0};
constexpr DecimalStyle kFrench{Mark::kComma, ' '};
constexpr DecimalStyle kGerman{Mark::kComma, '.'};
constexpr DecimalStyle kEnglish{Mark::kPoint, ','};

TEST(ParseDecimalTest, Accepts) {
  struct Row {
    const char* text;
    int exponent;
    DecimalStyle style;
    int64_t want;
  };
  const Row rows[] = {
      {"1234,56", 2, kComma, 123456},
      {"1234.56", 2, kPoint, 123456},
      {"1234,56", 2, kEither, 123456},
      {"1234.56", 2, kEither, 123456},
      {"-1234,56", 2, kComma, -123456},
      {"1234,56-", 2, kComma, -123456},
      {"+1234,56", 2, kComma, 123456},
      {"1234,56+", 2, kComma, 123456},
      {"- 1234,56", 2, kComma, -123456},
      {"\u22121234,56", 2, kComma, -123456},
      {"  12  ", 2, kComma, 1200},
      {"0", 2, kComma, 0},
      {"-0,00", 2, kComma, 0},
      {"007", 2, kComma, 700},
      {",5", 2, kComma, 50},
      {"1,5", 2, kComma, 150},
      {"1,23000", 2, kComma, 123},
      {"12,00000", 0, kComma, 12},
      {"1\u00A0234,56", 2, kComma, 123456},
      {"1\u202F234,56\u00A0", 2, kComma, 123456},
      {"1 234 567,89", 2, kFrench, 123456789},
      {"1.234.567,89", 2, kGerman, 123456789},
      {"1,234,567.89", 2, kEnglish, 123456789},
      {"1.234", 2, kGerman, 123400},
      {"1.234", 3, kEither, 1234},
      {"92233720368547758,07", 2, kComma, std::numeric_limits<int64_t>::max()},
      {"-92233720368547758,08", 2, kComma, std::numeric_limits<int64_t>::min()},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    const absl::StatusOr<int64_t> minor = ParseDecimalMinor(row.text, row.exponent, row.style);
    ASSERT_TRUE(minor.ok()) << minor.status();
    EXPECT_EQ(*minor, row.want);
  }
}

TEST(ParseDecimalTest, Refuses) {
  struct Row {
    const char* text;
    DecimalStyle style;
    const char* reason;
  };
  const Row rows[] = {
      {"", kComma, "AMOUNT_EMPTY"},
      {" \u00A0 ", kComma, "AMOUNT_EMPTY"},
      {"1.234,5,6", kEither, "AMOUNT_MALFORMED"},
      {"1.234,5,6", kGerman, "AMOUNT_MALFORMED"},
      {"1,234.56", kEither, "AMOUNT_MALFORMED"},
      {"1 234,56", kComma, "AMOUNT_MALFORMED"},
      {"1.5", kComma, "AMOUNT_MALFORMED"},
      {"1,5", kPoint, "AMOUNT_MALFORMED"},
      {"1 23,00", kFrench, "AMOUNT_MALFORMED"},
      {"1234 567", kFrench, "AMOUNT_MALFORMED"},
      {"1.23.456", kGerman, "AMOUNT_MALFORMED"},
      {".234.567", kGerman, "AMOUNT_MALFORMED"},
      {"-1-", kComma, "AMOUNT_MALFORMED"},
      {"--1", kComma, "AMOUNT_MALFORMED"},
      {"-", kComma, "AMOUNT_MALFORMED"},
      {",", kComma, "AMOUNT_MALFORMED"},
      {"5,", kComma, "AMOUNT_MALFORMED"},
      {"1e3", kComma, "AMOUNT_MALFORMED"},
      {"0x10", kComma, "AMOUNT_MALFORMED"},
      {"12 EUR", kComma, "AMOUNT_MALFORMED"},
      {"(12)", kComma, "AMOUNT_MALFORMED"},
      {"NaN", kComma, "AMOUNT_MALFORMED"},
      {"1,234", kComma, "AMOUNT_TOO_PRECISE"},
      {"1,23001", kComma, "AMOUNT_TOO_PRECISE"},
      {"92233720368547758,08", kComma, "AMOUNT_OVERFLOW"},
      {"99999999999999999999999999", kComma, "AMOUNT_OVERFLOW"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(ReasonOf(ParseDecimalMinor(row.text, 2, row.style).status()), row.reason);
  }
}

TEST(ParseDecimalTest, LengthIsBounded) {
  EXPECT_EQ(ParseDecimalMinor(std::string(kDecimalTextLengthMax, '0'), 2, kComma).value(), 0);
  EXPECT_EQ(ReasonOf(ParseDecimalMinor(std::string(kDecimalTextLengthMax + 1, '0'), 2, kComma).status()),
            "AMOUNT_MALFORMED");
}

TEST(ParseMoneyTest, UsesTheExponentOfTheCurrency) {
  EXPECT_EQ(ParseMoney("12,345", "TND", kComma).value(), (Money{12345, "TND"}));
  EXPECT_EQ(ReasonOf(ParseMoney("12,5", "JPY", kComma).status()), "AMOUNT_TOO_PRECISE");
  EXPECT_EQ(ReasonOf(ParseMoney("12,5", "FRF", kComma).status()), "CURRENCY_UNKNOWN");
}

// FC-32: the right number and the right symbol.
TEST(FormatMoneyTest, FC32_NumberAndSymbolOfTheCurrency) {
  struct Row {
    Money money;
    const char* plain;
    const char* french;
  };
  const Row rows[] = {
      {{123456, "EUR"}, "1234.56 EUR", "1\u202F234,56\u00A0€"},
      {{-5, "EUR"}, "-0.05 EUR", "-0,05\u00A0€"},
      {{0, "EUR"}, "0.00 EUR", "0,00\u00A0€"},
      {{100000000, "EUR"}, "1000000.00 EUR", "1\u202F000\u202F000,00\u00A0€"},
      {{99999, "EUR"}, "999.99 EUR", "999,99\u00A0€"},
      {{123456, "JPY"}, "123456 JPY", "123\u202F456\u00A0JPY"},
      {{1500, "TND"}, "1.500 TND", "1,500\u00A0TND"},
      {{1000, "USD"}, "10.00 USD", "10,00\u00A0USD"},
      {{1000, "GBP"}, "10.00 GBP", "10,00\u00A0£"},
      {{std::numeric_limits<int64_t>::min(), "EUR"},
       "-92233720368547758.08 EUR",
       "-92\u202F233\u202F720\u202F368\u202F547\u202F758,08\u00A0€"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(FormatPlain(row.money), row.plain);
    EXPECT_EQ(FormatFrench(row.money), row.french);
  }
}

TEST(FormatMoneyTest, WhatIsPrintedIsReadBack) {
  for (const int64_t minor : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{999}, int64_t{-123456789}}) {
    EXPECT_EQ(ParseDecimalMinor(FormatDecimal(minor, 2, '.'), 2, kPoint).value(), minor);
    EXPECT_EQ(ParseDecimalMinor(FormatDecimal(minor, 4, ','), 4, kComma).value(), minor);
  }
}

}  // namespace
}  // namespace relance
