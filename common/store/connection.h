#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/store/resp.h"
#include "common/store/store.h"
#include "common/store/tls.h"

namespace relance::store {

// Where a server listens: a Unix socket when `port` is 0, else TCP.
struct Endpoint {
  std::string host_or_path;
  int port = 0;
  std::string ToString() const;
  friend bool operator==(const Endpoint& a, const Endpoint& b) = default;
  friend auto operator<=>(const Endpoint& a, const Endpoint& b) = default;
};

// "unix:/path" or "host:port". Errors: INVALID_ARGUMENT / BAD_STORE_ADDRESS.
absl::StatusOr<Endpoint> ParseEndpoint(absl::string_view text);

struct ConnectOptions {
  std::string password;
  absl::Duration timeout;
  const TlsContext* tls = nullptr;  // not owned; null: plain
};

absl::Status UnavailableError(absl::string_view message);
absl::Status DeadlineError();
// What is left until `deadline`, in whole milliseconds rounded up; 0 when it has passed.
int MillisecondsLeft(Deadline deadline);

// One connection whose socket never blocks: the caller polls. hiredis connects and parses; reading and
// writing is done here, because hiredis would raise SIGPIPE and has no deadline. Not thread-safe.
class Connection {
 public:
  static absl::StatusOr<std::unique_ptr<Connection>> Connect(const Endpoint& endpoint,
                                                             const ConnectOptions& options,
                                                             Deadline deadline);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int fd() const { return context_->fd; }

  // Queues a command and returns where it ends in the stream of bytes, to compare with bytes_sent().
  uint64_t Append(const Command& command);
  bool HasUnsent() const { return unsent() > 0 || tls_pending_; }
  size_t unsent() const { return out_.size() - sent_in_buffer_; }
  uint64_t bytes_queued() const { return bytes_queued_; }
  // Bytes that may have reached the server. A command that ends behind it was not received whole, so not
  // done.
  uint64_t bytes_sent() const { return bytes_sent_; }

  // Writes what the socket takes. Errors: UNAVAILABLE.
  absl::Status Send();
  // Reads what there is. Errors: UNAVAILABLE, also at the end of the stream.
  absl::Status Receive();
  // The next whole reply, null when more must be received.
  absl::StatusOr<ReplyPtr> NextReply();

  // One command and its reply. Not between Append and NextReply.
  absl::StatusOr<ReplyPtr> Call(const Command& command, Deadline deadline);

  // Whether an idle connection can be used: the server has neither closed it nor said anything unasked.
  bool LooksAlive() const;

 private:
  Connection(redisContext* context, const TlsContext* tls) : context_(context), tls_(tls) {}

  redisContext* context_;
  const TlsContext* tls_;
  std::string out_;
  size_t sent_in_buffer_ = 0;
  std::string in_;            // what Receive reads into: too large for the stack of a small thread
  bool tls_pending_ = false;  // hiredis holds bytes that the socket did not take yet
  uint64_t bytes_queued_ = 0;
  uint64_t bytes_sent_ = 0;
};

}  // namespace relance::store
