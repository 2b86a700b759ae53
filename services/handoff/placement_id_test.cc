#include "services/handoff/placement_id.h"

#include "gtest/gtest.h"

namespace relance::handoff {
namespace {

TEST(PlacementIdTest, LeadsBackToTheAccount) {
  struct Row {
    store::AccountKey key;
    int n;
    std::string id;
  };
  const Row rows[] = {
      {{"verger", "RJKO00"}, 1, "verger-RJKO00-1"},
      {{"a-b", "1"}, 12, "a-b-1-12"},
      {{"a", "b-1"}, 12, "a-b_2D1-12"},
      {{"a", "C_0 1/é"}, 3, "a-C_5F0_201_2F_C3_A9-3"},
      {{"a-1-2", "~x"}, 2147483647, "a-1-2-_7Ex-2147483647"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.id);
    EXPECT_EQ(PlacementId(row.key, row.n), row.id);
    EXPECT_EQ(AccountOfPlacement(row.id), row.key);
  }
}

TEST(PlacementIdTest, OtherTextsAreNoIds) {
  for (const char* text : {"", "-", "--", "a", "a-1", "a--1", "a-b-0", "a-b-01", "a-b--1", "a-b-x", "a-b_2-1",
                           "a-b_zz-1", "a-b_2d-1", "a-b_41-1", "a-b-99999999999"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(AccountOfPlacement(text).has_value());
  }
}

}  // namespace
}  // namespace relance::handoff
