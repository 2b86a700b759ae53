#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/status/status_macros.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "tools/relancectl/context.h"

namespace relance::ctl {
namespace {

using ledger::v1::LedgerService;

// Without --for a stream lasts until somebody ends it; a call has to have a deadline all the same.
constexpr double kForSecondsMax = 10.0 * 365 * 86'400;

struct WatchFlags {
  ledger::v1::WatchAccountsRequest request;
  double for_seconds = 0;
  int64_t changes_max = 0;
};

void PrintAccount(Context& context, const ledger::v1::Account& account) {
  std::vector<std::string> balances;
  for (const auto& balance : account.balances()) {
    balances.push_back(
        absl::StrCat("open ", Text(balance.open()),
                     balance.has_oldest_due_date() ? ", oldest due " + Text(balance.oldest_due_date()) : ""));
  }
  context.out() << absl::StrFormat("%s  %s  %s\n", account.account_id(), account.attributes().name(),
                                   balances.empty() ? "nothing open" : absl::StrJoin(balances, "; "));
}

absl::Status Watch(Context& context, const WatchFlags& flags) {
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<LedgerService>("ledger"));
  grpc::ClientContext client;
  const bool limited = flags.for_seconds > 0;
  rpc::PrepareOutgoing(rpc::BackgroundCall(absl::Seconds(limited ? flags.for_seconds : kForSecondsMax)),
                       &client);
  auto reader = stub->WatchAccounts(&client, flags.request);
  ledger::v1::WatchAccountsResponse answer;
  std::string position = flags.request.position();
  int64_t changes = 0;
  while (reader->Read(&answer)) {
    position = answer.position();
    if (context.json) {
      RELANCE_RETURN_IF_ERROR(context.PrintJsonLine(answer));
    } else if (answer.has_account()) {
      PrintAccount(context, answer.account());
    }
    context.out().flush();
    changes += answer.has_account() ? 1 : 0;
    if (flags.changes_max == 0 || changes < flags.changes_max) continue;
    client.TryCancel();
    break;
  }
  absl::Status status = rpc::FromGrpcStatus(reader->Finish());
  // Ended as it was asked for.
  const bool had_enough = flags.changes_max > 0 && changes >= flags.changes_max;
  if (had_enough || (limited && absl::IsDeadlineExceeded(status))) status = absl::OkStatus();
  if (!context.json && !position.empty()) {
    context.err() << "to go on from here: relancectl ledger watch " << flags.request.tenant_id() << " --from "
                  << position << "\n";
  }
  return status;
}

}  // namespace

void AddWatchVerb(const Commands& commands) {
  Context& context = *commands.context;
  auto flags = std::make_shared<WatchFlags>();
  CLI::App* verb = commands.Verb(commands.app->get_subcommand("ledger"), "watch",
                                 "Show accounts as they change, until it is ended",
                                 "  relancectl ledger watch verger\n"
                                 "  relancectl ledger watch verger --account RJKO00 --for 60\n"
                                 "  relancectl --json ledger watch verger --from AbCd...");
  verb->add_option_function<std::string>("tenant",
                                         [flags](const std::string& v) { flags->request.set_tenant_id(v); })
      ->required();
  verb->add_option_function<std::string>(
      "--from", [flags](const std::string& v) { flags->request.set_position(v); },
      "position of the last answer that was taken in; default: from now");
  verb->add_option_function<std::vector<std::string>>(
      "--account",
      [flags](const std::vector<std::string>& v) {
        for (const auto& account : v) flags->request.add_account_ids(account);
      },
      "only this account; may be repeated");
  verb->add_option("--for", flags->for_seconds, "seconds after which to end; default: never");
  verb->add_option("--changes", flags->changes_max, "changes after which to end; default: never");
  commands.Run(verb, [&context, flags] { return Watch(context, *flags); });
}

}  // namespace relance::ctl
