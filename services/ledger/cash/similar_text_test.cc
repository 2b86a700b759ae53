#include "services/ledger/cash/similar_text.h"

#include <gtest/gtest.h>

#include <set>

#include "services/ledger/cash/subset_sum.h"

namespace relance::ledger {
namespace {

TEST(SimilarTextTest, OneSlipOfAHand) {
  struct Case {
    const char *a, *b;
    bool slip;
  };
  const Case cases[] = {
      {"FA20250012", "FA20250021", true},   // neighbours swapped
      {"FA20250012", "FA20250013", true},   // one replaced
      {"FA20250012", "FA2025012", true},    // one left out
      {"FA20250012", "FA202500012", true},  // one added
      {"FA20250012", "FA20250012", false},  // none
      {"FA20250012", "FA20250023", false},  // two
      {"FA20250012", "FA20210052", false},  // swapped, but not neighbours
      {"12345", "12346", false},            // too short
      {"123456", "123457", true},           // long enough
  };
  for (const Case& row : cases) {
    EXPECT_EQ(DiffersByOneSlip(row.a, row.b), row.slip) << row.a << " " << row.b;
    EXPECT_EQ(DiffersByOneSlip(row.b, row.a), row.slip) << row.b << " " << row.a;
  }
}

TEST(SimilarTextTest, EverySlipIsOneThatIsVisited) {
  std::set<std::string> slips;
  VisitSlips("FA250012", [&](absl::string_view slip) {
    slips.insert(std::string(slip));
    return true;
  });
  for (const std::string& slip : slips) {
    EXPECT_TRUE(slip == "FA250012" || DiffersByOneSlip(slip, "FA250012")) << slip;
  }
  for (const char* meant : {"FA250021", "FA250013", "FA25012", "FA2500012", "FA520012"}) {
    EXPECT_EQ(slips.count(meant), 1u) << meant;
  }
}

TEST(SimilarTextTest, CutOffNumbers) {
  EXPECT_TRUE(IsCutOff("FA20250", "FA20250012"));
  EXPECT_TRUE(IsCutOff("250012", "FA20250012"));
  EXPECT_FALSE(IsCutOff("FA202", "FA20250012"));  // half of it
  EXPECT_FALSE(IsCutOff("A20250", "FA20250012"));
  EXPECT_FALSE(IsCutOff("FA20250012", "FA20250012"));
}

TEST(SimilarTextTest, Names) {
  struct Case {
    const char *payer, *debtor;
    NameFit fit;
  };
  const Case cases[] = {
      {"JARDIN & FILS SARL", "Jardin & Fils  SARL", NameFit::kSame},
      {"SARL JARDIN", "Jardin SARL", NameFit::kSimilar},
      {"Boulangerie Géraud", "BOULANGERIE GERAUD SAS", NameFit::kSimilar},
      {"TRANSPORTS MERCI", "Transports Mercier Lyon SA", NameFit::kSimilar},  // cut off by a bank
      {"Menuiserie Duont", "Menuiserie Dupont", NameFit::kSimilar},
      {"Garage Martin", "Garage Moreau", NameFit::kPartly},
      {"Cabinet Durand", "Garage Moreau", NameFit::kDifferent},
      {"", "Garage Moreau", NameFit::kNone},
      {"SARL", "Garage Moreau", NameFit::kNone},
  };
  for (const Case& row : cases) EXPECT_EQ(CompareNames(row.payer, row.debtor), row.fit) << row.payer;
}

TEST(SimilarTextTest, NumberWords) {
  EXPECT_EQ(NumberWords({"FACT FA-2025/0001"}),
            (std::vector<std::string>{"FACTFA2025", "FA2025", "FA20250001", "20250001"}));
  EXPECT_TRUE(NumberWords({"MERCI 123", ""}).empty());
}

TEST(SubsetSumTest, OnlyOneSolutionCounts) {
  struct Case {
    const char* name;
    std::vector<int64_t> amounts;
    int64_t sum;
    int found;
    std::vector<int> only;
  };
  const Case cases[] = {
      {"one of them", {100, 200, 400}, 200, 1, {1}},
      {"two of them", {100, 200, 400}, 500, 1, {0, 2}},
      {"all", {100, 200, 400}, 700, 1, {0, 1, 2}},
      {"none", {100, 200, 400}, 650, 0, {}},
      {"several", {100, 200, 300}, 300, 2, {}},
      {"nothing there", {}, 100, 0, {}},
      {"seven are too many", std::vector<int64_t>(7, 100), 700, 0, {}},
      {"six are not", std::vector<int64_t>(6, 100), 600, 1, {0, 1, 2, 3, 4, 5}},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.name);
    const SubsetSum subset = FindSubset(row.amounts, row.sum);
    EXPECT_EQ(subset.found, row.found);
    EXPECT_EQ(subset.only, row.only);
  }
}

TEST(SubsetSumTest, OnlyTheOldestAreTried) {
  std::vector<int64_t> amounts;
  for (size_t i = 0; i < kSubsetItemsMax; ++i) amounts.push_back(1'000'000 << (i % 8));
  amounts.push_back(7);
  EXPECT_EQ(FindSubset(amounts, 7).found, 0);
  amounts[kSubsetItemsMax - 1] = 7;
  EXPECT_EQ(FindSubset(amounts, 7).only, (std::vector<int>{static_cast<int>(kSubsetItemsMax) - 1}));
}

}  // namespace
}  // namespace relance::ledger
