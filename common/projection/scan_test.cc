#include "common/projection/scan.h"

#include <gtest/gtest.h>

#include <random>

namespace relance::projection {
namespace {

void ExpectSame(const ScanResult& a, const ScanResult& b) {
  EXPECT_TRUE(a.debit_minor == b.debit_minor);
  EXPECT_EQ(a.debit_items, b.debit_items);
  EXPECT_TRUE(a.all_debit_minor == b.all_debit_minor);
  EXPECT_TRUE(a.all_credit_minor == b.all_credit_minor);
  EXPECT_EQ(a.all_debit_items, b.all_debit_items);
  EXPECT_EQ(a.all_credit_items, b.all_credit_items);
}

TEST(ScanDue, ThresholdIsExclusiveAndCreditsStandApart) {
  const std::vector<int32_t> due = {99, 100, 101, kNoDay, 50, 50};
  const std::vector<int64_t> open = {1, 10, 100, 1000, -7, 0};
  const ScanResult result = ScanDue(due, open, std::vector<int32_t>{100, 101, kNoDay});
  EXPECT_EQ(static_cast<int64_t>(result.debit_minor[0]), 1);
  EXPECT_EQ(static_cast<int64_t>(result.debit_minor[1]), 11);
  EXPECT_EQ(static_cast<int64_t>(result.debit_minor[2]), 111) << "no due day is before no threshold";
  EXPECT_EQ(result.debit_items[2], 3);
  EXPECT_EQ(static_cast<int64_t>(result.all_debit_minor), 1111);
  EXPECT_EQ(static_cast<int64_t>(result.all_credit_minor), -7);
  EXPECT_EQ(result.all_debit_items, 4);
  EXPECT_EQ(result.all_credit_items, 1);
}

TEST(ScanDue, EveryKernelAgreesWithTheReference) {
  std::mt19937_64 random(20250331);
  int kernels = 0;
  for (const char* kernel : {"plain", "avx2", "avx512"}) {
    SCOPED_TRACE(kernel);
    ScanResult found;
    if (!ScanDueWith(kernel, {}, {}, {}, &found)) continue;
    ++kernels;
    for (const int rows :
         {0, 1, 3, 4, 7, 15, 16, 17, 100, kBlockRows - 1, kBlockRows, kBlockRows + 1, 10'000}) {
      for (const int count : {0, 1, 4, 5, 6, 10, 13}) {
        std::vector<int32_t> due(rows), thresholds(count);
        std::vector<int64_t> open(rows);
        for (int32_t& day : due)
          day = random() % 20 == 0 ? kNoDay : static_cast<int32_t>(random() % 300) - 100;
        for (int64_t& amount : open) {
          const int64_t size = random() % 2 == 0 ? 1000 : kFastAmountMax;
          amount = static_cast<int64_t>(random() % (2 * size + 1)) - size;
          if (random() % 8 == 0) amount = 0;
        }
        for (int32_t& day : thresholds)
          day = random() % 8 == 0 ? kNoDay : static_cast<int32_t>(random() % 300) - 100;
        ASSERT_TRUE(ScanDueWith(kernel, due, open, thresholds, &found));
        SCOPED_TRACE(testing::Message() << rows << " rows, " << count << " thresholds");
        ExpectSame(found, ScanDueSlowly(due, open, thresholds));
      }
    }
  }
  EXPECT_GE(kernels, 1);
}

TEST(ScanDue, ExactAtTheLargestAmount) {
  const std::vector<int32_t> due(3 * kBlockRows, 5);
  const std::vector<int64_t> open(3 * kBlockRows, kFastAmountMax);
  ExpectSame(ScanDue(due, open, std::vector<int32_t>{6}), ScanDueSlowly(due, open, std::vector<int32_t>{6}));
}

}  // namespace
}  // namespace relance::projection
