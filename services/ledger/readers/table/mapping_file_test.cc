#include "services/ledger/readers/table/mapping_file.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "services/ledger/readers/table/amount_text.h"
#include "services/ledger/readers/table/reasons.h"
#include "services/ledger/readers/table/shipped_mappings.h"
#include "services/ledger/readers/table/text_fold.h"

namespace relance::ledger {
namespace {

constexpr char kGood[] =
    "name: t\nkind: items\nconstants: {currency: EUR}\ncolumns: {account: A, number: N, issue_date: D, "
    "amount: M}\n";

TEST(MappingFileTest, EveryProblemIsNamedWithItsLineAndKey) {
  struct Case {
    const char* name;
    std::string yaml;
    std::string line, key;
  };
  const Case cases[] = {
      {"not a map", "- a\n", "1", ""},
      {"not YAML", "a: [\n", "2", ""},
      {"no name", "kind: accounts\ncolumns: by_field\n", "1", "name"},
      {"a name with a blank", "name: a b\nkind: accounts\ncolumns: by_field\n", "1", "name"},
      {"no kind", "name: t\n", "1", "kind"},
      {"unknown key", std::string(kGood) + "colour: red\n", "5", "colour"},
      {"key twice", std::string(kGood) + "name: u\n", "5", "name"},
      {"unknown field", "name: t\nkind: accounts\ncolumns:\n  account: A\n  acount: B\n", "5",
       "columns.acount"},
      {"field of another kind", "name: t\nkind: accounts\ncolumns:\n  account: A\n  amount: B\n", "5",
       "columns.amount"},
      {"required field",
       "name: t\nkind: items\nconstants: {currency: EUR}\ncolumns: {account: A, number: N, amount: "
       "M}\n",
       "1", "columns.issue_date"},
      {"amount and debit",
       std::string(kGood) + "skip: []\n" +
           "also: [{kind: bank, columns: {booking_date: D, amount: M, debit: X, credit: Y, "
           "currency: C}}]\n",
       "6", "also[0].columns.amount"},
      {"form of date", std::string(kGood) + "dates: dd/dd/yyyy\n", "5", "dates"},
      {"currency",
       "name: t\nkind: items\nconstants:\n  currency: EURO\ncolumns: {account: A, number: N, issue_date: D, "
       "amount: M}\n",
       "4", "constants.currency"},
      {"kind of a value", std::string(kGood) + "values: {kind: {F: bill}}\n", "5", "values.kind.F"},
      {"the same word twice", std::string(kGood) + "values: {segment: {Big: A, BIG: B}}\n", "5",
       "values.segment.BIG"},
      {"skip without a reason", std::string(kGood) + "skip:\n  - {column: S, is: X}\n", "6",
       "skip[0].reason"},
      {"skip with two tests", std::string(kGood) + "skip:\n  - {column: S, is: X, empty: true, reason: R}\n",
       "6", "skip[0]"},
      {"a position of 0", "name: t\nkind: accounts\ncolumns: {account: 0}\n", "3", "columns.account"},
      {"thousands as decimals", std::string(kGood) + "thousands: comma\n", "1", "thousands"},
      {"no header, but names", std::string(kGood) + "header: false\n", "1", "columns.account"},
      {"negative elsewhere",
       "name: t\nkind: bank\nnegative: payment\nconstants: {currency: EUR}\ncolumns: "
       "{booking_date: D, amount: M}\n",
       "1", "negative"},
      {"repeated without a key", std::string(kGood) + "repeated: skip\n", "1", "repeated"},
      {"terms", std::string(kGood) + "default_terms: soon\n", "5", "default_terms"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto mapping = ParseMapping(c.yaml, "m.yaml");
    ASSERT_FALSE(mapping.ok());
    const ErrorInfo info = ErrorInfoOf(mapping.status());
    EXPECT_EQ(info.reason, kMappingInvalid);
    EXPECT_EQ(info.metadata.at("line"), c.line) << mapping.status();
    EXPECT_EQ(info.metadata.at("key"), c.key) << mapping.status();
    EXPECT_EQ(info.metadata.at("file"), "m.yaml");
  }
}

TEST(MappingFileTest, WhatIsTooLargeOrTooDeepIsRefused) {
  EXPECT_FALSE(ParseMapping(std::string(kMappingBytesMax + 1, '#'), "m").ok());
  EXPECT_FALSE(ParseMapping(std::string(5000, '['), "m").ok());
  std::string dashes;
  for (int i = 0; i < 5000; ++i) dashes += "- ";
  EXPECT_FALSE(ParseMapping(dashes, "m").ok());
  EXPECT_TRUE(ParseMapping(kGood, "m").ok());
}

TEST(MappingFileTest, EveryShippedMappingReadsAndHasAName) {
  EXPECT_GE(ShippedMappings().size(), 8u);
  for (const Mapping& mapping : ShippedMappings()) {
    EXPECT_FALSE(mapping.name.empty());
    EXPECT_FALSE(mapping.description.empty()) << mapping.name;
    EXPECT_EQ(FindShippedMapping(mapping.name), &mapping);
  }
  EXPECT_EQ(FindShippedMapping("no-such"), nullptr);
  EXPECT_EQ(FindMappingOf(ShippedMappings(), "x.csv", "a;b;c\n1;2;3\n"), nullptr);
}

TEST(MappingFileTest, AFileIsFoundByItsNameAndColumns) {
  Mapping mapping =
      *ParseMapping(std::string(kGood) + "match: {files: '*grand_livre*.csv', columns: [A, M]}\n", "m");
  EXPECT_TRUE(Fits(mapping, "2026_Grand_Livre_03.csv", {"a", "x", "m"}));
  EXPECT_FALSE(Fits(mapping, "other.csv", {"a", "x", "m"}));
  EXPECT_FALSE(Fits(mapping, "2026_Grand_Livre_03.csv", {"a", "x"}));
  EXPECT_TRUE(FitsPattern("a?c*", "ABCd"));
  EXPECT_FALSE(FitsPattern("a?c", "abcd"));
  EXPECT_TRUE(FitsPattern("*", ""));
  EXPECT_FALSE(FitsPattern("?", ""));
}

TEST(DateFormTest, ReadsWhatTheFormSays) {
  struct Case {
    const char *form, *text, *day;
  };
  const Case cases[] = {
      {"dd/mm/yyyy", "31/03/2026", "2026-03-31"},
      {"mm/dd/yyyy", "03/31/2026", "2026-03-31"},
      {"d/m/yy", "1/3/26", "2026-03-01"},
      {"d/m/yy", "1/3/85", "1985-03-01"},
      {"yyyymmdd", "20260331", "2026-03-31"},
      {"ddmmyy", "310326", "2026-03-31"},
      {"d-mmm-yy", "1-août-26", "2026-08-01"},
      {"d-mmm-yy", "1-mrt-26", "2026-03-01"},
      {"d mmm yyyy", "5 Mär. 2026", "2026-03-05"},
      {"d mmm yyyy", "05 déc. 2026", "2026-12-05"},
      {"mmm d, yyyy", "May 5, 2026", "2026-05-05"},
      {"yyyy-mm-dd", "2026-03-31T10:15:00Z", "2026-03-31"},
      {"dd/mm/yyyy", "31/03/2026 10:15", "2026-03-31"},
      {"dd/mm/yyyy", "31/03/2026 x", ""},
      {"dd/mm/yyyy", "1/3/2026", ""},
      {"dd/mm/yyyy", "31/02/2026", ""},
      {"yyyy-mm-dd", "not-a-date", ""},
      {"d-mmm-yy", "1-xyz-26", ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(absl::StrCat(c.form, " ", c.text));
    const auto form = DateForm::Parse(c.form);
    if (!form.ok()) {
      EXPECT_STREQ(c.day, "");
      continue;
    }
    const auto day = form->Read(c.text);
    EXPECT_EQ(day.ok() ? FormatIsoDay(*day) : "", c.day);
  }
  for (const char* form : {"", "dd/mm", "dd/mm/yyy", "dd/mm/yyyy dd", "ddd/mm/yyyy", "x/mm/yyyy"}) {
    EXPECT_EQ(ReasonOf(DateForm::Parse(form).status()), kDateFormInvalid) << form;
  }
}

TEST(DateFormTest, KnowsTheMonthsOfFourLanguages) {
  const std::vector<std::vector<std::string>> months = {
      {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
       "novembre", "décembre"},
      {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
       "november", "december"},
      {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
       "November", "Dezember"},
      {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
       "November", "December"}};
  for (const auto& language : months) {
    for (int i = 0; i < 12; ++i) EXPECT_EQ(MonthOfName(FoldText(language[i])), i + 1) << language[i];
  }
}

TEST(TextFoldTest, FoldsLettersAndLeavesOutTheRest) {
  EXPECT_EQ(FoldText("  N° Facture "), "n facture");
  EXPECT_EQ(FoldText("Échéance"), "echeance");
  EXPECT_EQ(FoldText("Größe_(cm)"), "grosse cm");
  EXPECT_EQ(FoldText("œuvre"), "oeuvre");
  EXPECT_EQ(FoldText("e\xCC\x81t\xC3\xA9"), "ete");
  EXPECT_EQ(FoldText("€ - /"), "");
  EXPECT_EQ(FoldText("\xFF\xFE"), "");
}

TEST(AmountTextTest, TakesTheCurrencyAway) {
  const DecimalStyle comma{DecimalStyle::Mark::kComma, ' '};
  EXPECT_EQ(*ReadTableAmount("1 234,56 €", "EUR", comma, false), 123'456);
  EXPECT_EQ(*ReadTableAmount("EUR 5,00", "EUR", comma, false), 500);
  EXPECT_EQ(*ReadTableAmount("(5,00)", "EUR", comma, true), -500);
  EXPECT_FALSE(ReadTableAmount("(5,00)", "EUR", comma, false).ok());
  EXPECT_FALSE(ReadTableAmount("(5,00", "EUR", comma, true).ok());
  EXPECT_FALSE(ReadTableAmount("5,00 USD", "EUR", comma, false).ok());
}

}  // namespace
}  // namespace relance::ledger
