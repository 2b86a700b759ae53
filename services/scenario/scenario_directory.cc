#include "services/scenario/scenario_directory.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/scenario/errors.h"
#include "services/scenario/scenario_file.h"
#include "services/scenario/shipped_scenarios.h"

namespace relance::scenario {
namespace {

// Two applications of different texts at once: the later one takes the next number.
constexpr int kApplyAttempts = 8;

std::string Prefix(absl::string_view id) { return absl::StrCat("scenario/", id, "/"); }

absl::Status NotFound(absl::string_view id, int version) {
  return DomainError(
      absl::StatusCode::kNotFound, kScenarioNotFound,
      absl::StrCat("there is no scenario ", id, version == 0 ? "" : absl::StrCat(" version ", version)),
      {{"scenarioId", std::string(id)}, {"version", absl::StrCat(version)}});
}

const std::map<std::string, std::string>& Shipped() {
  static const auto& by_id = *[] {
    auto* map = new std::map<std::string, std::string>;
    for (const std::string& text : ShippedScenarioTexts()) {
      const auto scenario = ParseScenario(text);
      if (scenario.ok()) map->emplace(scenario->id, text);
    }
    return map;
  }();
  return by_id;
}

}  // namespace

ScenarioDirectory::ScenarioDirectory(store::Store* store, std::function<absl::Time()> now)
    : store_(store), now_(std::move(now)) {}

std::string ScenarioDirectory::IdFor(const state::v1::TenantConfig& tenant) {
  if (!tenant.scenario_id().empty()) return tenant.scenario_id();
  return tenant.country() == "BE" ? "be-b2b" : "fr-b2b";
}

absl::StatusOr<int> ScenarioDirectory::NewestVersion(absl::string_view tenant, absl::string_view id,
                                                     store::Deadline deadline) {
  const std::string prefix = Prefix(id);
  RELANCE_ASSIGN_OR_RETURN(const auto names, store_->ListDocuments(tenant, prefix, deadline));
  int newest = 0;
  for (const std::string& name : names) {
    int version = 0;
    if (absl::SimpleAtoi(name.substr(prefix.size()), &version)) newest = std::max(newest, version);
  }
  return newest;
}

absl::StatusOr<StoredScenario> ScenarioDirectory::Find(absl::string_view tenant, absl::string_view id,
                                                       int version, store::Deadline deadline) {
  StoredScenario found{std::string(id), version, ""};
  if (version == 0) {
    RELANCE_ASSIGN_OR_RETURN(found.version, NewestVersion(tenant, id, deadline));
  }
  if (found.version == 0) {
    const auto shipped = Shipped().find(found.id);
    if (shipped == Shipped().end()) return NotFound(id, version);
    found.yaml = shipped->second;
    return found;
  }
  const std::string name = absl::StrCat(Prefix(id), found.version);
  RELANCE_ASSIGN_OR_RETURN(auto documents, store_->GetDocuments(tenant, {name}, deadline));
  if (documents[0].version == 0) return NotFound(id, version);
  found.yaml = std::move(documents[0].value);
  return found;
}

absl::StatusOr<ScenarioPtr> ScenarioDirectory::Get(const state::v1::TenantConfig& tenant,
                                                   int version_at_least, store::Deadline deadline) {
  const auto key = std::make_pair(tenant.id(), IdFor(tenant));
  const absl::Time now = now_();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto it = remembered_.find(key);
    if (it != remembered_.end() && now - it->second.read < kAgeMax &&
        it->second.scenario->version >= version_at_least) {
      return it->second.scenario;
    }
  }
  RELANCE_ASSIGN_OR_RETURN(const StoredScenario stored, Find(tenant.id(), key.second, 0, deadline));
  RELANCE_ASSIGN_OR_RETURN(Scenario scenario, ParseScenario(stored.yaml));
  scenario.version = stored.version;
  auto result = std::make_shared<const Scenario>(std::move(scenario));
  std::lock_guard<std::mutex> lock(mutex_);
  remembered_[key] = {result, now};
  return result;
}

absl::StatusOr<std::pair<StoredScenario, bool>> ScenarioDirectory::Apply(absl::string_view tenant,
                                                                         absl::string_view yaml,
                                                                         store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const Scenario scenario, ParseScenario(yaml));
  for (int attempt = 0; attempt < kApplyAttempts; ++attempt) {
    absl::StatusOr<StoredScenario> newest = Find(tenant, scenario.id, 0, deadline);
    if (!newest.ok() && ReasonOf(newest.status()) != kScenarioNotFound) return newest.status();
    // The text that comes with the program is stored too: a later program may come with another one.
    const bool stored = newest.ok() && newest->version != 0;
    if (stored && newest->yaml == std::string(yaml)) return std::make_pair(*std::move(newest), false);
    const int next = (newest.ok() ? newest->version : 0) + 1;
    const auto put = store_->PutDocument(tenant, absl::StrCat(Prefix(scenario.id), next), yaml, 0, deadline);
    if (!put.ok()) {
      if (put.status().code() == absl::StatusCode::kAborted) continue;
      return put.status();
    }
    std::lock_guard<std::mutex> lock(mutex_);
    remembered_.erase({std::string(tenant), scenario.id});
    return std::make_pair(StoredScenario{scenario.id, next, std::string(yaml)}, true);
  }
  return DomainError(absl::StatusCode::kAborted, kAccountBusy, "others keep applying this scenario");
}

}  // namespace relance::scenario
