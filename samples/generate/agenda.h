#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/time/calendar.h"
#include "samples/generate/living_item.h"

namespace relance::samples {

// One thing that is going to happen to an account.
struct Action {
  // In the order in which they happen within a day.
  enum class Type : uint8_t {
    kOpening,
    kIssue,
    kCredit,
    kDisputeOpen,
    kDisputeEnd,
    kPay,
    kReturn,
    kDuplicate,
    kInsolvency
  };

  Type type = Type::kIssue;
  LivingPayment::Outcome outcome = LivingPayment::Outcome::kReceipt;  // kPay
  int32_t account = -1;
  int32_t slot = -1;           // of the item, or of the held payment for kReturn
  int64_t amount_minor = 0;    // 0: all that is open
  bool more_of_batch = false;  // kIssue: another one of the day asks for the next
};

// What is still going to happen, by banking day, and the items that it will happen to.
//
// Bounds: the memory is that of the actions ahead and of the items that they name. An item that nothing is
// going to
//         happen to any more, paid or never to be paid, gives its slot back.
class Agenda {
 public:
  // Days from `begin` to the day before `end`.
  Agenda(absl::CivilDay begin, absl::CivilDay end);

  // Puts `action` on the first banking day from `day` on; false, and nothing, if that is not before the end.
  bool Schedule(absl::CivilDay day, const Action& action);
  // The same for an item, which keeps its slot until Unpin is called once for each of its actions.
  void ScheduleFor(int32_t slot, absl::CivilDay day, Action::Type type, int64_t amount_minor = 0,
                   LivingPayment::Outcome outcome = LivingPayment::Outcome::kReceipt);

  // The actions of `day`, which are forgotten here, in order of type, account, outcome and scheduling.
  std::vector<Action> TakeDay(absl::CivilDay day);

  // A slot for `item`, pinned once.
  int32_t Hold(const LivingItem& item);
  void Pin(int32_t slot) { ++pins_[slot]; }
  void Unpin(int32_t slot);
  LivingItem& item(int32_t slot) { return items_[slot]; }

  bool IsBankingDay(absl::CivilDay day) const;
  const Calendar& banking_days() const { return bank_; }

 private:
  const absl::CivilDay begin_;
  const absl::CivilDay end_;
  const Calendar bank_;
  std::vector<std::vector<Action>> days_;  // by day from begin_
  std::vector<int32_t> next_banking_day_;  // the same; looked up too often to ask the calendar
  std::vector<LivingItem> items_;
  std::vector<int32_t> pins_;  // by slot
  std::vector<int32_t> free_;
};

}  // namespace relance::samples
