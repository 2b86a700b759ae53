#include "common/rpc/service_process.h"

#include <signal.h>

#include "common/log/log.h"
#include "common/rpc/testing/echo_service.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"

namespace relance::rpc {
namespace {

class ServiceProcessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log::SetSink([](absl::string_view) {});
  }
  void TearDown() override {
    log::SetSink(nullptr);
    log::Configure({});
  }
  static void Load(ServiceProcess& process, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "ledgerd");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    process.LoadOrExit(static_cast<int>(argv.size()), argv.data());
  }
};

TEST_F(ServiceProcessTest, LoadsServesAndEndsOnASignal) {
  ServiceProcess process("ledger");
  int64_t gap_days = 1;
  process.Settings().Int("gap_days", &gap_days, "days between contacts", {.min = 0, .max = 30});
  Load(process, {"--set", "store.address=127.0.0.1:1", "--set", "services.ledger.listen=127.0.0.1:0", "--set",
                 "services.ledger.drain_pause=0s", "--set", "services.ledger.settings.gap_days=3", "--set",
                 "targets.risk=127.0.0.1:7102"});
  EXPECT_EQ(gap_days, 3);
  EXPECT_EQ(process.CallOptions().service, "ledger");
  EXPECT_TRUE(process.ChannelTo("risk").ok());
  const absl::Status missing = process.ChannelTo("handoff").status();
  EXPECT_EQ(ReasonOf(missing), "TARGET_MISSING");
  EXPECT_EQ(ErrorInfoOf(missing).metadata.at("target"), "handoff");
  testing::EchoService service;
  int asked = 0;
  bool drained = false;
  // The first question comes from Start, before the signal handlers; the second when the process waits for
  // signals.
  EXPECT_EQ(process.Run(
                {service.Hosted()},
                [&] {
                  if (++asked == 2) raise(SIGTERM);
                  return absl::OkStatus();
                },
                [&] { drained = true; }),
            0);
  EXPECT_TRUE(drained);
}

TEST_F(ServiceProcessTest, BadConfigurationEndsTheProcess) {
  ServiceProcess process("ledger");
  EXPECT_EXIT(Load(process, {"--set", "store.partitions=0"}), ::testing::ExitedWithCode(2),
              "store.partitions: 0 is out of range 1..4096");
  EXPECT_EXIT(
      Load(process, {"--check-config", "--set", "store.address=a:1", "--set", "services.ledger.listen=a:1"}),
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace relance::rpc
