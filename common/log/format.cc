#include "common/log/format.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/utf8.h"

namespace relance::log {
namespace {

absl::string_view NameOf(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return "DEBUG";
    case Severity::kInfo:
      return "INFO";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kError:
      return "ERROR";
  }
  return "ERROR";
}

}  // namespace

std::string JsonString(absl::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    const unsigned char c = text[i];
    const size_t length = Utf8SequenceLength(text.substr(i));
    if (length == 0) {
      out += '?';
    } else if (length > 1) {
      absl::StrAppend(&out, text.substr(i, length));
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i];
    } else if (c == '\n') {
      out += "\\n";
    } else if (c < 0x20 || c == 0x7F) {
      absl::StrAppendFormat(&out, "\\u%04x", c);
    } else {
      out += text[i];
    }
    i += length == 0 ? 1 : length;
  }
  out += '"';
  return out;
}

std::string FormatJson(const Record& record) {
  std::string out = absl::StrCat("{\"time\":\"",
                                 absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", record.time, absl::UTCTimeZone()),
                                 "\",\"severity\":\"", NameOf(record.severity), "\"");
  if (!record.service.empty()) absl::StrAppend(&out, ",\"service\":", JsonString(record.service));
  absl::StrAppend(&out, ",\"message\":", JsonString(record.message));
  if (!record.trace_id.empty()) absl::StrAppend(&out, ",\"traceId\":", JsonString(record.trace_id));
  absl::string_view separator = ",\"fields\":{";
  for (const auto& [key, value] : record.fields) {
    absl::StrAppend(&out, separator, JsonString(key), ":", value);
    separator = ",";
  }
  absl::StrAppend(&out, record.fields.empty() ? "}" : "}}");
  return out;
}

std::string FormatHuman(const Record& record) {
  std::string out = absl::StrFormat(
      "%s %-7s", absl::FormatTime("%H:%M:%E3S", record.time, absl::UTCTimeZone()), NameOf(record.severity));
  if (!record.service.empty()) absl::StrAppend(&out, " ", record.service);
  absl::StrAppend(&out, " ", record.message);
  for (const auto& [key, value] : record.fields) absl::StrAppend(&out, " ", key, "=", value);
  if (!record.trace_id.empty()) absl::StrAppend(&out, " traceId=", record.trace_id);
  return out;
}

}  // namespace relance::log
