#include "common/log/format.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

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

// The length of the valid UTF-8 sequence at the start of `text`, 0 when there is none.
size_t SequenceLength(absl::string_view text) {
  const unsigned char lead = text[0];
  size_t length = 0;
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) length = 2;
  if (lead >= 0xE0 && lead <= 0xEF) length = 3;
  if (lead >= 0xF0 && lead <= 0xF4) length = 4;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = text[1];
  if (lead == 0xE0 && second < 0xA0) return 0;  // overlong
  if (lead == 0xED && second > 0x9F) return 0;  // surrogate
  if (lead == 0xF0 && second < 0x90) return 0;  // overlong
  if (lead == 0xF4 && second > 0x8F) return 0;  // past U+10FFFF
  return length;
}

}  // namespace

std::string JsonString(absl::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    const unsigned char c = text[i];
    const size_t length = SequenceLength(text.substr(i));
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
  std::string out = absl::StrCat(
      "{\"time\":\"", absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", record.time, absl::UTCTimeZone()),
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
  std::string out = absl::StrFormat("%s %-7s", absl::FormatTime("%H:%M:%E3S", record.time, absl::UTCTimeZone()),
                                    NameOf(record.severity));
  if (!record.service.empty()) absl::StrAppend(&out, " ", record.service);
  absl::StrAppend(&out, " ", record.message);
  for (const auto& [key, value] : record.fields) absl::StrAppend(&out, " ", key, "=", value);
  if (!record.trace_id.empty()) absl::StrAppend(&out, " traceId=", record.trace_id);
  return out;
}

}  // namespace relance::log
