#include "common/rpc/status_conversion.h"

#include <string>

#include "common/status/domain_error.h"
#include "common/status/utf8.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace relance::rpc {

grpc::Status ToGrpcStatus(const absl::Status& status, absl::string_view domain) {
  if (status.ok()) return grpc::Status::OK;
  const ErrorInfo info = ErrorInfoOf(status);
  google::rpc::ErrorInfo detail;
  detail.set_reason(info.reason.empty() ? kUnclassified : CleanUtf8(info.reason, 63));
  detail.set_domain(info.domain.empty() ? std::string(domain) : info.domain);
  size_t entries = 0;
  for (const auto& [key, value] : info.metadata) {
    if (++entries > kMetadataEntriesMax) break;
    (*detail.mutable_metadata())[CleanUtf8(key, 63)] = CleanUtf8(value, kMetadataValueBytesMax);
  }
  const std::string message = CleanUtf8(status.message(), kMessageBytesMax);
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(message);
  details.add_details()->PackFrom(detail);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), message, details.SerializeAsString());
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const int code = status.error_code();
  const bool known = code >= 1 && code <= static_cast<int>(grpc::StatusCode::UNAUTHENTICATED);
  absl::Status converted(known ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown,
                         status.error_message());
  google::rpc::Status details;
  if (status.error_details().empty() || !details.ParseFromString(status.error_details())) return converted;
  for (const google::protobuf::Any& any : details.details()) {
    google::rpc::ErrorInfo detail;
    if (!any.Is<google::rpc::ErrorInfo>() || !any.UnpackTo(&detail)) continue;
    ErrorInfo info{detail.reason(), detail.domain(), {}};
    for (const auto& [key, value] : detail.metadata()) info.metadata[key] = value;
    return WithErrorInfo(std::move(converted), info);
  }
  return converted;
}

}  // namespace relance::rpc
