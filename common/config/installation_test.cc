#include "common/config/installation.h"

#include "common/config/command_line.h"
#include "common/status/domain_error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace relance::config {
namespace {

using ::testing::HasSubstr;

constexpr char kGood[] = R"(
documents_directory: /var/lib/relance/documents
store:
  address: unix:/run/relance/redis.sock
services:
  ledger:
    listen: [127.0.0.1:7101, "unix:/run/relance/ledger.sock"]
    settings: {gap_days: 3}
  risk:
    listen: ["[::1]:7102"]
    settings: {whatever: it, likes: [to]}
targets:
  risk: dns:///risk:7102
)";

class InstallationTest : public ::testing::Test {
 protected:
  InstallationConfig config_;
  Schema schema_;
};

TEST_F(InstallationTest, OneFileServesEveryService) {
  int64_t gap_days = 0;
  DeclareInstallation(&schema_, &config_, "ledger").Int("gap_days", &gap_days, "a rule");
  const absl::Status status = schema_.LoadText(kGood, "r.yaml", {});
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(gap_days, 3);
  EXPECT_EQ(config_.store.partitions, 64);
  EXPECT_EQ(config_.Service("ledger").listen.size(), 2u);
  EXPECT_FALSE(config_.Service("ledger").replica.empty()) << "the host name";
  EXPECT_EQ(config_.TargetOf("risk"), "dns:///risk:7102");
  EXPECT_EQ(config_.TargetOf("ledger"), "127.0.0.1:7101");
  EXPECT_EQ(config_.TargetOf("handoff"), "");
}

TEST_F(InstallationTest, OwnListenAddressIsRequired) {
  DeclareInstallation(&schema_, &config_, "risk");
  EXPECT_EQ(std::string(schema_.LoadText("store: {address: 'h:1'}", "r.yaml", {}).message()),
            "r.yaml: services.risk.listen: is required and missing");
}

TEST_F(InstallationTest, OwnSettingsAreStrict) {
  DeclareInstallation(&schema_, &config_, "risk");
  EXPECT_THAT(std::string(schema_.LoadText(kGood, "r.yaml", {}).message()),
              HasSubstr("r.yaml:11:16: services.risk.settings.whatever: unknown key"));
}

TEST_F(InstallationTest, ToolsNeedNothing) {
  DeclareInstallation(&schema_, &config_, "");
  EXPECT_TRUE(schema_.LoadText("", "", {}).ok());
  EXPECT_TRUE(schema_.LoadText(kGood, "r.yaml", {}).ok());
}

TEST_F(InstallationTest, HalfOfTlsIsRefused) {
  DeclareInstallation(&schema_, &config_, "");
  EXPECT_EQ(std::string(schema_.LoadText("tls: {ca_file: ca.pem}", "r.yaml", {}).message()),
            "r.yaml: tls: cert_file, key_file and ca_file are needed together");
  EXPECT_TRUE(schema_.LoadText("tls: {ca_file: a, cert_file: b, key_file: c}", "r.yaml", {}).ok());
  EXPECT_TRUE(config_.tls.enabled());
}

TEST(CheckAddressTest, Table) {
  const std::string longest = "unix:/" + std::string(106, 'a');
  for (const std::string& good : {std::string("127.0.0.1:0"), std::string("ledger:65535"),
                                  std::string("[::1]:7000"), std::string("unix:/a"), longest}) {
    EXPECT_EQ(CheckAddress(good), "") << good;
  }
  for (const std::string& bad : {std::string("ledger"), std::string(":70"), std::string("a:"),
                                 std::string("a:65536"), std::string("a:-1"), std::string("a:1x"),
                                 std::string("::1:70"), std::string("unix:a"), longest + "a"}) {
    EXPECT_NE(CheckAddress(bad), "") << bad;
  }
}

TEST(StoreConfigTest, PasswordFileProblemsAreNamed) {
  StoreConfig store;
  EXPECT_EQ(*store.Password(), "");
  store.password_file = "/nonexistent/password";
  EXPECT_EQ(ReasonOf(store.Password().status()), "PASSWORD_FILE_UNREADABLE");
}

struct FlagCase {
  std::string name;
  std::vector<std::string> arguments;
  int exit_code;  // -1: go on
  std::string output;
};
void PrintTo(const FlagCase& c, std::ostream* os) { *os << c.name; }

class FlagTest : public ::testing::TestWithParam<FlagCase> {};

TEST_P(FlagTest, LoadsOrSaysWhyNot) {
  Schema schema;
  InstallationConfig config;
  DeclareInstallation(&schema, &config, "");
  std::string out;
  EXPECT_EQ(LoadFor(schema, "relanced", GetParam().arguments, {}, &out), GetParam().exit_code);
  EXPECT_THAT(out, HasSubstr(GetParam().output));
  if (GetParam().exit_code == -1) {
    EXPECT_EQ(out, "");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, FlagTest,
    ::testing::Values(
        FlagCase{"None", {}, -1, ""}, FlagCase{"Set", {"--set", "store.partitions=8"}, -1, ""},
        FlagCase{"SetWithEquals", {"--set=store.partitions=8"}, -1, ""},
        FlagCase{"CheckGood", {"--check-config"}, 0, "relanced: the configuration is good\n"},
        FlagCase{"CheckBad", {"--check-config", "--set", "store.partitions=0"}, 2, "out of range"},
        FlagCase{"Help", {"--help"}, 0, "store.partitions (int: 1..4096) = 64"},
        FlagCase{"Unknown", {"--port=3"}, 2, "relanced: --port=3: unknown flag"},
        FlagCase{"NoValue", {"--config"}, 2, "--config: needs a value"},
        FlagCase{"EmptyValue", {"--config="}, 2, "--config: needs a value"},
        FlagCase{"ValueNotTaken", {"--help=yes"}, 2, "--help: takes no value"},
        FlagCase{"NoSuchFile", {"--config", "/nonexistent"}, 2, "/nonexistent: cannot be read"}),
    [](const auto& info) { return info.param.name; });

TEST(CommandLineTest, TheVariableNamesTheFileAndTheFlagWins) {
  const std::map<std::string, std::string> environment = {{"RELANCE_CONFIG", "a.yaml"}};
  EXPECT_EQ(ParseCommandLine({}, environment)->sources.file, "a.yaml");
  EXPECT_EQ(ParseCommandLine({"--config", "b.yaml"}, environment)->sources.file, "b.yaml");
}

}  // namespace
}  // namespace relance::config
