#include "services/ledger/readers/invoice/invoice_types.h"

#include "absl/container/flat_hash_set.h"

namespace relance::ledger {

InvoiceTypeClass ClassOfInvoiceType(absl::string_view code) {
  using Codes = absl::flat_hash_set<absl::string_view>;
  static const auto& credits =
      *new Codes{"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"};
  static const auto& invoices =
      *new Codes{"80",  "82",  "84",  "202", "203", "204", "211", "218", "219", "295", "326", "331",
                 "380", "382", "383", "384", "385", "386", "387", "388", "389", "390", "393", "394",
                 "395", "456", "457", "471", "472", "473", "500", "501", "527", "553", "575", "623",
                 "633", "751", "780", "817", "870", "875", "876", "877", "935"};
  if (credits.contains(code)) return InvoiceTypeClass::kCredit;
  return invoices.contains(code) ? InvoiceTypeClass::kInvoice : InvoiceTypeClass::kUnsupported;
}

}  // namespace relance::ledger
