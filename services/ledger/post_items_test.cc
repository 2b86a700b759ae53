#include "services/ledger/post_items.h"

#include <gtest/gtest.h>

#include "services/ledger/attributes.h"
#include "services/ledger/return_payment.h"
#include "services/ledger/testing/account_builder.h"

namespace relance::ledger {
namespace {

using namespace testing;  // NOLINT: builders

IncomingItem Told(state::v1::Item item) {
  item.clear_open_minor();
  IncomingItem told;
  told.from_books = item.source() == kSourceFec;
  told.item = std::move(item);
  return told;
}

IncomingItem ToldByBank(uint64_t id, int64_t cents, int32_t day, PaymentFacts facts = {}) {
  IncomingItem told = Told(Payment(id, cents, day));
  told.item.set_bank_key("bank/" + std::to_string(id));
  told.to_match = true;
  told.facts = std::move(facts);
  return told;
}

IncomingItem ToldByBooks(uint64_t id, int64_t cents, int32_t day) {
  state::v1::Item item = Payment(id, cents, day);
  item.set_source(kSourceFec);
  return Told(item);
}

PostResult Post(StoredAccount* stored, const IncomingAccount& incoming) {
  LedgerAccount account = stored->LoadFirst();
  while (true) {
    const auto fields = FieldsForPosting(account, incoming);
    if (fields.empty()) break;
    RELANCE_CHECK(account.AddFields(stored->Read(fields)).ok());
  }
  const PostResult result = PostItems(incoming, &account);
  stored->Commit(&account);
  EXPECT_EQ(Disagreement(stored->View()), "");
  return result;
}

TEST(PostItemsTest, TheSameAgainIsUnchanged) {
  StoredAccount stored;
  IncomingAccount incoming;
  incoming.items = {Told(Invoice(1, 10'000, Day(2025, 1, 31), "F1")),
                    ToldByBank(2, 10'000, Day(2025, 2, 3), {.documents = {}, .texts = {}})};
  EXPECT_EQ(Post(&stored, incoming).created, 2);
  const auto before = stored.fields();
  const PostResult again = Post(&stored, incoming);
  EXPECT_EQ(again.created + again.changed + again.confirmed, 0);
  EXPECT_EQ(again.unchanged, 2);
  EXPECT_EQ(stored.fields(), before);
}

TEST(PostItemsTest, FC09_TheDueDayOfTheTermsIsTheSameDayEverywhere) {
  StoredAccount stored;
  IncomingAccount incoming;
  incoming.tenant_terms = *ParsePaymentTerms("30eom");
  IncomingItem told = Told(MakeItem(1, state::v1::ITEM_KIND_INVOICE, 100, Day(2025, 2, 15), "F1"));
  told.due_from_terms = true;
  incoming.items = {told};
  Post(&stored, incoming);
  EXPECT_EQ(stored.View().items[0].due_day(), Day(2025, 3, 31));
  // Other terms later do not move what was due.
  incoming.tenant_terms = *ParsePaymentTerms("net10");
  EXPECT_EQ(Post(&stored, incoming).unchanged, 1);
}

TEST(PostItemsTest, FC12_AnInvoiceMayHaveNoDueDay) {
  StoredAccount stored;
  IncomingAccount incoming;
  incoming.items = {Told(MakeItem(1, state::v1::ITEM_KIND_INVOICE, 100, Day(2025, 2, 15), "F1"))};
  Post(&stored, incoming);
  EXPECT_FALSE(stored.View().items[0].has_due_day());
  EXPECT_FALSE(stored.View().sum.balances(0).has_oldest_due_day());
}

TEST(PostItemsTest, FC76_WhatAPersonSetSurvivesTheNextImport) {
  StoredAccount stored;
  IncomingAccount incoming;
  incoming.attributes.set_name("Books name");
  incoming.attributes.set_region("Nord");
  incoming.items = {Told(Invoice(1, 100, Day(2025, 1, 31)))};
  Post(&stored, incoming);
  LedgerAccount account = stored.LoadAll();
  state::v1::Attributes person;
  person.set_name("Name by a person");
  MergeFromPerson(person, account.mutable_attributes());
  stored.Commit(&account);
  incoming.attributes.set_region("Sud");
  Post(&stored, incoming);
  EXPECT_EQ(stored.View().sum.attributes().name(), "Name by a person");
  EXPECT_EQ(stored.View().sum.attributes().region(), "Sud");
}

TEST(PostItemsTest, BankThenBooksIsOnePayment) {
  StoredAccount stored;
  EXPECT_EQ(Post(&stored, {.items = {ToldByBank(1, 5'000, Day(2025, 3, 1))}}).created, 1);
  IncomingItem books = ToldByBooks(2, 5'000, Day(2025, 3, 11));
  books.item.set_lettering("AB");
  const PostResult result = Post(&stored, {.items = {books}});
  EXPECT_EQ(result.confirmed, 1);
  EXPECT_EQ(result.created, 0);
  EXPECT_EQ(stored.View().items.size(), 1u);
  EXPECT_EQ(stored.View().items[0].lettering(), "AB");
  EXPECT_EQ(Post(&stored, {.items = {books}}).unchanged, 1);
}

TEST(PostItemsTest, BooksThenBankIsOnePaymentWithinTenDaysOnly) {
  for (const auto& [days, confirmed] :
       std::vector<std::pair<int, int>>{{-10, 1}, {-11, 0}, {10, 1}, {11, 0}, {0, 1}}) {
    SCOPED_TRACE(days);
    StoredAccount stored;
    Post(&stored, {.items = {ToldByBooks(1, 5'000, Day(2025, 3, 15))}});
    EXPECT_EQ(Post(&stored, {.items = {ToldByBank(2, 5'000, Day(2025, 3, 15) + days)}}).confirmed, confirmed);
  }
}

TEST(PostItemsTest, TwoEqualPaymentsOfTheBankAreConfirmedOneByOne) {
  StoredAccount stored;
  Post(&stored, {.items = {ToldByBank(1, 5'000, Day(2025, 3, 1)), ToldByBank(2, 5'000, Day(2025, 3, 8))}});
  const PostResult result = Post(
      &stored, {.items = {ToldByBooks(3, 5'000, Day(2025, 3, 8)), ToldByBooks(4, 5'000, Day(2025, 3, 1))}});
  EXPECT_EQ(result.confirmed, 2);
  const PostResult third = Post(&stored, {.items = {ToldByBooks(5, 5'000, Day(2025, 3, 2))}});
  EXPECT_EQ(third.created, 1);
}

TEST(PostItemsTest, OnePaymentOfTheBankIsTwoLinesOfOneEntryInEitherOrder) {
  IncomingItem first = ToldByBooks(3, 3'000, Day(2025, 3, 2));
  IncomingItem second = ToldByBooks(4, 2'000, Day(2025, 3, 2));
  first.entry = second.entry = 77;
  first.item.set_number("P1");
  second.item.set_number("P1");
  const IncomingItem bank = ToldByBank(1, 5'000, Day(2025, 3, 1));
  StoredAccount bank_first, books_first;
  Post(&bank_first, {.items = {bank}});
  EXPECT_EQ(Post(&bank_first, {.items = {first, second}}).confirmed, 2);
  Post(&books_first, {.items = {first, second}});
  EXPECT_EQ(Post(&books_first, {.items = {bank}}).confirmed, 1);
  for (StoredAccount* stored : {&bank_first, &books_first}) {
    EXPECT_EQ(stored->View().items.size(), 2u);
    EXPECT_EQ(stored->View().sum.balances(0).open_minor(), -5'000);
    EXPECT_EQ(Post(stored, {.items = {first, second, bank}}).unchanged, 3);
  }
}

TEST(PostItemsTest, LaterLetteringIsAddedAndTakenAway) {
  StoredAccount stored;
  IncomingItem invoice = Told(Invoice(1, 5'000, Day(2025, 1, 31), "F1"));
  IncomingItem payment = ToldByBooks(2, 5'000, Day(2025, 2, 10));
  Post(&stored, {.items = {invoice, payment}});
  EXPECT_EQ(stored.View().items.size(), 2u);
  invoice.item.set_lettering("AA");
  payment.item.set_lettering("AA");
  const PostResult lettered = Post(&stored, {.items = {invoice, payment}});
  EXPECT_EQ(lettered.changed, 2);
  EXPECT_EQ(lettered.allocations.at(state::v1::MATCH_RULE_LETTERING), 1);
  EXPECT_TRUE(stored.View().items.empty());
  EXPECT_EQ(stored.View().sum.stats().recent_days_late(0), 10);
  // Lettered after the as-of date: what is known stays.
  IncomingItem later = invoice;
  later.item.clear_lettering();
  later.lettering_is_later = true;
  EXPECT_EQ(Post(&stored, {.items = {later}}).unchanged, 1);
  invoice.item.clear_lettering();
  payment.item.clear_lettering();
  Post(&stored, {.items = {invoice, payment}});
  EXPECT_EQ(stored.View().items.size(), 2u);
  EXPECT_EQ(stored.View().sum.stats().settled(), 0);
}

TEST(PostItemsTest, AReturnOpensTheInvoiceAgainAndRaisesTheBalance) {
  StoredAccount stored;
  PaymentFacts facts{.texts = {"F20250001"}};
  Post(&stored, {.items = {Told(Invoice(1, 5'000, Day(2025, 1, 31), "F20250001")),
                           ToldByBank(2, 5'000, Day(2025, 2, 3), facts)}});
  EXPECT_TRUE(stored.View().items.empty());
  IncomingItem taken = Told(MakeItem(3, state::v1::ITEM_KIND_RETURN, 5'000, Day(2025, 2, 6)));
  taken.takes_back = true;
  taken.facts = facts;
  EXPECT_EQ(Post(&stored, {.items = {taken}}).payments_returned, 1);
  const AccountView view = stored.View();
  ASSERT_EQ(view.items.size(), 1u);
  EXPECT_EQ(view.items[0].id(), 1u);
  EXPECT_EQ(view.sum.balances(0).open_minor(), 5'000);
  EXPECT_EQ(view.sum.stats().returned_payments(), 1);
  EXPECT_EQ(view.sum.stats().settled(), 0);
  EXPECT_EQ(Post(&stored, {.items = {taken}}).unchanged, 1);
}

TEST(PostItemsTest, AReturnOfOneOfTwoEqualPaymentsNeedsAName) {
  StoredAccount stored;
  Post(&stored, {.items = {ToldByBank(1, 5'000, Day(2025, 2, 1)), ToldByBank(2, 5'000, Day(2025, 2, 2))}});
  IncomingItem taken = Told(MakeItem(3, state::v1::ITEM_KIND_RETURN, 5'000, Day(2025, 2, 6)));
  taken.takes_back = true;
  EXPECT_EQ(Post(&stored, {.items = {taken}}).payments_returned, 0);
  // It stands as an open debit: nothing is lost.
  EXPECT_EQ(stored.View().sum.balances(0).debit_minor(), 5'000);
}

TEST(PostItemsTest, AChangedAmountInALargeAccountReadsOneChunk) {
  StoredAccount stored;
  IncomingAccount all;
  for (int i = 0; i < 2000; ++i) {
    IncomingItem told = Told(Invoice(StableHash(std::to_string(i)), 1'000, Day(2025, 1, 1) + i % 300));
    told.from_books = false;
    all.items.push_back(told);
  }
  Post(&stored, all);
  all.items.resize(500);
  all.items.erase(all.items.begin(), all.items.end() - 1);
  all.items[0].item.set_amount_minor(1'234);
  stored.TakeReads();
  EXPECT_EQ(Post(&stored, all).changed, 1);
  EXPECT_LE(stored.TakeReads(), 5);
}

TEST(SettleAbsentTest, WhatAPictureLacksIsSettledAndComesBackWithALaterOne) {
  StoredAccount stored;
  IncomingAccount picture;
  for (const uint64_t id : {1u, 2u}) {
    IncomingItem told = Told(Invoice(id, 1'000, Day(2025, 1, 31)));
    told.from_books = false;
    told.in_snapshot = true;
    told.item.set_source(kSourceCsv);
    picture.items.push_back(told);
  }
  Post(&stored, picture);
  LedgerAccount account = stored.LoadAll();
  EXPECT_EQ(SettleAbsent({kSourceCsv}, {1}, Day(2025, 3, 1), &account), 1);
  stored.Commit(&account);
  EXPECT_EQ(Disagreement(stored.View()), "");
  ASSERT_EQ(stored.View().items.size(), 1u);
  EXPECT_EQ(stored.View().items[0].id(), 1u);
  EXPECT_EQ(Post(&stored, picture).changed, 1);
  EXPECT_EQ(stored.View().items.size(), 2u);
  EXPECT_TRUE(stored.View().history.empty());
}

}  // namespace
}  // namespace relance::ledger
