#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/rpc/trace_context.h"

namespace relance::rpc {

// Who calls, as far as the transport knows. Roles and tenants are read from the token elsewhere.
struct CallerIdentity {
  std::vector<std::string>
      certificate_names;     // names in the verified client certificate; empty without mutual TLS
  std::string bearer_token;  // the JWT of a person, unverified; never logged
};

// What a handler knows of its call, and passes on to each call it makes.
struct CallContext {
  // The deadline of the caller, or the default of the service. Every Redis and RPC call under it ends before.
  std::chrono::steady_clock::time_point deadline;
  bool has_caller_deadline = false;  // whether it is the caller's
  TraceContext trace;
  CallerIdentity caller;
  std::string method;  // "/relance.ledger.v1.LedgerService/PostPayment"; empty outside a ServerFrame
  std::string
      portal_request_id;  // x-request-id of the portal, printable ASCII, at most 128 bytes; may be empty
  std::function<bool()> cancelled = [] { return false; };  // whether the caller has gone away

  absl::Duration Remaining() const { return absl::FromChrono(deadline - std::chrono::steady_clock::now()); }
};

// The context of work that no caller asked for: workers, timers, tools. A new trace.
CallContext BackgroundCall(absl::Duration timeout);

}  // namespace relance::rpc
