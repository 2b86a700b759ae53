#include "services/ledger/quality/control_metrics.h"

#include <cmath>
#include <cstdlib>
#include <utility>

#include "common/log/log.h"
#include "common/money/currency.h"
#include "common/status/status_macros.h"
#include "services/ledger/agreement/statement_chain.h"
#include "services/ledger/quality/quality_report.h"

namespace relance::ledger {
namespace {

double Units(int64_t minor, const std::string& currency) {
  return static_cast<double>(minor) / std::pow(10.0, CurrencyExponent(currency).value_or(0));
}

const std::vector<std::string>& BooksLabels() {
  static const auto& labels = *new std::vector<std::string>{"tenant", "currency"};
  return labels;
}

}  // namespace

int64_t RollForwardDifference(const projection::CurrencyColumns& columns) {
  // The projection puts down an open amount that no allocation explains as a movement with one side
  // (allocations_of.h).
  const auto& moved = columns.allocations;
  int64_t unexplained = 0;
  for (int32_t i = 0; i < moved.size(); ++i) {
    const bool one_sided = moved.debit[i] == projection::kNoRow || moved.credit[i] == projection::kNoRow;
    if (one_sided && moved.undone_day[i] == projection::kNoDay) unexplained += std::llabs(moved.amount[i]);
  }
  return unexplained;
}

ControlMetrics::ControlMetrics(store::Store* store, const AgreementBook* book,
                               projection::Projection* projection, TenantDirectory* tenants, Clock* clock,
                               prometheus::Registry& registry)
    : store_(store),
      book_(book),
      projection_(projection),
      tenants_(tenants),
      clock_(clock),
      difference_("relance_ledger_agreement_difference",
                  "Control accounts of the books minus open items told by them, in units of the currency",
                  BooksLabels(), registry),
      differing_("relance_ledger_agreement_accounts_differing",
                 "Accounts whose open items are not what the books say", BooksLabels(), registry),
      timestamp_("relance_ledger_agreement_timestamp_seconds",
                 "Midnight UTC of the day of the books that were compared", BooksLabels(), registry),
      gaps_("relance_ledger_statement_gaps", "Breaks in the chains of bank statements", {"tenant", "kind"},
            registry),
      roll_forward_("relance_ledger_roll_forward_difference",
                    "Open money that allocations do not explain, in units of the currency", BooksLabels(),
                    registry),
      findings_("relance_ledger_quality_findings", "Findings of the quality report", {"tenant", "kind"},
                registry) {}

ControlMetrics::~ControlMetrics() { Stop(); }

absl::Status ControlMetrics::SetAgreement(const TenantContext& tenant, store::Deadline deadline) {
  const std::string& id = tenant.config.id();
  const std::string currency = tenant.config.currency().empty() ? "EUR" : tenant.config.currency();
  RELANCE_ASSIGN_OR_RETURN(const auto newest, book_->Newest(id, currency, INT32_MAX, deadline));
  difference_.With({id, currency}).Set(newest.has_value() ? Units(DifferenceOf(*newest), currency) : 0);
  differing_.With({id, currency})
      .Set(newest.has_value() ? static_cast<double>(newest->accounts_differing()) : 0);
  if (newest.has_value()) timestamp_.With({id, currency}).Set(static_cast<double>(newest->day()) * 86'400);
  RELANCE_ASSIGN_OR_RETURN(const auto accounts, book_->BankAccounts(id, deadline));
  int missing = 0, sum = 0;
  for (const auto& account : accounts) {
    for (const StatementBreak& broken : BreaksOf(account)) ++(broken.is_sum ? sum : missing);
  }
  gaps_.With({id, "missing"}).Set(missing);
  gaps_.With({id, "sum"}).Set(sum);
  return absl::OkStatus();
}

void ControlMetrics::SetRollForward(const std::string& tenant) {
  std::set<std::string> seen;
  projection_->Read(tenant, [&](const projection::TenantColumns& columns) {
    for (const projection::CurrencyColumns& currency : columns.currencies()) {
      seen.insert(currency.code);
      currencies_.emplace(tenant, currency.code);
      roll_forward_.With({tenant, currency.code}).Set(Units(RollForwardDifference(currency), currency.code));
    }
  });
  for (const auto& [known, code] : currencies_) {
    if (known == tenant && seen.count(code) == 0) roll_forward_.With({tenant, code}).Set(0);
  }
}

absl::Status ControlMetrics::SetQuality(const TenantContext& tenant, store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const QualityReport report,
                           MakeQualityReport(*store_, *book_, tenant, {}, deadline));
  for (const KindOfFinding& about : KindsOfFindings()) {
    const auto count = report.counts().find(about.kind);
    findings_.With({tenant.config.id(), about.label})
        .Set(count == report.counts().end() ? 0 : static_cast<double>(count->second.findings));
  }
  return absl::OkStatus();
}

absl::Status ControlMetrics::RunOnce(bool quality, store::Deadline deadline) {
  RELANCE_RETURN_IF_ERROR(projection_->CatchUp(deadline));
  RELANCE_ASSIGN_OR_RETURN(const std::vector<TenantPtr> tenants, tenants_->All(deadline));
  int64_t skipped = 0;
  for (const TenantPtr& tenant : tenants) {
    const std::string& id = tenant->config.id();
    if (known_.count(id) == 0 && known_.size() >= kTenantsInMetricsMax) {
      ++skipped;
      continue;
    }
    const bool is_new = known_.insert(id).second;
    RELANCE_RETURN_IF_ERROR(SetAgreement(*tenant, deadline));
    SetRollForward(id);
    if (quality || is_new) RELANCE_RETURN_IF_ERROR(SetQuality(*tenant, deadline));
  }
  if (skipped > 0 && !told_of_skipped_) {
    told_of_skipped_ = true;
    log::Warning("more tenants than control metrics are kept for",
                 {{"max", kTenantsInMetricsMax}, {"skipped", skipped}});
  }
  return absl::OkStatus();
}

void ControlMetrics::Start(absl::Duration period, absl::Duration quality_period, absl::Duration timeout) {
  thread_ = std::thread([this, period, quality_period, timeout] {
    absl::Time next_quality = clock_->TimeNow();
    std::unique_lock<std::mutex> lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      const bool quality = clock_->TimeNow() >= next_quality;
      const absl::Status status = RunOnce(quality, store::After(timeout));
      if (!status.ok()) {
        log::Write(log::Severity::kWarning, "the control figures were not renewed", status);
      } else if (quality) {
        next_quality = clock_->TimeNow() + quality_period;
      }
      lock.lock();
      clock_->AwaitWithDeadline(
          lock, changed_, [this] { return stopping_; }, clock_->TimeNow() + period);
    }
  });
}

void ControlMetrics::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace relance::ledger
