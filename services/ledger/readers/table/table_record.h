#pragma once

#include <string>
#include <utility>
#include <vector>

#include "services/ledger/readers/source_record.h"
#include "services/ledger/readers/table/table_fields.h"

namespace relance::ledger {

// One row of a customer file: what its cells say, trimmed, as written. Empty cells are not in it.
struct AccountRow {
  int64_t line = 0;
  std::string account;
  std::vector<std::pair<TableField, std::string>> told;
  std::string raw;  // the row as it came, for repair
};

// Where TableReader puts what it reads, in file order, on its caller's thread.
class TableSink {
 public:
  virtual ~TableSink() = default;
  virtual void OnItem(ItemRow&& row) = 0;
  virtual void OnBank(BankTransaction&& transaction) = 0;
  virtual void OnAccount(AccountRow&& row) = 0;
  virtual void OnReject(const Reject& reject) = 0;
  virtual void OnNotice(const Notice&) {}
  // A row that was rightly left out.
  virtual void OnSkip(int64_t /*line*/, absl::string_view /*reason*/) {}
};

}  // namespace relance::ledger
