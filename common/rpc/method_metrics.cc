#include "common/rpc/method_metrics.h"

#include <chrono>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/metrics/metrics.h"
#include "common/rpc/metadata_keys.h"

namespace relance::rpc {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::InterceptorBatchMethods;

// The names that go-grpc-prometheus made common.
absl::string_view CodeName(grpc::StatusCode code) {
  constexpr absl::string_view kNames[] = {
      "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
      "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
      "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
      "DataLoss", "Unauthenticated"};
  const int index = static_cast<int>(code);
  return index >= 0 && index < 17 ? kNames[index] : "Unknown";
}

// Both RpcInfo::Type enums have the same order.
absl::string_view TypeName(int type) {
  constexpr absl::string_view kNames[] = {"unary", "client_stream", "server_stream", "bidi_stream"};
  return type >= 0 && type < 4 ? kNames[type] : "unary";
}

class Families {
 public:
  Families(absl::string_view side, absl::string_view at, prometheus::Registry& registry)
      : started_(absl::StrCat("grpc_", side, "_started_total"), absl::StrCat("RPCs started ", at),
                 {"grpc_type", "grpc_service", "grpc_method"}, registry),
        handled_(absl::StrCat("grpc_", side, "_handled_total"),
                 absl::StrCat("RPCs completed ", at, ", by code"),
                 {"grpc_type", "grpc_service", "grpc_method", "grpc_code"}, registry),
        seconds_(absl::StrCat("grpc_", side, "_handling_seconds"),
                 absl::StrCat("Time of RPCs ", at, " in seconds"), metrics::RpcBuckets(),
                 {"grpc_type", "grpc_service", "grpc_method"}, registry) {}

  metrics::CounterFamily started_, handled_;
  metrics::HistogramFamily seconds_;
};

// One call, from its interceptor's creation to its status.
class Call {
 public:
  // `method` is "/package.Service/Method" and outlives the call.
  Call(Families& families, absl::string_view method, int type)
      : families_(families), type_(TypeName(type)), start_(std::chrono::steady_clock::now()) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(absl::StripPrefix(method, "/"), absl::MaxSplits('/', 1));
    service_ = parts.first;
    method_ = parts.second;
    families_.started_.With({type_, service_, method_}).Increment();
  }

  void Finish(grpc::StatusCode code) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start_;
    families_.handled_.With({type_, service_, method_, CodeName(code)}).Increment();
    families_.seconds_.With({type_, service_, method_}).Observe(seconds.count());
  }

 private:
  Families& families_;
  const absl::string_view type_;
  absl::string_view service_, method_;
  const std::chrono::steady_clock::time_point start_;
};

class ServerInterceptor : public grpc::experimental::Interceptor {
 public:
  ServerInterceptor(Families& families, grpc::experimental::ServerRpcInfo& info)
      : method_(info.method()), call_(families, info.method(), static_cast<int>(info.type())) {}

  void Intercept(InterceptorBatchMethods* batch) override {
    if (batch->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_INITIAL_METADATA)) {
      if (auto* metadata = batch->GetRecvInitialMetadata(); metadata != nullptr) {
        metadata->emplace(kMethodKey, method_);
      }
    }
    if (batch->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      call_.Finish(batch->GetSendStatus().error_code());
    }
    batch->Proceed();
  }

 private:
  const char* const method_;
  Call call_;
};

class ClientInterceptor : public grpc::experimental::Interceptor {
 public:
  ClientInterceptor(Families& families, grpc::experimental::ClientRpcInfo& info)
      : call_(families, info.method(), static_cast<int>(info.type())) {}

  void Intercept(InterceptorBatchMethods* batch) override {
    if (batch->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_STATUS)) {
      if (const grpc::Status* status = batch->GetRecvStatus(); status != nullptr)
        call_.Finish(status->error_code());
    }
    batch->Proceed();
  }

 private:
  Call call_;
};

class ServerFactory : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit ServerFactory(prometheus::Registry& registry) : families_("server", "on the server", registry) {}
  grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo* info) override {
    return new ServerInterceptor(families_, *info);  // gRPC owns it
  }

 private:
  Families families_;
};

class ClientFactory : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit ClientFactory(prometheus::Registry& registry) : families_("client", "by the client", registry) {}
  grpc::experimental::Interceptor* CreateClientInterceptor(grpc::experimental::ClientRpcInfo* info) override {
    return new ClientInterceptor(families_, *info);  // gRPC owns it
  }

 private:
  Families families_;
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeServerMetrics(
    prometheus::Registry& registry) {
  return std::make_unique<ServerFactory>(registry);
}

std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface> MakeClientMetrics(
    prometheus::Registry& registry) {
  return std::make_unique<ClientFactory>(registry);
}

}  // namespace relance::rpc
