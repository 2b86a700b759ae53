#include "common/rpc/client_call.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "common/rpc/metadata_keys.h"

namespace relance::rpc {

void PrepareOutgoing(const CallContext& call, grpc::ClientContext* context, const OutgoingOptions& options) {
  const absl::Duration left = std::min(call.Remaining() - options.margin, options.timeout_max);
  // A deadline in the past fails the call at once, without the network.
  context->set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(left));
  if (!call.trace.trace_id.empty()) context->AddMetadata(kTraceparentKey, NewSpan(call.trace).Header());
  if (!call.portal_request_id.empty()) context->AddMetadata(kPortalRequestIdKey, call.portal_request_id);
  if (options.forward_token && !call.caller.bearer_token.empty()) {
    context->AddMetadata(kAuthorizationKey, absl::StrCat("Bearer ", call.caller.bearer_token));
  }
}

}  // namespace relance::rpc
