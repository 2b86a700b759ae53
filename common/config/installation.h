#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/config/schema.h"
#include "common/config/tls_files.h"

namespace relance::config {

// The deployable services, in the order of the documentation.
inline constexpr absl::string_view kServiceNames[] = {"ledger", "risk", "scenario", "campaign", "handoff"};

// How to reach Redis.
struct StoreConfig {
  std::string address;  // "unix:/path", "host:port", or several "host:port" between commas for a cluster
  std::string password_file;  // empty: no password
  int64_t partitions = 64;
  int64_t connections = 8;
  int64_t replicas_to_wait = 0;
  bool tls = false;
  std::string tls_ca_file;
  absl::Duration connect_timeout = absl::Seconds(2);
  absl::Duration call_timeout = absl::Seconds(10);

  // The first line of password_file; empty without a file. Errors: NOT_FOUND / PASSWORD_FILE_UNREADABLE.
  absl::StatusOr<std::string> Password() const;
};

// What the frame of one service needs. Its own rules lie in `services.<name>.settings`, declared by the
// service.
struct ServiceConfig {
  std::vector<std::string>
      listen;                   // "127.0.0.1:7101", "unix:/run/relance/ledger.sock"; port 0 takes a free one
  std::string metrics_address;  // "127.0.0.1:9101"; empty: no metrics are served
  std::string replica;          // empty: the host name
  std::string log_level = "info";
  absl::Duration default_deadline = absl::Seconds(10);  // for calls that bring none
  absl::Duration drain_pause =
      absl::Seconds(5);  // NOT_SERVING before the listeners close; over the probe period
  absl::Duration drain_deadline = absl::Seconds(20);  // for calls under way; then they are cancelled
  int64_t threads_max = 64;                           // calls handled at once; one more is RESOURCE_EXHAUSTED
  bool reflection = true;
};

// Everything that is said in the file but the settings of services.
struct InstallationConfig {
  std::string documents_directory;  // content-addressed store of sent documents
  std::string outbox_directory;     // files on their way to mail, post and agencies
  StoreConfig store;
  TlsFiles tls;                                   // between services; none: plain
  std::map<std::string, ServiceConfig> services;  // one entry for each of kServiceNames
  std::map<std::string, std::string>
      targets;  // gRPC targets, "dns:///ledger:7101"; empty: the first listen address

  // The gRPC target of a service. Empty when neither a target nor a listen address is configured.
  std::string TargetOf(absl::string_view service) const;
  // The frame of `service`, with `replica` filled in.
  ServiceConfig Service(absl::string_view service) const;
};

// Declares the whole file for the program `own` (one of kServiceNames, or "" for tools) and returns the
// section `services.<own>.settings`, where it declares its own keys; for tools, a section that no file needs
// to have. Settings of other services are accepted and not looked at.
Section DeclareInstallation(Schema* schema, InstallationConfig* config, absl::string_view own);

// StringCheck: "unix:/absolute/path" (at most 107 bytes, the limit of the kernel) or "host:port".
std::string CheckAddress(absl::string_view address);

}  // namespace relance::config
