#include "common/config/installation.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/status/domain_error.h"

namespace relance::config {
namespace {

constexpr size_t kUnixPathBytesMax = 107;

std::string CheckAddresses(absl::string_view addresses) {
  for (absl::string_view address : absl::StrSplit(addresses, ',')) {
    std::string problem = CheckAddress(address);
    if (!problem.empty()) return problem;
  }
  return "";
}

std::string HostName() {
  char name[256] = "";
  if (gethostname(name, sizeof(name) - 1) != 0) return "unnamed";
  return name;
}

void DeclareStore(Section section, StoreConfig* store, bool required) {
  section.String("address", &store->address,
                 "unix:/path, host:port, or several host:port between commas for a cluster",
                 {.required = required, .check = CheckAddresses});
  section.String("password_file", &store->password_file,
                 "file whose first line is the password; empty: none");
  section.Int("partitions", &store->partitions, "fixed at installation, the same in every process",
              {.min = 1, .max = 4096});
  section.Int("connections", &store->connections, "per Redis node", {.min = 1, .max = 256});
  section.Int("replicas_to_wait", &store->replicas_to_wait, "WAIT n after each commit; 0: none",
              {.min = 0, .max = 5});
  section.Bool("tls", &store->tls, "TLS to Redis");
  section.String("tls_ca_file", &store->tls_ca_file, "PEM roots for TLS to Redis");
  section.Duration("connect_timeout", &store->connect_timeout, "for one connection attempt",
                   {.min = absl::Milliseconds(10), .max = absl::Minutes(1)});
  section.Duration("call_timeout", &store->call_timeout, "when a call carries no earlier deadline",
                   {.min = absl::Milliseconds(10), .max = absl::Minutes(10)});
}

void DeclareService(Section section, ServiceConfig* service, bool required) {
  section.List("listen", &service->listen, "addresses: host:port or unix:/path; port 0 takes a free one",
               {.required = required, .check = CheckAddress});
  section.String("metrics_address", &service->metrics_address, "where /metrics is served; empty: nowhere",
                 {.check = CheckAddress});
  section.String("replica", &service->replica,
                 "name of this process in leases and logs; empty: the host name");
  section.String("log_level", &service->log_level, "lines below are not written",
                 {.required = true, .allowed = {"debug", "info", "warning", "error"}});
  section.Duration("default_deadline", &service->default_deadline, "for calls that bring no deadline",
                   {.min = absl::Milliseconds(1), .max = absl::Hours(1)});
  section.Duration("drain_pause", &service->drain_pause,
                   "NOT_SERVING before the listeners close; longer than the probe period",
                   {.min = absl::ZeroDuration(), .max = absl::Minutes(10)});
  section.Duration("drain_deadline", &service->drain_deadline, "for calls under way when the listeners close",
                   {.min = absl::ZeroDuration(), .max = absl::Minutes(10)});
  section.Int("threads_max", &service->threads_max, "calls handled at once; one more is RESOURCE_EXHAUSTED",
              {.min = 4, .max = 4096});
  section.Bool("reflection", &service->reflection, "whether the gRPC reflection service is offered");
}

// Either all three files or none: half a configuration must not mean plain traffic.
std::string CheckTls(const TlsFiles& tls) {
  const int given = !tls.cert_file.empty() + !tls.key_file.empty() + !tls.ca_file.empty();
  return given == 0 || given == 3 ? "" : "cert_file, key_file and ca_file are needed together";
}

}  // namespace

std::string CheckAddress(absl::string_view address) {
  if (absl::ConsumePrefix(&address, "unix:")) {
    if (!absl::StartsWith(address, "/")) return "must have an absolute path after unix:";
    if (address.size() > kUnixPathBytesMax)
      return absl::StrCat("has a path over ", kUnixPathBytesMax, " bytes");
    return "";
  }
  const size_t colon = address.rfind(':');
  int port = -1;
  if (colon == absl::string_view::npos || colon == 0 || colon + 1 == address.size() ||
      !std::all_of(address.begin() + colon + 1, address.end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(address.substr(colon + 1), &port) || port > 65535) {
    return "must be host:port or unix:/path";
  }
  const absl::string_view host = address.substr(0, colon);
  const bool bracketed = host.front() == '[' && host.back() == ']';
  if (!bracketed && absl::StrContains(host, ':')) return "must have brackets around an IPv6 address";
  return "";
}

absl::StatusOr<std::string> StoreConfig::Password() const {
  if (password_file.empty()) return std::string();
  std::ifstream file(password_file);
  std::string line;
  if (!std::getline(file, line) || line.empty()) {
    return DomainError(absl::StatusCode::kNotFound, "PASSWORD_FILE_UNREADABLE",
                       absl::StrCat(password_file, ": cannot be read or has an empty first line"),
                       {{"file", password_file}});
  }
  absl::StripTrailingAsciiWhitespace(&line);
  return line;
}

std::string InstallationConfig::TargetOf(absl::string_view service) const {
  auto target = targets.find(std::string(service));
  if (target != targets.end() && !target->second.empty()) return target->second;
  auto frame = services.find(std::string(service));
  if (frame == services.end() || frame->second.listen.empty()) return "";
  return frame->second.listen.front();
}

ServiceConfig InstallationConfig::Service(absl::string_view service) const {
  auto found = services.find(std::string(service));
  ServiceConfig frame = found == services.end() ? ServiceConfig{} : found->second;
  if (frame.replica.empty()) frame.replica = HostName();
  return frame;
}

Section DeclareInstallation(Schema* schema, InstallationConfig* config, absl::string_view own) {
  Section root = schema->Root();
  root.String("documents_directory", &config->documents_directory,
              "content-addressed store of sent documents");
  root.String("outbox_directory", &config->outbox_directory, "files on their way to mail, post and agencies");
  DeclareStore(root.Nested("store", "the Redis that holds the accounts"), &config->store, !own.empty());

  Section tls = root.Nested("tls", "mutual TLS between services");
  tls.String("cert_file", &config->tls.cert_file, "PEM certificate chain of this process");
  tls.String("key_file", &config->tls.key_file, "PEM private key of this process");
  tls.String("ca_file", &config->tls.ca_file,
             "PEM roots that the other side must chain to; empty: plain traffic");
  tls.Check([config] { return CheckTls(config->tls); });

  Section targets = root.Nested("targets", "gRPC targets of the services");
  Section services = root.Nested("services", "the services");
  Section settings = root;
  for (absl::string_view name : kServiceNames) {
    const std::string service(name);
    targets.String(
        name, &config->targets[service],
        absl::StrCat("such as dns:///", name, ":7101; empty: the first listen address of the service"));
    Section section = services.Nested(name, absl::StrCat("the service ", name));
    DeclareService(section, &config->services[service], /*required=*/name == own);
    if (name == own) {
      settings = section.Nested("settings", "rules of this service");
    } else {
      section.Foreign("settings", absl::StrCat("rules of ", name, ", read by it alone"));
    }
  }
  return own.empty() ? root.Nested("tool", "this tool") : settings;
}

}  // namespace relance::config
