#include "services/ledger/cash/cash_commands.h"

#include <gtest/gtest.h>

#include "services/ledger/testing/account_builder.h"

namespace relance::ledger {
namespace {

// Money that lies on an account which nothing of its words names.
TEST(CandidatesOfTest, BanksSayWhoPaidAndOthersWhoseMoneyItIs) {
  const AccountIndex index("t");
  const std::pair<const char*, bool> rows[] = {
      {kSourceFec, true},       {kSourceRpc, true},   {kSourceCsv, true},
      {"table:payments", true}, {kSourceCamt, false}, {"camt054", false},
      {"coda", false},          {"cfonb120", false},  {"mt940", false}};
  for (const auto& [source, said] : rows) {
    SCOPED_TRACE(source);
    state::v1::Item payment = testing::Payment(1, 5'000, testing::Day(2025, 2, 3));
    payment.set_source(source);
    payment.mutable_words();
    const auto candidates = CandidatesOf(index, "C1", payment, {});
    ASSERT_EQ(candidates.size(), 1u);
    EXPECT_EQ(candidates[0].account, "C1");
    EXPECT_EQ(candidates[0].payer.kind == PayerStanding::Kind::kSaid, said);
  }
  // An entry of the books that the bank confirmed is still of the books.
  state::v1::Item confirmed = testing::Payment(1, 5'000, testing::Day(2025, 2, 3));
  confirmed.set_source(kSourceFec);
  confirmed.set_bank_key("bank/1");
  confirmed.mutable_words();
  EXPECT_EQ(CandidatesOf(index, "C1", confirmed, {})[0].payer.kind, PayerStanding::Kind::kSaid);
  EXPECT_TRUE(CandidatesOf(index, kUnidentifiedAccount, confirmed, {}).empty());
}

}  // namespace
}  // namespace relance::ledger
