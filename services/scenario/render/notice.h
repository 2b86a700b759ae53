#pragma once

#include <string>
#include <variant>
#include <vector>

// A message in words, before it becomes text, HTML or paper: what the three outputs have in common. All
// values are formatted; nothing here computes.
namespace relance::scenario::render {

struct Span {
  std::string text;
  bool bold = false;
};

struct Paragraph {
  std::vector<Span> spans;
  bool bullet = false;
};

struct Table {
  enum class Align { kLeft, kRight };
  struct Column {
    std::string header;
    Align align = Align::kLeft;
  };
  struct Row {
    std::vector<std::string> cells;  // one per column
    std::string running_total;       // what is carried forward after this row; empty: nothing is
  };
  std::string title;
  std::vector<Column> columns;
  size_t key_columns = 1;  // the first ones, which say what a row is about
  std::vector<Row> rows;
  std::vector<Row> totals;  // bold, label in the first cell, amount in the last
  bool quiet = false;       // for information: printed lighter
};

// Label and value, one per line: the way to pay.
struct Facts {
  std::string title;
  std::vector<std::pair<std::string, std::string>> lines;
};

using Block = std::variant<Paragraph, Table, Facts>;

struct Notice {
  std::string language;  // the one it is written in
  std::string subject;
  std::vector<Block> blocks;
  std::vector<std::string> signature;                           // lines, the first one is the name
  std::vector<std::string> sender_lines;                        // company first, then address
  std::vector<std::string> recipient_lines;                     // window block: company, contact, address
  std::vector<std::pair<std::string, std::string>> references;  // account, contact, phone
  std::string place_and_day;
  std::string legal_line;  // foot of the page
  std::string carried_forward;
  std::string brought_forward;
  std::string page_label;
  std::string subject_label;
};

}  // namespace relance::scenario::render
