#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/projection/projection.h"
#include "common/tenant/tenant_directory.h"
#include "services/ledger/indicators/checks.h"
#include "services/ledger/indicators/portfolio.h"
#include "services/ledger/indicators/series.h"
#include "services/ledger/indicators_api.h"

namespace relance::ledger {

inline constexpr int kAgeingAccountsDefault = 50;
inline constexpr int kAgeingAccountsMax = 1000;

// The figures as they are answered. Errors: OUT_OF_RANGE / AMOUNT_OVERFLOW when a total fits no Money.
absl::StatusOr<v1::AgeingCurrency> AgeingToProto(const Ageing& ageing, const AgeingBuckets& buckets,
                                                 const std::string& currency);
absl::StatusOr<v1::KpiCurrency> KpisToProto(const FiguresAt& at, int period_days,
                                            const std::string& currency);
// Adds the methods of DSO that have a result; only `methods`, unless that is empty.
absl::Status PutDso(const FiguresAt& at, int period_days, const std::string& currency,
                    absl::Span<const absl::string_view> methods,
                    google::protobuf::RepeatedPtrField<v1::Dso>* list);

// Answers from the projection, which takes in the feed first: who changed something before sees it. The first
// call builds the projection; call Projection::CatchUp at start, with a long deadline.
class Indicators : public IndicatorsApi {
 public:
  // Both outlive this.
  Indicators(projection::Projection* projection, TenantDirectory* tenants)
      : projection_(projection), tenants_(tenants) {}

  // Errors, first match wins: NOT_FOUND / TENANT_NOT_FOUND; INVALID_ARGUMENT / those of dates,
  // BUCKET_EDGES_INVALID, GROUP_BY_UNKNOWN, GROUP_WITHOUT_SPLIT, SPLIT_INVALID, PAGE_SIZE_NEGATIVE; those of
  // the store.
  absl::StatusOr<v1::GetAgeingResponse> GetAgeing(const v1::GetAgeingRequest& request,
                                                  store::Deadline deadline) override;
  // Errors, first match wins: NOT_FOUND / TENANT_NOT_FOUND; INVALID_ARGUMENT / those of dates,
  // PERIOD_INVALID; those of the store.
  absl::StatusOr<v1::GetKpisResponse> GetKpis(const v1::GetKpisRequest& request,
                                              store::Deadline deadline) override;

 private:
  projection::Projection* const projection_;
  TenantDirectory* const tenants_;
};

}  // namespace relance::ledger
