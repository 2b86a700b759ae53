#include "services/ledger/match_payment.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "common/identifiers/find_references.h"
#include "common/identifiers/reference.h"
#include "common/identifiers/text.h"
#include "services/ledger/allocate.h"
#include "services/ledger/cash/deductions.h"
#include "services/ledger/cash/payment_words.h"
#include "services/ledger/cash/similar_text.h"
#include "services/ledger/find_numbers.h"

namespace relance::ledger {
namespace {

using state::v1::Item;
using state::v1::MatchRule;

constexpr int kRoundsMax = 3;  // of one payment: what is named, then what is left

void AddOnce(std::string value, std::vector<std::string>* values) {
  if (!value.empty() && std::find(values->begin(), values->end(), value) == values->end()) {
    values->push_back(std::move(value));
  }
}

void TakeIn(uint64_t payment, const Match& match, const LedgerAccount& account, AccountLook* look) {
  const auto see = [&](uint64_t id) {
    if (const Item* item = account.Find(id); item != nullptr) look->TakeIn(*item);
  };
  for (const MatchPart& part : match.parts) {
    see(part.credit);
    see(part.debit);
  }
  for (const MatchDeduction& deduction : match.deductions) {
    see(deduction.debit);
    see(DiscountId(payment, deduction.debit));
  }
}

bool MayLearn(const PaymentFacts& facts, const PayerStanding& payer, const LedgerAccount& account) {
  if (payer.kind == PayerStanding::Kind::kOtherAccount || payer.kind == PayerStanding::Kind::kGroup) {
    return false;
  }
  return CompareNames(facts.payer_name, account.attributes().name()) != NameFit::kDifferent;
}

}  // namespace

std::vector<std::string> ReferencesOf(const PaymentFacts& facts) {
  std::vector<std::string> references;
  const auto add_found = [&](absl::string_view text) {
    for (auto& reference : identifiers::FindReferences(text))
      AddOnce(std::move(reference.value), &references);
  };
  for (const std::string& reference : facts.references) {
    add_found(reference);
    AddOnce(identifiers::Normalise(reference), &references);
  }
  for (const std::string& text : SearchedTexts(facts)) add_found(text);
  return references;
}

bool ReferenceFits(const std::string& reference, const Item& item) {
  if (!item.reference().empty() && identifiers::Normalise(item.reference()) == reference) return true;
  if (!absl::StartsWith(reference, "RF") || reference.size() <= 4) return false;
  const std::string number = NormaliseNumber(item.number());
  if (number.empty()) return false;
  const auto rf = identifiers::MakeRf(number);
  return rf.ok() && *rf == reference;
}

std::map<MatchRule, int64_t> ApplyMatch(uint64_t payment, const Match& match, const std::string& evidence,
                                        LedgerAccount* account) {
  std::map<MatchRule, int64_t> made;
  const int32_t day = account->Find(payment)->issue_day();
  const std::string source = account->Find(payment)->source();
  for (const MatchPart& part : match.parts) {
    const std::string& seen = evidence.empty() ? part.evidence : evidence;
    if (Allocate(account, part.credit, part.debit, part.minor, day, {part.rule, seen}) > 0) ++made[part.rule];
  }
  for (const MatchDeduction& deduction : match.deductions) {
    AddDeduction(DiscountId(payment, deduction.debit), deduction.debit, deduction.minor, day,
                 kEarlyPaymentDiscount, match.rule, source, account);
  }
  return made;
}

void LearnPayer(const PaymentFacts& facts, LedgerAccount* account) {
  const std::string key = PayerKey(facts);
  const auto& known = account->attributes().payer_ibans();
  if (key.empty() || std::find(known.begin(), known.end(), key) != known.end()) return;
  if (known.size() >= kPayerIbansMax) return;
  account->mutable_attributes()->add_payer_ibans(key);
}

std::map<MatchRule, int64_t> MatchPayment(uint64_t payment, const PaymentFacts& facts, LedgerAccount* account,
                                          const MatchOptions& options) {
  const int threshold =
      options.confidence_permille == 0 ? kMatchConfidenceDefault : options.confidence_permille;
  std::optional<AccountLook> own;
  if (options.look == nullptr) own.emplace(*account);
  AccountLook& look = options.look == nullptr ? *own : *options.look;
  std::map<MatchRule, int64_t> made;
  for (int round = 0; round < kRoundsMax; ++round) {
    if (account->Find(payment)->open_minor() == 0) break;
    const std::vector<Match> matches = FindMatches(*account->Find(payment), facts, options.payer, look);
    if (matches.empty() || matches[0].confidence_permille < threshold) break;
    const auto now = ApplyMatch(payment, matches[0], "", account);
    TakeIn(payment, matches[0], *account, &look);
    if (now.empty()) break;
    for (const auto& [rule, count] : now) made[rule] += count;
  }
  // A name alone is no payer to remember: it is found by itself.
  if (!made.empty() && !facts.payer_account.empty() && MayLearn(facts, options.payer, *account)) {
    LearnPayer(facts, account);
  }
  return made;
}

}  // namespace relance::ledger
