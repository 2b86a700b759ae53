#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/client_call.h"
#include "common/rpc/proto_types.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "tests/scenarios/story_line.h"
#include "tools/relancectl/context.h"

namespace relance::stories {

// What a story plays in: a tenant of its own in a running installation, and the names that the story gave.
class StoryWorld {
 public:
  // `documents_folder`: where the installation keeps what it sent. `context` outlives the world.
  StoryWorld(ctl::Context* context, std::string documents_folder, std::string tenant)
      : context_(context), documents_folder_(std::move(documents_folder)), tenant_(std::move(tenant)) {}

  const std::string& tenant() const { return tenant_; }
  const std::string& documents_folder() const { return documents_folder_; }

  // One call: Ask<v1::LedgerService>(&v1::LedgerService::StubInterface::GetAccount, request). The package of
  // a service names the program: relance.ledger.v1.
  template <typename Service, typename Interface, typename Request, typename Response>
  absl::StatusOr<Response> Ask(grpc::Status (Interface::*method)(grpc::ClientContext*, const Request&,
                                                                 Response*),
                               const Request& request) {
    auto stub = context_->Stub<Service>(ProgramOf(Service::service_full_name()));
    if (!stub.ok()) return stub.status();
    return rpc::Call(context_->Call(), **stub, method, request);
  }
  template <typename Service>
  absl::StatusOr<std::unique_ptr<typename Service::Stub>> Stub() {
    return context_->Stub<Service>(ProgramOf(Service::service_full_name()));
  }
  rpc::CallContext Call() const { return context_->Call(); }

  // Moves the tenant's clock, or waits until all services have worked what there is.
  absl::Status Advance(std::optional<absl::CivilDay> to);

  // The same name always gives the same id, so that a line may be said twice.
  std::string RequestId(const std::string& name) const;

  // Sends rows as a program of the creditor does, known up to `today`.
  absl::Status Sync(std::vector<ledger::v1::SyncItem> rows);
  absl::StatusOr<ledger::v1::Account> Account(const std::string& account);
  // An item of an account by its document number. Errors: NOT_FOUND.
  absl::StatusOr<std::string> ItemId(const std::string& account, const std::string& number);
  // The account that an invoice of the story belongs to. Errors: NOT_FOUND.
  absl::StatusOr<std::string> AccountOf(const std::string& number) const;

  absl::CivilDay today;
  std::string remark;  // what a question saw beside its answer; shown when the story goes wrong there
  bool created = false;
  std::map<std::string, std::string> accounts;                          // by document number
  std::map<std::string, ledger::v1::Attributes> attributes;             // of accounts that are not sent yet
  std::map<std::string, std::pair<std::string, std::string>> payments;  // by name: account, item id

 private:
  static std::string ProgramOf(const std::string& service);

  ctl::Context* const context_;
  const std::string documents_folder_;
  const std::string tenant_;
  int syncs_ = 0;
};

// What a line of a story does: gives the answer, one text a line; a command that went well answers "OK".
struct StoryWord {
  std::function<absl::StatusOr<std::vector<std::string>>(StoryWorld&, const StoryLine&)> play;
  bool is_question = false;  // asks something, changes nothing, and must say what is expected
};
using StoryWords = std::map<std::string, StoryWord>;

// By topic; README.md documents them.
void AddLedgerWords(StoryWords* words);
void AddPlanWords(StoryWords* words);
void AddNoticeWords(StoryWords* words);
void AddAgencyWords(StoryWords* words);

inline absl::StatusOr<std::vector<std::string>> Done() { return std::vector<std::string>{"OK"}; }
// Text of what a reply holds; an amount that is absent is "".
std::string AmountText(const type::v1::Money& amount);
std::string DateText(const type::v1::Date& date);
absl::StatusOr<type::v1::Money> AmountOption(const std::string& text);
absl::StatusOr<type::v1::Date> DateOption(const std::string& text);

}  // namespace relance::stories
