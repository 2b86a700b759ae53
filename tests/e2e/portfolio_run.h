#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "samples/generate/truth_reader.h"
#include "tests/support/stack/stack_client.h"

namespace relance::testing {

struct PortfolioOptions {
  int accounts = 100;
  uint64_t seed = 7;
  absl::CivilDay from = absl::CivilDay(2025, 1, 1);  // first of a month
  int months = 4;
  double invoices_per_account_month = 1.2;
  std::string tenant = "fictif";
  int calls_per_day = 8;
};

// The main job on a made-up portfolio, day by day, through relancectl: the clock moves to a day, the
// collector calls from the worklist and debtors answer as their truth says, disputes that have ended are
// resolved, the agency reports, and the day's items and bank statement come in. Every command carries ids
// that follow from its day, so that it may be repeated after a lost answer.
class PortfolioRun {
 public:
  // Generates the files below `folder` with relance-generate.
  PortfolioRun(PortfolioOptions options, const std::string& folder);

  // The whole run, from the tenant to the last day. `on_command` is called before each command.
  void Run(StackClient& client, const std::function<void()>& on_command = nullptr);

  const PortfolioOptions& options() const { return options_; }
  const std::string& files() const { return files_; }
  absl::CivilDay last_day() const {
    return absl::CivilDay(absl::CivilMonth(options_.from) + options_.months) - 1;
  }
  // What the agency paid, beyond the truth of the generator, by account.
  const std::map<std::string, int64_t>& agency_minor() const { return agency_minor_; }

 private:
  void SetUp();
  void WorkDay(absl::CivilDay day);
  // Until what people said has its effect: a payment that comes in first may rightly stop a message.
  void AwaitServices();
  void MakeCalls(absl::CivilDay day);
  void EndDisputes(absl::CivilDay day);
  void ReportFromAgency(absl::CivilDay day);
  void ImportDay(absl::CivilDay day);
  std::string Command(const std::vector<std::string>& words);
  bool IsBankingDay(absl::CivilDay day) const;

  const PortfolioOptions options_;
  const std::string files_;
  samples::Truth truth_;
  std::multimap<std::string, std::pair<std::string, std::string>>
      ended_disputes_;  // day -> account, item number
  std::map<std::string, int64_t> agency_minor_;
  StackClient* client_ = nullptr;
  std::function<void()> on_command_;
};

// A UUID that follows from `text`.
std::string StableUuid(const std::string& text);

}  // namespace relance::testing
