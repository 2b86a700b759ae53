#include "common/store/keys.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace relance::store {
namespace {

// Braces must not be empty, or Redis hashes the whole key and a function's keys fall into different slots.
// No tenant can have this name.
constexpr char kInstallationTag[] = "~";

std::string ConfigTag(absl::string_view tenant) {
  return absl::StrCat("cfg:{", tenant.empty() ? absl::string_view(kInstallationTag) : tenant, "}:");
}

}  // namespace

absl::string_view ServiceName(Service service) {
  switch (service) {
    case Service::kLedger:
      return "ledger";
    case Service::kRisk:
      return "risk";
    case Service::kScenario:
      return "scenario";
    case Service::kCampaign:
      return "campaign";
    case Service::kHandoff:
      return "handoff";
  }
  return "";
}

int PartitionOfKey(const AccountKey& key, int partitions) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  auto mix = [&hash](absl::string_view text) {
    for (unsigned char c : text) hash = (hash ^ c) * 0x100000001b3ULL;
  };
  mix(key.tenant);
  mix("/");
  mix(key.account);
  return static_cast<int>(hash % static_cast<uint64_t>(partitions));
}

PartitionKeys::PartitionKeys(int partition) : tag_(absl::StrFormat("{p%02d}:", partition)) {}

std::string PartitionKeys::Account(const AccountKey& key) const {
  return absl::StrCat(tag_, "acct:", key.tenant, "/", key.account);
}
std::string PartitionKeys::Accounts(absl::string_view tenant) const {
  return absl::StrCat(tag_, "accounts:", tenant);
}
std::string PartitionKeys::Evidence(const AccountKey& key) const {
  return absl::StrCat(tag_, "evidence:", key.tenant, "/", key.account);
}
std::string PartitionKeys::Request(Service service, const AccountKey& key,
                                   absl::string_view request_id) const {
  return absl::StrCat(tag_, "req:", ServiceName(service), ":", key.tenant, "/", key.account, ":", request_id);
}
std::string PartitionKeys::Timers(Service service, absl::string_view tenant) const {
  return absl::StrCat(tag_, "timers:", ServiceName(service), ":", tenant);
}
std::string PartitionKeys::Outbox(Service service) const {
  return absl::StrCat(tag_, "outbox:", ServiceName(service));
}
std::string PartitionKeys::Feed() const { return absl::StrCat(tag_, "feed"); }
std::string PartitionKeys::FeedCount() const { return absl::StrCat(tag_, "feed:n"); }
std::string PartitionKeys::Cursor(Service service) const {
  return absl::StrCat(tag_, "cursor:", ServiceName(service));
}
std::string PartitionKeys::Lease(Service service) const {
  return absl::StrCat(tag_, "lease:", ServiceName(service));
}
std::string PartitionKeys::Worked(Service service) const {
  return absl::StrCat(tag_, "worked:", ServiceName(service));
}

std::string DocumentKey(absl::string_view tenant, absl::string_view name) {
  return absl::StrCat(ConfigTag(tenant), "doc:", name);
}
std::string DocumentNamesKey(absl::string_view tenant) { return absl::StrCat(ConfigTag(tenant), "docs"); }
std::string TenantsKey() { return absl::StrCat(ConfigTag(""), "tenants"); }
std::string PartitionCountKey() { return absl::StrCat(ConfigTag(""), "partitions"); }

absl::string_view VersionField(Owner owner) {
  static constexpr const char* kFields[kOwnerCount] = {"v:ledger", "v:risk", "v:plan", "v:case"};
  return kFields[owner];
}

int OwnerOf(Service service) {
  switch (service) {
    case Service::kLedger:
      return kLedgerOwner;
    case Service::kRisk:
      return kRiskOwner;
    case Service::kScenario:
      return kPlanOwner;
    case Service::kHandoff:
      return kCaseOwner;
    case Service::kCampaign:
      break;
  }
  return -1;
}

bool OwnsField(Service service, absl::string_view field) {
  absl::string_view family = field.substr(0, field.find(':'));
  switch (service) {
    case Service::kLedger:
      return family == "sum" || family == "items" || family == "history";
    case Service::kRisk:
      return family == "risk";
    case Service::kScenario:
      return family == "plan";
    case Service::kHandoff:
      return family == "case";
    case Service::kCampaign:
      break;
  }
  return false;
}

}  // namespace relance::store
