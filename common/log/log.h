#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// Structured log lines on stderr: one JSON object a line, or a readable line when stderr is a terminal.
//
//   log::Info("worker started", {{"partition", 3}, {"replica", replica_name}});
//   {"time":"2025-03-01T10:00:00.123456Z","severity":"INFO","service":"ledger","message":"worker started",
//    "traceId":"4bf9...","fields":{"partition":3,"replica":"ledger-0"}}
//
// No personal data, as far as the types can hold it: the message is a literal, checked by the compiler;
// values are ids and counts. A string value is an opaque id: spaces, '@', control and non-ASCII bytes are
// written as '?', so that neither a name nor a mail address gets through whole. Text() lets a sentence pass,
// for error messages that are free of personal data by the rules of errors.h.
//
// Threads: every function may be called from any thread. One line is one write(2): lines never mix.
namespace relance::log {

enum class Severity { kDebug = 0, kInfo = 1, kWarning = 2, kError = 3 };

inline constexpr size_t kIdBytesMax = 128;     // longer ids are cut
inline constexpr size_t kTextBytesMax = 1024;  // longer texts are cut
inline constexpr size_t kFieldsMax = 24;       // further fields are dropped

// A text known at compile time.
class ConstantText {
 public:
  template <size_t N>
  consteval ConstantText(const char (&text)[N]) : data_(text), size_(N - 1) {}
  absl::string_view view() const { return absl::string_view(data_, size_); }

 private:
  const char* data_;
  size_t size_;
};

// One value: a count, a measure, a flag or an id.
class Value {
 public:
  template <typename T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  Value(T number) : json_(FromNumber(number)) {}
  Value(absl::string_view id);
  Value(const std::string& id) : Value(absl::string_view(id)) {}
  Value(const char* id) : Value(absl::string_view(id)) {}
  Value(absl::Duration duration);  // seconds as a number

  // The value as JSON text.
  const std::string& json() const { return json_; }

 private:
  friend Value Text(absl::string_view text);
  struct Raw {};
  Value(Raw, std::string json) : json_(std::move(json)) {}
  static std::string Integer(int64_t number);
  static std::string Unsigned(uint64_t number);
  static std::string Real(double number);
  template <typename T>
  static std::string FromNumber(T number) {
    if constexpr (std::is_same_v<T, bool>) {
      return number ? "true" : "false";
    } else if constexpr (std::is_floating_point_v<T>) {
      return Real(number);
    } else if constexpr (std::is_unsigned_v<T>) {
      return Unsigned(number);
    } else {
      return Integer(number);
    }
  }

  std::string json_;
};

// A sentence that holds no personal data, such as the message of a status made by our code.
Value Text(absl::string_view text);

struct Field {
  ConstantText key;
  Value value;
};
using Fields = std::initializer_list<Field>;

struct Options {
  std::string service;  // "ledger"; empty: left out
  Severity severity_min = Severity::kInfo;
  enum class Form { kAuto, kJson, kHuman } form = Form::kAuto;  // kAuto: kHuman when stderr is a terminal
};

// Sets service, level and form. Call once, early in main; a later call replaces them.
void Configure(Options options);

// "debug", "info", "warning", "error". False for anything else; `severity` is then untouched.
bool ParseSeverity(absl::string_view text, Severity* severity);

// Whether a line of `severity` would be written: guards work done only for a log line.
bool Enabled(Severity severity);

void Write(Severity severity, ConstantText message, Fields fields = {});
inline void Debug(ConstantText message, Fields fields = {}) { Write(Severity::kDebug, message, fields); }
inline void Info(ConstantText message, Fields fields = {}) { Write(Severity::kInfo, message, fields); }
inline void Warning(ConstantText message, Fields fields = {}) { Write(Severity::kWarning, message, fields); }
inline void Error(ConstantText message, Fields fields = {}) { Write(Severity::kError, message, fields); }

// Writes `message` with the code, the reason and the text of `status`.
void Write(Severity severity, ConstantText message, const absl::Status& status, Fields fields = {});

// Lets one line through per `period` and counts the others. Keep one per place, usually a function-local
// static.
class RateLimit {
 public:
  explicit RateLimit(absl::Duration period) : period_ns_(absl::ToInt64Nanoseconds(period)) {}
  // Whether a line may pass at `now_ns` (monotonic). If so, `suppressed` is how many did not since the last
  // one.
  bool Admit(int64_t now_ns, int64_t* suppressed);

 private:
  const int64_t period_ns_;
  std::atomic<int64_t> next_ns_{INT64_MIN};
  std::atomic<int64_t> suppressed_{0};
};

// For hot paths: writes at most one line per period of `limit`, with the field "suppressed" when lines were
// left out.
void WriteLimited(RateLimit& limit, Severity severity, ConstantText message, Fields fields = {});

// Gives the lines of this thread a trace id until it goes out of scope; nests.
class ScopedTraceId {
 public:
  explicit ScopedTraceId(absl::string_view trace_id);
  ~ScopedTraceId();
  ScopedTraceId(const ScopedTraceId&) = delete;
  ScopedTraceId& operator=(const ScopedTraceId&) = delete;

 private:
  std::string previous_;
};

// Sends lines (without the newline) to `sink` instead of stderr; nullptr restores stderr. For tests.
using Sink = std::function<void(absl::string_view line)>;
void SetSink(Sink sink);

}  // namespace relance::log
