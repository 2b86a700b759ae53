// The same days twice: undisturbed, and with processes that are killed at random moments, Redis included. And
// once more with two replicas of every service. All three must end the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/e2e/portfolio_run.h"
#include "tests/e2e/tenant_facts.h"
#include "tests/e2e/truth_check.h"
#include "tests/support/stack/stack_client.h"
#include "tests/support/stack/stack_process.h"

namespace relance::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

constexpr uint64_t kSeed = 20251122;
constexpr int kKillsMin = 50;
constexpr int kKillsAim = 80;

PortfolioOptions SmallPortfolio() {
  PortfolioOptions options;
  options.accounts = 40;
  options.months = 3;
  options.calls_per_day = 4;
  return options;
}

// How a run ended.
struct Ending {
  std::map<std::string, std::vector<std::string>> story;
  std::map<std::string, std::string> files;  // that left the house
  int64_t commands = 0;                      // that Redis ran
  std::vector<std::string> wrong;
};

Ending EndOf(StackProcess& stack, StackClient& client, const PortfolioRun& run) {
  Ending ending;
  ending.commands = stack.RedisCommands();
  const TenantFacts facts = ReadTenant(client, run.options().tenant);
  ending.story = Story(facts);
  ending.files = FilesBelow(stack.outbox_directory());
  ending.wrong = Violations(facts);
  for (const std::string& difference :
       DifferencesFromTruth(facts, TrueBalances(run.files() + "/truth"), run.agency_minor())) {
    ending.wrong.push_back(difference);
  }
  return ending;
}

// The undisturbed run; made once.
const Ending& Undisturbed() {
  static const Ending* const kEnding = [] {
    StackProcess stack;
    StackClient client(stack);
    PortfolioRun run(SmallPortfolio(), stack.folder() + "/portfolio");
    run.Run(client);
    return new Ending(EndOf(stack, client, run));
  }();
  return *kEnding;
}

// Kills a process whenever Redis has run a random number of commands more, and restarts it at once.
class Killer {
 public:
  Killer(StackProcess* stack, uint64_t seed, int64_t commands_mean)
      : stack_(stack), random_(seed), commands_mean_(commands_mean), thread_([this] { Loop(); }) {}
  ~Killer() { Stop(); }

  void Stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  // By victim. After Stop.
  const std::map<std::string, int>& kills() const { return kills_; }
  int count() const {
    int count = 0;
    for (const auto& [victim, kills] : kills_) count += kills;
    return count;
  }

 private:
  int64_t Draw(int64_t from, int64_t to) { return std::uniform_int_distribution<int64_t>(from, to)(random_); }

  void Loop() {
    int64_t seen = stack_->RedisCommands();
    int64_t left = Draw(1, 2 * commands_mean_);
    while (!stopping_) {
      PauseBriefly();
      stack_->Supervise();
      // A Redis that was started anew counts from 0; this question is a command too.
      const int64_t now = stack_->RedisCommands();
      left -= (now < seen ? now : now - seen) - 1;
      seen = now;
      if (left > 0) continue;
      left = Draw(1, 2 * commands_mean_);
      const size_t victim = static_cast<size_t>(Draw(0, static_cast<int64_t>(ServiceNames().size())));
      const std::string name = victim == ServiceNames().size() ? "redis" : ServiceNames()[victim];
      if (name == "redis") {
        stack_->KillAndRestartRedis();
        seen = 0;
      } else {
        stack_->KillAndRestart(name, static_cast<int>(Draw(0, stack_->replicas() - 1)));
      }
      ++kills_[name];
    }
  }

  StackProcess* const stack_;
  std::mt19937_64 random_;
  const int64_t commands_mean_;
  std::map<std::string, int> kills_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

void ExpectSame(const Ending& expected, const Ending& actual) {
  EXPECT_EQ(DifferenceOf(expected.story, actual.story), "");
  EXPECT_THAT(actual.wrong, IsEmpty());
  std::vector<std::string> expected_names, actual_names;
  for (const auto& [name, hash] : expected.files) expected_names.push_back(name);
  for (const auto& [name, hash] : actual.files) actual_names.push_back(name);
  EXPECT_EQ(actual_names, expected_names);
}

TEST(SurvivalTest, TheUndisturbedRunIsRight) {
  EXPECT_THAT(Undisturbed().wrong, IsEmpty());
  EXPECT_THAT(Undisturbed().files, Not(IsEmpty()));
}

TEST(SurvivalTest, FiftyKillsChangeNothing) {
  const Ending& expected = Undisturbed();
  ASSERT_FALSE(HasFailure());
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  StackProcess stack;
  StackClient client(stack, absl::Minutes(3));
  PortfolioRun run(SmallPortfolio(), stack.folder() + "/portfolio");
  Killer killer(&stack, kSeed, expected.commands / kKillsAim);
  run.Run(client);
  killer.Stop();
  stack.AwaitReady();
  ASSERT_FALSE(HasFailure());
  client.Run({"tenant", "advance", run.options().tenant, "--quiet"});
  std::string kills;
  for (const auto& [victim, count] : killer.kills()) absl::StrAppend(&kills, " ", victim, " ", count);
  std::printf("seed %lu: %d kills:%s; %ld commands repeated; ended by themselves: %s\n", kSeed,
              killer.count(), kills.c_str(), client.repeats(), absl::StrJoin(stack.ends(), ", ").c_str());
  EXPECT_GE(killer.count(), kKillsMin);
  EXPECT_EQ(killer.kills().size(), ServiceNames().size() + 1) << "everything was killed:" << kills;
  ExpectSame(expected, EndOf(stack, client, run));
  // Nothing but our SIGKILL ended a process by a signal.
  for (const std::string& end : stack.ends())
    EXPECT_THAT(end, Not(::testing::MatchesRegex(".* 1[2-9][0-9]")));
}

TEST(SurvivalTest, TwoReplicasOfEveryServiceDoTheSameAsOne) {
  const Ending& expected = Undisturbed();
  ASSERT_FALSE(HasFailure());
  StackOptions options;
  options.replicas = 2;
  StackProcess stack(options);
  StackClient client(stack);
  PortfolioRun run(SmallPortfolio(), stack.folder() + "/portfolio");
  run.Run(client);
  ExpectSame(expected, EndOf(stack, client, run));
  EXPECT_THAT(stack.ends(), IsEmpty());
}

}  // namespace
}  // namespace relance::testing
