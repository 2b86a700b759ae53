#include "services/ledger/indicators/checks.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/ledger/indicators/reasons.h"

namespace relance::ledger {

absl::StatusOr<absl::CivilDay> DayOr(bool told, const type::v1::Date& date, absl::string_view field,
                                     absl::CivilDay otherwise) {
  if (!told) return otherwise;
  return rpc::DayFromProto(date, field);
}

absl::StatusOr<AgeingBuckets> BucketsFor(const google::protobuf::RepeatedField<int32_t>& edges,
                                         const TenantContext& tenant) {
  return AgeingBuckets::Make(edges.empty() ? tenant.config.ageing_edges() : edges);
}

absl::StatusOr<int> PeriodFor(int32_t told) {
  if (told < 0 || told > kPeriodDaysMax) {
    return DomainError(absl::StatusCode::kInvalidArgument, kPeriodInvalid,
                       absl::StrCat("period_days is 1 to ", kPeriodDaysMax, ", or 0 for ", kDsoPeriodDays),
                       {{"daysMax", absl::StrCat(kPeriodDaysMax)}});
  }
  return told == 0 ? kDsoPeriodDays : told;
}

absl::StatusOr<AgeingSplit> SplitFor(absl::string_view group_by) {
  AgeingSplit split = AgeingSplit::kNone;
  if (ParseGroupBy(group_by, &split)) return split;
  return DomainError(absl::StatusCode::kInvalidArgument, kGroupByUnknown,
                     absl::StrCat("group_by is ", kGroupByNames), {});
}

absl::StatusOr<GroupFilter> MakeGroupFilter(absl::string_view group_by, std::optional<std::string> group) {
  GroupFilter filter;
  RELANCE_ASSIGN_OR_RETURN(filter.split, SplitFor(group_by));
  if ((filter.split == AgeingSplit::kNone) == group.has_value()) {
    return DomainError(absl::StatusCode::kInvalidArgument, kGroupWithoutSplit,
                       "group and group_by go together: a key and what it is a key of", {});
  }
  filter.key = std::move(group);
  return filter;
}

std::map<std::string, int32_t> CurrenciesOf(const projection::TenantColumns& columns,
                                            absl::string_view wanted) {
  std::map<std::string, int32_t> ordered;
  for (size_t i = 0; i < columns.currencies().size(); ++i) {
    const std::string& code = columns.currencies()[i].code;
    if (wanted.empty() || code == wanted) ordered[code] = static_cast<int32_t>(i);
  }
  return ordered;
}

}  // namespace relance::ledger
