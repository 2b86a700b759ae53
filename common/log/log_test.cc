#include "common/log/log.h"

#include <thread>

#include "common/log/format.h"
#include "common/status/domain_error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace relance::log {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class LogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Configure({.service = "ledger", .form = Options::Form::kJson});
    SetSink([this](absl::string_view line) { lines_.emplace_back(line); });
  }
  void TearDown() override {
    SetSink(nullptr);
    Configure({});
  }
  std::vector<std::string> lines_;
};

TEST(LogFormatTest, JsonLineHasAllParts) {
  const Record record{
      absl::FromUnixMicros(1740823200123456), Severity::kWarning, "ledger", "feed is behind", "abc",
      {{"partition", "3"}, {"late", "true"}}};
  EXPECT_EQ(FormatJson(record),
            R"({"time":"2025-03-01T10:00:00.123456Z","severity":"WARNING","service":"ledger",)"
            R"("message":"feed is behind","traceId":"abc","fields":{"partition":3,"late":true}})");
  EXPECT_EQ(FormatHuman(record),
            "10:00:00.123 WARNING ledger feed is behind partition=3 late=true traceId=abc");
}

TEST(LogFormatTest, EmptyPartsAreLeftOut) {
  EXPECT_EQ(FormatJson({absl::UnixEpoch(), Severity::kInfo, "", "m", "", {}}),
            R"({"time":"1970-01-01T00:00:00.000000Z","severity":"INFO","message":"m"})");
}

TEST(LogFormatTest, JsonStringsAreEscaped) {
  EXPECT_EQ(JsonString("a\"b\\c\nd\x01"), R"("a\"b\\c\nd\u0001")");
  EXPECT_EQ(JsonString("caf\xC3\xA9"), "\"caf\xC3\xA9\"");
  EXPECT_EQ(JsonString("bad\xC3"), "\"bad?\"") << "cut sequence";
  EXPECT_EQ(JsonString("\xC0\xAF"), "\"??\"") << "overlong sequence";
  EXPECT_EQ(JsonString("\xED\xA0\x80"), "\"???\"") << "surrogate";
}

TEST_F(LogTest, WritesFieldsOfEveryType) {
  Info("worker started", {{"partition", 3},
                          {"share", 0.5},
                          {"leader", true},
                          {"replica", "ledger-0"},
                          {"waited", absl::Milliseconds(20)}});
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_THAT(lines_[0], HasSubstr(R"("service":"ledger","message":"worker started",)"
                                   R"("fields":{"partition":3,"share":0.5,"leader":true,)"
                                   R"("replica":"ledger-0","waited":0.02}})"));
}

TEST_F(LogTest, MailAddressesAndNamesDoNotGetThrough) {
  Info("contact", {{"id", "jean.dupont@example.org"}, {"other", "Jean Dupont"}, {"third", "Z\xC3\xA9"}});
  EXPECT_THAT(lines_[0], HasSubstr(R"("id":"jean.dupont?example.org","other":"Jean?Dupont","third":"Z??")"));
}

TEST_F(LogTest, LongIdsAreCut) {
  Info("m", {{"id", std::string(kIdBytesMax, 'a')}, {"cut", std::string(kIdBytesMax + 1, 'b')}});
  EXPECT_THAT(lines_[0], HasSubstr(std::string(kIdBytesMax, 'a')));
  EXPECT_THAT(lines_[0], Not(HasSubstr(std::string(kIdBytesMax + 1, 'b'))));
}

TEST_F(LogTest, StatusAddsCodeReasonAndText) {
  Write(Severity::kError, "commit failed",
        DomainError(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE", "no answer from the store"),
        {{"partition", 7}});
  EXPECT_THAT(lines_[0],
              HasSubstr(R"("fields":{"partition":7,"code":"UNAVAILABLE","reason":"STORE_UNAVAILABLE",)"
                        R"("error":"no answer from the store"})"));
}

TEST_F(LogTest, LinesBelowTheLevelAreNotWritten) {
  Debug("d");
  EXPECT_TRUE(lines_.empty());
  Configure({.severity_min = Severity::kDebug, .form = Options::Form::kJson});
  Debug("d");
  EXPECT_EQ(lines_.size(), 1u);
}

TEST_F(LogTest, TraceIdNestsAndStaysInItsThread) {
  const ScopedTraceId outer("outer");
  {
    const ScopedTraceId inner("inner");
    Info("a");
  }
  Info("b");
  std::thread([] { Info("c"); }).join();
  EXPECT_THAT(lines_, ElementsAre(HasSubstr(R"("traceId":"inner")"), HasSubstr(R"("traceId":"outer")"),
                                  Not(HasSubstr("traceId"))));
}

TEST_F(LogTest, LinesOfManyThreadsStayWhole) {
  constexpr int kThreads = 4, kLines = 200;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < kLines; ++i) Info("line", {{"thread", t}, {"i", i}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(lines_.size(), static_cast<size_t>(kThreads * kLines));
}

TEST(RateLimitTest, OneLinePerPeriodAndTheOthersAreCounted) {
  RateLimit limit(absl::Nanoseconds(100));
  int64_t suppressed = -1;
  EXPECT_TRUE(limit.Admit(1000, &suppressed));
  EXPECT_EQ(suppressed, 0);
  EXPECT_FALSE(limit.Admit(1000, &suppressed));
  EXPECT_FALSE(limit.Admit(1099, &suppressed));
  EXPECT_TRUE(limit.Admit(1100, &suppressed));
  EXPECT_EQ(suppressed, 2);
}

TEST(ParseSeverityTest, KnownNamesOnly) {
  Severity severity = Severity::kInfo;
  EXPECT_TRUE(ParseSeverity("error", &severity));
  EXPECT_EQ(severity, Severity::kError);
  EXPECT_FALSE(ParseSeverity("ERROR", &severity));
  EXPECT_FALSE(ParseSeverity("", &severity));
}

}  // namespace
}  // namespace relance::log
