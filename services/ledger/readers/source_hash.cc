#include "services/ledger/readers/source_hash.h"

#include <openssl/evp.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/check.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

CanonicalText& CanonicalText::Add(int64_t number) { return Add(absl::StrCat(number)); }

uint64_t SourceHash(absl::string_view canonical) {
  // Looked up once: EVP_sha256() would be fetched again for every digest.
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  RELANCE_CHECK(kSha256 != nullptr);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  RELANCE_CHECK(EVP_Digest(canonical.data(), canonical.size(), digest, &size, kSha256, nullptr) == 1);
  uint64_t hash = 0;
  for (int i = 0; i < 8; ++i) hash = hash << 8 | digest[i];
  return hash;
}

std::string FormatReject(absl::string_view file, const Reject& reject) {
  return absl::StrCat(file, ":", reject.line, ": ", reject.field, reject.field.empty() ? "" : ": ",
                      reject.reason, ": ", reject.message);
}

std::string SourceId(uint64_t source_hash, uint32_t ordinal) {
  return absl::StrFormat("%016x-%u", source_hash, ordinal);
}

}  // namespace relance::ledger
