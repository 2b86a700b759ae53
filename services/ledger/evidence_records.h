#pragma once

#include <string>

#include "absl/time/time.h"
#include "common/account/account_view.h"
#include "common/evidence/evidence.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "services/ledger/account_field.h"

// The evidence that the ledger leaves: dispute.opened, dispute.resolved, payment.recorded, payment.returned,
// item.written_off, account.updated.
namespace relance::ledger {

// An item id as it is shown: 16 hexadecimal digits.
std::string ItemIdText(uint64_t id);

// The start of a chain of records: the head and the versions of `record`, no items.
EvidenceAppender AppenderFor(const store::AccountRecord& record, absl::Time now, const TenantContext& tenant,
                             const std::string& actor);

// Adds a payment.returned for each payment that the changes of `account` take back.
void AddReturnEvidence(const store::AccountRecord& record, const LedgerAccount& account, absl::Time now,
                       const TenantContext& tenant, store::AccountWrite* write);

// The particulars of an item as details of a record: number, amount_minor, open_minor, currency. No names.
void DescribeItem(const state::v1::Item& item, state::v1::EvidenceRecord* record);

}  // namespace relance::ledger
