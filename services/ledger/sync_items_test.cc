#include "services/ledger/sync_items.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/documents/document_store.h"
#include "common/status/domain_error.h"
#include "common/store/testing/fake_store.h"
#include "common/store/testing/faulty_store.h"
#include "services/ledger/errors.h"

namespace relance::ledger {
namespace {

using store::FakeStore;
using store::FaultyStore;

constexpr char kTenant[] = "demo";

store::Deadline Soon() { return store::After(absl::Seconds(5)); }

class SyncItemsTest : public ::testing::Test {
 public:
  SyncItemsTest() : store_(store::Service::kLedger), faulty_(&store_) {
    state::v1::TenantConfig config;
    config.set_id(kTenant);
    config.set_country("FR");
    state::v1::TenantClock clock;
    clock.set_test_day(20'000);
    EXPECT_TRUE(store_.PutDocument(kTenant, kTenantDocument, config.SerializeAsString(), 0, Soon()).ok());
    EXPECT_TRUE(store_.PutDocument(kTenant, kClockDocument, clock.SerializeAsString(), 0, Soon()).ok());
  }

  // Two invoices of one number: instalments.
  static v1::SyncItemsRequest Batch(int64_t number, bool last = false) {
    v1::SyncItemsRequest batch;
    batch.set_tenant_id(kTenant);
    batch.set_sync_id("s");
    batch.set_batch(number);
    batch.set_last(last);
    for (int i = 0; i < 2; ++i) {
      v1::SyncItem& row = *batch.add_items();
      row.set_account_id("C1");
      row.set_kind(v1::ITEM_KIND_INVOICE);
      row.set_number(absl::StrCat("F-", number));
      row.mutable_issue_date()->set_year(2024);
      row.mutable_issue_date()->set_month(1);
      row.mutable_issue_date()->set_day(10);
      row.mutable_amount()->set_currency_code("EUR");
      row.mutable_amount()->set_units(100 * number);
    }
    return batch;
  }

  // One stream; the batches that were acknowledged, and how it ended.
  using Ending = std::pair<std::vector<int64_t>, std::string>;
  Ending Sync(const std::vector<v1::SyncItemsRequest>& batches) {
    auto stream = syncs_.Open(kTenant, "s", false, Soon());
    if (!stream.ok()) return {{}, ReasonOf(stream.status())};
    std::vector<v1::SyncItemsResponse> responses;
    const absl::Status stored = (*stream)->Store(batches, Soon(), &responses);
    std::vector<int64_t> acknowledged;
    for (const auto& response : responses) acknowledged.push_back(response.acknowledged_batch());
    if (!responses.empty()) report_ = responses.back().report();
    return {acknowledged, stored.ok() ? "OK" : ReasonOf(stored)};
  }

  int32_t OpenItems() {
    const auto views =
        ReadAccounts(store_, std::vector<store::AccountKey>{{kTenant, "C1"}}, {true, true}, Soon());
    return (*views)[0]->sum.open_items();
  }

  class Folder {
   public:
    Folder() : path_((std::filesystem::temp_directory_path() / "relance-sync-XXXXXX").string()) {
      mkdtemp(path_.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    const std::string& path() const { return path_; }

   private:
    std::string path_;
  };

  void TestBody() override {}

  const Folder folder_;
  FakeStore store_;
  FaultyStore faulty_;
  TenantDirectory tenants_{&faulty_, [] { return absl::UnixEpoch(); }};
  AccountIndexes indexes_;
  PostingService posting_{&faulty_, &indexes_, [] { return absl::UnixEpoch(); }};
  documents::DocumentStore documents_ = *documents::DocumentStore::Open(folder_.path());
  ImportLog log_{&faulty_, &documents_};
  ItemSync syncs_{&faulty_, &tenants_, &posting_, &log_, [] { return absl::UnixEpoch(); }};
  v1::ImportReport report_;
};

TEST_F(SyncItemsTest, BatchesThatAreThereTogetherAreStoredTogether) {
  EXPECT_EQ(Sync({Batch(1), Batch(2), Batch(3, true)}), Ending({3, 3, 3}, "OK"));
  EXPECT_EQ(report_.created(), 6);
  EXPECT_EQ(OpenItems(), 6);
  EXPECT_EQ(faulty_.calls("Commit"), 1);
}

TEST_F(SyncItemsTest, WhatComesBeforeARefusedBatchIsStored) {
  EXPECT_EQ(Sync({Batch(1), Batch(2), Batch(4)}), Ending({2, 2}, kBatchOutOfOrder));
  EXPECT_EQ(OpenItems(), 4);
  // Repeats and new ones in one.
  EXPECT_EQ(Sync({Batch(1), Batch(2), Batch(3, true), Batch(3, true)}), Ending({2, 2, 3, 3}, "OK"));
  EXPECT_EQ(OpenItems(), 6);
  EXPECT_EQ(Sync({Batch(4)}), Ending({}, kSyncEnded));
  EXPECT_EQ(Sync({Batch(3, true), Batch(4)}), Ending({3}, kSyncEnded));
}

// The store fails at any call, before or after it did what it was asked; the program sends again what was not
// acknowledged. The instalments of one number stay two.
TEST_F(SyncItemsTest, AFailureAnywhereMakesNoItemTwice) {
  constexpr int kCallsAtLeast = 6;
  const std::vector<v1::SyncItemsRequest> all = {Batch(1), Batch(2), Batch(3, true)};
  for (const auto when : {FaultyStore::When::kBefore, FaultyStore::When::kAfter}) {
    bool failed = true;
    for (int nth = 1; failed; ++nth) {
      SCOPED_TRACE(absl::StrCat("call ", nth, when == FaultyStore::When::kAfter ? " after" : " before"));
      SyncItemsTest world;
      world.faulty_.FailCall(nth, "", absl::UnavailableError("cut"), when);
      failed = false;
      for (int attempt = 0; attempt < 3; ++attempt) {
        auto stream = world.syncs_.Open(kTenant, "s", false, Soon());
        failed = failed || !stream.ok();
        if (!stream.ok()) continue;
        std::vector<v1::SyncItemsResponse> responses;
        const std::vector<v1::SyncItemsRequest> rest(all.begin() + (*stream)->acknowledged(), all.end());
        const absl::Status stored = (*stream)->Store(rest, Soon(), &responses);
        failed = failed || !stored.ok();
        if (stored.ok()) break;
      }
      EXPECT_EQ(world.OpenItems(), 6);
      EXPECT_TRUE(failed || nth > kCallsAtLeast);
    }
  }
}

TEST(RowIdentityTest, WhatIsTakenBackComesAgainAsTheSame) {
  RowIdentity identity;
  const uint64_t first = identity.Of("s", "C1", 1, "F1");
  identity.Keep();
  const uint64_t second = identity.Of("s", "C1", 1, "F1");
  const uint64_t other = identity.Of("s", "C1", 1, "F2");
  EXPECT_NE(first, second);
  identity.TakeBack();
  EXPECT_EQ(identity.Of("s", "C1", 1, "F1"), second);
  EXPECT_EQ(identity.Of("s", "C1", 1, "F2"), other);
}

}  // namespace
}  // namespace relance::ledger
