#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/store/errors.h"
#include "common/store/library.h"
#include "common/store/redis_store.h"
#include "common/store/slot.h"
#include "common/store/validation.h"

namespace relance::store {
namespace {

Command On(const std::string& key, bool repeatable) { return Command(SlotOf(key), SlotOf(key), repeatable); }

}  // namespace

absl::StatusOr<std::vector<Document>> RedisStore::GetDocuments(absl::string_view tenant,
                                                               absl::Span<const std::string> names,
                                                               Deadline deadline) {
  RELANCE_RETURN_IF_ERROR(CheckTenant(tenant, true));
  std::vector<Command> commands;
  for (const std::string& name : names) {
    RELANCE_RETURN_IF_ERROR(CheckDocumentName(name));
    const std::string key = DocumentKey(tenant, name);
    commands.push_back(On(key, true));
    commands.back().Add("HMGET").Add(key).Add("v").Add("data");
  }
  RELANCE_ASSIGN_OR_RETURN(auto replies, client_->RunAll(commands, deadline));
  std::vector<Document> documents;
  for (const ReplyPtr& reply : replies) {
    documents.push_back(
        {std::string(TextOf(ElementOf(reply.get(), 1))), IntegerOf(ElementOf(reply.get(), 0))});
  }
  return documents;
}

absl::StatusOr<int64_t> RedisStore::PutDocument(absl::string_view tenant, absl::string_view name,
                                                absl::string_view value, int64_t version_read,
                                                Deadline deadline) {
  RELANCE_RETURN_IF_ERROR(CheckTenant(tenant, true));
  RELANCE_RETURN_IF_ERROR(CheckDocumentName(name));
  if (!tenant.empty() && version_read == 0) {
    // The set of tenants lies in another slot, so it is written first: a tenant without a document is not
    // listed, but a document without its tenant would never be found.
    Command add = On(TenantsKey(), true);
    add.Add("SADD").Add(TenantsKey()).Add(tenant);
    RELANCE_RETURN_IF_ERROR(client_->Run(std::move(add), deadline).status());
  }
  const std::string key = DocumentKey(tenant, name);
  Command put = On(key, false);
  put.Add("FCALL").Add(kPutDocumentFunction).Add(int64_t{2}).Add(key).Add(DocumentNamesKey(tenant));
  put.Add(name).Add(version_read).Add(value);
  RELANCE_ASSIGN_OR_RETURN(ReplyPtr reply, client_->Run(std::move(put), deadline));
  const int64_t version = IntegerOf(ElementOf(reply.get(), 1));
  if (IntegerOf(ElementOf(reply.get(), 0)) == 1) return version;
  return DomainError(absl::StatusCode::kAborted, kDocumentChanged,
                     absl::StrCat("the document ", name, " is at version ", version, ", not ", version_read),
                     {{"name", std::string(name)}, {"version", absl::StrCat(version)}});
}

absl::StatusOr<std::vector<std::string>> RedisStore::ListDocuments(absl::string_view tenant,
                                                                   absl::string_view prefix,
                                                                   Deadline deadline) {
  RELANCE_RETURN_IF_ERROR(CheckTenant(tenant, true));
  const std::string key = DocumentNamesKey(tenant);
  Command command = On(key, true);
  // 0xff is in no UTF-8 text, so it sorts behind every name that starts with the prefix.
  command.Add("ZRANGEBYLEX").Add(key).Add(absl::StrCat("[", prefix)).Add(absl::StrCat("(", prefix, "\xff"));
  RELANCE_ASSIGN_OR_RETURN(ReplyPtr reply, client_->Run(std::move(command), deadline));
  std::vector<std::string> names;
  for (size_t i = 0; i < SizeOf(reply.get()); ++i) {
    names.push_back(std::string(TextOf(ElementOf(reply.get(), i))));
  }
  return names;
}

absl::StatusOr<std::vector<std::string>> RedisStore::ListTenants(Deadline deadline) {
  Command command = On(TenantsKey(), true);
  command.Add("SMEMBERS").Add(TenantsKey());
  RELANCE_ASSIGN_OR_RETURN(ReplyPtr reply, client_->Run(std::move(command), deadline));
  std::vector<std::string> tenants;
  std::vector<Command> commands;
  for (size_t i = 0; i < SizeOf(reply.get()); ++i) {
    tenants.push_back(std::string(TextOf(ElementOf(reply.get(), i))));
    const std::string names = DocumentNamesKey(tenants.back());
    commands.push_back(On(names, true));
    commands.back().Add("EXISTS").Add(names);
  }
  RELANCE_ASSIGN_OR_RETURN(auto there, client_->RunAll(commands, deadline));
  std::vector<std::string> result;
  for (size_t i = 0; i < tenants.size(); ++i) {
    if (IntegerOf(there[i].get()) == 1) result.push_back(std::move(tenants[i]));
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace relance::store
