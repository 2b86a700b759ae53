#include "tools/bench/postgres.h"

#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"

namespace relance::bench {
namespace {

constexpr char kPrograms[] = "/usr/lib/postgresql/15/bin/";
constexpr char kUser[] = "bench";

// Large memory, few checkpoints, no background work in the middle of a measurement.
constexpr const char* kSettings[] = {"listen_addresses=",
                                     "fsync=on",
                                     "full_page_writes=on",
                                     "wal_level=minimal",
                                     "max_wal_senders=0",
                                     "shared_buffers=2GB",
                                     "work_mem=256MB",
                                     "maintenance_work_mem=512MB",
                                     "effective_cache_size=8GB",
                                     "max_wal_size=16GB",
                                     "checkpoint_timeout=1h",
                                     "wal_buffers=64MB",
                                     "autovacuum=off",
                                     "jit=off",
                                     "max_parallel_workers_per_gather=2",
                                     "max_worker_processes=4"};

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A command as the user who may run PostgreSQL.
std::vector<std::string> AsServer(std::vector<std::string> command) {
  if (geteuid() != 0) return command;
  std::vector<std::string> wrapped = {"setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups",
                                      "--pdeathsig=QUIT"};
  wrapped.insert(wrapped.end(), command.begin(), command.end());
  return wrapped;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresServer>> PostgresServer::Start(bool durable) {
  if (access(absl::StrCat(kPrograms, "postgres").c_str(), X_OK) != 0)
    return absl::FailedPreconditionError("PostgreSQL 15 is not installed: ./run setup");
  std::unique_ptr<PostgresServer> server(new PostgresServer);
  const std::string& folder = server->folder_.path();
  const std::string data = folder + "/data", log = folder + "/log";
  if (geteuid() == 0) {
    const passwd* owner = getpwnam("postgres");
    if (owner == nullptr || chown(folder.c_str(), owner->pw_uid, owner->pw_gid) != 0)
      return absl::FailedPreconditionError("there is no user postgres");
  }
  ChildProcess init(AsServer({absl::StrCat(kPrograms, "initdb"), "-D", data, "-U", kUser, "--auth=trust",
                              "-E", "UTF8", "--locale=C", "--no-sync"}),
                    log);
  if (init.Wait() != 0) return absl::FailedPreconditionError("initdb: " + ReadFile(log));
  std::vector<std::string> command = {absl::StrCat(kPrograms, "postgres"), "-D", data, "-k", folder};
  for (const char* setting : kSettings) command.insert(command.end(), {"-c", setting});
  command.insert(command.end(), {"-c", durable ? "synchronous_commit=on" : "synchronous_commit=off"});
  server->process_ = std::make_unique<ChildProcess>(AsServer(std::move(command)), log);
  for (int i = 0; i < 200; ++i) {
    ChildProcess ready({absl::StrCat(kPrograms, "pg_isready"), "-q", "-t", "1", "-h", folder, "-U", kUser},
                       "/dev/null");
    if (ready.Wait() == 0) return server;
    if (!server->process_->Runs()) break;
    usleep(50'000);
  }
  return absl::FailedPreconditionError("PostgreSQL does not start: " + ReadFile(log));
}

PostgresServer::~PostgresServer() {
  if (process_ == nullptr || !process_->Runs()) return;
  kill(process_->pid(), SIGQUIT);
  process_->Wait();
}

absl::StatusOr<std::string> PostgresServer::Run(const std::string& script) {
  const std::string in = folder_.path() + "/script.sql", out = folder_.path() + "/out";
  std::ofstream(in) << script;
  std::ofstream(out, std::ios::trunc).close();
  ChildProcess psql({"psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-h", folder_.path(), "-U",
                     kUser, "-d", "postgres", "-f", in},
                    out);
  const int code = psql.Wait();
  const std::string text = ReadFile(out);
  if (code != 0) return absl::InternalError("psql: " + text);
  return std::string(absl::StripAsciiWhitespace(text));
}

}  // namespace relance::bench
