#include "tests/support/stack/stack_process.h"

#include <grpcpp/create_channel.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/rpc/call_context.h"
#include "common/rpc/client_call.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "gtest/gtest.h"

namespace relance::testing {
namespace {

constexpr absl::Duration kReadyWithin = absl::Seconds(60);
constexpr size_t kLogBytesShown = 4000;

bool PortIsFree(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return free;
}

// Below the ports that the kernel gives to clients: a killed service finds its own free again.
int FreePort() {
  static std::atomic<int> next = 20000 + static_cast<int>(getpid() * 41 % 11000);
  for (int tries = 0; tries < 12000; ++tries) {
    const int port = 20000 + (next++ - 20000) % 12000;
    if (PortIsFree(port)) return port;
  }
  std::fprintf(stderr, "no free port for a service\n");
  std::abort();
}

std::string TemporaryFolder() {
  std::string path = "/tmp/relance-stack-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) {
    std::perror("mkdtemp");
    std::abort();
  }
  return path;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

bool Serving(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  const auto stub = grpc::health::v1::Health::NewStub(channel);
  const auto answer =
      rpc::Call(rpc::BackgroundCall(absl::Seconds(2)), *stub, &grpc::health::v1::Health::StubInterface::Check,
                grpc::health::v1::HealthCheckRequest());
  return answer.ok() && answer->status() == grpc::health::v1::HealthCheckResponse::SERVING;
}

}  // namespace

const std::vector<std::string>& ServiceNames() {
  static const auto* const kNames =
      new std::vector<std::string>{"ledger", "risk", "scenario", "campaign", "handoff"};
  return *kNames;
}

StackProcess::StackProcess(StackOptions options) : options_(std::move(options)), folder_(TemporaryFolder()) {
  for (const std::string& service : options_.services.empty() ? ServiceNames() : options_.services) {
    for (int replica = 0; replica < options_.replicas; ++replica) {
      Member member;
      member.service = service;
      member.replica = replica;
      member.address = absl::StrCat("127.0.0.1:", FreePort());
      member.log_file = absl::StrCat(folder_, "/", service, "-", replica, ".log");
      members_.push_back(std::move(member));
    }
  }
  keeper_ = std::thread([this] { Keep(); });
  OnKeeper([this] {
    RedisOptions redis;
    redis.appendfsync = options_.appendfsync;
    redis_ = std::make_unique<RedisProcess>(redis);
    WriteConfiguration();
    for (Member& member : members_) {
      const std::string prefix = absl::StrCat("services.", member.service, ".");
      std::vector<std::string> command = {BuiltProgram("relance-" + member.service), "--config",
                                          config_file()};
      const auto set = [&](absl::string_view key, const std::string& value) {
        command.push_back("--set");
        command.push_back(absl::StrCat(prefix, key, "=", value));
      };
      set("listen", member.address);
      set("replica", absl::StrCat(member.service, "-", member.replica));
      if (options_.replicas > 1 && member.service != "ledger" && member.service != "campaign") {
        set("settings.replica", absl::StrCat(member.replica));
      }
      member.process = std::make_unique<ChildProcess>(std::move(command), member.log_file);
      member.process->Start();
    }
  });
  AwaitReady();
}

StackProcess::~StackProcess() {
  if (::testing::Test::HasFailure()) PrintLogs();
  OnKeeper([this] {
    members_.clear();
    redis_.reset();
  });
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  keeper_.join();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void StackProcess::WriteConfiguration() {
  std::ofstream file(config_file());
  file << "store:\n  address: \"" << redis_->address() << "\"\n  partitions: " << options_.partitions << "\n"
       << "documents_directory: \"" << folder_ << "/documents\"\n"
       << "outbox_directory: \"" << outbox_directory() << "\"\n"
       << "targets:\n";
  for (const std::string& service : ServiceNames()) {
    std::vector<std::string> addresses;
    for (const Member& member : members_) {
      if (member.service == service) addresses.push_back(member.address);
    }
    if (!addresses.empty()) file << "  " << service << ": \"ipv4:" << absl::StrJoin(addresses, ",") << "\"\n";
  }
  file << "services:\n";
  for (const std::string& service : ServiceNames()) {
    file << "  " << service << ":\n    drain_pause: 0s\n";
    for (const Member& member : members_) {
      if (member.service != service || options_.replicas != 1) continue;
      file << "    listen: [\"" << member.address << "\"]\n    metrics_address: \"127.0.0.1:" << FreePort()
           << "\"\n";
    }
    if (service == "ledger" || service == "campaign") {  // they have no workers
      file << "    settings:\n      metrics_period: 500ms\n";
      if (service == "ledger") {
        file << "      inbox_directory: \"" << inbox_directory() << "\"\n      inbox_period: 500ms\n"
             << "      inbox_quiet: 200ms\n";
      }
      continue;
    }
    file << "    settings:\n      lease: " << absl::ToInt64Milliseconds(options_.lease)
         << "ms\n      replicas: " << options_.replicas << "\n";
  }
  for (const char* folder : {"documents", "outbox", "inbox"}) {
    std::filesystem::create_directories(absl::StrCat(folder_, "/", folder));
  }
}

void StackProcess::Keep() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || action_ != nullptr; });
    if (action_ == nullptr) return;
    const std::function<void()>* action = action_;
    lock.unlock();
    (*action)();
    lock.lock();
    action_ = nullptr;
    changed_.notify_all();
  }
}

void StackProcess::OnKeeper(const std::function<void()>& action) const {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return action_ == nullptr; });
  action_ = &action;
  changed_.notify_all();
  changed_.wait(lock, [this, &action] { return action_ != &action; });
}

StackProcess::Member& StackProcess::Find(absl::string_view service, int replica) {
  return const_cast<Member&>(static_cast<const StackProcess*>(this)->Find(service, replica));
}

const StackProcess::Member& StackProcess::Find(absl::string_view service, int replica) const {
  for (const Member& member : members_) {
    if (member.service == service && member.replica == replica) return member;
  }
  std::fprintf(stderr, "no such member of the stack\n");
  std::abort();
}

void StackProcess::KillAndRestart(absl::string_view service, int replica) {
  OnKeeper([&] {
    ChildProcess& process = *Find(service, replica).process;
    process.Kill();
    process.Start();
  });
}

void StackProcess::KillAndRestartRedis() {
  OnKeeper([&] {
    redis_->Kill();
    redis_->Restart();
  });
}

void StackProcess::Supervise() {
  OnKeeper([&] {
    for (Member& member : members_) {
      const auto code = member.process->Ended();
      if (!code.has_value()) continue;
      ends_.push_back(absl::StrCat(member.service, "/", member.replica, " ended with ", *code));
      member.process->Start();
    }
  });
}

std::vector<std::string> StackProcess::ends() const {
  std::vector<std::string> ends;
  OnKeeper([&] { ends = ends_; });
  return ends;
}

void StackProcess::AwaitReady() {
  // A member that cannot start ends again and again; what ended long ago says nothing about that.
  const size_t before = ends().size();
  const auto give_up = [&] { return ends().size() > before + members_.size(); };
  for (const Member& member : members_) {
    const bool ready = AwaitCondition(
        [&] {
          Supervise();
          return give_up() || Serving(member.address);
        },
        kReadyWithin);
    if (ready && !give_up()) continue;
    std::fprintf(stderr, "relance-%s does not become ready\n", member.service.c_str());
    PrintLogs();
    std::abort();
  }
}

pid_t StackProcess::pid(absl::string_view service, int replica) const {
  pid_t pid = -1;
  OnKeeper([&] { pid = Find(service, replica).process->pid(); });
  return pid;
}

std::string StackProcess::Log(absl::string_view service, int replica) const {
  return ReadFile(Find(service, replica).log_file);
}

int64_t StackProcess::RedisCommands() const {
  const std::string info = redis_->Command({"INFO", "stats"});
  for (absl::string_view line : absl::StrSplit(info, "\r\n")) {
    int64_t count = 0;
    if (absl::ConsumePrefix(&line, "total_commands_processed:") && absl::SimpleAtoi(line, &count))
      return count;
  }
  return 0;
}

void StackProcess::PrintLogs() const {
  for (const Member& member : members_) {
    const std::string log = ReadFile(member.log_file);
    const size_t from = log.size() > kLogBytesShown ? log.size() - kLogBytesShown : 0;
    std::fprintf(stderr, "---- log of %s/%d\n%s\n", member.service.c_str(), member.replica,
                 log.c_str() + from);
  }
}

}  // namespace relance::testing
