#include "services/ledger/readers/table/propose_mapping.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "common/status/domain_error.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/table/mapping_file.h"
#include "services/ledger/readers/testing/collecting_table_sink.h"

namespace relance::ledger {
namespace {

// Reads a file with what is proposed for it.
TableResult ReadAsProposed(const std::string& bytes, const std::string& name,
                           std::optional<TableKind> kind = std::nullopt) {
  const auto proposal = ProposeMapping(bytes, name, kind);
  EXPECT_TRUE(proposal.ok()) << proposal.status();
  if (!proposal.ok()) return {};
  SCOPED_TRACE(proposal->yaml);
  const auto mapping = ParseMapping(proposal->yaml, "proposal");
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  if (!mapping.ok()) return {};
  TableResult read = ReadTable(bytes, *mapping);
  EXPECT_TRUE(read.status.ok()) << read.status << proposal->yaml;
  return read;
}

// The proposals read the samples as the mappings that come with the program do.
TEST(ProposeMappingTest, OrdersAndPaymentsOfAShop) {
  const TableResult orders =
      ReadAsProposed(SourceFile("samples/csv-erp/hectorlequen-orders.csv"), "orders.csv");
  EXPECT_EQ(orders.items.size(), 75u);
  EXPECT_EQ(orders.Total(ItemKind::kInvoice, "EUR"), 1'404'500);
  EXPECT_EQ(orders.Total(ItemKind::kInvoice, "USD"), 34'570);
  EXPECT_EQ(orders.summary.skipped, 5);
  const TableResult payments =
      ReadAsProposed(SourceFile("samples/csv-erp/hectorlequen-payments.csv"), "payments.csv");
  EXPECT_EQ(payments.items.size(), 95u);
  EXPECT_EQ(payments.Total(ItemKind::kPayment, "EUR"), 1'592'970);
  EXPECT_EQ(payments.summary.skipped, 6);
}

TEST(ProposeMappingTest, InvoicesOfThePast) {
  const TableResult read =
      ReadAsProposed(SourceFile("samples/csv-erp/helloworld880-invoice_data.csv"), "i.csv");
  EXPECT_EQ(read.items.size(), 5000u);
  EXPECT_EQ(read.Total(ItemKind::kInvoice), 8'205'393'478);
  EXPECT_EQ(read.items[0].attributes.sector, "Healthcare");
  EXPECT_TRUE(read.items[0].due_day.has_value());
}

TEST(ProposeMappingTest, BankStatementsOfFourLayouts) {
  struct Row {
    const char* file;
    size_t count;
    int64_t in, out;
  };
  for (const Row& row : {Row{"bsp-csv_european_decimals.csv", 3, 350'000, 123'906},
                         Row{"bsp-csv_french_headers.csv", 3, 350'000, 123'906},
                         Row{"bsp-sample_split_amounts.csv", 2, 125'050, 20'025},
                         Row{"bsp-sample_statement.csv", 2, 250'000, 120'000}}) {
    SCOPED_TRACE(row.file);
    const TableResult read =
        ReadAsProposed(SourceFile(std::string("samples/csv-bank/") + row.file), row.file);
    EXPECT_EQ(read.bank.size(), row.count);
    EXPECT_EQ(read.summary.credit_minor, row.in);
    EXPECT_EQ(read.summary.debit_minor, row.out);
  }
}

TEST(ProposeMappingTest, LayoutsInFourLanguages) {
  struct Row {
    const char *name, *file;
    int64_t total;
  };
  const Row rows[] = {
      {"French",
       "Export des factures\n\nCode client;N° facture;Date de facture;Date d'échéance;Montant HT;Montant "
       "TTC;Devise\n"
       "C1;FA1;31/03/2026;30/04/2026;1 000,00;1 200,00;EUR\nC2;FA2;02/04/2026;02/05/2026;10,00;12,00;EUR\n",
       121'200},
      {"Dutch",
       "Klantnummer;Factuurnummer;Factuurdatum;Vervaldatum;Bedrag incl. btw;Munt\n"
       "1001;V1;31-03-2026;30-04-2026;1.200,50;EUR\n1002;V2;02-04-2026;02-05-2026;12,00;EUR\n",
       121'250},
      {"German",
       "Kundennummer\tRechnungsnummer\tRechnungsdatum\tFälligkeitsdatum\tBruttobetrag\tWährung\n"
       "1001\tR1\t31.03.2026\t30.04.2026\t1.200,50\tEUR\n1002\tR2\t02.04.2026\t02.05.2026\t12,00\tEUR\n",
       121'250},
      {"English",
       "Customer ID,Invoice Number,Invoice Date,Due Date,Total Amount,Currency\n"
       "1001,I1,03/31/2026,04/30/2026,\"1,200.50\",EUR\n1002,I2,04/02/2026,05/02/2026,12.00,EUR\n",
       121'250},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const TableResult read = ReadAsProposed(row.file, "export.csv");
    EXPECT_EQ(read.Count(ItemKind::kInvoice), 2);
    EXPECT_EQ(read.Total(ItemKind::kInvoice), row.total);
    EXPECT_EQ(read.summary.rejected, 0);
    ASSERT_EQ(read.items.size(), 2u);
    EXPECT_EQ(read.items[0].issue_day, absl::CivilDay(2026, 3, 31));
    EXPECT_EQ(read.items[1].due_day, absl::CivilDay(2026, 5, 2));
  }
}

TEST(ProposeMappingTest, ACustomerFile) {
  const TableResult read = ReadAsProposed(
      "Code client;Raison sociale;SIREN;Adresse;Code postal;Ville;Email;Téléphone;Plafond;Conditions de "
      "paiement\n"
      "C1;Alpha SARL;732829320;1 rue A;69000;Lyon;a@example.org;0102030405;10000,00;30eom\n"
      "C2;Beta SA;552100554;2 rue B;75001;Paris;b@example.org;0102030406;5000,00;net45\n",
      "clients.csv");
  ASSERT_EQ(read.accounts.size(), 2u);
  EXPECT_EQ(read.accounts[0].account, "C1");
  EXPECT_EQ(read.accounts[0].told.size(), 9u);
}

TEST(ProposeMappingTest, WhatHasTwoReadingsIsSaid) {
  const auto proposal = ProposeMapping(
      "Client;Facture;Date;Montant\nC1;F1;01/02/2026;5,00\nC2;F2;03/04/2026;6,00\n", "f.csv", std::nullopt);
  ASSERT_TRUE(proposal.ok()) << proposal.status();
  const std::string doubts = absl::StrJoin(proposal->doubts, "\n");
  EXPECT_TRUE(absl::StrContains(doubts, "day and month cannot be told apart")) << doubts;
  EXPECT_TRUE(absl::StrContains(doubts, "EUR is taken")) << doubts;
  EXPECT_TRUE(absl::StrContains(proposal->preview, "line 2: invoice F1 of C1, 5.00 EUR, issued 2026-02-01"))
      << proposal->preview;
  EXPECT_TRUE(absl::StrContains(proposal->preview, "all: 2 x invoice, 11.00 EUR")) << proposal->preview;
}

TEST(ProposeMappingTest, KindsOfRowsAndSidesAreTranslated) {
  const TableResult read = ReadAsProposed(
      "Code client;N° pièce;Type;Date;Sens;Montant;Devise\nC1;1;Facture;31/03/2026;D;5,00;EUR\n"
      "C1;2;Avoir;31/03/2026;C;2,00;EUR\nC1;3;Devis;31/03/2026;D;2,00;EUR\n",
      "f.csv", TableKind::kItems);
  EXPECT_EQ(read.Total(ItemKind::kInvoice), 500);
  EXPECT_EQ(read.Total(ItemKind::kCreditNote), 200);
  EXPECT_EQ(read.summary.skipped, 1);
}

TEST(ProposeMappingTest, ANameThatIsNoneIsLeftToItsPosition) {
  const std::string longest(300, 'x');
  for (const std::string& name :
       {"Montant " + longest, std::string("\"Mon\ntant\""), std::string("Montant\\\"")}) {
    const std::string bytes =
        "Client;Facture;Date;" + name + ";Montant\nC1;F1;31/03/2026;5,00;5,00\nC2;F2;30/03/2026;6,00;6,00\n";
    const auto proposal = ProposeMapping(bytes, "f.csv", TableKind::kItems);
    if (!proposal.ok()) continue;  // a quote inside a field: no header
    EXPECT_TRUE(ParseMapping(proposal->yaml, "proposal").ok()) << proposal->yaml;
  }
}

TEST(ProposeMappingTest, WhatIsNoTableIsRefused) {
  EXPECT_EQ(ReasonOf(ProposeMapping("", "f", std::nullopt).status()), kFileEmpty);
  EXPECT_EQ(ReasonOf(ProposeMapping("just a text\nof two lines\n", "f", std::nullopt).status()),
            kHeaderMissing);
  EXPECT_EQ(ReasonOf(ProposeMapping("\xFF\xFE", "f", std::nullopt).status()), kEncodingUnsupported);
  EXPECT_EQ(ReasonOf(ProposeMapping("a;b\nx;y\n", "f", std::nullopt).status()), kColumnMissing);
}

}  // namespace
}  // namespace relance::ledger
