#include "services/scenario/evidence_service.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/evidence/evidence.h"
#include "common/rpc/page_token.h"
#include "common/rpc/streams.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/scenario/errors.h"
#include "services/scenario/to_proto.h"

namespace relance::scenario {
namespace {

constexpr int kPageDefault = 100;
constexpr int kPageMax = 1000;
constexpr size_t kExportChunkBytes = 64 * 1024;
constexpr size_t kAccountsPerRead = 512;

// A record as people read it. Particulars are a map, whose order differs from run to run: sorted, the same
// record always gives the same text.
std::string JsonOf(const state::v1::EvidenceRecord& record) {
  std::string sorted;
  {
    google::protobuf::io::StringOutputStream stream(&sorted);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    if (!record.SerializeToCodedStream(&coded)) return "null";
  }
  static auto* const resolver = google::protobuf::util::NewTypeResolverForDescriptorPool(
      "type.googleapis.com", google::protobuf::DescriptorPool::generated_pool());
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::BinaryToJsonString(
      resolver, absl::StrCat("type.googleapis.com/", record.GetDescriptor()->full_name()), sorted, &json,
      options);
  return status.ok() ? json : "null";
}

}  // namespace

grpc::Status EvidenceServiceImpl::ListEvidence(grpc::ServerContext* context,
                                               const v1::ListEvidenceRequest* request,
                                               v1::ListEvidenceResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return List(call, *request); });
}
grpc::Status EvidenceServiceImpl::VerifyEvidence(grpc::ServerContext* context,
                                                 const v1::VerifyEvidenceRequest* request,
                                                 v1::VerifyEvidenceResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Verify(call, *request); });
}
grpc::Status EvidenceServiceImpl::ExportEvidence(grpc::ServerContext* context,
                                                 const v1::ExportEvidenceRequest* request,
                                                 grpc::ServerWriter<v1::ExportEvidenceResponse>* writer) {
  return calls_.Handle(context, [&](const rpc::CallContext& call) { return Export(call, *request, writer); });
}

absl::StatusOr<store::AccountRecord> EvidenceServiceImpl::Find(const rpc::CallContext& call,
                                                               const store::AccountKey& key) {
  RELANCE_RETURN_IF_ERROR(tenants_->Get(key.tenant, call.deadline).status());
  const store::AccountRead read{key, {}, false};
  RELANCE_ASSIGN_OR_RETURN(auto records, store_->Read({&read, 1}, call.deadline));
  if (!records[0].exists) {
    return DomainError(absl::StatusCode::kNotFound, kAccountNotFound, "nobody has told of this account",
                       {{"tenant", key.tenant}, {"account", key.account}});
  }
  return std::move(records[0]);
}

absl::StatusOr<std::vector<std::string>> EvidenceServiceImpl::ReadChain(const rpc::CallContext& call,
                                                                        const store::AccountRecord& account) {
  std::vector<std::string> chain;
  while (chain.size() < account.evidence_count) {
    const int limit = static_cast<int>(std::min<uint64_t>(kPageMax, account.evidence_count - chain.size()));
    RELANCE_ASSIGN_OR_RETURN(auto records,
                             store_->ReadEvidence(account.key, chain.size(), limit, call.deadline));
    if (records.empty()) break;
    for (std::string& record : records) chain.push_back(std::move(record));
  }
  return chain;
}

absl::StatusOr<v1::ListEvidenceResponse> EvidenceServiceImpl::List(const rpc::CallContext& call,
                                                                   const v1::ListEvidenceRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(const int page_size, rpc::PageSize(request.page_size(), kPageDefault, kPageMax));
  const store::AccountKey key{request.tenant_id(), request.account_id()};
  RELANCE_ASSIGN_OR_RETURN(const std::string cursor,
                           rpc::ParsePageToken(request.page_token(), key.ToString()));
  uint64_t from = 0;
  if (!cursor.empty() && !absl::SimpleAtoi(cursor, &from)) {
    return DomainError(absl::StatusCode::kInvalidArgument, kPageInvalid, "not a page token of ours");
  }
  RELANCE_ASSIGN_OR_RETURN(const store::AccountRecord account, Find(call, key));
  RELANCE_ASSIGN_OR_RETURN(const auto encoded, store_->ReadEvidence(key, from, page_size, call.deadline));
  v1::ListEvidenceResponse response;
  for (const std::string& bytes : encoded) {
    state::v1::EvidenceRecord record;
    // What does not parse is told by its hash alone; VerifyEvidence names it.
    if (!record.ParseFromString(bytes)) record.Clear();
    *response.add_records() = ToProto(record, bytes);
  }
  const uint64_t next = from + encoded.size();
  if (next < account.evidence_count) {
    response.set_next_page_token(rpc::MakePageToken(absl::StrCat(next), key.ToString()));
  }
  return response;
}

absl::Status EvidenceServiceImpl::VerifyAccount(const rpc::CallContext& call, const store::AccountKey& key,
                                                v1::VerifyEvidenceResponse* response) {
  // The head and the chain are read one after the other: a record may have come in between, so the head is
  // read last when they differ.
  const store::AccountRead read{key, {}, false};
  RELANCE_ASSIGN_OR_RETURN(auto records, store_->Read({&read, 1}, call.deadline));
  const store::AccountRecord& account = records[0];
  RELANCE_ASSIGN_OR_RETURN(const auto chain, ReadChain(call, account));
  response->set_accounts(response->accounts() + 1);
  response->set_records(response->records() + static_cast<int64_t>(chain.size()));
  const auto add_fault = [&](uint64_t sequence, std::string message) {
    v1::EvidenceFault* fault = response->add_faults();
    fault->set_account_id(key.account);
    fault->set_sequence(static_cast<int64_t>(sequence));
    fault->set_message(std::move(message));
  };
  for (const EvidenceBreak& broken : VerifyEvidenceChain(chain, account.evidence_head)) {
    add_fault(broken.sequence, broken.message);
  }
  for (size_t i = 0; i < chain.size(); ++i) {
    state::v1::EvidenceRecord record;
    if (!record.ParseFromString(chain[i])) continue;
    for (const std::string& id : record.documents()) {
      const auto document = documents_->Get(id);
      if (document.ok()) {
        response->set_documents(response->documents() + 1);
      } else if (absl::IsUnavailable(document.status())) {
        return document.status();
      } else {
        add_fault(i, absl::StrCat("document ", id, ": ", ReasonOf(document.status())));
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::VerifyEvidenceResponse> EvidenceServiceImpl::Verify(
    const rpc::CallContext& call, const v1::VerifyEvidenceRequest& request) {
  v1::VerifyEvidenceResponse response;
  if (!request.account_id().empty()) {
    const store::AccountKey key{request.tenant_id(), request.account_id()};
    RELANCE_RETURN_IF_ERROR(Find(call, key).status());
    RELANCE_RETURN_IF_ERROR(VerifyAccount(call, key, &response));
    return response;
  }
  RELANCE_RETURN_IF_ERROR(tenants_->Get(request.tenant_id(), call.deadline).status());
  for (int partition = 0; partition < store_->partitions(); ++partition) {
    RELANCE_ASSIGN_OR_RETURN(const auto keys,
                             store_->ListAccounts(request.tenant_id(), partition, call.deadline));
    for (size_t begin = 0; begin < keys.size(); begin += kAccountsPerRead) {
      // Accounts without evidence are many: they are told apart in one pipeline.
      std::vector<store::AccountRead> reads;
      const size_t end = std::min(begin + kAccountsPerRead, keys.size());
      for (size_t i = begin; i < end; ++i) reads.push_back({keys[i], {}, false});
      RELANCE_ASSIGN_OR_RETURN(const auto records, store_->Read(reads, call.deadline));
      for (const store::AccountRecord& record : records) {
        if (record.evidence_count == 0 && record.evidence_head.empty()) {
          response.set_accounts(response.accounts() + 1);
          continue;
        }
        RELANCE_RETURN_IF_ERROR(VerifyAccount(call, record.key, &response));
      }
    }
  }
  return response;
}

absl::Status EvidenceServiceImpl::Export(const rpc::CallContext& call,
                                         const v1::ExportEvidenceRequest& request,
                                         grpc::ServerWriter<v1::ExportEvidenceResponse>* writer) {
  RELANCE_ASSIGN_OR_RETURN(const store::AccountRecord account,
                           Find(call, {request.tenant_id(), request.account_id()}));
  RELANCE_ASSIGN_OR_RETURN(const auto chain, ReadChain(call, account));
  std::string pending;
  const auto flush = [&](size_t keep_below) -> absl::Status {
    while (pending.size() > keep_below) {
      v1::ExportEvidenceResponse piece;
      piece.set_content(pending.substr(0, kExportChunkBytes));
      pending.erase(0, kExportChunkBytes);
      RELANCE_RETURN_IF_ERROR(rpc::WriteMessage(call, *writer, piece));
    }
    return absl::OkStatus();
  };
  std::set<std::string> documents;
  for (const std::string& bytes : chain) {
    state::v1::EvidenceRecord record;
    std::string json = "null";
    if (record.ParseFromString(bytes)) {
      json = JsonOf(record);
      documents.insert(record.documents().begin(), record.documents().end());
    }
    // The hash is over `encoded`; `record` is the same for people.
    absl::StrAppend(&pending, "{\"hash\":\"", EvidenceHash(bytes), "\",\"encoded\":\"",
                    absl::Base64Escape(bytes), "\",\"record\":", json, "}\n");
    RELANCE_RETURN_IF_ERROR(flush(kExportChunkBytes));
  }
  for (const std::string& id : documents) {
    const auto content = documents_->Get(id);
    if (!content.ok()) {
      absl::StrAppend(&pending, "{\"document\":\"", id, "\",\"missing\":\"", ReasonOf(content.status()),
                      "\"}\n");
    } else {
      absl::StrAppend(&pending, "{\"document\":\"", id, "\",\"content\":\"", absl::Base64Escape(*content),
                      "\"}\n");
    }
    RELANCE_RETURN_IF_ERROR(flush(kExportChunkBytes));
  }
  return flush(0);
}

}  // namespace relance::scenario
