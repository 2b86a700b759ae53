#include "common/rpc/request_id.h"

#include "common/status/domain_error.h"
#include "gtest/gtest.h"

namespace relance::rpc {
namespace {

TEST(RequestIdTest, UuidsInEitherCaseAreOne) {
  EXPECT_EQ(*CanonicalRequestId("6BA7B810-9dad-11d1-80b4-00C04FD430c8"),
            "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
}

TEST(RequestIdTest, EverythingElseIsRefused) {
  EXPECT_EQ(ReasonOf(CanonicalRequestId("").status()), "REQUEST_ID_MISSING");
  for (const char* bad : {"6ba7b8109dad11d180b400c04fd430c8", "6ba7b810-9dad-11d1-80b4-00c04fd430c",
                          "6ba7b810-9dad-11d1-80b4-00c04fd430c80", "6ba7b810-9dad-11d1-80b4-00c04fd430cg",
                          "{6ba7b810-9dad-11d1-80b4-00c04fd430c8}", "6ba7b810_9dad_11d1_80b4_00c04fd430c8",
                          "00000000-0000-0000-0000-000000000000", "invoice 17"}) {
    EXPECT_EQ(ReasonOf(CanonicalRequestId(bad).status()), "REQUEST_ID_MALFORMED") << bad;
  }
}

TEST(RequestIdTest, DerivedOnesRepeatAndDiffer) {
  const std::string id = DeriveRequestId({"scenario", "acme", "C001", "1", "3"});
  EXPECT_EQ(id, DeriveRequestId({"scenario", "acme", "C001", "1", "3"}));
  EXPECT_EQ(*CanonicalRequestId(id), id);
  EXPECT_EQ(id[14], '8');
  EXPECT_NE(DeriveRequestId({"a", "bc"}), DeriveRequestId({"ab", "c"}));
  EXPECT_NE(DeriveRequestId({"a"}), DeriveRequestId({"a", ""}));
}

}  // namespace
}  // namespace relance::rpc
