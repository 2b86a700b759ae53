#include "common/rpc/trace_context.h"

#include <set>

#include "gtest/gtest.h"

namespace relance::rpc {
namespace {

constexpr char kGood[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContextTest, ParsesAndFormats) {
  TraceContext trace;
  ASSERT_TRUE(ParseTraceparent(kGood, &trace));
  EXPECT_EQ(trace.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(trace.span_id, "00f067aa0ba902b7");
  EXPECT_TRUE(trace.sampled);
  EXPECT_EQ(trace.Header(), kGood);
}

TEST(TraceContextTest, RefusesWhatIsMalformed) {
  for (const char* bad : {"", "00", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                          "00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                          "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
                          "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01"}) {
    SCOPED_TRACE(bad);
    TraceContext trace{"kept", "", false};
    EXPECT_FALSE(ParseTraceparent(bad, &trace));
    EXPECT_EQ(trace.trace_id, "kept");
  }
}

TEST(TraceContextTest, NewOnesAreValidAndDistinct) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const TraceContext made = NewTrace();
    TraceContext parsed;
    EXPECT_TRUE(ParseTraceparent(made.Header(), &parsed)) << made.Header();
    EXPECT_TRUE(seen.insert(made.trace_id).second);
  }
}

TEST(TraceContextTest, ASpanKeepsItsTrace) {
  TraceContext parent;
  ASSERT_TRUE(ParseTraceparent(kGood, &parent));
  const TraceContext child = NewSpan(parent);
  EXPECT_EQ(child.trace_id, parent.trace_id);
  EXPECT_NE(child.span_id, parent.span_id);
  EXPECT_TRUE(child.sampled);
}

}  // namespace
}  // namespace relance::rpc
