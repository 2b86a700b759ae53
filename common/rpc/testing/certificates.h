#pragma once

#include <string>

#include "common/config/tls_files.h"

namespace relance::rpc::testing {

// A certificate authority with a P-256 key, made on the spot, that writes PEM files into `folder`.
class TestAuthority {
 public:
  explicit TestAuthority(std::string folder);
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  // Files of a new certificate with the DNS name `name` and the address 127.0.0.1; replaces those of an
  // earlier call with the same name. `ca_file` holds this authority.
  config::TlsFiles Issue(const std::string& name);

 private:
  struct Keys;
  const std::string folder_;
  Keys* const keys_;
  long serial_ = 1;
};

}  // namespace relance::rpc::testing
