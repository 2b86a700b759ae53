#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "relance/state/v1/ledger.pb.h"

namespace relance::ledger {

// Item::source of electronic invoices.
inline constexpr char kSourceUbl[] = "ubl";
inline constexpr char kSourceCii[] = "cii";
inline constexpr char kSourceFacturX[] = "facturx";

// What an electronic invoice tells: one document, whose account is found by its buyer.
struct IncomingDocument {
  // One for each due day, the earliest first; together what the document claims in all, the prepaid part in
  // the first. The first has the id of the document (DocumentId), the others none. Without a due day: by the
  // terms.
  std::vector<state::v1::Item> instalments;
  int64_t prepaid_minor = 0;           // of it, paid before; of the document's sign
  bool corrects = false;               // it takes the place of the preceding ones (type 384)
  std::vector<std::string> preceding;  // BT-25
  int64_t line = 0;

  // The buyer: fills what is not known of the account.
  state::v1::Attributes buyer;
  // How the parties call the buyer: one may be the code of its account.
  std::vector<std::string> codes;
  // CompanyKeys of the buyer, the surest first.
  std::vector<std::string> companies;
};

}  // namespace relance::ledger
