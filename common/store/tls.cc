#include "common/store/tls.h"

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/store/errors.h"

#ifdef RELANCE_HIREDIS_SSL
#include <hiredis/hiredis_ssl.h>
#include <signal.h>
#endif

namespace relance::store {

#ifdef RELANCE_HIREDIS_SSL

namespace {

absl::Status TlsError(absl::string_view message) {
  return DomainError(absl::StatusCode::kUnavailable, kStoreUnavailable, message);
}

// OpenSSL writes without MSG_NOSIGNAL. Keeps a handler that the program has.
void IgnoreSigpipe() {
  struct sigaction current;
  if (sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsContext>> TlsContext::Create(const std::string& ca_file) {
  IgnoreSigpipe();
  redisInitOpenSSL();
  redisSSLContextError error = REDIS_SSL_CTX_NONE;
  redisSSLContext* context =
      redisCreateSSLContext(ca_file.empty() ? nullptr : ca_file.c_str(),
                            ca_file.empty() ? "/etc/ssl/certs" : nullptr, nullptr, nullptr, nullptr, &error);
  if (context == nullptr) {
    return DomainError(absl::StatusCode::kFailedPrecondition, kBadTlsFile,
                       absl::StrCat("TLS to Redis cannot be set up: ", redisSSLContextGetError(error)),
                       {{"file", ca_file}});
  }
  return std::unique_ptr<TlsContext>(new TlsContext(context));
}

TlsContext::~TlsContext() { redisFreeSSLContext(static_cast<redisSSLContext*>(context_)); }

absl::Status TlsContext::Handshake(redisContext* connection) const {
  if (redisInitiateSSLWithContext(connection, static_cast<redisSSLContext*>(context_)) != REDIS_OK) {
    return TlsError("the TLS handshake with Redis failed");
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> TlsContext::Write(redisContext* connection, absl::string_view bytes) const {
  if (!bytes.empty() && redisAppendFormattedCommand(connection, bytes.data(), bytes.size()) != REDIS_OK) {
    return TlsError("no memory for a command");
  }
  int done = 0;
  if (redisBufferWrite(connection, &done) != REDIS_OK)
    return TlsError("the connection to Redis broke while writing");
  return done != 0;
}

absl::Status TlsContext::Read(redisContext* connection) const {
  // One call reads at most 16 KB, and OpenSSL may hold more that poll does not see: read until nothing comes.
  size_t before;
  do {
    before = connection->reader->len;
    if (redisBufferRead(connection) != REDIS_OK)
      return TlsError("the connection to Redis broke while reading");
  } while (connection->reader->len != before);
  return absl::OkStatus();
}

#else

namespace {

absl::Status Unsupported() {
  return DomainError(
      absl::StatusCode::kFailedPrecondition, kTlsUnsupported,
      "built without hiredis_ssl: reach Redis through a Unix socket, a local proxy or a private network");
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsContext>> TlsContext::Create(const std::string&) { return Unsupported(); }
TlsContext::~TlsContext() = default;
absl::Status TlsContext::Handshake(redisContext*) const { return Unsupported(); }
absl::StatusOr<bool> TlsContext::Write(redisContext*, absl::string_view) const { return Unsupported(); }
absl::Status TlsContext::Read(redisContext*) const { return Unsupported(); }

#endif

}  // namespace relance::store
