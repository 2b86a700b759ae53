#include "services/ledger/account_field.h"

#include <gtest/gtest.h>

#include <random>

#include "services/ledger/allocate.h"
#include "services/ledger/apply_books.h"
#include "services/ledger/testing/account_builder.h"

namespace relance::ledger {
namespace {

using namespace testing;  // NOLINT: builders

// Ids as sources make them: well spread.
uint64_t Id(int n) { return StableHash(std::to_string(n)); }

void Fill(StoredAccount* stored, int items) {
  LedgerAccount account = stored->LoadAll();
  for (int i = 0; i < items; ++i) account.Add(Invoice(Id(i), 1000 + i, Day(2025, 1, 1) + i));
  stored->Commit(&account);
}

TEST(LedgerAccountTest, AnEmptyAccountHasNothingToWrite) {
  StoredAccount stored;
  LedgerAccount account = stored.LoadAll();
  EXPECT_FALSE(account.exists());
  EXPECT_FALSE(account.changed());
  EXPECT_EQ(stored.Commit(&account), 0u);
}

TEST(LedgerAccountTest, ChunksGrowWithTheItemsAndStayBelowTheirBound) {
  for (const int items : {1, 64, 65, 128, 129, 1000, 5000}) {
    SCOPED_TRACE(items);
    StoredAccount stored;
    Fill(&stored, items);
    const AccountView view = stored.View();
    EXPECT_EQ(view.items.size(), static_cast<size_t>(items));
    EXPECT_LE(items, kChunkItemsMean * view.sum.open_chunks());
    for (const auto& [field, bytes] : stored.fields()) {
      state::v1::ItemChunk chunk;
      if (field == "sum" || !chunk.ParseFromString(bytes)) continue;
      EXPECT_LE(chunk.items_size(), 128) << field;
    }
    EXPECT_EQ(Disagreement(view), "");
  }
}

TEST(LedgerAccountTest, OneChangeInALargeAccountTouchesOneChunk) {
  StoredAccount small, large;
  Fill(&small, 20);
  Fill(&large, 5000);
  size_t bytes[2];
  int reads[2];
  int i = 0;
  for (StoredAccount* stored : {&small, &large}) {
    stored->TakeReads();
    LedgerAccount account = stored->LoadFirst();
    const uint64_t id = Id(7);
    ASSERT_TRUE(account.AddFields(stored->Read(account.FieldsForItems({&id, 1}))).ok());
    ASSERT_NE(account.Find(id), nullptr);
    account.Edit(id).set_due_day(Day(2026, 1, 1));
    bytes[i] = stored->Commit(&account);
    reads[i++] = stored->TakeReads();
    EXPECT_EQ(Disagreement(stored->View()), "");
  }
  EXPECT_LE(reads[1], reads[0] + 1);
  EXPECT_LE(bytes[1], 3 * bytes[0] + 1000);
}

TEST(LedgerAccountTest, TheOldestDueDayIsFoundAnewWhenItsItemGoes) {
  StoredAccount stored;
  Fill(&stored, 300);
  LedgerAccount account = stored.LoadFirst();
  const uint64_t id = Id(0);
  ASSERT_TRUE(account.AddFields(stored.Read(account.FieldsForItems({&id, 1}))).ok());
  account.Edit(id).set_due_day(Day(2026, 6, 1));
  EXPECT_FALSE(account.MissingFields().empty());
  stored.Commit(&account);
  EXPECT_EQ(stored.View().sum.balances(0).oldest_due_day(), Day(2025, 1, 2));
}

TEST(LedgerAccountTest, FieldsOfAnotherVersionAreRefused) {
  StoredAccount stored;
  Fill(&stored, 300);
  LedgerAccount old = stored.LoadFirst();
  LedgerAccount other = stored.LoadAll();
  other.Edit(Id(3)).set_due_day(Day(2027, 1, 1));
  stored.Commit(&other);
  EXPECT_TRUE(absl::IsAborted(old.AddFields(stored.Read(old.FieldsForAll()))));
}

TEST(LedgerAccountTest, EqualContentHasEqualHashWhateverTheOrder) {
  StoredAccount forward, backward;
  for (int i = 0; i < 30; ++i) {
    LedgerAccount account = forward.LoadAll();
    account.Add(Invoice(Id(i), 100, Day(2025, 1, 1) + i));
    forward.Commit(&account);
    LedgerAccount other = backward.LoadAll();
    other.Add(Invoice(Id(29 - i), 100, Day(2025, 1, 1) + 29 - i));
    backward.Commit(&other);
  }
  EXPECT_EQ(forward.View().sum.content_hash(), backward.View().sum.content_hash());
  EXPECT_NE(forward.View().sum.content_hash(), 0u);
}

// Random invoices, payments, allocations, removals and returns; after each commit everything agrees with
// everything.
TEST(LedgerAccountTest, TotalsAgreeWithTheItemsThroughARandomLife) {
  for (const uint32_t seed : {1u, 2u, 3u, 4u}) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto draw = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    StoredAccount stored;
    int next = 0;
    std::vector<uint64_t> debits, credits;
    for (int step = 0; step < 300; ++step) {
      LedgerAccount account = stored.LoadAll();
      for (int k = draw(4); k >= 0; --k) {
        const int day = Day(2025, 1, 1) + draw(400);
        switch (draw(6)) {
          case 0:
          case 1:
            debits.push_back(Id(next++));
            account.Add(Invoice(debits.back(), 1 + draw(5000), day));
            break;
          case 2:
            credits.push_back(Id(next++));
            account.Add(Payment(credits.back(), 1 + draw(5000), day));
            break;
          case 3:
          case 4:
            if (debits.empty() || credits.empty()) break;
            Allocate(&account, credits[draw(credits.size())], debits[draw(debits.size())], 1 + draw(3000),
                     day, {state::v1::MATCH_RULE_COMMAND, "x"});
            break;
          default:
            if (credits.empty()) break;
            if (draw(2) == 0) {
              RemoveAllocations(&account, credits[draw(credits.size())],
                                [&](const auto&) { return draw(2) == 0; });
            } else {
              UndoAllocations(&account, credits[draw(credits.size())], day, [](const auto&) { return true; });
            }
        }
      }
      stored.Commit(&account);
      ASSERT_EQ(Disagreement(stored.View()), "") << "step " << step;
    }
  }
}

TEST(AllocateTest, FC22_APartPaidInvoiceStaysOpenForTheRemainder) {
  StoredAccount stored;
  LedgerAccount account = stored.LoadAll();
  account.Add(Invoice(1, 10'000, Day(2025, 3, 31)));
  account.Add(Payment(2, 4'000, Day(2025, 4, 10)));
  EXPECT_EQ(Allocate(&account, 2, 1, INT64_MAX, 0, {state::v1::MATCH_RULE_COMMAND, ""}), 4'000);
  EXPECT_EQ(account.Find(1)->open_minor(), 6'000);
  EXPECT_EQ(account.Find(1)->settled_day(), 0);
  EXPECT_EQ(account.Find(2)->settled_day(), Day(2025, 4, 10));
  account.Add(Payment(3, 9'000, Day(2025, 4, 5)));
  // Never more than is open; the settled day is that of the last money, whatever the order of the entries.
  EXPECT_EQ(Allocate(&account, 3, 1, INT64_MAX, 0, {state::v1::MATCH_RULE_COMMAND, ""}), 6'000);
  EXPECT_EQ(account.Find(1)->settled_day(), Day(2025, 4, 10));
  EXPECT_EQ(account.Find(3)->open_minor(), -3'000);
  stored.Commit(&account);
  EXPECT_EQ(stored.View().sum.stats().settled(), 1);
  EXPECT_EQ(stored.View().sum.stats().days_late(), 10);
  EXPECT_EQ(Disagreement(stored.View()), "");
}

TEST(AllocateTest, FC31_CurrenciesNeverMeet) {
  StoredAccount stored;
  LedgerAccount account = stored.LoadAll();
  account.Add(Invoice(1, 10'000, Day(2025, 3, 31))).set_currency("USD");
  account.Add(Payment(2, 10'000, Day(2025, 4, 10)));
  EXPECT_EQ(Allocate(&account, 2, 1, INT64_MAX, 0, {state::v1::MATCH_RULE_COMMAND, ""}), 0);
  stored.Commit(&account);
  ASSERT_EQ(stored.View().sum.balances_size(), 2);
  EXPECT_EQ(stored.View().sum.balances(0).open_minor(), -10'000);
  EXPECT_EQ(stored.View().sum.balances(1).open_minor(), 10'000);
}

TEST(AllocateTest, ASmallerAmountTakesBackTheNewestMoney) {
  StoredAccount stored;
  LedgerAccount account = stored.LoadAll();
  account.Add(Invoice(1, 10'000, Day(2025, 3, 31)));
  account.Add(Payment(2, 6'000, Day(2025, 4, 1)));
  account.Add(Payment(3, 4'000, Day(2025, 4, 20)));
  Allocate(&account, 2, 1, INT64_MAX, 0, {state::v1::MATCH_RULE_COMMAND, ""});
  Allocate(&account, 3, 1, INT64_MAX, 0, {state::v1::MATCH_RULE_COMMAND, ""});
  ChangeAmount(&account, 1, 7'000);
  EXPECT_EQ(account.Find(1)->open_minor(), 0);
  EXPECT_EQ(account.Find(2)->open_minor(), 0);
  EXPECT_EQ(account.Find(3)->open_minor(), -3'000);
  stored.Commit(&account);
  EXPECT_EQ(Disagreement(stored.View()), "");
}

TEST(ApplyBooksTest, FC24_AGroupClosesWhenAllOfItIsSettledAndTheOldestGoesFirst) {
  StoredAccount stored;
  LedgerAccount account = stored.LoadAll();
  account.Add(Invoice(1, 5'000, Day(2025, 3, 31))).set_lettering("AA");
  account.Add(Invoice(2, 5'000, Day(2025, 2, 28))).set_lettering("AA");
  account.Add(Payment(3, 7'000, Day(2025, 4, 1))).set_lettering("AA");
  EXPECT_EQ(ApplyBooks({}, &account), 2);
  EXPECT_EQ(account.Find(2)->open_minor(), 0);
  EXPECT_EQ(account.Find(1)->open_minor(), 3'000);
  EXPECT_EQ(ApplyBooks({}, &account), 0);
  account.Add(Payment(4, 3'000, Day(2025, 4, 9))).set_lettering("AA");
  EXPECT_EQ(ApplyBooks({}, &account), 1);
  EXPECT_EQ(account.Find(1)->open_minor(), 0);
  EXPECT_EQ(account.Find(1)->settled_day(), Day(2025, 4, 9));
}

TEST(ApplyBooksTest, TheBooksWinOverAnotherRuleAndPutBackWhatHasRoom) {
  StoredAccount stored;
  LedgerAccount account = stored.LoadAll();
  account.Add(Invoice(1, 5'000, Day(2025, 3, 31))).set_lettering("AA");
  account.Add(Invoice(2, 5'000, Day(2025, 4, 30)));
  account.Add(Payment(3, 5'000, Day(2025, 4, 1))).set_lettering("AA");
  account.Add(Payment(4, 5'000, Day(2025, 4, 2)));
  // By number the two payments went to the wrong invoices.
  Allocate(&account, 3, 2, INT64_MAX, 0, {state::v1::MATCH_RULE_DOCUMENT_NUMBER, "n"});
  Allocate(&account, 4, 1, INT64_MAX, 0, {state::v1::MATCH_RULE_DOCUMENT_NUMBER, "n"});
  EXPECT_EQ(ApplyBooks({}, &account), 1);
  ASSERT_EQ(account.Find(3)->allocations_size(), 1);
  EXPECT_EQ(account.Find(3)->allocations(0).item(), 1u);
  EXPECT_EQ(account.Find(4)->open_minor(), -5'000);
  EXPECT_EQ(account.Find(2)->open_minor(), 5'000);
  stored.Commit(&account);
  EXPECT_EQ(Disagreement(stored.View()), "");
}

}  // namespace
}  // namespace relance::ledger
