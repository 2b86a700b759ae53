#include "services/scenario/render/letter_table.h"

#include <algorithm>

namespace relance::scenario::render {
namespace {

constexpr double kSizes[] = {9.0, 8.5, 8.0, 7.5, 7.0};
constexpr double kPaddingX = 4;
constexpr double kPaddingY = 3.2;
constexpr double kTitleSize = 10;
constexpr double kTitleGap = 4;
constexpr double kTextColumnWidthMin = 48;
constexpr double kWholeHeightMax = Millimetres(60);

bool IsRight(const Table::Column& column) { return column.align == Table::Align::kRight; }

class TablePainter {
 public:
  TablePainter(const Table& table, const std::string& carried_forward, const std::string& brought_forward,
               Canvas& canvas, Cursor& cursor)
      : table_(table),
        carried_forward_(carried_forward),
        brought_forward_(brought_forward),
        canvas_(canvas),
        cursor_(cursor) {}

  void Paint() {
    ChooseWidths();
    for (const Table::Row& row : table_.rows) row_heights_.push_back(CellsHeight(row.cells, false));
    const Text title = canvas_.Measure(
        table_.title, TextStyle{.size = kTitleSize, .bold = true, .colour = kAccent, .width = cursor_.width});
    double needed = title.height() + kTitleGap + HeaderHeight() + CarryHeight();
    if (!table_.rows.empty()) needed += RowHeight(0) + (table_.rows.size() == 1 ? TotalsHeight() : 0);
    // A short table is not torn apart.
    double whole = title.height() + kTitleGap + HeaderHeight() + TotalsHeight();
    for (size_t i = 0; i < table_.rows.size() && whole <= kWholeHeightMax; ++i) whole += RowHeight(i);
    if (whole <= kWholeHeightMax) needed = whole;
    if (cursor_.y + needed > cursor_.bottom) cursor_.new_page(cursor_);
    canvas_.DrawText(cursor_.page, title, cursor_.left, cursor_.y);
    cursor_.y += title.height() + kTitleGap;
    DrawHeader();
    for (size_t i = 0; i < table_.rows.size(); ++i) {
      const bool last = i + 1 == table_.rows.size();
      const double below = last ? TotalsHeight() : CarryHeight();
      if (cursor_.y + RowHeight(i) + below > cursor_.bottom && i > 0) Break(table_.rows[i - 1].running_total);
      DrawCells(table_.rows[i].cells, RowHeight(i), false);
      canvas_.DrawLine(cursor_.page, cursor_.left, cursor_.y, cursor_.left + cursor_.width, cursor_.y, 0.4,
                       kRule);
    }
    for (const Table::Row& row : table_.totals) {
      DrawSum(row.cells.front(), row.cells.back(), true);
    }
  }

 private:
  TextStyle StyleOf(size_t column, bool bold) const {
    TextStyle style;
    style.size = size_;
    style.bold = bold;
    style.colour = table_.quiet ? kQuiet : kInk;
    style.width = widths_.empty() ? -1 : widths_[column];
    style.right = IsRight(table_.columns[column]);
    style.line_spacing = 1.1;
    return style;
  }

  // Natural widths at the largest size that fits; below the smallest size, text columns give way.
  void ChooseWidths() {
    const size_t count = table_.columns.size();
    for (double size : kSizes) {
      size_ = size;
      std::vector<double> widths(count, 0);
      for (size_t i = 0; i < count; ++i) {
        widths[i] = canvas_.Measure(table_.columns[i].header, StyleOf(i, true)).width();
        for (const Table::Row& row : table_.rows) {
          widths[i] = std::max(widths[i], canvas_.Measure(row.cells[i], StyleOf(i, false)).width());
        }
      }
      // Room for the amount of a total line, which is bold and may be wider than any of its parts.
      for (const Table::Row& row : table_.totals) {
        widths[count - 1] = std::max(widths[count - 1],
                                     canvas_.Measure(row.cells[count - 1], StyleOf(count - 1, true)).width());
      }
      // Rounding to Pango units must not make a word wrap that just fits.
      double total = 0;
      for (double& width : widths) total += (width += 0.5) + 2 * kPaddingX;
      spare_ = cursor_.width - total;
      if (spare_ >= 0 || size == kSizes[std::size(kSizes) - 1]) {
        widths_ = std::move(widths);
        break;
      }
    }
    if (spare_ < 0) Squeeze();
    PlaceColumns();
  }

  void Squeeze() {
    while (spare_ < 0) {
      size_t widest = table_.columns.size();
      for (size_t i = 0; i < widths_.size(); ++i) {
        if (IsRight(table_.columns[i]) || widths_[i] <= kTextColumnWidthMin) continue;
        if (widest == table_.columns.size() || widths_[i] > widths_[widest]) widest = i;
      }
      if (widest == table_.columns.size()) break;
      const double cut = std::min(std::max(1.0, -spare_ / 4), widths_[widest] - kTextColumnWidthMin);
      widths_[widest] -= cut;
      spare_ += cut;
    }
  }

  void PlaceColumns() {
    const double gap =
        widths_.size() > 1 && spare_ > 0 ? spare_ / static_cast<double>(widths_.size() - 1) : 0;
    double x = cursor_.left;
    for (double width : widths_) {
      lefts_.push_back(x + kPaddingX);
      x += width + 2 * kPaddingX + gap;
    }
  }

  bool HasHeader() const {
    return std::any_of(table_.columns.begin(), table_.columns.end() - 1,
                       [](const Table::Column& column) { return !column.header.empty(); });
  }

  std::vector<std::string> Headers() const {
    std::vector<std::string> headers;
    for (const Table::Column& column : table_.columns) headers.push_back(column.header);
    return headers;
  }

  double CellsHeight(const std::vector<std::string>& cells, bool bold) {
    double height = 0;
    for (size_t i = 0; i < cells.size(); ++i)
      height = std::max(height, canvas_.Measure(cells[i], StyleOf(i, bold)).height());
    return height + 2 * kPaddingY;
  }

  double HeaderHeight() { return HasHeader() ? CellsHeight(Headers(), true) : 0; }
  double RowHeight(size_t row) const { return row_heights_[row]; }
  double SumHeight() { return canvas_.Measure("0", StyleOf(0, true)).height() + 2 * kPaddingY; }
  double TotalsHeight() { return SumHeight() * static_cast<double>(table_.totals.size()); }
  double CarryHeight() {
    return !table_.rows.empty() && !table_.rows.front().running_total.empty() ? SumHeight() : 0;
  }

  void DrawHeader() {
    if (HasHeader()) {
      const double height = HeaderHeight();
      canvas_.FillBox(cursor_.page, cursor_.left, cursor_.y, cursor_.width, height, kShade);
      DrawCells(Headers(), height, true);
    }
    canvas_.DrawLine(cursor_.page, cursor_.left, cursor_.y, cursor_.left + cursor_.width, cursor_.y, 0.9,
                     kAccent);
  }

  void DrawCells(const std::vector<std::string>& cells, double height, bool bold) {
    for (size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].empty()) continue;
      canvas_.DrawText(cursor_.page, canvas_.Measure(cells[i], StyleOf(i, bold)), lefts_[i],
                       cursor_.y + kPaddingY);
    }
    cursor_.y += height;
  }

  // A label at the left and an amount at the right, over the width of the table.
  void DrawSum(const std::string& label, const std::string& amount, bool bold) {
    TextStyle style = StyleOf(0, bold);
    style.width = -1;
    const Text left = canvas_.Measure(label, style);
    const Text right = canvas_.Measure(amount, style);
    if (bold) canvas_.FillBox(cursor_.page, cursor_.left, cursor_.y, cursor_.width, SumHeight(), kShade);
    canvas_.DrawText(cursor_.page, left, cursor_.left + kPaddingX, cursor_.y + kPaddingY);
    canvas_.DrawText(cursor_.page, right, RightEdge() - right.width(), cursor_.y + kPaddingY);
    cursor_.y += SumHeight();
  }

  double RightEdge() const { return cursor_.left + cursor_.width - kPaddingX; }

  void Break(const std::string& running_total) {
    if (!running_total.empty()) DrawSum(carried_forward_, running_total, false);
    cursor_.new_page(cursor_);
    DrawHeader();
    if (!running_total.empty()) {
      DrawSum(brought_forward_, running_total, false);
      canvas_.DrawLine(cursor_.page, cursor_.left, cursor_.y, cursor_.left + cursor_.width, cursor_.y, 0.4,
                       kRule);
    }
  }

  const Table& table_;
  const std::string& carried_forward_;
  const std::string& brought_forward_;
  Canvas& canvas_;
  Cursor& cursor_;
  double size_ = 0;
  double spare_ = 0;
  std::vector<double> widths_;
  std::vector<double> lefts_;
  std::vector<double> row_heights_;
};

}  // namespace

void DrawTable(const Table& table, const std::string& carried_forward, const std::string& brought_forward,
               Canvas& canvas, Cursor& cursor) {
  TablePainter(table, carried_forward, brought_forward, canvas, cursor).Paint();
}

}  // namespace relance::scenario::render
