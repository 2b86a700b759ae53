#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "services/ledger/readers/invoice/invoice_reader.h"
#include "services/ledger/readers/testing/collecting_sink.h"

namespace relance::ledger {

struct InvoiceResult : CollectingSink<InvoiceSink, InvoiceDocument> {
  absl::Status status;
  ReadSummary summary;
};

inline InvoiceResult ReadInvoice(absl::string_view bytes, InvoiceSyntax syntax = InvoiceSyntax::kAny,
                                 size_t chunk = 4096) {
  InvoiceResult result;
  InvoiceReader reader("invoice.xml", syntax, &result);
  result.status = PushAll(reader, bytes, chunk);
  result.summary = reader.summary();
  return result;
}

// All that matters of a document, as text.
inline std::string Fingerprint(const InvoiceDocument& d) {
  std::string text =
      absl::StrCat(d.line, "|", d.syntax, "|", d.type_code, "|", d.number, "|", FormatIsoDay(d.issue_day),
                   "|", d.currency, "|", d.total_minor, "|", d.prepaid_minor, "|", d.payable_minor);
  absl::StrAppend(&text, "|", d.reference, "|", d.terms_text, "|", d.buyer.name, "|", d.seller.name);
  for (const auto& i : d.instalments) {
    absl::StrAppend(&text, "|due ", i.due_day.has_value() ? FormatIsoDay(*i.due_day) : "-", " ",
                    i.amount_minor);
  }
  for (const auto& x : d.discounts) {
    absl::StrAppend(&text, "|discount ", FormatIsoDay(x.until_day), " ", x.amount_minor, " of ",
                    x.instalment);
  }
  for (const std::string& number : d.preceding) absl::StrAppend(&text, "|after ", number);
  return text + "\n";
}

}  // namespace relance::ledger
