#pragma once

#include <map>
#include <string>
#include <vector>

#include "services/ledger/account_field.h"
#include "services/ledger/cash/find_matches.h"
#include "services/ledger/incoming.h"

namespace relance::ledger {

// Structured references of a payment in the form in which they are compared, each once: RF and OGM as
// common/identifiers returns them, also from free text; other structured references normalised.
std::vector<std::string> ReferencesOf(const PaymentFacts& facts);

// Whether `reference` (of ReferencesOf) is the one to quote for `item`: its own reference, or the RF of its
// number.
bool ReferenceFits(const std::string& reference, const state::v1::Item& item);

struct MatchOptions {
  int confidence_permille = 0;  // what is at least this sure is allocated; 0: kMatchConfidenceDefault
  PayerStanding payer;
  // Of the account, since before the first of several payments: kept current. Null: made for this one.
  AccountLook* look = nullptr;
};

// Finds what a credit at hand pays (FindMatches) and allocates it when that is sure enough; what is left of
// it looks again. Otherwise it stays as it is, for a person. Pure: no I/O, no clock.
//
// The payer is known from then on (Attributes::payer_ibans) unless its name is another than the account's or
// it is known as another account. Returns the allocations made, by rule. Requires: all open items at hand;
// settled ones are looked at as far as they are.
std::map<state::v1::MatchRule, int64_t> MatchPayment(uint64_t payment, const PaymentFacts& facts,
                                                     LedgerAccount* account,
                                                     const MatchOptions& options = {});

// Does what a match says: allocates, sets off, grants discounts. Returns the allocations made, by rule.
// `evidence` replaces that of the parts when it is not empty.
std::map<state::v1::MatchRule, int64_t> ApplyMatch(uint64_t payment, const Match& match,
                                                   const std::string& evidence, LedgerAccount* account);

// The payer of `facts` is one of this account from now on; at most kPayerIbansMax. Nothing without a key.
void LearnPayer(const PaymentFacts& facts, LedgerAccount* account);

}  // namespace relance::ledger
