#include "services/ledger/indicators/indicator_metrics.h"

#include <cmath>

#include "common/log/log.h"
#include "common/money/currency.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/indicators/indicators.h"

namespace relance::ledger {
namespace {

double Units(Amount amount, const std::string& currency) {
  return static_cast<double>(amount) / std::pow(10.0, CurrencyExponent(currency).value_or(0));
}

const std::vector<std::string>& PortfolioLabels() {
  static const auto& labels = *new std::vector<std::string>{"tenant", "currency"};
  return labels;
}

}  // namespace

IndicatorMetrics::IndicatorMetrics(projection::Projection* projection, TenantDirectory* tenants, Clock* clock,
                                   prometheus::Registry& registry)
    : projection_(projection),
      tenants_(tenants),
      clock_(clock),
      dso_("relance_ledger_dso", "Days sales outstanding by method, in days, over the last 90 days",
           {"tenant", "method", "currency"}, registry),
      receivables_("relance_ledger_receivables", "Open debits minus credits, in units of the currency",
                   PortfolioLabels(), registry),
      overdue_("relance_ledger_overdue", "Open debits past due by age in days, in units of the currency",
               {"tenant", "currency", "bucket"}, registry),
      disputed_("relance_ledger_disputed", "Disputed part of the open debits, in units of the currency",
                PortfolioLabels(), registry),
      overdue_share_("relance_ledger_overdue_share", "Overdue over all open debits, 0 to 1",
                     PortfolioLabels(), registry),
      overdue_accounts_("relance_ledger_overdue_accounts", "Accounts with an overdue amount",
                        PortfolioLabels(), registry),
      unidentified_("relance_ledger_unidentified", "Money of unknown payers, in units of the currency",
                    PortfolioLabels(), registry),
      open_items_("relance_ledger_open_items", "Open items, debits and credits", PortfolioLabels(), registry),
      as_of_("relance_ledger_as_of_timestamp_seconds", "Midnight UTC of the business date of the figures",
             {"tenant"}, registry),
      known_until_("relance_ledger_source_known_until_timestamp_seconds",
                   "Midnight UTC of the day up to which a source is known", {"tenant", "source"}, registry),
      collected_("relance_ledger_collected_total", "Payments ever received, in units of the currency",
                 PortfolioLabels(), registry) {}

IndicatorMetrics::~IndicatorMetrics() { Stop(); }

void IndicatorMetrics::Set(const std::string& tenant, const std::string& currency, const Kpis& kpis,
                           const Ageing& ageing) {
  static constexpr const char* kBuckets[] = {"1-30", "31-60", "61-90", "over-90"};
  for (int b = 0; b < 4; ++b) {
    const Amount amount = ageing.total.buckets.empty() ? 0 : ageing.total.buckets[b + 1];
    overdue_.With({tenant, currency, kBuckets[b]}).Set(Units(amount, currency));
  }
  receivables_.With({tenant, currency}).Set(Units(kpis.receivables, currency));
  disputed_.With({tenant, currency}).Set(Units(kpis.disputed, currency));
  unidentified_.With({tenant, currency}).Set(Units(kpis.unidentified, currency));
  open_items_.With({tenant, currency}).Set(static_cast<double>(kpis.open_items));
  overdue_accounts_.With({tenant, currency}).Set(kpis.overdue_accounts);
  overdue_share_.With({tenant, currency})
      .Set(kpis.debits == 0 ? 0 : static_cast<double>(kpis.overdue) / static_cast<double>(kpis.debits));
  // A counter never falls: what the books take back later is not taken back here.
  prometheus::Counter& collected = collected_.With({tenant, currency});
  const double more = Units(kpis.collected_ever, currency) - collected.Value();
  if (more > 0) collected.Increment(more);
  // Without sales there is no DSO: not a number says so, 0 would be praise.
  const auto set_dso = [&](const char* method, std::optional<double> days) {
    dso_.With({tenant, method, currency}).Set(days.value_or(std::nan("")));
  };
  set_dso("simple", SimpleDso(kpis.receivables, kpis.sales, kDsoPeriodDays));
  set_dso("best_possible", BestPossibleDso(kpis.not_due, kpis.sales, kDsoPeriodDays));
  set_dso("average_delinquent",
          AverageDaysDelinquent(kpis.receivables, kpis.not_due, kpis.sales, kDsoPeriodDays));
  std::optional<double> counted;
  if (!kpis.months.empty()) counted = CountBack(kpis.receivables, kpis.months, MonthLength::kCalendar).days;
  set_dso("countback", counted);
}

absl::Status IndicatorMetrics::RunOnce(store::Deadline deadline) {
  RELANCE_RETURN_IF_ERROR(projection_->CatchUp(deadline));
  RELANCE_ASSIGN_OR_RETURN(const std::vector<TenantPtr> tenants, tenants_->All(deadline));
  std::set<std::pair<std::string, std::string>> seen;
  int64_t skipped = 0;
  for (const TenantPtr& tenant : tenants) {
    const std::string& id = tenant->config.id();
    const int32_t day = DayNumber(tenant->business_date);
    projection_->Read(id, [&](const projection::TenantColumns& columns) {
      for (size_t c = 0; c < columns.currencies().size(); ++c) {
        const std::string& code = columns.currencies()[c].code;
        if (known_.count({id, code}) == 0 && known_.size() >= kPortfoliosInMetricsMax) {
          ++skipped;
          continue;
        }
        known_.emplace(id, code);
        seen.emplace(id, code);
        const projection::BalancesAt balances(columns, static_cast<int32_t>(c), day);
        const Ageing ageing = MakeAgeing(columns, static_cast<int32_t>(c), balances, *AgeingBuckets::Make({}),
                                         AgeingSplit::kNone, 0);
        Set(id, code, MakeKpis(columns, static_cast<int32_t>(c), balances, kDsoPeriodDays), ageing);
      }
    });
    SetDays(*tenant);
  }
  for (const auto& portfolio : known_) {
    if (seen.count(portfolio) == 0) Set(portfolio.first, portfolio.second, Kpis(), Ageing());
  }
  if (skipped > 0 && !told_of_skipped_) {
    told_of_skipped_ = true;
    log::Warning("more portfolios than metrics are kept for",
                 {{"max", kPortfoliosInMetricsMax}, {"skipped", skipped}});
  }
  return absl::OkStatus();
}

void IndicatorMetrics::SetDays(const TenantContext& tenant) {
  const std::string& id = tenant.config.id();
  const auto& freshness = tenant.freshness;
  const auto portfolio = known_.lower_bound({id, ""});
  if (portfolio == known_.end() || portfolio->first != id) return;
  const auto seconds = [](int32_t day) { return static_cast<double>(day) * 86'400; };
  as_of_.With({id}).Set(seconds(DayNumber(tenant.business_date)));
  if (freshness.has_ledger_day()) known_until_.With({id, "ledger"}).Set(seconds(freshness.ledger_day()));
  if (freshness.has_bank_day()) known_until_.With({id, "bank"}).Set(seconds(freshness.bank_day()));
}

void IndicatorMetrics::Start(absl::Duration period, absl::Duration timeout) {
  thread_ = std::thread([this, period, timeout] {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      if (const absl::Status status = RunOnce(store::After(timeout)); !status.ok()) {
        log::Write(log::Severity::kWarning, "the indicators were not renewed", status);
      }
      lock.lock();
      clock_->AwaitWithDeadline(
          lock, changed_, [this] { return stopping_; }, clock_->TimeNow() + period);
    }
  });
}

void IndicatorMetrics::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace relance::ledger
