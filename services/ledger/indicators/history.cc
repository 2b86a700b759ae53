// Month by month: GetHistory and ExportHistory.
#include <algorithm>

#include "absl/status/status.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/indicators/checks.h"
#include "services/ledger/indicators/indicators.h"
#include "services/ledger/indicators/open_metrics.h"
#include "services/ledger/indicators/reasons.h"
#include "services/ledger/indicators/reports.h"
#include "services/ledger/indicators/to_money.h"

namespace relance::ledger {
namespace {

bool IsMonthEnd(int32_t day) {
  const absl::CivilDay civil = DayFromNumber(day);
  return civil == EndOfMonth(civil);
}

absl::Status PutRollForward(const Flows& flows, Amount opening, Amount closing, const std::string& currency,
                            v1::RollForward* proto) {
  const std::pair<Amount, type::v1::Money*> parts[] = {
      {opening, proto->mutable_opening()},
      {flows.opening_entries, proto->mutable_opening_entries()},
      {flows.billed, proto->mutable_billed()},
      {flows.cash, proto->mutable_cash()},
      {flows.credit_notes, proto->mutable_credit_notes()},
      {flows.write_offs, proto->mutable_write_offs()},
      {flows.deductions, proto->mutable_deductions()},
      {flows.adjustments, proto->mutable_adjustments()},
      {closing, proto->mutable_closing()}};
  for (const auto& [amount, money] : parts) RELANCE_RETURN_IF_ERROR(PutAmount(amount, currency, money));
  return absl::OkStatus();
}

absl::Status PutPoint(const FiguresAt& at, const AgeingBuckets& buckets, int period_days,
                      const std::string& currency, v1::HistoryPoint* proto) {
  *proto->mutable_as_of_date() = rpc::DayToProto(DayFromNumber(at.day));
  const std::pair<Amount, type::v1::Money*> parts[] = {
      {at.receivables(), proto->mutable_receivables()}, {at.debits, proto->mutable_debits()},
      {at.credits, proto->mutable_credits()},           {at.unapplied, proto->mutable_unapplied()},
      {at.overdue(), proto->mutable_overdue()},         {at.disputed, proto->mutable_disputed()},
      {at.no_due_date, proto->mutable_no_due_date()},   {at.sales, proto->mutable_sales()},
      {at.collected, proto->mutable_collected()}};
  for (const auto& [amount, money] : parts) RELANCE_RETURN_IF_ERROR(PutAmount(amount, currency, money));
  for (int b = 0; b < buckets.size(); ++b) {
    RELANCE_RETURN_IF_ERROR(
        PutBucket(buckets, b, at.buckets[b], at.bucket_items[b], currency, proto->add_buckets()));
  }
  RELANCE_RETURN_IF_ERROR(PutDso(at, period_days, currency, {}, proto->mutable_dso()));
  for (size_t b = 0; b < at.rolled.size(); ++b) {
    v1::RollRate* roll = proto->add_roll_rates();
    roll->set_bucket(buckets.Label(static_cast<int>(b)));
    if (const auto rate = at.rolled[b].balance_rate()) roll->set_balance(*rate);
    if (const auto rate = at.rolled[b].cohort_rate()) roll->set_cohort(*rate);
  }
  if (at.effectiveness.has_value()) proto->set_collection_effectiveness(*at.effectiveness);
  if (const auto share = at.overdue_share()) proto->set_overdue_share(*share);
  if (const auto share = at.disputed_share()) proto->set_disputed_share(*share);
  if (const auto days = at.weighted_days_late()) proto->set_weighted_days_late(*days);
  if (const auto days = at.signed_days_late()) proto->set_signed_days_late(*days);
  if (const auto days = at.mean_terms_days()) proto->set_terms_days(*days);
  if (const auto days = at.invoice_lag_days()) proto->set_invoice_lag_days(*days);
  if (const auto share = at.top_fifth_share()) proto->set_top_fifth_share(*share);
  proto->set_overdue_accounts(at.overdue_accounts());
  proto->set_pareto_accounts(at.pareto_accounts());
  proto->set_open_items(at.open_items);
  return absl::OkStatus();
}

absl::Status PutCurrency(const projection::TenantColumns& columns, int32_t currency, int32_t from, int32_t to,
                         const SeriesOptions& options, v1::GetHistoryResponse* response) {
  const projection::CurrencyColumns& items = columns.currencies()[currency];
  std::vector<int32_t> days = MonthEnds(items, from, to);
  if (days.empty()) return absl::OkStatus();
  // What the first point rolls forward from.
  days.insert(days.begin(), DayNumber(absl::CivilDay(absl::CivilMonth(DayFromNumber(days.front()))) - 1));
  const std::vector<FiguresAt> series = MakeSeries(columns, currency, days, options);
  v1::HistoryCurrency* proto = response->add_currencies();
  proto->set_currency_code(items.code);
  for (size_t p = 1; p < series.size(); ++p) {
    v1::HistoryPoint* point = proto->add_points();
    RELANCE_RETURN_IF_ERROR(PutPoint(series[p], options.buckets, options.period_days, items.code, point));
    RELANCE_RETURN_IF_ERROR(PutRollForward(series[p].ever.Since(series[p - 1].ever),
                                           series[p - 1].receivables(), series[p].receivables(), items.code,
                                           point->mutable_roll_forward()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::GetHistoryResponse> Reports::GetHistory(const v1::GetHistoryRequest& request,
                                                           store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, tenants_->Get(request.tenant_id(), deadline));
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay from, DayOr(request.has_from_date(), request.from_date(),
                                                            "from_date", absl::CivilDay::min()));
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay to,
                           DayOr(request.has_to_date(), request.to_date(), "to_date", tenant->business_date));
  if (request.has_from_date() && from > to) {
    return DomainError(absl::StatusCode::kInvalidArgument, kDatesReversed, "from_date is behind to_date");
  }
  RELANCE_ASSIGN_OR_RETURN(const AgeingBuckets buckets, BucketsFor(request.bucket_edges(), *tenant));
  RELANCE_ASSIGN_OR_RETURN(const GroupFilter group, GroupFor(request));
  RELANCE_ASSIGN_OR_RETURN(const int period_days, PeriodFor(request.period_days()));
  RELANCE_RETURN_IF_ERROR(projection_->CatchUp(deadline));

  const int32_t from_day = request.has_from_date() ? DayNumber(from) : INT32_MIN;
  v1::GetHistoryResponse response;
  absl::Status status;
  projection_->Read(request.tenant_id(), [&](const projection::TenantColumns& columns) {
    const SeriesOptions options{buckets, period_days, OutsideGroup(columns, group.split, group.key)};
    for (const auto& [code, currency] : CurrenciesOf(columns, request.currency_code())) {
      status.Update(PutCurrency(columns, currency, from_day, DayNumber(to), options, &response));
    }
  });
  RELANCE_RETURN_IF_ERROR(status);
  return response;
}

absl::Status Reports::ExportHistory(const v1::ExportHistoryRequest& request, store::Deadline deadline,
                                    absl::FunctionRef<bool(const v1::ExportHistoryResponse&)> write) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, tenants_->Get(request.tenant_id(), deadline));
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay from, DayOr(request.has_from_date(), request.from_date(),
                                                            "from_date", absl::CivilDay::min()));
  RELANCE_ASSIGN_OR_RETURN(
      const absl::CivilDay before,
      DayOr(request.has_before_date(), request.before_date(), "before_date", tenant->business_date));
  if (request.has_from_date() && from > before) {
    return DomainError(absl::StatusCode::kInvalidArgument, kDatesReversed, "from_date is behind before_date");
  }
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(tenant->config.time_zone(), &zone)) zone = absl::UTCTimeZone();
  RELANCE_RETURN_IF_ERROR(projection_->CatchUp(deadline));

  const int32_t from_day = request.has_from_date() ? DayNumber(from) : INT32_MIN;
  std::vector<TimedSamples> moments;
  projection_->Read(request.tenant_id(), [&](const projection::TenantColumns& columns) {
    for (const auto& [code, currency] : CurrenciesOf(columns, "")) {
      std::vector<int32_t> days = MonthEnds(columns.currencies()[currency], from_day, DayNumber(before) - 1);
      if (!days.empty() && !IsMonthEnd(days.back())) days.pop_back();
      for (const FiguresAt& at :
           MakeSeries(columns, currency, days, {*AgeingBuckets::Make({}), kDsoPeriodDays, {}})) {
        moments.push_back(
            {LastSecond(DayFromNumber(at.day), zone),
             GaugesOf(request.tenant_id(), code, at, UnidentifiedAt(columns, currency, at.day))});
      }
    }
  });
  const std::string text = WriteOpenMetrics(
      moments, request.job().empty() ? kExportJob : request.job().substr(0, kExportJobBytesMax));
  for (size_t begin = 0; begin < text.size();) {
    size_t end = std::min(begin + kExportPieceBytes, text.size());
    if (end < text.size()) end = text.rfind('\n', end - 1) + 1;
    v1::ExportHistoryResponse piece;
    piece.set_text(text.substr(begin, end - begin));
    if (!write(piece)) return absl::CancelledError("the caller has gone");
    begin = end;
  }
  return absl::OkStatus();
}

}  // namespace relance::ledger
