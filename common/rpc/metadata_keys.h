#pragma once

namespace relance::rpc {

// Request metadata that travels with a call.
inline constexpr char kTraceparentKey[] = "traceparent";
inline constexpr char kPortalRequestIdKey[] = "x-request-id";
inline constexpr char kAuthorizationKey[] = "authorization";

// Put into the received metadata by the ServerFrame: the full method name, which gRPC does not tell a
// synchronous handler. No client can send it: gRPC refuses keys with a colon from applications and keeps them
// from the metadata.
inline constexpr char kMethodKey[] = ":relance-method";

}  // namespace relance::rpc
