#include "services/ledger/indicators/series.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "common/status/check.h"
#include "common/time/day.h"
#include "relance/state/v1/ledger.pb.h"
#include "services/ledger/indicators/collection_quality.h"
#include "services/ledger/indicators/concentration.h"

namespace relance::ledger {
namespace {

using projection::AllocationTable;
using projection::CurrencyColumns;
using projection::ItemTable;
using projection::Segment;
using projection::TenantColumns;

constexpr int kEffectivenessMonths = 3;

std::optional<double> Share(Amount part, Amount whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

bool IsSale(uint8_t kind, uint8_t flags) {
  if ((flags & projection::kItemAbsent) != 0) return false;
  return kind == state::v1::ITEM_KIND_INVOICE || kind == state::v1::ITEM_KIND_DEBIT_NOTE ||
         kind == state::v1::ITEM_KIND_CREDIT_NOTE;
}

// What one day brought. Of all days: sums up to and including the day.
struct DaySums {
  Flows flows;
  Amount collected_ever = 0;
  Amount sales = 0;
  Amount terms_amount = 0, terms_days = 0;
  Amount lag_amount = 0, lag_half_days = 0;
  int64_t sale_items = 0;

  void Add(const DaySums& other) {
    flows.Add(other.flows);
    collected_ever += other.collected_ever;
    sales += other.sales;
    terms_amount += other.terms_amount;
    terms_days += other.terms_days;
    lag_amount += other.lag_amount;
    lag_half_days += other.lag_half_days;
    sale_items += other.sale_items;
  }
};

// `half_lag`: twice the days from the middle of its month to the issue day.
void AddIssue(const ItemTable& table, int32_t row, int half_lag, DaySums* sums) {
  const Amount amount = table.amount[row];
  const uint8_t kind = table.kind[row];
  Flows& flows = sums->flows;
  if ((table.flags[row] & projection::kItemAbsent) != 0) {
    flows.adjustments += amount;
    return;
  }
  switch (kind) {
    case state::v1::ITEM_KIND_INVOICE:
    case state::v1::ITEM_KIND_DEBIT_NOTE:
      flows.billed += amount;
      break;
    case state::v1::ITEM_KIND_CREDIT_NOTE:
      flows.credit_notes -= amount;
      break;
    case state::v1::ITEM_KIND_PAYMENT:
      flows.cash -= amount;
      sums->collected_ever -= amount;
      break;
    case state::v1::ITEM_KIND_RETURN:
      flows.cash -= amount;
      break;
    case state::v1::ITEM_KIND_OPENING:
      flows.opening_entries += amount;
      break;
    case state::v1::ITEM_KIND_WRITE_OFF:
      flows.write_offs -= amount;
      break;
    case state::v1::ITEM_KIND_DEDUCTION:
      flows.deductions -= amount;
      break;
    default:
      flows.adjustments += amount;
  }
  if (!IsSale(kind, table.flags[row])) return;
  sums->sales += amount;
  ++sums->sale_items;
  if (amount <= 0) return;
  const int32_t issued = table.issue_day[row];
  if (table.due_day[row] != projection::kNoDay) {
    sums->terms_amount += amount;
    sums->terms_days += amount * (table.due_day[row] - issued);
  }
  sums->lag_amount += amount;
  sums->lag_half_days += amount * half_lag;
}

// A step of what is open of an item.
struct Step {
  int32_t day;
  int32_t allocation;  // row of it
  int64_t delta;
};

int MonthIndex(absl::CivilDay day) { return static_cast<int>(day.year()) * 12 + day.month() - 1; }

// One currency while its accounts pass by.
class Series {
 public:
  Series(const TenantColumns& tenant, int32_t currency, absl::Span<const int32_t> days,
         const SeriesOptions& options)
      : tenant_(tenant),
        columns_(tenant.currencies()[currency]),
        currency_(currency),
        days_(days.begin(), days.end()),
        buckets_(options.buckets),
        period_days_(options.period_days),
        left_out_(options.left_out) {
    left_out_.resize(tenant.accounts().size(), 0);
    for (int32_t account = 0; account < tenant.accounts().size(); ++account) {
      const uint8_t flags = tenant.accounts().flags[account];
      left_out_[account] |= (flags & projection::kAccountUnidentified) != 0;
    }
    const int ages = buckets_.size();
    figures_.resize(days_.size());
    for (size_t d = 0; d < days_.size(); ++d) {
      FiguresAt& at = figures_[d];
      at.day = days_[d];
      at.buckets.assign(ages, 0);
      at.bucket_items.assign(ages, 0);
      at.rolled.resize(ages - 1);
      const int32_t before = MonthsBefore(days_[d], 1);
      const auto found = std::lower_bound(days_.begin(), days_.end(), before);
      month_before_.push_back(
          found != days_.end() && *found == before ? static_cast<int>(found - days_.begin()) : -1);
    }
    FindRange();
    sums_.resize(last_day_ - first_day_ + 1);
    first_month_ = MonthIndex(DayFromNumber(first_day_));
    for (absl::CivilDay day = DayFromNumber(first_day_); day <= DayFromNumber(last_day_); ++day) {
      month_of_day_.push_back(MonthIndex(day) - first_month_);
      half_lag_of_day_.push_back(2 * (day.day() - 1) - (EndOfMonth(day).day() - 1));
    }
    months_ = MonthIndex(DayFromNumber(last_day_)) - first_month_ + 1;
    open_of_month_.assign(days_.size() * months_, 0);
    days_of_month_.assign(days_.size() * months_, 0);
    values_.resize(days_.size());
    account_overdue_.resize(days_.size());
  }

  std::vector<FiguresAt> Run() {
    const auto& accounts = tenant_.accounts();
    for (int32_t account = 0; account < accounts.size(); ++account) {
      const Segment* segment = tenant_.FindSegment(account, currency_);
      if (segment != nullptr && left_out_[account] == 0) AddAccount(account, *segment);
    }
    for (size_t i = 1; i < sums_.size(); ++i) sums_[i].Add(sums_[i - 1]);
    for (size_t d = 0; d < days_.size(); ++d) Finish(static_cast<int>(d));
    return std::move(figures_);
  }

 private:
  // Days with something on them, as far as they are asked for.
  void FindRange() {
    last_day_ = days_.back();
    first_day_ = last_day_;
    for (const ItemTable* table :
         {static_cast<const ItemTable*>(&columns_.open), static_cast<const ItemTable*>(&columns_.settled)}) {
      for (int32_t i = 0; i < table->size(); ++i) {
        if (table->account[i] >= 0) first_day_ = std::min(first_day_, table->issue_day[i]);
      }
    }
  }

  // Index of the first of `days_` that is not before `day`.
  int FirstAtOrAfter(int32_t day) const {
    return static_cast<int>(std::lower_bound(days_.begin(), days_.end(), day) - days_.begin());
  }

  const DaySums& UpTo(int32_t day) const {
    static const DaySums& none = *new DaySums();
    return day < first_day_ ? none : sums_[std::min(day, last_day_) - first_day_];
  }

  void AddAccount(int32_t account, const Segment& segment) {
    const int32_t count = segment.open.count + segment.settled.count;
    IndexSteps(segment, count);
    const auto disputes = columns_.disputes.find(account);
    disputes_ = disputes == columns_.disputes.end() ? nullptr : &disputes->second;
    next_dispute_ = 0;
    std::fill(account_overdue_.begin(), account_overdue_.end(), 0);
    for (int32_t n = 0; n < count; ++n) AddItem(segment, n);
    for (size_t d = 0; d < days_.size(); ++d) {
      if (account_overdue_[d] > 0) figures_[d].overdue_by_account.push_back(account_overdue_[d]);
    }
  }

  // The steps of each item, in order of day: those of item n begin at steps_begin_[n].
  void IndexSteps(const Segment& segment, int32_t count) {
    const AllocationTable& allocations = columns_.allocations;
    const auto visit = [&](auto use) {
      for (int32_t i = segment.allocations.begin; i < segment.allocations.end(); ++i) {
        if (allocations.day[i] >= allocations.undone_day[i]) continue;
        const int64_t amount = allocations.amount[i];
        use(allocations.debit[i], i, allocations.day[i], -amount);
        use(allocations.credit[i], i, allocations.day[i], amount);
        if (allocations.undone_day[i] == projection::kNoDay) continue;
        use(allocations.debit[i], i, allocations.undone_day[i], amount);
        use(allocations.credit[i], i, allocations.undone_day[i], -amount);
      }
    };
    // Counted one place to the right, so that filling moves each begin to where it belongs.
    steps_begin_.assign(count + 2, 0);
    visit([&](int32_t n, int32_t, int32_t, int64_t) {
      if (n != projection::kNoRow) ++steps_begin_[n + 2];
    });
    for (int32_t n = 2; n < count + 2; ++n) steps_begin_[n] += steps_begin_[n - 1];
    steps_.resize(steps_begin_[count + 1]);
    visit([&](int32_t n, int32_t allocation, int32_t day, int64_t delta) {
      if (n == projection::kNoRow) return;
      // What happens to an item before it is issued shows with it.
      const int32_t issued = columns_.TableOf(segment, n).issue_day[columns_.RowOf(segment, n)];
      steps_[steps_begin_[n + 1]++] = {std::max(day, issued), allocation, delta};
    });
    for (int32_t n = 0; n < count; ++n) {
      const auto begin = steps_.begin() + steps_begin_[n], end = steps_.begin() + steps_begin_[n + 1];
      if (end - begin < 2) continue;
      std::sort(begin, end, [](const Step& a, const Step& b) { return a.day < b.day; });
    }
  }

  void AddItem(const Segment& segment, int32_t n) {
    const ItemTable& table = columns_.TableOf(segment, n);
    const int32_t row = columns_.RowOf(segment, n);
    const int32_t issued = table.issue_day[row];
    if (issued > last_day_) return;
    AddIssue(table, row, half_lag_of_day_[issued - first_day_], &sums_[issued - first_day_]);
    const auto steps_end = steps_.begin() + steps_begin_[n + 1];
    auto next = steps_.begin() + steps_begin_[n];
    for (auto step = next; step != steps_end && step->day <= last_day_; ++step) {
      sums_[step->day - first_day_].flows.adjustments += step->delta;
    }
    const int first = FirstAtOrAfter(issued);
    // Place of its issue month in the tables by month; -1: not one of sales.
    const int month =
        IsSale(table.kind[row], table.flags[row]) ? MonthIndex(DayFromNumber(issued)) - first_month_ : -1;
    int64_t open = table.amount[row];
    int end = first;  // behind the last day with a value; from there on nothing is open any more
    for (int d = first; d < static_cast<int>(days_.size()); ++d) {
      for (; next != steps_end && next->day <= days_[d]; ++next) open += next->delta;
      values_[d] = open;
      end = d + 1;
      if (open != 0) AddOpen(table, row, month, d, open);
      if (open == 0 && next == steps_end) break;
    }
    AddSettled(table, row, n, first, end);
    AddRolled(table, row, first, end);
    AddDisputed(n, first, end);
  }

  void AddOpen(const ItemTable& table, int32_t row, int month, int d, int64_t open) {
    FiguresAt& at = figures_[d];
    ++at.open_items;
    if (open < 0) {
      at.credits -= open;
      if (table.kind[row] == state::v1::ITEM_KIND_PAYMENT) at.unapplied -= open;
      return;
    }
    at.debits += open;
    if (month >= 0) {
      const size_t cell = static_cast<size_t>(d) * months_ + month;
      open_of_month_[cell] += open;
      days_of_month_[cell] += static_cast<Amount>(open) * (days_[d] - table.issue_day[row]);
    }
    if (table.due_day[row] == projection::kNoDay) {
      at.no_due_date += open;
      ++at.no_due_items;
      return;
    }
    const int bucket = buckets_.BucketOf(table.due_day[row], days_[d]);
    at.buckets[bucket] += open;
    ++at.bucket_items[bucket];
    if (bucket > 0) account_overdue_[d] += open;
  }

  // An invoice that was settled at the end of a day, within the period before it: how late it was.
  void AddSettled(const ItemTable& table, int32_t row, int32_t n, int first, int end) {
    if (table.kind[row] != state::v1::ITEM_KIND_INVOICE || table.due_day[row] == projection::kNoDay ||
        (table.flags[row] & projection::kItemWrittenOff) != 0) {
      return;
    }
    for (int d = first; d < static_cast<int>(days_.size()); ++d) {
      if (d < end && values_[d] != 0) continue;
      const int32_t settled = SettledDay(n, days_[d]);
      if (settled <= days_[d] - period_days_) {
        if (d >= end) break;
        continue;
      }
      const Amount amount = table.amount[row];
      const int late = settled - table.due_day[row];
      figures_[d].settled_amount += amount;
      figures_[d].settled_late += amount * std::max(late, 0);
      figures_[d].settled_signed += amount * late;
    }
  }

  // The newest allocation to debit n that stands at the end of `day`.
  int32_t SettledDay(int32_t n, int32_t day) {
    int32_t settled = INT32_MIN;
    for (int32_t i = steps_begin_[n]; i < steps_begin_[n + 1]; ++i) {
      const int32_t allocation = steps_[i].allocation;
      if (columns_.allocations.StandsAt(allocation, day))
        settled = std::max(settled, columns_.allocations.day[allocation]);
    }
    return settled;
  }

  void AddRolled(const ItemTable& table, int32_t row, int first, int end) {
    if (table.due_day[row] == projection::kNoDay || table.amount[row] <= 0) return;
    for (int d = first; d < static_cast<int>(days_.size()); ++d) {
      const int before = month_before_[d];
      if (before < first) continue;
      if (before >= end) break;
      if (values_[before] <= 0) continue;
      const int age = buckets_.BucketOf(table.due_day[row], days_[before]);
      if (age >= static_cast<int>(figures_[d].rolled.size())) continue;
      const int64_t now = d < end ? values_[d] : 0;
      if (now <= 0 || buckets_.BucketOf(table.due_day[row], days_[d]) <= age) continue;
      figures_[d].rolled[age].same_older += std::min(now, values_[before]);
    }
  }

  // Disputes lie in the order of their items.
  void AddDisputed(int32_t n, int first, int end) {
    if (disputes_ == nullptr) return;
    for (; next_dispute_ < disputes_->size() && (*disputes_)[next_dispute_].item <= n; ++next_dispute_) {
      const projection::DisputeRow& dispute = (*disputes_)[next_dispute_];
      if (dispute.item != n) continue;
      for (int d = first; d < end; ++d) {
        if (dispute.opened_day > days_[d] || days_[d] >= dispute.resolved_day || values_[d] <= 0) continue;
        figures_[d].disputed += std::min(dispute.amount, values_[d]);
      }
    }
  }

  void Finish(int d) {
    FiguresAt& at = figures_[d];
    const DaySums& now = UpTo(days_[d]);
    const DaySums& then = UpTo(days_[d] - period_days_);
    at.ever = now.flows;
    at.collected_ever = now.collected_ever;
    at.sales = now.sales - then.sales;
    at.collected = now.flows.cash - then.flows.cash;
    at.terms_amount = now.terms_amount - then.terms_amount;
    at.terms_days = now.terms_days - then.terms_days;
    at.lag_amount = now.lag_amount - then.lag_amount;
    at.lag_half_days = now.lag_half_days - then.lag_half_days;
    FinishMonths(d);
    std::sort(at.overdue_by_account.begin(), at.overdue_by_account.end(), std::greater<>());
    if (month_before_[d] >= 0) {
      const FiguresAt& before = figures_[month_before_[d]];
      for (size_t age = 0; age < at.rolled.size(); ++age) {
        at.rolled[age].before = before.buckets[age];
        at.rolled[age].next_now = at.buckets[age + 1];
      }
    }
    const int32_t opening_day = MonthsBefore(days_[d], kEffectivenessMonths);
    const auto opening = std::lower_bound(days_.begin(), days_.end(), opening_day);
    if (opening != days_.end() && *opening == opening_day) {
      const FiguresAt& open = figures_[opening - days_.begin()];
      at.effectiveness =
          CollectionEffectiveness(open.receivables(), now.sales - UpTo(opening_day).sales,
                                  kEffectivenessMonths, at.receivables(), at.not_due() - at.credits);
    }
  }

  void FinishMonths(int d) {
    FiguresAt& at = figures_[d];
    absl::CivilMonth month(DayFromNumber(days_[d]));
    int known = 0;
    for (int m = 0; m < kMonthsMax && DayNumber(absl::CivilDay(month)) + 31 > first_day_; ++m, --month) {
      const int32_t begin = DayNumber(absl::CivilDay(month));
      const int32_t end = std::min(DayNumber(absl::CivilDay(month + 1)), days_[d] + 1);
      const DaySums& to = UpTo(end - 1);
      const DaySums& from = UpTo(begin - 1);
      at.months.push_back({to.sales - from.sales, end - begin});
      at.month_names.push_back(absl::StrFormat("%04d-%02d", month.year(), month.month()));
      if (to.sale_items != from.sale_items) known = m + 1;
      const int index = MonthIndex(absl::CivilDay(month)) - first_month_;
      if (index < 0) continue;
      const size_t cell = static_cast<size_t>(d) * months_ + index;
      const Amount open = open_of_month_[cell];
      if (open == 0) continue;
      at.open_by_month.push_back({open, at.months.back()});
      if (at.months.back().sales > 0) {
        at.true_dso +=
            static_cast<double>(days_of_month_[cell]) / static_cast<double>(at.months.back().sales);
      }
    }
    at.months.resize(known);
    at.month_names.resize(known);
  }

  const TenantColumns& tenant_;
  const CurrencyColumns& columns_;
  const int32_t currency_;
  const std::vector<int32_t> days_;
  const AgeingBuckets buckets_;
  const int period_days_;
  std::vector<uint8_t> left_out_;

  std::vector<FiguresAt> figures_;
  std::vector<int> month_before_;  // index in days_; -1: not among them
  int32_t first_day_ = 0, last_day_ = 0;
  int first_month_ = 0, months_ = 0;
  std::vector<int32_t> month_of_day_;     // by day from first_day_: from first_month_
  std::vector<int32_t> half_lag_of_day_;  // likewise: twice the days behind the middle of the month
  std::vector<DaySums> sums_;             // by day from first_day_
  std::vector<Amount> open_of_month_;     // by day of days_ and month from first_month_
  std::vector<Amount> days_of_month_;     // likewise: open x days since issue

  // Of the account or item at hand.
  std::vector<Step> steps_;
  std::vector<int32_t> steps_begin_;
  std::vector<int64_t> values_;  // open, by day of days_
  std::vector<Amount> account_overdue_;
  const std::vector<projection::DisputeRow>* disputes_ = nullptr;
  size_t next_dispute_ = 0;
};

}  // namespace

Amount Flows::Close(Amount opening) const {
  return RollForward(opening, opening_entries + billed, cash, credit_notes, write_offs + deductions,
                     adjustments);
}

Flows Flows::Since(const Flows& before) const {
  return {opening_entries - before.opening_entries,
          billed - before.billed,
          cash - before.cash,
          credit_notes - before.credit_notes,
          write_offs - before.write_offs,
          deductions - before.deductions,
          adjustments - before.adjustments};
}

void Flows::Add(const Flows& other) {
  opening_entries += other.opening_entries;
  billed += other.billed;
  cash += other.cash;
  credit_notes += other.credit_notes;
  write_offs += other.write_offs;
  deductions += other.deductions;
  adjustments += other.adjustments;
}

std::optional<double> Rolled::balance_rate() const { return Share(next_now, before); }
std::optional<double> Rolled::cohort_rate() const { return Share(same_older, before); }

Amount FiguresAt::overdue() const {
  return buckets.empty() ? 0 : std::accumulate(buckets.begin() + 1, buckets.end(), Amount{0});
}
std::optional<double> FiguresAt::overdue_share() const { return Share(overdue(), debits); }
std::optional<double> FiguresAt::disputed_share() const { return Share(disputed, debits); }
std::optional<double> FiguresAt::weighted_days_late() const { return Share(settled_late, settled_amount); }
std::optional<double> FiguresAt::signed_days_late() const { return Share(settled_signed, settled_amount); }
std::optional<double> FiguresAt::mean_terms_days() const { return Share(terms_days, terms_amount); }
std::optional<double> FiguresAt::invoice_lag_days() const { return Share(lag_half_days, 2 * lag_amount); }
int FiguresAt::pareto_accounts() const { return ParetoAccounts(overdue_by_account); }
std::optional<double> FiguresAt::top_fifth_share() const { return TopFifthShare(overdue_by_account); }

std::vector<FiguresAt> MakeSeries(const TenantColumns& tenant, int32_t currency,
                                  absl::Span<const int32_t> days, const SeriesOptions& options) {
  RELANCE_CHECK(days.size() <= kSeriesDaysMax);
  if (days.empty()) return {};
  // What is compared with a month or a quarter before needs those days too.
  std::vector<int32_t> all(days.begin(), days.end());
  for (const int32_t day : days) {
    for (const int months : {1, kEffectivenessMonths}) all.push_back(MonthsBefore(day, months));
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::vector<FiguresAt> figures = Series(tenant, currency, all, options).Run();
  std::vector<FiguresAt> wanted;
  for (FiguresAt& at : figures) {
    if (std::binary_search(days.begin(), days.end(), at.day)) wanted.push_back(std::move(at));
  }
  return wanted;
}

int32_t MonthsBefore(int32_t day, int months) {
  const absl::CivilDay civil = DayFromNumber(day);
  const absl::CivilDay before = AddMonthsClamped(civil, -months);
  return DayNumber(civil == EndOfMonth(civil) ? EndOfMonth(before) : before);
}

std::vector<int32_t> MonthEnds(const CurrencyColumns& columns, int32_t from, int32_t to) {
  int32_t first = INT32_MAX;
  for (const ItemTable* table :
       {static_cast<const ItemTable*>(&columns.open), static_cast<const ItemTable*>(&columns.settled)}) {
    for (int32_t i = 0; i < table->size(); ++i) {
      if (table->account[i] >= 0) first = std::min(first, table->issue_day[i]);
    }
  }
  if (first > to || from > to) return {};
  first = std::max(first, from);
  std::vector<int32_t> ends;
  for (int32_t end = to; end >= first && ends.size() < kSeriesDaysMax / 2;) {
    ends.push_back(end);
    const absl::CivilDay start(absl::CivilMonth(DayFromNumber(end)));
    end = DayNumber(start - 1);
  }
  std::reverse(ends.begin(), ends.end());
  return ends;
}

Amount UnidentifiedAt(const TenantColumns& tenant, int32_t currency, int32_t day) {
  const int32_t account = tenant.FindAccount(projection::kUnidentifiedAccount);
  const Segment* segment = account < 0 ? nullptr : tenant.FindSegment(account, currency);
  if (segment == nullptr) return 0;
  const CurrencyColumns& columns = tenant.currencies()[currency];
  if (day >= columns.newest_day) return segment->credit_minor;
  std::vector<int64_t> open;
  for (int32_t n = 0; n < segment->open.count + segment->settled.count; ++n) {
    const ItemTable& table = columns.TableOf(*segment, n);
    const int32_t row = columns.RowOf(*segment, n);
    open.push_back(table.issue_day[row] <= day ? table.amount[row] : 0);
  }
  const auto move = [&](int32_t n, int64_t minor) {
    if (n != projection::kNoRow && open[n] != 0) open[n] += minor;
  };
  for (int32_t i = segment->allocations.begin; i < segment->allocations.end(); ++i) {
    if (!columns.allocations.StandsAt(i, day)) continue;
    move(columns.allocations.debit[i], -columns.allocations.amount[i]);
    move(columns.allocations.credit[i], columns.allocations.amount[i]);
  }
  Amount credits = 0;
  for (const int64_t minor : open) credits -= std::min<int64_t>(minor, 0);
  return credits;
}

std::vector<DsoFigure> DsoFigures(const FiguresAt& at, int period_days) {
  const auto counted = [&](MonthLength length) -> std::optional<double> {
    if (at.months.empty()) return std::nullopt;
    return CountBack(at.receivables(), at.months, length).days;
  };
  std::optional<double> weighted, true_dso;
  if (std::any_of(at.months.begin(), at.months.end(), [](const auto& m) { return m.sales > 0; })) {
    weighted = SalesWeightedDso(at.open_by_month);
    true_dso = at.true_dso;
  }
  return {
      {"simple", SimpleDso(at.receivables(), at.sales, period_days)},
      {"countback", counted(MonthLength::kCalendar)},
      {"countback_30", counted(MonthLength::kThirtyDays)},
      {"sales_weighted", weighted},
      {"true", true_dso},
      {"rolling_3", RollingDso(at.receivables(), at.months, 3)},
      {"rolling_6", RollingDso(at.receivables(), at.months, 6)},
      {"rolling_12", RollingDso(at.receivables(), at.months, 12)},
      {"best_possible", BestPossibleDso(at.not_due(), at.sales, period_days)},
      {"average_delinquent", AverageDaysDelinquent(at.receivables(), at.not_due(), at.sales, period_days)}};
}

}  // namespace relance::ledger
