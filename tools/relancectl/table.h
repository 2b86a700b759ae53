#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace relance::ctl {

// A table for people: columns as wide as their widest cell, numbers to the right.
class Table {
 public:
  enum class Align { kLeft, kRight };

  // A column that is empty in every row is left out.
  void Column(const std::string& title, Align align = Align::kLeft);
  // One cell a column; missing ones are empty.
  void Row(std::vector<std::string> cells);
  size_t rows() const { return rows_.size(); }
  // Nothing without rows.
  void Print(std::ostream& out) const;

 private:
  std::vector<std::string> titles_;
  std::vector<Align> aligns_;
  std::vector<std::vector<std::string>> rows_;
};

// How many columns of a terminal a UTF-8 text takes, counting each code point as one.
size_t DisplayWidth(const std::string& text);

}  // namespace relance::ctl
