// Concentration and expected credit loss: GetConcentration and GetExpectedLoss.
#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "common/money/rounding.h"
#include "common/projection/balances_at.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/indicators/checks.h"
#include "services/ledger/indicators/concentration.h"
#include "services/ledger/indicators/expected_credit_loss.h"
#include "services/ledger/indicators/reasons.h"
#include "services/ledger/indicators/reports.h"
#include "services/ledger/indicators/to_money.h"

namespace relance::ledger {
namespace {

using projection::BalancesAt;
using projection::TenantColumns;

constexpr int kWholePermille = 1000;

bool LeftOut(const TenantColumns& columns, const std::vector<uint8_t>& outside, int32_t account) {
  return (columns.accounts().flags[account] & projection::kAccountUnidentified) != 0 ||
         (!outside.empty() && outside[account] != 0);
}

absl::Status PutConcentration(const TenantColumns& columns, int32_t currency, int32_t day,
                              v1::ConcentrationBasis basis, const std::vector<uint8_t>& outside,
                              int page_size, v1::GetConcentrationResponse* response) {
  const projection::CurrencyColumns& items = columns.currencies()[currency];
  const BalancesAt balances(columns, currency, day);
  std::vector<Amount> amounts(columns.accounts().size(), 0);
  const auto add = [&](const projection::ItemTable& table, absl::Span<const int64_t> open) {
    for (size_t i = 0; i < open.size(); ++i) {
      if (open[i] <= 0 || table.account[i] < 0) continue;
      if (basis == v1::CONCENTRATION_BASIS_OVERDUE && table.due_day[i] >= day) continue;
      amounts[table.account[i]] += open[i];
    }
  };
  add(items.open, balances.open());
  add(items.settled, balances.settled());
  std::vector<int32_t> order;
  for (int32_t account = 0; account < columns.accounts().size(); ++account) {
    if (amounts[account] > 0 && !LeftOut(columns, outside, account)) order.push_back(account);
  }
  if (order.empty()) return absl::OkStatus();
  const std::vector<std::string>& keys = columns.accounts().key;
  std::sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
    return amounts[a] != amounts[b] ? amounts[a] > amounts[b] : keys[a] < keys[b];
  });
  std::vector<Amount> largest_first;
  for (const int32_t account : order) largest_first.push_back(amounts[account]);
  const Amount whole = std::accumulate(largest_first.begin(), largest_first.end(), Amount{0});

  v1::ConcentrationCurrency* proto = response->add_currencies();
  proto->set_currency_code(items.code);
  RELANCE_RETURN_IF_ERROR(PutAmount(whole, items.code, proto->mutable_amount()));
  proto->set_accounts(static_cast<int32_t>(order.size()));
  for (const CurvePoint& point : ParetoCurve(largest_first)) {
    v1::ParetoPoint* made = proto->add_curve();
    made->set_accounts(point.accounts);
    made->set_account_share(point.account_share);
    made->set_amount_share(point.amount_share);
  }
  proto->set_pareto_accounts(ParetoAccounts(largest_first));
  proto->set_gini(Gini(largest_first));
  Amount held = 0;
  for (size_t i = 0; i < order.size() && i < static_cast<size_t>(page_size); ++i) {
    held += largest_first[i];
    v1::ParetoAccount* account = proto->add_largest();
    account->set_account_id(keys[order[i]]);
    account->set_name(columns.accounts().name[order[i]]);
    RELANCE_RETURN_IF_ERROR(PutAmount(largest_first[i], items.code, account->mutable_amount()));
    account->set_cumulated_share(static_cast<double>(held) / static_cast<double>(whole));
  }
  return absl::OkStatus();
}

absl::Status RatesInvalid(absl::string_view field, absl::string_view wanted) {
  return DomainError(absl::StatusCode::kInvalidArgument, kRatesInvalid,
                     absl::StrCat(field, ": wanted ", wanted),
                     {{"field", std::string(field)}, {"wanted", std::string(wanted)}});
}

absl::Status CheckRates(const google::protobuf::RepeatedField<int64_t>& rates, int count,
                        absl::string_view field) {
  if (rates.size() != count) return RatesInvalid(field, absl::StrCat(count, " rates"));
  for (const int64_t rate : rates) {
    if (rate < 0 || rate > kWholeRate) return RatesInvalid(field, "0 to 1,000,000,000 billionths");
  }
  return absl::OkStatus();
}

absl::Status CheckMatrix(const v1::GetExpectedLossRequest& request, const AgeingBuckets& buckets) {
  const bool given = request.loss_rates_ppb_size() > 0;
  if (given && (request.flow_rates_ppb_size() > 0 || request.final_loss_ppb() != 0)) {
    return RatesInvalid("loss_rates_ppb", "loss rates, or flows and a final loss, not both");
  }
  if (given) {
    RELANCE_RETURN_IF_ERROR(CheckRates(request.loss_rates_ppb(), buckets.size(), "loss_rates_ppb"));
  } else if (request.flow_rates_ppb_size() > 0) {
    RELANCE_RETURN_IF_ERROR(CheckRates(request.flow_rates_ppb(), buckets.size() - 1, "flow_rates_ppb"));
  }
  if (!given && (request.final_loss_ppb() <= 0 || request.final_loss_ppb() > kWholeRate)) {
    return RatesInvalid("final_loss_ppb", "1 to 1,000,000,000 billionths");
  }
  if (request.flow_months() < 0 || request.flow_months() > kFlowMonthsMax) {
    return RatesInvalid("flow_months", absl::StrCat("1 to ", kFlowMonthsMax, " months, or 0"));
  }
  if (request.forward_looking_permille() < 0 ||
      request.forward_looking_permille() > kForwardLookingPermilleMax) {
    return RatesInvalid("forward_looking_permille",
                        absl::StrCat("1 to ", kForwardLookingPermilleMax, ", or 0"));
  }
  return absl::OkStatus();
}

// What rolled out of each age in the months that end with `day`, all months together.
absl::StatusOr<std::vector<RateBillionths>> ObservedFlows(const TenantColumns& columns, int32_t currency,
                                                          int32_t day, int months,
                                                          const SeriesOptions& options) {
  std::vector<int32_t> days;
  for (int m = months - 1; m >= 0; --m) days.push_back(MonthsBefore(day, m));
  const std::vector<FiguresAt> series = MakeSeries(columns, currency, days, options);
  std::vector<RateBillionths> flows;
  for (int b = 0; b + 1 < options.buckets.size(); ++b) {
    Amount before = 0, rolled = 0;
    for (const FiguresAt& at : series) {
      before += at.rolled[b].before;
      rolled += at.rolled[b].same_older;
    }
    if (before == 0) {
      return DomainError(
          absl::StatusCode::kFailedPrecondition, kFlowsUnknown,
          absl::StrCat("no balance of the age ", options.buckets.Label(b), " was there to roll"),
          {{"bucket", options.buckets.Label(b)}, {"currency", columns.currencies()[currency].code}});
    }
    RELANCE_ASSIGN_OR_RETURN(const int64_t flow, DivideHalfUp(rolled * kWholeRate, before));
    flows.push_back(flow);
  }
  return flows;
}

absl::Status PutLoss(const TenantColumns& columns, int32_t currency, int32_t day,
                     const v1::GetExpectedLossRequest& request, const SeriesOptions& options,
                     v1::GetExpectedLossResponse* response) {
  const std::string& code = columns.currencies()[currency].code;
  const AgeingBuckets& buckets = options.buckets;
  const FiguresAt at = MakeSeries(columns, currency, {day}, options).front();
  if (at.debits == 0) return absl::OkStatus();
  v1::ExpectedLossCurrency* proto = response->add_currencies();
  proto->set_currency_code(code);
  std::vector<RateBillionths> flows(request.flow_rates_ppb().begin(), request.flow_rates_ppb().end());
  std::vector<RateBillionths> rates(request.loss_rates_ppb().begin(), request.loss_rates_ppb().end());
  proto->set_rates_from(!rates.empty() ? "given" : !flows.empty() ? "flows" : "observed");
  if (rates.empty()) {
    if (flows.empty()) {
      const int months = request.flow_months() == 0 ? kFlowMonthsDefault : request.flow_months();
      RELANCE_ASSIGN_OR_RETURN(flows, ObservedFlows(columns, currency, day, months, options));
    }
    rates = LossRatesFromFlows(flows, request.final_loss_ppb());
  }
  const int permille =
      request.forward_looking_permille() == 0 ? kWholePermille : request.forward_looking_permille();
  std::vector<int64_t> gross;
  for (int b = 0; b < buckets.size(); ++b) {
    RELANCE_ASSIGN_OR_RETURN(rates[b], MultiplyDivideHalfUp(rates[b], permille, kWholePermille));
    rates[b] = std::min(rates[b], kWholeRate);
    if (at.buckets[b] > INT64_MAX) {
      return DomainError(absl::StatusCode::kOutOfRange, "AMOUNT_OVERFLOW", "a total does not fit an amount");
    }
    gross.push_back(static_cast<int64_t>(at.buckets[b]));
  }
  RELANCE_ASSIGN_OR_RETURN(const ExpectedLoss loss, ExpectedCreditLoss(gross, rates));
  for (int b = 0; b < buckets.size(); ++b) {
    v1::ExpectedLossRow* row = proto->add_rows();
    row->set_bucket(buckets.Label(b));
    row->set_flow_ppb(b < static_cast<int>(flows.size()) ? flows[b] : -1);
    row->set_loss_rate_ppb(rates[b]);
    RELANCE_RETURN_IF_ERROR(PutAmount(gross[b], code, row->mutable_gross()));
    RELANCE_RETURN_IF_ERROR(PutAmount(loss.by_age_minor[b], code, row->mutable_loss()));
  }
  RELANCE_RETURN_IF_ERROR(PutAmount(loss.total_minor, code, proto->mutable_loss()));
  RELANCE_RETURN_IF_ERROR(PutAmount(at.debits - at.no_due_date, code, proto->mutable_gross()));
  return PutAmount(at.no_due_date, code, proto->mutable_no_due_date());
}

}  // namespace

absl::StatusOr<v1::GetConcentrationResponse> Reports::GetConcentration(
    const v1::GetConcentrationRequest& request, store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, tenants_->Get(request.tenant_id(), deadline));
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay as_of, DayOr(request.has_as_of_date(), request.as_of_date(),
                                                             "as_of_date", tenant->business_date));
  RELANCE_ASSIGN_OR_RETURN(const GroupFilter group, GroupFor(request));
  if (request.basis() != v1::CONCENTRATION_BASIS_OVERDUE &&
      request.basis() != v1::CONCENTRATION_BASIS_DEBITS) {
    return DomainError(absl::StatusCode::kInvalidArgument, kBasisUnspecified,
                       "basis says what is to be spread over accounts: what is overdue, or all debits");
  }
  RELANCE_ASSIGN_OR_RETURN(const int page_size,
                           rpc::PageSize(request.page_size(), kConcentrationDefault, kConcentrationMax));
  RELANCE_RETURN_IF_ERROR(projection_->CatchUp(deadline));

  v1::GetConcentrationResponse response;
  *response.mutable_as_of_date() = rpc::DayToProto(as_of);
  absl::Status status;
  projection_->Read(request.tenant_id(), [&](const TenantColumns& columns) {
    const std::vector<uint8_t> outside = OutsideGroup(columns, group.split, group.key);
    for (const auto& [code, currency] : CurrenciesOf(columns, request.currency_code())) {
      status.Update(PutConcentration(columns, currency, DayNumber(as_of), request.basis(), outside, page_size,
                                     &response));
    }
  });
  RELANCE_RETURN_IF_ERROR(status);
  return response;
}

absl::StatusOr<v1::GetExpectedLossResponse> Reports::GetExpectedLoss(
    const v1::GetExpectedLossRequest& request, store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, tenants_->Get(request.tenant_id(), deadline));
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay as_of, DayOr(request.has_as_of_date(), request.as_of_date(),
                                                             "as_of_date", tenant->business_date));
  RELANCE_ASSIGN_OR_RETURN(const AgeingBuckets buckets, BucketsFor(request.bucket_edges(), *tenant));
  RELANCE_ASSIGN_OR_RETURN(const GroupFilter group, GroupFor(request));
  RELANCE_RETURN_IF_ERROR(CheckMatrix(request, buckets));
  RELANCE_RETURN_IF_ERROR(projection_->CatchUp(deadline));

  v1::GetExpectedLossResponse response;
  *response.mutable_as_of_date() = rpc::DayToProto(as_of);
  absl::Status status;
  projection_->Read(request.tenant_id(), [&](const TenantColumns& columns) {
    const SeriesOptions options{buckets, kDsoPeriodDays, OutsideGroup(columns, group.split, group.key)};
    for (const auto& [code, currency] : CurrenciesOf(columns, request.currency_code())) {
      status.Update(PutLoss(columns, currency, DayNumber(as_of), request, options, &response));
    }
  });
  RELANCE_RETURN_IF_ERROR(status);
  return response;
}

}  // namespace relance::ledger
