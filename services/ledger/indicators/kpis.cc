#include <algorithm>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "common/time/day.h"
#include "relance/state/v1/ledger.pb.h"
#include "services/ledger/indicators/collection_quality.h"
#include "services/ledger/indicators/portfolio.h"

namespace relance::ledger {
namespace {

using projection::BalancesAt;
using projection::CurrencyColumns;
using projection::ItemTable;
using projection::Segment;
using projection::TenantColumns;

constexpr double kParetoShare = 0.8;

bool IsSale(uint8_t kind) {
  return kind == state::v1::ITEM_KIND_INVOICE || kind == state::v1::ITEM_KIND_DEBIT_NOTE ||
         kind == state::v1::ITEM_KIND_CREDIT_NOTE;
}

// Sales and money received, of both tables in one pass.
class Flows {
 public:
  Flows(int32_t day, int period_days) : day_(day), period_from_(day - period_days) {
    absl::CivilMonth month(DayFromNumber(day));
    for (int m = 0; m < kMonthsMax; ++m, --month) starts_.push_back(DayNumber(absl::CivilDay(month)));
    sales_.assign(kMonthsMax, 0);
  }

  void Add(const ItemTable& table, absl::Span<const uint8_t> left_out) {
    for (int32_t i = 0; i < table.size(); ++i) {
      const int32_t account = table.account[i];
      const int32_t issued = table.issue_day[i];
      if (account < 0 || issued > day_ || left_out[account] != 0) continue;
      const Amount amount = table.amount[i];
      if (IsSale(table.kind[i])) {
        if (issued > period_from_) kpis.sales += amount;
        const int month = MonthOf(issued);
        if (month < kMonthsMax) {
          sales_[month] += amount;
          known_months_ = std::max(known_months_, month + 1);
        }
      } else if (table.kind[i] == state::v1::ITEM_KIND_PAYMENT) {
        kpis.collected_ever -= amount;
        if (issued > period_from_) kpis.collected -= amount;
      } else if (table.kind[i] == state::v1::ITEM_KIND_RETURN && issued > period_from_) {
        kpis.collected -= amount;
      }
    }
  }

  void FinishMonths() {
    absl::CivilMonth month(DayFromNumber(day_));
    for (int m = 0; m < known_months_; ++m, --month) {
      const int32_t end = m == 0 ? day_ + 1 : starts_[m - 1];
      kpis.months.push_back({sales_[m], end - starts_[m]});
      kpis.month_names.push_back(absl::StrFormat("%04d-%02d", month.year(), month.month()));
    }
  }

  Kpis kpis;

 private:
  // 0 is the month of the day. Mostly recent: looked for from there.
  int MonthOf(int32_t issued) const {
    int month = 0;
    while (month < kMonthsMax && issued < starts_[month]) ++month;
    return month;
  }

  const int32_t day_;
  const int32_t period_from_;  // excluded
  std::vector<int32_t> starts_;
  std::vector<Amount> sales_;
  int known_months_ = 0;
};

// The day an item was settled on, as it looked at the end of `day`.
int32_t SettledDay(const CurrencyColumns& columns, const BalancesAt& balances, const Segment& segment,
                   int32_t n, absl::Span<const int32_t> last_allocation) {
  if (!balances.is_now()) return last_allocation[n];
  return columns.TableOf(segment, n).settled_day[columns.RowOf(segment, n)];
}

// Invoices that were settled by `day`, in (day - period, day].
std::vector<PaidInvoice> PaidInPeriod(const TenantColumns& tenant, int32_t currency,
                                      const BalancesAt& balances, int period_days) {
  const CurrencyColumns& columns = tenant.currencies()[currency];
  std::vector<PaidInvoice> paid;
  std::vector<int32_t> last;
  for (const auto& segments : tenant.accounts().segments) {
    for (const Segment& segment : segments) {
      if (segment.currency != currency) continue;
      const int32_t count = segment.open.count + segment.settled.count;
      if (!balances.is_now()) {
        last.assign(count, INT32_MIN);
        for (int32_t i = segment.allocations.begin; i < segment.allocations.end(); ++i) {
          const int32_t debit = columns.allocations.debit[i];
          if (debit == projection::kNoRow || !columns.allocations.StandsAt(i, balances.day())) continue;
          last[debit] = std::max(last[debit], columns.allocations.day[i]);
        }
      }
      // What is open now may have been settled then, but what was open then is not wanted.
      for (int32_t n = balances.is_now() ? segment.open.count : 0; n < count; ++n) {
        const ItemTable& table = columns.TableOf(segment, n);
        const int32_t row = columns.RowOf(segment, n);
        if (table.kind[row] != state::v1::ITEM_KIND_INVOICE || table.due_day[row] == projection::kNoDay ||
            (table.flags[row] & projection::kItemWrittenOff) != 0 || table.issue_day[row] > balances.day() ||
            balances.Of(segment, n) != 0) {
          continue;
        }
        const int32_t settled = SettledDay(columns, balances, segment, n, last);
        if (settled <= balances.day() - period_days || settled > balances.day()) continue;
        paid.push_back({table.amount[row], settled - table.due_day[row]});
      }
    }
  }
  return paid;
}

void CountOverdueAccounts(const TenantColumns& tenant, int32_t currency, const BalancesAt& balances,
                          absl::Span<const uint8_t> left_out, Kpis* kpis) {
  const CurrencyColumns& columns = tenant.currencies()[currency];
  std::vector<Amount> overdue(left_out.size(), 0);
  const auto add = [&](const ItemTable& table, absl::Span<const int64_t> open) {
    for (size_t i = 0; i < open.size(); ++i) {
      if (open[i] > 0 && table.due_day[i] < balances.day() && left_out[table.account[i]] == 0) {
        overdue[table.account[i]] += open[i];
      }
    }
  };
  add(columns.open, balances.open());
  add(columns.settled, balances.settled());
  overdue.erase(std::remove(overdue.begin(), overdue.end(), Amount{0}), overdue.end());
  std::sort(overdue.begin(), overdue.end(), std::greater<>());
  kpis->overdue_accounts = static_cast<int>(overdue.size());
  const double wanted = static_cast<double>(kpis->overdue) * kParetoShare;
  Amount sum = 0;
  for (const Amount amount : overdue) {
    if (static_cast<double>(sum) >= wanted) break;
    sum += amount;
    ++kpis->pareto_accounts;
  }
}

}  // namespace

Kpis MakeKpis(const TenantColumns& tenant, int32_t currency, const BalancesAt& balances, int period_days) {
  const CurrencyColumns& columns = tenant.currencies()[currency];
  std::vector<uint8_t> left_out(tenant.accounts().size());
  for (int32_t account = 0; account < tenant.accounts().size(); ++account) {
    left_out[account] = (tenant.accounts().flags[account] & projection::kAccountUnidentified) != 0;
  }
  Flows flows(balances.day(), period_days);
  flows.Add(columns.open, left_out);
  flows.Add(columns.settled, left_out);
  flows.FinishMonths();
  Kpis kpis = std::move(flows.kpis);

  const Ageing ageing =
      MakeAgeing(tenant, currency, balances, *AgeingBuckets::Make({}), AgeingSplit::kNone, 0);
  kpis.debits = ageing.total.debits();
  kpis.receivables = ageing.total.total();
  kpis.overdue = ageing.total.overdue();
  kpis.not_due = kpis.debits - kpis.overdue;
  kpis.disputed = ageing.total.disputed;
  if (!ageing.rows.empty()) kpis.unidentified = ageing.rows.back().credits;
  const projection::ScanResult all = ScanBalances(columns, balances, {});
  kpis.open_items = all.all_debit_items + all.all_credit_items;
  CountOverdueAccounts(tenant, currency, balances, left_out, &kpis);
  kpis.weighted_days_late =
      WeightedDaysLate(PaidInPeriod(tenant, currency, balances, period_days), false).value_or(0);
  return kpis;
}

}  // namespace relance::ledger
