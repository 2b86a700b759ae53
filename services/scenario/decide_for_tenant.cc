#include "services/scenario/decide_for_tenant.h"

#include "common/time/day.h"

namespace relance::scenario {

Calendar CalendarFor(const state::v1::TenantConfig& tenant) {
  auto calendar = Calendar::ForName(tenant.country());
  return calendar.ok() ? *std::move(calendar) : Calendar(HolidaySet::kNone);
}

Decision DecideForTenant(const AccountView& view, const TenantContext& tenant, const Scenario& scenario,
                         Occasion otherwise) {
  return Decide(view, scenario, CalendarFor(tenant.config), tenant.business_date,
                {tenant.config.country(), !tenant.config.agency_id().empty(),
                 IsDaysRun(view.plan, tenant.business_date) ? Occasion::kDaysRun : otherwise});
}

Decision PreviewForTenant(const AccountView& view, const TenantContext& tenant, const Scenario& scenario,
                          absl::CivilDay date) {
  return Decide(view, scenario, CalendarFor(tenant.config), date,
                {tenant.config.country(), !tenant.config.agency_id().empty(), Occasion::kDaysRun});
}

absl::string_view StaleSource(const TenantContext& tenant) {
  const int32_t today = DayNumber(tenant.business_date);
  const auto& freshness = tenant.freshness;
  if (!freshness.has_ledger_day() || today - freshness.ledger_day() > tenant.config.ledger_max_age_days()) {
    return "ledger";
  }
  if (tenant.config.has_bank_max_age_days() &&
      (!freshness.has_bank_day() || today - freshness.bank_day() > tenant.config.bank_max_age_days())) {
    return "bank";
  }
  return "";
}

}  // namespace relance::scenario
