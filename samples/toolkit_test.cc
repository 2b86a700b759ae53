#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/identifiers/bank.h"
#include "common/identifiers/company.h"
#include "common/identifiers/reference.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "samples/testing/strict_reader.h"
#include "samples/toolkit/csv.h"
#include "samples/toolkit/made_up_identity.h"
#include "samples/toolkit/random.h"
#include "samples/toolkit/statement.h"

namespace relance::samples {
namespace {

using ::testing::ElementsAre;

TEST(MadeUpIdentity, PassesEveryCheck) {
  for (const int64_t index : {0, 1, 2, 96, 97, 98, 12'345, 999'999}) {
    SCOPED_TRACE(index);
    EXPECT_TRUE(identifiers::ParseIban(MadeUpFrenchIban(index)).ok());
    EXPECT_TRUE(identifiers::ParseIban(MadeUpBelgianIban(index)).ok());
    EXPECT_TRUE(identifiers::ParseSiren(MadeUpSiren(index)).ok());
    EXPECT_TRUE(identifiers::ParseVat(FrenchVatNumber(MadeUpSiren(index))).ok());
    EXPECT_TRUE(identifiers::ParseEnterpriseNumberBelgium(MadeUpBelgianNumber(index)).ok());
    EXPECT_TRUE(identifiers::ParseOgm(BelgianReference(index)).ok());
  }
  EXPECT_TRUE(identifiers::ParseSiren(MadeUpSiren(kMadeUpCompaniesMax - 1)).ok());
}

TEST(MadeUpIdentity, CreditorReferenceOfANumber) {
  struct Case {
    const char* name;
    std::string number;
    std::string reference;
  };
  const Case cases[] = {{"blanks go", "FA  220245", "RF37FA220245"},
                        {"small letters", "fa-220245", "RF37FA220245"},
                        {"21 fit", "123456789012345678901", "RF"},
                        {"the last 21 of 22", "X123456789012345678901", "RF"},
                        {"nothing to hold on to", " -/", ""}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const std::string reference = CreditorReference(c.number);
    EXPECT_EQ(reference.substr(0, c.reference.size()), c.reference);
    if (!reference.empty()) {
      EXPECT_TRUE(identifiers::ParseRf(reference).ok());
    }
  }
  EXPECT_EQ(CreditorReference("123456789012345678901"), CreditorReference("X123456789012345678901"));
}

TEST(Random, StreamsAreTheirOwn) {
  Random a(1, 2, 3);
  Random same(1, 2, 3);
  Random other_seed(2, 2, 3);
  Random other_subject(1, 3, 3);
  const uint64_t first = a.Next();
  EXPECT_EQ(first, same.Next());
  EXPECT_NE(first, other_seed.Next());
  EXPECT_NE(first, other_subject.Next());
}

TEST(Random, BoundsAreKept) {
  Random random(7, 0);
  bool low = false;
  bool high = false;
  double sum = 0;
  for (int i = 0; i < 20'000; ++i) {
    const int64_t value = random.Between(-2, 2);
    ASSERT_GE(value, -2);
    ASSERT_LE(value, 2);
    low = low || value == -2;
    high = high || value == 2;
    const double unit = random.Unit();
    ASSERT_GE(unit, 0);
    ASSERT_LT(unit, 1);
    sum += random.Normal();
    ASSERT_GE(random.ExponentialDays(0.2), 1);
  }
  EXPECT_TRUE(low && high);
  EXPECT_NEAR(sum / 20'000, 0, 0.05);
  EXPECT_EQ(random.ExponentialDays(0), Random::kGapDaysMax);
}

TEST(Csv, WhatIsWrittenIsReadBack) {
  std::string line;
  AppendCsvRow({"plain", "", "a,b", "say \"no\"", "é"}, line);
  EXPECT_EQ(line, "plain,,\"a,b\",\"say \"\"no\"\"\",é\n");
  line.pop_back();
  const auto cells = SplitCsvLine(line);
  ASSERT_TRUE(cells.ok());
  EXPECT_THAT(*cells, ElementsAre("plain", "", "a,b", "say \"no\"", "é"));
  EXPECT_FALSE(SplitCsvLine("a,\"b").ok());
  EXPECT_FALSE(SplitCsvLine("a\"b").ok());
}

TEST(Statement, IsReadBackAndFreeTextIsCut) {
  Statement statement;
  statement.label = "MADE-UP";
  statement.day = absl::CivilDay(2025, 1, 2);
  statement.iban = MadeUpFrenchIban(1);
  statement.opening_minor = 100;
  StatementEntry entry;
  entry.reference = "K1";
  entry.amount_minor = 5'000;
  entry.payer_name = "A & B <C>";
  for (int i = 0; i < 40; ++i) entry.free_text += (i == 0 ? "" : " ") + std::to_string(1'000'000 + i);
  statement.entries.push_back(entry);
  entry.kind = StatementEntry::Kind::kReturn;
  entry.reference = "K1-R";
  entry.amount_minor = 5'200;
  entry.return_reason = "AC04";
  entry.free_text.assign(139, 'x');
  entry.free_text.append("éé");
  statement.entries.push_back(entry);

  const auto read = ReadCamt(RenderStatement(statement));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->space, "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08");
  EXPECT_EQ(read->balances.at("OPBD"), 100);
  EXPECT_EQ(read->balances.at("CLBD"), -100);
  ASSERT_EQ(read->entries.size(), 2u);
  EXPECT_EQ(read->entries[0].payer_name, "A & B <C>");
  EXPECT_EQ(read->entries[0].end_to_end_id, "NOTPROVIDED");
  ASSERT_EQ(read->entries[0].free_text.size(), 3u);
  for (const std::string& part : read->entries[0].free_text) {
    EXPECT_LE(part.size(), 140u);
    EXPECT_EQ(part.size() % 8, 7u) << "a number was cut: " << part;
  }
  EXPECT_TRUE(read->entries[1].reversal);
  EXPECT_EQ(read->entries[1].direction, "DBIT");
  EXPECT_THAT(read->entries[1].free_text, ElementsAre(std::string(139, 'x'), "éé"));
}

}  // namespace
}  // namespace relance::samples
