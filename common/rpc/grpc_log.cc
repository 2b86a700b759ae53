#include "common/rpc/grpc_log.h"

#include <grpc/support/log.h>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"

namespace relance::rpc {
namespace {

void OnGrpcLog(gpr_log_func_args* args) {
  static log::RateLimit limit(absl::Milliseconds(100));
  const absl::string_view file = args->file;
  log::WriteLimited(limit, log::Severity::kWarning, "gRPC reports an error",
                    {{"place", absl::StrCat(file.substr(file.rfind('/') + 1), ":", args->line)},
                     {"error", log::Text(args->message)}});
}

}  // namespace

void RouteGrpcLog() {
  static const bool once = [] {
    gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
    gpr_set_log_function(OnGrpcLog);
    return true;
  }();
  (void)once;
}

}  // namespace relance::rpc
