#include "common/rpc/proto_types.h"

#include "common/status/domain_error.h"
#include "gtest/gtest.h"

namespace relance::rpc {
namespace {

type::v1::Date Date(int year, int month, int day) {
  type::v1::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

TEST(ProtoTypesTest, DaysGoBothWays) {
  for (const absl::CivilDay day :
       {absl::CivilDay(2024, 2, 29), absl::CivilDay(1970, 1, 1), absl::CivilDay(1999, 12, 31)}) {
    EXPECT_EQ(*DayFromProto(DayToProto(day), "due_date"), day);
  }
}

TEST(ProtoTypesTest, DaysThatDoNotExistNameTheirField) {
  const absl::Status status = DayFromProto(Date(2025, 2, 29), "due_date").status();
  EXPECT_EQ(ReasonOf(status), "DATE_NOT_IN_CALENDAR");
  EXPECT_EQ(ErrorInfoOf(status).metadata.at("field"), "due_date");
  EXPECT_EQ(ReasonOf(DayFromProto(Date(0, 0, 0), "due_date").status()), "DATE_OUT_OF_RANGE");
  EXPECT_FALSE(DayFromProto(Date(2025, 13, 1), "d").ok());
  EXPECT_FALSE(DayFromProto(Date(2025, 1, 0), "d").ok());
}

TEST(ProtoTypesTest, MoneyGoesBothWays) {
  for (const Money& money : {Money{12345, "EUR"}, Money{-1, "EUR"}, Money{7, "JPY"}, Money{1234567, "TND"}}) {
    const absl::StatusOr<type::v1::Money> proto = MoneyToProto(money);
    ASSERT_TRUE(proto.ok());
    EXPECT_EQ(*MoneyFromProto(*proto, "amount"), money);
  }
  const type::v1::Money proto = *MoneyToProto({-12345, "EUR"});
  EXPECT_EQ(proto.units(), -123);
  EXPECT_EQ(proto.nanos(), -450'000'000);
}

TEST(ProtoTypesTest, WhatDoesNotFitTheCurrencyIsRefused) {
  type::v1::Money money;
  money.set_currency_code("EUR");
  money.set_units(1);
  money.set_nanos(1'000'000);  // a tenth of a cent
  const absl::Status status = MoneyFromProto(money, "amount").status();
  EXPECT_EQ(ReasonOf(status), "AMOUNT_TOO_PRECISE");
  EXPECT_EQ(ErrorInfoOf(status).metadata.at("field"), "amount");
  money.set_currency_code("");
  EXPECT_EQ(ReasonOf(MoneyFromProto(money, "amount").status()), "CURRENCY_UNKNOWN");
  EXPECT_EQ(ReasonOf(MoneyToProto({}).status()), "CURRENCY_UNKNOWN");
}

}  // namespace
}  // namespace relance::rpc
