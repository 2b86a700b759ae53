#include "services/ledger/match_payment.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "common/identifiers/find_references.h"
#include "common/identifiers/reference.h"
#include "common/identifiers/text.h"
#include "services/ledger/allocate.h"
#include "services/ledger/find_numbers.h"

namespace relance::ledger {
namespace {

using state::v1::Item;
using state::v1::MatchRule;

void AddOnce(std::string value, std::vector<std::string>* values) {
  if (!value.empty() && std::find(values->begin(), values->end(), value) == values->end()) {
    values->push_back(std::move(value));
  }
}

// Debits named by one reference or number, in order of their due day; none when they are of several documents.
std::vector<const Item*> OneDocument(const std::vector<const Item*>& fitting) {
  std::set<std::string> numbers;
  for (const Item* item : fitting) numbers.insert(NormaliseNumber(item->number()).empty() ? item->number()
                                                                                          : NormaliseNumber(item->number()));
  return numbers.size() > 1 ? std::vector<const Item*>() : fitting;
}

class Matching {
 public:
  Matching(uint64_t payment, const PaymentFacts& facts, LedgerAccount* account)
      : payment_(payment), facts_(facts), account_(account) {}

  std::map<MatchRule, int64_t> Run() {
    ByReference();
    if (Left() > 0) ByNumber();
    if (made_.empty()) {
      ByPayerAndAmount();
    } else {
      LearnPayer();
    }
    return made_;
  }

 private:
  int64_t Left() const { return -account_->Find(payment_)->open_minor(); }

  std::vector<const Item*> OpenDebits() const {
    std::vector<const Item*> debits = account_->OpenDebits();
    const std::string& currency = account_->Find(payment_)->currency();
    debits.erase(std::remove_if(debits.begin(), debits.end(),
                                [&](const Item* item) {
                                  return item->currency() != currency ||
                                         item->kind() == state::v1::ITEM_KIND_RETURN;
                                }),
                 debits.end());
    return debits;
  }

  void Pay(uint64_t debit, MatchRule rule, const std::string& evidence) {
    const int32_t day = account_->Find(payment_)->issue_day();
    if (Allocate(account_, payment_, debit, INT64_MAX, day, {rule, evidence}) > 0) ++made_[rule];
  }

  // Pays the debits of one document.
  void PayDocument(const std::vector<const Item*>& debits, MatchRule rule, const std::string& evidence) {
    const auto exact = std::find_if(debits.begin(), debits.end(),
                                    [&](const Item* item) { return item->open_minor() == Left(); });
    if (exact != debits.end()) return Pay((*exact)->id(), rule, evidence);
    std::vector<uint64_t> ids;
    for (const Item* item : debits) ids.push_back(item->id());
    for (const uint64_t id : ids) Pay(id, rule, evidence);
  }

  void ByReference() {
    for (const std::string& reference : ReferencesOf(facts_)) {
      if (Left() == 0) return;
      std::vector<const Item*> fitting;
      for (const Item* item : OpenDebits()) {
        if (ReferenceFits(reference, *item)) fitting.push_back(item);
      }
      PayDocument(OneDocument(fitting), state::v1::MATCH_RULE_REFERENCE, reference);
    }
  }

  // Open items of the payment's currency by number; debits and credit notes apart.
  using ByNumberMap = std::map<std::string, std::vector<const Item*>>;

  void ByNumber() {
    ByNumberMap debits;
    ByNumberMap credits;
    for (const Item* item : OpenDebits()) {
      if (std::string number = NormaliseNumber(item->number()); !number.empty()) debits[number].push_back(item);
    }
    for (const Item* item : account_->OpenCredits()) {
      if (item->kind() != state::v1::ITEM_KIND_CREDIT_NOTE ||
          item->currency() != account_->Find(payment_)->currency()) {
        continue;
      }
      if (std::string number = NormaliseNumber(item->number()); !number.empty()) credits[number].push_back(item);
    }
    const auto known = [&](absl::string_view number) {
      return debits.count(std::string(number)) != 0 || credits.count(std::string(number)) != 0;
    };
    std::vector<std::string> numbers;
    for (const std::string& document : facts_.documents) {
      if (std::string number = NormaliseNumber(document); known(number)) AddOnce(number, &numbers);
    }
    for (const std::string& reference : facts_.references) {
      if (std::string number = NormaliseNumber(reference); known(number)) AddOnce(number, &numbers);
    }
    for (const std::string& text : facts_.texts) {
      for (std::string& number : FindNumbers(text, known)) AddOnce(std::move(number), &numbers);
    }
    SetOff(numbers, debits, credits);
    // All documents together in order of age: a payment that does not reach all of them settles the oldest.
    std::vector<std::pair<const Item*, std::string>> targets;
    if (numbers.size() == 1 && debits.count(numbers[0]) != 0) {
      return PayDocument(debits[numbers[0]], state::v1::MATCH_RULE_DOCUMENT_NUMBER, numbers[0]);
    }
    for (const Item* item : OpenDebits()) {
      const std::string number = NormaliseNumber(item->number());
      if (std::find(numbers.begin(), numbers.end(), number) != numbers.end()) targets.emplace_back(item, number);
    }
    std::vector<std::pair<uint64_t, std::string>> ids;
    for (const auto& [item, number] : targets) ids.emplace_back(item->id(), number);
    for (const auto& [id, number] : ids) Pay(id, state::v1::MATCH_RULE_DOCUMENT_NUMBER, number);
  }

  // The payer names invoices and credit notes, and pays exactly the difference.
  void SetOff(const std::vector<std::string>& numbers, const ByNumberMap& debits, const ByNumberMap& credits) {
    int64_t difference = 0;
    std::vector<std::pair<uint64_t, std::string>> credit_ids;
    std::vector<uint64_t> debit_ids;
    for (const std::string& number : numbers) {
      if (const auto it = debits.find(number); it != debits.end()) {
        for (const Item* item : it->second) {
          difference += item->open_minor();
          debit_ids.push_back(item->id());
        }
      }
      if (const auto it = credits.find(number); it != credits.end()) {
        for (const Item* item : it->second) {
          difference += item->open_minor();
          credit_ids.emplace_back(item->id(), number);
        }
      }
    }
    if (credit_ids.empty() || difference != Left()) return;
    const int32_t day = account_->Find(payment_)->issue_day();
    for (const auto& [credit, number] : credit_ids) {
      for (const uint64_t debit : debit_ids) {
        if (Allocate(account_, credit, debit, INT64_MAX, day, {state::v1::MATCH_RULE_DOCUMENT_NUMBER, number}) > 0) {
          ++made_[state::v1::MATCH_RULE_DOCUMENT_NUMBER];
        }
      }
    }
  }

  bool KnowsPayer() const {
    const auto& known = account_->attributes().payer_ibans();
    return std::find(known.begin(), known.end(), facts_.payer_account) != known.end();
  }

  void ByPayerAndAmount() {
    if (facts_.payer_account.empty() || !KnowsPayer()) return;
    std::vector<const Item*> exact;
    for (const Item* item : OpenDebits()) {
      if (item->open_minor() == Left()) exact.push_back(item);
    }
    if (exact.size() == 1) Pay(exact[0]->id(), state::v1::MATCH_RULE_PAYER_AND_AMOUNT, "");
  }

  void LearnPayer() {
    if (facts_.payer_account.empty() || KnowsPayer()) return;
    if (account_->attributes().payer_ibans_size() >= kPayerIbansMax) return;
    account_->mutable_attributes()->add_payer_ibans(facts_.payer_account);
  }

  const uint64_t payment_;
  const PaymentFacts& facts_;
  LedgerAccount* const account_;
  std::map<MatchRule, int64_t> made_;
};

}  // namespace

std::vector<std::string> ReferencesOf(const PaymentFacts& facts) {
  std::vector<std::string> references;
  const auto add_found = [&](absl::string_view text) {
    for (auto& reference : identifiers::FindReferences(text)) AddOnce(std::move(reference.value), &references);
  };
  for (const std::string& reference : facts.references) {
    add_found(reference);
    AddOnce(identifiers::Normalise(reference), &references);
  }
  for (const std::string& text : facts.texts) add_found(text);
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

std::map<MatchRule, int64_t> MatchPayment(uint64_t payment, const PaymentFacts& facts, LedgerAccount* account) {
  return Matching(payment, facts, account).Run();
}

}  // namespace relance::ledger
