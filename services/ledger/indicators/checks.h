#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/projection/tenant_columns.h"
#include "common/tenant/tenant_directory.h"
#include "google/protobuf/repeated_field.h"
#include "relance/type/v1/date.pb.h"
#include "services/ledger/indicators/portfolio.h"

// What all questions about a portfolio have in common.
namespace relance::ledger {

// The day of a request; the tenant's own when none was told. Errors: those of rpc::DayFromProto.
absl::StatusOr<absl::CivilDay> DayOr(bool told, const type::v1::Date& date, absl::string_view field,
                                     absl::CivilDay otherwise);

// The buckets of a request; the tenant's when none were told. Errors: BUCKET_EDGES_INVALID.
absl::StatusOr<AgeingBuckets> BucketsFor(const google::protobuf::RepeatedField<int32_t>& edges,
                                         const TenantContext& tenant);

// Days of sales of the simple method. Errors: INVALID_ARGUMENT / PERIOD_INVALID.
absl::StatusOr<int> PeriodFor(int32_t told);
inline constexpr int kDsoPeriodDays = 90;  // when a request says nothing
inline constexpr int kPeriodDaysMax = 3660;

// Errors: INVALID_ARGUMENT / GROUP_BY_UNKNOWN.
absl::StatusOr<AgeingSplit> SplitFor(absl::string_view group_by);

// Some accounts of a tenant: those of a group, or all.
struct GroupFilter {
  AgeingSplit split = AgeingSplit::kNone;
  std::optional<std::string> key;  // nothing: all
};
// Of a request whose group_by only names the dimension of its group.
// Errors: INVALID_ARGUMENT / GROUP_BY_UNKNOWN, GROUP_WITHOUT_SPLIT.
absl::StatusOr<GroupFilter> MakeGroupFilter(absl::string_view group_by, std::optional<std::string> group);
template <typename Request>
absl::StatusOr<GroupFilter> GroupFor(const Request& request) {
  return MakeGroupFilter(request.group_by(),
                         request.has_group() ? std::optional<std::string>(request.group()) : std::nullopt);
}

// Currencies in order of their code, with their place in the columns; only `wanted`, unless that is empty.
std::map<std::string, int32_t> CurrenciesOf(const projection::TenantColumns& columns,
                                            absl::string_view wanted);

}  // namespace relance::ledger
