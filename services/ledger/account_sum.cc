#include "services/ledger/account_sum.h"

#include <xxhash.h>

#include <algorithm>
#include <string>

namespace relance::ledger {
namespace {

using state::v1::Item;
using state::v1::LedgerSum;

void ContributeToBalance(const Item& item, int sign, LedgerSum* sum) {
  state::v1::Balance* balance = BalanceOf(item.currency(), sum);
  const int64_t open = item.open_minor();
  balance->set_open_minor(balance->open_minor() + sign * open);
  if (open > 0) {
    balance->set_debit_minor(balance->debit_minor() + sign * open);
    balance->set_debit_items(balance->debit_items() + sign);
  } else {
    balance->set_credit_minor(balance->credit_minor() - sign * open);
    balance->set_credit_items(balance->credit_items() + sign);
    // Never below zero: accounts that were written before this figure was kept lack it until their money
    // moves.
    if (item.kind() == state::v1::ITEM_KIND_PAYMENT) {
      balance->set_unapplied_minor(std::max<int64_t>(balance->unapplied_minor() - sign * open, 0));
    }
  }
  if (item.has_dispute() && item.dispute().resolved_day() == 0) {
    const int64_t disputed = std::min(item.dispute().amount_minor(), std::max<int64_t>(open, 0));
    balance->set_disputed_minor(balance->disputed_minor() + sign * disputed);
  }
}

void ContributeToStats(const Item& item, int sign, LedgerSum* sum) {
  state::v1::PaymentStats* stats = sum->mutable_stats();
  const int64_t late = DaysLate(item);
  stats->set_settled(stats->settled() + sign);
  if (late > 0) stats->set_late(stats->late() + sign);
  stats->set_days_late(stats->days_late() + sign * late);
  stats->set_days_late_squared(stats->days_late_squared() + sign * late * late);
  stats->set_settled_minor(stats->settled_minor() + sign * item.amount_minor());
  auto* recent = stats->mutable_recent_days_late();
  if (sign > 0) {
    recent->Add(static_cast<int32_t>(late));
    if (recent->size() > kRecentDaysLateMax) recent->erase(recent->begin());
    return;
  }
  for (int i = recent->size() - 1; i >= 0; --i) {
    if (recent->Get(i) != late) continue;
    recent->erase(recent->begin() + i);
    break;
  }
}

}  // namespace

uint64_t StableHash(absl::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

bool CountsAsPaid(const Item& item) {
  return item.kind() == state::v1::ITEM_KIND_INVOICE && !IsOpen(item) && item.has_due_day() &&
         item.settled_day() != 0 && !item.written_off();
}

int DaysLate(const Item& item) { return item.settled_day() - item.due_day(); }

state::v1::Balance* BalanceOf(absl::string_view currency, LedgerSum* sum) {
  auto* balances = sum->mutable_balances();
  for (auto& balance : *balances) {
    if (balance.currency() == currency) return &balance;
  }
  sum->add_balances()->set_currency(std::string(currency));
  std::sort(balances->begin(), balances->end(),
            [](const auto& a, const auto& b) { return a.currency() < b.currency(); });
  return BalanceOf(currency, sum);
}

void DropEmptyBalances(LedgerSum* sum) {
  auto* balances = sum->mutable_balances();
  balances->erase(std::remove_if(balances->begin(), balances->end(),
                                 [](const auto& b) { return b.debit_items() == 0 && b.credit_items() == 0; }),
                  balances->end());
}

void Contribute(const Item& item, absl::string_view bytes, int sign, LedgerSum* sum) {
  sum->set_content_hash(sum->content_hash() + static_cast<uint64_t>(sign) * StableHash(bytes));
  if (IsOpen(item)) {
    sum->set_open_items(sum->open_items() + sign);
    ContributeToBalance(item, sign, sum);
  } else {
    sum->set_history_items(sum->history_items() + sign);
  }
  if (CountsAsPaid(item)) ContributeToStats(item, sign, sum);
  state::v1::PaymentStats* stats = sum->mutable_stats();
  if (item.kind() == state::v1::ITEM_KIND_PAYMENT) {
    if (item.returned_day() != 0) {
      stats->set_returned_payments(stats->returned_payments() + sign);
    } else if (sign > 0) {
      stats->set_last_payment_day(std::max(stats->last_payment_day(), item.issue_day()));
    }
  }
}

}  // namespace relance::ledger
