#include "tools/relancectl/table.h"

#include <algorithm>
#include <utility>

namespace relance::ctl {

size_t DisplayWidth(const std::string& text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void Table::Column(const std::string& title, Align align) {
  titles_.push_back(title);
  aligns_.push_back(align);
}

void Table::Row(std::vector<std::string> cells) {
  cells.resize(titles_.size());
  rows_.push_back(std::move(cells));
}

void Table::Print(std::ostream& out) const {
  if (rows_.empty()) return;
  std::vector<size_t> widths;
  size_t last = 0;
  for (size_t c = 0; c < titles_.size(); ++c) {
    size_t width = 0;
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[c]));
    if (width > 0) {
      width = std::max(width, DisplayWidth(titles_[c]));
      last = c;
    }
    widths.push_back(width);
  }
  const auto print = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (size_t c = 0; c <= last; ++c) {
      if (widths[c] == 0) continue;
      if (!line.empty()) line += "  ";
      const std::string pad(widths[c] - DisplayWidth(cells[c]), ' ');
      if (aligns_[c] == Align::kRight) {
        line += pad + cells[c];
      } else {
        line += cells[c] + (c == last ? "" : pad);
      }
    }
    out << line << "\n";
  };
  print(titles_);
  for (const auto& row : rows_) print(row);
}

}  // namespace relance::ctl
