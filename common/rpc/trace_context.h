#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace relance::rpc {

// The position of a call in a trace: the W3C header `traceparent`, version 00.
struct TraceContext {
  std::string trace_id;  // 32 lower-case hex digits, not all zero
  std::string span_id;   // 16 lower-case hex digits, not all zero
  bool sampled = false;

  // "00-<trace id>-<span id>-01".
  std::string Header() const;
};

// Reads a `traceparent`. False, and `trace` untouched, when it is missing or malformed: start a new trace
// then.
bool ParseTraceparent(absl::string_view header, TraceContext* trace);

// A new trace, and a new span of the same trace, with random ids. Threads: may be called from any.
TraceContext NewTrace();
TraceContext NewSpan(const TraceContext& parent);

}  // namespace relance::rpc
