#pragma once

#include "absl/status/statusor.h"
#include "relance/ledger/v1/tenant_service.pb.h"
#include "relance/state/v1/tenant.pb.h"

namespace relance::ledger {

// The configuration that a request asks for, with defaults filled in.
// Errors, first match wins: INVALID_ARGUMENT / TENANT_ID_INVALID, LEGAL_NAME_MISSING, COUNTRY_UNSUPPORTED,
// CURRENCY_UNKNOWN, TIME_ZONE_UNKNOWN, TERMS_INVALID, TENANT_FIELD_INVALID (metadata: field).
absl::StatusOr<state::v1::TenantConfig> TenantFromProto(const v1::Tenant& tenant);

// The same the other way; the clock is left to set.
v1::Tenant TenantToProto(const state::v1::TenantConfig& config);

}  // namespace relance::ledger
