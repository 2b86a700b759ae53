#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "common/store/store.h"

// Every name that the store uses in Redis. README.md lists them with type, life time and size.
namespace relance::store {

// FNV-1a, 64 bits, of "<tenant>/<account>" modulo `partitions`. Never changes: it decides where data lies.
int PartitionOfKey(const AccountKey& key, int partitions);

// The keys of one partition. Its tag in braces ("{p07}") keeps them in one cluster slot.
class PartitionKeys {
 public:
  explicit PartitionKeys(int partition);

  std::string Account(const AccountKey& key) const;
  std::string Accounts(absl::string_view tenant) const;
  std::string Evidence(const AccountKey& key) const;
  std::string Request(Service service, const AccountKey& key, absl::string_view request_id) const;
  std::string Timers(Service service, absl::string_view tenant) const;
  std::string Outbox(Service service) const;
  std::string Feed() const;
  std::string FeedCount() const;  // the newest position
  std::string Cursor(Service service) const;
  std::string Lease(Service service) const;
  std::string Worked(Service service) const;

 private:
  std::string tag_;
};

// Configuration; `tenant` "" is the installation.
std::string DocumentKey(absl::string_view tenant, absl::string_view name);
std::string DocumentNamesKey(absl::string_view tenant);
std::string TenantsKey();
std::string PartitionCountKey();

// Fields of the account hash that are the store's own.
inline constexpr char kEvidenceCountField[] = "e:n";
inline constexpr char kEvidenceHeadField[] = "e:head";
absl::string_view VersionField(Owner owner);  // "v:ledger", "v:risk", "v:plan", "v:case"

// The owner that `service` writes as, -1 for campaign.
int OwnerOf(Service service);
// Whether `field` ("sum", "items:3") is one that `service` may write.
bool OwnsField(Service service, absl::string_view field);

}  // namespace relance::store
