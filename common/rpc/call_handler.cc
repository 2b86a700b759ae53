#include "common/rpc/call_handler.h"

#include <exception>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/rpc/metadata_keys.h"
#include "common/rpc/status_conversion.h"
#include "common/status/domain_error.h"

namespace relance::rpc {
namespace {

constexpr size_t kPortalRequestIdBytesMax = 128;
constexpr size_t kBearerTokenBytesMax = 8192;

// The first value of `key`; empty when there is none.
absl::string_view Header(const grpc::ServerContextBase& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return "";
  return absl::string_view(found->second.data(), found->second.size());
}

std::string Printable(absl::string_view text, size_t bytes_max) {
  std::string out(text.substr(0, bytes_max));
  for (char& c : out) {
    if (!absl::ascii_isgraph(static_cast<unsigned char>(c))) c = '?';
  }
  return out;
}

bool IsBug(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

void LogBug(const absl::Status& status, const std::string& method) {
  static log::RateLimit limit(absl::Seconds(1));
  log::WriteLimited(limit, log::Severity::kError, "call failed with a bug",
                    {{"method", method},
                     {"code", absl::StatusCodeToString(status.code())},
                     {"reason", ReasonOf(status)},
                     {"error", log::Text(status.message())}});
}

}  // namespace

CallContext BackgroundCall(absl::Duration timeout) {
  CallContext call;
  call.deadline = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(timeout);
  call.trace = NewTrace();
  return call;
}

CallHandler::CallHandler(Options options)
    : options_(std::move(options)), domain_(absl::StrCat(options_.service, ".relance")) {}

CallContext CallHandler::MakeContext(grpc::ServerContextBase& context) const {
  CallContext call;
  // gRPC deadlines are wall-clock times; from here on a jump of the clock no longer matters.
  const auto wall_deadline = context.deadline();
  const auto now = std::chrono::steady_clock::now();
  if (wall_deadline == std::chrono::system_clock::time_point::max()) {
    call.deadline = now + absl::ToChronoNanoseconds(options_.default_deadline);
  } else {
    call.deadline = now + (wall_deadline - std::chrono::system_clock::now());
    call.has_caller_deadline = true;
  }
  TraceContext incoming;
  call.trace = ParseTraceparent(Header(context, kTraceparentKey), &incoming) ? NewSpan(incoming) : NewTrace();
  call.method = std::string(Header(context, kMethodKey));
  call.portal_request_id = Printable(Header(context, kPortalRequestIdKey), kPortalRequestIdBytesMax);
  const absl::string_view authorization = Header(context, kAuthorizationKey);
  constexpr absl::string_view kBearer = "bearer ";
  if (absl::StartsWithIgnoreCase(authorization, kBearer) && authorization.size() <= kBearerTokenBytesMax) {
    call.caller.bearer_token = std::string(authorization.substr(kBearer.size()));
  }
  const std::shared_ptr<const grpc::AuthContext> auth = context.auth_context();
  if (auth != nullptr && auth->IsPeerAuthenticated()) {
    for (const grpc::string_ref& name : auth->GetPeerIdentity()) {
      call.caller.certificate_names.emplace_back(name.data(), name.size());
    }
  }
  call.cancelled = [&context] { return context.IsCancelled(); };
  return call;
}

grpc::Status CallHandler::Handle(grpc::ServerContextBase* context,
                                 absl::FunctionRef<absl::Status(const CallContext&)> handler) const {
  CallContext call = MakeContext(*context);
  const log::ScopedTraceId trace_id(call.trace.trace_id);
  absl::Status status;
  try {
    if (call.deadline <= std::chrono::steady_clock::now()) {
      status = DomainError(absl::StatusCode::kDeadlineExceeded, "DEADLINE_PASSED",
                           "the deadline had passed before the call was handled; nothing was done");
    }
    if (status.ok() && options_.admit) status = options_.admit(call);
    if (status.ok()) status = handler(call);
  } catch (const std::exception& error) {
    status = DomainError(absl::StatusCode::kInternal, "UNEXPECTED_EXCEPTION", "a handler threw");
    log::Error("handler threw", {{"method", call.method}, {"error", log::Text(error.what())}});
  }
  if (IsBug(status.code())) LogBug(status, call.method);
  return ToGrpcStatus(status, domain_);
}

}  // namespace relance::rpc
