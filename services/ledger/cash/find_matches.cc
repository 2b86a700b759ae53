#include "services/ledger/cash/find_matches.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/cash/named_documents.h"
#include "services/ledger/cash/payment_words.h"
#include "services/ledger/cash/similar_text.h"
#include "services/ledger/cash/subset_sum.h"
#include "services/ledger/find_numbers.h"

namespace relance::ledger {
namespace {

using state::v1::Item;
using state::v1::MatchRule;

constexpr int kDiscountItemsMax = 6;       // of one payment; 64 ways to take them or not
constexpr int kTwiceDays = 20;             // the same amount again within so many days may be a mistake
constexpr int64_t kCommonAmount = 100;     // whole units of the currency
constexpr int64_t kRoundAmount = 10'000;   // what people pay on account
constexpr size_t kEqualItemsMax = 3;       // proposals of items of the same amount
constexpr int kNearPerHundred = 3;         // an amount so close may be the item's but for charges
constexpr size_t kSimilarItemsMax = 2000;  // open items that are compared with a word
// Of the payments of a known payer that no set of items explains, so many are weighed against chance hits.
constexpr double kUnexplainedShare = 0.2;

// How the amount goes with what is named.
enum class AmountFit { kExact, kSubset, kShort, kOver };

// How sure the payer is.
enum class PayerFit { kSure, kPaysFor, kGroup, kSimilar, kUnknown, kOther, kContradicts };

class Finder {
 public:
  Finder(const Item& payment, const PaymentFacts& facts, const PayerStanding& standing,
         const AccountLook& look)
      : payment_(payment),
        facts_(facts),
        standing_(standing),
        left_(-payment.open_minor()),
        look_(look),
        eligible_(payment, look) {}

  std::vector<Match> Run() {
    if (left_ <= 0) return {};
    named_ = FindNamedDocuments(payment_, facts_, look_);
    if (named_.documents.empty() && Debits().empty()) return {};
    payer_ = FindPayer();
    if (!named_.documents.empty()) ByName();
    BySimilarNumber();
    if (named_.documents.empty()) ByAmount();
    return Ranked();
  }

 private:
  // Open debits that the payment may pay. Looked through only by the rules that need all of them.
  const std::vector<const Item*>& Debits() {
    if (std::exchange(debits_known_, true)) return debits_;
    for (const Item* item : look_.debits()) {
      if (!eligible_.IsDebit(*item)) continue;
      debits_.push_back(item);
      debit_sum_ += item->open_minor();
      granularity_ = std::gcd(granularity_, item->open_minor());
    }
    return debits_;
  }

  // --- the payer

  PayerFit FindPayer() {
    const std::string key = PayerKey(facts_);
    const auto& known = look_.attributes().payer_ibans();
    name_fit_ = CompareNames(facts_.payer_name, look_.attributes().name());
    if (standing_.kind == PayerStanding::Kind::kSaid) return PayerFit::kSure;
    if (named_.names_customer) return PayerFit::kSure;
    if (!key.empty() && std::find(known.begin(), known.end(), key) != known.end()) return PayerFit::kSure;
    if (standing_.kind == PayerStanding::Kind::kPaysFor) return PayerFit::kPaysFor;
    if (standing_.kind == PayerStanding::Kind::kGroup) return PayerFit::kGroup;
    if (standing_.kind == PayerStanding::Kind::kOtherAccount) return PayerFit::kContradicts;
    if (name_fit_ == NameFit::kSame) return PayerFit::kSure;
    if (name_fit_ == NameFit::kSimilar) return PayerFit::kSimilar;
    if (name_fit_ == NameFit::kDifferent) return PayerFit::kOther;
    return PayerFit::kUnknown;
  }

  std::string PayerWords() const {
    switch (payer_) {
      case PayerFit::kSure:
        return standing_.kind == PayerStanding::Kind::kSaid ? "the account was said with it"
               : name_fit_ == NameFit::kSame                ? "the payer has the name of the account"
                                                            : "the payer has paid for this account before";
      case PayerFit::kPaysFor:
        return absl::StrCat("the payer is ", standing_.account, ", which pays for this account");
      case PayerFit::kGroup:
        return absl::StrCat("the payer is ", standing_.account, ", of the same group");
      case PayerFit::kSimilar:
        return "the payer's name is nearly that of the account";
      case PayerFit::kUnknown:
        return "the payer is not known";
      case PayerFit::kOther:
        return "the payer is not known and has another name";
      case PayerFit::kContradicts:
        return absl::StrCat("but the payer is known as ", standing_.account);
    }
    return "";
  }

  // A payer that is known as somebody else's: whatever found the items, that is what has to be decided.
  bool IsOtherPayer() const {
    return payer_ == PayerFit::kPaysFor || payer_ == PayerFit::kGroup || payer_ == PayerFit::kContradicts;
  }

  // --- what is named

  int64_t LimitOf(const NamedDocument& document) const {
    const auto told = facts_.remitted_minor.find(document.key);
    if (told == facts_.remitted_minor.end()) return document.open_minor();
    int64_t limit = told->second;
    for (const auto& allocation : payment_.allocations()) {
      for (const Item* item : document.debits) {
        if (allocation.undone_day() == 0 && allocation.item() == item->id())
          limit -= allocation.amount_minor();
      }
    }
    return std::clamp<int64_t>(limit, 0, document.open_minor());
  }

  int NamedConfidence(NameStrength strength, AmountFit fit) const {
    const bool contradicts = payer_ == PayerFit::kContradicts;
    if (strength == NameStrength::kCheck) {
      if (fit == AmountFit::kExact) return 1000;
      return contradicts ? 970 : 999;
    }
    const bool sure = payer_ == PayerFit::kSure || payer_ == PayerFit::kPaysFor;
    const bool strong = strength == NameStrength::kStrong;
    switch (fit) {
      case AmountFit::kExact:
        // Amounts that many invoices have say little against a payer who is somebody else.
        if (contradicts) return strong && !IsCommonAmount() ? 999 : 970;
        return !strong && payer_ == PayerFit::kOther && IsCommonAmount() ? 970 : 999;
      case AmountFit::kSubset:
        if (contradicts) return 950;
        return sure || strong ? 999 : 980;
      default:
        break;
    }
    if (sure) return 999;
    if (contradicts) return strong ? 900 : 800;
    const bool doubtful = payer_ == PayerFit::kUnknown && name_fit_ == NameFit::kPartly;
    if (payer_ == PayerFit::kOther || doubtful) return strong ? 985 : 900;
    return strong ? 999 : payer_ == PayerFit::kSimilar || payer_ == PayerFit::kGroup ? 990 : 950;
  }

  bool IsCommonAmount() const { return left_ % kCommonAmount == 0; }

  // One debit of one document has exactly the amount: an instalment.
  const Item* ExactInstalment(const NamedDocument& document, int64_t minor) const {
    const auto exact = std::find_if(document.debits.begin(), document.debits.end(),
                                    [&](const Item* item) { return item->open_minor() == minor; });
    return exact == document.debits.end() ? nullptr : *exact;
  }

  // Numbers of one account that are named together speak for each other.
  static NameStrength StrengthOf(const std::vector<NamedDocument>& documents) {
    NameStrength weakest = NameStrength::kCheck, strongest = NameStrength::kWeak;
    for (const NamedDocument& document : documents) {
      weakest = std::min(weakest, document.strength);
      strongest = std::max(strongest, document.strength);
    }
    if (weakest != NameStrength::kWeak) return weakest;
    return documents.size() > 1 ? NameStrength::kStrong : strongest;
  }

  static MatchRule RuleOf(const std::vector<NamedDocument>& documents) {
    // The weakest rule that was needed: the match is as strong as that.
    static constexpr MatchRule kOrder[] = {state::v1::MATCH_RULE_END_TO_END_ID,
                                           state::v1::MATCH_RULE_DOCUMENT_NUMBER};
    for (const MatchRule rule : kOrder) {
      if (std::any_of(documents.begin(), documents.end(), [&](const auto& d) { return d.rule == rule; }))
        return rule;
    }
    return state::v1::MATCH_RULE_REFERENCE;
  }

  std::string NamesOf(const std::vector<NamedDocument>& documents) const {
    std::vector<std::string> keys;
    for (const NamedDocument& document : documents) keys.push_back(document.key);
    for (const auto& [item, number] : named_.credit_notes) keys.push_back(number);
    return absl::StrCat("names ", absl::StrJoin(keys, ", "));
  }

  // The parts that pay `documents` in order, each up to its limit, together at most `minor`.
  std::vector<MatchPart> PartsFor(const std::vector<NamedDocument>& documents, int64_t minor) const {
    std::vector<MatchPart> parts;
    for (const NamedDocument& document : documents) {
      int64_t limit = std::min(LimitOf(document), minor);
      const Item* exact = ExactInstalment(document, limit);
      for (const Item* item : document.debits) {
        if (exact != nullptr && item != exact) continue;
        const int64_t share = std::min(item->open_minor(), limit);
        if (share <= 0) continue;
        parts.push_back({payment_.id(), item->id(), share, document.rule, document.key});
        limit -= share;
        minor -= share;
      }
    }
    return parts;
  }

  void ByName() {
    const std::vector<NamedDocument>& documents = named_.documents;
    if (SetOff()) return;
    int64_t total = 0;
    for (const NamedDocument& document : documents) total += LimitOf(document);
    if (total == left_ || (documents.size() == 1 && ExactInstalment(documents[0], left_) != nullptr)) {
      AddNamed(documents, AmountFit::kExact, "the amount is exactly that");
      return;
    }
    if (WithDiscounts(documents, total)) return;
    if (documents.size() > 1 && left_ < total) {
      std::vector<int64_t> amounts;
      for (const NamedDocument& document : documents) amounts.push_back(LimitOf(document));
      std::vector<NamedDocument> some;
      for (const int place : FindSubset(amounts, left_).only) some.push_back(documents[place]);
      if (!some.empty()) {
        AddNamed(some, AmountFit::kSubset, "the amount is exactly that of these");
        return;
      }
    }
    const AmountFit fit = left_ < total ? AmountFit::kShort : AmountFit::kOver;
    const bool promised = !facts_.remitted_minor.empty();
    AddNamed(documents, fit,
             fit == AmountFit::kOver ? "the amount is more"
             : promised              ? "the amount is less than is said"
                                     : "the amount is less than is open");
    // Another open item has exactly the amount: the number may be a slip of the payer.
    if (IsAnotherAmount(documents)) {
      matches_.back().confidence_permille = std::min(matches_.back().confidence_permille, 950);
      absl::StrAppend(&matches_.back().why, "; but it is exactly that of another open item");
      ByAmount();
    }
  }

  bool IsAnotherAmount(const std::vector<NamedDocument>& documents) {
    for (const Item* item : Debits()) {
      if (item->open_minor() != left_) continue;
      const bool named = std::any_of(documents.begin(), documents.end(), [&](const auto& d) {
        return std::find(d.debits.begin(), d.debits.end(), item) != d.debits.end();
      });
      if (!named) return true;
    }
    return false;
  }

  void AddNamed(const std::vector<NamedDocument>& documents, AmountFit fit, absl::string_view amount) {
    Match match;
    match.rule = RuleOf(documents);
    match.confidence_permille = NamedConfidence(StrengthOf(documents), fit);
    if (match.rule == state::v1::MATCH_RULE_END_TO_END_ID && fit != AmountFit::kExact) {
      match.confidence_permille = std::min(match.confidence_permille, 900);
    }
    match.parts = PartsFor(documents, left_);
    match.why = absl::StrCat(NamesOf(documents), "; ", amount);
    Add(std::move(match));
  }

  // The payer names invoices and credit notes, and pays exactly the difference: the credit notes are set off.
  bool SetOff() {
    if (named_.credit_notes.empty()) return false;
    int64_t difference = 0;
    for (const NamedDocument& document : named_.documents) difference += document.open_minor();
    for (const auto& [credit, number] : named_.credit_notes) difference += credit->open_minor();
    if (difference != left_) return false;
    Match match;
    match.rule = RuleOf(named_.documents);
    match.confidence_permille = NamedConfidence(StrengthOf(named_.documents), AmountFit::kExact);
    match.parts = SetOffParts(named_.documents, named_.credit_notes);
    match.why = absl::StrCat(NamesOf(named_.documents), "; the amount is exactly the difference");
    Add(std::move(match));
    return true;
  }

  std::vector<MatchPart> SetOffParts(
      const std::vector<NamedDocument>& documents,
      const std::vector<std::pair<const Item*, std::string>>& credit_notes) const {
    std::vector<MatchPart> parts;
    size_t next = 0;
    int64_t of_credit = credit_notes.empty() ? 0 : -credit_notes[0].first->open_minor();
    for (const NamedDocument& document : documents) {
      for (const Item* item : document.debits) {
        int64_t open = item->open_minor();
        while (open > 0 && next < credit_notes.size()) {
          const int64_t share = std::min(open, of_credit);
          if (share > 0) {
            parts.push_back({credit_notes[next].first->id(), item->id(), share, document.rule,
                             credit_notes[next].second});
          }
          open -= share;
          of_credit -= share;
          if (of_credit == 0 && ++next < credit_notes.size())
            of_credit = -credit_notes[next].first->open_minor();
        }
        if (open > 0) parts.push_back({payment_.id(), item->id(), open, document.rule, document.key});
      }
    }
    return parts;
  }

  // The discount that `item` has on the day of the payment.
  int64_t DiscountOf(const Item& item) const {
    for (const auto& discount : item.discounts()) {
      if (payment_.issue_day() <= discount.until_day() && discount.amount_minor() < item.open_minor() &&
          item.open_minor() == item.amount_minor()) {
        return discount.amount_minor();
      }
    }
    return 0;
  }

  bool WithDiscounts(const std::vector<NamedDocument>& documents, int64_t total) {
    std::vector<const Item*> items;
    for (const NamedDocument& document : documents) {
      for (const Item* item : document.debits) {
        if (DiscountOf(*item) > 0 && items.size() < kDiscountItemsMax) items.push_back(item);
      }
    }
    // All of them first: who takes one discount mostly takes all.
    for (uint32_t taken = (1u << items.size()) - 1; taken > 0; --taken) {
      int64_t minor = 0;
      for (size_t i = 0; i < items.size(); ++i) minor += (taken >> i & 1) != 0 ? DiscountOf(*items[i]) : 0;
      if (total - minor != left_) continue;
      Match match;
      match.rule = RuleOf(documents);
      match.confidence_permille = NamedConfidence(StrengthOf(documents), AmountFit::kExact);
      std::set<uint64_t> reduced;
      for (size_t i = 0; i < items.size(); ++i) {
        if ((taken >> i & 1) == 0) continue;
        match.deductions.push_back({items[i]->id(), DiscountOf(*items[i])});
        reduced.insert(items[i]->id());
      }
      for (const NamedDocument& document : documents) {
        for (const Item* item : document.debits) {
          const int64_t share = item->open_minor() - (reduced.count(item->id()) != 0 ? DiscountOf(*item) : 0);
          match.parts.push_back({payment_.id(), item->id(), share, document.rule, document.key});
        }
      }
      match.why = absl::StrCat(NamesOf(documents), "; the amount is that less the early-payment discount");
      Add(std::move(match));
      return true;
    }
    return false;
  }

  // --- amounts alone

  // What a rule that looks at amounts alone starts from.
  int AmountConfidence() const {
    switch (payer_) {
      case PayerFit::kSure:
        return 999;
      case PayerFit::kPaysFor:
        return IsCommonAmount() ? 985 : 999;
      case PayerFit::kGroup:
        return 985;
      case PayerFit::kSimilar:
        return 960;
      default:
        return 0;
    }
  }

  // Less sure when `tried` sets of items could have hit the amount by chance.
  int AgainstChance(int confidence, double tried) const {
    const double places =
        static_cast<double>(debit_sum_) / static_cast<double>(std::max<int64_t>(granularity_, 1));
    const double chance = std::min(1.0, tried / std::max(places, 1.0)) * kUnexplainedShare;
    return std::max(500, std::min(confidence, 1000 - static_cast<int>(std::ceil(chance * 1000))));
  }

  // What the text says against items that only the amount found.
  int AgainstText(int confidence, const std::vector<const Item*>& items, std::string* why) const {
    if (!named_.settled.empty()) {
      absl::StrAppend(why, "; but it names ", named_.settled[0], ", which is settled");
      confidence = std::min(confidence, 970);
    }
    for (const std::string& word : named_.unknown_words) {
      for (const Item* item : items) {
        const std::vector<std::string> spellings = SpellingsOfNumber(item->number());
        const bool same_form = std::any_of(spellings.begin(), spellings.end(), [&](const auto& spelling) {
          return FormOf(spelling) == FormOf(word) && !DiffersByOneSlip(spelling, word);
        });
        if (!same_form) continue;
        absl::StrAppend(why, "; but it speaks of ", word, ", which is not known here");
        return std::min(confidence, 985);
      }
    }
    if (CameBefore()) {
      absl::StrAppend(why, "; but the same amount came shortly before");
      confidence = std::min(confidence, 985);
    }
    for (const Item* item : items) {
      if (item->issue_day() <= payment_.issue_day()) continue;
      absl::StrAppend(why, "; but the payment is older than the item");
      return std::min(confidence, 985);
    }
    return confidence;
  }

  // An instruction that went out twice looks like this.
  bool CameBefore() const {
    for (const Item* item : look_.PaymentsOf(payment_.amount_minor())) {
      const bool is_here = item->open_minor() == 0 || eligible_.IsCredit(*item);
      if (is_here && item->id() != payment_.id() && item->returned_day() == 0 &&
          std::abs(item->issue_day() - payment_.issue_day()) <= kTwiceDays) {
        return true;
      }
    }
    return false;
  }

  void AddByAmount(MatchRule rule, int confidence, const std::vector<const Item*>& items,
                   absl::string_view what) {
    Match match;
    match.rule = payer_ == PayerFit::kSimilar ? state::v1::MATCH_RULE_SIMILAR_TEXT : rule;
    match.why = std::string(what);
    match.confidence_permille = AgainstText(confidence, items, &match.why);
    int64_t minor = left_;
    for (const Item* item : items) {
      const int64_t share = std::min(item->open_minor(), minor);
      if (share > 0) match.parts.push_back({payment_.id(), item->id(), share, rule, ""});
      minor -= share;
    }
    Add(std::move(match));
  }

  void ByAmount() {
    const int sure = AmountConfidence();
    if (sure == 0) return;
    const std::vector<const Item*>& debits = Debits();
    std::vector<const Item*> equal;
    for (const Item* item : debits) {
      if (item->open_minor() == left_) equal.push_back(item);
    }
    if (equal.size() == 1) {
      ByOneAmount(debits, equal[0], sure);
      return;
    }
    for (size_t i = 0; i < std::min(equal.size(), kEqualItemsMax); ++i) {
      AddByAmount(state::v1::MATCH_RULE_PAYER_AND_AMOUNT, std::min(sure, 900 - 10 * static_cast<int>(i)),
                  {equal[i]}, absl::StrCat("one of ", equal.size(), " open items of this amount"));
    }
    if (!equal.empty()) return;
    if (OneDiscounted(debits, sure)) return;
    if (debit_sum_ == left_) {
      AddByAmount(state::v1::MATCH_RULE_PAYER_AND_AMOUNT, sure, debits, "the amount is all that is open");
      return;
    }
    if (BySum(debits, sure)) return;
    LessCredits(debits, sure);
    if (matches_.empty()) Near(debits, sure);
  }

  // One open item has the amount. Other ways to explain it make it less sure.
  void ByOneAmount(const std::vector<const Item*>& debits, const Item* item, int sure) {
    std::vector<int64_t> others;
    bool is_larger = false;
    for (const Item* other : debits) {
      if (other != item) others.push_back(other->open_minor());
      is_larger |= other->open_minor() > item->open_minor();
    }
    std::string what = "one open item has this amount";
    if (FindSubset(others, left_).found > 0) {
      what += ", but others together as well";
      sure = std::min(sure, 970);
    } else if (is_larger && left_ % kRoundAmount == 0) {
      what += ", but it may be a round part of another";
      sure = std::min(sure, 985);
    }
    AddByAmount(state::v1::MATCH_RULE_PAYER_AND_AMOUNT, sure, {item}, what);
  }

  bool OneDiscounted(const std::vector<const Item*>& debits, int sure) {
    std::vector<const Item*> fitting;
    int late = 0;
    for (const Item* item : debits) {
      const int64_t discount = DiscountOf(*item);
      if (discount > 0 && item->open_minor() - discount == left_) fitting.push_back(item);
      for (const auto& told : item->discounts()) {
        late += discount == 0 && item->open_minor() - told.amount_minor() == left_ ? 1 : 0;
      }
    }
    if (fitting.size() != 1) return false;
    // A discount taken too late on another item looks the same.
    if (late > 0) sure = std::min(sure, 900);
    Match match;
    match.rule = payer_ == PayerFit::kSimilar ? state::v1::MATCH_RULE_SIMILAR_TEXT
                                              : state::v1::MATCH_RULE_PAYER_AND_AMOUNT;
    match.why = "one open item has this amount less its early-payment discount";
    match.confidence_permille = AgainstText(sure, fitting, &match.why);
    match.parts.push_back({payment_.id(), fitting[0]->id(), left_, match.rule, ""});
    match.deductions.push_back({fitting[0]->id(), DiscountOf(*fitting[0])});
    Add(std::move(match));
    return true;
  }

  // The one run of at least two items, consecutive by due day, that makes exactly the amount: a customer who
  // pays all that fell due in a while. None when there are several such runs.
  std::vector<const Item*> OnlyRunOf(const std::vector<const Item*>& debits) const {
    std::vector<const Item*> found;
    int64_t sum = 0;
    size_t first = 0;
    for (size_t last = 0; last < debits.size(); ++last) {
      sum += debits[last]->open_minor();
      while (sum > left_ && first <= last) sum -= debits[first++]->open_minor();
      if (sum != left_ || last < first + 1) continue;
      if (!found.empty()) return {};
      found.assign(debits.begin() + first, debits.begin() + last + 1);
    }
    return found;
  }

  bool BySum(const std::vector<const Item*>& debits, int sure) {
    const std::vector<const Item*> run = OnlyRunOf(debits);
    std::vector<int64_t> amounts;
    for (const Item* item : debits) amounts.push_back(item->open_minor());
    const SubsetSum subset = FindSubset(amounts, left_);
    if (!run.empty()) {
      const double runs = static_cast<double>(debits.size()) * static_cast<double>(debits.size()) / 2;
      int confidence = AgainstChance(sure, runs);
      // Another set makes the sum as well; mostly items of equal amounts, of which the oldest are paid.
      const bool alone = subset.found == 0 || (subset.found == 1 && subset.only.size() == run.size());
      if (!alone) confidence = std::min(confidence, 970);
      AddByAmount(state::v1::MATCH_RULE_PAYER_AND_AMOUNT, confidence, run,
                  absl::StrCat("the amount is that of ", run.size(), " items in a row",
                               alone ? "" : ", but of other sets too"));
      return true;
    }
    if (subset.found != 1) return false;
    std::vector<const Item*> items;
    for (const int place : subset.only) items.push_back(debits[place]);
    AddByAmount(state::v1::MATCH_RULE_SUM_OF_ITEMS, AgainstChance(sure, subset.tried), items,
                absl::StrCat("the amount is that of exactly one set of open items, of ", items.size()));
    return true;
  }

  // Credit notes that the payer took off without a word are never set off without a person.
  void LessCredits(const std::vector<const Item*>& debits, int sure) {
    std::vector<std::pair<const Item*, std::string>> notes;
    int64_t credit = 0;
    for (const Item* item : look_.credits()) {
      if (item->kind() != state::v1::ITEM_KIND_CREDIT_NOTE || !eligible_.IsCredit(*item)) continue;
      notes.emplace_back(item, item->number());
      credit -= item->open_minor();
    }
    if (notes.empty()) return;
    const auto propose = [&](const std::vector<const Item*>& items,
                             const std::vector<std::pair<const Item*, std::string>>& credits, int confidence,
                             absl::string_view what) {
      std::vector<NamedDocument> documents;
      for (const Item* item : items) {
        documents.push_back({"", state::v1::MATCH_RULE_SUM_OF_ITEMS, NameStrength::kWeak, {item}});
      }
      Match match;
      match.rule = state::v1::MATCH_RULE_SUM_OF_ITEMS;
      match.confidence_permille = std::min(sure, confidence);
      match.parts = SetOffParts(documents, credits);
      match.why = std::string(what);
      Add(std::move(match));
    };
    if (debit_sum_ - credit == left_) {
      propose(debits, notes, 980, "the amount is all that is open less all credit notes");
      return;
    }
    for (const Item* item : debits) {
      for (const auto& note : notes) {
        if (item->open_minor() + note.first->open_minor() != left_) continue;
        propose({item}, {note}, 950, "the amount is that of an item less a credit note");
        return;
      }
    }
  }

  // Nothing fits: what a person would look at first.
  void Near(const std::vector<const Item*>& debits, int sure) {
    const Item* nearest = nullptr;
    for (const Item* item : debits) {
      const int64_t difference = std::abs(item->open_minor() - left_);
      if (difference * 100 > item->open_minor() * kNearPerHundred) continue;
      if (nearest == nullptr || difference < std::abs(nearest->open_minor() - left_)) nearest = item;
    }
    if (nearest != nullptr) {
      AddByAmount(state::v1::MATCH_RULE_PAYER_AND_AMOUNT, std::min(sure, 700), {nearest},
                  nearest->open_minor() > left_ ? "a little less than one open item"
                                                : "a little more than one open item");
    }
    if (payer_ == PayerFit::kSimilar) return;
    AddByAmount(state::v1::MATCH_RULE_PAYER_AND_AMOUNT, 300, debits,
                "no item has this amount; the oldest first, as the law has it");
  }

  // --- numbers with a slip

  int SimilarConfidence() const {
    switch (payer_) {
      case PayerFit::kSure:
      case PayerFit::kPaysFor:
        return 999;
      case PayerFit::kGroup:
      case PayerFit::kSimilar:
        return kSimilarConfidenceMax;
      case PayerFit::kUnknown:
        return 985;
      case PayerFit::kOther:
        return 950;
      case PayerFit::kContradicts:
        return 900;
    }
    return 0;
  }

  struct Similar {
    const Item* item;
    std::string word;
  };

  std::vector<Similar> SimilarItems() {
    std::vector<Similar> similar;
    const size_t count = std::min(Debits().size(), kSimilarItemsMax);
    for (size_t i = 0; i < count; ++i) {
      const Item* item = debits_[i];
      const bool named = std::any_of(named_.documents.begin(), named_.documents.end(), [&](const auto& d) {
        return std::find(d.debits.begin(), d.debits.end(), item) != d.debits.end();
      });
      if (named) continue;
      const std::vector<std::string> spellings = SpellingsOfNumber(item->number());
      for (const std::string& word : named_.unknown_words) {
        const bool fits = std::any_of(spellings.begin(), spellings.end(), [&](const auto& spelling) {
          return DiffersByOneSlip(word, spelling) || IsCutOff(word, spelling);
        });
        if (!fits) continue;
        similar.push_back({item, word});
        break;
      }
    }
    return similar;
  }

  void BySimilarNumber() {
    if (named_.unknown_words.empty()) return;
    int64_t named_total = 0;
    for (const NamedDocument& document : named_.documents) named_total += LimitOf(document);
    const int64_t wanted = left_ - named_total;
    if (wanted <= 0) return;
    const std::vector<Similar> similar = SimilarItems();
    if (similar.empty()) return;
    std::vector<Similar> chosen;
    for (const Similar& one : similar) {
      if (one.item->open_minor() == wanted) chosen.push_back(one);
    }
    bool exact = chosen.size() == 1;
    if (chosen.empty()) {
      std::vector<int64_t> amounts;
      for (const Similar& one : similar) amounts.push_back(one.item->open_minor());
      for (const int place : FindSubset(amounts, wanted).only) chosen.push_back(similar[place]);
      exact = !chosen.empty();
      if (chosen.empty() && similar.size() == 1) chosen = similar;
    }
    if (chosen.empty()) return;
    if (!exact) chosen.resize(1);
    Match match;
    match.rule = state::v1::MATCH_RULE_SIMILAR_TEXT;
    match.confidence_permille =
        exact ? SimilarConfidence() : std::min(SimilarConfidence(), similar.size() > 1 ? 800 : 850);
    // Equal amounts do not tell two numbers apart that are a slip apart, nor a number from its repetition.
    const bool alone = named_.documents.empty();
    if (CameBefore() || (alone && IsCommonAmount())) {
      match.confidence_permille = std::min(match.confidence_permille, 985);
    }
    // With what is written wrong the amount is exact: what is named is not all.
    if (exact) {
      for (Match& less : matches_) less.confidence_permille = std::min(less.confidence_permille, 990);
    }
    match.parts = PartsFor(named_.documents, left_);
    int64_t minor = wanted;
    std::vector<std::string> words;
    for (const Similar& one : chosen) {
      const int64_t share = std::min(one.item->open_minor(), minor);
      match.parts.push_back({payment_.id(), one.item->id(), share, match.rule, one.word});
      minor -= share;
      words.push_back(absl::StrCat(one.word, " for ", one.item->number()));
    }
    match.why = absl::StrCat("writes ", absl::StrJoin(words, ", "),
                             exact ? "; the amount is exactly that" : "; the amount is another");
    Add(std::move(match));
  }

  // --- all of them

  void Add(Match match) {
    if (match.parts.empty()) return;
    if (IsOtherPayer()) {
      match.rule = state::v1::MATCH_RULE_OTHER_PAYER;
      for (MatchPart& part : match.parts) {
        if (part.evidence.empty()) part.evidence = standing_.account;
        part.rule = match.rule;
      }
    } else if (match.rule == state::v1::MATCH_RULE_SIMILAR_TEXT) {
      for (MatchPart& part : match.parts) {
        if (part.evidence.empty()) part.rule = match.rule;
      }
    }
    match.left_minor = left_;
    for (const MatchPart& part : match.parts)
      match.left_minor -= part.credit == payment_.id() ? part.minor : 0;
    absl::StrAppend(&match.why, "; ", PayerWords());
    match.hash = HashOfMatch(look_.code(), match);
    matches_.push_back(std::move(match));
  }

  std::vector<Match> Ranked() {
    const std::set<uint64_t> refused(payment_.refused().begin(), payment_.refused().end());
    std::stable_sort(matches_.begin(), matches_.end(), [](const Match& a, const Match& b) {
      return std::make_tuple(-a.confidence_permille, a.rule) <
             std::make_tuple(-b.confidence_permille, b.rule);
    });
    std::vector<Match> ranked;
    std::set<uint64_t> seen;
    for (Match& match : matches_) {
      if (refused.count(match.hash) != 0 || !seen.insert(match.hash).second) continue;
      if (ranked.size() < kMatchesMax) ranked.push_back(std::move(match));
    }
    if (standing_.is_doubtful) {
      for (Match& match : ranked) match.confidence_permille = std::min(match.confidence_permille, 990);
    }
    // Two that are equally sure contradict each other.
    if (ranked.size() > 1 && ranked[0].confidence_permille == ranked[1].confidence_permille) {
      const int doubtful = std::min(ranked[0].confidence_permille, 990);
      ranked[0].confidence_permille = doubtful;
      ranked[1].confidence_permille = doubtful;
    }
    return ranked;
  }

  const Item& payment_;
  const PaymentFacts& facts_;
  const PayerStanding& standing_;
  const int64_t left_;
  const AccountLook& look_;
  const Eligible eligible_;
  bool debits_known_ = false;
  std::vector<const Item*> debits_;  // Debits()
  int64_t debit_sum_ = 0;            // of these
  int64_t granularity_ = 0;          // what divides all their open amounts
  NamedDocuments named_;
  NameFit name_fit_ = NameFit::kNone;
  PayerFit payer_ = PayerFit::kUnknown;
  std::vector<Match> matches_;
};

}  // namespace

std::vector<Match> FindMatches(const Item& payment, const PaymentFacts& facts, const PayerStanding& payer,
                               const AccountLook& look) {
  return Finder(payment, facts, payer, look).Run();
}

uint64_t HashOfMatch(const std::string& account, const Match& match) {
  std::vector<std::string> parts;
  for (const MatchPart& part : match.parts) parts.push_back(absl::StrCat(part.debit, "=", part.minor));
  for (const MatchDeduction& part : match.deductions)
    parts.push_back(absl::StrCat(part.debit, "-", part.minor));
  std::sort(parts.begin(), parts.end());
  return StableHash(absl::StrCat("match/", account, "/", absl::StrJoin(parts, ",")));
}

uint64_t HashOfPair(const std::string& account, uint64_t debit) {
  return StableHash(absl::StrCat("pair/", account, "/", debit));
}

}  // namespace relance::ledger
