#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// The only place where absl::Status and grpc::Status meet.
namespace relance::rpc {

// What does not fit is cut: the trailers of a call must stay below 8 KiB, else the client sees
// RESOURCE_EXHAUSTED instead of the error.
inline constexpr size_t kMessageBytesMax = 512;
inline constexpr size_t kMetadataEntriesMax = 24;
inline constexpr size_t kMetadataValueBytesMax = 128;

// The reason of a failure that brought none.
inline constexpr char kUnclassified[] = "UNCLASSIFIED";

// The gRPC status with the same code and message. Its details are a google.rpc.Status with one ErrorInfo:
// reason and metadata of `status`, and `domain` ("ledger.relance") where it names none.
grpc::Status ToGrpcStatus(const absl::Status& status, absl::string_view domain);

// The absl status with the same code, message, reason, domain and metadata. Details that are missing or
// malformed leave the ErrorInfo empty; codes that absl does not know become UNKNOWN.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace relance::rpc
