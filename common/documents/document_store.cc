#include "common/documents/document_store.h"

#include "absl/strings/str_cat.h"
#include "common/documents/durable_file.h"
#include "common/documents/errors.h"
#include "common/documents/sha256.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance::documents {
namespace {

std::string FolderOf(const std::string& root, absl::string_view id) {
  return absl::StrCat(root, "/", id.substr(0, 2));
}

std::string PathOf(const std::string& root, absl::string_view id) {
  return absl::StrCat(FolderOf(root, id), "/", id.substr(2));
}

}  // namespace

absl::StatusOr<DocumentStore> DocumentStore::Open(const std::string& root) {
  RELANCE_RETURN_IF_ERROR(MakeDirectories(root));
  return DocumentStore(root);
}

absl::StatusOr<std::string> DocumentStore::Put(absl::string_view bytes) const {
  if (bytes.empty() || bytes.size() > kDocumentBytesMax) {
    return DomainError(
        absl::StatusCode::kInvalidArgument, kDocumentSizeRefused,
        absl::StrCat("document of ", bytes.size(), " bytes, 1 to ", kDocumentBytesMax, " are stored"),
        {{"bytes", absl::StrCat(bytes.size())}, {"bytesMax", absl::StrCat(kDocumentBytesMax)}});
  }
  std::string id = Sha256Hex(bytes);
  // A file of that name may be one that the disk has damaged since: only equal bytes count as stored.
  const absl::StatusOr<std::string> stored = ReadFile(PathOf(root_, id), kDocumentBytesMax);
  if (stored.ok() && *stored == bytes) return id;
  RELANCE_RETURN_IF_ERROR(MakeDirectories(FolderOf(root_, id)));
  RELANCE_RETURN_IF_ERROR(WriteDurably(FolderOf(root_, id), id.substr(2), bytes));
  RELANCE_RETURN_IF_ERROR(SyncDirectory(root_));
  return id;
}

absl::StatusOr<std::string> DocumentStore::Get(absl::string_view id) const {
  if (!IsSha256Hex(id)) {
    return DomainError(absl::StatusCode::kInvalidArgument, kDocumentIdInvalid, "not a document id");
  }
  absl::StatusOr<std::string> bytes = ReadFile(PathOf(root_, id), kDocumentBytesMax);
  if (absl::IsNotFound(bytes.status())) {
    return DomainError(absl::StatusCode::kNotFound, kDocumentNotFound, absl::StrCat("no document ", id),
                       {{"documentId", std::string(id)}});
  }
  RELANCE_RETURN_IF_ERROR(bytes.status());
  if (Sha256Hex(*bytes) != id) {
    return DomainError(absl::StatusCode::kDataLoss, kDocumentCorrupt,
                       absl::StrCat("document ", id, " does not have the hash of its name"),
                       {{"documentId", std::string(id)}});
  }
  return bytes;
}

bool DocumentStore::Exists(absl::string_view id) const {
  return IsSha256Hex(id) && FileExists(PathOf(root_, id));
}

}  // namespace relance::documents
