#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/two_years.h"
#include "tests/support/fault_gate.h"

namespace relance::ledger {

using ::relance::testing::FaultGate;

class ImportCrashTest : public LedgerTest {
 protected:
  // What was owed, and what every account says, of a tenant whose imports were not disturbed.
  struct Expected {
    std::vector<std::string> files;
    std::map<std::string, std::string> contents;
  };

  static std::string File(const std::vector<std::string>& lines, size_t from, size_t to) {
    return absl::StrCat(kTwoYearsHeader, absl::StrJoin(lines.begin() + static_cast<int64_t>(from),
                                                       lines.begin() + static_cast<int64_t>(to), ""));
  }

  Expected Undisturbed(uint32_t seed) {
    const TwoYears years = MakeTwoYears(seed, static_cast<OpeningForm>(seed % 3));
    const size_t cut = years.first.size() / 3;
    Expected expected;
    expected.files = {File(years.first, 0, cut), File(years.first, cut, years.first.size()),
                      File(years.second, 0, years.second.size())};
    const std::string tenant = absl::StrCat("undisturbed-", seed);
    CreateTenant(tenant, MakeDate(2025, 12, 31));
    for (const std::string& file : expected.files) Import(tenant, "fec", file);
    expected.contents = Contents(tenant);
    return expected;
  }

  // What goes out of balance in a tenant's accounts: debits are credits plus what is open, item by item.
  std::string Disagreement(const std::string& tenant) {
    for (const auto& [code, balance] : Balances(tenant)) {
      const v1::Account account = GetAccount(tenant, code);
      int64_t amounts = 0, open = 0;
      for (const auto* items : {&account.items(), &account.history()}) {
        for (const v1::Item& item : *items) {
          amounts += Cents(item.amount());
          open += Cents(item.open_amount());
        }
      }
      if (amounts != open || open != balance)
        return absl::StrCat(code, ": ", amounts, " ", open, " ", balance);
    }
    return "";
  }
};

// The store is gone at any point of an import, in the middle of a request or of a reply, as when the process
// dies there. The same file again completes it.
TEST_F(ImportCrashTest, AnImportThatBreaksOffAnywhereIsCompletedByTheSameFileAgain) {
  constexpr int kRuns = 200;
  constexpr uint32_t kBooks = 8;
  std::vector<Expected> expected;
  for (uint32_t seed = 0; seed < kBooks; ++seed) expected.push_back(Undisturbed(seed));

  FaultGate gate(redis_->socket_path());
  auto doomed = std::make_unique<LedgerNode>(gate.address(), folder_.path());
  // Whoever falls into the cut finds no store any more.
  std::atomic<bool> armed{false}, ended{false};
  std::atomic<int64_t> cuts{0};  // when it was armed
  std::thread refuse([&] {
    while (!ended) {
      if (armed && gate.cuts() > cuts) {
        gate.Refuse();
        armed = false;
      }
      std::this_thread::yield();
    }
  });
  int broken = 0;
  for (int run = 0; run < kRuns && !HasFailure(); ++run) {
    SCOPED_TRACE(absl::StrCat("run ", run));
    std::mt19937 random(static_cast<uint32_t>(run));
    const Expected& books = expected[random() % kBooks];
    const std::string tenant = absl::StrCat("run-", run);
    CreateTenant(tenant, MakeDate(2025, 12, 31));
    const size_t doomed_file = random() % books.files.size();
    for (size_t i = 0; i < books.files.size(); ++i) {
      if (i == doomed_file) {
        const int64_t bytes = 1 << (random() % 13);
        cuts = gate.cuts();
        armed = true;
        if (random() % 2 == 0) {
          gate.CutRequestsAfter(bytes + static_cast<int64_t>(random() % 4096));
        } else {
          gate.CutRepliesAfter(bytes + static_cast<int64_t>(random() % 1024));
        }
        const auto [status, report] = TryImport(*doomed, tenant, "fec", books.files[i]);
        broken += status.ok() ? 0 : 1;
        armed = false;
        gate.Pass();
      }
      const auto [status, report] = TryImport(*node_, tenant, "fec", books.files[i]);
      ASSERT_TRUE(status.ok()) << status.error_message();
    }
    EXPECT_EQ(Contents(tenant), books.contents);
    EXPECT_EQ(Disagreement(tenant), "");
  }
  ended = true;
  refuse.join();
  EXPECT_GT(broken, kRuns / 2);
}

}  // namespace relance::ledger
