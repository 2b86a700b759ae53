#include "services/campaign/select_members.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "common/money/currency.h"
#include "common/money/rounding.h"
#include "relance/state/v1/plan.pb.h"

namespace relance::campaign {
namespace {

using projection::AccountColumns;
using projection::BalancesAt;
using projection::Segment;
using projection::TenantColumns;

absl::string_view StateName(uint8_t state) {
  switch (state) {
    case state::v1::PLAN_STATE_SETTLED:
      return "settled";
    case state::v1::PLAN_STATE_ACTIVE:
      return "active";
    case state::v1::PLAN_STATE_DISPUTED:
      return "disputed";
    case state::v1::PLAN_STATE_PROMISED:
      return "promised";
    case state::v1::PLAN_STATE_PAUSED:
      return "paused";
    case state::v1::PLAN_STATE_PLACED:
      return "placed";
    case state::v1::PLAN_STATE_INSOLVENT:
      return "insolvent";
    case state::v1::PLAN_STATE_CURRENT:
      return "current";
    case state::v1::PLAN_STATE_LEGAL:
      return "legal";
    case state::v1::PLAN_STATE_ON_PLAN:
      return "on_plan";
    default:
      return "none";
  }
}

template <typename T>
bool Compare(Operator op, const T& value, const std::vector<T>& wanted) {
  switch (op) {
    case Operator::kEqual:
      return value == wanted[0];
    case Operator::kNotEqual:
      return value != wanted[0];
    case Operator::kGreater:
      return value > wanted[0];
    case Operator::kGreaterOrEqual:
      return value >= wanted[0];
    case Operator::kLess:
      return value < wanted[0];
    case Operator::kLessOrEqual:
      return value <= wanted[0];
    case Operator::kIn:
      return std::find(wanted.begin(), wanted.end(), value) != wanted.end();
  }
  return false;
}

// A filter made ready for one tenant: words are numbers, amounts are minor units.
class Matcher {
 public:
  Matcher(const TenantColumns& tenant, const Filter& filter, const std::string& currency) : tenant_(tenant) {
    const int64_t minor = PowerOfTen(CurrencyExponent(currency).value_or(2));
    for (const Term& term : filter.terms) {
      if (IsNumber(term.field)) {
        Numbers ready{term.field, term.op, {}};
        // Both sides times a million: exact whatever the decimals of the currency.
        const bool amount = term.field == Field::kOverdue || term.field == Field::kOpen;
        for (const Micro number : term.numbers)
          ready.wanted.push_back(static_cast<__int128>(number) * (amount ? minor : 1));
        (term.field == Field::kLateProbability ? quick_ : slow_).push_back(std::move(ready));
        continue;
      }
      Texts ready{term.field, term.op, {}, &term.texts};
      if (term.field != Field::kState && term.field != Field::kAccount) {
        ready.by_word.assign(tenant.words().size(), 0);
        for (const std::string& text : term.texts) {
          const int32_t word = tenant.words().Find(text);
          if (word >= 0) ready.by_word[word] = 1;
        }
      }
      texts_.push_back(std::move(ready));
    }
  }

  // Terms that need no item.
  bool MatchesColumns(int32_t account) const {
    for (const Texts& term : texts_) {
      if (!Matches(term, account)) return false;
    }
    const double late = tenant_.accounts().late_probability[account];
    for (const Numbers& term : quick_) {
      const auto micro = static_cast<__int128>(std::llround((std::isnan(late) ? 0.5 : late) * kMicroPerUnit));
      if (!Compare(term.op, micro, term.wanted)) return false;
    }
    return true;
  }

  bool MatchesStats(const AccountStats& stats) const {
    for (const Numbers& term : slow_) {
      __int128 value = 0;
      if (term.field == Field::kOverdue) value = stats.overdue_minor;
      if (term.field == Field::kOpen) value = stats.open_minor;
      if (term.field == Field::kAge) value = stats.age;
      if (term.field == Field::kOldestInvoiceAge) value = stats.oldest_invoice_age;
      if (term.field == Field::kItems) value = stats.items;
      if (!Compare(term.op, value * kMicroPerUnit, term.wanted)) return false;
    }
    return true;
  }

  // False when the open debits of now show already that no item can make the terms true. Only for the newest
  // balances.
  bool MayMatch(const Segment* segment) const {
    const __int128 debit = segment == nullptr ? 0 : segment->debit_minor;
    for (const Numbers& term : slow_) {
      if (term.field != Field::kOverdue && term.field != Field::kOpen) continue;
      // What is overdue is at most what is open.
      if (term.op == Operator::kGreater && debit * kMicroPerUnit <= term.wanted[0]) return false;
      if (term.op == Operator::kGreaterOrEqual && debit * kMicroPerUnit < term.wanted[0]) return false;
    }
    return true;
  }

 private:
  struct Numbers {
    Field field;
    Operator op;
    std::vector<__int128> wanted;
  };
  struct Texts {
    Field field;
    Operator op;
    std::vector<uint8_t> by_word;  // whether a word is among the wanted ones
    const std::vector<std::string>* wanted;
  };

  const std::vector<int32_t>& Column(Field field) const {
    const AccountColumns& accounts = tenant_.accounts();
    switch (field) {
      case Field::kRegion:
        return accounts.region;
      case Field::kSector:
        return accounts.sector;
      case Field::kSegment:
        return accounts.segment;
      case Field::kCountry:
        return accounts.country;
      case Field::kCollector:
        return accounts.collector;
      default:
        return accounts.customer_type;
    }
  }

  bool Matches(const Texts& term, int32_t account) const {
    bool among = false;
    if (term.field == Field::kState || term.field == Field::kAccount) {
      const absl::string_view value = term.field == Field::kState
                                          ? StateName(tenant_.accounts().plan_state[account])
                                          : absl::string_view(tenant_.accounts().key[account]);
      for (const std::string& wanted : *term.wanted) among = among || value == absl::string_view(wanted);
    } else {
      among = term.by_word[Column(term.field)[account]] != 0;
    }
    return among == (term.op != Operator::kNotEqual);
  }

  const TenantColumns& tenant_;
  std::vector<Texts> texts_;
  std::vector<Numbers> quick_;
  std::vector<Numbers> slow_;
};

// Whether the account owes something in some currency.
bool Owes(const TenantColumns& tenant, int32_t account) {
  for (const Segment& segment : tenant.accounts().segments[account]) {
    if (segment.debit_minor > 0) return true;
  }
  return false;
}

std::string LeftReason(const TenantColumns& tenant, int32_t account, const AccountStats& stats,
                       const SelectOptions& options) {
  const AccountColumns& a = tenant.accounts();
  const uint8_t state = a.plan_state[account];
  const int32_t day = options.day;
  if ((a.insolvent_day[account] != 0 && a.insolvent_day[account] <= day) ||
      state == state::v1::PLAN_STATE_INSOLVENT) {
    return kLeftInsolvent;
  }
  if (a.pause_from[account] <= day && day <= a.pause_until[account]) return kLeftPaused;
  if (!Owes(tenant, account)) return kLeftSettled;
  const bool asked = stats.items > 0;
  if ((asked && !stats.unplaced) || state == state::v1::PLAN_STATE_PLACED ||
      state == state::v1::PLAN_STATE_LEGAL) {
    return kLeftPlaced;
  }
  if (asked && !stats.free) return kLeftDisputed;
  if (state == state::v1::PLAN_STATE_PROMISED || state == state::v1::PLAN_STATE_ON_PLAN) return kLeftPromised;
  const int32_t last = a.last_contact_day[account];
  if (last != 0 && day - last < options.contact_gap_days) return kLeftContactedRecently;
  return "";
}

}  // namespace

AccountStats StatsOf(const TenantColumns& tenant, const BalancesAt& balances, const Segment& segment) {
  const projection::CurrencyColumns& columns = tenant.currencies()[segment.currency];
  const int32_t day = balances.day();
  AccountStats stats;
  int32_t oldest_due = projection::kNoDay;
  int32_t oldest_issue = projection::kNoDay;
  // What is overdue is asked for, or everything when nothing is.
  bool free[2] = {false, false}, unplaced[2] = {false, false};
  const int32_t count = balances.is_now() ? segment.open.count : segment.open.count + segment.settled.count;
  for (int32_t n = 0; n < count; ++n) {
    const int64_t open = balances.Of(segment, n);
    if (open <= 0) continue;
    const projection::ItemTable& table = columns.TableOf(segment, n);
    const int32_t row = columns.RowOf(segment, n);
    const bool overdue = table.due_day[row] < day;
    stats.open_minor += open;
    ++stats.items;
    oldest_issue = std::min(oldest_issue, table.issue_day[row]);
    if (overdue) {
      stats.overdue_minor += open;
      oldest_due = std::min(oldest_due, table.due_day[row]);
    }
    const bool disputed = (table.flags[row] & projection::kItemDisputed) != 0;
    const bool placed = (table.flags[row] & projection::kItemPlaced) != 0;
    free[overdue] = free[overdue] || (!disputed && !placed);
    unplaced[overdue] = unplaced[overdue] || !placed;
  }
  if (oldest_due != projection::kNoDay) stats.age = day - oldest_due;
  if (oldest_issue != projection::kNoDay) stats.oldest_invoice_age = std::max(day - oldest_issue, 0);
  const int group = stats.overdue_minor > 0 ? 1 : 0;
  stats.free = free[group];
  stats.unplaced = unplaced[group];
  return stats;
}

Selection SelectMembers(const TenantColumns& tenant, const Filter& filter, const SelectOptions& options) {
  const AccountColumns& accounts = tenant.accounts();
  const Matcher matcher(tenant, filter, options.currency);
  const int32_t currency = tenant.FindCurrency(options.currency);
  std::unique_ptr<BalancesAt> balances;
  if (currency >= 0) balances = std::make_unique<BalancesAt>(tenant, currency, options.day);

  std::vector<SelectedMember> found;
  for (int32_t account = 0; account < accounts.size(); ++account) {
    if (!accounts.live(account) || (accounts.flags[account] & projection::kAccountUnidentified) != 0)
      continue;
    if (!matcher.MatchesColumns(account)) continue;
    const Segment* segment = currency < 0 ? nullptr : tenant.FindSegment(account, currency);
    if ((balances == nullptr || balances->is_now()) && !matcher.MayMatch(segment)) continue;
    AccountStats stats;
    if (segment != nullptr) stats = StatsOf(tenant, *balances, *segment);
    if (!matcher.MatchesStats(stats)) continue;
    found.push_back({account, accounts.key[account], accounts.name[account], stats.overdue_minor, stats.age,
                     LeftReason(tenant, account, stats, options)});
  }
  std::sort(found.begin(), found.end(), [](const SelectedMember& a, const SelectedMember& b) {
    const __int128 left = static_cast<__int128>(a.overdue_minor) * a.oldest_days;
    const __int128 right = static_cast<__int128>(b.overdue_minor) * b.oldest_days;
    return left != right ? left > right : a.key < b.key;
  });
  Selection selection;
  for (SelectedMember& member : found) {
    if (member.left_reason.empty() && static_cast<int>(selection.taken.size()) >= options.accounts_max) {
      member.left_reason = kLeftOverMax;
    }
    (member.left_reason.empty() ? selection.taken : selection.left).push_back(std::move(member));
  }
  return selection;
}

}  // namespace relance::campaign
