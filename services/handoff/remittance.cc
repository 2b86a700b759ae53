#include "services/handoff/remittance.h"

#include "common/status/status_macros.h"
#include "services/handoff/agencies.h"

namespace relance::handoff {
namespace {

// Far beyond what a tenant works with.
constexpr int kAgenciesMax = 10'000;

}  // namespace

absl::StatusOr<RemittanceDays> ReadRemittanceDays(store::Store& store, const std::string& tenant,
                                                  store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const auto agencies, ListAgencies(store, tenant, "", kAgenciesMax, deadline));
  RemittanceDays days;
  for (const auto& agency : agencies) days[agency.id()] = agency.remittance_days();
  return days;
}

std::optional<int32_t> RemittanceDueDay(const state::v1::AgencyPayment& payment, const std::string& agency_id,
                                        const RemittanceDays& days) {
  if (payment.amount_minor() <= 0 || payment.reversed()) return std::nullopt;
  const auto agreed = days.find(agency_id);
  return payment.received_day() + (agreed == days.end() ? kRemittanceDaysDefault : agreed->second);
}

bool IsRemittanceOverdue(const state::v1::AgencyPayment& payment, const std::string& agency_id,
                         const RemittanceDays& days, int32_t today) {
  const auto due = RemittanceDueDay(payment, agency_id, days);
  return due.has_value() && payment.remitted_day() == 0 && today > *due;
}

}  // namespace relance::handoff
