#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "relance/state/v1/case.pb.h"

// When agencies are to pass on what they received (CPCE R124-6: within the days that the mandate names, a
// month unless it says otherwise, from the day they received it).
namespace relance::handoff {

// Days by agency id. An agency that is not in it has kRemittanceDaysDefault.
using RemittanceDays = std::map<std::string, int>;

// Of the agencies of a tenant. Errors: those of the store.
absl::StatusOr<RemittanceDays> ReadRemittanceDays(store::Store& store, const std::string& tenant,
                                                  store::Deadline deadline);

// Last day on which `payment` is to be passed on; nullopt for a reversal and for what one took back.
std::optional<int32_t> RemittanceDueDay(const state::v1::AgencyPayment& payment, const std::string& agency_id,
                                        const RemittanceDays& days);

// Whether it should have been passed on before `today` and nobody said that it was.
bool IsRemittanceOverdue(const state::v1::AgencyPayment& payment, const std::string& agency_id,
                         const RemittanceDays& days, int32_t today);

}  // namespace relance::handoff
