#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/money/decimal_text.h"
#include "common/time/payment_terms.h"
#include "services/ledger/readers/table/date_form.h"
#include "services/ledger/readers/table/table_fields.h"

// How a table of any layout is read, see docs/formats/tables.md. Made by ParseMapping.
namespace relance::ledger {

// Where a value stands.
struct ColumnSource {
  std::vector<std::string> names;  // of the header: the first that is there; with `join`, all of them
  int position = 0;                // from 1, instead of a name
  bool join = false;
  bool optional = false;  // the file need not have it
  std::optional<DateForm> dates;
};

// A test of a cell.
struct RowRule {
  enum class Test { kIs, kIsNot, kBegins, kContains, kEmpty, kFilled };
  ColumnSource column;
  Test test = Test::kIs;
  std::set<std::string> values;  // folded
  std::string reason;            // UPPER_SNAKE
};

// What one row tells. A mapping has one, and more where a row tells several things (an invoice and its
// payment).
struct TableRecord {
  enum class Negative { kCreditNote, kPayment, kReject };

  TableKind kind = TableKind::kItems;
  std::map<TableField, ColumnSource> columns;
  std::map<TableField, std::string> constants;
  std::map<TableField, std::map<std::string, std::string>> values;  // folded word -> value
  bool reversed = false;  // positive amounts are credits (items) or money that goes out (bank, payments)
  Negative negative = Negative::kCreditNote;
  std::vector<TableField> unique;
  bool first_of_key = false;  // further rows of a key are left out, whatever they say (lines of one invoice)
  std::vector<RowRule> skip;
  std::vector<RowRule> notes;
  std::optional<PaymentTerms> default_terms;
};

struct Mapping {
  enum class Encoding { kAuto, kUtf8, kIso8859Dash15, kWindows1252 };

  std::string name;
  std::string description;
  std::vector<std::string> match_columns;  // a file that has them all is read with this mapping
  std::vector<std::string> match_files;    // and whose name fits one of these patterns (* and ?)
  Encoding encoding = Encoding::kAuto;
  char separator = 0;  // 0: the one that the header has most of
  int skip_lines = 0;
  bool header = true;
  int footer_lines = 0;
  std::vector<DateForm> dates;
  DecimalStyle number;
  bool parentheses = false;       // (1,00) is -1,00
  bool columns_by_field = false;  // the header has the names of fields
  std::vector<TableRecord> records;

  bool Is(TableKind kind) const { return !records.empty() && records.front().kind == kind; }
};

// Whether a file of this name with these columns is one of the mapping. The name of the file may be empty.
bool Fits(const Mapping& mapping, absl::string_view file_name, const std::vector<std::string>& header);

// Whether `name` fits a pattern of * and ?, whatever the case.
bool FitsPattern(absl::string_view pattern, absl::string_view name);

}  // namespace relance::ledger
