#include "services/ledger/readers/invoice/invoice_collector.h"

#include <utility>

namespace relance::ledger {
namespace {

using F = InvoiceField;

// The first one counts.
void SetOnce(InvoiceText text, InvoiceText* field) {
  if (field->empty()) *field = std::move(text);
}

}  // namespace

template <typename T>
T& InvoiceCollector::Append(std::vector<T>* list, T value, absl::string_view field) {
  if (list->size() >= kInvoicePartsMax) {
    if (too_many_.empty()) too_many_ = std::string(field);
    return list->back();
  }
  list->push_back(std::move(value));
  return list->back();
}

void InvoiceCollector::Start(InvoicePlace place) {
  switch (place.field) {
    case F::kMeans:
      Append(&raw_.means, RawMeans(), "PaymentMeans");
      break;
    case F::kTerms:
      Append(&raw_.terms, RawTerms(), "PaymentTerms");
      break;
    case F::kDiscount:
      if (!raw_.terms.empty()) Append(&raw_.terms.back().discounts, RawDiscount(), "PaymentDiscountTerms");
      break;
    case F::kPartyTax: {
      RawParty& party = place.side == InvoiceSide::kSeller ? raw_.seller : raw_.buyer;
      Append(&party.taxes, RawParty::Tax(), "PartyTaxScheme");
      break;
    }
    default:
      break;
  }
}

void InvoiceCollector::End(InvoicePlace place, InvoiceText text) {
  if (text.empty()) return;
  if (place.side != InvoiceSide::kNone) return EndParty(place, std::move(text));
  switch (place.field) {
    case F::kProfile:
      return SetOnce(std::move(text), &raw_.profile);
    case F::kTest:
      return SetOnce(std::move(text), &raw_.test);
    case F::kNumber:
      return SetOnce(std::move(text), &raw_.number);
    case F::kIssueDay:
      return SetOnce(std::move(text), &raw_.issue_day);
    case F::kType:
      return SetOnce(std::move(text), &raw_.type);
    case F::kCurrency:
      return SetOnce(std::move(text), &raw_.currency);
    case F::kDueDay:
      return SetOnce(std::move(text), &raw_.due_day);
    case F::kPreceding:
      Append(&raw_.preceding, std::move(text), "BillingReference");
      return;
    case F::kTotal:
      Append(&raw_.totals, std::move(text), "GrandTotalAmount");
      return;
    case F::kRounding:
      return SetOnce(std::move(text), &raw_.rounding);
    case F::kPrepaid:
      return SetOnce(std::move(text), &raw_.prepaid);
    case F::kPayable:
      return SetOnce(std::move(text), &raw_.payable);
    case F::kTermsMandate:
      return SetOnce(std::move(text), &raw_.mandate);
    case F::kMeansCode:
    case F::kMeansReference:
    case F::kMeansAccount:
    case F::kMeansDueDay:
    case F::kMeansMandate: {
      // CII has the reference outside of the means.
      if (raw_.means.empty()) raw_.means.emplace_back();
      RawMeans& means = raw_.means.back();
      InvoiceText& field = place.field == F::kMeansCode        ? means.code
                           : place.field == F::kMeansReference ? means.reference
                           : place.field == F::kMeansAccount   ? means.account
                           : place.field == F::kMeansDueDay    ? means.due_day
                                                               : means.mandate;
      return SetOnce(std::move(text), &field);
    }
    default:
      return EndTerms(place.field, std::move(text));
  }
}

RawDiscount& InvoiceCollector::Discount() {
  RawTerms& terms = raw_.terms.back();
  if (terms.discounts.empty()) terms.discounts.emplace_back();
  return terms.discounts.back();
}

void InvoiceCollector::EndTerms(InvoiceField field, InvoiceText text) {
  if (raw_.terms.empty()) return;
  RawTerms& terms = raw_.terms.back();
  switch (field) {
    case F::kTermsText:
      Append(&raw_.terms_texts, std::move(text), "PaymentTerms/Note");
      return;
    case F::kTermsDueDay:
      return SetOnce(std::move(text), &terms.due_day);
    case F::kTermsAmount:
      return SetOnce(std::move(text), &terms.amount);
    case F::kTermsPercent:
      return SetOnce(std::move(text), &terms.percent);
    case F::kDiscountDays:
      return SetOnce(std::move(text), &Discount().days);
    case F::kDiscountBasisDay:
      return SetOnce(std::move(text), &Discount().basis_day);
    case F::kDiscountBasisAmount:
      return SetOnce(std::move(text), &Discount().basis_amount);
    case F::kDiscountUntil:
      return SetOnce(std::move(text), &Discount().until);
    case F::kDiscountPercent:
      return SetOnce(std::move(text), &Discount().percent);
    case F::kDiscountAmount:
      return SetOnce(std::move(text), &Discount().amount);
    default:
      return;
  }
}

void InvoiceCollector::EndParty(InvoicePlace place, InvoiceText text) {
  RawParty& party = place.side == InvoiceSide::kSeller ? raw_.seller : raw_.buyer;
  switch (place.field) {
    case F::kPartyName:
      return SetOnce(std::move(text), &party.name);
    case F::kPartyTradingName:
      return SetOnce(std::move(text), &party.trading_name);
    case F::kPartyId:
      Append(&party.ids, std::move(text), "PartyIdentification");
      return;
    case F::kPartyLegalId:
      return SetOnce(std::move(text), &party.legal_id);
    case F::kPartyTaxId:
      if (!party.taxes.empty()) SetOnce(std::move(text), &party.taxes.back().id);
      return;
    case F::kPartyTaxScheme:
      if (!party.taxes.empty()) SetOnce(std::move(text), &party.taxes.back().scheme);
      return;
    case F::kPartyEndpoint:
      return SetOnce(std::move(text), &party.endpoint);
    case F::kPartyAddressLine:
      if (party.address.size() < kInvoiceAddressLinesMax) party.address.push_back(std::move(text));
      return;
    case F::kPartyPostcode:
      return SetOnce(std::move(text), &party.postcode);
    case F::kPartyCity:
      return SetOnce(std::move(text), &party.city);
    case F::kPartyCountry:
      return SetOnce(std::move(text), &party.country);
    case F::kPartyContactName:
      return SetOnce(std::move(text), &party.contact_name);
    case F::kPartyContactPhone:
      return SetOnce(std::move(text), &party.contact_phone);
    case F::kPartyContactMail:
      return SetOnce(std::move(text), &party.contact_mail);
    default:
      return;
  }
}

}  // namespace relance::ledger
