#pragma once

#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/server_interceptor.h>
#include <prometheus/registry.h>

#include <memory>

namespace relance::rpc {

// Interceptors that count every call under the names that public gRPC dashboards use:
//   grpc_server_started_total{grpc_type,grpc_service,grpc_method}
//   grpc_server_handled_total{grpc_type,grpc_service,grpc_method,grpc_code}     code as "OK",
//   "InvalidArgument" grpc_server_handling_seconds{grpc_type,grpc_service,grpc_method}
// and the same as grpc_client_*. Calls of methods that the server does not have are not counted: labels stay
// bounded. The server interceptor also puts the method name into the received metadata (kMethodKey).
// `registry` must outlive the server or channel.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeServerMetrics(
    prometheus::Registry& registry);
std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface> MakeClientMetrics(
    prometheus::Registry& registry);

}  // namespace relance::rpc
