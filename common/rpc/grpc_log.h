#pragma once

namespace relance::rpc {

// Sends what gRPC itself has to say through common/log: one line each, with the place in gRPC. Errors only,
// at most ten a second: a peer that fails its handshakes must not fill the disk. Calling it again does
// nothing.
void RouteGrpcLog();

}  // namespace relance::rpc
