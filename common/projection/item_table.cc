#include "common/projection/item_table.h"

#include <algorithm>

#include "common/status/check.h"

namespace relance::projection {

void ItemTable::Resize(int32_t rows) {
  due_day.resize(rows, kNoDay);
  issue_day.resize(rows);
  open.resize(rows);
  amount.resize(rows);
  account.resize(rows, kNoAccount);
  settled_day.resize(rows);
  kind.resize(rows);
  flags.resize(rows);
}

void ItemTable::Set(int32_t i, const Row& row) {
  due_day[i] = row.due_day;
  issue_day[i] = row.issue_day;
  open[i] = row.open;
  amount[i] = row.amount;
  account[i] = row.account;
  settled_day[i] = row.settled_day;
  kind[i] = row.kind;
  flags[i] = row.flags;
}

ItemTable::Row ItemTable::Get(int32_t i) const {
  return {due_day[i], issue_day[i], open[i], amount[i], account[i], settled_day[i], kind[i], flags[i]};
}

void AllocationTable::Resize(int32_t rows) {
  day.resize(rows, kNoDay);
  undone_day.resize(rows, kNoDay);
  amount.resize(rows);
  debit.resize(rows, kNoRow);
  credit.resize(rows, kNoRow);
}

void AllocationTable::Set(int32_t i, const Row& row) {
  day[i] = row.day;
  undone_day[i] = row.undone_day;
  amount[i] = row.amount;
  debit[i] = row.debit;
  credit[i] = row.credit;
}

AllocationTable::Row AllocationTable::Get(int32_t i) const {
  return {day[i], undone_day[i], amount[i], debit[i], credit[i]};
}

template <typename Table>
void Ranged<Table>::Assign(Range* range, absl::Span<const Row> rows) {
  const int32_t count = static_cast<int32_t>(rows.size());
  used_ += count - range->count;
  if (count > range->capacity) {
    const Row hole;
    for (int32_t i = range->begin; i < range->end(); ++i) Table::Set(i, hole);
    // What grew once grows again; a first load leaves no room.
    const int64_t capacity = range->capacity == 0 ? count : int64_t{count} + count / 4 + 2;
    const int64_t begin = Table::size();
    RELANCE_CHECK(begin + capacity <= kRowsMax);
    Table::Resize(static_cast<int32_t>(begin + capacity));
    *range = {static_cast<int32_t>(begin), 0, static_cast<int32_t>(capacity)};
  }
  for (int32_t i = 0; i < count; ++i) Table::Set(range->begin + i, rows[i]);
  const Row hole;
  for (int32_t i = count; i < range->count; ++i) Table::Set(range->begin + i, hole);
  range->count = count;
}

template <typename Table>
void Ranged<Table>::Compact(std::vector<Range*> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const Range* a, const Range* b) { return a->begin < b->begin; });
  int32_t next = 0;
  for (Range* range : ranges) {
    // Never to the right of where it lay, so nothing is overwritten before it is moved.
    if (range->begin != next) {
      for (int32_t i = 0; i < range->count; ++i) Table::Set(next + i, Table::Get(range->begin + i));
    }
    *range = {next, range->count, range->count};
    next += range->count;
  }
  Table::Resize(next);
}

template class Ranged<ItemTable>;
template class Ranged<AllocationTable>;

}  // namespace relance::projection
