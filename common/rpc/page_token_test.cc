#include "common/rpc/page_token.h"

#include "common/status/domain_error.h"
#include "gtest/gtest.h"

namespace relance::rpc {
namespace {

TEST(PageTokenTest, HoldsItsCursor) {
  for (const std::string& cursor :
       {std::string("C001"), std::string("\0\xFF", 2), std::string(kCursorBytesMax, 'x')}) {
    const std::string token = MakePageToken(cursor, "tenant=acme");
    EXPECT_LE(token.size(), kPageTokenBytesMax);
    EXPECT_EQ(*ParsePageToken(token, "tenant=acme"), cursor);
  }
  EXPECT_EQ(*ParsePageToken("", "tenant=acme"), "");
}

// The layout is a promise to clients that page while the service is updated.
TEST(PageTokenTest, IsStable) {
  EXPECT_EQ(MakePageToken("C001", "tenant=acme"), MakePageToken("C001", "tenant=acme"));
}

TEST(PageTokenTest, IsBoundToItsFilter) {
  const std::string token = MakePageToken("C001", "tenant=acme");
  EXPECT_EQ(ReasonOf(ParsePageToken(token, "tenant=other").status()), "PAGE_TOKEN_OF_ANOTHER_FILTER");
}

TEST(PageTokenTest, DamagedTokensAreRefused) {
  const std::string token = MakePageToken("C001", "f");
  for (size_t i = 0; i < token.size(); ++i) {
    SCOPED_TRACE(i);
    std::string damaged = token;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    absl::StatusOr<std::string> parsed = ParsePageToken(damaged, "f");
    // The last character may hold bits that stand for nothing.
    if (i + 1 == token.size() && parsed.ok()) continue;
    EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument);
  }
  for (const std::string& bad : {std::string("!"), std::string("AQ"), token.substr(0, 8), token + "AAAA",
                                 std::string(kPageTokenBytesMax + 1, 'A')}) {
    EXPECT_EQ(ReasonOf(ParsePageToken(bad, "f").status()), "PAGE_TOKEN_MALFORMED") << bad;
  }
}

TEST(PageSizeTest, ZeroIsTheDefaultAndTheCapHolds) {
  EXPECT_EQ(*PageSize(0, 50, 1000), 50);
  EXPECT_EQ(*PageSize(1, 50, 1000), 1);
  EXPECT_EQ(*PageSize(1000, 50, 1000), 1000);
  EXPECT_EQ(*PageSize(1001, 50, 1000), 1000);
  EXPECT_EQ(ReasonOf(PageSize(-1, 50, 1000).status()), "PAGE_SIZE_NEGATIVE");
}

}  // namespace
}  // namespace relance::rpc
