#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/bench/process.h"

namespace relance::bench {

// A PostgreSQL of its own (Debian's, version 15), tuned for loading, on a Unix socket below /tmp; it ends
// with this object. As root it runs as the user "postgres", since it refuses root.
class PostgresServer {
 public:
  // `durable`: every commit is on disk before it is acknowledged (synchronous_commit=on, as Redis with
  // appendfsync=always); else within a second (off, as everysec).
  // Errors: FAILED_PRECONDITION when it is not installed or does not start, with the end of its log.
  static absl::StatusOr<std::unique_ptr<PostgresServer>> Start(bool durable);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // Runs a script of psql, which ends at its first error. Returns what it printed, trimmed.
  // Errors: INTERNAL with the message of psql.
  absl::StatusOr<std::string> Run(const std::string& script);
  pid_t pid() const { return process_->pid(); }

 private:
  PostgresServer() = default;

  TemporaryFolder folder_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace relance::bench
