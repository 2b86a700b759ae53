#include "services/ledger/match_payment.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/identifiers/find_references.h"
#include "common/identifiers/reference.h"
#include "common/identifiers/text.h"
#include "services/ledger/account_index.h"
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

auto DueOrder(const Item* item) {
  return std::make_tuple(item->has_due_day() ? item->due_day() : INT32_MAX, item->id());
}

// Debits named by one reference or number, in order of their due day; none when they are of several
// documents.
std::vector<const Item*> OneDocument(const std::vector<const Item*>& fitting) {
  std::set<std::string> numbers;
  for (const Item* item : fitting) {
    const std::string normal = NormaliseNumber(item->number());
    numbers.insert(normal.empty() ? item->number() : normal);
  }
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

  // What may still go to the document that `key` names, by what the payer said.
  int64_t LimitOf(const std::string& key, const std::vector<const Item*>& document) const {
    const auto told = facts_.remitted_minor.find(key);
    if (told == facts_.remitted_minor.end()) return INT64_MAX;
    int64_t limit = told->second;
    for (const auto& allocation : account_->Find(payment_)->allocations()) {
      for (const Item* item : document) {
        if (allocation.undone_day() == 0 && allocation.item() == item->id())
          limit -= allocation.amount_minor();
      }
    }
    return std::max<int64_t>(limit, 0);
  }

  int64_t Pay(uint64_t debit, int64_t limit, MatchRule rule, const std::string& evidence) {
    const int32_t day = account_->Find(payment_)->issue_day();
    const int64_t paid = Allocate(account_, payment_, debit, limit, day, {rule, evidence});
    if (paid > 0) ++made_[rule];
    return paid;
  }

  // Pays the debits of one document: the one with exactly the amount if there is one, else oldest due first.
  void PayDocument(const std::vector<const Item*>& debits, MatchRule rule, const std::string& key) {
    int64_t limit = std::min(LimitOf(key, debits), Left());
    const auto exact = std::find_if(debits.begin(), debits.end(),
                                    [&](const Item* item) { return item->open_minor() == limit; });
    if (exact != debits.end()) {
      Pay((*exact)->id(), limit, rule, key);
      return;
    }
    std::vector<uint64_t> ids;
    for (const Item* item : debits) ids.push_back(item->id());
    for (const uint64_t id : ids) limit -= Pay(id, limit, rule, key);
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

  // Open items of the payment's currency by the spellings of their numbers; debits and credit notes apart.
  using ByNumberMap = std::map<std::string, std::vector<const Item*>>;

  static void AddSpellings(const Item* item, ByNumberMap* by_number) {
    const std::vector<std::string> spellings = SpellingsOfNumber(item->number());
    for (const std::string& spelling : spellings) (*by_number)[spelling].push_back(item);
    if (spellings.empty() && !item->number().empty()) (*by_number)[AsNamed(item->number())].push_back(item);
  }

  // A number that is too short to be looked for in a text ("B-1"), for a payer who names it as a document's.
  static std::string AsNamed(absl::string_view number) {
    return absl::AsciiStrToUpper(absl::StripAsciiWhitespace(number));
  }

  void ByNumber() {
    ByNumberMap debits;
    ByNumberMap credits;
    for (const Item* item : OpenDebits()) AddSpellings(item, &debits);
    for (const Item* item : account_->OpenCredits()) {
      if (item->kind() == state::v1::ITEM_KIND_CREDIT_NOTE &&
          item->currency() == account_->Find(payment_)->currency()) {
        AddSpellings(item, &credits);
      }
    }
    const auto known = [&](absl::string_view number) {
      return debits.count(std::string(number)) != 0 || credits.count(std::string(number)) != 0;
    };
    std::vector<std::string> numbers;
    for (const std::string& document : facts_.documents) {
      std::string number = NormaliseNumber(document);
      if (number.empty()) number = AsNamed(document);
      if (known(number)) AddOnce(number, &numbers);
    }
    for (const std::string& reference : facts_.references) {
      if (std::string number = NormaliseNumber(reference); known(number)) AddOnce(number, &numbers);
    }
    for (const std::string& text : facts_.texts) {
      for (std::string& number : FindNumbers(text, known)) AddOnce(std::move(number), &numbers);
    }
    SetOff(numbers, debits, credits);
    // Documents in order of age: a payment that does not reach all of them settles the oldest.
    std::vector<std::pair<std::string, std::vector<const Item*>>> documents;
    for (const std::string& number : numbers) {
      const auto it = debits.find(number);
      if (it == debits.end()) continue;
      std::vector<const Item*> document = OneDocument(it->second);
      if (!document.empty()) documents.emplace_back(number, std::move(document));
    }
    std::stable_sort(documents.begin(), documents.end(), [](const auto& a, const auto& b) {
      return DueOrder(a.second.front()) < DueOrder(b.second.front());
    });
    for (const auto& [number, document] : documents) {
      PayDocument(document, state::v1::MATCH_RULE_DOCUMENT_NUMBER, number);
    }
  }

  // The payer names invoices and credit notes, and pays exactly the difference.
  void SetOff(const std::vector<std::string>& numbers, const ByNumberMap& debits,
              const ByNumberMap& credits) {
    int64_t difference = 0;
    std::vector<std::pair<uint64_t, std::string>> credit_ids;
    std::vector<uint64_t> debit_ids;
    for (const std::string& number : numbers) {
      if (const auto it = debits.find(number); it != debits.end()) {
        for (const Item* item : OneDocument(it->second)) {
          difference += item->open_minor();
          debit_ids.push_back(item->id());
        }
      }
      if (const auto it = credits.find(number); it != credits.end()) {
        for (const Item* item : OneDocument(it->second)) {
          difference += item->open_minor();
          credit_ids.emplace_back(item->id(), number);
        }
      }
    }
    if (credit_ids.empty() || difference != Left()) return;
    const int32_t day = account_->Find(payment_)->issue_day();
    for (const auto& [credit, number] : credit_ids) {
      for (const uint64_t debit : debit_ids) {
        if (Allocate(account_, credit, debit, INT64_MAX, day,
                     {state::v1::MATCH_RULE_DOCUMENT_NUMBER, number}) > 0) {
          ++made_[state::v1::MATCH_RULE_DOCUMENT_NUMBER];
        }
      }
    }
  }

  bool KnowsPayer() const {
    const auto& known = account_->attributes().payer_ibans();
    return std::find(known.begin(), known.end(), facts_.payer_account) != known.end();
  }

  // The payer is sure: its account is known, or its name is the debtor's, letter by letter.
  bool PayerIsSure() const {
    const std::string name = NormaliseName(facts_.payer_name);
    return KnowsPayer() || (!name.empty() && name == NormaliseName(account_->attributes().name()));
  }

  void ByPayerAndAmount() {
    if (!PayerIsSure()) return;
    const std::vector<const Item*> debits = OpenDebits();
    std::vector<const Item*> exact;
    for (const Item* item : debits) {
      if (item->open_minor() == Left()) exact.push_back(item);
    }
    if (exact.empty()) {
      exact = OnlyRunOf(debits, Left());
    } else if (exact.size() > 1) {
      exact.clear();
    }
    std::vector<uint64_t> ids;
    for (const Item* item : exact) ids.push_back(item->id());
    for (const uint64_t id : ids) Pay(id, INT64_MAX, state::v1::MATCH_RULE_PAYER_AND_AMOUNT, "");
  }

  // The one run of at least two items, consecutive by due day, that makes exactly `amount`: a customer who
  // pays all that fell due in a while. None when there are several such runs.
  static std::vector<const Item*> OnlyRunOf(std::vector<const Item*> debits, int64_t amount) {
    std::sort(debits.begin(), debits.end(),
              [](const Item* a, const Item* b) { return DueOrder(a) < DueOrder(b); });
    std::vector<const Item*> found;
    int64_t sum = 0;
    size_t first = 0;
    for (size_t last = 0; last < debits.size(); ++last) {
      sum += debits[last]->open_minor();
      while (sum > amount && first <= last) sum -= debits[first++]->open_minor();
      if (sum != amount || last < first + 1) continue;
      if (!found.empty()) return {};
      found.assign(debits.begin() + first, debits.begin() + last + 1);
    }
    return found;
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
    for (auto& reference : identifiers::FindReferences(text))
      AddOnce(std::move(reference.value), &references);
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

std::map<MatchRule, int64_t> MatchPayment(uint64_t payment, const PaymentFacts& facts,
                                          LedgerAccount* account) {
  return Matching(payment, facts, account).Run();
}

}  // namespace relance::ledger
