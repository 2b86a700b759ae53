#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/rpc/call_handler.h"
#include "common/rpc/read_ahead_stream.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "services/ledger/commands.h"
#include "services/ledger/import_log.h"
#include "services/ledger/importer.h"
#include "services/ledger/indicators_api.h"
#include "services/ledger/sync_items.h"
#include "services/ledger/watch/account_watch.h"

namespace relance::ledger {

// gRPC edge of LedgerService: checks, calls, maps. No rules, no Redis.
class LedgerServiceImpl : public v1::LedgerService::WithCallbackMethod_WatchAccounts<
                              v1::LedgerService::WithCallbackMethod_SyncItems<v1::LedgerService::Service>> {
 public:
  // What it calls; all outlive it.
  struct Parts {
    store::Store* store = nullptr;
    TenantDirectory* directory = nullptr;
    Importer* importer = nullptr;
    ItemSync* syncs = nullptr;
    ImportLog* log = nullptr;
    Commands* commands = nullptr;
    IndicatorsApi* indicators = nullptr;
    AccountWatch* watch = nullptr;
    std::string spool_directory;
    int64_t import_bytes_max = kImportBytesMax;
    absl::Duration import_deadline = absl::Minutes(15);  // of the work on a file that is there
  };
  LedgerServiceImpl(rpc::CallHandler calls, Parts parts)
      : calls_(std::move(calls)), parts_(std::move(parts)) {}

  grpc::Status ImportFile(grpc::ServerContext* context, grpc::ServerReader<v1::ImportFileRequest>* reader,
                          v1::ImportFileResponse* response) override;
  grpc::ServerBidiReactor<v1::SyncItemsRequest, v1::SyncItemsResponse>* SyncItems(
      grpc::CallbackServerContext* context) override;
  grpc::Status GetImport(grpc::ServerContext* context, const v1::GetImportRequest* request,
                         v1::GetImportResponse* response) override;
  grpc::Status ListImports(grpc::ServerContext* context, const v1::ListImportsRequest* request,
                           v1::ListImportsResponse* response) override;
  grpc::Status GetRejectedLines(grpc::ServerContext* context, const v1::GetRejectedLinesRequest* request,
                                v1::GetRejectedLinesResponse* response) override;
  grpc::Status GetAccount(grpc::ServerContext* context, const v1::GetAccountRequest* request,
                          v1::GetAccountResponse* response) override;
  grpc::Status ListAccounts(grpc::ServerContext* context, const v1::ListAccountsRequest* request,
                            v1::ListAccountsResponse* response) override;
  grpc::Status GetAgeing(grpc::ServerContext* context, const v1::GetAgeingRequest* request,
                         v1::GetAgeingResponse* response) override;
  grpc::Status GetKpis(grpc::ServerContext* context, const v1::GetKpisRequest* request,
                       v1::GetKpisResponse* response) override;
  grpc::Status Reconcile(grpc::ServerContext* context, grpc::ServerReader<v1::ReconcileRequest>* reader,
                         v1::ReconcileResponse* response) override;
  grpc::Status RecordPayment(grpc::ServerContext* context, const v1::RecordPaymentRequest* request,
                             v1::RecordPaymentResponse* response) override;
  grpc::Status ReturnPayment(grpc::ServerContext* context, const v1::ReturnPaymentRequest* request,
                             v1::ReturnPaymentResponse* response) override;
  grpc::Status OpenDispute(grpc::ServerContext* context, const v1::OpenDisputeRequest* request,
                           v1::OpenDisputeResponse* response) override;
  grpc::Status ResolveDispute(grpc::ServerContext* context, const v1::ResolveDisputeRequest* request,
                              v1::ResolveDisputeResponse* response) override;
  grpc::Status WriteOffItem(grpc::ServerContext* context, const v1::WriteOffItemRequest* request,
                            v1::WriteOffItemResponse* response) override;
  grpc::Status UpdateAccount(grpc::ServerContext* context, const v1::UpdateAccountRequest* request,
                             v1::UpdateAccountResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchAccountsResponse>* WatchAccounts(
      grpc::CallbackServerContext* context, const v1::WatchAccountsRequest* request) override;

 private:
  // A header and pieces of a file; the file is spooled and closed.
  template <typename Request>
  absl::StatusOr<std::pair<ImportJob, std::shared_ptr<SpoolFile>>> Receive(
      grpc::ServerReader<Request>* reader, store::Deadline deadline);
  using SyncStream = rpc::ReadAheadStream<v1::SyncItemsRequest, v1::SyncItemsResponse>;
  // Batches that are there together are stored together.
  absl::Status Sync(const rpc::CallContext& call, SyncStream& stream);
  absl::StatusOr<v1::GetAccountResponse> GetOne(const v1::GetAccountRequest& request,
                                                store::Deadline deadline);
  absl::StatusOr<v1::ListImportsResponse> ListLog(const v1::ListImportsRequest& request,
                                                  store::Deadline deadline);

  const rpc::CallHandler calls_;
  const Parts parts_;
};

}  // namespace relance::ledger
