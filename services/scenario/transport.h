#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/documents/outbox_directory.h"

namespace relance::scenario {

// What takes a finished document to the debtor: a mail gateway, a print shop.
class Transport {
 public:
  virtual ~Transport() = default;

  enum class Fate { kNotDelivered, kDelivered, kUnknown };

  // Takes `bytes` once under `key`. UNAVAILABLE: it may or may not have been taken, ask Probe. Any other
  // error: it was certainly not taken, and will not be.
  virtual absl::Status Deliver(absl::string_view key, absl::string_view extension,
                               absl::string_view bytes) = 0;

  // One document for DeliverAll.
  struct Parcel {
    std::string key;
    absl::string_view extension;
    absl::string_view bytes;
  };
  // Takes many, in their order; each result as of Deliver. Transports that take a batch cheaper than one by
  // one say how.
  virtual std::vector<absl::Status> DeliverAll(const std::vector<Parcel>& parcels) {
    std::vector<absl::Status> results;
    for (const Parcel& parcel : parcels)
      results.push_back(Deliver(parcel.key, parcel.extension, parcel.bytes));
    return results;
  }

  // What became of a delivery that this or an earlier process began. A transport that cannot tell says
  // kUnknown, and a person decides (FC-54).
  virtual absl::StatusOr<Fate> Probe(absl::string_view key, absl::string_view extension) = 0;
};

// A drop folder: it always knows.
class DirectoryTransport : public Transport {
 public:
  explicit DirectoryTransport(documents::OutboxDirectory directory) : directory_(std::move(directory)) {}

  absl::Status Deliver(absl::string_view key, absl::string_view extension, absl::string_view bytes) override {
    return directory_.Deliver(key, extension, bytes);
  }
  std::vector<absl::Status> DeliverAll(const std::vector<Parcel>& parcels) override {
    std::vector<documents::OutboxDirectory::File> files;
    for (const Parcel& parcel : parcels) files.push_back({parcel.key, parcel.extension, parcel.bytes});
    return directory_.DeliverAll(files);
  }
  absl::StatusOr<Fate> Probe(absl::string_view key, absl::string_view extension) override {
    const auto delivery = directory_.Probe(key, extension);
    if (!delivery.ok()) return delivery.status();
    return *delivery == documents::Delivery::kDelivered ? Fate::kDelivered : Fate::kNotDelivered;
  }

 private:
  documents::OutboxDirectory directory_;
};

}  // namespace relance::scenario
