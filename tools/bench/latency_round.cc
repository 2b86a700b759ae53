#include <chrono>
#include <functional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/rpc/channel.h"
#include "common/rpc/proto_types.h"
#include "common/rpc/server_frame.h"
#include "common/rpc/testing/echo_service.h"
#include "common/status/status_macros.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "tools/bench/process.h"
#include "tools/bench/rounds.h"

namespace relance::bench {
namespace {

namespace v1 = ledger::v1;

constexpr int kAccounts = 1'000;
constexpr int kInvoices = 20'000;
constexpr int kThreads = 16;
constexpr size_t kEchoBytes = 128;

// One call number `n`; its status.
using Call = std::function<grpc::Status(grpc::ClientContext*, int n)>;

absl::StatusOr<std::vector<double>> OneByOne(const Call& call, int first, int count) {
  std::vector<double> microseconds;
  microseconds.reserve(count);
  for (int n = first; n < first + count; ++n) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    const auto start = std::chrono::steady_clock::now();
    const grpc::Status status = call(&context, n);
    microseconds.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
    if (!status.ok()) return absl::InternalError(absl::StrCat("a call failed: ", status.error_message()));
  }
  return microseconds;
}

// Calls a second of kThreads threads that each wait for their answers.
absl::StatusOr<double> AtOnce(const Call& call, int first, int count) {
  std::vector<absl::Status> statuses(kThreads);
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back(
        [&, t] { statuses[t] = OneByOne(call, first + t * (count / kThreads), count / kThreads).status(); });
  }
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  for (const absl::Status& status : statuses) RELANCE_RETURN_IF_ERROR(status);
  return count / kThreads * kThreads / seconds.count();
}

std::string RequestId(int n) { return absl::StrFormat("10000000-0000-4000-8000-%012x", n); }

}  // namespace

int ServeEcho(const std::string& address) {
  rpc::testing::EchoService service;
  rpc::ServerOptions options;
  options.service = "echo";
  options.listen = {address};
  const auto frame = rpc::ServerFrame::Start(options, {service.Hosted()});
  if (!frame.ok()) return 1;
  (*frame)->RunUntilSignal();
  return 0;
}

absl::Status LatencyRound(Shared* shared) {
  const int calls = shared->options->calls;
  Report& report = *shared->report;
  const Portfolio portfolio(kAccounts, kInvoices);
  RELANCE_ASSIGN_OR_RETURN(const auto world, LedgerWorld::Create("always"));
  ledger::Gathered gathered = GatherRows(portfolio, 0, false);
  ledger::PostingService::Outcome outcome;
  RELANCE_RETURN_IF_ERROR(world->Post(&gathered, &outcome).status());

  const TemporaryFolder folder;
  const std::string echo_address = absl::StrCat("unix:", folder.path(), "/echo.sock");
  ChildProcess echo_process({shared->options->binaries + "/relance-bench", "--serve_echo=" + echo_address},
                            folder.path() + "/log");
  RELANCE_ASSIGN_OR_RETURN(const auto echo_channel, rpc::MakeChannel(echo_address, {}));
  if (!AwaitServing(*echo_channel, echo_process))
    return absl::FailedPreconditionError("the echo does not serve");
  rpc::testing::EchoStub echo(echo_channel);
  RELANCE_ASSIGN_OR_RETURN(const auto services, RunningServices::Start(shared->options->binaries, {"ledger"},
                                                                       world->redis().address()));
  v1::LedgerService::Stub ledger(services->channel("ledger"));

  const Call echo_call = [&](grpc::ClientContext* context, int) {
    rpc::testing::EchoService::Text request, response;
    request.set_value(std::string(kEchoBytes, 'x'));
    return echo.Echo(context, request, &response);
  };
  const Call get_account = [&](grpc::ClientContext* context, int n) {
    v1::GetAccountRequest request;
    request.set_tenant_id(kTenant);
    request.set_account_id(portfolio.CodeOf(n % kAccounts));
    v1::GetAccountResponse response;
    return ledger.GetAccount(context, request, &response);
  };
  const Call record_payment = [&](grpc::ClientContext* context, int n) {
    const int account = n % kAccounts;
    v1::RecordPaymentRequest request;
    request.set_request_id(RequestId(n));
    request.set_tenant_id(kTenant);
    request.set_account_id(portfolio.CodeOf(account));
    request.mutable_amount()->set_currency_code("EUR");
    request.mutable_amount()->set_nanos(10'000'000);
    *request.mutable_payment_date() = rpc::DayToProto(kBusinessDay);
    request.set_reference(portfolio.Row(account, portfolio.FirstOf(account), 0).number());
    v1::RecordPaymentResponse response;
    return ledger.RecordPayment(context, request, &response);
  };
  const struct {
    const char* name;
    const Call& call;
  } measured[] = {{"GetAccount", get_account}, {"RecordPayment (always)", record_payment}};

  // One call each before it counts: connections, first use of everything.
  for (const Call* call : {&echo_call, &get_account, &record_payment}) {
    RELANCE_RETURN_IF_ERROR(OneByOne(*call, 0, 1).status());
  }
  RELANCE_ASSIGN_OR_RETURN(const auto bare, OneByOne(echo_call, 1, calls));
  RELANCE_ASSIGN_OR_RETURN(const double bare_rate, AtOnce(echo_call, 1, calls));
  int next = 1;
  for (const auto& [name, call] : measured) {
    RELANCE_ASSIGN_OR_RETURN(const auto times, OneByOne(call, next, calls));
    next += calls;
    report.Line("RPC", absl::StrCat(name, ", p50"), "echo of 128 B, p50", "us", 0)
        .Add(Percentile(bare, 0.5), Percentile(times, 0.5));
    report.Line("RPC", absl::StrCat(name, ", p99"), "echo of 128 B, p99", "us", 0)
        .Add(Percentile(bare, 0.99), Percentile(times, 0.99));
    RELANCE_ASSIGN_OR_RETURN(const double rate, AtOnce(call, next, calls));
    next += calls;
    // As time per call, so that a larger ratio is worse here too.
    report
        .Line("RPC", absl::StrCat(name, ", ", kThreads, " callers, a call"), "echo, 16 callers, a call", "us",
              0)
        .Add(1e6 / bare_rate, 1e6 / rate);
  }
  return absl::OkStatus();
}

}  // namespace relance::bench
