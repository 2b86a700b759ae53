#include "services/ledger/ledger_service.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/rpc/page_token.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/ledger/errors.h"
#include "services/ledger/list_accounts.h"
#include "services/ledger/spool_file.h"
#include "services/ledger/to_proto.h"

namespace relance::ledger {
namespace {

constexpr int kPageSize = 50;
constexpr int kPageSizeMax = 1000;

absl::Status NoIndicators() {
  return DomainError(absl::StatusCode::kUnimplemented, kIndicatorsAbsent,
                     "this process answers no portfolio questions");
}

}  // namespace

template <typename Request>
absl::StatusOr<std::pair<ImportJob, std::shared_ptr<SpoolFile>>> LedgerServiceImpl::Receive(
    grpc::ServerReader<Request>* reader, store::Deadline deadline) {
  Request request;
  if (!reader->Read(&request) || !request.has_header()) {
    return Invalid(kHeaderMissingReason, "the first message carries the header");
  }
  RELANCE_ASSIGN_OR_RETURN(ImportJob job, parts_.importer->Check(request.header(), deadline));
  RELANCE_ASSIGN_OR_RETURN(std::shared_ptr<SpoolFile> file,
                           SpoolFile::Create(parts_.spool_directory, parts_.import_bytes_max));
  parts_.importer->StartReading(file, &job);
  const auto receive = [&]() -> absl::Status {
    while (reader->Read(&request)) {
      if (request.has_header())
        return Invalid(kHeaderRepeatedReason, "only the first message carries a header");
      RELANCE_RETURN_IF_ERROR(file->Append(request.content()));
    }
    return file->Close();
  };
  if (const absl::Status received = receive(); !received.ok()) {
    file->Abandon();
    return received;
  }
  return std::make_pair(std::move(job), std::move(file));
}

grpc::Status LedgerServiceImpl::ImportFile(grpc::ServerContext* context,
                                           grpc::ServerReader<v1::ImportFileRequest>* reader,
                                           v1::ImportFileResponse* response) {
  return calls_.Handle(context, [&](const rpc::CallContext& call) -> absl::Status {
    RELANCE_ASSIGN_OR_RETURN(const auto received, Receive(reader, call.deadline));
    // A client that broke off has sent half a file: nothing of it enters.
    if (call.cancelled()) return absl::CancelledError("the caller has gone");
    // From here on the work ends even when the caller does not wait: the report is in the log.
    RELANCE_ASSIGN_OR_RETURN(
        *response->mutable_report(),
        parts_.importer->Import(received.first, *received.second, store::After(parts_.import_deadline)));
    return absl::OkStatus();
  });
}

grpc::Status LedgerServiceImpl::Reconcile(grpc::ServerContext* context,
                                          grpc::ServerReader<v1::ReconcileRequest>* reader,
                                          v1::ReconcileResponse* response) {
  return calls_.Handle(context, [&](const rpc::CallContext& call) -> absl::Status {
    RELANCE_ASSIGN_OR_RETURN(const auto received, Receive(reader, call.deadline));
    if (received.first.format != ImportJob::Format::kFec) {
      return DomainError(absl::StatusCode::kInvalidArgument, kFormatUnknown, "a FEC is needed",
                         {{"format", received.first.format_name}});
    }
    RELANCE_ASSIGN_OR_RETURN(*response,
                             parts_.importer->Reconcile(received.first, *received.second, call.deadline));
    return absl::OkStatus();
  });
}

grpc::ServerBidiReactor<v1::SyncItemsRequest, v1::SyncItemsResponse>* LedgerServiceImpl::SyncItems(
    grpc::CallbackServerContext* context) {
  return SyncStream::Run({}, [this, context](SyncStream& stream) {
    return calls_.Handle(context, [&](const rpc::CallContext& call) { return Sync(call, stream); });
  });
}

absl::Status LedgerServiceImpl::Sync(const rpc::CallContext& call, SyncStream& stream) {
  std::vector<v1::SyncItemsRequest> requests;
  std::vector<v1::SyncItemsResponse> responses;
  std::unique_ptr<ItemSync::Stream> sync;
  while (stream.Read(&requests)) {
    responses.clear();
    if (sync == nullptr) {
      const v1::SyncItemsRequest& first = requests.front();
      RELANCE_ASSIGN_OR_RETURN(
          sync, parts_.syncs->Open(first.tenant_id(), first.sync_id(), first.snapshot(), call.deadline));
      // A first message without a batch only asks how far it is.
      if (first.batch() == 0) {
        responses.emplace_back().set_acknowledged_batch(sync->acknowledged());
        requests.erase(requests.begin());
      }
    }
    const absl::Status stored = sync->Store(requests, call.deadline, &responses);
    for (const v1::SyncItemsResponse& response : responses) {
      if (!stream.Write(response)) return absl::CancelledError("the caller has gone");
    }
    RELANCE_RETURN_IF_ERROR(stored);
  }
  return absl::OkStatus();
}

grpc::Status LedgerServiceImpl::GetImport(grpc::ServerContext* context, const v1::GetImportRequest* request,
                                          v1::GetImportResponse* response) {
  return calls_.HandleUnary(
      context, response, [&](const rpc::CallContext& call) -> absl::StatusOr<v1::GetImportResponse> {
        v1::GetImportResponse answer;
        RELANCE_ASSIGN_OR_RETURN(*answer.mutable_report(),
                                 parts_.log->Get(request->tenant_id(), request->import_id(), call.deadline));
        return answer;
      });
}

absl::StatusOr<v1::ListImportsResponse> LedgerServiceImpl::ListLog(const v1::ListImportsRequest& request,
                                                                   store::Deadline deadline) {
  const std::string filter = absl::StrCat("imports/", request.tenant_id());
  RELANCE_ASSIGN_OR_RETURN(const int size, rpc::PageSize(request.page_size(), kPageSize, kPageSizeMax));
  RELANCE_ASSIGN_OR_RETURN(const std::string after, rpc::ParsePageToken(request.page_token(), filter));
  RELANCE_RETURN_IF_ERROR(parts_.directory->Get(request.tenant_id(), deadline).status());
  bool more = false;
  RELANCE_ASSIGN_OR_RETURN(auto reports, parts_.log->List(request.tenant_id(), after, size, deadline, &more));
  v1::ListImportsResponse response;
  for (v1::ImportReport& report : reports) *response.add_reports() = std::move(report);
  if (more) {
    response.set_next_page_token(
        rpc::MakePageToken(response.reports(response.reports_size() - 1).import_id(), filter));
  }
  return response;
}

grpc::Status LedgerServiceImpl::ListImports(grpc::ServerContext* context,
                                            const v1::ListImportsRequest* request,
                                            v1::ListImportsResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return ListLog(*request, call.deadline); });
}

grpc::Status LedgerServiceImpl::GetRejectedLines(grpc::ServerContext* context,
                                                 const v1::GetRejectedLinesRequest* request,
                                                 v1::GetRejectedLinesResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return parts_.log->GetRejectedLines(request->tenant_id(), request->import_id(), call.deadline);
  });
}

absl::StatusOr<v1::GetAccountResponse> LedgerServiceImpl::GetOne(const v1::GetAccountRequest& request,
                                                                 store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, parts_.directory->Get(request.tenant_id(), deadline));
  RELANCE_ASSIGN_OR_RETURN(const AccountView view,
                           ReadAccount(*parts_.store, {request.tenant_id(), request.account_id()},
                                       {.items = true, .history = request.include_history()}, deadline));
  v1::GetAccountResponse response;
  RELANCE_ASSIGN_OR_RETURN(*response.mutable_account(), AccountToProto(view, tenant->business_date));
  return response;
}

grpc::Status LedgerServiceImpl::GetAccount(grpc::ServerContext* context, const v1::GetAccountRequest* request,
                                           v1::GetAccountResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return GetOne(*request, call.deadline); });
}

grpc::Status LedgerServiceImpl::ListAccounts(grpc::ServerContext* context,
                                             const v1::ListAccountsRequest* request,
                                             v1::ListAccountsResponse* response) {
  return calls_.HandleUnary(
      context, response, [&](const rpc::CallContext& call) -> absl::StatusOr<v1::ListAccountsResponse> {
        RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant,
                                 parts_.directory->Get(request->tenant_id(), call.deadline));
        return ledger::ListAccounts(*parts_.store, *tenant, *request, call.deadline);
      });
}

grpc::Status LedgerServiceImpl::GetAgeing(grpc::ServerContext* context, const v1::GetAgeingRequest* request,
                                          v1::GetAgeingResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) -> absl::StatusOr<v1::GetAgeingResponse> {
                              if (parts_.indicators == nullptr) return NoIndicators();
                              return parts_.indicators->GetAgeing(*request, call.deadline);
                            });
}

grpc::Status LedgerServiceImpl::GetKpis(grpc::ServerContext* context, const v1::GetKpisRequest* request,
                                        v1::GetKpisResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) -> absl::StatusOr<v1::GetKpisResponse> {
                              if (parts_.indicators == nullptr) return NoIndicators();
                              return parts_.indicators->GetKpis(*request, call.deadline);
                            });
}

grpc::Status LedgerServiceImpl::RecordPayment(grpc::ServerContext* context,
                                              const v1::RecordPaymentRequest* request,
                                              v1::RecordPaymentResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return parts_.commands->RecordPayment(*request, call.deadline);
  });
}

grpc::Status LedgerServiceImpl::ReturnPayment(grpc::ServerContext* context,
                                              const v1::ReturnPaymentRequest* request,
                                              v1::ReturnPaymentResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return parts_.commands->ReturnPayment(*request, call.deadline);
  });
}

grpc::Status LedgerServiceImpl::OpenDispute(grpc::ServerContext* context,
                                            const v1::OpenDisputeRequest* request,
                                            v1::OpenDisputeResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return parts_.commands->OpenDispute(*request, call.deadline);
  });
}

grpc::Status LedgerServiceImpl::ResolveDispute(grpc::ServerContext* context,
                                               const v1::ResolveDisputeRequest* request,
                                               v1::ResolveDisputeResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return parts_.commands->ResolveDispute(*request, call.deadline);
  });
}

grpc::Status LedgerServiceImpl::WriteOffItem(grpc::ServerContext* context,
                                             const v1::WriteOffItemRequest* request,
                                             v1::WriteOffItemResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return parts_.commands->WriteOffItem(*request, call.deadline);
  });
}

grpc::Status LedgerServiceImpl::UpdateAccount(grpc::ServerContext* context,
                                              const v1::UpdateAccountRequest* request,
                                              v1::UpdateAccountResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return parts_.commands->UpdateAccount(*request, call.deadline);
  });
}

grpc::ServerWriteReactor<v1::WatchAccountsResponse>* LedgerServiceImpl::WatchAccounts(
    grpc::CallbackServerContext* context, const v1::WatchAccountsRequest* request) {
  return AccountWatch::Stream::Run(context, [this, context, request](AccountWatch::Stream& stream) {
    return calls_.Handle(context,
                         [&](const rpc::CallContext&) { return parts_.watch->Run(*request, stream); });
  });
}

}  // namespace relance::ledger
