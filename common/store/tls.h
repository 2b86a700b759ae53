#pragma once

#include <hiredis/hiredis.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance::store {

// TLS to Redis, where the program was built with hiredis_ssl (hiredis 1.0 or newer). Thread-safe.
class TlsContext {
 public:
  // `ca_file`: PEM of those who may sign the server's certificate; empty: those of the system.
  // Errors: FAILED_PRECONDITION / TLS_UNSUPPORTED, BAD_TLS_FILE.
  // The chain is checked, the server's name is not: give the CA that signs Redis' certificates only.
  static absl::StatusOr<std::unique_ptr<TlsContext>> Create(const std::string& ca_file);
  ~TlsContext();

  // On a connected, still blocking connection.
  absl::Status Handshake(redisContext* connection) const;
  // Hands `bytes` over; false while some of them (or of earlier ones) wait for the socket. They are hiredis'
  // then: the caller passes each byte once.
  absl::StatusOr<bool> Write(redisContext* connection, absl::string_view bytes) const;
  // Feeds the connection's reader with all that has come.
  absl::Status Read(redisContext* connection) const;

 private:
  explicit TlsContext(void* context) : context_(context) {}
  void* context_;
};

}  // namespace relance::store
