// Books against open items, on the store in memory.
#include "services/ledger/agreement/agreement_book.h"

#include "absl/strings/str_cat.h"
#include "common/store/testing/fake_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/ledger/agreement/testing/stored_accounts.h"

namespace relance::ledger {
namespace {

using state::v1::AgreementRecord;
using state::v1::Item;
using testing::DayOf;
using testing::MakeStoredItem;
using testing::PutAccount;

const absl::CivilDay kDay(2025, 3, 31);

Item Invoice(uint64_t id, int64_t minor, int day = 10, const std::string& source = "fec") {
  return MakeStoredItem(id, state::v1::ITEM_KIND_INVOICE, minor, DayOf(2025, 3, day), source);
}
Item BankPayment(uint64_t id, int64_t minor, int day = 20) {
  return MakeStoredItem(id, state::v1::ITEM_KIND_PAYMENT, -minor, DayOf(2025, 3, day), "camt053");
}
Item Settled(Item item) {
  item.set_open_minor(0);
  return item;
}
Item ToldByBooksToo(Item item) {
  item.set_control_account("411000");
  return item;
}

class AgreementBookTest : public ::testing::Test {
 protected:
  AgreementBookTest()
      : store_(store::Service::kLedger, 3),
        book_(
            &store_, [](const Item& item) { return item.issue_day(); },
            [] { return absl::FromUnixSeconds(1'000); }) {}

  static store::Deadline Soon() { return store::After(absl::Seconds(10)); }
  void Put(const std::string& account, const std::vector<Item>& items) {
    PutAccount(&store_, {"t", account}, items);
  }
  static BooksTold Told(absl::flat_hash_map<std::string, int64_t> balances, absl::CivilDay day = kDay) {
    BooksTold told;
    told.currency = "EUR";
    told.day = day;
    told.from_day = absl::CivilDay(2025, 1, 1);
    told.balances = std::move(balances);
    return told;
  }
  AgreementRecord Compare(absl::flat_hash_map<std::string, int64_t> balances,
                          const std::string& import = "i1", absl::CivilDay day = kDay) {
    const auto record = book_.Compare("t", Told(std::move(balances), day), import, Soon());
    EXPECT_TRUE(record.ok()) << record.status();
    return *record;
  }
  // "A books/items/transit since", the largest first.
  static std::vector<std::string> Differing(const AgreementRecord& record) {
    std::vector<std::string> out;
    for (const auto& a : record.differing()) {
      out.push_back(absl::StrCat(a.account(), " ", a.books_minor(), "/", a.items_minor(), "/",
                                 a.in_transit_minor(), " ", a.since_import()));
    }
    return out;
  }

  store::FakeStore store_;
  const AgreementBook book_;
};

TEST_F(AgreementBookTest, AgreesToTheCentAccountByAccount) {
  Put("A", {Invoice(1, 100'00), Invoice(2, 50'00)});
  Put("B", {Settled(Invoice(3, 80'00)), Settled(ToldByBooksToo(BankPayment(4, 80'00)))});
  const AgreementRecord record = Compare({{"A", 150'00}, {"B", 0}});
  EXPECT_EQ(record.books_minor(), 150'00);
  EXPECT_EQ(record.items_minor(), 150'00);
  EXPECT_EQ(record.accounts(), 2);
  EXPECT_EQ(record.accounts_differing(), 0);
  EXPECT_EQ(record.since_import(), "");
  EXPECT_EQ(record.compared_seconds(), 1'000);
}

TEST_F(AgreementBookTest, WhatTheBooksHaveNotToldIsInTransit) {
  // The bank has told of a payment that the books will book next week; a program of an invoice.
  Put("A", {Settled(Invoice(1, 100'00)), Settled(BankPayment(2, 100'00)), Invoice(3, 70'00, 30, "csv")});
  // Money of nobody known.
  Put("~unidentified", {BankPayment(9, 12'34)});
  const AgreementRecord record = Compare({{"A", 100'00}});
  EXPECT_EQ(record.items_minor(), 70'00);
  EXPECT_EQ(record.transit_bank_minor(), -100'00);
  EXPECT_EQ(record.transit_other_minor(), 70'00);
  EXPECT_EQ(record.unidentified_minor(), -12'34);
  EXPECT_EQ(record.accounts_differing(), 0);
  EXPECT_EQ(record.accounts(), 1) << "~unidentified is nobody's account";
}

TEST_F(AgreementBookTest, ItemsAreThoseOfTheDayOfTheBooks) {
  Put("A", {Invoice(1, 100'00, 31), Invoice(2, 20'00)});
  EXPECT_EQ(Compare({{"A", 120'00}}).accounts_differing(), 0);
  EXPECT_EQ(Compare({{"A", 20'00}}, "i2", kDay - 1).accounts_differing(), 0) << "the day before";
  EXPECT_EQ(Compare({{"A", 20'00}}, "i3", kDay).accounts_differing(), 1);
}

TEST_F(AgreementBookTest, EveryWayToDiffer) {
  struct Row {
    const char* name;
    std::vector<Item> items;
    absl::flat_hash_map<std::string, int64_t> books;
    std::vector<std::string> differing;
  };
  const Row rows[] = {
      {"one cent", {Invoice(1, 100'01)}, {{"A", 100'00}}, {"A 10000/10001/0 i1"}},
      {"not in the books", {Invoice(1, 100'00)}, {}, {"A 0/10000/0 i1"}},
      {"not in the ledger", {}, {{"A", 0}, {"X", -5'00}}, {"X -500/0/0 i1"}},
      {"beside money in transit",
       {Invoice(1, 100'00), BankPayment(2, 40'00)},
       {{"A", 90'00}},
       {"A 9000/6000/-4000 i1"}},
      {"another currency is not compared",
       [] {
         Item item = Invoice(1, 100'00);
         item.set_currency("USD");
         return std::vector<Item>{item};
       }(),
       {{"A", 0}},
       {}},
      {"confirmed before control accounts were kept",
       [] {
         Item item = BankPayment(1, 100'00);
         item.add_aliases(7);
         return std::vector<Item>{item, Invoice(2, 100'00)};
       }(),
       {{"A", 0}},
       {}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    Put("A", row.items);
    EXPECT_EQ(Differing(Compare(row.books)), row.differing);
    // The next row starts without a history.
    const auto names = store_.ListDocuments("t", "agreement/", Soon());
    for (const auto& name : *names) {
      const auto document = store_.GetDocuments("t", {&name, 1}, Soon());
      ASSERT_TRUE(store_.PutDocument("t", name, "", (*document)[0].version, Soon()).ok());
    }
  }
}

TEST_F(AgreementBookTest, SaysSinceWhichImportAnAccountDiffersWithoutABreak) {
  Put("A", {Invoice(1, 100'00)});
  Put("B", {Invoice(2, 10'00)});
  EXPECT_EQ(Compare({{"A", 100'00}, {"B", 10'00}}, "i1", kDay - 5).since_import(), "");
  EXPECT_THAT(Differing(Compare({{"A", 99'00}, {"B", 10'00}}, "i2", kDay - 4)),
              ::testing::ElementsAre("A 9900/10000/0 i2"));
  // Another amount, the same disagreement; a second account.
  AgreementRecord third = Compare({{"A", 98'00}, {"B", 9'99}}, "i3", kDay - 3);
  EXPECT_THAT(Differing(third), ::testing::ElementsAre("A 9800/10000/0 i2", "B 999/1000/0 i3"));
  EXPECT_EQ(third.since_import(), "i2");
  EXPECT_EQ(third.since_day(), DayNumber(kDay - 4));
  // A agrees again for a day: the next time is a new time.
  EXPECT_THAT(Differing(Compare({{"A", 100'00}, {"B", 9'99}}, "i4", kDay - 2)),
              ::testing::ElementsAre("B 999/1000/0 i3"));
  AgreementRecord fifth = Compare({{"A", 99'00}, {"B", 10'00}}, "i5", kDay - 1);
  EXPECT_THAT(Differing(fifth), ::testing::ElementsAre("A 9900/10000/0 i5"));
  EXPECT_EQ(fifth.since_import(), "i2") << "some account has differed all the time";
  // The same books again change nothing.
  EXPECT_THAT(Differing(Compare({{"A", 99'00}, {"B", 10'00}}, "i6", kDay - 1)),
              ::testing::ElementsAre("A 9900/10000/0 i5"));
  EXPECT_EQ(Compare({{"A", 100'00}, {"B", 10'00}}, "i7", kDay).since_import(), "");
}

TEST_F(AgreementBookTest, HistoryIsOfTheDaysOfTheBooks) {
  for (int back = 4; back >= 0; --back) Compare({}, absl::StrCat("i", back), kDay - back);
  const auto days = [&](int32_t before, int limit) {
    std::vector<std::string> imports;
    const auto history = book_.History("t", "EUR", before, limit, Soon());
    for (const auto& record : *history) imports.push_back(record.import_id());
    return imports;
  };
  EXPECT_THAT(days(INT32_MAX, 2), ::testing::ElementsAre("i0", "i1"));
  EXPECT_THAT(days(DayNumber(kDay - 1), 10), ::testing::ElementsAre("i2", "i3", "i4"));
  EXPECT_EQ((*book_.Newest("t", "EUR", DayNumber(kDay - 2), Soon()))->import_id(), "i2");
  EXPECT_FALSE(book_.Newest("t", "EUR", DayNumber(kDay - 5), Soon())->has_value());
  EXPECT_FALSE(book_.Newest("t", "USD", INT32_MAX, Soon())->has_value());
}

TEST_F(AgreementBookTest, APartOfTheBooksIsNoBalance) {
  const auto told = [](absl::CivilDay from, int64_t lines, bool opening = false) {
    BooksTold told = Told({}, kDay);
    told.from_day = from;
    told.lines = lines;
    told.has_opening = opening;
    return told;
  };
  const auto whole = [&](const BooksTold& t) { return *book_.IsWhole("t", t, Soon()); };
  const absl::CivilDay first(2025, 1, 1);
  EXPECT_TRUE(whole(told(absl::CivilDay(2025, 3, 1), 1))) << "the first books that come";
  ASSERT_TRUE(book_.Compare("t", told(first, 100), "i1", Soon()).ok());
  EXPECT_TRUE(whole(told(first, 100))) << "the same again";
  EXPECT_TRUE(whole(told(first, 101))) << "the same year, longer";
  EXPECT_FALSE(whole(told(first, 99, true))) << "what is new, and the opening entry told again";
  EXPECT_FALSE(whole(told(first + 1, 1000))) << "a month by itself";
  EXPECT_TRUE(whole(told(absl::CivilDay(2026, 1, 1), 10, true))) << "the next year, opened";
  EXPECT_TRUE(whole(told(absl::CivilDay(2024, 1, 1), 100))) << "two years in one file";
  // An earlier date: nothing is known on or before it.
  BooksTold earlier = told(first, 50);
  earlier.day = kDay - 1;
  EXPECT_TRUE(whole(earlier));
}

BankStatement Statement(const std::string& id, int day, std::optional<int64_t> opening,
                        std::optional<int64_t> closing, int64_t difference = 0) {
  BankStatement statement;
  statement.id = id;
  statement.account = "FR7630006000011234567890189";
  statement.currency = "EUR";
  statement.opening_minor = opening;
  statement.closing_minor = closing;
  statement.closing_day = absl::CivilDay(2025, 3, day);
  statement.balance_checked = opening.has_value() && closing.has_value();
  statement.difference_minor = difference;
  return statement;
}

TEST_F(AgreementBookTest, StatementsAreKeptByBankAccount) {
  BankStatement dollars = Statement("1", 4, 5, 6);
  dollars.currency = "USD";
  const std::map<std::string, absl::CivilDay> days = {{dollars.account, absl::CivilDay(2025, 3, 5)}};
  ASSERT_TRUE(book_
                  .TakeStatements("t", {Statement("1", 3, 0, 10), Statement("2", 4, 10, 30), dollars}, days,
                                  "i1", Soon())
                  .ok());
  ASSERT_TRUE(
      book_.TakeStatements("t", {Statement("x", 5, std::nullopt, std::nullopt)}, days, "i2", Soon()).ok());
  const auto accounts = book_.BankAccounts("t", Soon());
  ASSERT_EQ(accounts->size(), 2u);
  EXPECT_EQ((*accounts)[0].currency(), "EUR");
  EXPECT_EQ((*accounts)[0].statements_size(), 2);
  EXPECT_EQ((*accounts)[0].known_until_day(), DayOf(2025, 3, 5));
  EXPECT_EQ((*accounts)[1].currency(), "USD");
  // The same file again writes nothing.
  const auto name = store_.ListDocuments("t", "bank/", Soon())->front();
  const auto version = (*store_.GetDocuments("t", {&name, 1}, Soon()))[0].version;
  ASSERT_TRUE(book_
                  .TakeStatements("t", {Statement("1", 3, 0, 10), Statement("2", 4, 10, 30), dollars}, days,
                                  "i3", Soon())
                  .ok());
  EXPECT_EQ((*store_.GetDocuments("t", {&name, 1}, Soon()))[0].version, version);
}

}  // namespace
}  // namespace relance::ledger
