#include "services/ledger/indicators/indicator_metrics.h"

#include "common/log/log.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/indicators/indicators.h"

namespace relance::ledger {
IndicatorMetrics::IndicatorMetrics(projection::Projection* projection, TenantDirectory* tenants, Clock* clock,
                                   prometheus::Registry& registry)
    : projection_(projection),
      tenants_(tenants),
      clock_(clock),
      as_of_("relance_ledger_as_of_timestamp_seconds", "Midnight UTC of the business date of the figures",
             {"tenant"}, registry),
      known_until_("relance_ledger_source_known_until_timestamp_seconds",
                   "Midnight UTC of the day up to which a source is known", {"tenant", "source"}, registry),
      collected_("relance_ledger_collected_total", "Payments ever received, in units of the currency",
                 {"tenant", "currency"}, registry) {
  for (const GaugeFamilySpec& family : GaugeFamilies()) {
    gauges_.push_back(family.is_counter ? nullptr
                                        : std::make_unique<metrics::GaugeFamily>(family.name, family.help,
                                                                                 family.labels, registry));
  }
}

IndicatorMetrics::~IndicatorMetrics() { Stop(); }

void IndicatorMetrics::Set(const std::string& tenant, const std::string& currency, const FiguresAt& figures,
                           Amount unidentified) {
  for (const GaugeSample& sample : GaugesOf(tenant, currency, figures, unidentified)) {
    if (gauges_[sample.family] == nullptr) {
      // A counter never falls: what the books take back later is not taken back here.
      prometheus::Counter& collected = collected_.With({tenant, currency});
      const double more = sample.value - collected.Value();
      if (more > 0) collected.Increment(more);
    } else if (sample.labels.size() == 2) {
      gauges_[sample.family]->With({tenant, currency}).Set(sample.value);
    } else {
      gauges_[sample.family]->With({tenant, currency, sample.labels[2]}).Set(sample.value);
    }
  }
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
      Made& made = made_[id];
      const bool again = made.revision == columns.revision() && made.day == day;
      if (!again) made = {columns.revision(), day, {}};
      for (size_t c = 0; c < columns.currencies().size(); ++c) {
        const std::string& code = columns.currencies()[c].code;
        if (known_.count({id, code}) == 0 && known_.size() >= kPortfoliosInMetricsMax) {
          ++skipped;
          continue;
        }
        known_.emplace(id, code);
        seen.emplace(id, code);
        if (!made.currencies.insert(code).second) continue;
        const int32_t currency = static_cast<int32_t>(c);
        const std::vector<FiguresAt> figures =
            MakeSeries(columns, currency, {day}, {*AgeingBuckets::Make({}), kDsoPeriodDays, {}});
        Set(id, code, figures.front(), UnidentifiedAt(columns, currency, day));
      }
    });
    SetDays(*tenant);
  }
  for (const auto& portfolio : known_) {
    if (seen.count(portfolio) != 0) continue;
    made_.erase(portfolio.first);
    Set(portfolio.first, portfolio.second, FiguresAt(), 0);
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
  // One label a format: bank accounts are no labels, and the one that is known least far counts.
  std::map<std::string, int32_t> formats;
  for (const auto& source : freshness.sources()) {
    const auto [it, is_new] =
        formats.try_emplace(source.source().substr(0, source.source().find(':')), source.day());
    if (!is_new) it->second = std::min(it->second, source.day());
  }
  for (const auto& [format, day] : formats) known_until_.With({id, format}).Set(seconds(day));
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
