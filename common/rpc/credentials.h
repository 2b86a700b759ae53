#pragma once

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/config/tls_files.h"

namespace relance::rpc {

// How often the TLS files are looked at: a renewed certificate is in use within this time.
inline constexpr unsigned int kTlsRefreshSeconds = 10;

// Whether traffic to or at this address stays on one host by its nature ("unix:..."). Then it is plain: the
// permissions of the socket guard it.
bool IsUnixAddress(absl::string_view address);

// Mutual TLS: the other side must show a certificate that chains to `ca_file`, and a server's must name the
// host that the client dialled. Plain credentials when `tls` is not enabled or the address is a Unix socket.
// Errors: INVALID_ARGUMENT / TLS_FILE_UNREADABLE.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(const config::TlsFiles& tls,
                                                                               absl::string_view address);
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(const config::TlsFiles& tls,
                                                                                 absl::string_view target);

}  // namespace relance::rpc
