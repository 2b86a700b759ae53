// The same days twice: undisturbed, and with processes that are killed at random moments, Redis included. And
// once more with two replicas of every service. All three must end the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <random>
#include <thread>

#include "absl/strings/numbers.h"
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

constexpr uint64_t kSeed = 20251122;  // $RELANCE_SEED takes others
constexpr int kKillsMin = 50;
constexpr int kKillsAim = 80;

PortfolioOptions SmallPortfolio() {
  PortfolioOptions options;
  options.accounts = 40;
  options.months = 3;
  options.calls_per_day = 4;
  return options;
}

uint64_t Seed() {
  const char* given = std::getenv("RELANCE_SEED");
  uint64_t seed = kSeed;
  EXPECT_TRUE(given == nullptr || absl::SimpleAtoi(given, &seed)) << "RELANCE_SEED is no number";
  return seed;
}

// How a run ended.
struct Ending {
  std::map<std::string, std::vector<std::string>> story;
  std::map<std::string, std::string> files;  // that left the house
  int64_t commands = 0;                      // of the run
  std::vector<std::string> wrong;
};

Ending EndOf(StackProcess& stack, StackClient& client, const PortfolioRun& run) {
  Ending ending;
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
    int64_t commands = 0;
    run.Run(client, [&] { ++commands; });
    auto* ending = new Ending(EndOf(stack, client, run));
    ending->commands = commands;
    return ending;
  }();
  return *kEnding;
}

// Kills a process now and then and restarts it at once: after a random number of commands of the run, and
// then when Redis has run a random number of commands more, which is somewhere in the middle of what the
// services make of it. The run gets on between most kills; some come in pairs.
class Killer {
 public:
  Killer(StackProcess* stack, uint64_t seed, int64_t commands_mean)
      : stack_(stack), random_(seed), commands_mean_(commands_mean), thread_([this] { Loop(); }) {}
  ~Killer() { Stop(); }

  void OnCommand() { ++commands_; }
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
  static constexpr int64_t kRedisCommandsMax = 600;  // about what a day takes
  static constexpr int64_t kPairsToOneIn = 5;

  int64_t Draw(int64_t from, int64_t to) { return std::uniform_int_distribution<int64_t>(from, to)(random_); }

  // False when the run has ended.
  template <typename Condition>
  bool Await(Condition condition) {
    while (!stopping_ && !condition()) {
      PauseBriefly();
      stack_->Supervise();
    }
    return !stopping_;
  }

  void Loop() {
    while (true) {
      const int64_t command = commands_ + Draw(1, 2 * commands_mean_ - 1);
      if (!Await([&] { return commands_ >= command; })) return;
      const int64_t moment = stack_->RedisCommands() + Draw(0, kRedisCommandsMax);
      if (!Await([&] { return stack_->RedisCommands() >= moment; })) return;
      Kill();
      if (Draw(1, kPairsToOneIn) == 1) Kill();
    }
  }

  void Kill() {
    const size_t victim = static_cast<size_t>(Draw(0, static_cast<int64_t>(ServiceNames().size())));
    if (victim == ServiceNames().size()) {
      stack_->KillAndRestartRedis();
      ++kills_["redis"];
      return;
    }
    stack_->KillAndRestart(ServiceNames()[victim], static_cast<int>(Draw(0, stack_->replicas() - 1)));
    ++kills_[ServiceNames()[victim]];
  }

  StackProcess* const stack_;
  std::mt19937_64 random_;
  const int64_t commands_mean_;
  std::map<std::string, int> kills_;
  std::atomic<int64_t> commands_ = 0;
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

TEST(SurvivalTest, ARestartedServiceIsSeenAgainAtOnce) {
  // It took 10 s when nothing but gRPC's own backup poller watched the connection between calls.
  constexpr absl::Duration kSeenWithin = absl::Seconds(4);
  StackOptions options;
  options.services = {"ledger"};
  StackProcess stack(options);
  StackClient client(stack);
  for (int i = 0; i < 3; ++i) {
    client.Run({"tenant", "list"});
    stack.KillAndRestart("ledger");
    const absl::Time killed = absl::Now();
    client.Run({"tenant", "list"});
    EXPECT_LT(absl::Now() - killed, kSeenWithin);
  }
}

TEST(SurvivalTest, TheUndisturbedRunIsRight) {
  EXPECT_THAT(Undisturbed().wrong, IsEmpty());
  EXPECT_THAT(Undisturbed().files, Not(IsEmpty()));
}

TEST(SurvivalTest, FiftyKillsChangeNothing) {
  const Ending& expected = Undisturbed();
  ASSERT_FALSE(HasFailure());
  const uint64_t seed = Seed();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  StackProcess stack;
  StackClient client(stack, absl::Minutes(3));
  PortfolioRun run(SmallPortfolio(), stack.folder() + "/portfolio");
  Killer killer(&stack, seed, expected.commands / kKillsAim);
  run.Run(client, [&] { killer.OnCommand(); });
  killer.Stop();
  stack.AwaitReady();
  ASSERT_FALSE(HasFailure());
  client.Run({"tenant", "advance", run.options().tenant, "--quiet"});
  std::string kills;
  for (const auto& [victim, count] : killer.kills()) absl::StrAppend(&kills, " ", victim, " ", count);
  std::printf("seed %lu: %d kills:%s; %ld commands repeated; ended by themselves: %s\n", seed, killer.count(),
              kills.c_str(), client.repeats(), absl::StrJoin(stack.ends(), ", ").c_str());
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
