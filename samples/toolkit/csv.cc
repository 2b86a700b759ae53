#include "samples/toolkit/csv.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status/domain_error.h"

namespace relance::samples {

void AppendCsvCell(absl::string_view cell, std::string& out) {
  if (cell.find_first_of(",\"\r\n") == absl::string_view::npos) {
    absl::StrAppend(&out, cell);
  } else {
    absl::StrAppend(&out, "\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"");
  }
}

void AppendCsvRow(std::initializer_list<absl::string_view> cells, std::string& out) {
  bool first = true;
  for (const absl::string_view cell : cells) {
    if (!first) out += ',';
    first = false;
    AppendCsvCell(cell, out);
  }
  out += '\n';
}

absl::StatusOr<std::vector<std::string>> SplitCsvLine(absl::string_view line) {
  std::vector<std::string> cells(1);
  enum class At { kStart, kPlain, kQuoted, kAfterQuote } at = At::kStart;
  for (const char c : line) {
    if (at == At::kQuoted) {
      if (c == '"')
        at = At::kAfterQuote;
      else
        cells.back() += c;
    } else if (c == ',') {
      cells.emplace_back();
      at = At::kStart;
    } else if (c == '"' && at == At::kAfterQuote) {
      cells.back() += c;
      at = At::kQuoted;
    } else if (c == '"' && at == At::kStart) {
      at = At::kQuoted;
    } else if (c == '"' || at == At::kAfterQuote) {
      return DomainError(absl::StatusCode::kInvalidArgument, "CSV_QUOTE_MISPLACED",
                         "a quote inside a CSV cell");
    } else {
      cells.back() += c;
      at = At::kPlain;
    }
  }
  if (at == At::kQuoted) {
    return DomainError(absl::StatusCode::kInvalidArgument, "CSV_QUOTE_OPEN",
                       "a CSV cell's quote is never closed");
  }
  return cells;
}

}  // namespace relance::samples
