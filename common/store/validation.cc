#include "common/store/validation.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/store/errors.h"
#include "common/store/keys.h"

namespace relance::store {
namespace {

absl::Status Invalid(absl::string_view reason, absl::string_view message,
                     std::map<std::string, std::string> metadata = {}) {
  return DomainError(absl::StatusCode::kInvalidArgument, reason, message, std::move(metadata));
}

bool HasControlCharacter(absl::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

absl::Status CheckCount(absl::string_view what, size_t count, size_t most) {
  if (count <= most) return absl::OkStatus();
  return Invalid(kWriteTooLarge, absl::StrCat(count, " ", what, " in one write; ", most, " are allowed"),
                 {{"what", std::string(what)}, {"count", absl::StrCat(count)}});
}

absl::Status CheckOwner(Service service, absl::string_view field) {
  if (OwnsField(service, field)) return absl::OkStatus();
  return Invalid(kNotOwner, absl::StrCat(ServiceName(service), " does not own the field ", field),
                 {{"service", std::string(ServiceName(service))}, {"field", std::string(field)}});
}

absl::Status CheckWrite(const AccountWrite& write, Service service) {
  RELANCE_RETURN_IF_ERROR(CheckCount("fields", write.set.size() + write.erase.size(), kFieldsPerWriteMax));
  RELANCE_RETURN_IF_ERROR(CheckCount("evidence records", write.evidence.size(), kEvidencePerWriteMax));
  RELANCE_RETURN_IF_ERROR(
      CheckCount("outbox messages", write.outbox_put.size() + write.outbox_erase.size(), kOutboxPerWriteMax));
  RELANCE_RETURN_IF_ERROR(CheckCount("bytes of request_id", write.request_id.size(), kRequestIdLengthMax));
  for (const auto& [field, value] : write.set) RELANCE_RETURN_IF_ERROR(CheckOwner(service, field));
  for (const std::string& field : write.erase) RELANCE_RETURN_IF_ERROR(CheckOwner(service, field));
  const int owner = OwnerOf(service);
  if (owner < 0) return absl::OkStatus();
  for (const auto& [read, version] : write.read_versions) {
    if (read == owner) return absl::OkStatus();
  }
  return Invalid(kOwnVersionMissing,
                 absl::StrCat(ServiceName(service), " writes without the version that it read"),
                 {{"service", std::string(ServiceName(service))}});
}

absl::Status CheckBatch(const CommitBatch& batch, Service service, int partitions) {
  RELANCE_RETURN_IF_ERROR(CheckPartition(batch.partition, partitions));
  if (batch.writes.size() > static_cast<size_t>(kBatchMax)) {
    return Invalid(kBatchTooLarge,
                   absl::StrCat(batch.writes.size(), " accounts in one batch; ", kBatchMax, " are allowed"),
                   {{"writes", absl::StrCat(batch.writes.size())}});
  }
  if (batch.lease.has_value() && (batch.lease->partition != batch.partition || batch.lease->token <= 0)) {
    return Invalid(kBadLease, "the lease is not one of the batch's partition");
  }
  std::set<AccountKey> seen;
  for (const AccountWrite& write : batch.writes) {
    RELANCE_RETURN_IF_ERROR(CheckAccountKey(write.key));
    if (PartitionOfKey(write.key, partitions) != batch.partition) {
      return Invalid(kWrongPartition,
                     absl::StrCat("an account of the batch is not of partition ", batch.partition),
                     {{"partition", absl::StrCat(batch.partition)}});
    }
    if (!seen.insert(write.key).second) return Invalid(kAccountTwice, "an account is twice in one batch");
    RELANCE_RETURN_IF_ERROR(CheckWrite(write, service));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckTenant(absl::string_view tenant, bool allow_installation) {
  if (tenant.empty() && allow_installation) return absl::OkStatus();
  const bool good = !tenant.empty() && tenant.size() <= kTenantLengthMax &&
                    std::all_of(tenant.begin(), tenant.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                    });
  return good ? absl::OkStatus() : Invalid(kBadAccountKey, "a tenant is 1 to 64 characters of [a-z0-9-]");
}

absl::Status CheckAccountKey(const AccountKey& key) {
  RELANCE_RETURN_IF_ERROR(CheckTenant(key.tenant, false));
  if (key.account.empty() || key.account.size() > kAccountLengthMax || HasControlCharacter(key.account)) {
    return Invalid(kBadAccountKey, "an account is 1 to 128 bytes without control characters");
  }
  return absl::OkStatus();
}

absl::Status CheckDocumentName(absl::string_view name) {
  if (!name.empty() && name.size() <= kDocumentNameLengthMax && !HasControlCharacter(name))
    return absl::OkStatus();
  return Invalid(kBadDocumentName, "a document's name is 1 to 256 bytes without control characters");
}

absl::Status CheckPartition(int partition, int partitions) {
  if (partition >= 0 && partition < partitions) return absl::OkStatus();
  return Invalid(kBadPartition, absl::StrCat("there is no partition ", partition),
                 {{"partition", absl::StrCat(partition)}});
}

absl::Status CheckBatches(absl::Span<const CommitBatch> batches, Service service, int partitions) {
  for (const CommitBatch& batch : batches) RELANCE_RETURN_IF_ERROR(CheckBatch(batch, service, partitions));
  return absl::OkStatus();
}

}  // namespace relance::store
