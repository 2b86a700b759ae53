#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "services/ledger/readers/fec_line_parser.h"
#include "services/ledger/readers/table/mapping.h"
#include "services/ledger/readers/table/table_record.h"

namespace relance::ledger {

// Turns the cells of a row into what one record of a mapping tells. Pure but for the position of columns,
// which Bind finds once a file.
class RowParser {
 public:
  struct Skip {
    std::string reason;
  };
  // Left out, wrong, or a record.
  using Result = std::variant<Skip, LineProblem, ItemRow, BankTransaction, AccountRow>;

  // Both outlive this.
  RowParser(const Mapping* mapping, const TableRecord* record) : mapping_(mapping), record_(record) {}

  // Finds the columns in a header; without one (`header` null) they are known by position. Returns a problem
  // (COLUMN_MISSING, COLUMN_DUPLICATE, COLUMN_UNKNOWN with the column as field), or reason "".
  LineProblem Bind(const std::vector<std::string>* header);

  // Reads a row. `notes` gets what there is to know of a row that is in.
  Result Parse(const std::vector<std::string>& cells, std::vector<LineProblem>* notes) const;

  // The key of the row, when the mapping names one and it is not empty.
  std::string KeyOf(const std::vector<std::string>& cells) const;

  const TableRecord& record() const { return *record_; }

 private:
  class Row;
  struct Bound {
    std::vector<int> at;  // columns from 0
  };
  struct BoundRule {
    Bound column;
    const RowRule* rule;
  };

  LineProblem BindColumn(const ColumnSource& source, const std::vector<std::string>* header,
                         const std::vector<std::string>& folded, Bound* bound) const;
  LineProblem BindByField(const std::vector<std::string>& header);

  const Mapping* const mapping_;
  const TableRecord* const record_;
  std::vector<Bound> fields_ = std::vector<Bound>(kTableFieldCount);
  std::vector<BoundRule> skip_, notes_;
};

}  // namespace relance::ledger
