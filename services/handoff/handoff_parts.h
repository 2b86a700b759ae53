#pragma once

#include <functional>

#include "absl/time/time.h"
#include "common/claims/rate_tables.h"
#include "common/documents/document_store.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "services/handoff/ledger_client.h"

namespace relance::handoff {

// What the verbs of this service work with. All outlive them; nothing is null.
struct HandoffParts {
  store::Store* store;
  TenantDirectory* tenants;
  const documents::DocumentStore* documents;
  LedgerClient* ledger;
  const claims::RateTables* rates;
  std::function<absl::Time()> now;  // the instant that evidence is written with; decides nothing
};

}  // namespace relance::handoff
