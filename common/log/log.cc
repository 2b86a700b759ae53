#include "common/log/log.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/log/format.h"
#include "common/status/domain_error.h"

namespace relance::log {
namespace {

struct State {
  std::mutex mutex;
  std::string service;
  bool human = isatty(STDERR_FILENO) == 1;
  Sink sink;
};

// Never destroyed: threads may log while the process ends.
State& GetState() {
  static State& state = *new State;
  return state;
}

// Outside the state, so that a line below the level costs one relaxed load.
std::atomic<int> severity_min{static_cast<int>(Severity::kInfo)};

thread_local std::string current_trace_id;

void WriteToStderr(std::string line) {
  line += '\n';
  absl::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = write(STDERR_FILENO, rest.data(), rest.size());
    if (written <= 0) return;  // nobody reads: there is no better place to say so
    rest.remove_prefix(written);
  }
}

void Emit(Severity severity, absl::string_view message,
          std::vector<std::pair<absl::string_view, absl::string_view>> fields) {
  if (fields.size() > kFieldsMax) fields.resize(kFieldsMax);
  State& state = GetState();
  Record record{absl::Now(), severity, "", message, current_trace_id, std::move(fields)};
  std::lock_guard<std::mutex> lock(state.mutex);
  record.service = state.service;
  std::string line = state.human ? FormatHuman(record) : FormatJson(record);
  if (state.sink) {
    state.sink(line);
  } else {
    WriteToStderr(std::move(line));
  }
}

std::vector<std::pair<absl::string_view, absl::string_view>> Flatten(Fields fields) {
  std::vector<std::pair<absl::string_view, absl::string_view>> flat;
  flat.reserve(fields.size() + 3);
  for (const Field& field : fields) flat.emplace_back(field.key.view(), field.value.json());
  return flat;
}

}  // namespace

Value::Value(absl::string_view id) {
  std::string masked(id.substr(0, kIdBytesMax));
  for (char& c : masked) {
    const unsigned char byte = c;
    if (byte <= ' ' || byte == '@' || byte >= 0x7F) c = '?';
  }
  json_ = JsonString(masked);
}

Value::Value(absl::Duration duration) : json_(Real(absl::ToDoubleSeconds(duration))) {}

std::string Value::Integer(int64_t number) { return absl::StrCat(number); }
std::string Value::Unsigned(uint64_t number) { return absl::StrCat(number); }
std::string Value::Real(double number) {
  return std::isfinite(number) ? absl::StrFormat("%.9g", number) : std::string("null");
}

Value Text(absl::string_view text) { return Value(Value::Raw{}, JsonString(text.substr(0, kTextBytesMax))); }

void Configure(Options options) {
  State& state = GetState();
  std::lock_guard<std::mutex> lock(state.mutex);
  state.service = std::move(options.service);
  state.human = options.form == Options::Form::kHuman ||
                (options.form == Options::Form::kAuto && isatty(STDERR_FILENO) == 1);
  severity_min.store(static_cast<int>(options.severity_min), std::memory_order_relaxed);
}

bool ParseSeverity(absl::string_view text, Severity* severity) {
  constexpr absl::string_view kNames[] = {"debug", "info", "warning", "error"};
  for (int i = 0; i < 4; ++i) {
    if (text == kNames[i]) {
      *severity = static_cast<Severity>(i);
      return true;
    }
  }
  return false;
}

bool Enabled(Severity severity) {
  return static_cast<int>(severity) >= severity_min.load(std::memory_order_relaxed);
}

void Write(Severity severity, ConstantText message, Fields fields) {
  if (!Enabled(severity)) return;
  Emit(severity, message.view(), Flatten(fields));
}

void Write(Severity severity, ConstantText message, const absl::Status& status, Fields fields) {
  if (!Enabled(severity)) return;
  auto flat = Flatten(fields);
  const Value code(absl::StatusCodeToString(status.code()));
  const Value reason(ReasonOf(status));
  const Value error = Text(status.message());
  flat.emplace_back("code", code.json());
  if (reason.json() != "\"\"") flat.emplace_back("reason", reason.json());
  flat.emplace_back("error", error.json());
  Emit(severity, message.view(), std::move(flat));
}

bool RateLimit::Admit(int64_t now_ns, int64_t* suppressed) {
  int64_t next = next_ns_.load(std::memory_order_relaxed);
  if (now_ns < next ||
      !next_ns_.compare_exchange_strong(next, now_ns + period_ns_, std::memory_order_relaxed)) {
    suppressed_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  *suppressed = suppressed_.exchange(0, std::memory_order_relaxed);
  return true;
}

void WriteLimited(RateLimit& limit, Severity severity, ConstantText message, Fields fields) {
  if (!Enabled(severity)) return;
  int64_t suppressed = 0;
  if (!limit.Admit(std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1),
                   &suppressed)) {
    return;
  }
  auto flat = Flatten(fields);
  const Value count(suppressed);
  if (suppressed > 0) flat.emplace_back("suppressed", count.json());
  Emit(severity, message.view(), std::move(flat));
}

ScopedTraceId::ScopedTraceId(absl::string_view trace_id)
    : previous_(std::exchange(current_trace_id, std::string(trace_id))) {}
ScopedTraceId::~ScopedTraceId() { current_trace_id = std::move(previous_); }

void SetSink(Sink sink) {
  State& state = GetState();
  std::lock_guard<std::mutex> lock(state.mutex);
  state.sink = std::move(sink);
}

}  // namespace relance::log
