#include "services/ledger/apply_books.h"

#include <gtest/gtest.h>

#include "services/ledger/testing/account_builder.h"

namespace relance::ledger {
namespace {

using namespace testing;  // NOLINT: builders

class OpeningByTotalTest : public ::testing::Test {
 protected:
  OpeningByTotalTest() : account_(stored_.LoadAll()) {
    account_.Add(MakeItem(1, state::v1::ITEM_KIND_OPENING, 10'000, Day(2025, 1, 1), "RAN"));
  }
  void AddCredit(uint64_t id, int64_t cents, int32_t day, const std::string& letter) {
    state::v1::Item credit = MakeItem(id, state::v1::ITEM_KIND_PAYMENT, -cents, day, "");
    credit.set_lettering(letter);
    account_.Add(credit);
  }
  int64_t open(uint64_t id) { return account_.Find(id)->open_minor(); }

  StoredAccount stored_;
  LedgerAccount account_;
};

TEST_F(OpeningByTotalTest, LetteredMoneyWithoutADebitPaysTheOpeningLine) {
  AddCredit(2, 4'000, Day(2025, 1, 10), "A");
  AddCredit(3, 7'000, Day(2025, 1, 20), "B");
  EXPECT_EQ(ApplyBooks({}, &account_), 2);
  EXPECT_EQ(open(1), 0);
  EXPECT_EQ(open(2), 0);
  EXPECT_EQ(open(3), -1'000);
  EXPECT_EQ(ApplyBooks({}, &account_), 0) << "nothing new the second time";
  EXPECT_EQ(open(3), -1'000);
}

TEST_F(OpeningByTotalTest, UnletteredMoneyAndMoneyFromBeforeStaysWhereItIs) {
  AddCredit(2, 4'000, Day(2025, 1, 10), "");
  AddCredit(3, 4'000, Day(2024, 12, 31), "A");
  EXPECT_EQ(ApplyBooks({}, &account_), 0);
  EXPECT_EQ(open(1), 10'000);
}

TEST_F(OpeningByTotalTest, ALetterThatFindsItsInvoiceTakesItsMoneyBack) {
  AddCredit(2, 4'000, Day(2025, 1, 10), "A");
  ApplyBooks({}, &account_);
  EXPECT_EQ(open(1), 6'000);
  state::v1::Item invoice = Invoice(3, 4'000, Day(2025, 2, 28), "FA 1");
  invoice.set_lettering("A");
  account_.Add(invoice);
  ApplyBooks({}, &account_);
  EXPECT_EQ(open(1), 10'000);
  EXPECT_EQ(open(3), 0);
}

}  // namespace
}  // namespace relance::ledger
