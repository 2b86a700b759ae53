#include "services/ledger/match_payment.h"

#include <gtest/gtest.h>

#include "common/identifiers/reference.h"
#include "services/ledger/allocate.h"
#include "services/ledger/find_numbers.h"
#include "services/ledger/testing/account_builder.h"

namespace relance::ledger {
namespace {

using namespace testing;  // NOLINT: builders

struct NumberCase {
  const char* name;
  const char* text;
  std::vector<std::string> found;
};

TEST(FindNumbersTest, WholeWordsOnly) {
  const std::set<std::string> known = {"FA20250001", "1001", "1002", "20250001", "INV9", "220245"};
  const NumberCase cases[] = {
      {"as it is", "FA20250001", {"FA20250001"}},
      {"lower case, spaces", "facture fa 2025 0001 merci", {"FA20250001"}},
      {"dashes and slash", "FA-2025/0001", {"FA20250001"}},
      {"inside a longer word", "XFA20250001", {}},
      {"with a tail", "FA202500012", {}},
      {"bound by a dash to more digits", "1001-77", {}},
      {"bound by a slash to another length", "1001/7", {}},
      {"a list with slashes", "1001/1002", {"1001", "1002"}},
      {"a list with commas", "FACTURES 1002, 1001.", {"1002", "1001"}},
      {"each once", "1001 1001", {"1001"}},
      {"the longest wins", "FA 2025 0001", {"FA20250001"}},
      {"nothing known", "merci 4711", {}},
      {"empty", "", {}},
  };
  for (const NumberCase& row : cases) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(FindNumbers(row.text, [&](absl::string_view n) { return known.count(std::string(n)) != 0; }),
              row.found);
  }
}

TEST(FindNumbersTest, NumbersThatCouldBeAnythingAreNone) {
  for (const char* number : {"", "123", "VT", "FACTURE", "é12"})
    EXPECT_EQ(NormaliseNumber(number), "") << number;
  EXPECT_EQ(NormaliseNumber("fa-12"), "FA12");
  EXPECT_EQ(SpellingsOfNumber("FA  220245"), (std::vector<std::string>{"FA220245", "220245"}));
  EXPECT_EQ(SpellingsOfNumber("FA 2202"), (std::vector<std::string>{"FA2202"}));
  EXPECT_EQ(SpellingsOfNumber("220245"), (std::vector<std::string>{"220245"}));
}

class MatchPaymentTest : public ::testing::Test {
 protected:
  MatchPaymentTest() : account_(stored_.LoadAll()) {
    account_.Add(Invoice(1, 10'000, Day(2025, 1, 31), "FA 20250001"));
    account_.Add(Invoice(2, 20'000, Day(2025, 2, 28), "FA 20250002"));
    account_.Add(Invoice(3, 20'000, Day(2025, 3, 31), "FA 20250003"));
  }
  void Pay(int64_t cents, const PaymentFacts& facts) {
    account_.Add(Payment(100, cents, Day(2025, 4, 1)));
    made_ = MatchPayment(100, facts, &account_);
  }
  int64_t open(uint64_t id) const { return account_.Find(id)->open_minor(); }

  StoredAccount stored_;
  LedgerAccount account_;
  std::map<state::v1::MatchRule, int64_t> made_;
};

TEST_F(MatchPaymentTest, TheRfOfADocumentNumberFindsIt) {
  Pay(20'000, {.references = {*identifiers::MakeRf("FA20250002")}});
  EXPECT_EQ(open(2), 0);
  EXPECT_EQ(made_[state::v1::MATCH_RULE_REFERENCE], 1);
}

TEST_F(MatchPaymentTest, AnOgmInFreeTextFindsTheItemThatQuotesIt) {
  account_.Edit(3).set_reference(*identifiers::MakeOgm("1234"));
  Pay(5'000, {.texts = {"payment " + identifiers::FormatOgm(*identifiers::MakeOgm("1234"))}});
  EXPECT_EQ(open(3), 15'000);
}

TEST_F(MatchPaymentTest, NumbersInTextSettleTheOldestFirstAndNeverMoreThanIsOpen) {
  Pay(25'000, {.texts = {"FA20250002 et 20250001"}});
  EXPECT_EQ(open(1), 0);
  EXPECT_EQ(open(2), 5'000);
  EXPECT_EQ(open(100), 0);
}

TEST_F(MatchPaymentTest, FC25_WhatIsLeftStaysOnTheAccountAndNothingElseIsNetted) {
  Pay(15'000, {.documents = {"FA20250001"}});
  EXPECT_EQ(open(1), 0);
  EXPECT_EQ(open(2), 20'000);
  EXPECT_EQ(open(100), -5'000);
  stored_.Commit(&account_);
  EXPECT_EQ(stored_.View().sum.balances(0).credit_minor(), 5'000);
}

TEST_F(MatchPaymentTest, AShortNumberCountsWhenItIsNamedAsADocumentOnly) {
  account_.Edit(2).set_number("B-1");
  Pay(20'000, {.documents = {" b-1"}});
  EXPECT_EQ(open(2), 0);
  EXPECT_EQ(open(100), 0);
}

TEST_F(MatchPaymentTest, AShortNumberInATextIsNothing) {
  account_.Edit(2).set_number("B-1");
  Pay(5'000, {.texts = {"B-1"}});
  EXPECT_EQ(open(2), 20'000);
}

TEST_F(MatchPaymentTest, WhatThePayerSaysPerDocumentIsTheLimit) {
  Pay(15'000, {.documents = {"FA20250001", "FA20250002"},
               .remitted_minor = {{"FA20250001", 4'000}, {"FA20250002", 11'000}}});
  EXPECT_EQ(open(1), 6'000);
  EXPECT_EQ(open(2), 9'000);
}

TEST_F(MatchPaymentTest, ANumberOfTwoDocumentsAllocatesNothing) {
  account_.Add(Invoice(4, 500, Day(2025, 3, 31), "AV 20250001"));
  Pay(500, {.texts = {"20250001"}});
  EXPECT_TRUE(made_.empty());
  EXPECT_EQ(open(100), -500);
}

TEST_F(MatchPaymentTest, InstalmentsOfOneDocumentAreOneThing) {
  account_.Add(Invoice(4, 3'000, Day(2025, 5, 31), "FA 20250001"));
  Pay(3'000, {.texts = {"FA20250001"}});
  EXPECT_EQ(open(4), 0);  // exactly the amount
  EXPECT_EQ(open(1), 10'000);
}

TEST_F(MatchPaymentTest, ANamedCreditNoteIsSetOffWhenThePaymentIsTheDifference) {
  account_.Add(MakeItem(5, state::v1::ITEM_KIND_CREDIT_NOTE, -2'500, Day(2025, 2, 1), "AV 20250077"));
  Pay(7'500, {.texts = {"FA20250001 - AV20250077"}});
  EXPECT_EQ(open(1), 0);
  EXPECT_EQ(open(5), 0);
  EXPECT_EQ(open(100), 0);
}

TEST_F(MatchPaymentTest, AKnownPayerAndExactlyOneAmountIsEnough) {
  account_.mutable_attributes()->add_payer_ibans("FR1");
  ChangeAmount(&account_, 1, 12'345);
  Pay(12'345, {.payer_account = "FR1"});
  EXPECT_EQ(open(1), 0);
  EXPECT_EQ(made_[state::v1::MATCH_RULE_PAYER_AND_AMOUNT], 1);
}

TEST_F(MatchPaymentTest, ARoundAmountMayBeAPartOfALargerItem) {
  account_.mutable_attributes()->add_payer_ibans("FR1");
  Pay(10'000, {.payer_account = "FR1"});
  EXPECT_TRUE(made_.empty());
  EXPECT_EQ(open(100), -10'000);
}

TEST_F(MatchPaymentTest, ThePayersNameIsEnoughWhenItIsTheDebtors) {
  account_.mutable_attributes()->set_name("Jardin & Fils SARL");
  ChangeAmount(&account_, 1, 12'345);
  Pay(12'345, {.payer_name = "JARDIN ET FILS"});
  EXPECT_TRUE(made_.empty());
  MatchPayment(100, {.payer_name = "jardin & fils  sarl"}, &account_);
  EXPECT_EQ(open(1), 0);
}

TEST_F(MatchPaymentTest, OneRunOfConsecutiveItemsIsPaidTogether) {
  account_.mutable_attributes()->add_payer_ibans("FR1");
  Pay(50'000, {.payer_account = "FR1"});  // 10,000 + 20,000 + 20,000
  EXPECT_EQ(open(1), 0);
  EXPECT_EQ(open(2), 0);
  EXPECT_EQ(open(3), 0);
  EXPECT_EQ(open(100), 0);
}

TEST_F(MatchPaymentTest, TwoRunsOfTheAmountAreAmbiguous) {
  account_.mutable_attributes()->add_payer_ibans("FR1");
  account_.Add(Invoice(4, 10'000, Day(2025, 9, 30), "FA 20250004"));
  Pay(30'000, {.payer_account = "FR1"});  // the first two, and the last two
  EXPECT_TRUE(made_.empty());
}

TEST_F(MatchPaymentTest, TwoItemsOfTheAmountAreAmbiguous) {
  account_.mutable_attributes()->add_payer_ibans("FR1");
  Pay(20'000, {.payer_account = "FR1"});
  EXPECT_TRUE(made_.empty());
}

TEST_F(MatchPaymentTest, AnUnknownPayerIsNotEnoughAndIsLearntByANumber) {
  Pay(10'000, {.payer_account = "FR2"});
  EXPECT_TRUE(made_.empty());
  MatchPayment(100, {.texts = {"FA20250001"}, .payer_account = "FR2"}, &account_);
  EXPECT_EQ(open(1), 0);
  ASSERT_EQ(account_.attributes().payer_ibans_size(), 1);
  EXPECT_EQ(account_.attributes().payer_ibans(0), "FR2");
}

}  // namespace
}  // namespace relance::ledger
