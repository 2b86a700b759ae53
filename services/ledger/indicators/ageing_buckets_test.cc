#include "services/ledger/indicators/ageing_buckets.h"

#include <gtest/gtest.h>

#include "common/status/domain_error.h"
#include "common/time/day.h"

namespace relance::ledger {
namespace {

struct EdgeCase {
  const char* due;
  const char* label;
};

TEST(AgeingBuckets, EdgesAreExact) {
  const AgeingBuckets buckets = *AgeingBuckets::Make({});
  const int32_t as_of = DayNumber(*ParseIsoDay("2025-06-30"));
  // FC-10: on the due date itself the item is not overdue. FC-46: edges to the day.
  for (const EdgeCase& row :
       {EdgeCase{"2025-07-01", "not due"}, EdgeCase{"2025-06-30", "not due"}, EdgeCase{"2025-06-29", "1-30"},
        EdgeCase{"2025-05-31", "1-30"}, EdgeCase{"2025-05-30", "31-60"}, EdgeCase{"2025-05-01", "31-60"},
        EdgeCase{"2025-04-30", "61-90"}, EdgeCase{"2025-04-01", "61-90"}, EdgeCase{"2025-03-31", "> 90"},
        EdgeCase{"1999-01-01", "> 90"}}) {
    SCOPED_TRACE(row.due);
    const int32_t due = DayNumber(*ParseIsoDay(row.due));
    const int bucket = buckets.BucketOf(due, as_of);
    EXPECT_EQ(buckets.Label(bucket), row.label);
    // The thresholds of the scan say the same.
    const std::vector<int32_t> thresholds = buckets.Thresholds(as_of);
    ASSERT_EQ(static_cast<int>(thresholds.size()), buckets.size());
    int scanned = -1;
    for (int b = 0; b < buckets.size(); ++b) scanned += due < thresholds[b];
    EXPECT_EQ(scanned, bucket);
  }
}

TEST(AgeingBuckets, OwnEdges) {
  const auto buckets = AgeingBuckets::Make({7, 120, 365});
  ASSERT_TRUE(buckets.ok());
  EXPECT_EQ(buckets->size(), 5);
  EXPECT_EQ(buckets->Label(1), "1-7");
  EXPECT_EQ(buckets->Label(2), "8-120");
  EXPECT_EQ(buckets->Label(3), "121-365");
  EXPECT_EQ(buckets->Label(4), "> 365");
}

TEST(AgeingBuckets, BadEdgesAreRefused) {
  for (const std::vector<int32_t>& edges : std::vector<std::vector<int32_t>>{
           {0}, {-5}, {30, 30}, {60, 30}, {3651}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}}) {
    const auto buckets = AgeingBuckets::Make(edges);
    ASSERT_FALSE(buckets.ok());
    EXPECT_EQ(ReasonOf(buckets.status()), "BUCKET_EDGES_INVALID");
  }
  EXPECT_TRUE(AgeingBuckets::Make({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 3650}).ok());
}

}  // namespace
}  // namespace relance::ledger
