#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace relance::documents {

// One document: a letter of 120 items with its attachment is below 1 MiB.
inline constexpr size_t kDocumentBytesMax = 16 * 1024 * 1024;

// The documents that were sent to debtors, kept under the SHA-256 of their bytes (`<root>/ab/cdef...`), which
// is what the evidence records. A document is never changed nor deleted here; retention is a matter of the
// volume.
//
// Threads and processes may share a root: equal bytes meet in one file, and a file appears whole or not at
// all.
class DocumentStore {
 public:
  // Creates `root` when it is not there.
  static absl::StatusOr<DocumentStore> Open(const std::string& root);

  // Stores `bytes` (1 to kDocumentBytesMax) and returns their id, 64 hexadecimal digits. When it returns OK
  // the bytes survive a power cut. Idempotent. Errors: INVALID_ARGUMENT / DOCUMENT_SIZE_REFUSED, UNAVAILABLE
  // / FILE_SYSTEM_ERROR.
  absl::StatusOr<std::string> Put(absl::string_view bytes) const;

  // The same for many documents, in their order, for the price of about one. A failure of the file system
  // fails all of them; those that are stored already stay.
  std::vector<absl::StatusOr<std::string>> PutAll(absl::Span<const absl::string_view> documents) const;

  // The bytes of `id`, checked against it.
  // Errors: INVALID_ARGUMENT / DOCUMENT_ID_INVALID, NOT_FOUND / DOCUMENT_NOT_FOUND, DATA_LOSS /
  // DOCUMENT_CORRUPT, UNAVAILABLE / FILE_SYSTEM_ERROR.
  absl::StatusOr<std::string> Get(absl::string_view id) const;

  // Whether a document of this id is stored; false for what is not an id. Does not read the bytes.
  bool Exists(absl::string_view id) const;

 private:
  explicit DocumentStore(std::string root) : root_(std::move(root)) {}
  std::string root_;
};

}  // namespace relance::documents
