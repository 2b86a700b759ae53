// A look that is kept over many payments finds what one made for each of them finds.
#include "services/ledger/cash/account_look.h"

#include <gtest/gtest.h>

#include <random>

#include "common/identifiers/reference.h"
#include "services/ledger/cash/deductions.h"
#include "services/ledger/cash/find_matches.h"
#include "services/ledger/match_payment.h"
#include "services/ledger/testing/account_builder.h"

namespace relance::ledger {
namespace {

using namespace testing;  // NOLINT: builders

constexpr int kInvoices = 60;
constexpr int kPayments = 150;
constexpr uint64_t kPaymentId = 1000;

std::string NumberOf(int invoice) { return absl::StrCat("FA 2025", 1000 + invoice); }

// Two instalments of a number, amounts that come again, discounts, another currency, credit notes.
void AddInvoices(std::mt19937* random, LedgerAccount* account) {
  account->mutable_attributes()->set_name("Jardin SARL");
  account->mutable_attributes()->add_payer_ibans("FR1");
  for (int i = 1; i <= kInvoices; ++i) {
    state::v1::Item item = Invoice(i, 10'000 + 137 * static_cast<int>((*random)() % 20),
                                   Day(2025, 1, 1 + i % 28), NumberOf(i % 10 == 0 ? i - 1 : i));
    if (i % 7 == 0) item.set_reference(*identifiers::MakeRf(absl::StrCat("K", i % 14)));
    if (i % 6 == 0) item.set_end_to_end_id(absl::StrCat("T", i));
    if (i % 11 == 0) item.set_currency("USD");
    if (i % 5 == 0) {
      state::v1::Discount* discount = item.add_discounts();
      discount->set_until_day(Day(2025, 4, 1));
      discount->set_amount_minor(245);
    }
    if (i % 8 == 0) {
      item.set_kind(state::v1::ITEM_KIND_CREDIT_NOTE);
      item.set_amount_minor(-1'370);
      item.set_open_minor(-1'370);
    }
    account->Add(std::move(item));
  }
}

// Names one or two documents in some way, or none, and pays an amount that may fit.
PaymentFacts AnyFacts(std::mt19937* random, const LedgerAccount& account, int64_t* cents) {
  PaymentFacts facts;
  *cents = 0;
  const int count = static_cast<int>((*random)() % 3);
  for (int k = 0; k < count; ++k) {
    const int i = 1 + static_cast<int>((*random)() % kInvoices);
    *cents += account.Find(i)->open_minor() - ((*random)() % 3 == 0 ? 245 : 0);
    switch ((*random)() % 5) {
      case 0:
        facts.references.push_back(*identifiers::MakeRf(NumberOf(i)));
        break;
      case 1:
        facts.documents.push_back(NumberOf(i));
        break;
      case 2:
        facts.end_to_end_id = absl::StrCat("T", i);
        break;
      case 3:
        facts.references.push_back(*identifiers::MakeRf(absl::StrCat("K", i % 14)));
        break;
      default:
        facts.texts.push_back(absl::StrCat("pays ", i % 2 == 0 ? "FA" : "", "2025", 1000 + i));
    }
  }
  if (*cents <= 0) *cents = 10'000 + 137 * static_cast<int>((*random)() % 20);
  if ((*random)() % 2 == 0) facts.payer_account = "FR1";
  if ((*random)() % 4 == 0) facts.texts.push_back(absl::StrCat("20259", (*random)() % 100));
  return facts;
}

std::string TextOf(const std::vector<Match>& matches) {
  std::string text;
  for (const Match& match : matches) {
    absl::StrAppend(&text, match.hash, " ", match.confidence_permille, " ", match.why, "\n");
  }
  return text;
}

TEST(AccountLookTest, KeptOverManyPaymentsItFindsTheSame) {
  int64_t allocations = 0, discounts = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    StoredAccount stored;
    LedgerAccount account = stored.LoadAll();
    AddInvoices(&random, &account);
    std::vector<PaymentFacts> facts(kPayments);
    for (int k = 0; k < kPayments; ++k) {
      int64_t cents = 0;
      facts[k] = AnyFacts(&random, account, &cents);
      account.Add(Payment(kPaymentId + k, cents, Day(2025, 3, 1 + k % 28)));
    }
    AccountLook kept(account);
    for (int k = 0; k < kPayments; ++k) {
      const uint64_t id = kPaymentId + k;
      ASSERT_EQ(TextOf(FindMatches(*account.Find(id), facts[k], {}, kept)),
                TextOf(FindMatches(*account.Find(id), facts[k], {}, AccountLook(account))))
          << "seed " << seed << ", payment " << k;
      MatchOptions options;
      options.confidence_permille = 900;
      options.look = &kept;
      for (const auto& [rule, count] : MatchPayment(id, facts[k], &account, options)) allocations += count;
      for (int i = 1; i <= kInvoices; ++i) discounts += account.Find(DiscountId(id, i)) != nullptr ? 1 : 0;
      ASSERT_EQ(kept.settled_items(), AccountLook(account).settled_items());
    }
  }
  EXPECT_GT(allocations, 500);
  EXPECT_GT(discounts, 0);
}

}  // namespace
}  // namespace relance::ledger
