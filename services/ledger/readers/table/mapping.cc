#include "services/ledger/readers/table/mapping.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "services/ledger/readers/table/text_fold.h"

namespace relance::ledger {

bool FitsPattern(absl::string_view pattern, absl::string_view name) {
  // Where the newest * stands, and how far it has reached: without recursion, at most |pattern| x |name|
  // steps.
  size_t p = 0, n = 0, star = absl::string_view::npos, reached = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      reached = n;
    } else if (p < pattern.size() &&
               (pattern[p] == '?' || absl::ascii_tolower(static_cast<unsigned char>(pattern[p])) ==
                                         absl::ascii_tolower(static_cast<unsigned char>(name[n])))) {
      ++p;
      ++n;
    } else if (star != absl::string_view::npos) {
      p = star + 1;
      n = ++reached;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool Fits(const Mapping& mapping, absl::string_view file_name, const std::vector<std::string>& header) {
  if (mapping.match_columns.empty() && mapping.match_files.empty()) return false;
  if (!mapping.match_files.empty() && !file_name.empty() &&
      std::none_of(mapping.match_files.begin(), mapping.match_files.end(),
                   [&](const std::string& pattern) { return FitsPattern(pattern, file_name); })) {
    return false;
  }
  if (mapping.match_columns.empty()) return !file_name.empty();
  std::set<std::string> known;
  for (const std::string& column : header) known.insert(FoldText(column));
  return std::all_of(mapping.match_columns.begin(), mapping.match_columns.end(),
                     [&](const std::string& column) { return known.count(FoldText(column)) > 0; });
}

}  // namespace relance::ledger
