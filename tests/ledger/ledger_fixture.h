#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/rpc/status_conversion.h"
#include "common/status/domain_error.h"
#include "common/store/store.h"
#include "common/time/clock.h"
#include "relance/ledger/v1/agreement_service.grpc.pb.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "relance/ledger/v1/tenant_service.grpc.pb.h"
#include "services/ledger/ledger_parts.h"
#include "tests/support/redis_process.h"

namespace relance::ledger {

// One ledger process on a store: the real services behind an in-process channel.
class LedgerNode {
 public:
  LedgerNode(const std::string& address, const std::string& folder) {
    store::StoreOptions options;
    options.address = address;
    options.partitions = 8;
    auto opened = store::Store::Open(options, store::Service::kLedger);
    EXPECT_TRUE(opened.ok()) << opened.status();
    store_ = std::move(*opened);
    auto documents = documents::DocumentStore::Open(folder + "/documents");
    EXPECT_TRUE(documents.ok()) << documents.status();
    LedgerOptions ledger_options;
    ledger_options.spool_directory = folder + "/spool";
    ledger_options.clock_services = {};
    parts_ = std::make_unique<LedgerParts>(store_.get(), *std::move(documents), nullptr, &RealClock::Get(),
                                           rpc::CallHandler::Options{.service = "ledger"}, ledger_options);
    grpc::ServerBuilder builder;
    builder.RegisterService(&parts_->ledger_service());
    builder.RegisterService(&parts_->tenant_service());
    builder.RegisterService(&parts_->agreement_service());
    server_ = builder.BuildAndStart();
    channel_ = server_->InProcessChannel({});
    ledger = v1::LedgerService::NewStub(channel_);
    tenants = v1::TenantService::NewStub(channel_);
    agreements = v1::AgreementService::NewStub(channel_);
  }
  ~LedgerNode() { server_->Shutdown(); }

  store::Store& store() { return *store_; }

  std::unique_ptr<v1::LedgerService::Stub> ledger;
  std::unique_ptr<v1::TenantService::Stub> tenants;
  std::unique_ptr<v1::AgreementService::Stub> agreements;

 private:
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<LedgerParts> parts_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

// A folder that is gone with this object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "relance-ledger-XXXXXX").string();
    path_ = mkdtemp(path.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline type::v1::Date MakeDate(int year, int month, int day) {
  type::v1::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

inline int64_t Cents(const type::v1::Money& money) {
  return money.units() * 100 + money.nanos() / 10'000'000;
}

inline type::v1::Money Euro(int64_t cents) {
  type::v1::Money money;
  money.set_currency_code("EUR");
  money.set_units(cents / 100);
  money.set_nanos(static_cast<int32_t>(cents % 100) * 10'000'000);
  return money;
}

inline std::string Reason(const grpc::Status& status) { return ReasonOf(rpc::FromGrpcStatus(status)); }

class LedgerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { redis_ = new testing::RedisProcess(); }
  static void TearDownTestSuite() {
    delete redis_;
    redis_ = nullptr;
  }
  void SetUp() override {
    redis_->Command({"FLUSHALL"});
    node_ = std::make_unique<LedgerNode>(redis_->address(), folder_.path());
  }

  std::unique_ptr<LedgerNode> AnotherNode() {
    return std::make_unique<LedgerNode>(redis_->address(), folder_.path());
  }

  void CreateTenant(const std::string& id, type::v1::Date clock = MakeDate(2022, 3, 31)) {
    v1::CreateTenantRequest request;
    request.mutable_tenant()->set_tenant_id(id);
    request.mutable_tenant()->set_legal_name("Demo SAS");
    request.mutable_tenant()->set_country("FR");
    *request.mutable_tenant()->mutable_test_clock_date() = clock;
    grpc::ClientContext context;
    v1::CreateTenantResponse response;
    const grpc::Status status = node_->tenants->CreateTenant(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }

  // Imports `content`; the status comes back with the report.
  static std::pair<grpc::Status, v1::ImportReport> TryImport(LedgerNode& node, const std::string& tenant,
                                                             const std::string& format,
                                                             absl::string_view content,
                                                             const type::v1::Date* as_of = nullptr,
                                                             bool snapshot = false) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(2));
    v1::ImportFileResponse response;
    auto writer = node.ledger->ImportFile(&context, &response);
    v1::ImportFileRequest request;
    request.mutable_header()->set_tenant_id(tenant);
    request.mutable_header()->set_format(format);
    request.mutable_header()->set_file_name("test." + format);
    request.mutable_header()->set_snapshot(snapshot);
    if (as_of != nullptr) *request.mutable_header()->mutable_as_of_date() = *as_of;
    bool open = writer->Write(request);
    for (size_t from = 0; open && from < content.size(); from += 100'000) {
      const absl::string_view piece = content.substr(from, 100'000);
      request.set_content(std::string(piece));
      open = writer->Write(request);
    }
    writer->WritesDone();
    grpc::Status status = writer->Finish();
    return {status, response.report()};
  }

  v1::ImportReport Import(const std::string& tenant, const std::string& format, absl::string_view content,
                          const type::v1::Date* as_of = nullptr, bool snapshot = false) {
    auto [status, report] = TryImport(*node_, tenant, format, content, as_of, snapshot);
    EXPECT_TRUE(status.ok()) << status.error_code() << " " << status.error_message();
    return report;
  }

  v1::Account GetAccount(const std::string& tenant, const std::string& account) {
    v1::GetAccountRequest request;
    request.set_tenant_id(tenant);
    request.set_account_id(account);
    request.set_include_history(true);
    grpc::ClientContext context;
    v1::GetAccountResponse response;
    const grpc::Status status = node_->ledger->GetAccount(&context, request, &response);
    EXPECT_TRUE(status.ok()) << account << ": " << status.error_message();
    return response.account();
  }

  std::vector<v1::Account> ListAccounts(const std::string& tenant) {
    std::vector<v1::Account> accounts;
    v1::ListAccountsRequest request;
    request.set_tenant_id(tenant);
    request.set_page_size(7);
    do {
      grpc::ClientContext context;
      v1::ListAccountsResponse response;
      const grpc::Status status = node_->ledger->ListAccounts(&context, request, &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
      if (!status.ok()) return accounts;
      for (auto& account : response.accounts()) accounts.push_back(account);
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return accounts;
  }

  // What each account owes, by code; accounts at zero too.
  std::map<std::string, int64_t> Balances(const std::string& tenant) {
    std::map<std::string, int64_t> balances;
    for (const v1::Account& account : ListAccounts(tenant)) {
      balances[account.account_id()] = account.balances_size() == 0 ? 0 : Cents(account.balances(0).open());
    }
    return balances;
  }

  // Everything that an account says, without its version.
  std::map<std::string, std::string> Contents(const std::string& tenant) {
    std::map<std::string, std::string> contents;
    for (const auto& [code, balance] : Balances(tenant)) {
      v1::Account account = GetAccount(tenant, code);
      account.clear_etag();
      account.clear_tenant_id();
      contents[code] = account.DebugString();
    }
    return contents;
  }

  static testing::RedisProcess* redis_;
  TemporaryFolder folder_;
  std::unique_ptr<LedgerNode> node_;
};

}  // namespace relance::ledger
