#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "relance/state/v1/ledger.pb.h"
#include "services/ledger/incoming.h"

// What came with money, as it is kept with the money: so that it can be matched later and shown to a person.
namespace relance::ledger {

inline constexpr int kWordsMax = 64;            // references, documents and texts, each
inline constexpr size_t kWordBytesMax = 560;    // of one of them: four lines of a statement
inline constexpr size_t kWordsBytesMax = 4096;  // of all of them
inline constexpr int kRemittedMax = 64;

// Bounded: what is beyond is left out, texts last.
state::v1::PaymentWords WordsOf(const PaymentFacts& facts);

// The facts of money that is stored.
PaymentFacts FactsOf(const state::v1::Item& payment);

// Texts in which numbers are looked for: the free ones, and what the payer calls the transfer.
std::vector<std::string> SearchedTexts(const PaymentFacts& facts);

// Under which a payer is known (Attributes::payer_ibans): the account that it pays from; where the bank tells
// none, "~" and its name. Empty: nothing is known.
std::string PayerKey(const PaymentFacts& facts);

// Money of the bank that is not allocated and may still be: it has words, the books have not lettered it, the
// bank has not taken it back.
bool LooksForItems(const state::v1::Item& item);

}  // namespace relance::ledger
