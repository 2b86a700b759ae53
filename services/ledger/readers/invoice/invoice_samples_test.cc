#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "absl/strings/str_join.h"
#include "common/time/day.h"
#include "services/ledger/readers/invoice/testing/read_invoice.h"

namespace relance::ledger {
namespace {

// What each sample says, taken from it with another program (amounts in minor units; dates empty: none).
struct Sample {
  const char *file, *type, *number, *issue, *due, *currency;
  int64_t total, prepaid, payable;
  const char *reference, *buyer, *buyer_vat, *buyer_legal, *buyer_legal_scheme, *buyer_country, *account,
      *preceding;
};

const Sample kSamples[] = {
    {"ubl/akretion-ubl-21-extended-ctc-fr.xml", "380", "F124212", "2026-06-17", "2026-07-16", "EUR", 30'803,
     10'000, 20'803, "2026-06-17 00:00:00", "Ma jolie boutique SARL", "FR19787878784", "787878784", "0002",
     "FR", "FR2012421242124212421242124", "F124211,F124210"},
    {"ubl/en16931-BIS3_Invoice_negativ.xml", "380", "12345", "2019-01-25", "2019-02-24", "DKK", -78'217'943,
     0, -78'217'943, "12345667890", "Company B", "DK87654321", "DK87654321", "0184", "DK", "1234567891234",
     ""},
    {"ubl/en16931-BIS3_Invoice_positive.xml", "380", "12345", "2019-01-25", "2019-02-24", "DKK", 78'217'943,
     0, 78'217'943, "12345667890", "Company B", "DK87654321", "DK87654321", "0184", "DK", "1234567891234",
     ""},
    {"ubl/en16931-guide-example1.xml", "380", "12115118", "2015-01-09", "2015-01-09", "EUR", 25'033, 0,
     25'033, "Deb. 10202 / Fact. 12115118", "ODIN 59", "", "", "", "NL", "NL57RABO0107307510", ""},
    {"ubl/en16931-guide-example3.xml", "380", "TOSL108", "2013-04-10", "2013-05-10", "DKK", 112'500, 0,
     112'500, "Payref1", "Buyercompany ltd", "", "", "", "DK", "DK1212341234123412", ""},
    {"ubl/en16931-sample-discount-price.xml", "380", "test decimal 1", "2018-02-05", "2018-02-28", "EUR",
     1'515, 0, 1'515, "",
     "HEP-OPERATOR DISTRIBUCIJSKOG SUSTAVA D.O.O. ZA DISTRIBUCIJU I OPSKRBU ELEKTRICNE ENERGIJE",
     "HR46830600751", "08634543", "", "HR", "", ""},
    {"ubl/en16931-ubl-tc434-creditnote1.xml", "381", "018304 / 28865", "2019-09-23", "", "EUR", 10'011, 0,
     10'011, "010676609538", "My Customer Company", "BE0000000295", "0000000295", "", "BE",
     "BE91000000143476", ""},
    {"ubl/en16931-ubl-tc434-example1.xml", "380", "12115118", "2015-01-09", "2015-01-09", "EUR", 25'033, 0,
     25'033, "Deb. 10202 / Fact. 12115118", "ODIN 59", "", "", "", "NL", "NL57RABO0107307510", ""},
    {"ubl/en16931-ubl-tc434-example2.xml", "380", "TOSL108", "2013-06-30", "2013-07-20", "NOK", 180'178,
     100'000, 80'178, "0003434323213231", "The Buyercompany", "NO987654321MVA", "987654321", "", "NO",
     "NO9386011117947", ""},
    {"ubl/en16931-ubl-tc434-example4.xml", "380", "TOSL110", "2013-04-10", "2013-05-10", "DKK", 467'500, 0,
     467'500, "Payref1", "Buyercompany ltd", "", "", "", "DK", "DK1212341234123412", ""},
    {"ubl/en16931-ubl-tc434-example6.xml", "380", "TOSL110", "2013-04-10", "2013-05-10", "DKK", 467'500, 0,
     467'500, "", "Buyercompany ltd", "", "", "", "DK", "", ""},
    {"ubl/josemmo-peppol-allowance.xml", "380", "Snippet1", "2017-11-13", "2017-12-01", "EUR", 842'350,
     100'000, 742'350, "Snippet1", "Buyer Official Name", "SE4598375937", "39937423947", "0183", "SE",
     "IBAN32423940", ""},
    {"ubl/josemmo-peppol-base.xml", "380", "Snippet1", "2017-11-13", "2017-12-01", "EUR", 165'625, 0, 165'625,
     "Snippet1", "Buyer Official Name", "SE4598375937", "39937423947", "0183", "SE", "IBAN32423940",
     "INV-122,INV-123"},
    {"ubl/josemmo-peppol-credit-note.xml", "381", "Snippet1", "2017-11-13", "2017-12-02", "EUR", 165'625, 0,
     165'625, "Snippet1", "Buyer Official Name", "SE4598375937", "39937423947", "0183", "SE", "IBAN32423940",
     "Snippet1"},
    {"ubl/josemmo-peppol-rounding.xml", "380", "SampleForDecimals", "2022-11-03", "2022-11-11", "EUR",
     801'340, 0, 801'340, "", "POP Alexandra SRL", "RO17364910", "RO17364910", "", "RO", "", ""},
    {"ubl/mustang-XRECHNUNG_teilrechnung.ubl.xml", "380", "471102", "2024-11-15", "", "EUR", 52'987, 50'000,
     2'987, "", "Kunden AG Mitte", "", "", "", "DE", "DE02120300000000202051", ""},
    {"ubl/ublbe-UBLBE_BE0000000196_V01-15000001.v1.1.xml", "380", "V01/15000001", "2018-04-09", "2018-05-09",
     "EUR", 48'400, 0, 48'400, "Invoice 15000001", "My Customer Company", "BE0000000295", "0000000295", "",
     "BE", "BE54000000000097", ""},
    {"ubl/xrechnung-01.01a-INVOICE_ubl.xml", "380", "123456XX", "2016-04-04", "", "EUR", 33'690, 0, 33'690,
     "", "[Buyer name]", "", "", "", "DE", "DE79000000001234567890", ""},
    {"ubl/xrechnung-01.05a-INVOICE_ubl.xml", "380", "PRG1502112", "2015-04-24", "", "EUR", 1'055'530, 0,
     1'055'530, "", "[Buyer name]", "", "", "", "DE", "DE79000000001234567890", ""},
    {"ubl/xrechnung-01.06a-INVOICE_ubl.xml", "380", "R123456789", "2016-07-06", "", "EUR", 2'170'170, 0,
     2'170'170, "", "[Buyer name]", "", "", "", "DE", "DE79000000001234567890", ""},
    {"ubl/xrechnung-01.14a-INVOICE_ubl.xml", "380", "1234567", "2018-04-13", "2018-04-13", "EUR", 1'282'969,
     0, 1'282'969, "Deb. 12345 / Fact. 9876543", "[Buyer name]", "DE12345ABC", "HRB 3456", "", "DE",
     "DE79000000001234567890", ""},
    {"cii/akretion-factur-x-basic.xml", "380", "F20260023", "2026-01-31", "2026-03-02", "EUR", 10'490, 0,
     10'490, "F20260023BUYER", "LE CLIENT", "FR05987654321", "987654321", "0002", "FR",
     "FR2012542547256985425874698", "F20260003"},
    {"cii/akretion-factur-x-en16931.xml", "380", "F20260023", "2026-01-31", "2026-03-02", "EUR", 10'490, 0,
     10'490, "F20260023BUYER", "LE CLIENT", "FR05987654321", "987654321", "0002", "FR",
     "FR2012542547256985425874698", "F20260003"},
    {"cii/akretion-factur-x-minimum.xml", "380", "F20260023", "2026-01-31", "", "EUR", 10'490, 0, 10'490, "",
     "LE CLIENT", "", "987654321", "0002", "", "", ""},
    {"cii/akretion-zugferd-comfort.xml", "380", "471102", "2013-03-05", "2013-04-04", "EUR", 52'987, 0,
     52'987, "2013-471102", "Kunden AG Mitte", "", "", "", "DE", "DE08700901001234567890", ""},
    {"cii/atgp-facturx-basicwl.xml", "380", "F-2023-002", "2023-01-01", "", "EUR", 12'000, 0, 12'000, "",
     "Buyer Company Ltd", "", "", "", "", "", ""},
    {"cii/atgp-facturx-en16931.xml", "380", "F-2023-004", "2023-01-01", "", "EUR", 12'000, 0, 12'000, "",
     "Buyer Company Ltd", "", "", "", "", "", ""},
    {"cii/atgp-facturx-minimum.xml", "380", "F-2023-001", "2023-01-01", "", "EUR", 12'000, 0, 12'000, "",
     "Buyer Company Ltd", "", "", "", "", "", ""},
    {"cii/en16931-CII-BR-CO-10-RoundingIssue.xml", "380", "0", "2021-03-26", "2021-03-26", "EUR", 0, 0, 0, "",
     "BuyerName", "", "", "", "DE", "IBAN", "0"},
    {"cii/en16931-CII_business_example_01.xml", "380", "TOSL108", "2013-06-30", "2013-07-20", "NOK", 180'178,
     100'000, 80'178, "0003434323213231", "The Buyercompany", "NO987654321MVA", "987654321", "", "NO",
     "NO9386011117947", ""},
    {"cii/en16931-CII_example1.xml", "380", "12115118", "2015-01-09", "2015-01-09", "EUR", 25'033, 0, 25'033,
     "Deb. 10202 / Fact. 12115118", "ODIN 59", "", "", "", "NL", "NL57RABO0107307510", ""},
    {"cii/en16931-CII_example3.xml", "380", "TOSL108", "2013-04-10", "2013-05-10", "DKK", 112'500, 0, 112'500,
     "Payref1", "Buyercompany ltd", "", "", "", "DK", "DK1212341234123412", ""},
    {"cii/en16931-CII_example5.xml", "380", "TOSL110", "2013-04-10", "2013-05-10", "DKK", 467'500, 233'750,
     233'750, "Payref1", "Buyercompany ltd", "DK16356607", "DK16356607", "", "DK", "DK1212341234123412",
     "TOSL109"},
    {"cii/en16931-CII_example9.xml", "380", "20150483", "2015-04-01", "2015-04-15", "EUR", 17'787, 0, 17'787,
     "2015 0483 0000 0000", "Provide Verzekeringen", "", "", "", "NL", "NL13RABO0377815500", ""},
    {"cii/mustang-Extended_fremdwaehrung.xml", "380", "47110815", "2024-11-15", "2024-12-01", "GBP", 102'191,
     50'000, 52'191, "", "Metallbau Leipzig GmbH & Co. KG", "", "", "", "DE", "DE77370700600321987000", ""},
    {"cii/mustang-extended_warenrechnung_based_doublecashdiscount.xml", "380", "R87654321012345",
     "2018-08-06", "", "EUR", 51'899, 0, 51'899, "", "MUSTER-KUNDE GMBH", "", "", "", "DE", "", ""},
    {"cii/mustang-facturFrMinimum.xml", "380", "FA-2017-0010", "2017-11-13", "", "EUR", 67'115, 20'100,
     47'015, "", "Ma jolie boutique", "FR19787878784", "78787878400035", "0002", "FR", "", ""},
    {"cii/mustang-invalidArithmetics.xml", "380", "RE-20171118/506", "2017-11-18", "2017-12-09", "EUR",
     57'104, 0, 57'104, "RE-20171118/506", "Theodor Est", "DE999999999", "", "", "DE",
     "DE88200800000970375700", ""},
    {"cii/mustang-lastschrift_iban_bug.xml", "380", "123456", "2025-04-26", "2025-04-26", "EUR", 14'161, 0,
     14'161, "", "a & b GmbH", "", "", "", "DE", "", ""},
    {"cii/mustang-minimalDebit.xml", "380", "471102", "2018-03-04", "", "EUR", 52'987, 0, 52'987, "",
     "Kunden AG Mitte", "", "", "", "DE", "", ""},
};

TEST(InvoiceSamplesTest, SaysWhatTheFilesSay) {
  for (const Sample& want : kSamples) {
    SCOPED_TRACE(want.file);
    const InvoiceResult read = ReadInvoice(SourceFile(absl::StrCat("samples/", want.file)));
    ASSERT_TRUE(read.status.ok()) << read.status;
    ASSERT_EQ(read.records.size(), 1u) << (read.rejects.empty() ? "" : read.rejects[0].reason);
    const InvoiceDocument& got = read.records[0];
    EXPECT_EQ(got.syntax, absl::string_view(want.file).substr(0, 3));
    EXPECT_EQ(got.type_code, want.type);
    EXPECT_EQ(got.number, want.number);
    EXPECT_EQ(FormatIsoDay(got.issue_day), want.issue);
    ASSERT_EQ(got.instalments.size(), 1u);
    EXPECT_EQ(got.instalments[0].due_day.has_value() ? FormatIsoDay(*got.instalments[0].due_day) : "",
              want.due);
    EXPECT_EQ(got.currency, want.currency);
    EXPECT_EQ(got.total_minor, want.total);
    EXPECT_EQ(got.prepaid_minor, want.prepaid);
    EXPECT_EQ(got.payable_minor, want.payable);
    EXPECT_EQ(got.instalments[0].amount_minor, want.payable);
    EXPECT_EQ(got.reference, want.reference);
    EXPECT_EQ(got.buyer.name, want.buyer);
    EXPECT_EQ(got.buyer.vat_id, want.buyer_vat);
    EXPECT_EQ(got.buyer.legal_id.value, want.buyer_legal);
    EXPECT_EQ(got.buyer.legal_id.scheme, want.buyer_legal_scheme);
    EXPECT_EQ(got.buyer.country, want.buyer_country);
    EXPECT_EQ(got.creditor_account, want.account);
    EXPECT_EQ(absl::StrJoin(got.preceding, ","), want.preceding);
    EXPECT_EQ(got.credit, got.type_code == "381");
  }
}

TEST(InvoiceSamplesTest, ReadsTheSameInAnyPieces) {
  for (const Sample& sample : kSamples) {
    SCOPED_TRACE(sample.file);
    const std::string bytes = SourceFile(absl::StrCat("samples/", sample.file));
    const std::string whole = Fingerprint(ReadInvoice(bytes, InvoiceSyntax::kAny, bytes.size()));
    for (const size_t chunk : {size_t{1}, size_t{7}, size_t{4096}}) {
      EXPECT_EQ(Fingerprint(ReadInvoice(bytes, InvoiceSyntax::kAny, chunk)), whole) << chunk;
    }
  }
}

TEST(InvoiceSamplesTest, RefusesACutFileWithoutARecord) {
  for (const Sample& sample : kSamples) {
    SCOPED_TRACE(sample.file);
    const std::string bytes = SourceFile(absl::StrCat("samples/", sample.file));
    for (const size_t kept : {bytes.size() / 3, bytes.size() / 2, bytes.size() - 20}) {
      const InvoiceResult read = ReadInvoice(bytes.substr(0, kept));
      EXPECT_EQ(ReasonOf(read.status), "XML_MALFORMED") << kept;
      EXPECT_TRUE(read.records.empty());
    }
  }
}

TEST(InvoiceSamplesTest, ReadsASyntaxWhereTheOtherIsRefused) {
  const std::string ubl = SourceFile("samples/ubl/josemmo-peppol-base.xml");
  const std::string cii = SourceFile("samples/cii/akretion-factur-x-basic.xml");
  EXPECT_TRUE(ReadInvoice(ubl, InvoiceSyntax::kUbl).status.ok());
  EXPECT_TRUE(ReadInvoice(cii, InvoiceSyntax::kCii).status.ok());
  EXPECT_EQ(ReasonOf(ReadInvoice(ubl, InvoiceSyntax::kCii).status), "NOT_AN_INVOICE");
  EXPECT_EQ(ReasonOf(ReadInvoice(cii, InvoiceSyntax::kUbl).status), "NOT_AN_INVOICE");
  EXPECT_EQ(ReasonOf(ReadInvoice(SourceFile("samples/camt/genkgo-camt053.v4.xml")).status), "NOT_AN_INVOICE");
}

// 2 % of 518.99 within 14 days of 2018-08-06 and 1 % within 7: 10.3798 and 5.1899.
TEST(InvoiceSamplesTest, ReadsTwoDiscounts) {
  const InvoiceResult read =
      ReadInvoice(SourceFile("samples/cii/mustang-extended_warenrechnung_based_doublecashdiscount.xml"));
  ASSERT_EQ(read.records.size(), 1u);
  const auto& discounts = read.records[0].discounts;
  ASSERT_EQ(discounts.size(), 2u);
  EXPECT_EQ(discounts[0].until_day, absl::CivilDay(2018, 8, 13));
  EXPECT_EQ(discounts[0].amount_minor, 519);
  EXPECT_EQ(discounts[1].until_day, absl::CivilDay(2018, 8, 20));
  EXPECT_EQ(discounts[1].amount_minor, 1038);
}

TEST(InvoiceSamplesTest, ReadsTheParties) {
  const InvoiceResult read = ReadInvoice(SourceFile("samples/ubl/akretion-ubl-21-extended-ctc-fr.xml"));
  ASSERT_EQ(read.records.size(), 1u);
  const InvoiceDocument& got = read.records[0];
  EXPECT_EQ(got.profile, "urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr");
  EXPECT_EQ(got.payment_means, "30");
  EXPECT_EQ(got.mandate, "RUM_9083209");
  EXPECT_EQ(got.terms_text, "30 jours net");
  EXPECT_EQ(got.seller.name, "Au bon moulin");
  EXPECT_EQ(got.seller.vat_id, "FR11999999998");
  EXPECT_EQ(got.seller.legal_id, (InvoiceId{"999999998", "0002"}));
  ASSERT_EQ(got.buyer.ids.size(), 1u);
  EXPECT_EQ(got.buyer.ids[0], (InvoiceId{"78787878400018", "0009"}));
  EXPECT_EQ(got.buyer.endpoint, (InvoiceId{"787878784", "0225"}));
  EXPECT_EQ(absl::StrJoin(got.buyer.address, "|"), "35 rue de la République|La presqu'île|69001 Lyon");
  EXPECT_EQ(got.buyer.contact_name, "Mme Laëtitia Durand");
  EXPECT_EQ(got.buyer.contact_phone, "+33 7 42 12 42 12");
  EXPECT_EQ(got.buyer.contact_mail, "laetita.durand@jolieboutique.com");
}

TEST(InvoiceSamplesTest, KnowsATestDocument) {
  EXPECT_TRUE(ReadInvoice(SourceFile("samples/cii/akretion-zugferd-comfort.xml")).records[0].test);
  EXPECT_FALSE(ReadInvoice(SourceFile("samples/cii/akretion-factur-x-basic.xml")).records[0].test);
}

}  // namespace
}  // namespace relance::ledger
