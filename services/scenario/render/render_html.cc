#include "services/scenario/render/render_html.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace relance::scenario::render {
namespace {

constexpr char kBodyStyle[] =
    "margin:0;padding:24px 12px;background:#ffffff;color:#1c2530;font-family:Arial,'Liberation "
    "Sans',sans-serif;"
    "font-size:15px;line-height:1.5";
constexpr char kPageStyle[] = "max-width:720px;margin:0 auto";
constexpr char kTableStyle[] = "width:100%;border-collapse:collapse;margin:0 0 20px;font-size:14px";
constexpr char kCaptionStyle[] = "text-align:left;font-weight:bold;color:#1f3a5f;padding:0 0 6px";
constexpr char kHeadStyle[] =
    "padding:6px 8px;border-bottom:2px solid #1f3a5f;font-size:13px;vertical-align:bottom;";
constexpr char kCellStyle[] = "padding:6px 8px;border-bottom:1px solid #dfe4ea;vertical-align:top;";
constexpr char kTotalStyle[] = "padding:8px;font-weight:bold;";
constexpr char kBoxStyle[] =
    "margin:0 0 20px;padding:12px 16px;background:#f2f5f9;border-left:4px solid #1f3a5f";

class HtmlWriter {
 public:
  explicit HtmlWriter(const Notice& notice) : notice_(notice) {}

  std::string Write() {
    absl::StrAppend(&out_, "<!DOCTYPE html>\n<html lang=\"", EscapeHtml(notice_.language),
                    "\">\n<head>\n<meta charset=\"utf-8\">\n",
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
                    EscapeHtml(notice_.subject), "</title>\n</head>\n<body style=\"", kBodyStyle,
                    "\">\n<div style=\"", kPageStyle, "\">\n");
    for (const Block& block : notice_.blocks) {
      std::visit([this](const auto& b) { Add(b); }, block);
    }
    CloseList();
    AddSignature();
    absl::StrAppend(&out_, "</div>\n</body>\n</html>\n");
    return std::move(out_);
  }

 private:
  void CloseList() {
    if (in_list_) absl::StrAppend(&out_, "</ul>\n");
    in_list_ = false;
  }

  void Add(const Paragraph& paragraph) {
    if (paragraph.bullet && !in_list_)
      absl::StrAppend(&out_, "<ul style=\"margin:0 0 16px;padding-left:20px\">\n");
    if (!paragraph.bullet) CloseList();
    in_list_ = paragraph.bullet;
    absl::StrAppend(&out_, paragraph.bullet ? "<li>" : "<p style=\"margin:0 0 16px\">");
    for (const Span& span : paragraph.spans) {
      absl::StrAppend(&out_, span.bold ? "<strong>" : "", EscapeHtml(span.text),
                      span.bold ? "</strong>" : "");
    }
    absl::StrAppend(&out_, paragraph.bullet ? "</li>\n" : "</p>\n");
  }

  void Add(const Facts& facts) {
    CloseList();
    absl::StrAppend(&out_, "<div style=\"", kBoxStyle, "\">\n<div style=\"", kCaptionStyle, "\">",
                    EscapeHtml(facts.title),
                    "</div>\n<table role=\"presentation\" style=\"border-collapse:collapse\">\n");
    for (const auto& [label, value] : facts.lines) {
      absl::StrAppend(&out_, "<tr><td style=\"padding:2px 16px 2px 0;color:#55606e\">", EscapeHtml(label),
                      "</td><td style=\"padding:2px 0;font-weight:bold\">", EscapeHtml(value),
                      "</td></tr>\n");
    }
    absl::StrAppend(&out_, "</table>\n</div>\n");
  }

  void Add(const Table& table) {
    CloseList();
    absl::StrAppend(&out_, "<table style=\"", kTableStyle, table.quiet ? ";color:#55606e" : "",
                    "\">\n<caption style=\"", kCaptionStyle, "\">", EscapeHtml(table.title),
                    "</caption>\n<thead><tr>");
    for (const Table::Column& column : table.columns) {
      absl::StrAppend(&out_, "<th scope=\"col\" style=\"", kHeadStyle, AlignOf(column), "\">",
                      EscapeHtml(column.header), "</th>");
    }
    absl::StrAppend(&out_, "</tr></thead>\n<tbody>\n");
    for (const Table::Row& row : table.rows) {
      absl::StrAppend(&out_, "<tr>");
      for (size_t i = 0; i < row.cells.size(); ++i) {
        absl::StrAppend(&out_, "<td style=\"", kCellStyle, AlignOf(table.columns[i]), "\">",
                        EscapeHtml(row.cells[i]), "</td>");
      }
      absl::StrAppend(&out_, "</tr>\n");
    }
    absl::StrAppend(&out_, "</tbody>\n");
    for (const Table::Row& row : table.totals) {
      absl::StrAppend(&out_, "<tfoot><tr><th scope=\"row\" colspan=\"", row.cells.size() - 1, "\" style=\"",
                      kTotalStyle, "text-align:left\">", EscapeHtml(row.cells.front()), "</th><td style=\"",
                      kTotalStyle, "text-align:right;white-space:nowrap\">", EscapeHtml(row.cells.back()),
                      "</td></tr></tfoot>\n");
    }
    absl::StrAppend(&out_, "</table>\n");
  }

  static absl::string_view AlignOf(const Table::Column& column) {
    return column.align == Table::Align::kRight ? "text-align:right;white-space:nowrap" : "text-align:left";
  }

  void AddSignature() {
    absl::StrAppend(&out_, "<p style=\"margin:24px 0 16px\">");
    for (size_t i = 0; i < notice_.signature.size(); ++i) {
      const std::string line = EscapeHtml(notice_.signature[i]);
      absl::StrAppend(&out_,
                      i == 0 ? absl::StrCat("<strong>", line, "</strong>") : absl::StrCat("<br>", line));
    }
    absl::StrAppend(&out_, "</p>\n");
    if (!notice_.references.empty()) {
      absl::StrAppend(&out_, "<p style=\"margin:0 0 16px;font-size:13px;color:#55606e\">");
      const absl::string_view colon = notice_.language == "fr" ? "\u00a0: " : ": ";
      for (size_t i = 0; i < notice_.references.size(); ++i) {
        absl::StrAppend(&out_, i == 0 ? "" : "<br>", EscapeHtml(notice_.references[i].first), colon,
                        EscapeHtml(notice_.references[i].second));
      }
      absl::StrAppend(&out_, "</p>\n");
    }
    if (!notice_.legal_line.empty()) {
      absl::StrAppend(
          &out_,
          "<p style=\"margin:24px 0 0;padding-top:8px;border-top:1px solid #dfe4ea;font-size:12px;"
          "color:#55606e\">",
          EscapeHtml(notice_.legal_line), "</p>\n");
    }
  }

  const Notice& notice_;
  std::string out_;
  bool in_list_ = false;
};

}  // namespace

std::string EscapeHtml(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string RenderHtml(const Notice& notice) { return HtmlWriter(notice).Write(); }

}  // namespace relance::scenario::render
