#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace relance::documents {

inline constexpr size_t kDeliveryKeyBytesMax = 512;

enum class Delivery {
  kNotDelivered,  // the file never appeared in out/: it may be delivered now
  kDelivered,     // the file appeared in out/, whoever took it from there since
};

// A drop folder for a print shop, a mail gateway or a pick-up job: one file per contact, exactly once.
//
//   <root>/out/<name>        what the receiver takes; files appear whole. The receiver moves or deletes them.
//   <root>/.pending/<name>   complete and durable, not yet visible
//   <root>/.started/ab/<name>  SHA-256 of the bytes; stays for ever, so that the answer outlives the
//   receiver's tidying
//
// The order is pending, started, then one rename from .pending to out/. So, after a kill -9 at any point, the
// truth can be read off: started without pending means delivered; everything else means not delivered. A
// contact that stopped in "sending" over this transport is therefore never ambiguous.
//
// Threads and processes on one host may share a root (flock on <root>/.lock).
class OutboxDirectory {
 public:
  static absl::StatusOr<OutboxDirectory> Open(const std::string& root);

  // Delivers `bytes` once under a name made from `contact_key` and `extension` ("pdf", "eml"). Repeating it
  // with the same bytes is OK and does nothing when it was delivered; a delivery that died unseen may be
  // repeated with other bytes. Errors: INVALID_ARGUMENT / DELIVERY_KEY_INVALID, DOCUMENT_SIZE_REFUSED;
  // ALREADY_EXISTS / DELIVERY_KEY_REUSED; UNAVAILABLE / FILE_SYSTEM_ERROR: ask Probe, or call again.
  absl::Status Deliver(absl::string_view contact_key, absl::string_view extension,
                       absl::string_view bytes) const;

  // One file of a batch.
  struct File {
    absl::string_view contact_key;
    absl::string_view extension;
    absl::string_view bytes;
  };
  // Delivers many files, in their order, for the price of about one; each as Deliver would, errors included.
  // A crash in the middle leaves some delivered and others not, which Probe tells apart.
  std::vector<absl::Status> DeliverAll(absl::Span<const File> files) const;

  // Whether the file of this contact was delivered.
  absl::StatusOr<Delivery> Probe(absl::string_view contact_key, absl::string_view extension) const;

  // The file name: a readable stem of the key, 32 digits of its SHA-256, the extension. Empty when either is
  // invalid.
  static std::string FileName(absl::string_view contact_key, absl::string_view extension);

  std::string out_directory() const { return root_ + "/out"; }

 private:
  explicit OutboxDirectory(std::string root) : root_(std::move(root)) {}
  std::string root_;
};

}  // namespace relance::documents
