#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/ledger/readers/table/column_profile.h"

namespace relance::ledger {

// A table as far as it can be seen without knowing what it is.
struct TableLook {
  std::string encoding;  // "utf-8", "iso-8859-15", "windows-1252": as a mapping names it
  char separator = ',';
  int skip_lines = 0;  // before the header
  std::vector<std::string> header;
  std::vector<ColumnProfile> columns;
  std::vector<std::vector<std::string>> rows;  // below the header, those of the right width
  std::vector<int64_t> lines;                  // of `rows`
  int odd_rows = 0;                            // of another width
  bool cut = false;                            // there are more rows than were looked at
};

// Errors: INVALID_ARGUMENT / FILE_EMPTY, ENCODING_UNSUPPORTED, HEADER_MISSING.
absl::StatusOr<TableLook> LookAtTable(absl::string_view bytes, absl::string_view file_name, size_t rows_max);

}  // namespace relance::ledger
