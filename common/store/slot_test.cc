#include "common/store/slot.h"

#include <gtest/gtest.h>

namespace relance::store {
namespace {

struct Row {
  const char* key;
  int slot;  // as CLUSTER KEYSLOT says
};

TEST(SlotTest, AgreesWithRedis) {
  for (const Row& row : {Row{"123456789", 12739}, Row{"foo", 12182}, Row{"{foo}bar", 12182},
                         Row{"x{foo}{bar}", 12182}, Row{"{}foo", 9500}, Row{"", 0}}) {
    SCOPED_TRACE(row.key);
    EXPECT_EQ(SlotOf(row.key), row.slot);
  }
}

TEST(SlotTest, KeysOfOnePartitionShareASlot) {
  EXPECT_EQ(SlotOf("{p07}:feed"), SlotOf("{p07}:acct:t/a{x}"));
  EXPECT_NE(SlotOf("{p07}:feed"), SlotOf("{p08}:feed"));
  EXPECT_NE(SlotOf("{foo"), SlotOf("foo"));
}

}  // namespace
}  // namespace relance::store
