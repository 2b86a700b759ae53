// Refusals that need more than one wrong field: streams that overlap, limits, a store that does not hold
// still.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/rpc/status_conversion.h"
#include "common/status/domain_error.h"
#include "common/store/testing/fake_store.h"
#include "common/store/testing/faulty_store.h"
#include "common/time/testing/simulated_clock.h"
#include "services/ledger/errors.h"
#include "services/ledger/ledger_parts.h"

namespace relance::ledger {
namespace {

constexpr int64_t kImportBytes = 1000;
constexpr int kSyncItemsMax = 5000;  // of one batch, as the .proto says
// Enough for any number of attempts to be disturbed.
constexpr int kRacesMax = 200;

class LedgerRefusalsTest : public ::testing::Test {
 protected:
  LedgerRefusalsTest() : store_(store::Service::kLedger), faulty_(&store_) {
    std::string path = (std::filesystem::temp_directory_path() / "relance-ledger-refusals-XXXXXX").string();
    folder_ = mkdtemp(path.data());
    Start(folder_ + "/spool");
    v1::CreateTenantRequest request;
    request.mutable_tenant()->set_tenant_id("demo");
    request.mutable_tenant()->set_legal_name("Demo SAS");
    request.mutable_tenant()->set_country("FR");
    request.mutable_tenant()->mutable_test_clock_date()->set_year(2025);
    request.mutable_tenant()->mutable_test_clock_date()->set_month(3);
    request.mutable_tenant()->mutable_test_clock_date()->set_day(1);
    grpc::ClientContext context;
    v1::CreateTenantResponse response;
    EXPECT_TRUE(v1::TenantService::NewStub(channel_)->CreateTenant(&context, request, &response).ok());
  }
  ~LedgerRefusalsTest() override {
    server_->Shutdown();
    std::filesystem::remove_all(folder_);
  }

  void Start(const std::string& spool_directory) {
    if (server_ != nullptr) server_->Shutdown();
    parts_ = std::make_unique<LedgerParts>(
        &faulty_, *documents::DocumentStore::Open(folder_), nullptr, &clock_,
        rpc::CallHandler::Options{.service = "ledger"},
        LedgerOptions{
            .spool_directory = spool_directory, .import_bytes_max = kImportBytes, .clock_services = {}});
    grpc::ServerBuilder builder;
    builder.RegisterService(&parts_->ledger_service());
    builder.RegisterService(&parts_->tenant_service());
    server_ = builder.BuildAndStart();
    channel_ = server_->InProcessChannel({});
    ledger_ = v1::LedgerService::NewStub(channel_);
  }

  static std::string Reason(const grpc::Status& status) {
    return status.ok() ? "OK" : ReasonOf(rpc::FromGrpcStatus(status));
  }
  std::string Import(size_t bytes) {
    grpc::ClientContext context;
    v1::ImportFileResponse response;
    const auto writer = ledger_->ImportFile(&context, &response);
    v1::ImportFileRequest request;
    request.mutable_header()->set_tenant_id("demo");
    request.mutable_header()->set_format("csv");
    writer->Write(request);
    std::string content = "kind,account,number,issue_date,amount,currency\n";
    content.resize(bytes, '\n');
    request.set_content(content);
    writer->Write(request);
    writer->WritesDone();
    return Reason(writer->Finish());
  }
  static v1::SyncItemsRequest Batch(const std::string& sync_id, int items) {
    v1::SyncItemsRequest batch;
    batch.set_tenant_id("demo");
    batch.set_sync_id(sync_id);
    batch.set_batch(1);
    for (int i = 0; i < items; ++i) {
      v1::SyncItem& row = *batch.add_items();
      row.set_account_id(absl::StrCat("C", i));
      row.set_kind(v1::ITEM_KIND_INVOICE);
      row.set_number(absl::StrCat("F-", 1000 + i));
      row.mutable_issue_date()->set_year(2025);
      row.mutable_issue_date()->set_month(1);
      row.mutable_issue_date()->set_day(10);
      row.mutable_amount()->set_currency_code("EUR");
      row.mutable_amount()->set_units(100);
    }
    return batch;
  }
  std::string Sync(const v1::SyncItemsRequest& batch) {
    grpc::ClientContext context;
    const auto stream = ledger_->SyncItems(&context);
    stream->Write(batch);
    stream->WritesDone();
    v1::SyncItemsResponse response;
    while (stream->Read(&response)) {
    }
    return Reason(stream->Finish());
  }

  std::string folder_;
  SimulatedClock clock_;
  store::FakeStore store_;
  store::FaultyStore faulty_;
  std::unique_ptr<LedgerParts> parts_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::LedgerService::Stub> ledger_;
};

TEST_F(LedgerRefusalsTest, AFileHasALargestSize) {
  EXPECT_EQ(Import(kImportBytes), "OK");
  EXPECT_EQ(Import(kImportBytes + 1), kFileTooLarge);
}

TEST_F(LedgerRefusalsTest, ASpoolThatTakesNoFileIsNamed) {
  Start("/proc/self");  // a folder in which nobody may create
  EXPECT_EQ(Import(100), kSpoolFailed);
}

TEST_F(LedgerRefusalsTest, ABatchHasALargestSize) {
  EXPECT_EQ(Sync(Batch("s-1", kSyncItemsMax)), "OK");
  EXPECT_EQ(Sync(Batch("s-2", kSyncItemsMax + 1)), kBatchTooLargeReason);
}

TEST_F(LedgerRefusalsTest, ASyncHasOneStreamAtATime) {
  grpc::ClientContext context;
  const auto first = ledger_->SyncItems(&context);
  v1::SyncItemsResponse response;
  ASSERT_TRUE(first->Write(Batch("s-1", 1)) && first->Read(&response));
  EXPECT_EQ(Sync(Batch("s-1", 1)), kSyncBusy);
  first->WritesDone();
  EXPECT_TRUE(first->Finish().ok());
}

TEST_F(LedgerRefusalsTest, AProcessWithoutIndicatorsSaysSo) {
  v1::GetAgeingRequest request;
  request.set_tenant_id("demo");
  v1::GetAgeingResponse response;
  grpc::ClientContext context;
  EXPECT_EQ(Reason(ledger_->GetAgeing(&context, request, &response)), kIndicatorsAbsent);
}

TEST_F(LedgerRefusalsTest, AnAccountThatKeepsChangingIsAskedForAgain) {
  ASSERT_EQ(Sync(Batch("s-1", 1)), "OK");
  for (int nth = 1; nth <= kRacesMax; ++nth) {
    faulty_.BeforeCall(nth, "Commit", [this] {
      const store::AccountKey key{"demo", "C0"};
      const store::AccountRead read{key, {kSumField}, false};
      const auto now = store_.Read({&read, 1}, store::After(absl::Seconds(5)));
      store::AccountWrite write;
      write.key = key;
      write.read_versions = {{store::kLedgerOwner, (*now)[0].versions[store::kLedgerOwner]}};
      write.set = {{kSumField, (*now)[0].fields.at(kSumField)}};
      const store::CommitBatch batch{store_.PartitionOf(key), std::nullopt, {std::move(write)}, 0};
      ASSERT_TRUE(store_.Commit({&batch, 1}, store::After(absl::Seconds(5))).ok());
    });
  }
  v1::UpdateAccountRequest request;
  request.set_tenant_id("demo");
  request.set_account_id("C0");
  request.mutable_attributes()->set_collector("u1");
  v1::UpdateAccountResponse response;
  grpc::ClientContext context;
  EXPECT_EQ(Reason(ledger_->UpdateAccount(&context, request, &response)), kAccountContended);
}

}  // namespace
}  // namespace relance::ledger
