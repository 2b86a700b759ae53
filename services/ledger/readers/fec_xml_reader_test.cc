#include "services/ledger/readers/fec_xml_reader.h"

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/testing/collecting_sink.h"

namespace relance::ledger {
namespace {

std::string Document(const std::string& lines, const std::string& entry = "") {
  return absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><comptabilite xmlns:xsi=\"http://www.w3.org/2001/"
      "XMLSchema-instance\" xsi:noNamespaceSchemaLocation=\"formatA47A-I-VII-1.xsd\"><exercice>"
      "<DateCloture>2025-12-31</DateCloture><journal><JournalCode>VE</JournalCode><JournalLib>Ventes"
      "</JournalLib><ecriture><EcritureNum>12</EcritureNum><EcritureDate>2025-01-15</EcritureDate>"
      "<EcritureLib>Vente</EcritureLib><PieceRef>F-001</PieceRef><PieceDate>2025-01-15</PieceDate>",
      entry, "<ValidDate>2025-01-31</ValidDate>", lines, "</ecriture></journal></exercice></comptabilite>");
}

std::string Ligne(const std::string& account, const std::string& more) {
  return absl::StrCat("<ligne><CompteNum>", account, "</CompteNum><CompteLib>x</CompteLib>", more,
                      "</ligne>");
}

// The sample exists in both forms.
TEST(FecXmlReaderTest, TheSameBooksInBothFormsAreTheSameLines) {
  const FecResult flat = ReadFec(SourceFile("samples/fec/ekwo-sample.fec.txt"));
  const std::string bytes = SourceFile("samples/fec/ekwo-sample.fec.xml");
  for (const size_t chunk : {size_t{1}, size_t{7}, size_t{4096}, bytes.size()}) {
    SCOPED_TRACE(chunk);
    const FecResult xml = ReadFecXml(bytes, chunk);
    ASSERT_TRUE(xml.status.ok()) << xml.status;
    EXPECT_TRUE(xml.rejects.empty());
    ASSERT_EQ(xml.records.size(), 12u);
    EXPECT_EQ(xml.summary.debit_minor, 785'200);
    EXPECT_EQ(xml.summary.credit_minor, 785'200);
    for (size_t i = 0; i < xml.records.size(); ++i) {
      SCOPED_TRACE(i);
      const FecLine& a = flat.records[i];
      const FecLine& b = xml.records[i];
      EXPECT_EQ(a.source_hash, b.source_hash);
      EXPECT_EQ(a.ordinal, b.ordinal);
      EXPECT_EQ(a.lettering, b.lettering);
      EXPECT_EQ(a.lettering_day, b.lettering_day);
      EXPECT_EQ(a.valid_day, b.valid_day);
      EXPECT_EQ(a.journal_label, b.journal_label);
      EXPECT_EQ(a.aux_label, b.aux_label);
      EXPECT_EQ(a.currency_amount_minor, b.currency_amount_minor);
    }
  }
}

TEST(FecXmlReaderTest, AmountsBySideAndLettersOfTheEntry) {
  const FecResult result = ReadFecXml(Document(
      Ligne("411000", "<CompteAuxNum>C1</CompteAuxNum><Montant>1200.50</Montant><Sens>d</Sens>") +
          Ligne(
              "411000",
              "<CompAuxNum>C2</CompAuxNum><EcritureLet>B</EcritureLet><Montant>10</Montant><Sens>-1</Sens>") +
          Ligne("706000", "<Debit>0</Debit><Credit>1190,50</Credit>"),
      "<EcritureLet>A</EcritureLet><DateLet>2025-02-01T00:00:00</DateLet>"));
  ASSERT_EQ(result.records.size(), 3u) << result.rejects.size();
  EXPECT_EQ(result.records[0].debit_minor, 120'050);
  EXPECT_EQ(result.records[0].aux_account, "C1");
  EXPECT_EQ(result.records[0].lettering, "A");
  EXPECT_EQ(result.records[0].lettering_day, absl::CivilDay(2025, 2, 1));
  EXPECT_EQ(result.records[1].credit_minor, 1'000);
  EXPECT_EQ(result.records[1].lettering, "B");
  EXPECT_EQ(result.records[2].credit_minor, 119'050);
  EXPECT_EQ(result.records[2].lettering, "");  // no third party
  EXPECT_EQ(result.records[2].entry_number, "12");
}

TEST(FecXmlReaderTest, ABadLineIsRejectedAndTheOthersAreIn) {
  const FecResult result =
      ReadFecXml(Document(Ligne("411000", "<Debit>1,2,3</Debit>") + Ligne("CLIENT", "<Debit>1</Debit>") +
                          Ligne("411000", "<Debit>5,00</Debit>")));
  EXPECT_TRUE(result.status.ok());
  EXPECT_EQ(result.records.size(), 1u);
  ASSERT_EQ(result.rejects.size(), 2u);
  EXPECT_EQ(result.rejects[0].field, "Debit");
  EXPECT_EQ(result.rejects[0].reason, "AMOUNT_MALFORMED");
  EXPECT_NE(result.rejects[0].raw.find("F-001"), std::string::npos);
  EXPECT_EQ(result.rejects[1].reason, kAccountInvalid);
}

struct BadFile {
  const char* name;
  std::string bytes;
  const char* reason;
};

TEST(FecXmlReaderTest, WrongFilesAreRefused) {
  const BadFile kBad[] = {
      {"another document", "<Document><x/></Document>", kNotAFec},
      {"no line", "<comptabilite><exercice/></comptabilite>", kFileEmpty},
      {"cut off", Document(Ligne("411000", "<Debit>1</Debit>")).substr(0, 500), kXmlMalformed},
      {"entities", "<!DOCTYPE x [<!ENTITY a \"b\">]><comptabilite>&a;</comptabilite>", kXmlDoctypeRefused},
      {"empty", "", kFileEmpty},
  };
  for (const BadFile& bad : kBad) {
    SCOPED_TRACE(bad.name);
    const FecResult result = ReadFecXml(bad.bytes);
    EXPECT_EQ(ReasonOf(result.status), bad.reason) << result.status;
  }
}

TEST(FecXmlReaderTest, WhatIsXmlIsSeenFromItsBeginning) {
  EXPECT_TRUE(LooksLikeXml("<?xml"));
  EXPECT_TRUE(LooksLikeXml("\xEF\xBB\xBF\r\n <comptabilite>"));
  EXPECT_TRUE(LooksLikeXml(absl::string_view("\xFF\xFE<\0?\0", 6)));
  EXPECT_FALSE(LooksLikeXml("JournalCode|<"));
  EXPECT_FALSE(LooksLikeXml(""));
  EXPECT_FALSE(LooksLikeXml("\xFF\xFEJ"));
}

}  // namespace
}  // namespace relance::ledger
