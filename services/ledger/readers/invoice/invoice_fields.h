#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// The elements of UBL 2.1 and CII that are read, and what stands in them as text.
namespace relance::ledger {

// Below the root; below the seller or the buyer (kParty...); below one set of payment terms (kTerms...).
enum class InvoiceField {
  kNone,
  kProfile,
  kTest,
  kNumber,
  kIssueDay,
  kType,
  kCurrency,
  kDueDay,
  kPreceding,
  kTotal,
  kRounding,
  kPrepaid,
  kPayable,
  kMeans,  // the whole group: begins a new one
  kMeansCode,
  kMeansReference,
  kMeansAccount,
  kMeansDueDay,
  kMeansMandate,
  kTerms,  // the whole group: begins a new one
  kTermsText,
  kTermsDueDay,
  kTermsAmount,
  kTermsPercent,
  kTermsMandate,
  kDiscount,  // CII: the whole group, several in one set of terms
  kDiscountDays,
  kDiscountBasisDay,
  kDiscountBasisAmount,
  kDiscountUntil,
  kDiscountPercent,
  kDiscountAmount,
  kPartyName,
  kPartyTradingName,
  kPartyId,
  kPartyLegalId,
  kPartyTax,  // the whole group: begins a new one
  kPartyTaxId,
  kPartyTaxScheme,
  kPartyEndpoint,
  kPartyAddressLine,
  kPartyPostcode,
  kPartyCity,
  kPartyCountry,
  kPartyContactName,
  kPartyContactPhone,
  kPartyContactMail,
};

enum class InvoiceSide { kNone, kSeller, kBuyer };

struct InvoicePlace {
  InvoiceField field = InvoiceField::kNone;
  InvoiceSide side = InvoiceSide::kNone;
};

// The field at `path` below the root ("LegalMonetaryTotal/PayableAmount"). Invoice and CreditNote of UBL are
// read alike.
InvoicePlace UblPlaceAt(absl::string_view path);
// Likewise, with the names of D16B (CrossIndustryInvoice).
InvoicePlace CiiPlaceAt(absl::string_view path);
// The D16B name of an element of ZUGFeRD 1 (CrossIndustryDocument); others as they are.
absl::string_view CiiNameOf(absl::string_view zugferd1_name);

// A text with the attribute that says how to read it: currencyID, schemeID, format, unitCode.
struct InvoiceText {
  std::string value;
  std::string attribute;
  int64_t line = 0;

  bool empty() const { return value.empty(); }
};

struct RawParty {
  InvoiceText name, trading_name, legal_id, endpoint, postcode, city, country;
  InvoiceText contact_name, contact_phone, contact_mail;
  std::vector<InvoiceText> ids, address;
  struct Tax {
    InvoiceText id, scheme;
  };
  std::vector<Tax> taxes;
};

struct RawDiscount {
  InvoiceText days, basis_day, basis_amount, until, percent, amount;
};

struct RawTerms {
  InvoiceText due_day, amount, percent;
  std::vector<RawDiscount> discounts;
};

struct RawMeans {
  InvoiceText code, reference, account, due_day, mandate;
};

// What was found, before it is looked at as a whole.
struct RawInvoice {
  int64_t line = 1;
  bool ubl = false;
  bool credit_note = false;  // the root says so
  InvoiceText profile, test, number, issue_day, type, currency, due_day, mandate;
  std::vector<InvoiceText> totals;  // CII may repeat it in the currency of accounting
  InvoiceText rounding, prepaid, payable;
  std::vector<InvoiceText> terms_texts, preceding;
  std::vector<RawMeans> means;
  std::vector<RawTerms> terms;
  RawParty seller, buyer;
};

}  // namespace relance::ledger
