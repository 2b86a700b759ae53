#pragma once

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/rpc/client_call.h"
#include "tests/support/redis_process.h"
#include "tests/support/stack/stack_process.h"
#include "tools/relancectl/context.h"

namespace relance::testing {

// Commands and questions to a stack, as a person with patience asks them: what may be repeated (UNAVAILABLE,
// DEADLINE_EXCEEDED, ABORTED) is repeated until it is answered or `patience` is over. Commands run in this
// process with the code of relancectl. Not thread-safe.
class StackClient {
 public:
  explicit StackClient(const StackProcess& stack, absl::Duration patience = absl::Seconds(120));

  struct Outcome {
    int code = 0;
    absl::StatusCode status = absl::StatusCode::kOk;
    std::string out, err;
  };
  // Runs relancectl once.
  Outcome Once(const std::vector<std::string>& words);
  // Repeats it; the last outcome.
  Outcome Try(const std::vector<std::string>& words);
  // The same for a command that must succeed: fails the test otherwise. Returns what it printed.
  std::string Run(const std::vector<std::string>& words);

  // An idempotent question or command to `service`, repeated likewise:
  //   Ask<v1::LedgerService>("ledger", &v1::LedgerService::StubInterface::GetAccount, request)
  template <typename Service, typename Interface, typename Request, typename Response>
  absl::StatusOr<Response> TryAsk(const std::string& service,
                                  grpc::Status (Interface::*method)(grpc::ClientContext*, const Request&,
                                                                    Response*),
                                  const Request& request) {
    absl::StatusOr<Response> answer = absl::UnknownError("not asked");
    Repeat([&] {
      auto stub = context_.Stub<Service>(service);
      if (stub.ok()) answer = rpc::Call(context_.Call(), **stub, method, request);
      if (!stub.ok()) answer = stub.status();
      return answer.status().code();
    });
    return answer;
  }
  template <typename Service, typename Interface, typename Request, typename Response>
  Response Ask(const std::string& service,
               grpc::Status (Interface::*method)(grpc::ClientContext*, const Request&, Response*),
               const Request& request) {
    const auto answer = TryAsk<Service>(service, method, request);
    if (!answer.ok()) Fail(request.GetTypeName() + ": " + answer.status().ToString());
    return answer.ok() ? *answer : Response();
  }

  // Commands and questions that were repeated.
  int64_t repeats() const { return repeats_; }

 private:
  template <typename Attempt>
  void Repeat(Attempt attempt) {
    const absl::Time end = absl::Now() + patience_;
    while (MayBeRepeated(attempt()) && absl::Now() < end) {
      ++repeats_;
      PauseBriefly();
    }
  }
  static bool MayBeRepeated(absl::StatusCode code);
  static void Fail(const std::string& message);

  const std::string config_file_;
  const absl::Duration patience_;
  int64_t repeats_ = 0;
  std::istringstream in_;
  std::ostringstream out_, err_;
  ctl::Context context_;
};

}  // namespace relance::testing
