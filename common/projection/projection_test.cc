#include "common/projection/projection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/projection/balances_at.h"
#include "common/store/testing/fake_store.h"

namespace relance::projection {
namespace {

using state::v1::Item;
using store::FakeStore;

store::Deadline Soon() { return store::After(absl::Seconds(10)); }

// An account as its owner would write it, with allocations that explain every open amount.
struct Model {
  std::vector<Item> items;

  Item* Find(uint64_t id) {
    for (Item& item : items) {
      if (item.id() == id) return &item;
    }
    return nullptr;
  }
};

// Writes and reads the accounts of two tenants at random.
class World {
 public:
  explicit World(uint64_t seed)
      : random_(seed), ledger_(store::Service::kLedger), risk_(ledger_.As(store::Service::kRisk)) {
    for (const char* tenant : {"north", "south"}) {
      EXPECT_TRUE(ledger_.PutDocument(tenant, "tenant", "x", 0, Soon()).ok());
    }
  }

  FakeStore& store() { return ledger_; }
  std::map<store::AccountKey, Model>& models() { return models_; }

  int Below(int limit) { return static_cast<int>(random_() % limit); }

  void Change() {
    const store::AccountKey key{Below(3) == 0 ? "south" : "north", absl::StrCat("C", Below(25))};
    Model& model = models_[key];
    for (int n = Below(6); n >= 0; --n) ChangeItem(&model);
    WriteLedger(key, model);
    if (Below(3) == 0) WriteRisk(key);
  }

 private:
  void ChangeItem(Model* model) {
    const int what = Below(10);
    if (what < 4 || model->items.empty()) {
      Item item;
      item.set_id(++next_id_);
      const bool credit = Below(3) == 0;
      item.set_kind(credit ? state::v1::ITEM_KIND_PAYMENT : state::v1::ITEM_KIND_INVOICE);
      item.set_issue_day(1000 + Below(100));
      if (!credit && Below(8) != 0) item.set_due_day(item.issue_day() + Below(60));
      item.set_amount_minor((credit ? -1 : 1) * (1 + Below(1000)));
      item.set_open_minor(item.amount_minor());
      item.set_currency(Below(6) == 0 ? "USD" : "EUR");
      model->items.push_back(item);
      return;
    }
    Item& item = model->items[Below(static_cast<int>(model->items.size()))];
    if (what < 8) {
      Allocate(model);
    } else if (item.amount_minor() > 0) {
      item.mutable_dispute()->set_amount_minor(1 + Below(500));
      item.mutable_dispute()->set_opened_day(1000 + Below(150));
      item.mutable_dispute()->set_resolved_day(Below(2) == 0 ? 0 : item.dispute().opened_day() + Below(30));
    } else {
      Undo(model, &item);
    }
  }

  void Allocate(Model* model) {
    for (Item& credit : model->items) {
      for (Item& debit : model->items) {
        if (credit.open_minor() >= 0 || debit.open_minor() <= 0 || credit.currency() != debit.currency())
          continue;
        auto* part = credit.add_allocations();
        part->set_item(debit.id());
        part->set_amount_minor(std::min(-credit.open_minor(), debit.open_minor()));
        if (Below(2) == 0) part->set_amount_minor(1);
        part->set_day(std::max(credit.issue_day(), debit.issue_day()) + Below(20));
        credit.set_open_minor(credit.open_minor() + part->amount_minor());
        debit.set_open_minor(debit.open_minor() - part->amount_minor());
        debit.set_paid_day(part->day());
        if (debit.open_minor() == 0) debit.set_settled_day(part->day());
        if (credit.open_minor() == 0) credit.set_settled_day(part->day());
        return;
      }
    }
  }

  void Undo(Model* model, Item* credit) {
    for (auto& part : *credit->mutable_allocations()) {
      if (part.undone_day() != 0) continue;
      part.set_undone_day(part.day() + 1 + Below(20));
      credit->set_open_minor(credit->open_minor() - part.amount_minor());
      credit->set_settled_day(0);
      Item* debit = model->Find(part.item());
      debit->set_open_minor(debit->open_minor() + part.amount_minor());
      debit->set_settled_day(0);
      return;
    }
  }

  void WriteLedger(const store::AccountKey& key, const Model& model) {
    state::v1::LedgerSum sum;
    state::v1::ItemChunk open, settled;
    for (const Item& item : model.items) *(item.open_minor() != 0 ? open : settled).add_items() = item;
    sum.set_open_chunks(open.items().empty() ? 0 : 1);
    sum.set_history_chunks(settled.items().empty() ? 0 : 1);
    sum.mutable_attributes()->set_name("name");
    sum.mutable_attributes()->set_region(absl::StrCat("region ", Below(5)));
    sum.mutable_attributes()->set_sector(Below(4) == 0 ? "" : absl::StrCat("sector ", Below(200)));
    Commit(&ledger_, store::kLedgerOwner, key,
           {{kSumField, sum.SerializeAsString()},
            {ItemsField(0), open.SerializeAsString()},
            {HistoryField(0), settled.SerializeAsString()}});
  }

  void WriteRisk(const store::AccountKey& key) {
    state::v1::RiskScore risk;
    risk.set_late_probability(Below(100) / 100.0);
    Commit(risk_.get(), store::kRiskOwner, key, {{kRiskField, risk.SerializeAsString()}});
  }

  void Commit(FakeStore* store, store::Owner owner, const store::AccountKey& key,
              std::vector<std::pair<std::string, std::string>> fields) {
    int64_t& version = versions_[{owner, key}];
    store::CommitBatch batch;
    batch.partition = store->PartitionOf(key);
    batch.writes.emplace_back();
    batch.writes[0].key = key;
    batch.writes[0].read_versions = {{owner, version}};
    batch.writes[0].set = std::move(fields);
    const auto results = store->Commit({&batch, 1}, Soon());
    ASSERT_TRUE(results.ok() && (*results)[0].ok());
    ASSERT_EQ((*(*results)[0])[0].outcome, store::WriteOutcome::kApplied);
    version = (*(*results)[0])[0].version;
  }

  std::mt19937_64 random_;
  FakeStore ledger_;
  std::unique_ptr<FakeStore> risk_;
  std::map<store::AccountKey, Model> models_;
  std::map<std::pair<store::Owner, store::AccountKey>, int64_t> versions_;
  uint64_t next_id_ = 0;
};

// Everything that can be asked of a tenant, without row numbers.
std::string Dump(const TenantColumns& tenant) {
  std::map<std::string, std::string> accounts;
  const AccountColumns& a = tenant.accounts();
  for (int32_t i = 0; i < a.size(); ++i) {
    if (!a.live(i)) continue;
    std::string& text = accounts[a.key[i]];
    absl::StrAppend(&text, a.name[i], "|", tenant.words().word(a.region[i]), "|",
                    tenant.words().word(a.sector[i]), "|", a.late_probability[i], "|", a.partition[i], "|",
                    static_cast<int>(a.flags[i]));
    std::map<std::string, const Segment*> segments;
    for (const Segment& s : a.segments[i]) segments[tenant.currencies()[s.currency].code] = &s;
    for (const auto& [code, s] : segments) {
      const CurrencyColumns& c = tenant.currencies()[s->currency];
      absl::StrAppend(&text, "\n ", code, " ", s->debit_minor, " ", s->credit_minor, " ", s->oldest_due_day);
      for (int32_t n = 0; n < s->open.count + s->settled.count; ++n) {
        const auto row = c.TableOf(*s, n).Get(c.RowOf(*s, n));
        EXPECT_EQ(row.account, i);
        absl::StrAppend(&text, "\n  ", row.due_day, " ", row.issue_day, " ", row.open, " ", row.amount, " ",
                        row.settled_day, " ", static_cast<int>(row.kind), " ", static_cast<int>(row.flags));
      }
      for (int32_t n = s->allocations.begin; n < s->allocations.end(); ++n) {
        const auto row = c.allocations.Get(n);
        absl::StrAppend(&text, "\n  > ", row.day, " ", row.undone_day, " ", row.amount, " ", row.debit, " ",
                        row.credit);
      }
      if (const auto found = c.disputes.find(i); found != c.disputes.end()) {
        for (const DisputeRow& d : found->second) {
          absl::StrAppend(&text, "\n  ! ", d.item, " ", d.opened_day, " ", d.resolved_day, " ", d.amount);
        }
      }
    }
  }
  std::string all;
  for (const auto& [key, text] : accounts) absl::StrAppend(&all, key, ": ", text, "\n");
  return all;
}

std::string Dump(const Projection& projection, absl::string_view tenant) {
  std::string text;
  projection.Read(tenant, [&](const TenantColumns& columns) { text = Dump(columns); });
  return text;
}

// What was open of the tenant at the end of `day`, from the items themselves: debits, credits and disputed
// parts.
std::array<int64_t, 3> OpenAt(World& world, const std::string& tenant, const std::string& currency, int day) {
  std::array<int64_t, 3> sums = {0, 0, 0};
  for (auto& [key, model] : world.models()) {
    if (key.tenant != tenant) continue;
    std::map<uint64_t, int64_t> open;
    for (const Item& item : model.items) {
      if (item.issue_day() <= day) open[item.id()] = item.amount_minor();
    }
    for (const Item& item : model.items) {
      for (const auto& part : item.allocations()) {
        if (part.day() > day || (part.undone_day() != 0 && part.undone_day() <= day)) continue;
        open[item.id()] += part.amount_minor();
        open[part.item()] -= part.amount_minor();
      }
    }
    for (const Item& item : model.items) {
      if (item.currency() != currency) continue;
      const int64_t amount = open[item.id()];
      sums[amount > 0 ? 0 : 1] += amount;
      const auto& dispute = item.dispute();
      if (item.has_dispute() && dispute.opened_day() <= day &&
          (dispute.resolved_day() == 0 || dispute.resolved_day() > day)) {
        sums[2] += std::min(dispute.amount_minor(), std::max<int64_t>(amount, 0));
      }
    }
  }
  return sums;
}

TEST(Projection, FollowsRandomChangesAndEqualsARebuild) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    World world(seed);
    Projection followed(&world.store(), {.feed_entries_per_read = 3, .accounts_per_read = 2});
    for (int round = 0; round < 40; ++round) {
      for (int n = world.Below(20); n >= 0; --n) world.Change();
      // A gap in the feed now and then: everything behind is trimmed.
      if (round % 7 == 3) {
        const std::vector<int> partitions = {0, 1, 2, 3};
        const auto ends = world.store().FeedEnds(partitions, Soon());
        for (int p : partitions) {
          const store::CommitBatch batch{.partition = p, .cursor_to = (*ends)[p]};
          ASSERT_TRUE(world.store().Commit({&batch, 1}, Soon()).ok());
        }
        ASSERT_TRUE(world.store().TrimFeed(partitions, 0, Soon()).ok());
      }
      const absl::Status status = followed.CatchUp(Soon());
      ASSERT_TRUE(status.ok()) << status;
    }
    Projection fresh(&world.store());
    ASSERT_TRUE(fresh.CatchUp(Soon()).ok());
    EXPECT_GT(followed.stats().partitions_rebuilt, 4) << "the gaps were seen";
    EXPECT_THAT(fresh.Tenants(), testing::ElementsAre("north", "south"));
    for (const std::string tenant : {"north", "south"}) {
      EXPECT_EQ(Dump(followed, tenant), Dump(fresh, tenant));
      for (const Projection* projection : {&followed, &fresh}) {
        projection->Read(tenant, [&](const TenantColumns& columns) {
          for (int32_t c = 0; c < static_cast<int32_t>(columns.currencies().size()); ++c) {
            const CurrencyColumns& currency = columns.currencies()[c];
            for (const int day : {900, 1000, 1030, 1055, 1077, 1100, 1150, 1200, 5000}) {
              const BalancesAt balances(columns, c, day);
              EXPECT_EQ(balances.is_now(), day >= currency.newest_day);
              const ScanResult result = ScanBalances(currency, balances, std::vector<int32_t>{kNoDay});
              const auto [debit, credit, disputed] = OpenAt(world, tenant, currency.code, day);
              EXPECT_EQ(static_cast<int64_t>(result.all_debit_minor), debit) << tenant << " " << day;
              EXPECT_EQ(static_cast<int64_t>(result.all_credit_minor), credit) << tenant << " " << day;
              int64_t found = 0, by_account = 0;
              for (int32_t i = 0; i < columns.accounts().size(); ++i) {
                const Segment* segment = columns.FindSegment(i, c);
                if (segment == nullptr) continue;
                found += balances.DisputedOf(i, *segment);
                by_account +=
                    static_cast<int64_t>(ScanAccount(currency, balances, *segment, {}).all_debit_minor);
              }
              EXPECT_EQ(found, disputed) << tenant << " " << day;
              EXPECT_EQ(by_account, debit);
            }
          }
        });
      }
    }
  }
}

TEST(Projection, ReadsItsOwnWritesAndReadsNothingTwice) {
  World world(7);
  Projection projection(&world.store());
  ASSERT_TRUE(projection.CatchUp(Soon()).ok());
  EXPECT_EQ(projection.stats().accounts_read, 0);
  EXPECT_EQ(projection.stats().partitions_rebuilt, 4);
  world.Change();
  ASSERT_TRUE(projection.CatchUp(Soon()).ok());
  EXPECT_EQ(projection.stats().accounts_read, 1);
  ASSERT_TRUE(projection.CatchUp(Soon()).ok());
  EXPECT_EQ(projection.stats().accounts_read, 1);
  EXPECT_EQ(projection.stats().partitions_rebuilt, 4);
}

TEST(Projection, OnlyTheTenantsAskedFor) {
  World world(8);
  for (int i = 0; i < 50; ++i) world.Change();
  Projection projection(&world.store(), {.tenants = {"south"}});
  ASSERT_TRUE(projection.CatchUp(Soon()).ok());
  for (int i = 0; i < 50; ++i) world.Change();
  ASSERT_TRUE(projection.CatchUp(Soon()).ok());
  EXPECT_THAT(projection.Tenants(), testing::ElementsAre("south"));
  projection.Read("north", [](const TenantColumns& columns) { EXPECT_EQ(columns.live_accounts(), 0); });
}

TEST(Projection, ReadersAndWriterTogether) {
  World world(9);
  Projection projection(&world.store());
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        projection.Read("north", [](const TenantColumns& columns) {
          for (int32_t c = 0; c < static_cast<int32_t>(columns.currencies().size()); ++c) {
            const BalancesAt balances(columns, c, 1050);
            ScanBalances(columns.currencies()[c], balances, std::vector<int32_t>{1050});
          }
        });
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    world.Change();
    EXPECT_TRUE(projection.CatchUp(Soon()).ok());
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
}

TEST(TenantColumns, RowsAreReusedAndHolesClosed) {
  TenantColumns columns;
  AccountView view;
  view.exists = true;
  for (int round = 0; round < 30; ++round) {
    for (int account = 0; account < 100; ++account) {
      view.key = {"t", absl::StrCat("C", account)};
      view.items.clear();
      for (int n = 0; n < 10 + (account * 7 + round * 13) % 100; ++n) {
        Item item;
        item.set_id(n + 1);
        item.set_currency("EUR");
        item.set_amount_minor(5);
        item.set_open_minor(5);
        view.items.push_back(item);
      }
      columns.Put(view, 0);
    }
  }
  const CurrencyColumns& eur = columns.currencies()[0];
  int64_t live = 0;
  for (int32_t i = 0; i < eur.open.size(); ++i) live += eur.open.account[i] != kNoAccount;
  EXPECT_LE(eur.open.size(), live * 4 / 3 + 4096 + 100);
  for (int account = 0; account < 100; ++account) columns.Remove(absl::StrCat("C", account));
  EXPECT_EQ(columns.live_accounts(), 0);
  view.key = {"t", "new"};
  columns.Put(view, 0);
  EXPECT_EQ(columns.accounts().size(), 100) << "a free row is taken first";
}

TEST(TenantColumns, OpenAmountsThatNoAllocationExplainsCountFromTheDayOfPayment) {
  TenantColumns columns;
  AccountView view;
  view.key = {"t", "C"};
  Item item;
  item.set_id(1);
  item.set_currency("EUR");
  item.set_issue_day(10);
  item.set_amount_minor(100);
  item.set_open_minor(40);
  item.set_paid_day(20);
  view.items.push_back(item);
  columns.Put(view, 0);
  const auto open_at = [&](int day) {
    return static_cast<int64_t>(
        ScanBalances(columns.currencies()[0], BalancesAt(columns, 0, day), {}).all_debit_minor);
  };
  EXPECT_EQ(open_at(9), 0);
  EXPECT_EQ(open_at(10), 100);
  EXPECT_EQ(open_at(19), 100);
  EXPECT_EQ(open_at(20), 40);
}

TEST(Dictionary, WordsLiveAsLongAsTheyAreUsed) {
  Dictionary words;
  const int32_t a = words.Acquire("a");
  EXPECT_EQ(words.Acquire("a"), a);
  EXPECT_EQ(words.Acquire(""), 0);
  words.Release(a);
  EXPECT_EQ(words.Find("a"), a);
  words.Release(a);
  EXPECT_EQ(words.Find("a"), -1);
  EXPECT_EQ(words.Acquire("b"), a);
  EXPECT_EQ(words.size(), 2);
}

}  // namespace
}  // namespace relance::projection
