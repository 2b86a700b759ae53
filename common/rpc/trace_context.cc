#include "common/rpc/trace_context.h"

#include <algorithm>
#include <random>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace relance::rpc {
namespace {

// Lower-case hex, and not all zero, which the standard calls invalid.
bool IsId(absl::string_view text) {
  const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return std::all_of(text.begin(), text.end(), hex) &&
         !std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; });
}

// Ids need to be distinct, not secret.
uint64_t Random() {
  thread_local std::mt19937_64 generator([] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }());
  return generator() | 1;
}

}  // namespace

std::string TraceContext::Header() const {
  return absl::StrCat("00-", trace_id, "-", span_id, sampled ? "-01" : "-00");
}

bool ParseTraceparent(absl::string_view header, TraceContext* trace) {
  constexpr size_t kVersion00Bytes = 55;
  if (header.size() != kVersion00Bytes || header.substr(0, 3) != "00-" || header[35] != '-' ||
      header[52] != '-') {
    return false;
  }
  const absl::string_view trace_id = header.substr(3, 32), span_id = header.substr(36, 16),
                          flags = header.substr(53);
  const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (!IsId(trace_id) || !IsId(span_id) || !hex(flags[0]) || !hex(flags[1])) return false;
  const int low = flags[1] <= '9' ? flags[1] - '0' : flags[1] - 'a' + 10;
  *trace = {std::string(trace_id), std::string(span_id), (low & 1) != 0};
  return true;
}

TraceContext NewTrace() {
  return {absl::StrCat(absl::Hex(Random(), absl::kZeroPad16), absl::Hex(Random(), absl::kZeroPad16)),
          absl::StrCat(absl::Hex(Random(), absl::kZeroPad16)), false};
}

TraceContext NewSpan(const TraceContext& parent) {
  return {parent.trace_id, absl::StrCat(absl::Hex(Random(), absl::kZeroPad16)), parent.sampled};
}

}  // namespace relance::rpc
