#include "services/ledger/indicators/indicators.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/indicators/checks.h"
#include "services/ledger/indicators/reasons.h"

namespace relance::ledger {
absl::StatusOr<v1::GetAgeingResponse> Indicators::GetAgeing(const v1::GetAgeingRequest& request,
                                                            store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, tenants_->Get(request.tenant_id(), deadline));
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay as_of, DayOr(request.has_as_of_date(), request.as_of_date(),
                                                             "as_of_date", tenant->business_date));
  RELANCE_ASSIGN_OR_RETURN(const AgeingBuckets buckets, BucketsFor(request.bucket_edges(), *tenant));
  RELANCE_ASSIGN_OR_RETURN(AgeingSplit split, SplitFor(request.group_by()));
  GroupFilter group;
  if (request.has_group()) {
    RELANCE_ASSIGN_OR_RETURN(group, GroupFor(request));
  }
  if (request.by_account() && split != AgeingSplit::kNone && !request.has_group()) {
    return DomainError(absl::StatusCode::kInvalidArgument, kSplitInvalid,
                       "by_account and group_by exclude each other, but for the accounts of one group");
  }
  if (request.by_account()) split = AgeingSplit::kAccount;
  RELANCE_ASSIGN_OR_RETURN(const int accounts_max,
                           rpc::PageSize(request.page_size(), kAgeingAccountsDefault, kAgeingAccountsMax));
  RELANCE_RETURN_IF_ERROR(projection_->CatchUp(deadline));

  v1::GetAgeingResponse response;
  *response.mutable_as_of_date() = rpc::DayToProto(as_of);
  absl::Status status;
  projection_->Read(request.tenant_id(), [&](const projection::TenantColumns& columns) {
    const std::vector<uint8_t> outside = OutsideGroup(columns, group.split, group.key);
    for (const auto& [code, currency] : CurrenciesOf(columns, request.currency_code())) {
      const projection::BalancesAt balances(columns, currency, DayNumber(as_of));
      const Ageing ageing = MakeAgeing(columns, currency, balances, buckets, split, accounts_max, outside);
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
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay as_of, DayOr(request.has_as_of_date(), request.as_of_date(),
                                                             "as_of_date", tenant->business_date));
  RELANCE_ASSIGN_OR_RETURN(const int period_days, PeriodFor(request.period_days()));
  RELANCE_RETURN_IF_ERROR(projection_->CatchUp(deadline));

  v1::GetKpisResponse response;
  *response.mutable_as_of_date() = rpc::DayToProto(as_of);
  absl::Status status;
  projection_->Read(request.tenant_id(), [&](const projection::TenantColumns& columns) {
    for (const auto& [code, currency] : CurrenciesOf(columns, "")) {
      const std::vector<FiguresAt> figures =
          MakeSeries(columns, currency, {DayNumber(as_of)}, {*AgeingBuckets::Make({}), period_days, {}});
      auto proto = KpisToProto(figures.front(), period_days, code);
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
