#include "common/documents/document_store.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <map>

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

absl::Status CheckSize(absl::string_view bytes) {
  if (!bytes.empty() && bytes.size() <= kDocumentBytesMax) return absl::OkStatus();
  return DomainError(
      absl::StatusCode::kInvalidArgument, kDocumentSizeRefused,
      absl::StrCat("document of ", bytes.size(), " bytes, 1 to ", kDocumentBytesMax, " are stored"),
      {{"bytes", absl::StrCat(bytes.size())}, {"bytesMax", absl::StrCat(kDocumentBytesMax)}});
}

// A file of that name may be one that the disk has damaged since: only equal bytes count as stored.
bool IsStored(const std::string& root, absl::string_view id, absl::string_view bytes) {
  const absl::StatusOr<std::string> stored = ReadFile(PathOf(root, id), kDocumentBytesMax);
  return stored.ok() && *stored == bytes;
}

// Unique among the processes and threads that share a root.
std::string TemporaryPath(const std::string& root, absl::string_view id) {
  static std::atomic<uint64_t> counter{0};
  return absl::StrCat(FolderOf(root, id), "/.", id.substr(2), ".", ::getpid(), ".", counter.fetch_add(1),
                      ".batch");
}

}  // namespace

absl::StatusOr<DocumentStore> DocumentStore::Open(const std::string& root) {
  RELANCE_RETURN_IF_ERROR(MakeDirectories(root));
  return DocumentStore(root);
}

absl::StatusOr<std::string> DocumentStore::Put(absl::string_view bytes) const {
  RELANCE_RETURN_IF_ERROR(CheckSize(bytes));
  std::string id = Sha256Hex(bytes);
  if (IsStored(root_, id, bytes)) return id;
  RELANCE_RETURN_IF_ERROR(MakeDirectories(FolderOf(root_, id)));
  RELANCE_RETURN_IF_ERROR(WriteDurably(FolderOf(root_, id), id.substr(2), bytes));
  RELANCE_RETURN_IF_ERROR(SyncDirectory(root_));
  return id;
}

std::vector<absl::StatusOr<std::string>> DocumentStore::PutAll(
    absl::Span<const absl::string_view> documents) const {
  std::vector<absl::StatusOr<std::string>> ids;
  std::map<std::string, std::string> temporary;  // by id: where the bytes lie until they have their name
  absl::Status failure;
  for (absl::string_view bytes : documents) {
    const absl::Status size = CheckSize(bytes);
    if (!size.ok()) {
      ids.push_back(size);
      continue;
    }
    const std::string id = Sha256Hex(bytes);
    ids.push_back(id);
    if (!failure.ok() || temporary.count(id) > 0 || IsStored(root_, id, bytes)) continue;
    failure = MakeDirectories(FolderOf(root_, id));
    const std::string path = TemporaryPath(root_, id);
    if (failure.ok()) failure = WritePlainly(path, bytes);
    temporary.emplace(id, path);
  }
  // The bytes first, then the names: a name never stands for less than all of its bytes.
  if (!temporary.empty() && failure.ok()) failure = SyncFileSystem(root_);
  for (const auto& [id, path] : temporary) {
    if (failure.ok() && ::rename(path.c_str(), PathOf(root_, id).c_str()) != 0)
      failure = FileSystemError("rename");
    if (!failure.ok()) ::unlink(path.c_str());
  }
  if (!temporary.empty() && failure.ok()) failure = SyncFileSystem(root_);
  if (!failure.ok()) {
    for (auto& id : ids) {
      if (id.ok()) id = failure;
    }
  }
  return ids;
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
