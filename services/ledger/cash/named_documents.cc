#include "services/ledger/cash/named_documents.h"

#include <algorithm>
#include <climits>
#include <cstdint>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "services/ledger/cash/payment_words.h"
#include "services/ledger/cash/similar_text.h"
#include "services/ledger/find_numbers.h"
#include "services/ledger/match_payment.h"

namespace relance::ledger {
namespace {

using state::v1::Item;

constexpr size_t kStrongLengthMin = 6;
constexpr size_t kStrongDigitsMin = 9;
constexpr size_t kSettledMax = 2000;  // beyond, settled documents are not looked through

auto DueOrder(const Item* item) {
  return std::make_tuple(item->has_due_day() ? item->due_day() : INT_MAX, item->id());
}

std::string DocumentOf(const Item& item) {
  const std::string normal = NormaliseNumber(item.number());
  return normal.empty() ? item.number() : normal;
}

bool IsOneDocument(const std::vector<const Item*>& items) {
  std::set<std::string> numbers;
  for (const Item* item : items) numbers.insert(DocumentOf(*item));
  return numbers.size() == 1;
}

NameStrength StrengthOf(const std::string& number) {
  const bool letters =
      std::any_of(number.begin(), number.end(), [](unsigned char c) { return absl::ascii_isalpha(c); });
  return number.size() >= (letters ? kStrongLengthMin : kStrongDigitsMin) ? NameStrength::kStrong
                                                                          : NameStrength::kWeak;
}

// A number that is too short to be looked for in a text ("B-1"), for a payer who names it as a document's.
std::string AsNamed(absl::string_view number) {
  return absl::AsciiStrToUpper(absl::StripAsciiWhitespace(number));
}

class Naming {
 public:
  Naming(const Item& payment, const PaymentFacts& facts, const AccountLook& look)
      : payment_(payment),
        facts_(facts),
        look_(look),
        eligible_(payment, look),
        texts_(SearchedTexts(facts)) {}

  NamedDocuments Run() {
    ByReference();
    ByNumber();
    ByEndToEndId();
    std::stable_sort(named_.documents.begin(), named_.documents.end(), [](const auto& a, const auto& b) {
      return DueOrder(a.debits.front()) < DueOrder(b.debits.front());
    });
    return std::move(named_);
  }

 private:
  void Add(const std::string& key, state::v1::MatchRule rule, NameStrength strength,
           std::vector<const Item*> debits) {
    debits.erase(std::remove_if(debits.begin(), debits.end(),
                                [&](const Item* item) { return !taken_.insert(item->id()).second; }),
                 debits.end());
    if (!debits.empty()) named_.documents.push_back({key, rule, strength, std::move(debits)});
  }

  void ByReference() {
    for (const std::string& reference : ReferencesOf(facts_)) {
      std::vector<const Item*> fitting;
      for (const Item* item : look_.OfReference(reference)) {
        if (eligible_.IsDebit(*item) && ReferenceFits(reference, *item)) fitting.push_back(item);
      }
      if (fitting.empty()) continue;
      if (IsOneDocument(fitting)) {
        Add(reference, state::v1::MATCH_RULE_REFERENCE, NameStrength::kCheck, std::move(fitting));
      } else {
        named_.names_customer = true;
      }
    }
  }

  bool IsCreditNote(const Item& item) const {
    return item.kind() == state::v1::ITEM_KIND_CREDIT_NOTE && eligible_.IsCredit(item);
  }

  void ByNumber() {
    const auto known = [&](absl::string_view number) {
      const auto& items = look_.OfNumber(number);
      return std::any_of(items.begin(), items.end(),
                         [&](const Item* item) { return eligible_.IsDebit(*item) || IsCreditNote(*item); });
    };
    std::vector<std::pair<std::string, NameStrength>> numbers;
    const auto see = [&](std::string number, NameStrength strength) {
      if (number.empty() || !known(number)) return;
      for (auto& [seen, seen_strength] : numbers) {
        if (seen != number) continue;
        seen_strength = std::max(seen_strength, strength);
        return;
      }
      numbers.emplace_back(std::move(number), strength);
    };
    for (const std::string& document : facts_.documents) {
      std::string number = NormaliseNumber(document);
      see(number.empty() ? AsNamed(document) : number, NameStrength::kStrong);
    }
    for (const std::string& reference : facts_.references) {
      see(NormaliseNumber(reference), NameStrength::kStrong);
    }
    for (const std::string& text : texts_) {
      for (const std::string& number : FindNumbers(text, known)) see(number, StrengthOf(number));
    }
    for (const auto& [number, strength] : numbers) {
      std::vector<const Item*> debits, credits;
      for (const Item* item : look_.OfNumber(number)) {
        if (eligible_.IsDebit(*item)) debits.push_back(item);
        if (IsCreditNote(*item)) credits.push_back(item);
      }
      if (IsOneDocument(debits)) {
        Add(number, state::v1::MATCH_RULE_DOCUMENT_NUMBER, strength, std::move(debits));
      }
      if (!IsOneDocument(credits)) continue;
      for (const Item* item : credits) named_.credit_notes.emplace_back(item, number);
    }
    std::vector<std::string> all = texts_;
    all.insert(all.end(), facts_.documents.begin(), facts_.documents.end());
    all.insert(all.end(), facts_.references.begin(), facts_.references.end());
    for (std::string& word : NumberWords(all)) {
      if (!known(word)) named_.unknown_words.push_back(std::move(word));
    }
    if (!named_.unknown_words.empty()) FindSettled();
  }

  // Words that are numbers of settled documents, but for those that this very payment has settled.
  void FindSettled() {
    if (look_.settled_items() > kSettledMax) return;
    std::set<uint64_t> paid;
    for (const auto& allocation : payment_.allocations()) paid.insert(allocation.item());
    // By item, the whole number before what is left of it without its letters.
    std::vector<std::tuple<uint64_t, size_t, std::string>> found;
    auto& unknown = named_.unknown_words;
    unknown.erase(std::remove_if(unknown.begin(), unknown.end(),
                                 [&](const std::string& word) {
                                   const Item* item = look_.SettledOfNumber(word);
                                   if (item == nullptr) return false;
                                   found.emplace_back(item->id(), SIZE_MAX - word.size(), word);
                                   return true;
                                 }),
                  unknown.end());
    std::sort(found.begin(), found.end());
    for (auto& [id, order, word] : found) {
      if (paid.count(id) == 0) named_.settled.push_back(std::move(word));
    }
  }

  void ByEndToEndId() {
    if (facts_.end_to_end_id.empty()) return;
    std::vector<const Item*> told;
    for (const Item* item : look_.OfTransfer(facts_.end_to_end_id)) {
      if (eligible_.IsDebit(*item)) told.push_back(item);
    }
    if (!told.empty() && IsOneDocument(told)) {
      Add(facts_.end_to_end_id, state::v1::MATCH_RULE_END_TO_END_ID, NameStrength::kStrong, std::move(told));
      return;
    }
    // A debit that came back is presented again.
    std::set<uint64_t> paid_before;
    for (const Item* item : look_.ReturnedOfTransfer(facts_.end_to_end_id)) {
      if (item->id() == payment_.id() || item->amount_minor() != payment_.amount_minor()) continue;
      for (const auto& allocation : item->allocations()) paid_before.insert(allocation.item());
    }
    if (paid_before.empty()) return;
    for (const Item* item : look_.debits()) {
      if (paid_before.count(item->id()) == 0 || !eligible_.IsDebit(*item)) continue;
      Add(facts_.end_to_end_id, state::v1::MATCH_RULE_END_TO_END_ID, NameStrength::kStrong, {item});
    }
  }

  const Item& payment_;
  const PaymentFacts& facts_;
  const AccountLook& look_;
  const Eligible eligible_;
  const std::vector<std::string> texts_;
  NamedDocuments named_;
  std::set<uint64_t> taken_;
};

}  // namespace

int64_t NamedDocument::open_minor() const {
  int64_t sum = 0;
  for (const Item* item : debits) sum += item->open_minor();
  return sum;
}

NamedDocuments FindNamedDocuments(const Item& payment, const PaymentFacts& facts, const AccountLook& look) {
  return Naming(payment, facts, look).Run();
}

}  // namespace relance::ledger
