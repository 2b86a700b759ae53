#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/log/log.h"

namespace relance::log {

// One line before it is written. `fields` holds key and JSON value.
struct Record {
  absl::Time time;
  Severity severity;
  absl::string_view service;
  absl::string_view message;
  absl::string_view trace_id;
  std::vector<std::pair<absl::string_view, absl::string_view>> fields;
};

// The record as one JSON object without a newline. Empty service, trace id and fields are left out.
std::string FormatJson(const Record& record);

// The record as "10:00:00.123 WARNING ledger message key=value", in UTC, without a newline.
std::string FormatHuman(const Record& record);

// `text` as a JSON string with quotes; invalid UTF-8 bytes are written as '?'.
std::string JsonString(absl::string_view text);

}  // namespace relance::log
