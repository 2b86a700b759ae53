#pragma once

#include <string>

namespace relance::config {

// The PEM files of mutual TLS. All three are set, or none: then the traffic is plain. The files are watched:
// a renewed certificate is picked up without a restart.
struct TlsFiles {
  std::string cert_file;  // certificate chain of this process, leaf first
  std::string key_file;   // its private key
  std::string ca_file;    // roots that the other side must chain to

  bool enabled() const { return !ca_file.empty(); }
};

}  // namespace relance::config
