#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/account/account_view.h"
#include "common/claims/rate_tables.h"
#include "relance/state/v1/evidence.pb.h"
#include "relance/state/v1/tenant.pb.h"
#include "services/handoff/case_file.h"

namespace relance::handoff {

struct CaseInput {
  const AccountView& view;                           // with items and history
  const std::vector<const state::v1::Item*>& items;  // open debits of `view`, in the order of the file
  const state::v1::TenantConfig& tenant;
  const state::v1::Agency& agency;
  const std::string& case_id;
  absl::CivilDay date;                                   // the business day: what interest runs to
  absl::Span<const state::v1::EvidenceRecord> evidence;  // of the account, oldest first
  const claims::RateTables& rates;
};

// The case of a placement. Pure: equal inputs give an equal case.
//
// Interest:  per item, on what was open day by day, from the day after the due date to `date`; payments count
// on the
//            principal. The law is that of the creditor's country, the rate that of its contract where it has
//            one. On invoices and opening lines of companies and public bodies only: a consumer owes other
//            interest, by notice.
// No rate:   an item whose interest cannot be computed carries the reason and no interest; the case is made.
// Limits:    as many items, contacts, promises and disputes as the account holds.
// Errors:    OUT_OF_RANGE / AMOUNT_OVERFLOW.
absl::StatusOr<CaseFile> BuildCaseFile(const CaseInput& input);

}  // namespace relance::handoff
