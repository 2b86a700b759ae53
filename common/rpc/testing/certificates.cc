#include "common/rpc/testing/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/status/check.h"

namespace relance::rpc::testing {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

constexpr long kLifetimeSeconds = 3600;

Key NewKey() { return Key(EVP_EC_gen("P-256"), EVP_PKEY_free); }

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  RELANCE_CHECK(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// An unsigned certificate for `name`.
Certificate NewCertificate(const std::string& name, long serial, EVP_PKEY* key, X509* issuer) {
  Certificate certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kLifetimeSeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kLifetimeSeconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(),
                       X509_get_subject_name(issuer != nullptr ? issuer : certificate.get()));
  return certificate;
}

FILE* OpenForWriting(const std::string& path) {
  FILE* const file = std::fopen(path.c_str(), "wb");
  RELANCE_CHECK(file != nullptr);
  return file;
}

void WriteCertificate(const std::string& path, X509* certificate) {
  FILE* const file = OpenForWriting(path);
  RELANCE_CHECK(PEM_write_X509(file, certificate) == 1);
  std::fclose(file);
}

void WriteKey(const std::string& path, EVP_PKEY* key) {
  FILE* const file = OpenForWriting(path);
  RELANCE_CHECK(PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  std::fclose(file);
}

}  // namespace

struct TestAuthority::Keys {
  Key key = NewKey();
  Certificate certificate = NewCertificate("relance test authority", 1, key.get(), nullptr);
};

TestAuthority::TestAuthority(std::string folder) : folder_(std::move(folder)), keys_(new Keys) {
  X509* const certificate = keys_->certificate.get();
  AddExtension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  RELANCE_CHECK(X509_sign(certificate, keys_->key.get(), EVP_sha256()) > 0);
  WriteCertificate(absl::StrCat(folder_, "/ca.pem"), certificate);
}

TestAuthority::~TestAuthority() { delete keys_; }

config::TlsFiles TestAuthority::Issue(const std::string& name) {
  const Key key = NewKey();
  const Certificate certificate = NewCertificate(name, ++serial_, key.get(), keys_->certificate.get());
  AddExtension(certificate.get(), keys_->certificate.get(), NID_subject_alt_name,
               absl::StrCat("DNS:", name, ",IP:127.0.0.1"));
  RELANCE_CHECK(X509_sign(certificate.get(), keys_->key.get(), EVP_sha256()) > 0);
  const config::TlsFiles files{absl::StrCat(folder_, "/", name, ".cert.pem"),
                               absl::StrCat(folder_, "/", name, ".key.pem"),
                               absl::StrCat(folder_, "/ca.pem")};
  WriteCertificate(files.cert_file, certificate.get());
  WriteKey(files.key_file, key.get());
  return files;
}

}  // namespace relance::rpc::testing
