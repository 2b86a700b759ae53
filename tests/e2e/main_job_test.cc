// The main job, whole: months of a made-up portfolio, day by day, on the real programs, and what came of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/rpc/proto_types.h"
#include "relance/campaign/v1/campaign_service.grpc.pb.h"
#include "tests/e2e/portfolio_run.h"
#include "tests/e2e/tenant_facts.h"
#include "tests/e2e/truth_check.h"
#include "tests/support/stack/stack_client.h"
#include "tests/support/stack/stack_process.h"

namespace relance::testing {
namespace {

using ::testing::IsEmpty;

constexpr int kHandoffAfterDays = 90;

// Counts by name of what was found, for expectations and for the reader of a failure.
std::map<std::string, int> Count(const TenantFacts& facts) {
  std::map<std::string, int> counts;
  for (const auto& [id, account] : facts.accounts) {
    for (const auto& contact : account.plan.contacts()) {
      ++counts[absl::StrCat(contact.channel(), " ", contact.state())];
      if (!contact.campaign_id().empty()) ++counts["campaign contact"];
    }
    for (const auto& promise : account.plan.promises()) ++counts["promise " + promise.state()];
    for (const auto& record : account.evidence) ++counts["evidence " + record.kind()];
    ++counts["plan " + account.plan.state()];
  }
  for (const auto& placement : facts.placements) {
    ++counts["placement"];
    for (const auto& payment : placement.payments()) {
      ++counts[payment.recorded() ? "agency payment in the ledger" : "agency payment not in the ledger"];
    }
  }
  return counts;
}

TEST(MainJobTest, FourMonthsOfAPortfolioEndAsTheTruthSays) {
  StackProcess stack;
  StackClient client(stack);
  PortfolioOptions options;
  options.accounts = 120;
  PortfolioRun run(options, stack.folder() + "/portfolio");
  run.Run(client);
  ASSERT_FALSE(HasFailure());
  const TenantFacts facts = ReadTenant(client, options.tenant);
  std::map<std::string, int> counts = Count(facts);
  std::string found;
  for (const auto& [name, count] : counts) absl::StrAppend(&found, name, ": ", count, "\n");
  SCOPED_TRACE(found);
  RecordProperty("found", found);

  // Everything that the job is about happened.
  for (const char* name : {"mail sent", "letter sent", "call sent", "campaign contact", "promise kept",
                           "promise broken", "evidence contact.sent", "evidence contact.withdrawn",
                           "evidence promise.given", "placement", "agency payment in the ledger"}) {
    EXPECT_GT(counts[name], 0) << name;
  }
  EXPECT_EQ(counts["agency payment not in the ledger"], 0);

  // The ledger agrees with the truth to the cent, and nothing that must never happen happened.
  EXPECT_THAT(DifferencesFromTruth(facts, TrueBalances(run.files() + "/truth"), run.agency_minor()),
              IsEmpty());
  EXPECT_THAT(Violations(facts), IsEmpty());
  EXPECT_GT(facts.verified.records(), 0);
  EXPECT_GT(facts.verified.documents(), 0);

  for (const auto& placement : facts.placements) {
    const absl::CivilDay placed = rpc::DayFromProto(placement.placed_date(), "placed_date").value();
    for (const auto& item : placement.items()) {
      const absl::CivilDay due = rpc::DayFromProto(item.due_date(), "due_date").value();
      EXPECT_GE(placed - due, kHandoffAfterDays) << placement.placement_id() << " " << item.number();
    }
  }

  campaign::v1::GetCampaignRequest request;
  request.set_tenant_id(options.tenant);
  request.set_campaign_id("spring");
  const auto campaign = client.Ask<campaign::v1::CampaignService>(
      "campaign", &campaign::v1::CampaignService::StubInterface::GetCampaign, request);
  EXPECT_EQ(campaign.campaign().state(), campaign::v1::CAMPAIGN_STATE_LAUNCHED);
  EXPECT_GT(campaign.campaign().members(), 0);

  // What was sent lies in the outbox, one file a message at least.
  EXPECT_GE(static_cast<int>(FilesBelow(stack.outbox_directory()).size()),
            counts["mail sent"] + counts["letter sent"]);

  // A real Prometheus scrapes these very processes: every panel's and every rule's query has data, and the
  // names of the metrics are those of tests/golden/metric_names.txt.
  EXPECT_EQ(std::system(absl::StrCat("node ", RELANCE_SOURCE_DIR, "/tools/checks/check_live.mjs --config ",
                                     stack.config_file())
                            .c_str()),
            0);
}

}  // namespace
}  // namespace relance::testing
