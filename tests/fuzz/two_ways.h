#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "services/ledger/readers/testing/collecting_sink.h"

namespace relance::ledger {

// Ends the process when the bytes of a fuzzer read differently in one piece and in small ones. `read` takes
// the bytes and the size of the pieces, and returns something that Fingerprint tells apart.
template <typename Read>
void MustReadTheSameInPieces(absl::string_view bytes, const Read& read) {
  const auto whole_result = read(bytes, bytes.size() + 1);
#ifdef RELANCE_FUZZ
  // One in four: most inputs of a fuzzer differ by a byte, and the time is better spent on more of them.
  if (bytes.size() % 4 != 0) return;
#endif
  // The bytes choose the size of the pieces, so that a finding repeats itself.
  const size_t piece = bytes.empty() ? 1 : 1 + static_cast<unsigned char>(bytes[bytes.size() / 2]) % 61;
  const std::string whole = Fingerprint(whole_result);
  const std::string pieces = Fingerprint(read(bytes, piece));
  if (whole == pieces) return;
  std::fprintf(stderr, "in one piece:\n%s\nin pieces of %zu:\n%s\n", whole.c_str(), piece, pieces.c_str());
  std::abort();
}

inline absl::string_view AsText(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace relance::ledger
