#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/store/errors.h"
#include "common/store/testing/fake_store.h"
#include "common/store/validation.h"

namespace relance::store {

absl::StatusOr<std::vector<std::string>> FakeStore::ReadEvidence(const AccountKey& key, uint64_t from,
                                                                 int limit, Deadline) {
  RELANCE_RETURN_IF_ERROR(CheckAccountKey(key));
  std::lock_guard<std::mutex> lock(state_->mutex);
  std::vector<std::string> records;
  const auto found = state_->accounts.find(key);
  if (found == state_->accounts.end()) return records;
  const std::vector<std::string>& chain = found->second.evidence;
  for (uint64_t i = from; i < chain.size() && static_cast<int>(records.size()) < limit; ++i) {
    records.push_back(chain[i]);
  }
  return records;
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> FakeStore::ReadOutbox(int partition,
                                                                                       int limit, Deadline) {
  RELANCE_RETURN_IF_ERROR(CheckPartition(partition, partitions()));
  std::lock_guard<std::mutex> lock(state_->mutex);
  std::vector<std::pair<std::string, std::string>> messages;
  for (const auto& message : state_->partitions[partition].services[service_].outbox) {
    if (static_cast<int>(messages.size()) >= limit) break;
    messages.emplace_back(message.first, message.second);
  }
  return messages;
}

absl::StatusOr<std::vector<Document>> FakeStore::GetDocuments(absl::string_view tenant,
                                                              absl::Span<const std::string> names, Deadline) {
  RELANCE_RETURN_IF_ERROR(CheckTenant(tenant, true));
  for (const std::string& name : names) RELANCE_RETURN_IF_ERROR(CheckDocumentName(name));
  std::lock_guard<std::mutex> lock(state_->mutex);
  std::vector<Document> documents;
  for (const std::string& name : names) {
    const auto found = state_->documents.find({std::string(tenant), name});
    documents.push_back(found == state_->documents.end() ? Document() : found->second);
  }
  return documents;
}

absl::StatusOr<int64_t> FakeStore::PutDocument(absl::string_view tenant, absl::string_view name,
                                               absl::string_view value, int64_t version_read, Deadline) {
  RELANCE_RETURN_IF_ERROR(CheckTenant(tenant, true));
  RELANCE_RETURN_IF_ERROR(CheckDocumentName(name));
  std::lock_guard<std::mutex> lock(state_->mutex);
  const std::pair<std::string, std::string> key(tenant, name);
  const auto found = state_->documents.find(key);
  const int64_t version = found == state_->documents.end() ? 0 : found->second.version;
  if (version != version_read) {
    return DomainError(
        absl::StatusCode::kAborted, kDocumentChanged,
        absl::StrCat("the document ", name, " is at version ", version, ", not ", version_read),
        {{"name", std::string(name)}, {"version", absl::StrCat(version)}});
  }
  state_->documents[key] = {std::string(value), version + 1};
  return version + 1;
}

absl::StatusOr<std::vector<std::string>> FakeStore::ListDocuments(absl::string_view tenant,
                                                                  absl::string_view prefix, Deadline) {
  RELANCE_RETURN_IF_ERROR(CheckTenant(tenant, true));
  std::lock_guard<std::mutex> lock(state_->mutex);
  std::vector<std::string> names;
  for (const auto& [key, document] : state_->documents) {
    if (key.first == tenant && absl::StartsWith(key.second, prefix)) names.push_back(key.second);
  }
  return names;
}

absl::StatusOr<std::vector<std::string>> FakeStore::ListTenants(Deadline) {
  std::lock_guard<std::mutex> lock(state_->mutex);
  std::vector<std::string> tenants;
  for (const auto& [key, document] : state_->documents) {
    if (!key.first.empty() && (tenants.empty() || tenants.back() != key.first)) tenants.push_back(key.first);
  }
  return tenants;
}

}  // namespace relance::store
