#include "services/ledger/readers/invoice/invoice_fields.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/strip.h"

namespace relance::ledger {
namespace {

using F = InvoiceField;
using Table = absl::flat_hash_map<absl::string_view, F>;

F Find(const Table& table, absl::string_view path) {
  const auto it = table.find(path);
  return it == table.end() ? F::kNone : it->second;
}

const Table& UblTable() {
  static const Table& table = *new Table{
      {"CustomizationID", F::kProfile},
      {"ID", F::kNumber},
      {"IssueDate", F::kIssueDay},
      {"InvoiceTypeCode", F::kType},
      {"CreditNoteTypeCode", F::kType},
      {"DocumentCurrencyCode", F::kCurrency},
      {"DueDate", F::kDueDay},
      {"BillingReference/InvoiceDocumentReference/ID", F::kPreceding},
      {"BillingReference/CreditNoteDocumentReference/ID", F::kPreceding},
      {"LegalMonetaryTotal/TaxInclusiveAmount", F::kTotal},
      {"LegalMonetaryTotal/PayableRoundingAmount", F::kRounding},
      {"LegalMonetaryTotal/PrepaidAmount", F::kPrepaid},
      {"LegalMonetaryTotal/PayableAmount", F::kPayable},
      {"PaymentMeans", F::kMeans},
      {"PaymentMeans/PaymentMeansCode", F::kMeansCode},
      {"PaymentMeans/PaymentID", F::kMeansReference},
      {"PaymentMeans/PayeeFinancialAccount/ID", F::kMeansAccount},
      {"PaymentMeans/PaymentDueDate", F::kMeansDueDay},
      {"PaymentMeans/PaymentMandate/ID", F::kMeansMandate},
      {"PaymentTerms", F::kTerms},
      {"PaymentTerms/Note", F::kTermsText},
      {"PaymentTerms/PaymentDueDate", F::kTermsDueDay},
      {"PaymentTerms/InstallmentDueDate", F::kTermsDueDay},
      {"PaymentTerms/Amount", F::kTermsAmount},
      {"PaymentTerms/PaymentPercent", F::kTermsPercent},
      {"PaymentTerms/SettlementDiscountPercent", F::kDiscountPercent},
      {"PaymentTerms/SettlementDiscountAmount", F::kDiscountAmount},
      {"PaymentTerms/SettlementPeriod/EndDate", F::kDiscountUntil},
      {"PaymentTerms/SettlementPeriod/DurationMeasure", F::kDiscountDays},
      {"PaymentTerms/SettlementPeriod/StartDate", F::kDiscountBasisDay},
  };
  return table;
}

// Below cac:Party.
const Table& UblPartyTable() {
  static const Table& table = *new Table{
      {"PartyLegalEntity/RegistrationName", F::kPartyName},
      {"PartyName/Name", F::kPartyTradingName},
      {"PartyIdentification/ID", F::kPartyId},
      {"PartyLegalEntity/CompanyID", F::kPartyLegalId},
      {"PartyTaxScheme", F::kPartyTax},
      {"PartyTaxScheme/CompanyID", F::kPartyTaxId},
      {"PartyTaxScheme/TaxScheme/ID", F::kPartyTaxScheme},
      {"EndpointID", F::kPartyEndpoint},
      {"PostalAddress/StreetName", F::kPartyAddressLine},
      {"PostalAddress/AdditionalStreetName", F::kPartyAddressLine},
      {"PostalAddress/AddressLine/Line", F::kPartyAddressLine},
      {"PostalAddress/PostalZone", F::kPartyPostcode},
      {"PostalAddress/CityName", F::kPartyCity},
      {"PostalAddress/Country/IdentificationCode", F::kPartyCountry},
      {"Contact/Name", F::kPartyContactName},
      {"Contact/Telephone", F::kPartyContactPhone},
      {"Contact/ElectronicMail", F::kPartyContactMail},
  };
  return table;
}

const Table& CiiTable() {
  static const Table& table = *new Table{
      {"ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID", F::kProfile},
      {"ExchangedDocumentContext/TestIndicator/Indicator", F::kTest},
      {"ExchangedDocument/ID", F::kNumber},
      {"ExchangedDocument/TypeCode", F::kType},
      {"ExchangedDocument/IssueDateTime/DateTimeString", F::kIssueDay},
  };
  return table;
}

// Below ApplicableHeaderTradeSettlement.
const Table& CiiSettlementTable() {
  static const Table& table = *new Table{
      {"InvoiceCurrencyCode", F::kCurrency},
      {"PaymentReference", F::kMeansReference},
      {"InvoiceReferencedDocument/IssuerAssignedID", F::kPreceding},
      {"SpecifiedTradeSettlementPaymentMeans", F::kMeans},
      {"SpecifiedTradeSettlementPaymentMeans/TypeCode", F::kMeansCode},
      {"SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID", F::kMeansAccount},
      {"SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/ProprietaryID",
       F::kMeansAccount},
      {"SpecifiedTradePaymentTerms", F::kTerms},
      {"SpecifiedTradePaymentTerms/Description", F::kTermsText},
      {"SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString", F::kTermsDueDay},
      {"SpecifiedTradePaymentTerms/PartialPaymentAmount", F::kTermsAmount},
      {"SpecifiedTradePaymentTerms/PartialPaymentPercent", F::kTermsPercent},
      {"SpecifiedTradePaymentTerms/DirectDebitMandateID", F::kTermsMandate},
      {"SpecifiedTradePaymentTerms/ApplicableTradePaymentDiscountTerms", F::kDiscount},
      {"SpecifiedTradePaymentTerms/ApplicableTradePaymentDiscountTerms/BasisPeriodMeasure", F::kDiscountDays},
      {"SpecifiedTradePaymentTerms/ApplicableTradePaymentDiscountTerms/BasisDateTime/DateTimeString",
       F::kDiscountBasisDay},
      {"SpecifiedTradePaymentTerms/ApplicableTradePaymentDiscountTerms/BasisAmount", F::kDiscountBasisAmount},
      {"SpecifiedTradePaymentTerms/ApplicableTradePaymentDiscountTerms/CalculationPercent",
       F::kDiscountPercent},
      {"SpecifiedTradePaymentTerms/ApplicableTradePaymentDiscountTerms/ActualDiscountAmount",
       F::kDiscountAmount},
      {"SpecifiedTradeSettlementHeaderMonetarySummation/GrandTotalAmount", F::kTotal},
      {"SpecifiedTradeSettlementHeaderMonetarySummation/RoundingAmount", F::kRounding},
      {"SpecifiedTradeSettlementHeaderMonetarySummation/TotalPrepaidAmount", F::kPrepaid},
      {"SpecifiedTradeSettlementHeaderMonetarySummation/DuePayableAmount", F::kPayable},
  };
  return table;
}

// Below SellerTradeParty and BuyerTradeParty.
const Table& CiiPartyTable() {
  static const Table& table = *new Table{
      {"Name", F::kPartyName},
      {"SpecifiedLegalOrganization/TradingBusinessName", F::kPartyTradingName},
      {"ID", F::kPartyId},
      {"GlobalID", F::kPartyId},
      {"SpecifiedLegalOrganization/ID", F::kPartyLegalId},
      {"SpecifiedTaxRegistration", F::kPartyTax},
      {"SpecifiedTaxRegistration/ID", F::kPartyTaxId},
      {"URIUniversalCommunication/URIID", F::kPartyEndpoint},
      {"PostalTradeAddress/LineOne", F::kPartyAddressLine},
      {"PostalTradeAddress/LineTwo", F::kPartyAddressLine},
      {"PostalTradeAddress/LineThree", F::kPartyAddressLine},
      {"PostalTradeAddress/PostcodeCode", F::kPartyPostcode},
      {"PostalTradeAddress/CityName", F::kPartyCity},
      {"PostalTradeAddress/CountryID", F::kPartyCountry},
      {"DefinedTradeContact/PersonName", F::kPartyContactName},
      {"DefinedTradeContact/TelephoneUniversalCommunication/CompleteNumber", F::kPartyContactPhone},
      {"DefinedTradeContact/EmailURIUniversalCommunication/URIID", F::kPartyContactMail},
  };
  return table;
}

}  // namespace

InvoicePlace UblPlaceAt(absl::string_view path) {
  if (absl::ConsumePrefix(&path, "AccountingSupplierParty/Party/")) {
    return {Find(UblPartyTable(), path), InvoiceSide::kSeller};
  }
  if (absl::ConsumePrefix(&path, "AccountingCustomerParty/Party/")) {
    return {Find(UblPartyTable(), path), InvoiceSide::kBuyer};
  }
  return {Find(UblTable(), path), InvoiceSide::kNone};
}

InvoicePlace CiiPlaceAt(absl::string_view path) {
  if (!absl::ConsumePrefix(&path, "SupplyChainTradeTransaction/")) return {Find(CiiTable(), path)};
  if (absl::ConsumePrefix(&path, "ApplicableHeaderTradeSettlement/")) {
    return {Find(CiiSettlementTable(), path)};
  }
  if (absl::ConsumePrefix(&path, "ApplicableHeaderTradeAgreement/SellerTradeParty/")) {
    return {Find(CiiPartyTable(), path), InvoiceSide::kSeller};
  }
  if (absl::ConsumePrefix(&path, "ApplicableHeaderTradeAgreement/BuyerTradeParty/")) {
    return {Find(CiiPartyTable(), path), InvoiceSide::kBuyer};
  }
  return {};
}

absl::string_view CiiNameOf(absl::string_view name) {
  static const auto& names = *new absl::flat_hash_map<absl::string_view, absl::string_view>{
      {"SpecifiedExchangedDocumentContext", "ExchangedDocumentContext"},
      {"HeaderExchangedDocument", "ExchangedDocument"},
      {"SpecifiedSupplyChainTradeTransaction", "SupplyChainTradeTransaction"},
      {"ApplicableSupplyChainTradeAgreement", "ApplicableHeaderTradeAgreement"},
      {"ApplicableSupplyChainTradeSettlement", "ApplicableHeaderTradeSettlement"},
      {"SpecifiedTradeSettlementMonetarySummation", "SpecifiedTradeSettlementHeaderMonetarySummation"},
  };
  const auto it = names.find(name);
  return it == names.end() ? name : it->second;
}

}  // namespace relance::ledger
