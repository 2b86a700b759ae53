#include "common/rpc/credentials.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance::rpc {
namespace {

// gRPC itself would start, and fail each handshake without saying why.
absl::Status CheckReadable(const config::TlsFiles& tls) {
  for (const std::string& name : {tls.cert_file, tls.key_file, tls.ca_file}) {
    std::ifstream file(name);
    if (file.peek() != std::ifstream::traits_type::eof()) continue;
    return DomainError(absl::StatusCode::kInvalidArgument, "TLS_FILE_UNREADABLE",
                       absl::StrCat("TLS file \"", name, "\" is missing, unreadable or empty"),
                       {{"file", name}});
  }
  return absl::OkStatus();
}

std::shared_ptr<grpc::experimental::CertificateProviderInterface> Watch(const config::TlsFiles& tls) {
  return std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      tls.key_file, tls.cert_file, tls.ca_file, kTlsRefreshSeconds);
}

}  // namespace

bool IsUnixAddress(absl::string_view address) {
  return absl::StartsWith(address, "unix:") || absl::StartsWith(address, "unix-abstract:");
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(const config::TlsFiles& tls,
                                                                               absl::string_view address) {
  if (!tls.enabled() || IsUnixAddress(address)) return grpc::InsecureServerCredentials();
  RELANCE_RETURN_IF_ERROR(CheckReadable(tls));
  grpc::experimental::TlsServerCredentialsOptions options(Watch(tls));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(const config::TlsFiles& tls,
                                                                                 absl::string_view target) {
  if (!tls.enabled() || IsUnixAddress(target)) return grpc::InsecureChannelCredentials();
  RELANCE_RETURN_IF_ERROR(CheckReadable(tls));
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Watch(tls));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_verify_server_certs(true);
  options.set_check_call_host(true);
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace relance::rpc
