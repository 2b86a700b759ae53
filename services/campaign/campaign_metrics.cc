#include "services/campaign/campaign_metrics.h"

#include <algorithm>
#include <cmath>

#include "common/log/log.h"
#include "common/money/currency.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/campaign/received_money.h"

namespace relance::campaign {

CampaignMetrics::CampaignMetrics(store::Store* store, projection::Projection* projection,
                                 TenantDirectory* tenants, Clock* clock, prometheus::Registry& registry)
    : documents_(store),
      projection_(projection),
      tenants_(tenants),
      clock_(clock),
      members_("relance_campaign_members", "Members of the campaigns of the last year", {"tenant", "state"},
               registry),
      recovered_("relance_campaign_recovered",
                 "Received since on the selections of the last year, in units of the currency",
                 {"tenant", "currency"}, registry) {}

CampaignMetrics::~CampaignMetrics() { Stop(); }

// Reads the campaigns that changed; a launched one is read once.
absl::Status CampaignMetrics::Refresh(const TenantContext& tenant, store::Deadline deadline) {
  const std::string& id = tenant.config.id();
  const int32_t today = DayNumber(tenant.business_date);
  auto& followed = followed_[id];
  RELANCE_ASSIGN_OR_RETURN(const auto campaigns, documents_.All(id, deadline));
  for (const auto& [name, stored] : campaigns) {
    const state::v1::CampaignRecord& record = stored.record;
    auto found = followed.find(name);
    if (found != followed.end() &&
        (record.selected_day() < today - kFollowedDays || found->second.version != stored.version)) {
      members_kept_ -= found->second.taken.size();
      followed.erase(found);
      found = followed.end();
    }
    if (record.selected_day() < today - kFollowedDays) continue;
    if (found != followed.end() && record.launched()) continue;
    if (found != followed.end()) {
      members_kept_ -= found->second.taken.size();
      followed.erase(found);
    }
    if (members_kept_ + record.members() > kFollowedMembersMax) {
      if (!told_of_skipped_)
        log::Warning("more members of campaigns than metrics follow", {{"max", kFollowedMembersMax}});
      told_of_skipped_ = true;
      continue;
    }
    RELANCE_ASSIGN_OR_RETURN(const auto chunks, documents_.Members(id, name, record, deadline));
    Followed& campaign = followed[name];
    campaign.version = stored.version;
    campaign.selected_day = record.selected_day();
    campaign.currency = record.currency();
    for (const StoredChunk& chunk : chunks) {
      for (const auto& member : chunk.chunk.members()) {
        if (!chunk.chunk.enrolled()) {
          ++campaign.waiting;
        } else if (!member.left_reason().empty()) {
          ++campaign.left;
        } else {
          campaign.taken.push_back(member.account());
        }
      }
    }
    members_kept_ += campaign.taken.size();
  }
  return absl::OkStatus();
}

void CampaignMetrics::Set(const TenantContext& tenant) {
  const std::string& id = tenant.config.id();
  int64_t taken = 0, left = 0, waiting = 0;
  std::map<std::string, __int128> recovered;
  projection_->Read(id, [&](const projection::TenantColumns& columns) {
    for (const auto& [name, campaign] : followed_[id]) {
      taken += static_cast<int64_t>(campaign.taken.size());
      left += campaign.left;
      waiting += campaign.waiting;
      const int32_t currency = columns.FindCurrency(campaign.currency);
      __int128& sum = recovered[campaign.currency];
      for (const std::string& key : campaign.taken) {
        const int32_t account = columns.FindAccount(key);
        if (account >= 0) sum += ReceivedSince(columns, account, currency, campaign.selected_day);
      }
    }
  });
  members_.With({id, "taken"}).Set(static_cast<double>(taken));
  members_.With({id, "left"}).Set(static_cast<double>(left));
  members_.With({id, "waiting"}).Set(static_cast<double>(waiting));
  auto& known = currencies_[id];
  for (const auto& [currency, sum] : recovered) known.insert(currency);
  for (const std::string& currency : known) {
    const auto found = recovered.find(currency);
    const double minor = found == recovered.end() ? 0 : static_cast<double>(found->second);
    recovered_.With({id, currency}).Set(minor / std::pow(10.0, CurrencyExponent(currency).value_or(0)));
  }
}

absl::Status CampaignMetrics::RunOnce(store::Deadline deadline) {
  RELANCE_RETURN_IF_ERROR(projection_->CatchUp(deadline));
  RELANCE_ASSIGN_OR_RETURN(const std::vector<TenantPtr> tenants, tenants_->All(deadline));
  for (const TenantPtr& tenant : tenants) {
    if (followed_.count(tenant->config.id()) == 0 && followed_.size() >= kTenantsInMetricsMax) {
      if (!told_of_skipped_)
        log::Warning("more tenants than metrics are kept for", {{"max", kTenantsInMetricsMax}});
      told_of_skipped_ = true;
      continue;
    }
    RELANCE_RETURN_IF_ERROR(Refresh(*tenant, deadline));
    Set(*tenant);
  }
  return absl::OkStatus();
}

void CampaignMetrics::Start(absl::Duration period, absl::Duration timeout) {
  thread_ = std::thread([this, period, timeout] {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      if (const absl::Status status = RunOnce(store::After(timeout)); !status.ok()) {
        log::Write(log::Severity::kWarning, "the figures of campaigns were not renewed", status);
      }
      lock.lock();
      clock_->AwaitWithDeadline(
          lock, changed_, [this] { return stopping_; }, clock_->TimeNow() + period);
    }
  });
}

void CampaignMetrics::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace relance::campaign
