#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "services/ledger/readers/invoice/invoice_fields.h"

namespace relance::ledger {

// Of each: payment terms, discounts of one, preceding invoices, payment means, identifiers of a party.
inline constexpr size_t kInvoicePartsMax = 120;
inline constexpr size_t kInvoiceAddressLinesMax = 5;  // before the line of postcode and city

// Puts elements into a RawInvoice as they come. Groups beyond kInvoicePartsMax are left out and said.
class InvoiceCollector {
 public:
  void Start(InvoicePlace place);
  void End(InvoicePlace place, InvoiceText text);

  RawInvoice& raw() { return raw_; }
  // The field that came too often; empty: none did.
  const std::string& too_many() const { return too_many_; }

 private:
  void EndParty(InvoicePlace place, InvoiceText text);
  void EndTerms(InvoiceField field, InvoiceText text);
  RawDiscount& Discount();
  // Appends to a list that is bounded. Returns the last one.
  template <typename T>
  T& Append(std::vector<T>* list, T value, absl::string_view field);

  RawInvoice raw_;
  std::string too_many_;
};

}  // namespace relance::ledger
