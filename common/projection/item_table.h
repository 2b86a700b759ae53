#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "common/projection/scan.h"

namespace relance::projection {

inline constexpr int64_t kRowsMax = INT32_MAX - 1;  // of one table: row numbers are int32
inline constexpr int32_t kNoRow = -1;
inline constexpr int32_t kNoAccount = -1;

// The rows of one account in a table, one after the other.
struct Range {
  int32_t begin = 0;
  int32_t count = 0;     // in use
  int32_t capacity = 0;  // kept for it

  int32_t end() const { return begin + count; }
};

enum ItemFlag : uint8_t {
  kItemDisputed = 1,    // a dispute stands now
  kItemPlaced = 2,      // in a placement that is not over
  kItemWrittenOff = 4,  // a write-off settled it or a part of it
  kItemAbsent = 8,      // closes what a whole picture no longer had: no document of its own
};

// Items in columns, 34 bytes each. A row of zeros with account kNoAccount is a hole; it counts nowhere.
struct ItemTable {
  struct Row {
    int32_t due_day = kNoDay;
    int32_t issue_day = 0;
    int64_t open = 0;
    int64_t amount = 0;
    int32_t account = kNoAccount;
    int32_t settled_day = 0;
    uint8_t kind = 0;
    uint8_t flags = 0;
  };

  std::vector<int32_t> due_day;  // kNoDay: none
  std::vector<int32_t> issue_day;
  std::vector<int64_t> open;    // signed, now
  std::vector<int64_t> amount;  // signed, when it was issued
  std::vector<int32_t> account;
  std::vector<int32_t> settled_day;  // 0 while open
  std::vector<uint8_t> kind;         // state.v1.ItemKind
  std::vector<uint8_t> flags;        // ItemFlag

  int32_t size() const { return static_cast<int32_t>(open.size()); }
  void Resize(int32_t rows);
  void Set(int32_t i, const Row& row);
  Row Get(int32_t i) const;
};

// What moved between the items of one account, 24 bytes each. Rows are named by their place in the account:
// first its open items, then its settled ones; kNoRow where the other side is not known.
struct AllocationTable {
  struct Row {
    int32_t day = kNoDay;         // from this day the debit is smaller
    int32_t undone_day = kNoDay;  // from this day no more; kNoDay: it stands
    int64_t amount = 0;           // positive
    int32_t debit = kNoRow;
    int32_t credit = kNoRow;
  };

  std::vector<int32_t> day;
  std::vector<int32_t> undone_day;
  std::vector<int64_t> amount;
  std::vector<int32_t> debit;
  std::vector<int32_t> credit;

  int32_t size() const { return static_cast<int32_t>(amount.size()); }
  void Resize(int32_t rows);
  void Set(int32_t i, const Row& row);
  Row Get(int32_t i) const;
  bool StandsAt(int32_t i, int32_t at) const { return day[i] <= at && at < undone_day[i]; }
};

// A table that is cut into ranges. A range that outgrows its place moves to the end and leaves a hole. A
// value; not thread-safe.
template <typename Table>
class Ranged : public Table {
 public:
  using Row = typename Table::Row;

  void Assign(Range* range, absl::Span<const Row> rows);
  void Free(Range* range) { Assign(range, {}); }
  // More than a quarter of the rows lie idle, and there are enough of them to matter.
  bool wasteful() const {
    return Table::size() > 4096 && int64_t{4} * (Table::size() - used_) > Table::size();
  }
  // Closes the holes. `ranges` are all that are in use.
  void Compact(std::vector<Range*> ranges);

 private:
  int64_t used_ = 0;
};

extern template class Ranged<ItemTable>;
extern template class Ranged<AllocationTable>;

}  // namespace relance::projection
