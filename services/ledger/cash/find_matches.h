#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/ledger/cash/account_look.h"
#include "services/ledger/incoming.h"

namespace relance::ledger {

inline constexpr int kMatchConfidenceDefault = 999;  // TenantConfig.match_confidence_permille when it is 0
inline constexpr int kSimilarConfidenceMax = 995;  // of a match whose account is found by similar words only
inline constexpr size_t kMatchesMax = 10;          // of one payment in one account

// A part of a credit for a debit.
struct MatchPart {
  uint64_t credit = 0;  // the payment, or a credit note that is set off
  uint64_t debit = 0;
  int64_t minor = 0;
  state::v1::MatchRule rule = state::v1::MATCH_RULE_UNSPECIFIED;
  std::string evidence;  // a reference, a number; no names
};

// A discount that is granted with it.
struct MatchDeduction {
  uint64_t debit = 0;
  int64_t minor = 0;
};

// What a payment may be for, in one account.
struct Match {
  state::v1::MatchRule rule = state::v1::MATCH_RULE_UNSPECIFIED;
  int confidence_permille = 0;
  std::vector<MatchPart> parts;
  std::vector<MatchDeduction> deductions;
  int64_t left_minor = 0;  // of the payment
  std::string why;         // for people; may hold names
  uint64_t hash = 0;       // of account, debits and amounts: what a person refuses
};

// Finds what a payment may be for. Pure: no I/O, no clock.
//
// Rules, strongest first, and how sure they are: docs/cash_application.md has the table. Best first: by
// confidence, then by rule; at most kMatchesMax. What a person refused is not among them. Ambiguous evidence
// (a number of two documents, two sets of the same sum) makes no match or several weak ones, never one that
// is sure.
std::vector<Match> FindMatches(const state::v1::Item& payment, const PaymentFacts& facts,
                               const PayerStanding& payer, const AccountLook& look);

// Item::refused of a payment: one whole match, and all that a match could give to one debit.
uint64_t HashOfMatch(const std::string& account, const Match& match);
uint64_t HashOfPair(const std::string& account, uint64_t debit);

}  // namespace relance::ledger
