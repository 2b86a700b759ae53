#include "common/rpc/credentials.h"

#include <filesystem>

#include "common/rpc/channel.h"
#include "common/rpc/client_call.h"
#include "common/rpc/testing/certificates.h"
#include "common/rpc/testing/echo_service.h"
#include "common/status/domain_error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace relance::rpc {
namespace {

using testing::EchoService;
using testing::EchoStub;

class CredentialsTest : public ::testing::Test {
 protected:
  CredentialsTest() {
    char name[] = "/tmp/relance_tls_XXXXXX";
    folder_ = mkdtemp(name);
    std::filesystem::create_directory(folder_ + "/other");
  }
  ~CredentialsTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<ServerFrame> Start(EchoService& service, const config::TlsFiles& tls) {
    return *ServerFrame::Start(
        {.service = "echo", .listen = {"127.0.0.1:0"}, .tls = tls, .registry = &registry_},
        {service.Hosted()});
  }
  absl::Status CallWith(const ServerFrame& frame, const config::TlsFiles& tls) {
    EchoStub stub(*MakeChannel(absl::StrCat("127.0.0.1:", frame.ports()[0]), tls, registry_));
    return Call(BackgroundCall(absl::Seconds(10)), stub, &EchoStub::Echo, EchoService::Text()).status();
  }
  std::string folder_;
  prometheus::Registry registry_;
};

TEST_F(CredentialsTest, TheHandlerKnowsWhoseCertificateItIs) {
  testing::TestAuthority authority(folder_);
  std::vector<std::string> names;
  EchoService service({.service = "echo"}, [&](const CallContext& call, const std::string&, std::string*) {
    names = call.caller.certificate_names;
    return absl::OkStatus();
  });
  auto frame = Start(service, authority.Issue("ledger"));
  const absl::Status status = CallWith(*frame, authority.Issue("scenario"));
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(names, ::testing::Contains("scenario"));
}

TEST_F(CredentialsTest, StrangersAndPlainCallersAreRefused) {
  testing::TestAuthority authority(folder_), other(folder_ + "/other");
  EchoService service;
  auto frame = Start(service, authority.Issue("ledger"));
  EXPECT_EQ(CallWith(*frame, {}).code(), absl::StatusCode::kUnavailable) << "plain";
  config::TlsFiles stranger = other.Issue("scenario");
  EXPECT_EQ(CallWith(*frame, stranger).code(), absl::StatusCode::kUnavailable) << "does not trust the server";
  stranger.ca_file = authority.Issue("ledger").ca_file;
  EXPECT_EQ(CallWith(*frame, stranger).code(), absl::StatusCode::kUnavailable)
      << "is not trusted by the server";
}

TEST_F(CredentialsTest, MissingFilesAreNamed) {
  testing::TestAuthority authority(folder_);
  config::TlsFiles tls = authority.Issue("ledger");
  tls.key_file = "/nonexistent/key.pem";
  const absl::Status status = MakeServerCredentials(tls, "127.0.0.1:0").status();
  EXPECT_EQ(ReasonOf(status), "TLS_FILE_UNREADABLE");
  EXPECT_EQ(ErrorInfoOf(status).metadata.at("file"), "/nonexistent/key.pem");
}

}  // namespace
}  // namespace relance::rpc
