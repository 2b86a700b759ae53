#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/rpc/channel.h"
#include "common/rpc/client_call.h"
#include "common/rpc/testing/echo_service.h"
#include "gtest/gtest.h"

namespace relance::rpc::testing {

// A test that starts servers on free ports of 127.0.0.1, with metrics of their own.
class FrameTest : public ::testing::Test {
 protected:
  using Text = EchoService::Text;

  void SetUp() override {
    log::SetSink([](absl::string_view) {});
  }
  void TearDown() override { log::SetSink(nullptr); }

  ServerOptions Options() {
    ServerOptions options;
    options.service = "echo";
    options.listen = {"127.0.0.1:0"};
    options.drain_pause = absl::ZeroDuration();
    options.registry = &registry_;
    return options;
  }
  std::unique_ptr<ServerFrame> Start(EchoService& service, ServerOptions options) {
    absl::StatusOr<std::unique_ptr<ServerFrame>> frame =
        ServerFrame::Start(std::move(options), {service.Hosted()});
    EXPECT_TRUE(frame.ok()) << frame.status();
    return *std::move(frame);
  }
  std::shared_ptr<grpc::Channel> Dial(const ServerFrame& frame) {
    return *MakeChannel(absl::StrCat("127.0.0.1:", frame.ports()[0]), {}, client_registry_);
  }
  static Text TextOf(absl::string_view value) {
    Text text;
    text.set_value(std::string(value));
    return text;
  }
  prometheus::Registry registry_, client_registry_;
};

}  // namespace relance::rpc::testing
