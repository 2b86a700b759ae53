#include "services/ledger/plan_books.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <memory>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/book_day.h"
#include "services/ledger/incoming.h"

namespace relance::ledger {
namespace {

using state::v1::Allocation;
using state::v1::Item;

constexpr absl::string_view kAdvances = "419";

// One item while the plan is made.
struct Node {
  const Item* item = nullptr;
  int64_t rest = 0;     // signed: what may still be settled
  int64_t carries = 0;  // signed: what the books' balance has of it
  int32_t day = 0;      // of the books
  int year = 0;         // how many fiscal years began up to then
  bool in_books = false;
  bool is_opening = false;
  bool is_stood_for = false;  // others stand for it
  bool matched = false;       // at the opening day that is looked at
};

int32_t DueOrMax(const Item& item) { return item.has_due_day() ? item.due_day() : INT_MAX; }
auto DebitOrder(const Item& item) { return std::make_tuple(DueOrMax(item), item.issue_day(), item.id()); }
auto CreditOrder(const Item& item) { return std::make_tuple(item.issue_day(), item.id()); }

// A document number without blanks, in capitals.
std::string Plain(absl::string_view number) {
  std::string plain;
  for (const char c : number) {
    if (!absl::ascii_isspace(c)) plain.push_back(absl::ascii_toupper(c));
  }
  return plain;
}

bool IsMoney(const Item& item) {
  return item.kind() == state::v1::ITEM_KIND_PAYMENT || item.kind() == state::v1::ITEM_KIND_RETURN;
}

class Planner {
 public:
  Planner(const LedgerAccount& account, absl::Span<const int32_t> openings) : openings_(openings) {
    account.ForEach([&](const Item& item) {
      if (item.source() == kSourceCarried) return;
      Node node;
      node.item = &item;
      node.rest = node.carries = item.amount_minor();
      node.in_books = IsInBooks(item);
      node.day = node.in_books ? BookDay(item) : item.issue_day();
      node.year = YearOf(node.day);
      node.is_opening = item.kind() == state::v1::ITEM_KIND_OPENING;
      nodes_.push_back(node);
    });
  }

  BookPlan Run() {
    // Most accounts have nothing of what follows.
    const bool any = std::any_of(nodes_.begin(), nodes_.end(), [](const Node& n) {
      return !n.item->lettering().empty() || (n.in_books && n.item->amount_minor() < 0);
    });
    if (!any && openings_.empty()) return std::move(plan_);
    for (size_t i = 0; i < nodes_.size(); ++i) places_[nodes_[i].item->id()] = i;
    for (const int32_t day : openings_) Carry(day);
    TakeCounterparts();
    FindTransfers();
    Reverse();
    const int years = static_cast<int>(openings_.size());
    for (int year = 0; year <= years; ++year) {
      Letter(year);
      SettleOpenings(year);
      if (year < years) CloseWhatIsNotCarried(openings_[year]);
    }
    UseAdvances();
    FinishCarried();
    return std::move(plan_);
  }

 private:
  using Places = std::vector<size_t>;

  int YearOf(int32_t day) const {
    return static_cast<int>(std::upper_bound(openings_.begin(), openings_.end(), day) - openings_.begin());
  }

  const Item& ItemAt(size_t place) const { return *nodes_[place].item; }

  void SortDebits(Places* places) const {
    std::sort(places->begin(), places->end(),
              [&](size_t a, size_t b) { return DebitOrder(ItemAt(a)) < DebitOrder(ItemAt(b)); });
  }
  void SortCredits(Places* places) const {
    std::sort(places->begin(), places->end(),
              [&](size_t a, size_t b) { return CreditOrder(ItemAt(a)) < CreditOrder(ItemAt(b)); });
  }

  // Settles up to what is left of both.
  void Settle(size_t credit, size_t debit, state::v1::MatchRule rule, absl::string_view evidence) {
    const int64_t minor = std::min(-nodes_[credit].rest, nodes_[debit].rest);
    if (minor <= 0) return;
    nodes_[credit].rest += minor;
    nodes_[debit].rest -= minor;
    plan_.allocations.push_back(
        {ItemAt(credit).id(), ItemAt(debit).id(), minor, rule, std::string(evidence)});
  }

  // Credits settle debits, both in their order.
  void SettleAll(const Places& credits, const Places& debits, state::v1::MatchRule rule,
                 absl::string_view evidence) {
    size_t next = 0;
    for (const size_t credit : credits) {
      while (next < debits.size() && nodes_[credit].rest < 0) {
        Settle(credit, debits[next], rule, evidence);
        if (nodes_[debits[next]].rest <= 0) ++next;
      }
    }
  }

  // --- Opening ---

  // An item that the plan makes.
  size_t AddCarried(absl::string_view name, uint64_t of, int32_t day, int64_t amount_minor,
                    const std::string& currency) {
    auto item = std::make_unique<Item>();
    item->set_id(StableHash(absl::StrCat("carried/", name, "/", of, "/", day, "/", currency)));
    item->set_kind(state::v1::ITEM_KIND_OPENING);
    item->set_issue_day(day);
    item->set_amount_minor(amount_minor);
    item->set_open_minor(amount_minor);
    item->set_currency(currency);
    item->set_source(kSourceCarried);
    Node node;
    node.item = item.get();
    node.rest = node.carries = amount_minor;
    node.day = day;
    node.year = YearOf(day);
    node.in_books = true;
    made_.push_back(std::move(item));
    nodes_.push_back(node);
    return nodes_.size() - 1;
  }

  // Others stand for `minor` (with the sign of the line) of an opening line.
  void StandFor(size_t line, int64_t minor, const Places& others) {
    if (minor == 0) return;
    nodes_[line].carries -= minor;
    nodes_[line].is_stood_for = true;
    counterparts_.emplace_back(line, minor);
    auto& ids = stood_for_by_[line];
    ids.insert(ids.end(), others.begin(), others.end());
  }

  void Carry(int32_t day) {
    std::set<std::string> currencies;
    for (const Node& node : nodes_) {
      if (node.in_books) currencies.insert(node.item->currency());
    }
    for (const std::string& currency : currencies) CarryIn(currency, day);
  }

  void CarryIn(const std::string& currency, int32_t day) {
    Places lines, prior;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      Node& node = nodes_[i];
      node.matched = false;
      if (!node.in_books || node.item->currency() != currency) continue;
      if (node.day < day) {
        if (node.carries != 0) prior.push_back(i);
      } else if (node.day == day && node.is_opening && node.item->source() != kSourceCarried) {
        lines.push_back(i);
      }
    }
    if (prior.empty()) return;
    SortDebits(&lines);
    SortDebits(&prior);

    const bool by_item = MatchLines(lines, prior);
    Places left_lines, left_prior;
    int64_t told = 0, known = 0;
    for (const size_t line : lines) {
      if (nodes_[line].matched) continue;
      left_lines.push_back(line);
      told += ItemAt(line).amount_minor();
    }
    for (const size_t place : prior) {
      const Node& node = nodes_[place];
      const int64_t carried = carried_of_.contains(place) ? carried_of_[place] : 0;
      if (node.carries == carried) continue;
      left_prior.push_back(place);
      known += node.carries - carried;
    }
    carried_of_.clear();
    // Money that the bank told and the books of then did not have yet is in what the new books say.
    if (told != known) known -= PaidOutsideBooks(left_prior, day);

    int64_t close = 0;  // signed: what the prior items owe beyond what the opening says
    if (told == known) {
      for (const size_t line : left_lines) StandFor(line, ItemAt(line).amount_minor(), left_prior);
    } else if (by_item || left_lines.empty()) {
      close = known;
    } else {
      close = StandForAsFarAsKnown(left_lines, left_prior, told - known);
    }
    if (close == 0) return;
    const size_t closing = AddCarried("closing", 0, day, -close, currency);
    closings_[day].push_back({closing, left_prior});
  }

  int64_t PaidOutsideBooks(const Places& prior, int32_t day) const {
    std::set<uint64_t> ids;
    for (const size_t place : prior) ids.insert(ItemAt(place).id());
    int64_t paid = 0;
    for (const Node& node : nodes_) {
      if (node.in_books || node.day >= day) continue;
      for (const Allocation& a : node.item->allocations()) {
        if (a.undone_day() == 0 && ids.count(a.item()) != 0) paid += a.amount_minor();
      }
    }
    return paid;
  }

  // Finds the item of each line by its number. Returns whether any was found.
  bool MatchLines(const Places& lines, const Places& prior) {
    std::map<std::string, Places> by_number;
    for (const size_t place : prior) {
      const std::string number = Plain(ItemAt(place).number());
      if (!number.empty()) by_number[number].push_back(place);
    }
    bool any = false;
    for (const bool whole : {true, false}) {
      for (const size_t line : lines) {
        const Item& told = ItemAt(line);
        const auto it = by_number.find(Plain(told.number()));
        if (nodes_[line].matched || it == by_number.end()) continue;
        size_t best = nodes_.size();
        int candidates = 0;
        for (const size_t place : it->second) {
          const Node& node = nodes_[place];
          if (node.matched || (node.carries > 0) != (told.amount_minor() > 0)) continue;
          if (whole ? node.carries != told.amount_minor()
                    : std::abs(node.carries) < std::abs(told.amount_minor())) {
            continue;
          }
          ++candidates;
          if (best == nodes_.size() || Better(told, place, best)) best = place;
        }
        if (best == nodes_.size() || (!whole && candidates > 1)) continue;
        nodes_[line].matched = nodes_[best].matched = true;
        carried_of_[best] = told.amount_minor();
        StandFor(line, told.amount_minor(), {best});
        any = true;
      }
    }
    return any;
  }

  // Of two items with the number of a line: an unlettered one, then the one of nearer days.
  bool Better(const Item& told, size_t a, size_t b) const {
    const auto order = [&](size_t place) {
      const Item& item = ItemAt(place);
      return std::make_tuple(!item.lettering().empty(), std::abs(item.issue_day() - told.issue_day()),
                             DebitOrder(item));
    };
    return order(a) < order(b);
  }

  // An opening by total that differs by `difference` from what is known: more stays on its lines, debits on
  // debits, credits on credits. Returns what has to be closed because no line can keep it.
  int64_t StandForAsFarAsKnown(const Places& lines, const Places& prior, int64_t difference) {
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
      const int64_t amount = ItemAt(*line).amount_minor();
      int64_t kept = 0;
      if ((amount > 0) == (difference > 0) && difference != 0) {
        kept = amount > 0 ? std::min(amount, difference) : std::max(amount, difference);
        difference -= kept;
        nodes_[*line].rest = kept;
      }
      StandFor(*line, amount - kept, prior);
      if (kept != 0) kept_[*line] = kept;
    }
    return -difference;
  }

  void CloseWhatIsNotCarried(int32_t day) {
    const auto it = closings_.find(day);
    if (it == closings_.end()) return;
    for (const auto& [closing, prior] : it->second) {
      Places open = prior;
      if (nodes_[closing].rest < 0) {
        SortDebits(&open);
        SettleAll({closing}, open, state::v1::MATCH_RULE_COUNTERPART, kNotCarried);
      } else {
        SortCredits(&open);
        SettleAll(open, {closing}, state::v1::MATCH_RULE_COUNTERPART, kNotCarried);
      }
    }
  }

  // The counterparts of lines that others stand for, first of all allocations: they need the whole line.
  void FinishCarried() {
    std::vector<PlannedAllocation> first;
    for (const auto& [line, minor] : counterparts_) {
      const Item& item = ItemAt(line);
      const size_t counterpart = AddCarried("line", item.id(), nodes_[line].day, -minor, item.currency());
      const uint64_t id = ItemAt(counterpart).id();
      first.push_back({minor > 0 ? id : item.id(), minor > 0 ? item.id() : id, std::abs(minor),
                       state::v1::MATCH_RULE_COUNTERPART, kCarriedForward});
    }
    plan_.allocations.insert(plan_.allocations.begin(), first.begin(), first.end());
    for (const auto& [line, others] : stood_for_by_) {
      Places resolved;
      Resolve(line, &resolved);
      Tidy(&resolved, IsDebit(ItemAt(line)));
      for (const size_t other : resolved) plan_.stands_for[ItemAt(line).id()].push_back(ItemAt(other).id());
    }
    for (const auto& item : made_) plan_.carried.push_back(*item);
    std::sort(plan_.carried.begin(), plan_.carried.end(),
              [](const Item& a, const Item& b) { return a.id() < b.id(); });
  }

  // What stands for a line in the end, of the line's own sign: a line of an opening may be that of a line
  // which others stand for.
  void Resolve(size_t line, Places* found) const { Resolve(line, IsDebit(ItemAt(line)), found); }
  void Resolve(size_t line, bool debit, Places* found) const {
    for (const size_t other : stood_for_by_.at(line)) {
      if (nodes_[other].is_stood_for) {
        Resolve(other, debit, found);
      } else if (IsDebit(ItemAt(other)) == debit) {
        found->push_back(other);
      }
    }
  }

  // --- What is settled already ---

  // Returns, write-offs and transfers leave less. Lines that others stand for have nothing left but what they
  // keep; what was settled on them goes to these.
  void TakeCounterparts() {
    for (Node& node : nodes_) {
      if (node.is_stood_for) node.rest = 0;
    }
    for (const auto& [line, kept] : kept_) nodes_[line].rest = kept;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      const Item& credit = ItemAt(i);
      for (const Allocation& a : credit.allocations()) {
        if (a.undone_day() != 0 || a.rule() != state::v1::MATCH_RULE_COUNTERPART || IsPlanned(a)) continue;
        const auto debit = places_.find(a.item());
        if (debit == places_.end()) continue;
        int64_t left = a.amount_minor();
        const auto stood_for = stood_for_by_.find(debit->second);
        if (stood_for != stood_for_by_.end()) {
          for (const size_t place : stood_for->second) {
            const int64_t taken = std::clamp<int64_t>(nodes_[place].rest, 0, left);
            nodes_[place].rest -= taken;
            left -= taken;
          }
        } else {
          nodes_[debit->second].rest = std::max<int64_t>(nodes_[debit->second].rest - left, 0);
          left = 0;
        }
        nodes_[i].rest = std::min<int64_t>(nodes_[i].rest + a.amount_minor() - left, 0);
      }
    }
  }

  // --- Transfers ---

  // Items of the same letter, else of the same number, stand for the debit that a transfer made.
  void FindTransfers() {
    std::vector<std::pair<size_t, size_t>> transfers;  // credit, debit
    std::set<size_t> moved;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      for (const Allocation& a : ItemAt(i).allocations()) {
        if (a.undone_day() != 0 || a.evidence() != kTransferred) continue;
        const auto debit = places_.find(a.item());
        if (debit == places_.end()) continue;
        transfers.emplace_back(i, debit->second);
        moved.insert(i);
        moved.insert(debit->second);
      }
    }
    std::sort(transfers.begin(), transfers.end(), [&](const auto& a, const auto& b) {
      return std::make_tuple(nodes_[a.second].day, ItemAt(a.second).id(), ItemAt(a.first).id()) <
             std::make_tuple(nodes_[b.second].day, ItemAt(b.second).id(), ItemAt(b.first).id());
    });
    for (const auto& [credit, debit] : transfers) {
      const Item& from = ItemAt(credit);
      const Item& to = ItemAt(debit);
      const std::string number = Plain(to.number().empty() ? from.number() : to.number());
      Places found;
      for (const bool by_letter : {true, false}) {
        if (!found.empty() || (by_letter && from.lettering().empty())) continue;
        for (size_t i = 0; i < nodes_.size(); ++i) {
          const Node& node = nodes_[i];
          if (!node.in_books || node.item->amount_minor() <= 0 || moved.count(i) != 0 || node.is_stood_for ||
              node.item->currency() != to.currency() || node.day > nodes_[debit].day) {
            continue;
          }
          const bool same =
              by_letter ? node.item->lettering() == from.lettering() && node.year == nodes_[credit].year
                        : !number.empty() && Plain(node.item->number()) == number;
          if (same) found.push_back(i);
        }
      }
      SortDebits(&found);
      for (const size_t place : found) {
        if (!to.control_account().empty()) plan_.control_accounts[ItemAt(place).id()] = to.control_account();
      }
      if (found.empty()) continue;
      nodes_[debit].is_stood_for = true;
      auto& others = stood_for_by_[debit];
      others.insert(others.end(), found.begin(), found.end());
    }
  }

  // --- Reversals ---

  struct Piece {
    Places debits, credits;
  };
  // Number, amount, currency, money or not, kind of control account.
  using PieceName = std::tuple<std::string, int64_t, std::string, bool, std::string>;

  static PieceName NameOf(const Item& item) {
    return {Plain(item.number()), std::abs(item.amount_minor()), item.currency(), IsMoney(item),
            item.control_account().substr(0, 3)};
  }

  bool MayBeReversed(const Node& node) const {
    return node.in_books && !node.is_opening && node.item->lettering().empty() &&
           !node.item->number().empty() && node.rest != 0 && node.rest == node.item->amount_minor();
  }

  void Reverse() {
    std::map<PieceName, Piece> pieces;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].rest < 0 && MayBeReversed(nodes_[i])) pieces[NameOf(ItemAt(i))].credits.push_back(i);
    }
    if (pieces.empty()) return;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].rest <= 0 || !MayBeReversed(nodes_[i])) continue;
      if (const auto it = pieces.find(NameOf(ItemAt(i))); it != pieces.end()) it->second.debits.push_back(i);
    }
    for (auto& [name, piece] : pieces) {
      if (piece.debits.empty()) continue;
      SortDebits(&piece.debits);
      SortCredits(&piece.credits);
      SettleAll(piece.credits, piece.debits, state::v1::MATCH_RULE_COUNTERPART, kReversed);
    }
  }

  // --- Lettering ---

  struct Group {
    Places debits, credits;            // as they are, or what stands for them one by one
    Places pool_debits, pool_credits;  // what stands for totals
  };

  void AddTo(Group* group, size_t place) const {
    const Node& node = nodes_[place];
    if (node.rest != 0 || !node.is_stood_for)
      (IsDebit(*node.item) ? group->debits : group->credits).push_back(place);
    if (!node.is_stood_for) return;
    Places others;
    Resolve(place, &others);
    const bool one = others.size() == 1;
    Places& places = IsDebit(*node.item) ? (one ? group->debits : group->pool_debits)
                                         : (one ? group->credits : group->pool_credits);
    places.insert(places.end(), others.begin(), others.end());
  }

  void Tidy(Places* places, bool debits) const {
    debits ? SortDebits(places) : SortCredits(places);
    places->erase(std::unique(places->begin(), places->end()), places->end());
  }

  void Letter(int year) {
    using Name = std::pair<std::string, std::string>;  // code, currency
    std::map<Name, Group> groups;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      const Item& item = ItemAt(i);
      if (item.lettering().empty() || nodes_[i].year != year) continue;
      AddTo(&groups[{item.lettering(), item.currency()}], i);
    }
    for (auto& [name, group] : groups) {
      Tidy(&group.debits, true);
      Tidy(&group.credits, false);
      SettleAll(group.credits, group.debits, state::v1::MATCH_RULE_LETTERING, name.first);
    }
    for (auto& [name, group] : groups) {
      Tidy(&group.pool_debits, true);
      Tidy(&group.pool_credits, false);
      SettleAll(group.credits, group.pool_debits, state::v1::MATCH_RULE_LETTERING, name.first);
      SettleAll(group.pool_credits, group.debits, state::v1::MATCH_RULE_LETTERING, name.first);
    }
    // The same code of an earlier year, when exactly what is left there is missing here.
    for (auto& [name, group] : groups) {
      Places& earlier = lettered_before_[name];
      Settle(name.first, earlier, group);
      for (const Places* places : {&group.debits, &group.credits}) {
        earlier.insert(earlier.end(), places->begin(), places->end());
      }
    }
  }

  void Settle(const std::string& code, const Places& earlier, const Group& group) {
    int64_t here = 0, there = 0;
    Places debits, credits;
    for (const size_t place : earlier) {
      there += nodes_[place].rest;
      (IsDebit(ItemAt(place)) ? debits : credits).push_back(place);
    }
    for (const Places* places : {&group.debits, &group.credits}) {
      for (const size_t place : *places) {
        here += nodes_[place].rest;
        (IsDebit(ItemAt(place)) ? debits : credits).push_back(place);
      }
    }
    if (here == 0 || here != -there) return;
    Tidy(&debits, true);
    Tidy(&credits, false);
    SettleAll(credits, debits, state::v1::MATCH_RULE_LETTERING, code);
  }

  // Lettered credits that are left settle unlettered opening debits, or what stands for them.
  void SettleOpenings(int year) {
    Places debits, credits;
    std::map<size_t, int32_t> since;  // a credit before this day settles it not
    for (size_t i = 0; i < nodes_.size(); ++i) {
      const Node& node = nodes_[i];
      const Item& item = *node.item;
      if (node.year == year && node.rest < 0 && !item.lettering().empty()) credits.push_back(i);
      if (!node.is_opening || !IsDebit(item) || !item.lettering().empty() || node.year > year) continue;
      if (node.rest > 0) {
        debits.push_back(i);
        since[i] = item.issue_day();
      }
      if (!node.is_stood_for) continue;
      Places others;
      Resolve(i, &others);
      for (const size_t other : others) {
        if (nodes_[other].rest <= 0) continue;
        debits.push_back(other);
        since[other] = node.day;
      }
    }
    if (debits.empty() || credits.empty()) return;
    Tidy(&debits, true);
    SortCredits(&credits);
    for (const size_t credit : credits) {
      for (const size_t debit : debits) {
        if (nodes_[credit].rest == 0) break;
        if (since[debit] > ItemAt(credit).issue_day() ||
            ItemAt(credit).currency() != ItemAt(debit).currency()) {
          continue;
        }
        Settle(credit, debit, state::v1::MATCH_RULE_LETTERING, ItemAt(credit).lettering());
      }
    }
  }

  void UseAdvances() {
    std::map<std::string, std::pair<Places, Places>> by_currency;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      const Item& item = ItemAt(i);
      if (!absl::StartsWith(item.control_account(), kAdvances) || !item.lettering().empty()) continue;
      if (nodes_[i].rest == 0) continue;
      auto& [debits, credits] = by_currency[item.currency()];
      (IsDebit(item) ? debits : credits).push_back(i);
    }
    for (auto& [currency, sides] : by_currency) {
      auto& [debits, credits] = sides;
      SortDebits(&debits);
      SortCredits(&credits);
      SettleAll(credits, debits, state::v1::MATCH_RULE_COUNTERPART, kAdvanceUsed);
    }
  }

  const absl::Span<const int32_t> openings_;
  BookPlan plan_;
  std::vector<Node> nodes_;
  std::vector<std::unique_ptr<Item>> made_;
  absl::flat_hash_map<uint64_t, size_t> places_;
  absl::flat_hash_map<size_t, int64_t> carried_of_;  // what lines of this opening say of prior items
  std::vector<std::pair<size_t, int64_t>> counterparts_;
  std::map<size_t, Places> stood_for_by_;
  std::map<size_t, int64_t> kept_;
  std::map<int32_t, std::vector<std::pair<size_t, Places>>> closings_;
  std::map<std::pair<std::string, std::string>, Places> lettered_before_;
};

}  // namespace

bool IsInBooks(const Item& item) { return item.source() == kSourceFec || !item.control_account().empty(); }

bool IsPlanned(const Allocation& a) {
  if (a.rule() == state::v1::MATCH_RULE_LETTERING) return true;
  return a.rule() == state::v1::MATCH_RULE_COUNTERPART &&
         (a.evidence() == kCarriedForward || a.evidence() == kNotCarried || a.evidence() == kReversed ||
          a.evidence() == kAdvanceUsed);
}

BookPlan PlanBooks(const LedgerAccount& account, absl::Span<const int32_t> openings) {
  return Planner(account, openings).Run();
}

}  // namespace relance::ledger
