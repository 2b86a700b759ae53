#include "samples/generate/life.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/algorithm/container.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "samples/generate/agenda.h"

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
constexpr std::array<absl::string_view, 5> kDisputeReasons = {"PRICE", "QUALITY", "NOT_DELIVERED",
                                                              "NOT_ORDERED", "QUANTITY"};

class Life {
 public:
  Life(const PortfolioOptions& options, std::vector<Account>& accounts, LifeSink& sink)
      : options_(options),
        accounts_(accounts),
        sink_(sink),
        begin_(AddMonthsClamped(options.from, -options.history_months)),
        end_(AddMonthsClamped(options.from, options.months)),
        agenda_(begin_, end_) {}

  absl::Status Run() {
    for (size_t i = 0; i < accounts_.size(); ++i) StartAccount(static_cast<int32_t>(i));
    for (today_ = begin_; today_ < end_; ++today_) {
      if (!agenda_.IsBankingDay(today_)) continue;
      RunDay(agenda_.TakeDay(today_));
      RELANCE_RETURN_IF_ERROR(sink_.OnDayEnd(today_));
    }
    return absl::OkStatus();
  }

 private:
  void StartAccount(int32_t index) {
    Account& account = accounts_[index];
    if (account.random.Chance(kOpeningPerMille))
      agenda_.Schedule(begin_, {Action::Type::kOpening, {}, index});
    ScheduleIssue(index, begin_);
    agenda_.Schedule(account.insolvent_on, {Action::Type::kInsolvency, {}, index});
  }

  void ScheduleIssue(int32_t index, absl::CivilDay after) {
    Account& account = accounts_[index];
    // Busy accounts issue several invoices on the days when they issue any.
    const double per_day = std::min(account.invoices_per_day, kGapPerDayMax);
    const int64_t batch = std::max<int64_t>(1, std::lround(account.invoices_per_day / per_day));
    const absl::CivilDay day = after + account.random.ExponentialDays(per_day);
    for (int64_t i = 0; i < batch; ++i) {
      agenda_.Schedule(day, {Action::Type::kIssue, {}, index, -1, 0, i + 1 < batch});
    }
  }

  bool Insolvent(int32_t account) const { return today_ >= accounts_[account].insolvent_on; }

  void RunDay(const std::vector<Action>& actions) {
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
        if (actions[i].slot >= 0 && actions[i].type != Action::Type::kReturn) agenda_.Unpin(actions[i].slot);
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
        kAmountMinMinor,
        std::llround(account.amount_median_minor * std::exp(kAmountSigma * random.Normal())));
    item.open_minor = item.amount_minor;
    account.invoiced_minor += item.amount_minor;
    const int32_t slot = agenda_.Hold(item);
    sink_.OnItem(item, account);
    PlanItem(slot, item, account);
    agenda_.Unpin(slot);
  }

  // What is going to happen to a new item.
  void PlanItem(int32_t slot, const LivingItem& item, Account& account) {
    Random& random = account.random;
    if (item.opening) {
      if (!random.Chance(kOpeningNeverPaidPerMille)) {
        agenda_.ScheduleFor(slot, today_ + random.Between(10, 60), Action::Type::kPay);
      }
      return;
    }
    if (random.Chance(account.habit.disputed_per_mille)) {
      agenda_.ScheduleFor(slot, today_ + random.Between(5, item.due - item.issue + 5),
                          Action::Type::kDisputeOpen);
      return;
    }
    if (random.Chance(kCreditNotePerMille)) {
      const int64_t credit = item.amount_minor * random.Between(5, 20) / 100;
      agenda_.ScheduleFor(slot, today_ + random.Between(1, 10), Action::Type::kCredit, credit);
    }
    if (random.Chance(account.habit.never_paid_per_mille)) return;
    const absl::CivilDay day = PayDay(account.habit, item.issue, item.due, agenda_.banking_days(), random);
    if (random.Chance(account.habit.part_paid_per_mille)) {
      agenda_.ScheduleFor(slot, day, Action::Type::kPay, item.amount_minor * random.Between(30, 70) / 100);
      agenda_.ScheduleFor(slot, day + random.Between(15, 40), Action::Type::kPay);
    } else {
      agenda_.ScheduleFor(slot, day, Action::Type::kPay);
    }
  }

  void Credit(int32_t slot, int64_t amount_minor) {
    LivingItem& item = agenda_.item(slot);
    const int64_t amount = std::min(amount_minor, item.open_minor);
    if (amount <= 0) return;
    item.open_minor -= amount;
    Account& account = accounts_[item.account];
    account.credited_minor += amount;
    sink_.OnCreditNote(item, ++item_serial_, amount, today_, account);
  }

  void OpenDispute(int32_t slot) {
    const LivingItem& item = agenda_.item(slot);
    Account& account = accounts_[item.account];
    sink_.OnDispute(item, true, kDisputeReasons[account.random.Below(kDisputeReasons.size())], today_,
                    account);
    agenda_.ScheduleFor(slot, today_ + account.random.Between(10, 45), Action::Type::kDisputeEnd);
  }

  void EndDispute(int32_t slot) {
    const LivingItem item = agenda_.item(slot);
    Account& account = accounts_[item.account];
    const int64_t draw = account.random.Below(100);
    const absl::string_view detail = draw < 55   ? "credited_in_part"
                                     : draw < 65 ? "credited_whole"
                                                 : "rejected";
    sink_.OnDispute(item, false, detail, today_, account);
    const absl::CivilDay pay_day = today_ + account.random.Between(3, 15);
    if (draw >= 55 && draw < 65) return Credit(slot, item.open_minor);
    if (draw < 55) Credit(slot, item.amount_minor * account.random.Between(10, 50) / 100);
    agenda_.ScheduleFor(slot, pay_day, Action::Type::kPay);
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
      LivingItem& item = agenda_.item(action->slot);
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
      LivingItem& item = agenda_.item(slots[i]);
      item.open_minor -= payment.parts[i].amount_minor;
      account.paid_minor += payment.parts[i].amount_minor;
    }
    sink_.OnPayment(payment, account);
    if (!returns && slots.size() == 1 &&
        payment.parts[0].amount_minor == payment.parts[0].item.amount_minor &&
        random.Chance(kDuplicatePerMille)) {
      agenda_.ScheduleFor(slots[0], today_ + random.Between(5, 20), Action::Type::kDuplicate,
                          payment.parts[0].amount_minor);
    }
    if (returns) HoldReturn(std::move(payment), slots);
  }

  void HoldReturn(LivingPayment payment, const std::vector<int32_t>& slots) {
    const absl::CivilDay back = agenda_.banking_days().AddBusinessDays(today_, kReturnAfterDays);
    if (!agenda_.Schedule(back,
                          {Action::Type::kReturn, {}, payment.account, static_cast<int32_t>(held_.size())}))
      return;
    for (const int32_t slot : slots) agenda_.Pin(slot);
    held_.push_back({std::move(payment), slots});
  }

  void Return(int32_t held) {
    HeldPayment& back = held_[held];
    Account& account = accounts_[back.payment.account];
    back.payment.outcome = LivingPayment::Outcome::kReturned;
    back.payment.day = today_;
    const absl::CivilDay again = today_ + account.random.Between(5, 12);
    for (size_t i = 0; i < back.slots.size(); ++i) {
      LivingItem& item = agenda_.item(back.slots[i]);
      const int64_t amount = back.payment.parts[i].amount_minor;
      item.open_minor += amount;
      account.paid_minor -= amount;
      agenda_.ScheduleFor(back.slots[i], again, Action::Type::kPay, amount,
                          LivingPayment::Outcome::kPaidAgain);
    }
    account.unapplied_minor -= back.payment.unapplied_minor;
    sink_.OnPayment(back.payment, account);
    for (const int32_t slot : back.slots) agenda_.Unpin(slot);
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
    payment.mentions = agenda_.item(action.slot);
    payment.unapplied_minor = action.amount_minor;
    account.unapplied_minor += action.amount_minor;
    sink_.OnPayment(payment, account);
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
  Agenda agenda_;
  absl::CivilDay today_;
  std::vector<HeldPayment> held_;
  int64_t item_serial_ = 0;
  int64_t payment_serial_ = 0;
};

}  // namespace

absl::Status Live(const PortfolioOptions& options, std::vector<Account>& accounts, LifeSink& sink) {
  return Life(options, accounts, sink).Run();
}

}  // namespace relance::samples
