#include "services/ledger/indicators/indicators.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/indicators/reasons.h"

namespace relance::ledger {
namespace {

absl::StatusOr<absl::CivilDay> AsOf(bool told, const type::v1::Date& date, const TenantContext& tenant) {
  if (!told) return tenant.business_date;
  return rpc::DayFromProto(date, "as_of_date");
}

// Currencies in order of their code, with their place in the columns.
std::map<std::string, int32_t> Currencies(const projection::TenantColumns& columns) {
  std::map<std::string, int32_t> ordered;
  for (size_t i = 0; i < columns.currencies().size(); ++i) {
    ordered[columns.currencies()[i].code] = static_cast<int32_t>(i);
  }
  return ordered;
}

}  // namespace

absl::StatusOr<v1::GetAgeingResponse> Indicators::GetAgeing(const v1::GetAgeingRequest& request,
                                                            store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, tenants_->Get(request.tenant_id(), deadline));
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay as_of,
                           AsOf(request.has_as_of_date(), request.as_of_date(), *tenant));
  RELANCE_ASSIGN_OR_RETURN(const AgeingBuckets buckets, AgeingBuckets::Make(request.bucket_edges()));
  AgeingSplit split = AgeingSplit::kNone;
  if (!ParseGroupBy(request.group_by(), &split)) {
    return DomainError(absl::StatusCode::kInvalidArgument, kGroupByUnknown,
                       "group_by is segment, region, sector, country, collector or customer_type", {});
  }
  if (request.by_account() && split != AgeingSplit::kNone) {
    return DomainError(absl::StatusCode::kInvalidArgument, kSplitInvalid,
                       "by_account and group_by exclude each other");
  }
  if (request.by_account()) split = AgeingSplit::kAccount;
  RELANCE_ASSIGN_OR_RETURN(const int accounts_max,
                           rpc::PageSize(request.page_size(), kAgeingAccountsDefault, kAgeingAccountsMax));
  RELANCE_RETURN_IF_ERROR(projection_->CatchUp(deadline));

  v1::GetAgeingResponse response;
  *response.mutable_as_of_date() = rpc::DayToProto(as_of);
  absl::Status status;
  projection_->Read(request.tenant_id(), [&](const projection::TenantColumns& columns) {
    for (const auto& [code, currency] : Currencies(columns)) {
      const projection::BalancesAt balances(columns, currency, DayNumber(as_of));
      const Ageing ageing = MakeAgeing(columns, currency, balances, buckets, split, accounts_max);
      if (ageing.total.debits() == 0 && ageing.total.credits == 0 && ageing.rows.empty()) continue;
      auto proto = AgeingToProto(ageing, buckets, code);
      if (!proto.ok()) {
        status = proto.status();
        return;
      }
      *response.add_currencies() = *std::move(proto);
    }
  });
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<v1::GetKpisResponse> Indicators::GetKpis(const v1::GetKpisRequest& request,
                                                        store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, tenants_->Get(request.tenant_id(), deadline));
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay as_of,
                           AsOf(request.has_as_of_date(), request.as_of_date(), *tenant));
  if (request.period_days() < 0 || request.period_days() > kPeriodDaysMax) {
    return DomainError(absl::StatusCode::kInvalidArgument, kPeriodInvalid,
                       absl::StrCat("period_days is 1 to ", kPeriodDaysMax, ", or 0 for ", kDsoPeriodDays),
                       {{"daysMax", absl::StrCat(kPeriodDaysMax)}});
  }
  const int period_days = request.period_days() == 0 ? kDsoPeriodDays : request.period_days();
  RELANCE_RETURN_IF_ERROR(projection_->CatchUp(deadline));

  v1::GetKpisResponse response;
  *response.mutable_as_of_date() = rpc::DayToProto(as_of);
  absl::Status status;
  projection_->Read(request.tenant_id(), [&](const projection::TenantColumns& columns) {
    for (const auto& [code, currency] : Currencies(columns)) {
      const projection::BalancesAt balances(columns, currency, DayNumber(as_of));
      auto proto = KpisToProto(MakeKpis(columns, currency, balances, period_days), period_days, code);
      if (!proto.ok()) {
        status = proto.status();
        return;
      }
      *response.add_currencies() = *std::move(proto);
    }
  });
  if (!status.ok()) return status;
  return response;
}

}  // namespace relance::ledger
