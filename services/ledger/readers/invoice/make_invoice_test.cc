#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "services/ledger/readers/invoice/invoice_collector.h"
#include "services/ledger/readers/invoice/testing/read_invoice.h"
#include "services/ledger/readers/invoice/testing/ubl_text.h"

namespace relance::ledger {
namespace {

std::string DueDays(const InvoiceDocument& document) {
  std::vector<std::string> parts;
  for (const InvoiceInstalment& i : document.instalments) {
    parts.push_back(
        absl::StrCat(i.due_day.has_value() ? FormatIsoDay(*i.due_day) : "none", "=", i.amount_minor));
  }
  return absl::StrJoin(parts, " ");
}

std::string Discounts(const InvoiceDocument& document) {
  std::vector<std::string> parts;
  for (const InvoiceDiscount& d : document.discounts) {
    parts.push_back(absl::StrCat(FormatIsoDay(d.until_day), "=", d.amount_minor, "@", d.instalment));
  }
  return absl::StrJoin(parts, " ");
}

std::vector<std::string> NoticesOf(const InvoiceResult& read) {
  std::vector<std::string> reasons;
  for (const Notice& notice : read.notices) reasons.push_back(notice.reason);
  return reasons;
}

struct Case {
  const char* name;
  std::function<void(UblText*)> change;
  const char* due;      // DueDays
  const char* notices;  // joined
  const char* discounts = "";
};

// A document of 1,200.00 issued on 2026-01-15.
TEST(MakeInvoiceTest, FindsDueDaysAndDiscounts) {
  const Case kCases[] = {
      {"DueDate", [](UblText* t) { t->due = "2026-02-14"; }, "2026-02-14=120000", ""},
      {"DueDateWithAZone", [](UblText* t) { t->due = "2026-02-14+01:00"; }, "2026-02-14=120000", ""},
      {"PaymentMeans", [](UblText* t) { t->means_due = "2026-02-20"; }, "2026-02-20=120000", ""},
      {"DueDateBeforePaymentMeans",
       [](UblText* t) {
         t->due = "2026-02-14";
         t->means_due = "2026-02-20";
       },
       "2026-02-14=120000", ""},
      {"TermsInWordsOnly", [](UblText* t) { t->terms = {"<cbc:Note>30 jours net</cbc:Note>"}; },
       "none=120000", ""},
      {"NeitherDayNorTerms", [](UblText*) {}, "none=120000", "TERMS_MISSING"},
      {"NothingToPayNeedsNoTerms",
       [](UblText* t) {
         t->total = "1200.00";
         t->prepaid = "1200.00";
         t->payable = "0.00";
       },
       "none=0", ""},
      {"Instalments",
       [](UblText* t) {
         t->terms = {"<cbc:Amount>700.00</cbc:Amount><cbc:PaymentDueDate>2026-03-31</cbc:PaymentDueDate>",
                     "<cbc:Amount>500.00</cbc:Amount><cbc:PaymentDueDate>2026-02-28</cbc:PaymentDueDate>"};
       },
       "2026-02-28=50000 2026-03-31=70000", ""},
      {"InstalmentsOfOneDayAreOne",
       [](UblText* t) {
         t->terms = {
             "<cbc:Amount>700.00</cbc:Amount><cbc:InstallmentDueDate>2026-03-31</cbc:InstallmentDueDate>",
             "<cbc:Amount>500.00</cbc:Amount><cbc:InstallmentDueDate>2026-03-31</cbc:InstallmentDueDate>"};
       },
       "2026-03-31=120000", ""},
      {"InstalmentsInPercent",
       [](UblText* t) {
         t->payable = "100.00";
         t->terms = {
             "<cbc:PaymentPercent>33.33</cbc:PaymentPercent><cbc:PaymentDueDate>2026-02-28</"
             "cbc:PaymentDueDate>",
             "<cbc:PaymentPercent>33.33</cbc:PaymentPercent><cbc:PaymentDueDate>2026-03-31</"
             "cbc:PaymentDueDate>",
             "<cbc:PaymentPercent>33.34</cbc:PaymentPercent><cbc:PaymentDueDate>2026-04-30</"
             "cbc:PaymentDueDate>"};
       },
       "2026-02-28=3333 2026-03-31=3333 2026-04-30=3334", ""},
      {"InstalmentsOfTheTotalLoseWhatIsPrepaid",
       [](UblText* t) {
         t->total = "1200.00";
         t->prepaid = "600.00";
         t->payable = "600.00";
         t->terms = {"<cbc:Amount>500.00</cbc:Amount><cbc:PaymentDueDate>2026-02-28</cbc:PaymentDueDate>",
                     "<cbc:Amount>700.00</cbc:Amount><cbc:PaymentDueDate>2026-03-31</cbc:PaymentDueDate>"};
       },
       "2026-03-31=60000", ""},
      {"InstalmentsThatDoNotAddUp",
       [](UblText* t) {
         t->terms = {"<cbc:Amount>700.00</cbc:Amount><cbc:PaymentDueDate>2026-03-31</cbc:PaymentDueDate>",
                     "<cbc:Amount>499.99</cbc:Amount><cbc:PaymentDueDate>2026-02-28</cbc:PaymentDueDate>"};
       },
       "2026-03-31=120000", "DUE_DAY_UNCLEAR"},
      {"DiscountOfAPeriod",
       [](UblText* t) {
         t->due = "2026-02-14";
         t->terms = {
             "<cbc:SettlementDiscountPercent>2.00</cbc:SettlementDiscountPercent><cac:SettlementPeriod>"
             "<cbc:DurationMeasure unitCode=\"DAY\">10</cbc:DurationMeasure></cac:SettlementPeriod>"};
       },
       "2026-02-14=120000", "", "2026-01-25=2400@0"},
      {"DiscountUntilADay",
       [](UblText* t) {
         t->due = "2026-02-14";
         t->terms = {
             "<cbc:SettlementDiscountPercent>1.5</cbc:SettlementDiscountPercent><cac:SettlementPeriod>"
             "<cbc:EndDate>2026-01-31</cbc:EndDate></cac:SettlementPeriod>"};
       },
       "2026-02-14=120000", "", "2026-01-31=1800@0"},
      {"DiscountWithoutADay",
       [](UblText* t) {
         t->due = "2026-02-14";
         t->terms = {"<cbc:SettlementDiscountPercent>1.5</cbc:SettlementDiscountPercent>"};
       },
       "2026-02-14=120000", "DISCOUNT_UNCLEAR", ""},
      {"SkontoOfXRechnung",
       [](UblText* t) {
         t->due = "2026-02-14";
         t->terms = {
             "<cbc:Note>#SKONTO#TAGE=7#PROZENT=2.25#\n#SKONTO#TAGE=14#PROZENT=1.00#BASISBETRAG=1000.00#\n"
             "#VERZUG#TAGE=30#PROZENT=9.00#\n</cbc:Note>"};
       },
       "2026-02-14=120000", "", "2026-01-22=2700@0 2026-01-29=1000@0"},
      {"SkontoOfAllOfIt",
       [](UblText* t) {
         t->due = "2026-02-14";
         t->terms = {"<cbc:Note>#SKONTO#TAGE=7#PROZENT=100#</cbc:Note>"};
       },
       "2026-02-14=120000", "DISCOUNT_UNCLEAR", ""},
      {"CreditNotesHaveNoDiscount",
       [](UblText* t) {
         t->credit_note = true;
         t->terms = {"<cbc:Note>#SKONTO#TAGE=7#PROZENT=2#</cbc:Note>"};
       },
       "none=120000", "", ""},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    UblText text;
    c.change(&text);
    const InvoiceResult read = ReadInvoice(MakeUbl(text));
    ASSERT_TRUE(read.status.ok()) << read.status;
    ASSERT_EQ(read.records.size(), 1u);
    EXPECT_EQ(DueDays(read.records[0]), c.due);
    EXPECT_EQ(absl::StrJoin(NoticesOf(read), ","), c.notices);
    EXPECT_EQ(Discounts(read.records[0]), c.discounts);
  }
}

struct AmountCase {
  const char* name;
  const char *total, *prepaid, *rounding, *payable;
  int64_t want_total, want_prepaid, want_payable;
  const char* notice = "";
};

TEST(MakeInvoiceTest, FindsWhatIsPrepaid) {
  const AmountCase kCases[] = {
      {"Plain", "1200.00", "", "", "1200.00", 120'000, 0, 120'000},
      {"Prepaid", "1200.00", "200.00", "", "1000.00", 120'000, 20'000, 100'000},
      {"PrepaidIsNotSaid", "1200.00", "", "", "1000.00", 120'000, 20'000, 100'000},
      {"Rounding", "999.99", "", "0.01", "1000.00", 100'000, 0, 100'000},
      {"RoundingAndPrepaid", "999.99", "500.00", "0.01", "500.00", 100'000, 50'000, 50'000},
      {"Negative", "-1200.00", "-200.00", "", "-1000.00", -120'000, -20'000, -100'000},
      {"DoesNotAddUp", "1200.00", "100.00", "", "1000.00", 100'000, 0, 100'000, "TOTALS_MISMATCH"},
      {"PayableAboveTheTotal", "900.00", "", "", "1000.00", 100'000, 0, 100'000, "TOTALS_MISMATCH"},
      {"ZerosBeyondTheCurrency", "1200.0000", "", "", "1200.000", 120'000, 0, 120'000},
  };
  for (const AmountCase& c : kCases) {
    SCOPED_TRACE(c.name);
    UblText text;
    text.due = "2026-02-14";
    text.total = c.total;
    text.prepaid = c.prepaid;
    text.rounding = c.rounding;
    text.payable = c.payable;
    const InvoiceResult read = ReadInvoice(MakeUbl(text));
    ASSERT_EQ(read.records.size(), 1u);
    EXPECT_EQ(read.records[0].total_minor, c.want_total);
    EXPECT_EQ(read.records[0].prepaid_minor, c.want_prepaid);
    EXPECT_EQ(read.records[0].payable_minor, c.want_payable);
    EXPECT_EQ(absl::StrJoin(NoticesOf(read), ","), c.notice);
  }
}

struct RejectCase {
  const char* name;
  std::function<void(UblText*)> change;
  const char *field, *reason;
};

TEST(MakeInvoiceTest, RejectsWithTheFirstFieldAtFault) {
  const RejectCase kCases[] = {
      {"NoNumber", [](UblText* t) { t->number = ""; }, "BT-1", "FIELD_MISSING"},
      {"LongestNumber", [](UblText* t) { t->number = std::string(128, '1'); }, "", ""},
      {"NumberTooLong", [](UblText* t) { t->number = std::string(129, '1'); }, "BT-1", "FIELD_TOO_LONG"},
      {"NoIssueDate", [](UblText* t) { t->issue = ""; }, "BT-2", "FIELD_MISSING"},
      {"NoSuchDay", [](UblText* t) { t->issue = "2026-02-30"; }, "BT-2", "DATE_NOT_IN_CALENDAR"},
      {"DayOfAnotherForm", [](UblText* t) { t->issue = "15.01.2026"; }, "BT-2", "DATE_MALFORMED"},
      {"DueDayWrong", [](UblText* t) { t->due = "2026-13-01"; }, "BT-9", "DATE_NOT_IN_CALENDAR"},
      {"ProForma", [](UblText* t) { t->type = "325"; }, "BT-3", "DOCUMENT_TYPE_UNSUPPORTED"},
      {"Order", [](UblText* t) { t->type = "220"; }, "BT-3", "DOCUMENT_TYPE_UNSUPPORTED"},
      {"Corrected", [](UblText* t) { t->type = "384"; }, "", ""},
      {"Prepayment", [](UblText* t) { t->type = "386"; }, "", ""},
      {"NoCurrency", [](UblText* t) { t->currency = ""; }, "BT-5", "FIELD_MISSING"},
      {"NoSuchCurrency", [](UblText* t) { t->currency = "EUX"; }, "BT-5", "CURRENCY_UNKNOWN"},
      {"NoPayable",
       [](UblText* t) {
         t->total = "1200.00";
         t->payable = "";
       },
       "BT-115", "FIELD_MISSING"},
      {"MoreDecimalsThanCents", [](UblText* t) { t->payable = "1200.001"; }, "BT-115", "AMOUNT_TOO_PRECISE"},
      {"DecimalComma", [](UblText* t) { t->payable = "1200,00"; }, "BT-115", "AMOUNT_MALFORMED"},
      {"LargestAmount", [](UblText* t) { t->payable = "10000000000000.00"; }, "", ""},
      {"AmountTooLarge", [](UblText* t) { t->payable = "10000000000000.01"; }, "BT-115", "AMOUNT_OVERFLOW"},
      {"PrepaidWrong", [](UblText* t) { t->prepaid = "x"; }, "BT-113", "AMOUNT_MALFORMED"},
      {"NumberBeforeAmount",
       [](UblText* t) {
         t->number = "";
         t->payable = "x";
       },
       "BT-1", "FIELD_MISSING"},
  };
  for (const RejectCase& c : kCases) {
    SCOPED_TRACE(c.name);
    UblText text;
    c.change(&text);
    const InvoiceResult read = ReadInvoice(MakeUbl(text));
    ASSERT_TRUE(read.status.ok()) << read.status;
    if (*c.reason == '\0') {
      EXPECT_EQ(read.records.size(), 1u);
      continue;
    }
    EXPECT_TRUE(read.records.empty());
    ASSERT_EQ(read.rejects.size(), 1u);
    EXPECT_EQ(read.rejects[0].field, c.field);
    EXPECT_EQ(read.rejects[0].reason, c.reason);
    EXPECT_EQ(read.summary.rejected, 1);
  }
}

TEST(MakeInvoiceTest, RefusesAnAmountInAnotherCurrency) {
  const std::string xml = absl::StrReplaceAll(
      MakeUbl({}), {{"PayableAmount currencyID=\"EUR\"", "PayableAmount currencyID=\"USD\""}});
  const InvoiceResult read = ReadInvoice(xml);
  ASSERT_EQ(read.rejects.size(), 1u);
  EXPECT_EQ(read.rejects[0].field, "BT-115");
  EXPECT_EQ(read.rejects[0].reason, "FIELD_INVALID");
}

TEST(MakeInvoiceTest, BoundsWhatRepeats) {
  UblText text;
  text.preceding.assign(kInvoicePartsMax, "FA-1");
  EXPECT_EQ(ReadInvoice(MakeUbl(text)).records.size(), 1u);
  EXPECT_EQ(ReadInvoice(MakeUbl(text)).records[0].preceding.size(), 1u);
  text.preceding.assign(kInvoicePartsMax + 1, "FA-1");
  const InvoiceResult read = ReadInvoice(MakeUbl(text));
  ASSERT_EQ(read.rejects.size(), 1u);
  EXPECT_EQ(read.rejects[0].reason, "TOO_MANY_PARTS");
  EXPECT_EQ(read.rejects[0].field, "BillingReference");
}

TEST(InvoiceReaderTest, RefusesWhatIsNoInvoice) {
  const std::string ubl = MakeUbl({});
  const struct {
    const char *name, *reason;
    std::string xml;
  } kCases[] = {
      {"Empty", "FILE_EMPTY", ""},
      {"NotXml", "XML_MALFORMED", "number;amount\n1;2\n"},
      {"Order", "NOT_AN_INVOICE", "<Order xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Order-2\"/>"},
      {"InvoiceOfNobody", "NOT_AN_INVOICE", "<Invoice><ID>1</ID></Invoice>"},
      {"OrderX", "NOT_AN_INVOICE",
       "<x:SCRDMCCBDACIOMessageStructure xmlns:x=\"urn:un:unece:uncefact:data:standard:"
       "SCRDMCCBDACIOMessageStructure:100\"/>"},
      {"Doctype", "XML_DOCTYPE_REFUSED",
       "<!DOCTYPE Invoice [<!ENTITY a \"b\">]>" + ubl.substr(ubl.find('\n') + 1)},
      {"ExternalEntity", "XML_DOCTYPE_REFUSED",
       "<!DOCTYPE Invoice SYSTEM \"http://example.org/x.dtd\">" + ubl.substr(ubl.find('\n') + 1)},
      {"EnvelopeWithoutOne", "NOT_AN_INVOICE", "<StandardBusinessDocument><a/></StandardBusinessDocument>"},
      {"TwoInOneEnvelope", "NOT_AN_INVOICE",
       absl::StrCat("<StandardBusinessDocument>", ubl.substr(ubl.find('\n') + 1),
                    ubl.substr(ubl.find('\n') + 1), "</StandardBusinessDocument>")},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    for (const size_t chunk : {size_t{1}, size_t{5}, size_t{100'000}}) {
      const InvoiceResult read = ReadInvoice(c.xml, InvoiceSyntax::kAny, chunk);
      EXPECT_EQ(ReasonOf(read.status), c.reason);
      EXPECT_EQ(read.status.code(), absl::StatusCode::kInvalidArgument);
      EXPECT_TRUE(read.records.empty());
    }
  }
}

TEST(InvoiceReaderTest, ReadsADocumentInItsEnvelope) {
  const std::string ubl = MakeUbl({});
  const InvoiceResult read = ReadInvoice(absl::StrCat(
      "<StandardBusinessDocument "
      "xmlns=\"http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader\">"
      "<StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion></StandardBusinessDocumentHeader>",
      ubl.substr(ubl.find('\n') + 1), "</StandardBusinessDocument>"));
  ASSERT_TRUE(read.status.ok()) << read.status;
  ASSERT_EQ(read.records.size(), 1u);
  EXPECT_EQ(read.records[0].number, "FA-2026-0001");
}

// CII EXTENDED: two partial payments, a discount on the first, the total also in the currency of accounting.
TEST(InvoiceReaderTest, ReadsPartialPaymentsOfCii) {
  const std::string xml =
      "<r:CrossIndustryInvoice xmlns:r=\"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100\">"
      "<r:ExchangedDocument><ID>A1</ID><TypeCode>380</TypeCode><IssueDateTime>"
      "<DateTimeString format=\"102\">20260115</DateTimeString></IssueDateTime></r:ExchangedDocument>"
      "<r:SupplyChainTradeTransaction><ApplicableHeaderTradeSettlement><InvoiceCurrencyCode>EUR</"
      "InvoiceCurrencyCode>"
      "<SpecifiedTradePaymentTerms><DueDateDateTime><DateTimeString format=\"102\">20260228</DateTimeString>"
      "</DueDateDateTime><PartialPaymentAmount>400.00</PartialPaymentAmount>"
      "<ApplicableTradePaymentDiscountTerms><BasisDateTime><DateTimeString "
      "format=\"102\">20260131</DateTimeString>"
      "</BasisDateTime><BasisPeriodMeasure unitCode=\"WEE\">2</BasisPeriodMeasure>"
      "<CalculationPercent>3</CalculationPercent></ApplicableTradePaymentDiscountTerms></"
      "SpecifiedTradePaymentTerms>"
      "<SpecifiedTradePaymentTerms><DueDateDateTime><DateTimeString format=\"102\">20260331</DateTimeString>"
      "</DueDateDateTime><PartialPaymentAmount>600.00</PartialPaymentAmount></SpecifiedTradePaymentTerms>"
      "<SpecifiedTradeSettlementHeaderMonetarySummation>"
      "<GrandTotalAmount currencyID=\"USD\">1100.00</GrandTotalAmount>"
      "<GrandTotalAmount "
      "currencyID=\"EUR\">1000.00</GrandTotalAmount><DuePayableAmount>1000.00</DuePayableAmount>"
      "</SpecifiedTradeSettlementHeaderMonetarySummation></ApplicableHeaderTradeSettlement>"
      "</r:SupplyChainTradeTransaction></r:CrossIndustryInvoice>";
  const InvoiceResult read = ReadInvoice(xml);
  ASSERT_TRUE(read.status.ok()) << read.status;
  ASSERT_EQ(read.records.size(), 1u);
  EXPECT_EQ(read.records[0].total_minor, 100'000);
  EXPECT_EQ(DueDays(read.records[0]), "2026-02-28=40000 2026-03-31=60000");
  EXPECT_EQ(Discounts(read.records[0]), "2026-02-14=1200@0");
}

}  // namespace
}  // namespace relance::ledger
