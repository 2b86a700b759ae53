#include "common/claims/indemnity_scale.h"

#include "common/status/domain_error.h"
#include "gtest/gtest.h"

namespace relance::claims {
namespace {

constexpr absl::CivilDay kDay(2025, 3, 1);

struct Step {
  int64_t balance_minor;
  int64_t indemnity_minor;
};

TEST(IndemnityScaleTest, BelgianConsumers) {
  for (const Step& row : {Step{0, 0}, Step{-5, 0}, Step{1, 20'00}, Step{100'00, 20'00}, Step{150'00, 20'00},
                          Step{150'01, 30'00}, Step{300'00, 45'00}, Step{500'00, 65'00}, Step{500'01, 65'00},
                          Step{1'200'00, 100'00}, Step{39'199'00, 1'999'95}, Step{39'200'00, 2'000'00},
                          Step{90'000'00, 2'000'00}}) {
    SCOPED_TRACE(row.balance_minor);
    const auto found = IndemnityScales::BuiltIn().AmountOn("BE_CONSUMER", kDay, {row.balance_minor, "EUR"});
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->amount, (Money{row.indemnity_minor, "EUR"}));
    EXPECT_TRUE(found->verified);
  }
}

TEST(IndemnityScaleTest, AMissingPeriodIsNamed) {
  const IndemnityScales& scales = IndemnityScales::BuiltIn();
  const absl::Status early =
      scales.AmountOn("BE_CONSUMER", absl::CivilDay(2023, 11, 30), {100, "EUR"}).status();
  EXPECT_EQ(ReasonOf(early), "SCALE_MISSING");
  EXPECT_EQ(ErrorInfoOf(early).metadata.at("scale"), "BE_CONSUMER");
  EXPECT_EQ(ErrorInfoOf(early).metadata.at("day"), "2023-11-30");
  EXPECT_TRUE(scales.AmountOn("BE_CONSUMER", absl::CivilDay(2023, 12, 1), {100, "EUR"}).ok());
  EXPECT_EQ(ReasonOf(scales.AmountOn("NOWHERE", kDay, {100, "EUR"}).status()), "SCALE_MISSING");
  EXPECT_EQ(ReasonOf(scales.AmountOn("BE_CONSUMER", kDay, {100, "USD"}).status()), "CURRENCY_MISMATCH");
}

TEST(IndemnityScaleTest, BadRowsAreNamed) {
  const std::string header = "scale,from,to,above,base,percent,cap,status,source\n";
  const auto field = [&](const std::string& rows) {
    IndemnityScales scales;
    return ErrorInfoOf(scales.Add("x.csv", header + rows)).metadata["field"];
  };
  EXPECT_EQ(field("A,2023-01-01,2022-01-01,0.00 EUR,1.00 EUR,0,9.00 EUR,verified,s"), "to");
  EXPECT_EQ(field("A,2023-01-01,,0.00 EUR,1.00 USD,0,9.00 EUR,verified,s"), "base");
  EXPECT_EQ(field("A,2023-01-01,,5.00 EUR,1.00 EUR,0,9.00 EUR,verified,s\n"
                  "A,2023-01-01,,5.00 EUR,1.00 EUR,0,9.00 EUR,verified,s"),
            "above");
  EXPECT_EQ(field("A,2023-01-01,,0.00 EUR,-1.00 EUR,0,9.00 EUR,verified,s"), "base");
  EXPECT_EQ(field("A,2023-01-01,,0.00 EUR,1.00 EUR,0,9.00 EUR,sure,s"), "status");
  IndemnityScales scales;
  EXPECT_EQ(ReasonOf(scales.Add("x.csv", "scale\n")), "RATE_TABLE_MALFORMED");
}

}  // namespace
}  // namespace relance::claims
