#include "common/metrics/metrics.h"

#include <thread>

#include "common/metrics/process_collector.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace relance::metrics {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MetricsTest, CountersGaugesAndHistogramsAreRendered) {
  prometheus::Registry registry;
  CounterFamily calls("relance_test_calls_total", "Calls", {"code"}, registry);
  GaugeFamily depth("relance_test_depth", "Depth", {}, registry);
  HistogramFamily seconds("relance_test_seconds", "Time in seconds", RpcBuckets(), {"method"}, registry);
  calls.With({"OK"}).Increment();
  calls.With({"OK"}).Increment();
  depth.With().Set(7);
  seconds.With({"Get"}).Observe(0.0004);
  seconds.With({"Get"}).Observe(4);
  const std::string text = RenderText(registry);
  EXPECT_THAT(text,
              HasSubstr("# HELP relance_test_calls_total Calls\n# TYPE relance_test_calls_total counter\n"
                        "relance_test_calls_total{code=\"OK\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("relance_test_depth 7\n"));
  EXPECT_THAT(text, HasSubstr("relance_test_seconds_bucket{method=\"Get\",le=\"0.0005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("relance_test_seconds_bucket{method=\"Get\",le=\"2.5\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("relance_test_seconds_bucket{method=\"Get\",le=\"5\"} 2\n"));
}

TEST(MetricsTest, ChildrenAreCachedAndFamiliesOfOneNameShareThem) {
  prometheus::Registry registry;
  CounterFamily first("relance_test_total", "Calls", {"a", "b"}, registry);
  CounterFamily second("relance_test_total", "Calls", {"a", "b"}, registry);
  EXPECT_EQ(&first.With({"x", "y"}), &first.With({"x", "y"}));
  EXPECT_EQ(&first.With({"x", "y"}), &second.With({"x", "y"}));
  EXPECT_NE(&first.With({"x", "y"}), &first.With({"xy", ""}));
}

TEST(MetricsTest, TheNumberOfChildrenIsBounded) {
  prometheus::Registry registry;
  CounterFamily family("relance_test_total", "Calls", {"id"}, registry);
  for (size_t i = 0; i < kChildrenMax + 5; ++i) family.With({absl::StrCat("id", i)}).Increment();
  const std::string text = RenderText(registry);
  EXPECT_THAT(text, HasSubstr(absl::StrCat("{id=\"id", kChildrenMax - 1, "\"} 1\n")));
  EXPECT_THAT(text, Not(HasSubstr(absl::StrCat("{id=\"id", kChildrenMax, "\"}"))));
  EXPECT_THAT(text, HasSubstr("{id=\"other\"} 5\n"));
}

TEST(MetricsTest, ManyThreadsCountExactly) {
  prometheus::Registry registry;
  CounterFamily family("relance_test_total", "Calls", {"t"}, registry);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) family.With({i % 2 == 0 ? "even" : "odd"}).Increment();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(family.With({"even"}).Value(), 2000);
  EXPECT_EQ(family.With({"odd"}).Value(), 2000);
}

TEST(MetricsTest, BuildInfoIsOne) {
  prometheus::Registry registry;
  SetBuildInfo("ledger", "0.1.0", "abc", registry);
  EXPECT_THAT(RenderText(registry),
              HasSubstr("relance_build_info{revision=\"abc\",service=\"ledger\",version=\"0.1.0\"} 1\n"));
}

TEST(ProcStatTest, TheProgramNameMayHoldAnything) {
  ProcStat stat;
  ASSERT_TRUE(
      ParseProcStat("42 (a ) b) S 1 2 3 4 5 6 7 8 9 10 100 23 13 14 15 16 8 18 5000 777216 321 22", &stat));
  EXPECT_EQ(stat.cpu_ticks, 123);
  EXPECT_EQ(stat.threads, 8);
  EXPECT_EQ(stat.start_ticks, 5000);
  EXPECT_EQ(stat.virtual_bytes, 777216);
  EXPECT_EQ(stat.resident_pages, 321);
  EXPECT_FALSE(ParseProcStat("", &stat));
  EXPECT_FALSE(ParseProcStat("42 (a) S 1 2", &stat));
}

TEST(ProcessCollectorTest, ReadsThisProcess) {
  std::vector<std::string> names;
  for (const prometheus::MetricFamily& family : ProcessCollector().Collect()) {
    names.push_back(family.name);
    const auto& metric = family.metric.at(0);
    EXPECT_GE(family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value,
              family.name == "process_cpu_seconds_total" ? 0 : 1)
        << family.name;
  }
  EXPECT_THAT(
      names, ::testing::UnorderedElementsAre(
                 "process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes",
                 "process_threads", "process_start_time_seconds", "process_open_fds", "process_max_fds"));
}

TEST(ProcessCollectorTest, WhatCannotBeReadIsLeftOut) {
  for (const prometheus::MetricFamily& family : ProcessCollector("/nonexistent").Collect()) {
    EXPECT_EQ(family.name, "process_max_fds");
  }
}

}  // namespace
}  // namespace relance::metrics
