#include "services/scenario/render/locale.h"

#include <cstdint>
#include <limits>

#include "gtest/gtest.h"

namespace relance::scenario::render {
namespace {

TEST(FormatAmount, ByLanguageAndCurrency) {
  const struct {
    const char* language;
    Money amount;
    const char* expected;
  } kCases[] = {
      {"fr", {123456, "EUR"}, "1\u202f234,56\u00a0€"},
      {"fr", {5, "EUR"}, "0,05\u00a0€"},
      {"fr", {100000000, "EUR"}, "1\u202f000\u202f000,00\u00a0€"},
      {"fr", {-99999, "EUR"}, "-999,99\u00a0€"},
      {"fr", {50000, "USD"}, "500,00\u00a0USD"},
      {"fr", {1500, "JPY"}, "1\u202f500\u00a0JPY"},
      {"fr", {1234567, "TND"}, "1\u202f234,567\u00a0TND"},
      {"en", {123456, "EUR"}, "€1,234.56"},
      {"en", {123456, "GBP"}, "£1,234.56"},
      {"en", {50000, "USD"}, "USD\u00a0500.00"},
      {"nl", {123456, "EUR"}, "€\u00a01.234,56"},
      {"de", {123456, "EUR"}, "1.234,56\u00a0€"},
      {"xx", {123456, "EUR"}, "€1,234.56"},
      {"fr",
       {std::numeric_limits<int64_t>::min(), "EUR"},
       "-92\u202f233\u202f720\u202f368\u202f547\u202f758,08\u00a0€"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(FormatAmount(c.language, c.amount), c.expected) << c.language << " " << c.amount.minor;
  }
}

TEST(FormatDay, FC09_TheDayOfTheLedgerInEveryLanguage) {
  const absl::CivilDay day(2025, 3, 31);
  EXPECT_EQ(FormatLongDay("fr", day), "31\u00a0mars\u00a02025");
  EXPECT_EQ(FormatLongDay("en", day), "31\u00a0March\u00a02025");
  EXPECT_EQ(FormatLongDay("nl", day), "31\u00a0maart\u00a02025");
  EXPECT_EQ(FormatLongDay("de", day), "31.\u00a0März\u00a02025");
  EXPECT_EQ(FormatShortDay("fr", day), "31/03/2025");
  EXPECT_EQ(FormatShortDay("en", day), "31\u00a0Mar\u00a02025");
  EXPECT_EQ(FormatShortDay("nl", day), "31-03-2025");
  EXPECT_EQ(FormatShortDay("de", day), "31.03.2025");
  EXPECT_EQ(FormatLongDay("fr", absl::CivilDay(2025, 4, 1)), "1er\u00a0avril\u00a02025");
  EXPECT_EQ(FormatLongDay("fr", absl::CivilDay(2024, 2, 29)), "29\u00a0février\u00a02024");
}

TEST(FormatRate, TwoDecimals) {
  EXPECT_EQ(FormatRate("fr", 1315), "13,15\u00a0%");
  EXPECT_EQ(FormatRate("en", 1050), "10.50%");
  EXPECT_EQ(FormatRate("en", 5), "0.05%");
}

TEST(JoinWithAnd, NoneOneTwoThree) {
  EXPECT_EQ(JoinWithAnd("fr", {}), "");
  EXPECT_EQ(JoinWithAnd("fr", {"a"}), "a");
  EXPECT_EQ(JoinWithAnd("fr", {"a", "b"}), "a et b");
  EXPECT_EQ(JoinWithAnd("en", {"a", "b", "c"}), "a, b and c");
}

TEST(Typography, FrenchSpacesDoNotBreak) {
  EXPECT_EQ(Typography("fr", "Objet : « ici » ?"), "Objet\u00a0: «\u00a0ici\u00a0»\u00a0?");
  EXPECT_EQ(Typography("en", "Subject : x"), "Subject : x");
}

TEST(GroupReference, OnlyWhatIsReadInFours) {
  EXPECT_EQ(GroupReference("RF18539007547034"), "RF18\u00a05390\u00a00754\u00a07034");
  EXPECT_EQ(GroupReference("FR76 30006000011234567890189"),
            "FR76\u00a03000\u00a06000\u00a00112\u00a03456\u00a07890\u00a0189");
  EXPECT_EQ(GroupReference("+++010/8068/17183+++"), "+++010/8068/17183+++");
  EXPECT_EQ(GroupReference(""), "");
}

}  // namespace
}  // namespace relance::scenario::render
