#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/account/account_view.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "services/scenario/scenario_directory.h"

namespace relance::scenario {

// A command of a person on one account.
struct PlanCommand {
  store::AccountKey account;
  std::string actor;                           // evidence names it: "user:<id>"
  std::map<std::string, std::string> details;  // into its evidence
  std::string request_id;                      // canonical; empty: the command is not kept
  std::string payload_hash;                    // of the request without its id
};

// What a command works on.
struct CommandScope {
  const AccountView& view;
  const TenantContext& tenant;
  const Scenario& scenario;
};

// Runs commands on plans: read, edit, decide anew, commit at the versions that were read; again when the
// account moved on in between. Thread-safe.
class PlanCommands {
 public:
  // All outlive this. `nudge` wakes the worker after a commit; may be null.
  PlanCommands(store::Store* store, TenantDirectory* tenants, ScenarioDirectory* scenarios,
               std::function<absl::Time()> now, std::function<void()> nudge);

  // Changes the plan as told, and returns nothing or why not.
  using Edit = absl::FunctionRef<absl::Status(const CommandScope& scope, state::v1::Plan* plan)>;
  // The answer to keep, made from the plan as it will be stored.
  using Answer =
      absl::FunctionRef<absl::StatusOr<std::string>(const CommandScope& scope, const state::v1::Plan& plan)>;
  struct Result {
    std::string answer;  // of this run, or of the first one
    bool replayed = false;
  };

  // Errors: those of `edit`; NOT_FOUND / TENANT_NOT_FOUND, ACCOUNT_NOT_FOUND; ALREADY_EXISTS /
  // REQUEST_ID_REUSED; ABORTED / ACCOUNT_BUSY.
  absl::StatusOr<Result> Run(const PlanCommand& command, Edit edit, Answer answer, store::Deadline deadline);

  // The kept answer of a request, if there is one. Errors: ALREADY_EXISTS / REQUEST_ID_REUSED.
  absl::StatusOr<std::optional<std::string>> FindAnswer(const PlanCommand& command, store::Deadline deadline);

 private:
  store::Store* const store_;
  TenantDirectory* const tenants_;
  ScenarioDirectory* const scenarios_;
  const std::function<absl::Time()> now_;
  const std::function<void()> nudge_;
};

}  // namespace relance::scenario
