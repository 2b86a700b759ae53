#pragma once

#include <functional>
#include <istream>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/config/installation.h"
#include "common/rpc/client_call.h"
#include "google/protobuf/message.h"
#include "grpcpp/channel.h"
#include "relance/type/v1/date.pb.h"
#include "relance/type/v1/money.pb.h"

namespace relance::ctl {

// What every verb works with: the installation, its channels, and how to print.
class Context {
 public:
  Context(std::istream& in, std::ostream& out, std::ostream& err) : in_(in), out_(out), err_(err) {}

  // Global flags.
  std::string
      config_file;  // empty: $RELANCE_CONFIG, else var/relance.yaml of the working folder or of the checkout
  bool json = false;
  double timeout_seconds = 60;
  std::string actor;       // empty: user:<login>
  std::string request_id;  // empty: a new one for each command

  std::istream& in() { return in_; }
  std::ostream& out() { return out_; }
  std::ostream& err() { return err_; }
  std::string Actor() const;
  // Of a command that must not be done twice: the one that was given, or a new one, which an error whose
  // outcome is not known then names for the repeat.
  std::string RequestId();

  absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelOf(const std::string& service);

  // A stub of `service`: Stub<v1::LedgerService>("ledger").
  template <typename Service>
  absl::StatusOr<std::unique_ptr<typename Service::Stub>> Stub(const std::string& service) {
    auto channel = ChannelOf(service);
    if (!channel.ok()) return channel.status();
    return Service::NewStub(*channel);
  }

  rpc::CallContext Call() const { return rpc::BackgroundCall(absl::Seconds(timeout_seconds)); }

  // Prints `message` as protobuf JSON, with the field names of the .proto.
  absl::Status PrintJson(const google::protobuf::Message& message);
  // The same on one line, for streams of answers.
  absl::Status PrintJsonLine(const google::protobuf::Message& message);

  // What a verb leaves behind: exit code 0, 1 (refused) or 2 (usage).
  int Finish(const absl::Status& status);
  // Of the newest Finish: what a caller in the same program decides by.
  absl::StatusCode code() const { return code_; }

 private:
  absl::Status LoadConfig();

  std::istream& in_;
  std::ostream& out_;
  std::ostream& err_;
  bool loaded_ = false;
  absl::StatusCode code_ = absl::StatusCode::kOk;
  std::string sent_request_id_;  // that the running command made
  config::InstallationConfig installation_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
};

// Verbs are added to an app as functions that run when it has parsed; the first error ends the command.
using Action = std::function<absl::Status()>;

struct Commands {
  CLI::App* app;
  Context* context;
  std::shared_ptr<absl::Status> result;  // of the verb that ran

  // A verb below `group`, with its help and examples.
  CLI::App* Verb(CLI::App* group, const std::string& name, const std::string& help,
                 const std::string& examples) const;
  void Run(CLI::App* verb, Action action) const;
};

// Each service's verbs.
void AddTenantVerbs(const Commands& commands);
void AddLedgerVerbs(const Commands& commands);
void AddLedgerFileVerbs(const Commands& commands);  // of the group that AddLedgerVerbs made
void AddCashVerbs(const Commands& commands);        // below `ledger`: after AddLedgerVerbs
void AddReportVerbs(const Commands& commands);      // below `ledger`: after AddLedgerVerbs
void AddAgreementVerbs(const Commands& commands);   // likewise
void AddWatchVerb(const Commands& commands);        // of the group that AddLedgerVerbs made
void AddRiskVerbs(const Commands& commands);
void AddScenarioVerbs(const Commands& commands);
void AddCampaignVerbs(const Commands& commands);
void AddHandoffVerbs(const Commands& commands);
void AddEvidenceVerbs(const Commands& commands);
void AddToolVerbs(const Commands& commands);  // health, completion, script

// Runs one command line, without the program name. Returns the exit code.
int RunCommand(Context& context, const std::vector<std::string>& arguments);

// Texts of dates and amounts. A date that is not set is "".
std::string Text(const type::v1::Date& date);
std::string Text(const type::v1::Money& money);
std::string Percent(double share);
// Errors: INVALID_ARGUMENT, naming the flag.
absl::StatusOr<type::v1::Date> ParseDateFlag(const std::string& flag, const std::string& text);
absl::StatusOr<type::v1::Money> ParseMoneyFlag(const std::string& flag, const std::string& amount,
                                               const std::string& currency);
// A UUID of random bits.
std::string NewRequestId();

}  // namespace relance::ctl
