#include "common/tenant/tenant_directory.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"

namespace relance {
namespace {

template <typename Message>
absl::Status ParseDocument(const store::Document& document, absl::string_view tenant, absl::string_view name,
                           Message* out) {
  if (document.version == 0 || out->ParseFromString(document.value)) return absl::OkStatus();
  return DomainError(absl::StatusCode::kInternal, "DOCUMENT_CORRUPT",
                     absl::StrCat("document ", name, " does not parse"),
                     {{"tenant", std::string(tenant)}, {"document", std::string(name)}});
}

}  // namespace

TenantDirectory::TenantDirectory(store::Store* store, std::function<absl::Time()> now)
    : store_(store), now_(std::move(now)) {}

absl::StatusOr<TenantPtr> TenantDirectory::Load(const std::string& tenant, store::Deadline deadline) {
  const std::vector<std::string> names = {kTenantDocument, kClockDocument, kFreshnessDocument};
  RELANCE_ASSIGN_OR_RETURN(const std::vector<store::Document> documents,
                           store_->GetDocuments(tenant, names, deadline));
  if (documents[0].version == 0) {
    return DomainError(absl::StatusCode::kNotFound, "TENANT_NOT_FOUND", "no such tenant",
                       {{"tenant", tenant}});
  }
  auto context = std::make_shared<TenantContext>();
  state::v1::TenantClock clock;
  RELANCE_RETURN_IF_ERROR(ParseDocument(documents[0], tenant, kTenantDocument, &context->config));
  RELANCE_RETURN_IF_ERROR(ParseDocument(documents[1], tenant, kClockDocument, &clock));
  RELANCE_RETURN_IF_ERROR(ParseDocument(documents[2], tenant, kFreshnessDocument, &context->freshness));
  context->config_version = documents[0].version;
  context->clock_version = documents[1].version;
  context->freshness_version = documents[2].version;
  context->test_clock = clock.has_test_day();
  if (context->test_clock) {
    context->business_date = DayFromNumber(clock.test_day());
  } else {
    absl::TimeZone zone;
    if (!absl::LoadTimeZone(context->config.time_zone(), &zone)) zone = absl::UTCTimeZone();
    context->business_date = absl::ToCivilDay(now_(), zone);
  }
  return TenantPtr(std::move(context));
}

absl::StatusOr<TenantPtr> TenantDirectory::Get(absl::string_view tenant, store::Deadline deadline) {
  return Load(std::string(tenant), deadline);
}

absl::StatusOr<std::vector<TenantPtr>> TenantDirectory::All(store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(std::vector<std::string> ids, store_->ListTenants(deadline));
  std::sort(ids.begin(), ids.end());
  std::vector<TenantPtr> tenants;
  for (const std::string& id : ids) {
    absl::StatusOr<TenantPtr> tenant = Load(id, deadline);
    // A tenant whose other documents came before its configuration is not there yet.
    if (absl::IsNotFound(tenant.status())) continue;
    if (!tenant.ok()) return tenant.status();
    tenants.push_back(*std::move(tenant));
  }
  return tenants;
}

}  // namespace relance
