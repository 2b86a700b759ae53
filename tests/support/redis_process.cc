#include "tests/support/redis_process.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"

namespace relance::testing {
namespace {

std::string TemporaryFolder() {
  // Short: a Unix socket's path has at most 107 characters.
  std::string path = "/tmp/relance-redis-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) {
    std::perror("mkdtemp");
    std::abort();
  }
  return path;
}

std::string TextOfReply(const redisReply* reply) {
  switch (reply->type) {
    case REDIS_REPLY_NIL:
      return "(nil)";
    case REDIS_REPLY_INTEGER:
      return absl::StrCat(reply->integer);
    case REDIS_REPLY_ARRAY: {
      std::string text;
      for (size_t i = 0; i < reply->elements; ++i) {
        absl::StrAppend(&text, i == 0 ? "" : "\n", TextOfReply(reply->element[i]));
      }
      return text;
    }
    default:
      return std::string(reply->str, reply->len);
  }
}

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

}  // namespace

void PauseBriefly() { std::this_thread::sleep_for(std::chrono::milliseconds(1)); }

int FreeClusterPort() {
  // Programs that run at once start at different places.
  static int next = 10000 + static_cast<int>(getpid() * 37 % 20000);
  for (int tries = 0; tries < 20000; ++tries) {
    const int port = next++;
    if (PortIsFree(port) && PortIsFree(port + 10000)) return port;
  }
  std::fprintf(stderr, "no free port for a Redis cluster\n");
  std::abort();
}

RedisProcess::RedisProcess(RedisOptions options) : options_(std::move(options)), folder_(TemporaryFolder()) {
  Start();
}

RedisProcess::~RedisProcess() {
  Stop(SIGKILL);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void RedisProcess::Start() {
  std::vector<std::string> arguments = {"redis-server",
                                        "--port",
                                        absl::StrCat(options_.port),
                                        "--bind",
                                        "127.0.0.1",
                                        "--unixsocket",
                                        socket_path(),
                                        "--dir",
                                        folder_,
                                        "--logfile",
                                        folder_ + "/redis.log",
                                        "--save",
                                        "",
                                        "--appendonly",
                                        options_.append_only ? "yes" : "no",
                                        "--appendfsync",
                                        options_.appendfsync,
                                        "--maxmemory-policy",
                                        "noeviction",
                                        "--io-threads",
                                        "1",
                                        "--daemonize",
                                        "no"};
  if (options_.cluster) {
    for (const char* argument :
         {"--cluster-enabled", "yes", "--cluster-node-timeout", "5000", "--cluster-config-file", "nodes.conf",
          "--cluster-require-full-coverage", "no"}) {
      arguments.push_back(argument);
    }
  }
  std::vector<char*> raw;
  for (std::string& argument : arguments) raw.push_back(argument.data());
  raw.push_back(nullptr);
  unlink(socket_path().c_str());
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) Die("fork failed");
  if (pid_ == 0) {
    // A test that crashes takes its servers along.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    const int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    execvp("redis-server", raw.data());
    std::perror("redis-server cannot be started; install it");
    _exit(127);
  }
  const bool ready = AwaitCondition([this] {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return true;
    }
    return Command({"PING"}) == "PONG";
  });
  if (!ready || pid_ < 0) Die("redis-server does not answer");
}

void RedisProcess::Stop(int signal) {
  if (pid_ <= 0) return;
  kill(pid_, signal);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisProcess::Kill() { Stop(SIGKILL); }

void RedisProcess::Restart() {
  Stop(SIGKILL);
  Start();
}

void RedisProcess::Die(const char* what) const {
  std::ifstream log(folder_ + "/redis.log");
  std::stringstream text;
  text << log.rdbuf();
  std::fprintf(stderr, "%s. Its log:\n%s\n", what, text.str().c_str());
  std::abort();
}

std::string RedisProcess::Command(const std::vector<std::string>& arguments) const {
  redisContext* context = redisConnectUnixWithTimeout(socket_path().c_str(), {20, 0});
  if (context == nullptr) return "";
  std::string result;
  if (context->err == 0) {
    redisSetTimeout(context, {20, 0});
    std::vector<const char*> words;
    std::vector<size_t> lengths;
    for (const std::string& argument : arguments) {
      words.push_back(argument.data());
      lengths.push_back(argument.size());
    }
    auto* reply = static_cast<redisReply*>(
        redisCommandArgv(context, static_cast<int>(words.size()), words.data(), lengths.data()));
    if (reply != nullptr) {
      result = TextOfReply(reply);
      freeReplyObject(reply);
    }
  }
  redisFree(context);
  return result;
}

}  // namespace relance::testing
