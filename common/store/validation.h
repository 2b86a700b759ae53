#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/store/store.h"

// What every implementation of Store refuses before anything is sent. All INVALID_ARGUMENT, reasons in
// errors.h.
namespace relance::store {

inline constexpr size_t kTenantLengthMax = 64;
inline constexpr size_t kAccountLengthMax = 128;
inline constexpr size_t kRequestIdLengthMax = 128;
inline constexpr size_t kDocumentNameLengthMax = 256;
// Redis' Lua can hand some 8,000 values to one command; a field is two of them.
inline constexpr size_t kFieldsPerWriteMax = 2000;
inline constexpr size_t kEvidencePerWriteMax = 1000;
inline constexpr size_t kOutboxPerWriteMax = 1000;

// Reasons: BAD_ACCOUNT_KEY.
absl::Status CheckAccountKey(const AccountKey& key);
// Reasons: BAD_ACCOUNT_KEY; "" is allowed where it means the installation.
absl::Status CheckTenant(absl::string_view tenant, bool allow_installation);
// Reasons: BAD_DOCUMENT_NAME.
absl::Status CheckDocumentName(absl::string_view name);
// Reasons: BAD_PARTITION.
absl::Status CheckPartition(int partition, int partitions);

// Reasons, first match wins, batch by batch: BAD_PARTITION, BATCH_TOO_LARGE, BAD_LEASE, then for each write
// BAD_ACCOUNT_KEY, WRONG_PARTITION, ACCOUNT_TWICE_IN_BATCH, WRITE_TOO_LARGE, NOT_OWNER, OWN_VERSION_MISSING.
absl::Status CheckBatches(absl::Span<const CommitBatch> batches, Service service, int partitions);

}  // namespace relance::store
