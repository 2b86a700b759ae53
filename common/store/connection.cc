#include "common/store/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/store/errors.h"

namespace relance::store {
namespace {

constexpr size_t kReadBytes = 64 * 1024;
// One Receive stops after so much, so that a fast server cannot keep the caller from its deadline.
constexpr int kReadsMax = 64;

timeval TimevalOf(int milliseconds) { return {milliseconds / 1000, (milliseconds % 1000) * 1000}; }

}  // namespace

std::string Endpoint::ToString() const {
  return port == 0 ? absl::StrCat("unix:", host_or_path) : absl::StrCat(host_or_path, ":", port);
}

absl::StatusOr<Endpoint> ParseEndpoint(absl::string_view text) {
  if (absl::StartsWith(text, "unix:") && text.size() > 5) return Endpoint{std::string(text.substr(5)), 0};
  const auto colon = text.rfind(':');
  int port = 0;
  if (colon == absl::string_view::npos || colon == 0 || !absl::SimpleAtoi(text.substr(colon + 1), &port) ||
      port < 1 || port > 65535) {
    return DomainError(absl::StatusCode::kInvalidArgument, kBadAddress,
                       absl::StrCat("not a Redis address: \"", text, "\"; unix:/path or host:port is wanted"),
                       {{"address", std::string(text)}});
  }
  return Endpoint{std::string(text.substr(0, colon)), port};
}

absl::Status UnavailableError(absl::string_view message) {
  return DomainError(absl::StatusCode::kUnavailable, kStoreUnavailable, message);
}

absl::Status DeadlineError() {
  return DomainError(absl::StatusCode::kDeadlineExceeded, kStoreDeadline, "Redis did not answer in time");
}

int MillisecondsLeft(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 1000 * 1000 * 1000));
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Connect(const Endpoint& endpoint,
                                                                const ConnectOptions& options,
                                                                Deadline deadline) {
  const Deadline until = std::min(deadline, After(options.timeout));
  const int left = MillisecondsLeft(until);
  if (left == 0) return DeadlineError();
  redisContext* context =
      endpoint.port == 0
          ? redisConnectUnixWithTimeout(endpoint.host_or_path.c_str(), TimevalOf(left))
          : redisConnectWithTimeout(endpoint.host_or_path.c_str(), endpoint.port, TimevalOf(left));
  if (context == nullptr) return UnavailableError("no memory for a connection");
  std::unique_ptr<Connection> connection(new Connection(context, options.tls));
  if (context->err != 0) {
    return UnavailableError(absl::StrCat("cannot connect to ", endpoint.ToString(), ": ", context->errstr));
  }
  if (endpoint.port != 0) redisEnableKeepAlive(context);
  if (options.tls != nullptr) {
    redisSetTimeout(context, TimevalOf(std::max(1, MillisecondsLeft(until))));
    RELANCE_RETURN_IF_ERROR(options.tls->Handshake(context));
  }
  context->flags &= ~REDIS_BLOCK;
  if (fcntl(context->fd, F_SETFL, fcntl(context->fd, F_GETFL) | O_NONBLOCK) != 0) {
    return UnavailableError("cannot set up a connection");
  }
  if (!options.password.empty()) {
    Command auth(kAnySlot, 0, true);
    auth.Add("AUTH").Add(options.password);
    RELANCE_ASSIGN_OR_RETURN(ReplyPtr reply, connection->Call(auth, until));
    if (reply->type == REDIS_REPLY_ERROR) return StatusOfError(TextOf(reply.get()));
  }
  return connection;
}

Connection::~Connection() { redisFree(context_); }

uint64_t Connection::Append(const Command& command) {
  if (sent_in_buffer_ == out_.size()) {
    out_.clear();
    sent_in_buffer_ = 0;
  }
  const size_t before = out_.size();
  command.AppendTo(&out_);
  bytes_queued_ += out_.size() - before;
  return bytes_queued_;
}

absl::Status Connection::Send() {
  if (tls_ != nullptr) {
    // From here hiredis has the bytes, and how many left is not known.
    bytes_sent_ = bytes_queued_;
    RELANCE_ASSIGN_OR_RETURN(bool done, tls_->Write(context_, absl::string_view(out_)));
    out_.clear();
    tls_pending_ = !done;
    return absl::OkStatus();
  }
  while (HasUnsent()) {
    const ssize_t n =
        send(context_->fd, out_.data() + sent_in_buffer_, unsent(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return absl::OkStatus();
      return UnavailableError("the connection to Redis broke while writing");
    }
    sent_in_buffer_ += static_cast<size_t>(n);
    bytes_sent_ += static_cast<uint64_t>(n);
  }
  return absl::OkStatus();
}

absl::Status Connection::Receive() {
  if (tls_ != nullptr) return tls_->Read(context_);
  in_.resize(kReadBytes);
  for (int reads = 0; reads < kReadsMax; ++reads) {
    const ssize_t n = recv(context_->fd, in_.data(), in_.size(), MSG_DONTWAIT);
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return absl::OkStatus();
      return UnavailableError("the connection to Redis broke while reading");
    }
    if (n == 0) return UnavailableError("Redis closed the connection");
    if (redisReaderFeed(context_->reader, in_.data(), static_cast<size_t>(n)) != REDIS_OK) {
      return UnavailableError("Redis sent what cannot be read");
    }
    if (static_cast<size_t>(n) < in_.size()) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<ReplyPtr> Connection::NextReply() {
  void* reply = nullptr;
  if (redisReaderGetReply(context_->reader, &reply) != REDIS_OK) {
    return UnavailableError("Redis sent what cannot be read");
  }
  return ReplyPtr(static_cast<redisReply*>(reply));
}

absl::StatusOr<ReplyPtr> Connection::Call(const Command& command, Deadline deadline) {
  Append(command);
  while (true) {
    RELANCE_RETURN_IF_ERROR(Send());
    RELANCE_ASSIGN_OR_RETURN(ReplyPtr reply, NextReply());
    if (reply != nullptr) return reply;
    const int left = MillisecondsLeft(deadline);
    if (left == 0) return DeadlineError();
    pollfd wait = {context_->fd, static_cast<short>(POLLIN | (HasUnsent() ? POLLOUT : 0)), 0};
    if (poll(&wait, 1, left) > 0 && (wait.revents & ~POLLOUT) != 0) RELANCE_RETURN_IF_ERROR(Receive());
  }
}

bool Connection::LooksAlive() const {
  char byte;
  const ssize_t n = recv(context_->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (n > 0) return tls_ != nullptr;  // TLS 1.3 sends session tickets unasked
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace relance::store
