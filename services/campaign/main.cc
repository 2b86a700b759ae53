// relance-campaign: one-off selections beside the scenarios.
#include "common/projection/projection.h"
#include "common/rpc/service_process.h"
#include "common/runtime/service_runtime.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/clock.h"
#include "services/campaign/campaign_metrics.h"
#include "services/campaign/campaign_service.h"
#include "services/campaign/scenario_client.h"

int main(int argc, char** argv) {
  using namespace relance;  // NOLINT: one name for everything that is put together here
  rpc::ServiceProcess process("campaign");
  campaign::CampaignOptions options;
  process.Settings().Int("contact_gap_days", &options.contact_gap_days,
                         "an account contacted less than so many days ago is left out of a selection",
                         {.min = 0, .max = 365});
  absl::Duration metrics_period = absl::Seconds(30);
  process.Settings().Duration("metrics_period", &metrics_period,
                              "how often the figures of campaigns are made anew",
                              {.min = absl::Milliseconds(100), .max = absl::Hours(1)});
  process.LoadOrExit(argc, argv);

  auto store = runtime::OpenStore(process.config(), store::Service::kCampaign);
  if (!store.ok()) return process.Fail(store.status());
  auto channel = process.ChannelTo("scenario");
  if (!channel.ok()) return process.Fail(channel.status());
  const auto scenario = campaign::MakeScenarioClient(*std::move(channel));
  TenantDirectory tenants(store->get(), [] { return RealClock::Get().TimeNow(); });
  projection::Projection projection(store->get());
  campaign::Campaigns campaigns(store->get(), &tenants, &projection, scenario.get(), options);
  campaign::CampaignMetrics figures(store->get(), &projection, &tenants, &RealClock::Get());
  runtime::ExportMetrics(store->get(), nullptr);
  campaign::CampaignServiceImpl service(rpc::CallHandler(process.CallOptions()), &campaigns);

  // Builds the projection at once, beside the first calls.
  figures.Start(metrics_period);
  return process.Run({rpc::Host<campaign::v1::CampaignService>(&service)},
                     runtime::StoreReadiness(store->get()), [&] { figures.Stop(); });
}
