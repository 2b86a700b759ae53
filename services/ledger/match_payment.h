#pragma once

#include <map>
#include <string>
#include <vector>

#include "services/ledger/account_field.h"
#include "services/ledger/incoming.h"

namespace relance::ledger {

// Structured references of a payment in the form in which they are compared, each once: RF and OGM as
// common/identifiers returns them, also from free text; other structured references normalised.
std::vector<std::string> ReferencesOf(const PaymentFacts& facts);

// Whether `reference` (of ReferencesOf) is the one to quote for `item`: its own reference, or the RF of its
// number.
bool ReferenceFits(const std::string& reference, const state::v1::Item& item);

// Finds what a credit at hand pays and allocates it. Pure: no I/O, no clock.
//
// Rules, in order, each taking what the one before left:
//   1. REFERENCE: a structured reference of the payment is that of an open debit.
//   2. DOCUMENT_NUMBER: numbers that the payer names, else whole words of the free text (FindNumbers). Credit
//   notes
//      named beside invoices are set off exactly when the payment is what remains; otherwise they stay open.
//   3. PAYER_AND_AMOUNT: only when nothing was found: the payer's account is one that this debtor has paid
//   from, and
//      exactly one open debit has exactly the amount.
// Ambiguous: a reference or number that fits open debits of several documents allocates nothing. Several
// debits of one document (instalments) are one thing: the one with exactly the amount if there is one, else
// oldest due first. Never more than is open on a debit, nor than the payer says to pay on it; what is left
// stays on the credit. Nothing else is netted.
//
// A payer's account is learnt when rule 1 or 2 found something. Returns the allocations made, by rule.
// Requires: all open items at hand.
std::map<state::v1::MatchRule, int64_t> MatchPayment(uint64_t payment, const PaymentFacts& facts,
                                                     LedgerAccount* account);

}  // namespace relance::ledger
