#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/ledger/cash/find_matches.h"

namespace relance::ledger {

// How much a name of a document is worth by itself.
enum class NameStrength {
  kWeak,    // digits that could be anything: a date, a telephone or an order number
  kStrong,  // letters and digits, or many digits, or a document that the payer names as such
  kCheck,   // a structured reference with check digits
};

// Open debits that money names by one reference or number.
struct NamedDocument {
  std::string key;
  state::v1::MatchRule rule = state::v1::MATCH_RULE_UNSPECIFIED;
  NameStrength strength = NameStrength::kWeak;
  std::vector<const state::v1::Item*> debits;  // by due day: the instalments of one document

  int64_t open_minor() const;
};

struct NamedDocuments {
  std::vector<NamedDocument> documents;                                      // by due day
  std::vector<std::pair<const state::v1::Item*, std::string>> credit_notes;  // with the number
  // A reference that is quoted on several documents says whose money it is.
  bool names_customer = false;
  // Numbers of settled documents.
  std::vector<std::string> settled;
  // Words that could be numbers and are none of this account's.
  std::vector<std::string> unknown_words;
};

// Finds what money names: by structured reference, by document number (as a document of the remittance, as a
// reference, in the text), by the end-to-end id that was told for the item or that a returned payment of it
// had. A reference or number that fits several documents names none.
NamedDocuments FindNamedDocuments(const state::v1::Item& payment, const PaymentFacts& facts,
                                  const AccountLook& look);

}  // namespace relance::ledger
