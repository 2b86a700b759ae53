// Every RPC of every service, its requests and its replies, as files under tests/golden. The five real
// programs are asked in the order of tests/golden/story.txt; UPDATE_GOLDEN=1 writes the replies anew.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/rpc/status_conversion.h"
#include "gtest/gtest.h"
#include "relance/ledger/v1/tenant_service.pb.h"
#include "tests/replies/generic_call.h"
#include "tests/replies/message_text.h"
#include "tests/replies/volatile_names.h"
#include "tests/support/rest/services_at_rest.h"
#include "tests/support/stack/stack_process.h"
#include "tools/relancectl/context.h"

namespace relance::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = RELANCE_SOURCE_DIR "/tests/golden";

constexpr int kPartitions = 4;

bool Updating() {
  const char* const update = std::getenv("UPDATE_GOLDEN");
  return update != nullptr && std::string(update) == "1";
}

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// "# answers: 2" in the first line of a request: the stream has no end and is left after two.
int AnswersWanted(absl::string_view request_text) {
  int answers = 0;
  absl::string_view line = request_text.substr(0, request_text.find('\n'));
  if (!absl::ConsumePrefix(&line, "# answers: ")) return 0;
  return absl::SimpleAtoi(line, &answers) ? answers : 0;
}

struct Step {
  int line = 0;
  std::string rpc, name;  // of the case
  fs::path File(const char* kind) const { return kGolden / rpc / absl::StrCat(name, ".", kind, ".txtpb"); }
};

struct Story {
  std::vector<std::string> tenants;  // that the services come to rest for after each step
  std::vector<Step> steps;
};

Story ReadStory() {
  Story story;
  int number = 0;
  const std::string text = ReadFile(kGolden / "story.txt");
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (words.empty() || words[0][0] == '#') continue;
    if (words[0] == "tenants") {
      story.tenants.assign(words.begin() + 1, words.end());
    } else if (words.size() == 2) {
      story.steps.push_back({number, words[0], words[1]});
    } else {
      ADD_FAILURE() << "story.txt:" << number << ": not <package.Service.Rpc> <case>";
    }
  }
  return story;
}

class RepliesTest : public ::testing::Test {
 protected:
  RepliesTest()
      : stack_({.partitions = kPartitions, .appendfsync = "no"}),
        at_rest_(stack_.config_file(), kPartitions),
        context_(in_, out_, err_) {
    context_.config_file = stack_.config_file();
  }

  std::shared_ptr<grpc::Channel> ChannelOf(const google::protobuf::MethodDescriptor& rpc) {
    // relance.<service>.v1
    const std::vector<std::string> package = absl::StrSplit(rpc.file()->package(), '.');
    auto channel = context_.ChannelOf(package[1]);
    EXPECT_TRUE(channel.ok()) << channel.status();
    return channel.ok() ? *std::move(channel) : nullptr;
  }

  Reply Send(const std::string& name, const std::string& request_text, const std::string& file) {
    const auto rpc = FindRpc(name);
    if (!rpc.ok()) return Broken(rpc.status());
    const auto filled = names_.Fill(request_text);
    if (!filled.ok()) return Broken(filled.status());
    const auto requests = ParseRequests(**rpc, *filled, file);
    if (!requests.ok()) return Broken(requests.status());
    return SendCall(ChannelOf(**rpc), **rpc, *requests, AnswersWanted(request_text));
  }

  // What a step changed is read, worked and sent by all services before the next one asks.
  void Rest(const std::vector<std::string>& tenants) {
    const absl::Status rest = at_rest_.Await([&] {
      for (const std::string& tenant : tenants) {
        const auto reply = Send("relance.ledger.v1.TenantService.AdvanceClock",
                                absl::StrCat("tenant_id: \"", tenant, "\""), "");
        const bool created = reply.status.error_code() != grpc::StatusCode::NOT_FOUND;
        if (created && !reply.status.ok()) return rpc::FromGrpcStatus(reply.status);
      }
      return absl::OkStatus();
    });
    ASSERT_TRUE(rest.ok()) << rest;
  }

  void Play(const Step& step) {
    SCOPED_TRACE(absl::StrCat("tests/golden/story.txt:", step.line, ": ", step.rpc, " ", step.name));
    const fs::path request = step.File("request");
    ASSERT_TRUE(fs::exists(request)) << request << " is missing";
    Reply reply = Send(step.rpc, ReadFile(request), fs::relative(request, RELANCE_SOURCE_DIR).string());
    ASSERT_FALSE(broken_) << reply.status.error_message();
    const bool has_responses = reply.status.ok() || !reply.responses.empty();
    Compare(step.File("response"), has_responses ? names_.Mask(ToText(reply.responses)) : "", has_responses);
    Compare(step.File("status"), names_.Mask(ToText(reply.status)), !reply.status.ok());
  }

  void Compare(const fs::path& golden, const std::string& got, bool there) {
    if (Updating()) {
      if (there) std::ofstream(golden, std::ios::binary) << got;
      if (!there) fs::remove(golden);
      return;
    }
    if (fs::exists(golden) != there) {
      ADD_FAILURE() << golden << (there ? " is missing; the service answered\n" + got : " was not answered");
      return;
    }
    if (!there) return;
    EXPECT_EQ(ReadFile(golden), got) << golden;
  }

  Reply Broken(const absl::Status& status) {
    broken_ = true;
    return {grpc::Status(grpc::StatusCode::INTERNAL, std::string(status.message())), {}};
  }

  StackProcess stack_;
  ServicesAtRest at_rest_;
  std::istringstream in_;
  std::ostringstream out_, err_;
  ctl::Context context_;
  VolatileNames names_;
  bool broken_ = false;
};

TEST_F(RepliesTest, EveryRpcAnswersAsItsFilesSay) {
  const Story story = ReadStory();
  for (const Step& step : story.steps) {
    Play(step);
    if (HasFatalFailure()) return;
    Rest(story.tenants);
    if (HasFatalFailure()) return;
  }
}

TEST(GoldenFilesTest, EveryFileIsOfAStepOfTheStory) {
  std::set<fs::path> known;
  for (const Step& step : ReadStory().steps) {
    EXPECT_TRUE(known.insert(step.File("request")).second) << "story.txt:" << step.line << ": twice";
    known.insert(step.File("response"));
    known.insert(step.File("status"));
  }
  for (const auto& folder : fs::directory_iterator(kGolden)) {
    if (folder.path().filename().string().rfind("relance.", 0) != 0) continue;
    for (const auto& file : fs::directory_iterator(folder)) {
      EXPECT_EQ(known.count(file.path()), 1u) << file.path() << " is of no step of story.txt";
    }
  }
}

}  // namespace
}  // namespace relance::testing
