#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

// UBL documents for tests, with nothing in them but what is said.
namespace relance::ledger {

struct UblParty {
  std::string name, id, legal_id, legal_scheme, vat_id, country, mail;
};

struct UblText {
  bool credit_note = false;
  std::string type;  // empty: 380, or 381
  std::string number = "FA-2026-0001";
  std::string issue = "2026-01-15";
  std::string due;
  std::string currency = "EUR";
  std::string total;  // empty: the payable amount
  std::string prepaid, rounding;
  std::string payable = "1200.00";
  std::vector<std::string> preceding;
  std::string reference, means_due;
  std::vector<std::string> terms;  // XML below cac:PaymentTerms
  UblParty seller = {"Demo SAS", "", "404833048", "0002", "FR83404833048", "FR", ""};
  UblParty buyer = {"Boulangerie Martin", "", "732829320", "0002", "FR44732829320", "FR", ""};
};

inline std::string UblTag(const std::string& name, const std::string& value) {
  return value.empty() ? "" : absl::StrCat("<cbc:", name, ">", value, "</cbc:", name, ">");
}

inline std::string UblAmount(const std::string& name, const std::string& value, const std::string& currency) {
  return value.empty()
             ? ""
             : absl::StrCat("<cbc:", name, " currencyID=\"", currency, "\">", value, "</cbc:", name, ">");
}

inline std::string UblPartyXml(const std::string& role, const UblParty& party) {
  std::string xml = absl::StrCat("<cac:", role, "><cac:Party>");
  if (!party.id.empty()) {
    absl::StrAppend(&xml, "<cac:PartyIdentification>", UblTag("ID", party.id), "</cac:PartyIdentification>");
  }
  absl::StrAppend(&xml, "<cac:PostalAddress><cbc:StreetName>1 rue du Port</cbc:StreetName>",
                  "<cbc:CityName>Nantes</cbc:CityName><cbc:PostalZone>44000</cbc:PostalZone><cac:Country>",
                  UblTag("IdentificationCode", party.country), "</cac:Country></cac:PostalAddress>");
  if (!party.vat_id.empty()) {
    absl::StrAppend(&xml, "<cac:PartyTaxScheme>", UblTag("CompanyID", party.vat_id),
                    "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>");
  }
  absl::StrAppend(&xml, "<cac:PartyLegalEntity>", UblTag("RegistrationName", party.name));
  if (!party.legal_id.empty()) {
    absl::StrAppend(&xml, "<cbc:CompanyID schemeID=\"", party.legal_scheme, "\">", party.legal_id,
                    "</cbc:CompanyID>");
  }
  absl::StrAppend(&xml, "</cac:PartyLegalEntity>");
  if (!party.mail.empty()) {
    absl::StrAppend(&xml, "<cac:Contact>", UblTag("ElectronicMail", party.mail), "</cac:Contact>");
  }
  return absl::StrCat(xml, "</cac:Party></cac:", role, ">");
}

inline std::string MakeUbl(const UblText& text) {
  const std::string root = text.credit_note ? "CreditNote" : "Invoice";
  std::string xml = absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<", root,
      " xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:", root,
      "-2\" xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\"",
      " xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">\n");
  absl::StrAppend(&xml, UblTag("ID", text.number), UblTag("IssueDate", text.issue),
                  UblTag("DueDate", text.due),
                  UblTag(root + "TypeCode", !text.type.empty() ? text.type
                                            : text.credit_note ? "381"
                                                               : "380"),
                  UblTag("DocumentCurrencyCode", text.currency));
  for (const std::string& number : text.preceding) {
    absl::StrAppend(&xml, "<cac:BillingReference><cac:InvoiceDocumentReference>", UblTag("ID", number),
                    "</cac:InvoiceDocumentReference></cac:BillingReference>");
  }
  absl::StrAppend(&xml, UblPartyXml("AccountingSupplierParty", text.seller),
                  UblPartyXml("AccountingCustomerParty", text.buyer));
  absl::StrAppend(&xml, "<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>",
                  UblTag("PaymentDueDate", text.means_due), UblTag("PaymentID", text.reference),
                  "</cac:PaymentMeans>");
  for (const std::string& terms : text.terms) {
    absl::StrAppend(&xml, "<cac:PaymentTerms>", terms, "</cac:PaymentTerms>");
  }
  absl::StrAppend(
      &xml, "<cac:LegalMonetaryTotal>",
      UblAmount("TaxInclusiveAmount", text.total.empty() ? text.payable : text.total, text.currency),
      UblAmount("PrepaidAmount", text.prepaid, text.currency),
      UblAmount("PayableRoundingAmount", text.rounding, text.currency),
      UblAmount("PayableAmount", text.payable, text.currency), "</cac:LegalMonetaryTotal></", root, ">\n");
  return xml;
}

}  // namespace relance::ledger
