#include "services/ledger/indicators/series.h"

#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "common/time/day.h"
#include "services/ledger/allocate.h"
#include "services/ledger/indicators/collection_quality.h"
#include "services/ledger/indicators/portfolio.h"
#include "services/ledger/post_items.h"
#include "services/ledger/return_payment.h"
#include "services/ledger/testing/account_builder.h"

namespace relance::ledger {
namespace {

using state::v1::Item;
using testing::Day;

constexpr int kPartition = 0;

// A tenant of some accounts, as PostItems leaves them.
class World {
 public:
  testing::StoredAccount& account(int n) { return accounts_[n]; }

  void Post(int n, const IncomingAccount& incoming) {
    LedgerAccount account = accounts_[n].LoadAll();
    PostItems(incoming, &account);
    accounts_[n].Commit(&account);
  }
  void Edit(int n, const std::function<void(LedgerAccount*)>& edit) {
    LedgerAccount account = accounts_[n].LoadAll();
    edit(&account);
    accounts_[n].Commit(&account);
  }

  projection::TenantColumns Columns() const {
    projection::TenantColumns columns;
    for (const auto& [n, stored] : accounts_) {
      AccountView view = stored.View();
      view.key = {"t", n == kUnidentified ? projection::kUnidentifiedAccount : absl::StrCat("C", n)};
      columns.Put(view, kPartition);
    }
    return columns;
  }
  std::vector<Item> Items(int n) const {
    const AccountView view = accounts_.at(n).View();
    std::vector<Item> all = view.items;
    all.insert(all.end(), view.history.begin(), view.history.end());
    return all;
  }
  static constexpr int kUnidentified = 99;
  const std::map<int, testing::StoredAccount>& accounts() const { return accounts_; }

 private:
  std::map<int, testing::StoredAccount> accounts_;
};

IncomingAccount Rows(std::vector<IncomingItem> items) {
  IncomingAccount incoming;
  incoming.items = std::move(items);
  return incoming;
}

IncomingItem Row(Item item) {
  IncomingItem told;
  item.clear_open_minor();
  told.from_books = !item.lettering().empty();
  told.item = std::move(item);
  return told;
}

// What happened to one account, in any order of days: invoices, notes, opening lines, payments that name what
// they pay, lettered ones, returns, write-offs, deductions, disputes.
void MakeAccount(std::mt19937* random, int n, uint64_t* next_id, World* world) {
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(*random); };
  const int32_t start = Day(2024, 1, 1);
  std::vector<IncomingItem> rows;
  std::vector<uint64_t> debits;
  const int count = pick(1, 12);
  for (int i = 0; i < count; ++i) {
    const uint64_t id = (*next_id)++;
    const int32_t day = start + pick(0, 500);
    const int64_t minor = pick(1, 100'000);
    const int kind = pick(0, 9);
    Item item;
    if (kind < 7) {
      item = testing::Invoice(id, minor, day + pick(0, 60), absl::StrCat("F", id));
      item.set_issue_day(day);
      if (kind == 6) item.clear_due_day();
    } else if (kind == 7) {
      item = testing::MakeItem(id, state::v1::ITEM_KIND_CREDIT_NOTE, -minor, day, absl::StrCat("A", id));
    } else {
      item = testing::MakeItem(id, state::v1::ITEM_KIND_OPENING, kind == 8 ? minor : -minor, day);
    }
    if (item.amount_minor() > 0) debits.push_back(id);
    rows.push_back(Row(item));
  }
  world->Post(n, Rows(rows));
  for (const uint64_t debit : debits) {
    const std::vector<Item> items = world->Items(n);
    const Item target =
        *std::find_if(items.begin(), items.end(), [&](const Item& i) { return i.id() == debit; });
    const int32_t day = target.issue_day() + pick(0, 150);
    const uint64_t id = (*next_id)++;
    const int64_t minor = std::max<int64_t>(1, target.amount_minor() * pick(20, 130) / 100);
    switch (pick(0, 6)) {
      case 0:
        break;   // not paid
      case 1: {  // paid, and taken back by the bank
        IncomingItem told = Row(testing::Payment(id, minor, day));
        told.to_match = true;
        told.facts.documents = {target.number()};
        world->Post(n, Rows({told}));
        Item back = testing::MakeItem((*next_id)++, state::v1::ITEM_KIND_RETURN, minor, day + pick(0, 40));
        world->Edit(n, [&](LedgerAccount* account) {
          if (account->Find(id) != nullptr) ReturnPayment(id, back, back.issue_day(), account);
        });
        break;
      }
      case 2: {  // lettered by the books
        Item paid = testing::Payment(id, minor, day);
        paid.set_source(kSourceFec);
        paid.set_lettering(absl::StrCat("L", id));
        Item lettered = target;
        lettered.set_lettering(paid.lettering());
        world->Post(n, Rows({Row(lettered), Row(paid)}));
        break;
      }
      case 3:    // given up
      case 4: {  // granted
        Item credit = testing::MakeItem(
            id, pick(0, 1) == 0 ? state::v1::ITEM_KIND_WRITE_OFF : state::v1::ITEM_KIND_DEDUCTION,
            -std::min(minor, target.amount_minor()), day);
        world->Edit(n, [&](LedgerAccount* account) {
          account->Add(credit);
          Allocate(account, id, debit, INT64_MAX, day, {state::v1::MATCH_RULE_COMMAND, ""});
        });
        break;
      }
      default: {
        IncomingItem told = Row(testing::Payment(id, minor, day));
        told.to_match = true;
        told.facts.documents = {target.number()};
        world->Post(n, Rows({told}));
      }
    }
    if (pick(0, 4) == 0) {
      const int32_t opened = target.issue_day() + pick(0, 60);
      const bool resolved = pick(0, 1) == 0;
      world->Edit(n, [&](LedgerAccount* account) {
        auto* dispute = account->Edit(debit).mutable_dispute();
        dispute->set_reason("PRICE");
        dispute->set_amount_minor(std::max<int64_t>(1, target.amount_minor() / 2));
        dispute->set_opened_day(opened);
        if (resolved) dispute->set_resolved_day(opened + 30);
      });
    }
  }
}

// What was open of an item at the end of a day, in the slowest and plainest way.
int64_t OpenAt(const std::vector<Item>& items, const Item& item, int32_t day) {
  if (item.issue_day() > day) return 0;
  int64_t open = item.amount_minor();
  for (const Item& credit : items) {
    for (const auto& a : credit.allocations()) {
      const bool stands = a.day() <= day && (a.undone_day() == 0 || day < a.undone_day());
      if (!stands) continue;
      if (credit.id() == item.id()) open += a.amount_minor();
      if (a.item() == item.id()) open -= a.amount_minor();
    }
  }
  return open;
}

struct Plain {
  Amount debits = 0, credits = 0, unapplied = 0, disputed = 0, sales = 0, collected = 0, true_numerator = 0;
  int64_t open_items = 0;
  std::vector<Amount> buckets = std::vector<Amount>(5);
  std::vector<Amount> same_older = std::vector<Amount>(4);
  std::vector<PaidInvoice> paid;
};

Plain Reckon(const World& world, int32_t day) {
  const AgeingBuckets ages = *AgeingBuckets::Make({});
  Plain plain;
  for (const auto& [n, stored] : world.accounts()) {
    if (n == World::kUnidentified) continue;
    const std::vector<Item> items = world.Items(n);
    for (const Item& item : items) {
      if (item.issue_day() <= day && item.issue_day() > day - 90) {
        if (item.kind() == state::v1::ITEM_KIND_INVOICE || item.kind() == state::v1::ITEM_KIND_CREDIT_NOTE)
          plain.sales += item.amount_minor();
        if (item.kind() == state::v1::ITEM_KIND_PAYMENT || item.kind() == state::v1::ITEM_KIND_RETURN)
          plain.collected -= item.amount_minor();
      }
      const int64_t open = OpenAt(items, item, day);
      if (item.has_due_day() && item.amount_minor() > 0) {
        const int32_t before = MonthsBefore(day, 1);
        const int64_t then = OpenAt(items, item, before);
        const int age = ages.BucketOf(item.due_day(), before);
        if (then > 0 && open > 0 && age < 4 && ages.BucketOf(item.due_day(), day) > age)
          plain.same_older[age] += std::min(then, open);
      }
      if (open == 0 && item.kind() == state::v1::ITEM_KIND_INVOICE && item.has_due_day() &&
          !item.written_off() && item.issue_day() <= day) {
        int32_t settled = 0;
        for (const Item& credit : items) {
          for (const auto& a : credit.allocations()) {
            if (a.item() == item.id() && a.day() <= day && (a.undone_day() == 0 || day < a.undone_day()))
              settled = std::max(settled, a.day());
          }
        }
        if (settled > day - 90) plain.paid.push_back({item.amount_minor(), settled - item.due_day()});
      }
      if (open == 0) continue;
      ++plain.open_items;
      if (open < 0) {
        plain.credits -= open;
        if (item.kind() == state::v1::ITEM_KIND_PAYMENT) plain.unapplied -= open;
        continue;
      }
      plain.debits += open;
      if (item.has_due_day()) plain.buckets[ages.BucketOf(item.due_day(), day)] += open;
      if (item.has_dispute() && item.dispute().opened_day() <= day &&
          (item.dispute().resolved_day() == 0 || day < item.dispute().resolved_day()))
        plain.disputed += std::min(open, item.dispute().amount_minor());
    }
  }
  return plain;
}

int64_t Small(Amount amount) { return static_cast<int64_t>(amount); }

class SeriesOfRandomBooks : public ::testing::TestWithParam<int> {};

TEST_P(SeriesOfRandomBooks, SaysWhatWasOpenThenAndRollsForward) {
  std::mt19937 random(GetParam());
  World world;
  uint64_t next_id = 1;
  for (int n = 0; n < 6; ++n) MakeAccount(&random, n, &next_id, &world);
  MakeAccount(&random, World::kUnidentified, &next_id, &world);
  const projection::TenantColumns columns = world.Columns();
  std::vector<int32_t> days = MonthEnds(columns.currencies()[0], INT32_MIN, Day(2025, 9, 12));
  ASSERT_GT(days.size(), 3u);
  for (const int32_t day : {Day(2024, 2, 28), Day(2024, 6, 17), Day(2025, 3, 30)}) days.push_back(day);
  std::sort(days.begin(), days.end());
  const std::vector<FiguresAt> series = MakeSeries(columns, 0, days, {*AgeingBuckets::Make({}), 90, {}});
  ASSERT_EQ(series.size(), days.size());
  Amount opening = 0;
  Flows before;
  for (const FiguresAt& at : series) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), ", ", FormatIsoDay(DayFromNumber(at.day))));
    const Plain plain = Reckon(world, at.day);
    EXPECT_EQ(Small(at.debits), Small(plain.debits));
    EXPECT_EQ(Small(at.credits), Small(plain.credits));
    EXPECT_EQ(Small(at.unapplied), Small(plain.unapplied));
    EXPECT_EQ(Small(at.disputed), Small(plain.disputed));
    EXPECT_EQ(at.open_items, plain.open_items);
    EXPECT_EQ(Small(at.sales), Small(plain.sales));
    EXPECT_EQ(Small(at.collected), Small(plain.collected));
    for (int b = 0; b < 5; ++b) EXPECT_EQ(Small(at.buckets[b]), Small(plain.buckets[b])) << b;
    for (int b = 0; b < 4; ++b) EXPECT_EQ(Small(at.rolled[b].same_older), Small(plain.same_older[b])) << b;
    EXPECT_EQ(at.weighted_days_late(), WeightedDaysLate(plain.paid, false));
    EXPECT_EQ(at.signed_days_late(), WeightedDaysLate(plain.paid, true));
    // opening + billed - cash - credit notes - write-offs - deductions + adjustments = closing.
    EXPECT_EQ(Small(at.ever.Since(before).Close(opening)), Small(at.receivables()));
    EXPECT_EQ(Small(at.ever.adjustments), 0) << "allocations explain everything here";
    opening = at.receivables();
    before = at.ever;

    // The aged balance of the same day, by its own way.
    const projection::BalancesAt balances(columns, 0, at.day);
    const Ageing ageing = MakeAgeing(columns, 0, balances, *AgeingBuckets::Make({}), AgeingSplit::kNone, 0);
    EXPECT_EQ(Small(ageing.total.debits()), Small(at.debits));
    EXPECT_EQ(Small(ageing.total.credits), Small(at.credits));
    EXPECT_EQ(Small(ageing.total.unapplied), Small(at.unapplied));
    EXPECT_EQ(Small(ageing.total.disputed), Small(at.disputed));
    EXPECT_EQ(Small(ageing.total.overdue()), Small(at.overdue()));
    const Amount unknown = ageing.rows.empty() ? 0 : ageing.rows.back().credits;
    EXPECT_EQ(Small(UnidentifiedAt(columns, 0, at.day)), Small(unknown));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SeriesOfRandomBooks, ::testing::Range(1, 41));

// What is settled without a credit is an adjustment, and the identity holds all the same.
TEST(SeriesTest, WhatNothingExplainsIsAnAdjustment) {
  AccountView view;
  view.key = {"t", "C1"};
  view.exists = true;
  Item item = testing::Invoice(1, 100'00, Day(2025, 1, 31), "F1");
  item.set_open_minor(30'00);
  item.set_paid_day(Day(2025, 2, 10));
  view.items = {item};
  Item gone = testing::Invoice(2, 50'00, Day(2025, 1, 31), "F2");
  gone.set_open_minor(0);
  gone.set_settled_day(Day(2025, 3, 5));
  view.history = {gone};
  projection::TenantColumns columns;
  columns.Put(view, kPartition);
  const auto series = MakeSeries(columns, 0, {Day(2025, 1, 31), Day(2025, 2, 28), Day(2025, 3, 31)},
                                 {*AgeingBuckets::Make({}), 90, {}});
  EXPECT_EQ(Small(series[0].receivables()), 150'00);
  EXPECT_EQ(Small(series[1].receivables()), 80'00);
  EXPECT_EQ(Small(series[2].receivables()), 30'00);
  EXPECT_EQ(Small(series[1].ever.Since(series[0].ever).adjustments), -70'00);
  EXPECT_EQ(Small(series[2].ever.Since(series[1].ever).adjustments), -50'00);
  EXPECT_EQ(Small(series[2].ever.Since(series[1].ever).Close(series[1].receivables())), 30'00);
}

// A whole picture that no longer has an invoice says nothing about sales.
TEST(SeriesTest, WhatLeftThePictureIsNoCreditNote) {
  World world;
  world.Post(0, Rows({Row(testing::Invoice(1, 100'00, Day(2025, 1, 31), "F1"))}));
  world.Edit(0, [](LedgerAccount* account) { SettleAbsent({kSourceFec}, {}, Day(2025, 2, 10), account); });
  const auto columns = world.Columns();
  const auto series = MakeSeries(columns, 0, {Day(2025, 2, 28)}, {*AgeingBuckets::Make({}), 90, {}});
  EXPECT_EQ(Small(series[0].sales), 100'00);
  EXPECT_EQ(Small(series[0].ever.credit_notes), 0);
  EXPECT_EQ(Small(series[0].ever.adjustments), -100'00);
  EXPECT_EQ(Small(series[0].receivables()), 0);
}

class Books {
 public:
  uint64_t Invoice(int n, int64_t minor, int32_t issued, int32_t due) {
    ++id_;
    Item item = testing::Invoice(id_, minor, due, absl::StrCat("F", id_));
    item.set_issue_day(issued);
    world_.Post(n, Rows({Row(item)}));
    return id_;
  }
  void Pay(int n, int64_t minor, int32_t day, uint64_t debit) {
    const uint64_t id = ++id_;
    world_.Edit(n, [&](LedgerAccount* account) {
      account->Add(testing::Payment(id, minor, day));
      Allocate(account, id, debit, INT64_MAX, day, {state::v1::MATCH_RULE_COMMAND, ""});
    });
  }
  FiguresAt At(int32_t day, int period_days = 90) {
    const auto columns = world_.Columns();
    return MakeSeries(columns, 0, {day}, {*AgeingBuckets::Make({}), period_days, {}}).front();
  }
  double Dso(int32_t day, absl::string_view method, int period_days = 90) {
    for (const DsoFigure& figure : DsoFigures(At(day, period_days), period_days)) {
      if (figure.method == method) return figure.days.value_or(-1);
    }
    return -2;
  }

 private:
  World world_;
  uint64_t id_ = 0;
};

constexpr double kCent = 0.005;

// The reference figures, from items.
TEST(IndicatorsFromItems, D1_Simple) {
  Books books;
  const uint64_t old = books.Invoice(0, 1'650'000, Day(2024, 7, 10), Day(2024, 8, 10));
  books.Pay(0, 1'650'000, Day(2024, 9, 1), old);
  books.Invoice(0, 150'000, Day(2024, 12, 10), Day(2025, 1, 10));
  EXPECT_NEAR(books.Dso(Day(2024, 12, 31), "simple", 365), 30.42, kCent);
}

TEST(IndicatorsFromItems, D2_SimpleOverAQuarter) {
  Books books;
  const uint64_t first = books.Invoice(0, 5'538, Day(2025, 1, 10), Day(2025, 2, 10));
  books.Invoice(0, 4'566, Day(2025, 2, 10), Day(2025, 3, 10));
  books.Invoice(0, 7'570, Day(2025, 3, 10), Day(2025, 4, 10));
  books.Pay(0, 5'538, Day(2025, 3, 1), first);
  books.Pay(0, 17'674 - 5'538 - 10'869, Day(2025, 3, 2), first + 1);
  EXPECT_NEAR(books.Dso(Day(2025, 3, 31), "simple", 90), 55.35, kCent);
}

TEST(IndicatorsFromItems, D3_CountBackByThirtyDayMonths) {
  Books books;
  books.Invoice(0, 100'000, Day(2025, 3, 10), Day(2025, 4, 10));
  books.Invoice(0, 80'000, Day(2025, 2, 10), Day(2025, 3, 10));
  const uint64_t oldest = books.Invoice(0, 70'000, Day(2025, 1, 10), Day(2025, 2, 10));
  books.Pay(0, 38'000, Day(2025, 3, 15), oldest);
  EXPECT_NEAR(books.Dso(Day(2025, 3, 31), "countback_30"), 73.71, kCent);
}

TEST(IndicatorsFromItems, D4_CountBackByTheCalendar_D9_SalesWeighted) {
  Books books;
  // D-9 has the same sales as D-4; other parts of them are open.
  const uint64_t march = books.Invoice(0, 180'000, Day(2025, 3, 10), Day(2025, 4, 10));
  const uint64_t february = books.Invoice(0, 150'000, Day(2025, 2, 10), Day(2025, 3, 10));
  const uint64_t january = books.Invoice(0, 200'000, Day(2025, 1, 10), Day(2025, 2, 10));
  books.Pay(0, 105'000, Day(2025, 3, 15), january);
  EXPECT_NEAR(books.Dso(Day(2025, 3, 31), "countback"), 73.725, 1e-9);
  books.Pay(0, 30'000, Day(2025, 3, 31), march);
  books.Pay(0, 60'000, Day(2025, 3, 31), february);
  books.Pay(0, 35'000, Day(2025, 3, 31), january);
  EXPECT_NEAR(books.Dso(Day(2025, 3, 31), "sales_weighted"), 51.93, kCent);
}

TEST(IndicatorsFromItems, D5_CountBack) {
  Books books;
  books.Invoice(0, 1'200, Day(2025, 11, 10), Day(2025, 12, 10));
  books.Invoice(0, 800, Day(2025, 10, 10), Day(2025, 11, 10));
  const uint64_t september = books.Invoice(0, 700, Day(2025, 9, 10), Day(2025, 10, 10));
  books.Pay(0, 200, Day(2025, 11, 11), september);
  EXPECT_NEAR(books.Dso(Day(2025, 11, 30), "countback"), 82.43, kCent);
}

TEST(IndicatorsFromItems, D6_InsideTheMonth) {
  Books books;
  const uint64_t november = books.Invoice(0, 120'000, Day(2025, 11, 10), Day(2025, 12, 10));
  books.Pay(0, 75'000, Day(2025, 11, 20), november);
  EXPECT_NEAR(books.Dso(Day(2025, 11, 30), "countback"), 11.25, 1e-9);
}

TEST(IndicatorsFromItems, D7_HistoryTooShort) {
  World world;
  Item opening = testing::MakeItem(1, state::v1::ITEM_KIND_OPENING, 280'000, Day(2025, 10, 1));
  Item october = testing::Invoice(2, 120'000, Day(2025, 11, 10), "F2");
  october.set_issue_day(Day(2025, 10, 10));
  Item november = testing::Invoice(3, 100'000, Day(2025, 12, 10), "F3");
  november.set_issue_day(Day(2025, 11, 10));
  world.Post(0, Rows({Row(opening), Row(october), Row(november)}));
  const auto columns = world.Columns();
  const FiguresAt at =
      MakeSeries(columns, 0, {Day(2025, 11, 30)}, {*AgeingBuckets::Make({}), 90, {}}).front();
  const CountBackDso found = CountBack(at.receivables(), at.months, MonthLength::kCalendar);
  EXPECT_NEAR(found.days, 61, 1e-9);
  EXPECT_EQ(Small(found.unabsorbed), 280'000);
}

TEST(IndicatorsFromItems, D8_MonthWithMoreCreditNotes) {
  World world;
  Item newest = testing::Invoice(1, 60'000, Day(2025, 6, 10), "F1");
  newest.set_issue_day(Day(2025, 5, 10));
  Item note = testing::MakeItem(2, state::v1::ITEM_KIND_CREDIT_NOTE, -5'000, Day(2025, 4, 10), "A2");
  Item oldest = testing::Invoice(3, 80'000, Day(2025, 4, 10), "F3");
  oldest.set_issue_day(Day(2025, 3, 10));
  Item paid = testing::Payment(4, 35'000, Day(2025, 4, 20));
  world.Post(0, Rows({Row(newest), Row(note), Row(oldest), Row(paid)}));
  const auto columns = world.Columns();
  const FiguresAt at = MakeSeries(columns, 0, {Day(2025, 5, 31)}, {*AgeingBuckets::Make({}), 90, {}}).front();
  EXPECT_EQ(Small(at.receivables()), 100'000);
  EXPECT_NEAR(CountBack(at.receivables(), at.months, MonthLength::kCalendar).days, 76.50, 1e-9);
  EXPECT_EQ(Small(at.sales), 135'000) << "FC-48: credit notes reduce";
}

TEST(IndicatorsFromItems, D10_TrueDso) {
  Books books;
  books.Invoice(0, 100'000, Day(2025, 2, 10), Day(2025, 3, 10));
  const uint64_t rest = books.Invoice(0, 50'000, Day(2025, 2, 20), Day(2025, 3, 20));
  books.Pay(0, 50'000, Day(2025, 3, 20), rest);
  books.Invoice(1, 50'000, Day(2025, 3, 5), Day(2025, 4, 5));
  const uint64_t paid = books.Invoice(1, 130'000, Day(2025, 3, 6), Day(2025, 3, 16));
  books.Pay(1, 130'000, Day(2025, 3, 16), paid);
  EXPECT_NEAR(books.Dso(Day(2025, 3, 31), "true"), 39.89, kCent);
}

TEST(IndicatorsFromItems, D11_BestPossibleAndDelinquent) {
  Books books;
  books.Invoice(0, 4'000, Day(2025, 6, 10), Day(2025, 7, 10));
  books.Invoice(0, 6'000, Day(2025, 6, 10), Day(2025, 6, 20));
  books.Invoice(0, 5'000, Day(2025, 4, 10), Day(2025, 5, 10));
  EXPECT_NEAR(books.Dso(Day(2025, 6, 30), "simple", 30), 45, 1e-9);
  EXPECT_NEAR(books.Dso(Day(2025, 6, 30), "best_possible", 30), 12, 1e-9);
  EXPECT_NEAR(books.Dso(Day(2025, 6, 30), "average_delinquent", 30), 33, 1e-9);
}

TEST(IndicatorsFromItems, D12_RollForward) {
  World world;
  Item opening = testing::MakeItem(1, state::v1::ITEM_KIND_OPENING, 1'000'000, Day(2024, 12, 31));
  Item billed = testing::Invoice(2, 640'000, Day(2025, 2, 10), "F2");
  billed.set_issue_day(Day(2025, 1, 10));
  Item cash = testing::Payment(3, 590'000, Day(2025, 1, 20));
  Item note = testing::MakeItem(4, state::v1::ITEM_KIND_CREDIT_NOTE, -25'000, Day(2025, 1, 21), "A4");
  Item given_up = testing::MakeItem(5, state::v1::ITEM_KIND_WRITE_OFF, -5'000, Day(2025, 1, 31));
  world.Post(0, Rows({Row(opening), Row(billed), Row(cash), Row(note), Row(given_up)}));
  const auto columns = world.Columns();
  const auto series =
      MakeSeries(columns, 0, {Day(2024, 12, 31), Day(2025, 1, 31)}, {*AgeingBuckets::Make({}), 90, {}});
  EXPECT_EQ(Small(series[0].receivables()), 1'000'000);
  const Flows flows = series[1].ever.Since(series[0].ever);
  EXPECT_EQ(Small(flows.billed), 640'000);
  EXPECT_EQ(Small(flows.cash), 590'000);
  EXPECT_EQ(Small(flows.credit_notes), 25'000);
  EXPECT_EQ(Small(flows.write_offs), 5'000);
  EXPECT_EQ(Small(flows.Close(series[0].receivables())), 1'020'000);
  EXPECT_EQ(Small(series[1].receivables()), 1'020'000);
}

TEST(IndicatorsFromItems, CollectionEffectiveness) {
  Books books;
  // Opening 6200; sales 10890 in three months; closing 6340, of which 3590 are not due.
  const uint64_t before = books.Invoice(0, 6'200, Day(2025, 3, 1), Day(2025, 3, 31));
  const uint64_t april = books.Invoice(0, 4'000, Day(2025, 4, 5), Day(2025, 5, 5));
  books.Invoice(0, 3'300, Day(2025, 5, 5), Day(2025, 6, 4));
  books.Invoice(0, 3'590, Day(2025, 6, 5), Day(2025, 7, 5));
  books.Pay(0, 6'200, Day(2025, 4, 30), before);
  books.Pay(0, 4'000, Day(2025, 5, 30), april);
  books.Pay(0, 550, Day(2025, 6, 10), april + 1);
  const FiguresAt at = books.At(Day(2025, 6, 30));
  EXPECT_EQ(Small(at.receivables()), 6'340);
  EXPECT_EQ(Small(at.not_due()), 3'590);
  EXPECT_NEAR(*at.effectiveness * 100, 55.93, kCent);
  EXPECT_FALSE(books.At(Day(2024, 6, 30)).effectiveness.has_value()) << "nothing was to collect";
}

TEST(IndicatorsFromItems, RollRatesByBalanceAndByCohort) {
  Books books;
  // 100 of the age 1-30 at the end of February; 40 of them are 31-60 at the end of March, beside 20 that were
  // billed overdue meanwhile.
  books.Invoice(0, 40'00, Day(2025, 1, 10), Day(2025, 2, 10));
  const uint64_t paid = books.Invoice(0, 60'00, Day(2025, 1, 10), Day(2025, 2, 12));
  books.Pay(0, 60'00, Day(2025, 3, 10), paid);
  books.Invoice(1, 20'00, Day(2025, 3, 5), Day(2025, 2, 20));
  const FiguresAt at = books.At(Day(2025, 3, 31));
  EXPECT_EQ(Small(at.rolled[1].before), 100'00);
  EXPECT_NEAR(*at.rolled[1].cohort_rate(), 0.4, 1e-12);
  EXPECT_NEAR(*at.rolled[1].balance_rate(), 0.6, 1e-12);
  EXPECT_FALSE(at.rolled[2].balance_rate().has_value()) << "nothing was of that age";
}

TEST(IndicatorsFromItems, TermsAndInvoiceLag) {
  Books books;
  books.Invoice(0, 100'00, Day(2025, 4, 30), Day(2025, 5, 30));  // the last day: 14.5 behind the middle
  books.Invoice(0, 300'00, Day(2025, 4, 1), Day(2025, 5, 31));   // the first day: 14.5 before it
  const FiguresAt at = books.At(Day(2025, 4, 30));
  EXPECT_NEAR(*at.mean_terms_days(), (30.0 * 100 + 60.0 * 300) / 400, 1e-12);
  EXPECT_NEAR(*at.invoice_lag_days(), (14.5 * 100 - 14.5 * 300) / 400, 1e-12);
}

TEST(IndicatorsFromItems, ConcentrationAndShares) {
  Books books;
  for (int n = 0; n < 10; ++n) {
    books.Invoice(n, n == 0 ? 790'00 : n == 1 ? 20'00 : 10'00, Day(2025, 5, 1), Day(2025, 6, 1));
  }
  const FiguresAt at = books.At(Day(2025, 6, 30));
  EXPECT_EQ(at.overdue_accounts(), 10);
  EXPECT_EQ(at.pareto_accounts(), 1);
  EXPECT_NEAR(*at.top_fifth_share(), 810.0 / 890, 1e-12);
  EXPECT_NEAR(*at.overdue_share(), 1, 1e-12);
}

TEST(SeriesTest, MonthsBeforeKeepsMonthEnds) {
  EXPECT_EQ(MonthsBefore(Day(2025, 2, 28), 3), Day(2024, 11, 30));
  EXPECT_EQ(MonthsBefore(Day(2024, 2, 29), 12), Day(2023, 2, 28));
  EXPECT_EQ(MonthsBefore(Day(2025, 5, 31), 1), Day(2025, 4, 30));
  EXPECT_EQ(MonthsBefore(Day(2025, 5, 30), 3), Day(2025, 2, 28));
  EXPECT_EQ(MonthsBefore(Day(2025, 5, 15), 1), Day(2025, 4, 15));
}

TEST(SeriesTest, MonthEndsReachBackToTheFirstItem) {
  Books books;
  World world;
  Item first = testing::Invoice(1, 100, Day(2025, 2, 10), "F1");
  first.set_issue_day(Day(2025, 1, 10));
  world.Post(0, Rows({Row(first)}));
  const auto columns = world.Columns();
  const projection::CurrencyColumns& euro = columns.currencies()[0];
  EXPECT_EQ(MonthEnds(euro, INT32_MIN, Day(2025, 3, 15)),
            (std::vector<int32_t>{Day(2025, 1, 31), Day(2025, 2, 28), Day(2025, 3, 15)}));
  EXPECT_EQ(MonthEnds(euro, Day(2025, 2, 1), Day(2025, 3, 31)),
            (std::vector<int32_t>{Day(2025, 2, 28), Day(2025, 3, 31)}));
  EXPECT_TRUE(MonthEnds(euro, INT32_MIN, Day(2025, 1, 9)).empty());
}

}  // namespace
}  // namespace relance::ledger
