#include "samples/generate/life.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_format.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "samples/toolkit/made_up_identity.h"

namespace relance::samples {
namespace {

constexpr double kAmountSigma = 0.8;
constexpr int64_t kAmountMinMinor = 1'500;
constexpr double kGapPerDayMax = 0.3;
constexpr int kCreditNotePerMille = 20;
constexpr int kOverpaidPerMille = 4;
constexpr int kDuplicatePerMille = 3;
constexpr int kOpeningPerMille = 40;
constexpr int kOpeningNeverPaidPerMille = 60;
constexpr int kReturnAfterDays = 3;
constexpr size_t kPartsMax = 40;
constexpr std::array<absl::string_view, 5> kDisputeReasons = {"price", "quality", "missing_delivery", "wrong_order",
                                                              "already_paid"};

struct Action {
  enum class Type : uint8_t { kOpening, kIssue, kCredit, kDisputeOpen, kDisputeEnd, kPay, kReturn, kDuplicate, kInsolvency };

  Type type = Type::kIssue;
  LivingPayment::Outcome outcome = LivingPayment::Outcome::kReceipt;  // kPay
  int32_t account = -1;
  int32_t slot = -1;         // of the item, or of the held payment for kReturn
  int64_t amount_minor = 0;  // 0: all that is open
  bool more_of_batch = false;  // kIssue: another one of the day asks for the next
};

class Life {
 public:
  Life(const PortfolioOptions& options, std::vector<Account>& accounts, LifeSink& sink)
      : options_(options),
        accounts_(accounts),
        sink_(sink),
        begin_(AddMonthsClamped(options.from, -options.history_months)),
        end_(AddMonthsClamped(options.from, options.months)),
        calendar_(end_ - begin_),
        bank_(HolidaySet::kTarget) {
    // The day on or after any day of the time is looked up often: once is enough.
    next_banking_day_.resize(calendar_.size());
    for (size_t i = 0; i < calendar_.size(); ++i) {
      next_banking_day_[i] = static_cast<int32_t>(bank_.BusinessDayOnOrAfter(begin_ + static_cast<int64_t>(i)) - begin_);
    }
  }

  absl::Status Run() {
    for (size_t i = 0; i < accounts_.size(); ++i) StartAccount(static_cast<int32_t>(i));
    for (size_t offset = 0; offset < calendar_.size(); ++offset) {
      today_ = begin_ + static_cast<int64_t>(offset);
      if (next_banking_day_[offset] != static_cast<int32_t>(offset)) continue;
      RunDay(calendar_[offset]);
      std::vector<Action>().swap(calendar_[offset]);
      RELANCE_RETURN_IF_ERROR(sink_.OnDayEnd(today_));
    }
    return absl::OkStatus();
  }

 private:
  // What is beyond the end never happens. Nothing is scheduled for today but by RunDay's first pass.
  bool Schedule(absl::CivilDay day, const Action& action) {
    if (day < begin_ || day >= end_) return false;
    const int32_t offset = next_banking_day_[day - begin_];
    if (offset >= static_cast<int32_t>(calendar_.size())) return false;
    calendar_[offset].push_back(action);
    return true;
  }

  // An item's slot lives as long as something is going to happen to it.
  void ScheduleFor(int32_t slot, absl::CivilDay day, Action::Type type, int64_t amount_minor = 0,
                   LivingPayment::Outcome outcome = LivingPayment::Outcome::kReceipt) {
    if (Schedule(day, {type, outcome, items_[slot].account, slot, amount_minor})) ++pending_[slot];
  }

  void Unpin(int32_t slot) {
    if (--pending_[slot] == 0) free_.push_back(slot);
  }

  void StartAccount(int32_t index) {
    Account& account = accounts_[index];
    if (account.random.Chance(kOpeningPerMille)) Schedule(begin_, {Action::Type::kOpening, {}, index});
    ScheduleIssue(index, begin_);
    Schedule(account.insolvent_on, {Action::Type::kInsolvency, {}, index});
  }

  void ScheduleIssue(int32_t index, absl::CivilDay after) {
    Account& account = accounts_[index];
    // Busy accounts issue several invoices on the days when they issue any.
    const double per_day = std::min(account.invoices_per_day, kGapPerDayMax);
    const int64_t batch = std::max<int64_t>(1, std::lround(account.invoices_per_day / per_day));
    const absl::CivilDay day = after + account.random.ExponentialDays(per_day);
    for (int64_t i = 0; i < batch; ++i) {
      Schedule(day, {Action::Type::kIssue, {}, index, -1, 0, i + 1 < batch});
    }
  }

  bool Insolvent(int32_t account) const { return today_ >= accounts_[account].insolvent_on; }

  void RunDay(std::vector<Action>& actions) {
    std::stable_sort(actions.begin(), actions.end(), [](const Action& a, const Action& b) {
      return std::make_tuple(a.type, a.account, a.outcome) < std::make_tuple(b.type, b.account, b.outcome);
    });
    for (size_t i = 0; i < actions.size();) {
      // Payments of one account leave together, as one transfer; everything else is its own group.
      size_t end = i + 1;
      while (actions[i].type == Action::Type::kPay && end < actions.size() && end - i < kPartsMax &&
             actions[end].type == Action::Type::kPay && actions[end].account == actions[i].account &&
             actions[end].outcome == actions[i].outcome) {
        ++end;
      }
      RunGroup(&actions[i], &actions[i] + (end - i));
      for (; i < end; ++i) {
        if (actions[i].slot >= 0 && actions[i].type != Action::Type::kReturn) Unpin(actions[i].slot);
      }
    }
  }

  void RunGroup(const Action* first, const Action* last) {
    switch (first->type) {
      case Action::Type::kOpening:
        return Issue(first->account, true);
      case Action::Type::kIssue:
        if (Insolvent(first->account)) return;
        Issue(first->account, false);
        if (!first->more_of_batch) ScheduleIssue(first->account, today_);
        return;
      case Action::Type::kCredit:
        return Credit(first->slot, first->amount_minor);
      case Action::Type::kDisputeOpen:
        return OpenDispute(first->slot);
      case Action::Type::kDisputeEnd:
        return EndDispute(first->slot);
      case Action::Type::kPay:
        return Pay(first, last);
      case Action::Type::kReturn:
        return Return(first->slot);
      case Action::Type::kDuplicate:
        return PayTwice(*first);
      case Action::Type::kInsolvency:
        return sink_.OnInsolvency(today_, accounts_[first->account]);
    }
  }

  void Issue(int32_t index, bool opening) {
    Account& account = accounts_[index];
    Random& random = account.random;
    LivingItem item;
    item.account = index;
    item.opening = opening;
    item.serial = ++item_serial_;
    item.issue = today_;
    item.due = opening ? today_ : DueDate(account.terms, today_);
    item.amount_minor = std::max<int64_t>(
        kAmountMinMinor, std::llround(account.amount_median_minor * std::exp(kAmountSigma * random.Normal())));
    item.open_minor = item.amount_minor;
    account.invoiced_minor += item.amount_minor;
    const int32_t slot = Hold(item);
    sink_.OnItem(item, account);
    ++pending_[slot];
    PlanItem(slot, item, account);
    Unpin(slot);
  }

  // What is going to happen to a new item.
  void PlanItem(int32_t slot, const LivingItem& item, Account& account) {
    Random& random = account.random;
    if (item.opening) {
      if (!random.Chance(kOpeningNeverPaidPerMille)) {
        ScheduleFor(slot, today_ + random.Between(10, 60), Action::Type::kPay);
      }
      return;
    }
    if (random.Chance(account.habit.disputed_per_mille)) {
      ScheduleFor(slot, today_ + random.Between(5, item.due - item.issue + 5), Action::Type::kDisputeOpen);
      return;
    }
    if (random.Chance(kCreditNotePerMille)) {
      const int64_t credit = item.amount_minor * random.Between(5, 20) / 100;
      ScheduleFor(slot, today_ + random.Between(1, 10), Action::Type::kCredit, credit);
    }
    if (random.Chance(account.habit.never_paid_per_mille)) return;
    const absl::CivilDay day = PayDay(account.habit, item.issue, item.due, bank_, random);
    if (random.Chance(account.habit.part_paid_per_mille)) {
      ScheduleFor(slot, day, Action::Type::kPay, item.amount_minor * random.Between(30, 70) / 100);
      ScheduleFor(slot, day + random.Between(15, 40), Action::Type::kPay);
    } else {
      ScheduleFor(slot, day, Action::Type::kPay);
    }
  }

  void Credit(int32_t slot, int64_t amount_minor) {
    LivingItem& item = items_[slot];
    const int64_t amount = std::min(amount_minor, item.open_minor);
    if (amount <= 0) return;
    item.open_minor -= amount;
    Account& account = accounts_[item.account];
    account.credited_minor += amount;
    sink_.OnCreditNote(item, ++item_serial_, amount, today_, account);
  }

  void OpenDispute(int32_t slot) {
    const LivingItem& item = items_[slot];
    Account& account = accounts_[item.account];
    sink_.OnDispute(item, true, kDisputeReasons[account.random.Below(kDisputeReasons.size())], today_, account);
    ScheduleFor(slot, today_ + account.random.Between(10, 45), Action::Type::kDisputeEnd);
  }

  void EndDispute(int32_t slot) {
    const LivingItem item = items_[slot];
    Account& account = accounts_[item.account];
    const int64_t draw = account.random.Below(100);
    const absl::string_view detail = draw < 55 ? "credited_in_part" : draw < 65 ? "credited_whole" : "rejected";
    sink_.OnDispute(item, false, detail, today_, account);
    const absl::CivilDay pay_day = today_ + account.random.Between(3, 15);
    if (draw >= 55 && draw < 65) return Credit(slot, item.open_minor);
    if (draw < 55) Credit(slot, item.amount_minor * account.random.Between(10, 50) / 100);
    ScheduleFor(slot, pay_day, Action::Type::kPay);
  }

  void Pay(const Action* first, const Action* last) {
    if (Insolvent(first->account)) return;
    Account& account = accounts_[first->account];
    Random& random = account.random;
    LivingPayment payment;
    payment.outcome = first->outcome;
    payment.account = first->account;
    payment.day = today_;
    std::vector<int32_t> slots;
    for (const Action* action = first; action != last; ++action) {
      LivingItem& item = items_[action->slot];
      const int64_t amount =
          action->amount_minor == 0 ? item.open_minor : std::min(action->amount_minor, item.open_minor);
      if (amount <= 0 || absl::c_linear_search(slots, action->slot)) continue;
      payment.parts.push_back({item, amount});
      payment.amount_minor += amount;
      slots.push_back(action->slot);
    }
    if (payment.parts.empty()) return;
    payment.serial = ++payment_serial_;
    const bool told_by_the_bank = today_ >= options_.from;
    const bool returns = told_by_the_bank && payment.outcome == LivingPayment::Outcome::kReceipt &&
                         random.Chance(account.habit.returned_per_mille);
    if (!returns && random.Chance(kOverpaidPerMille)) payment.unapplied_minor = random.Between(100, 5'000);
    payment.amount_minor += payment.unapplied_minor;
    account.unapplied_minor += payment.unapplied_minor;
    for (size_t i = 0; i < slots.size(); ++i) {
      LivingItem& item = items_[slots[i]];
      item.open_minor -= payment.parts[i].amount_minor;
      account.paid_minor += payment.parts[i].amount_minor;
    }
    sink_.OnPayment(payment, account);
    if (!returns && slots.size() == 1 && payment.parts[0].amount_minor == payment.parts[0].item.amount_minor &&
        random.Chance(kDuplicatePerMille)) {
      ScheduleFor(slots[0], today_ + random.Between(5, 20), Action::Type::kDuplicate, payment.parts[0].amount_minor);
    }
    if (returns) HoldReturn(std::move(payment), slots);
  }

  void HoldReturn(LivingPayment payment, const std::vector<int32_t>& slots) {
    const absl::CivilDay back = bank_.AddBusinessDays(today_, kReturnAfterDays);
    if (!Schedule(back, {Action::Type::kReturn, {}, payment.account, static_cast<int32_t>(held_.size())})) return;
    for (const int32_t slot : slots) ++pending_[slot];
    held_.push_back({std::move(payment), slots});
  }

  void Return(int32_t held) {
    HeldPayment& back = held_[held];
    Account& account = accounts_[back.payment.account];
    back.payment.outcome = LivingPayment::Outcome::kReturned;
    back.payment.day = today_;
    const absl::CivilDay again = today_ + account.random.Between(5, 12);
    for (size_t i = 0; i < back.slots.size(); ++i) {
      LivingItem& item = items_[back.slots[i]];
      const int64_t amount = back.payment.parts[i].amount_minor;
      item.open_minor += amount;
      account.paid_minor -= amount;
      ScheduleFor(back.slots[i], again, Action::Type::kPay, amount, LivingPayment::Outcome::kPaidAgain);
    }
    account.unapplied_minor -= back.payment.unapplied_minor;
    sink_.OnPayment(back.payment, account);
    for (const int32_t slot : back.slots) Unpin(slot);
    back = {};
  }

  void PayTwice(const Action& action) {
    if (Insolvent(action.account)) return;
    Account& account = accounts_[action.account];
    LivingPayment payment;
    payment.outcome = LivingPayment::Outcome::kDuplicate;
    payment.account = action.account;
    payment.serial = ++payment_serial_;
    payment.day = today_;
    payment.amount_minor = action.amount_minor;
    payment.mentions = items_[action.slot];
    payment.unapplied_minor = action.amount_minor;
    account.unapplied_minor += action.amount_minor;
    sink_.OnPayment(payment, account);
  }

  int32_t Hold(const LivingItem& item) {
    if (free_.empty()) {
      items_.push_back(item);
      pending_.push_back(0);
      return static_cast<int32_t>(items_.size()) - 1;
    }
    const int32_t slot = free_.back();
    free_.pop_back();
    items_[slot] = item;
    return slot;
  }

  struct HeldPayment {
    LivingPayment payment;
    std::vector<int32_t> slots;
  };

  const PortfolioOptions& options_;
  std::vector<Account>& accounts_;
  LifeSink& sink_;
  const absl::CivilDay begin_;
  const absl::CivilDay end_;
  std::vector<std::vector<Action>> calendar_;  // by day from begin_
  std::vector<int32_t> next_banking_day_;
  const Calendar bank_;
  absl::CivilDay today_;
  std::vector<LivingItem> items_;
  std::vector<int32_t> pending_;  // by slot: how many actions name it
  std::vector<int32_t> free_;
  std::vector<HeldPayment> held_;
  int64_t item_serial_ = 0;
  int64_t payment_serial_ = 0;
};

}  // namespace

std::string ItemNumber(const LivingItem& item) {
  if (item.opening) return absl::StrFormat("AN%07d", item.serial);
  return absl::StrFormat("FA%02d%07d", item.issue.year() % 100, item.serial);
}

std::string CreditNoteNumber(int64_t serial, absl::CivilDay day) {
  return absl::StrFormat("AV%02d%07d", day.year() % 100, serial);
}

std::string ItemReference(const LivingItem& item, const Account& account) {
  if (account.company.country == "BE") return BelgianReference(item.serial);
  return CreditorReference(ItemNumber(item));
}

absl::Status Live(const PortfolioOptions& options, std::vector<Account>& accounts, LifeSink& sink) {
  return Life(options, accounts, sink).Run();
}

}  // namespace relance::samples
