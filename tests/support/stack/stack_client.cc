#include "tests/support/stack/stack_client.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"

namespace relance::testing {

StackClient::StackClient(const StackProcess& stack, absl::Duration patience)
    : config_file_(stack.config_file()), patience_(patience), context_(in_, out_, err_) {
  context_.config_file = config_file_;
  context_.timeout_seconds = 30;
  context_.actor = "user:test";
}

bool StackClient::MayBeRepeated(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded ||
         code == absl::StatusCode::kAborted;
}

void StackClient::Fail(const std::string& message) { ADD_FAILURE() << message; }

StackClient::Outcome StackClient::Once(const std::vector<std::string>& words) {
  out_.str("");
  err_.str("");
  context_.json = false;
  context_.request_id.clear();
  Outcome outcome;
  outcome.code = ctl::RunCommand(context_, words);
  outcome.status = outcome.code == 1 ? context_.code() : absl::StatusCode::kOk;
  outcome.out = out_.str();
  outcome.err = err_.str();
  return outcome;
}

StackClient::Outcome StackClient::Try(const std::vector<std::string>& words) {
  Outcome outcome;
  Repeat([&] {
    outcome = Once(words);
    return outcome.status;
  });
  return outcome;
}

std::string StackClient::Run(const std::vector<std::string>& words) {
  const Outcome outcome = Try(words);
  if (outcome.code != 0) {
    Fail(absl::StrCat("relancectl ", absl::StrJoin(words, " "), " ended with ", outcome.code, ":\n",
                      outcome.err));
  }
  return outcome.out;
}

}  // namespace relance::testing
