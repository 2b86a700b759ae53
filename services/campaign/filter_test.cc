#include "services/campaign/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status/domain_error.h"

namespace relance::campaign {
namespace {

using testing::ElementsAre;

TEST(ParseFilter, TermsJoinedByAnd) {
  const auto filter = ParseFilter(
      R"(overdue > 5000.50 and age>=90 AND region in ("Nord", "Île \"de\" France") and late_probability < 0.7)");
  ASSERT_TRUE(filter.ok()) << filter.status();
  ASSERT_EQ(filter->terms.size(), 4);
  EXPECT_EQ(filter->terms[0].field, Field::kOverdue);
  EXPECT_EQ(filter->terms[0].op, Operator::kGreater);
  EXPECT_THAT(filter->terms[0].numbers, ElementsAre(5'000'500'000));
  EXPECT_EQ(filter->terms[1].op, Operator::kGreaterOrEqual);
  EXPECT_EQ(filter->terms[2].op, Operator::kIn);
  EXPECT_THAT(filter->terms[2].texts, ElementsAre("Nord", "Île \"de\" France"));
  EXPECT_THAT(filter->terms[3].numbers, ElementsAre(700'000));
}

TEST(ParseFilter, EveryFieldAndOperator) {
  for (const char* text :
       {"overdue = 1", "open != 1", "age < 1", "oldest_invoice_age <= 1", "items in (1,2,3)",
        "late_probability >= 0.5", "region = \"x\"", "sector != \"x\"", "segment in (\"x\")",
        "country = \"FR\"", "collector = \"u1\"", "customer_type = \"public\"", "state = \"on_plan\"",
        "state in (\"none\", \"active\")", "account = \"C \\\\ 1\"", "items = -1", "  age  =  0  "}) {
    EXPECT_TRUE(ParseFilter(text).ok()) << text << ParseFilter(text).status();
  }
}

struct Bad {
  const char* text;
  const char* position;
  const char* expected;
};

TEST(ParseFilter, ErrorsNamePositionAndExpectation) {
  for (const Bad& row : {
           Bad{"", "1", "one of overdue, open"},
           Bad{"turnover > 5", "1", "one of overdue, open"},
           Bad{"overdue", "8", "=, !=, >, >=, <, <= or in"},
           Bad{"overdue > ", "11", "a number"},
           Bad{"overdue > \"5\"", "11", "a number"},
           Bad{"overdue > 5.", "13", "a decimal"},
           Bad{"overdue > 5.1234567", "19", "at most 6 decimals"},
           Bad{"overdue > 1234567890123", "23", "a number of at most 12 digits"},
           Bad{"overdue > 5 or age > 3", "13", "\"and\" or the end"},
           Bad{"overdue > 5 and", "16", "one of overdue, open"},
           Bad{"region > \"x\"", "8", "=, != or in"},
           Bad{"region = Nord", "10", "a text in double quotes"},
           Bad{"region = \"Nord", "15", "the closing double quote"},
           Bad{"region = \"No\\rd\"", "14", "\\\" or \\\\"},
           Bad{"region in \"x\"", "11", "\"(\""},
           Bad{"region in (\"x\" \"y\")", "16", "\",\" or \")\""},
           Bad{"region in ()", "12", "a text in double quotes"},
           Bad{"state = \"sleeping\"", "9", "one of none, settled"},
       }) {
    SCOPED_TRACE(row.text);
    const absl::Status status = ParseFilter(row.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    const ErrorInfo info = ErrorInfoOf(status);
    EXPECT_EQ(info.reason, "FILTER_INVALID");
    EXPECT_EQ(info.metadata.at("position"), row.position);
    EXPECT_THAT(info.metadata.at("expected"), testing::StartsWith(row.expected));
  }
}

TEST(ParseFilter, IsBounded) {
  EXPECT_FALSE(ParseFilter(std::string(kFilterBytesMax + 1, ' ')).ok());
  const auto terms = [](size_t count) {
    std::string text = "age>0";
    for (size_t i = 1; i < count; ++i) text += " and age>0";
    return text;
  };
  EXPECT_TRUE(ParseFilter(terms(kFilterTermsMax)).ok());
  EXPECT_FALSE(ParseFilter(terms(kFilterTermsMax + 1)).ok());
  const auto values = [](size_t count) {
    std::string text = "items in (0";
    for (size_t i = 1; i < count; ++i) text += ",0";
    return text + ")";
  };
  EXPECT_TRUE(ParseFilter(values(kFilterValuesMax)).ok());
  EXPECT_FALSE(ParseFilter(values(kFilterValuesMax + 1)).ok());
  EXPECT_TRUE(ParseFilter("region=\"" + std::string(kFilterTextBytesMax, 'x') + "\"").ok());
  EXPECT_FALSE(ParseFilter("region=\"" + std::string(kFilterTextBytesMax + 1, 'x') + "\"").ok());
}

}  // namespace
}  // namespace relance::campaign
