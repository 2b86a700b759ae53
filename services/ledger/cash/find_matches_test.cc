// The rules by themselves: what each finds, how sure it is, and what makes it less sure.
#include "services/ledger/cash/find_matches.h"

#include <gtest/gtest.h>

#include "common/identifiers/reference.h"
#include "services/ledger/allocate.h"
#include "services/ledger/cash/deductions.h"
#include "services/ledger/cash/payment_words.h"
#include "services/ledger/match_payment.h"
#include "services/ledger/return_payment.h"
#include "services/ledger/testing/account_builder.h"

namespace relance::ledger {
namespace {

using namespace testing;  // NOLINT: builders
using state::v1::MatchRule;

class FindMatchesTest : public ::testing::Test {
 protected:
  FindMatchesTest() : account_(stored_.LoadAll()) {
    account_.mutable_attributes()->set_name("Jardin SARL");
    account_.mutable_attributes()->add_payer_ibans("FR1");
    account_.Add(Invoice(1, 12'345, Day(2025, 1, 31), "FA 20250001"));
    account_.Add(Invoice(2, 23'456, Day(2025, 2, 28), "FA 20250102"));
    account_.Add(Invoice(3, 34'567, Day(2025, 3, 31), "FA 20250203"));
  }
  std::vector<Match> Find(int64_t cents, const PaymentFacts& facts, const PayerStanding& payer = {}) {
    const state::v1::Item payment = Payment(100, cents, Day(2025, 3, 1));
    return FindMatches(payment, facts, payer, AccountLook(account_));
  }
  // "RULE confidence debit=minor ..." of the best match.
  std::string Best(int64_t cents, const PaymentFacts& facts, const PayerStanding& payer = {}) {
    const std::vector<Match> matches = Find(cents, facts, payer);
    if (matches.empty()) return "";
    std::string text = absl::StrCat(state::v1::MatchRule_Name(matches[0].rule).substr(11), " ",
                                    matches[0].confidence_permille);
    for (const MatchPart& part : matches[0].parts) absl::StrAppend(&text, " ", part.debit, "=", part.minor);
    return text;
  }

  StoredAccount stored_;
  LedgerAccount account_;
};

TEST_F(FindMatchesTest, EachRuleAndHowSureItIs) {
  const std::string rf = *identifiers::MakeRf("FA20250001");
  const PayerStanding other{PayerStanding::Kind::kOtherAccount, "B"};
  const PayerStanding pays_for{PayerStanding::Kind::kPaysFor, "B"};
  const PayerStanding group{PayerStanding::Kind::kGroup, "B"};
  struct Case {
    const char* name;
    int64_t cents;
    PaymentFacts facts;
    PayerStanding payer;
    std::string best;
  };
  const Case cases[] = {
      {"reference, exact", 12'345, {.references = {rf}}, {}, "REFERENCE 1000 1=12345"},
      {"reference, part", 5'000, {.references = {rf}}, {}, "REFERENCE 999 1=5000"},
      {"reference, other payer", 12'345, {.references = {rf}}, other, "OTHER_PAYER 1000 1=12345"},
      {"number, exact", 12'345, {.texts = {"FA 20250001"}}, {}, "DOCUMENT_NUMBER 999 1=12345"},
      {"number without letters", 12'345, {.texts = {"20250001"}}, {}, "DOCUMENT_NUMBER 999 1=12345"},
      {"number without letters, part, payer known",
       5'000,
       {.texts = {"20250001"}, .payer_account = "FR1"},
       {},
       "DOCUMENT_NUMBER 999 1=5000"},
      {"number without letters, part", 5'000, {.texts = {"20250001"}}, {}, "DOCUMENT_NUMBER 950 1=5000"},
      {"number, part, name of another",
       5'000,
       {.texts = {"FA20250001"}, .payer_name = "Cabinet Durand"},
       {},
       "DOCUMENT_NUMBER 985 1=5000"},
      {"number, part, payer known as another",
       5'000,
       {.texts = {"FA20250001"}},
       other,
       "OTHER_PAYER 900 1=5000"},
      {"number, exact, payer known as another",
       12'345,
       {.texts = {"FA20250001"}},
       other,
       "OTHER_PAYER 999 1=12345"},
      {"number, amount of another item",
       23'456,
       {.texts = {"FA20250203"}, .payer_account = "FR1"},
       {},
       "PAYER_AND_AMOUNT 999 2=23456"},
      {"payer and amount", 23'456, {.payer_account = "FR1"}, {}, "PAYER_AND_AMOUNT 999 2=23456"},
      {"name and amount", 23'456, {.payer_name = "JARDIN SARL"}, {}, "PAYER_AND_AMOUNT 999 2=23456"},
      {"similar name and amount", 23'456, {.payer_name = "JARDIN"}, {}, "SIMILAR_TEXT 960 2=23456"},
      {"nobody and amount", 23'456, {.payer_account = "FR9"}, {}, ""},
      {"paid for it before, and amount", 23'456, {}, pays_for, "OTHER_PAYER 999 2=23456"},
      {"of the group, and amount", 23'456, {}, group, "OTHER_PAYER 985 2=23456"},
      {"another's payer, and amount", 23'456, {}, other, ""},
      {"all that is open",
       70'368,
       {.payer_account = "FR1"},
       {},
       "PAYER_AND_AMOUNT 999 1=12345 2=23456 3=34567"},
      {"slip in the number",
       12'345,
       {.texts = {"FA20250010"}, .payer_account = "FR1"},
       {},
       "PAYER_AND_AMOUNT 999 1=12345"},
      {"slip in the number, payer unknown",
       12'345,
       {.texts = {"FA20250010"}},
       {},
       "SIMILAR_TEXT 985 1=12345"},
      {"one number whole, one with a slip",
       35'801,
       {.texts = {"FA20250001 FA20250120"}, .payer_account = "FR1"},
       {},
       "SIMILAR_TEXT 999 1=12345 2=23456"},
      {"nothing fits, the oldest", 5'000, {.payer_account = "FR1"}, {}, "PAYER_AND_AMOUNT 300 1=5000"},
      {"a little less", 23'400, {.payer_account = "FR1"}, {}, "PAYER_AND_AMOUNT 700 2=23400"},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Best(row.cents, row.facts, row.payer), row.best);
  }
}

TEST_F(FindMatchesTest, TheSumOfAFewItemsWhenThereIsOneWay) {
  // Not in a row: the first and the third.
  const auto matches = Find(46'912, {.payer_account = "FR1"});
  ASSERT_FALSE(matches.empty());
  EXPECT_EQ(matches[0].rule, state::v1::MATCH_RULE_SUM_OF_ITEMS);
  EXPECT_EQ(matches[0].parts.size(), 2u);
  account_.Add(Invoice(4, 46'912 - 23'456, Day(2025, 3, 31), "FA 20250304"));
  // Now the second and the fourth make it as well.
  for (const Match& match : Find(46'912, {.payer_account = "FR1"})) {
    EXPECT_NE(match.rule, state::v1::MATCH_RULE_SUM_OF_ITEMS);
    EXPECT_LT(match.confidence_permille, kMatchConfidenceDefault);
  }
}

TEST_F(FindMatchesTest, EqualAmountsAreProposedTheOldestFirst) {
  account_.Add(Invoice(4, 23'456, Day(2025, 1, 15), "FA 20250304"));
  const auto matches = Find(23'456, {.payer_account = "FR1"});
  ASSERT_EQ(matches.size(), 2u);
  EXPECT_EQ(matches[0].parts[0].debit, 4u);
  EXPECT_EQ(matches[1].parts[0].debit, 2u);
  EXPECT_LT(matches[0].confidence_permille, kMatchConfidenceDefault);
}

TEST_F(FindMatchesTest, WhatTheTextSaysSpeaksAgainstAnAmount) {
  EXPECT_EQ(Best(23'456, {.texts = {"FA 20259999"}, .payer_account = "FR1"}), "PAYER_AND_AMOUNT 985 2=23456");
  // The same amount came a few days before: an instruction that went out twice.
  state::v1::Item before = Payment(90, 23'456, Day(2025, 2, 25));
  before.set_open_minor(0);
  account_.Add(std::move(before));
  EXPECT_EQ(Best(23'456, {.payer_account = "FR1"}), "PAYER_AND_AMOUNT 985 2=23456");
}

TEST_F(FindMatchesTest, AReferenceOfTheCustomerSaysWhoPays) {
  const std::string ogm = *identifiers::MakeOgm("4711");
  account_.Edit(1).set_reference(ogm);
  account_.Edit(2).set_reference(ogm);
  EXPECT_EQ(Best(23'456, {.references = {ogm}}), "PAYER_AND_AMOUNT 999 2=23456");
}

TEST_F(FindMatchesTest, TheEndToEndIdThatWasToldForTheItem) {
  account_.Edit(2).set_end_to_end_id("MNDT-7-2025-02");
  EXPECT_EQ(Best(23'456, {.end_to_end_id = "MNDT-7-2025-02"}), "END_TO_END_ID 999 2=23456");
  EXPECT_EQ(Best(20'000, {.end_to_end_id = "MNDT-7-2025-02"}), "END_TO_END_ID 900 2=20000");
}

TEST_F(FindMatchesTest, ADebitThatCameBackFindsItsItemAgain) {
  state::v1::Item first = Payment(90, 23'456, Day(2025, 2, 28));
  first.set_end_to_end_id("MNDT-7-2025-02");
  account_.Add(first);
  MatchPayment(90, {.texts = {"FA20250102"}}, &account_);
  ASSERT_EQ(account_.Find(2)->open_minor(), 0);
  ReturnPayment(90, MakeItem(91, state::v1::ITEM_KIND_RETURN, 23'456, Day(2025, 3, 5)), Day(2025, 3, 5),
                &account_);
  EXPECT_EQ(Best(23'456, {.end_to_end_id = "MNDT-7-2025-02"}), "END_TO_END_ID 999 2=23456");
}

TEST_F(FindMatchesTest, FC25_UnnamedCreditNotesAreProposedNeverNetted) {
  account_.Add(MakeItem(5, state::v1::ITEM_KIND_CREDIT_NOTE, -2'345, Day(2025, 2, 1), "AV 20250077"));
  const auto matches = Find(10'000, {.payer_account = "FR1"});
  ASSERT_FALSE(matches.empty());
  EXPECT_LT(matches[0].confidence_permille, kMatchConfidenceDefault);
  ASSERT_EQ(matches[0].parts.size(), 2u);
  EXPECT_EQ(matches[0].parts[0].credit, 5u);
}

TEST_F(FindMatchesTest, FC31_AnotherCurrencyIsNoMatch) {
  account_.Edit(1).set_currency("USD");
  EXPECT_EQ(Best(12'345, {.texts = {"FA 20250001"}}), "");
}

TEST_F(FindMatchesTest, WhatWasRefusedIsNotFoundAgain) {
  state::v1::Item payment = Payment(100, 23'456, Day(2025, 3, 1));
  const PaymentFacts facts{.payer_account = "FR1"};
  const auto matches = FindMatches(payment, facts, {}, AccountLook(account_));
  ASSERT_EQ(matches.size(), 1u);
  payment.add_refused(matches[0].hash);
  EXPECT_TRUE(FindMatches(payment, facts, {}, AccountLook(account_)).empty());
  // A pair that was undone is found by no rule.
  payment.clear_refused();
  payment.add_refused(HashOfPair("a", 2));
  for (const Match& match :
       FindMatches(payment, {.texts = {"FA20250102"}, .payer_account = "FR1"}, {}, AccountLook(account_))) {
    for (const MatchPart& part : match.parts) EXPECT_NE(part.debit, 2u);
  }
}

class DiscountTest : public FindMatchesTest {
 protected:
  DiscountTest() {
    state::v1::Discount* discount = account_.Edit(1).add_discounts();
    discount->set_until_day(Day(2025, 1, 10));
    discount->set_amount_minor(245);
  }
  void Pay(int64_t cents, int32_t day, const PaymentFacts& facts) {
    account_.Add(Payment(100, cents, day));
    MatchPayment(100, facts, &account_);
  }
};

TEST_F(DiscountTest, TakenInTimeItSettlesTheItem) {
  Pay(12'100, Day(2025, 1, 10), {.texts = {"FA20250001"}});
  EXPECT_EQ(account_.Find(1)->open_minor(), 0);
  EXPECT_EQ(account_.Find(100)->open_minor(), 0);
  const state::v1::Item* deduction = account_.Find(DiscountId(100, 1));
  ASSERT_NE(deduction, nullptr);
  EXPECT_EQ(deduction->kind(), state::v1::ITEM_KIND_DEDUCTION);
  EXPECT_EQ(deduction->reason(), "EARLY_PAYMENT_DISCOUNT");
  EXPECT_EQ(deduction->amount_minor(), -245);
  EXPECT_EQ(deduction->open_minor(), 0);
  stored_.Commit(&account_);
  EXPECT_EQ(Disagreement(stored_.View()), "");
}

TEST_F(DiscountTest, TakenADayTooLateItIsAPartPayment) {
  Pay(12'100, Day(2025, 1, 11), {.texts = {"FA20250001"}});
  EXPECT_EQ(account_.Find(1)->open_minor(), 245);
  EXPECT_EQ(account_.Find(DiscountId(100, 1)), nullptr);
}

TEST_F(DiscountTest, AReturnTakesTheDiscountAwayToo) {
  Pay(12'100, Day(2025, 1, 10), {.texts = {"FA20250001"}});
  ReturnPayment(100, MakeItem(101, state::v1::ITEM_KIND_RETURN, 12'100, Day(2025, 1, 15)), Day(2025, 1, 15),
                &account_);
  EXPECT_EQ(account_.Find(1)->open_minor(), 12'345);
  EXPECT_EQ(account_.Find(DiscountId(100, 1)), nullptr);
  stored_.Commit(&account_);
  EXPECT_EQ(Disagreement(stored_.View()), "");
}

TEST_F(DiscountTest, ADeductionThatLosesItsDebitIsGone) {
  Pay(12'100, Day(2025, 1, 10), {.texts = {"FA20250001"}});
  const uint64_t id = DiscountId(100, 1);
  RemoveAllocations(&account_, id, [](const auto&) { return true; });
  TidyDeductions(&account_);
  EXPECT_EQ(account_.Find(id), nullptr);
}

TEST(UnappliedTest, FC25_MoneyThatIsNotAllocatedIsShownOnTheAccount) {
  StoredAccount stored;
  LedgerAccount account = stored.LoadAll();
  account.Add(Payment(100, 5'000, Day(2025, 4, 1)));
  account.Add(MakeItem(5, state::v1::ITEM_KIND_CREDIT_NOTE, -2'500, Day(2025, 2, 1), "AV1"));
  stored.Commit(&account);
  EXPECT_EQ(stored.View().sum.balances(0).unapplied_minor(), 5'000);
  EXPECT_EQ(stored.View().sum.balances(0).credit_minor(), 7'500);
}

TEST(PaymentWordsTest, AreBoundedAndComeBack) {
  PaymentFacts facts;
  facts.references = {"RF18 5390"};
  facts.documents = {"FA1"};
  facts.texts = {"", std::string(1'000, 'x'), "é"};
  facts.remitted_minor = {{"FA1", 5}};
  facts.payer_account = "FR1";
  facts.payer_name = "Jardin";
  state::v1::Item item;
  *item.mutable_words() = WordsOf(facts);
  item.set_end_to_end_id("E1");
  EXPECT_EQ(item.words().texts_size(), 2);
  EXPECT_EQ(item.words().texts(0).size(), kWordBytesMax);
  const PaymentFacts back = FactsOf(item);
  EXPECT_EQ(back.references, facts.references);
  EXPECT_EQ(back.documents, facts.documents);
  EXPECT_EQ(back.remitted_minor, facts.remitted_minor);
  EXPECT_EQ(back.payer_account, "FR1");
  EXPECT_EQ(PayerKey(back), "FR1");
  EXPECT_EQ(PayerKey({.payer_name = "Jardin & Fils"}), "~JARDIN FILS");
  EXPECT_EQ(SearchedTexts(back).back(), "E1");
}

}  // namespace
}  // namespace relance::ledger
