#include "services/scenario/render/render_text.h"

#include <glib.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace relance::scenario::render {
namespace {

constexpr int kGap = 2;
constexpr int kTextColumnWidthMin = 10;

int WidthOf(absl::string_view text) {
  int width = 0;
  const std::string copy(text);
  for (const gchar* p = copy.c_str(); *p != '\0'; p = g_utf8_next_char(p)) {
    const gunichar c = g_utf8_get_char(p);
    if (!g_unichar_iszerowidth(c)) width += g_unichar_iswide(c) ? 2 : 1;
  }
  return width;
}

// Breaks at ordinary spaces; a word longer than the line is broken inside.
std::vector<std::string> Wrap(absl::string_view text, int width) {
  std::vector<std::string> lines = {""};
  int used = 0;
  const auto new_line = [&] {
    lines.emplace_back();
    used = 0;
  };
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const int word_width = WidthOf(word);
    if (used > 0 && used + 1 + word_width > width) new_line();
    if (used > 0) {
      lines.back() += ' ';
      ++used;
    }
    if (word_width <= width) {
      absl::StrAppend(&lines.back(), word);
      used += word_width;
      continue;
    }
    const std::string copy(word);
    for (const gchar* p = copy.c_str(); *p != '\0'; p = g_utf8_next_char(p)) {
      const absl::string_view character(p, g_utf8_next_char(p) - p);
      const int character_width = WidthOf(character);
      if (used + character_width > width && used > 0) new_line();
      absl::StrAppend(&lines.back(), character);
      used += character_width;
    }
  }
  return lines;
}

class TextWriter {
 public:
  explicit TextWriter(const Notice& notice) : notice_(notice) {}

  std::string Write() {
    for (const Block& block : notice_.blocks) {
      std::visit([this](const auto& b) { Add(b); }, block);
    }
    for (const std::string& line : notice_.signature) Line(line);
    for (const auto& [label, value] : notice_.references) {
      if (&label == &notice_.references.front().first) Line("");
      Line(absl::StrCat(label, Colon(), value));
    }
    if (!notice_.legal_line.empty()) {
      Line("");
      Line("-- ");
      for (const std::string& line : Wrap(notice_.legal_line, kTextWidth)) Line(line);
    }
    return std::move(out_);
  }

 private:
  void Line(absl::string_view line) { absl::StrAppend(&out_, line, "\n"); }

  absl::string_view Colon() const { return notice_.language == "fr" ? "\u00a0: " : ": "; }

  void Add(const Paragraph& paragraph) {
    std::string text;
    for (const Span& span : paragraph.spans) text += span.text;
    bool first = true;
    for (const std::string& line : Wrap(text, kTextWidth - (paragraph.bullet ? 2 : 0))) {
      Line(absl::StrCat(!paragraph.bullet ? "" : first ? "- " : "  ", line));
      first = false;
    }
    Line("");
  }

  void Add(const Facts& facts) {
    Line(absl::StripTrailingAsciiWhitespace(absl::StrCat(facts.title, Colon())));
    int width = 0;
    for (const auto& [label, value] : facts.lines) width = std::max(width, WidthOf(label));
    for (const auto& [label, value] : facts.lines) {
      Line(absl::StrCat("  ", label, std::string(width - WidthOf(label) + kGap, ' '), value));
    }
    Line("");
  }

  void Add(const Table& table) {
    const std::vector<int> widths = ColumnWidths(table);
    int total = kGap * (static_cast<int>(widths.size()) - 1);
    for (int width : widths) total += width;
    const bool stacked = total > kTextWidth;
    if (stacked) total = kTextWidth;
    Line(table.title);
    Line(std::string(total, '-'));
    if (!stacked && HasHeaders(table)) {
      std::vector<std::string> headers;
      for (const Table::Column& column : table.columns) headers.push_back(column.header);
      AddRow(table, headers, widths);
    }
    for (const Table::Row& row : table.rows) {
      if (stacked) {
        AddStacked(table, row);
      } else {
        AddRow(table, row.cells, widths);
      }
    }
    if (!table.totals.empty()) Line(std::string(total, '-'));
    for (const Table::Row& row : table.totals) AddEnds(row.cells.front(), row.cells.back(), total);
    Line("");
  }

  static bool HasHeaders(const Table& table) {
    return std::any_of(table.columns.begin(), table.columns.end() - 1,
                       [](const Table::Column& column) { return !column.header.empty(); });
  }

  // Headers may take several lines, cells never do.
  static std::vector<int> ColumnWidths(const Table& table) {
    std::vector<int> widths;
    for (size_t i = 0; i < table.columns.size(); ++i) {
      int width = 0;
      for (absl::string_view word : absl::StrSplit(table.columns[i].header, ' ')) {
        width = std::max(width, WidthOf(word));
      }
      for (const Table::Row& row : table.rows) width = std::max(width, WidthOf(row.cells[i]));
      if (i + 1 == table.columns.size()) {
        for (const Table::Row& row : table.totals) width = std::max(width, WidthOf(row.cells[i]));
      }
      widths.push_back(width);
    }
    return widths;
  }

  // A row of a table that is wider than the page: what it is and how much on one line, the rest below with
  // its labels.
  void AddStacked(const Table& table, const Table::Row& row) {
    std::string what = row.cells[0];
    for (size_t i = 1; i < table.key_columns; ++i) absl::StrAppend(&what, " – ", row.cells[i]);
    AddEnds(what, row.cells.back(), kTextWidth);
    std::string rest;
    for (size_t i = table.key_columns; i + 1 < row.cells.size(); ++i) {
      if (row.cells[i].empty()) continue;
      absl::StrAppend(&rest, rest.empty() ? "" : ", ", table.columns[i].header, " ", row.cells[i]);
    }
    if (rest.empty()) return;
    for (const std::string& line : Wrap(rest, kTextWidth - kGap))
      Line(absl::StrCat(std::string(kGap, ' '), line));
  }

  void AddRow(const Table& table, const std::vector<std::string>& cells, const std::vector<int>& widths) {
    std::vector<std::vector<std::string>> wrapped;
    size_t height = 1;
    for (size_t i = 0; i < cells.size(); ++i) {
      wrapped.push_back(Wrap(cells[i], widths[i]));
      height = std::max(height, wrapped.back().size());
    }
    for (size_t y = 0; y < height; ++y) {
      std::string line;
      for (size_t i = 0; i < cells.size(); ++i) {
        const std::string cell = y < wrapped[i].size() ? wrapped[i][y] : "";
        const std::string padding(std::max(0, widths[i] - WidthOf(cell)), ' ');
        const bool right = table.columns[i].align == Table::Align::kRight;
        absl::StrAppend(&line, i > 0 ? std::string(kGap, ' ') : "", right ? padding : "", cell,
                        right ? "" : padding);
      }
      Line(absl::StripTrailingAsciiWhitespace(line));
    }
  }

  // `left` at the left, wrapped if need be, and `right` at the right end of its last line.
  void AddEnds(const std::string& left, const std::string& right, int width) {
    const int room = std::max(kTextColumnWidthMin, width - WidthOf(right) - kGap);
    const std::vector<std::string> lines = Wrap(left, room);
    for (size_t i = 0; i + 1 < lines.size(); ++i) Line(lines[i]);
    Line(absl::StrCat(lines.back(),
                      std::string(std::max(1, width - WidthOf(lines.back()) - WidthOf(right)), ' '), right));
  }

  const Notice& notice_;
  std::string out_;
};

}  // namespace

std::string RenderText(const Notice& notice) { return TextWriter(notice).Write(); }

}  // namespace relance::scenario::render
