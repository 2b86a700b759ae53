// What users of other systems complained about, where the real Redis decides it.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/ledger/ledger_fixture.h"

namespace relance::ledger {
namespace {

constexpr char kHeader[] = "kind,account,number,issue_date,due_date,amount,currency,booking_date,reference\n";

std::string Invoices(int from, int to) {
  std::string csv = kHeader;
  for (int i = from; i <= to; ++i) {
    absl::StrAppend(&csv, "invoice,C", i, ",F2022000", i, ",2022-01-10,2022-02-10,100.00,EUR,,\n");
  }
  return csv;
}

class RedisCasesTest : public LedgerTest {};

TEST_F(RedisCasesTest, FC77_AFullOrLostRedisLosesNothingAndNothingIsTwice) {
  CreateTenant("demo");
  EXPECT_EQ(Import("demo", "csv", Invoices(1, 3)).created(), 3);
  const auto before = Contents("demo");

  // Full: refused aloud, nothing is evicted to make room.
  ASSERT_EQ(redis_->Command({"CONFIG", "SET", "maxmemory", "1"}), "OK");
  EXPECT_EQ(Reason(TryImport(*node_, "demo", "csv", Invoices(1, 5)).first), "STORE_FULL");
  ASSERT_EQ(redis_->Command({"CONFIG", "SET", "maxmemory", "0"}), "OK");
  EXPECT_EQ(Contents("demo"), before);

  // Killed between two answers: what was acknowledged is there, and the same file again brings the rest.
  redis_->Kill();
  EXPECT_FALSE(TryImport(*node_, "demo", "csv", Invoices(1, 5)).first.ok());
  redis_->Restart();
  EXPECT_EQ(Contents("demo"), before);
  EXPECT_EQ(Import("demo", "csv", Invoices(1, 5)).created(), 2);
  const std::string payment = absl::StrCat(kHeader, "payment,C1,,,,40.00,EUR,2022-03-01,F20220001\n");
  EXPECT_EQ(Import("demo", "csv", payment).payments_matched(), 1);
  redis_->Kill();
  redis_->Restart();
  Import("demo", "csv", Invoices(1, 5));
  Import("demo", "csv", payment);
  EXPECT_EQ(Balances("demo"),
            (std::map<std::string, int64_t>{
                {"C1", 60'00}, {"C2", 100'00}, {"C3", 100'00}, {"C4", 100'00}, {"C5", 100'00}}));
}

}  // namespace
}  // namespace relance::ledger
