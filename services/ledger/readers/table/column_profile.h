#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace relance::ledger {

// What the values of a column look like, over the rows that were looked at.
struct ColumnProfile {
  std::string name;                      // as the header writes it
  std::string folded;                    // FoldText
  int64_t filled = 0;                    // cells that are not empty
  std::map<std::string, int64_t> dates;  // by form: cells that read so
  int64_t amounts = 0;                   // cells that look like a number
  int64_t whole = 0;                     // of these, without a decimal mark
  int64_t comma_decimals = 0, point_decimals = 0;
  int64_t comma_thousands = 0, point_thousands = 0, space_thousands = 0, apostrophe_thousands = 0;
  int64_t three_digits = 0;  // "1.234" and "1,234": thousands or thousandths
  int64_t negatives = 0, parentheses = 0;
  int64_t ibans = 0, currencies = 0, mails = 0, sides = 0, vats = 0, company_numbers = 0, countries = 0;
  std::set<std::string> distinct;        // at most kDistinctMax
  std::map<std::string, int64_t> words;  // folded, while there are few

  static constexpr size_t kDistinctMax = 10'000;
  static constexpr size_t kWordsMax = 24;

  void See(absl::string_view cell);
  // The share of the filled cells, 0 to 1.
  double ShareOf(int64_t count) const { return filled == 0 ? 0 : static_cast<double>(count) / filled; }
  // The form that most cells read as; empty: none.
  std::string BestDate() const;
  int64_t BestDateCount() const;
};

// Forms of dates that are tried, the likelier first where several read the same cells.
const std::vector<std::string>& DateFormsTried();

}  // namespace relance::ledger
