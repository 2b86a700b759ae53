#pragma once

#include <map>
#include <optional>
#include <string>

#include "services/ledger/readers/table/look_at_table.h"
#include "services/ledger/readers/table/table_fields.h"

namespace relance::ledger {

// A column that was found for a field.
struct ChosenColumn {
  size_t column = 0;
  int score = 0;                    // 150 and more: sure; 100 and more: likely
  std::string why;                  // for people
  std::optional<size_t> runner_up;  // another column that fits nearly as well
};

struct ChosenColumns {
  TableKind kind = TableKind::kItems;
  std::map<TableField, ChosenColumn> fields;
  std::string why_kind;
  std::vector<std::string> missing;  // what the kind needs and was not found
  int score = 0;
};

// The best reading of a table, of the given kind or of the kind that fits best. Each column is at most one
// field.
ChosenColumns ChooseColumns(const TableLook& look, std::optional<TableKind> kind);

}  // namespace relance::ledger
