#include "services/scenario/render/render_letter.h"

#include <cairo-pdf.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/scenario/render/errors.h"
#include "services/scenario/render/letter_canvas.h"
#include "services/scenario/render/letter_table.h"

namespace relance::scenario::render {
namespace {

constexpr double kPageWidth = Millimetres(210);
constexpr double kPageHeight = Millimetres(297);
constexpr double kLeft = Millimetres(20);
constexpr double kRight = Millimetres(190);
constexpr double kWidth = kRight - kLeft;
constexpr double kBottom = Millimetres(273);
constexpr double kFootTop = Millimetres(278);
constexpr double kHeadTop = Millimetres(14);
constexpr double kNextPageTop = Millimetres(28);

// Window of a French envelope: the address block, which nothing else may enter.
constexpr double kWindowLeft = Millimetres(110);
constexpr double kWindowTop = Millimetres(45);
constexpr double kWindowWidth = Millimetres(85);
constexpr double kWindowHeight = Millimetres(38);
constexpr double kAddressSizes[] = {10.5, 10, 9.5, 9, 8.5, 8};
constexpr double kDateTop = Millimetres(88);
constexpr double kBodyTop = Millimetres(101);
constexpr double kSenderWidth = Millimetres(82);
constexpr double kFoldMarks[] = {Millimetres(99), Millimetres(198)};

constexpr double kTextSize = 10;
constexpr double kParagraphGap = 5;
constexpr double kBlockGap = 9;
constexpr double kBulletIndent = 12;
constexpr size_t kClosingBlocks = 2;

class LetterWriter {
 public:
  explicit LetterWriter(const Notice& notice) : notice_(notice), canvas_(notice.language) {}

  absl::Status Lay() {
    RELANCE_RETURN_IF_ERROR(canvas_.CheckFont());
    const double references_end = DrawReferences(DrawSender());
    RELANCE_RETURN_IF_ERROR(DrawRecipient());
    canvas_.DrawText(0, canvas_.Measure(notice_.place_and_day, TextStyle{.size = kTextSize}), kWindowLeft,
                     kDateTop);
    for (double y : kFoldMarks) canvas_.DrawLine(0, Millimetres(4), y, Millimetres(8), y, 0.3, kRule);
    cursor_ = Cursor{0,       std::max(kBodyTop, references_end + Millimetres(6)), kLeft, kWidth,
                     kBottom, [this](Cursor& cursor) { NewPage(cursor); }};
    DrawSubject();
    for (size_t i = 0; i < notice_.blocks.size(); ++i) {
      const size_t left = notice_.blocks.size() - i;
      if (left == kClosingBlocks) KeepClosingTogether();
      std::visit([this](const auto& block) { Draw(block); }, notice_.blocks[i]);
    }
    DrawSignature();
    DrawFeet();
    if (canvas_.page_count() > kLetterPagesMax) {
      return DomainError(absl::StatusCode::kInvalidArgument, kMessageTooLarge, "too long: pages",
                         {{"field", "pages"}});
    }
    if (canvas_.has_unknown_glyphs()) {
      return DomainError(absl::StatusCode::kFailedPrecondition, kLetterTextNotPrintable,
                         "a text holds characters that no installed font can print");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Write(absl::Time created_at) const {
    std::string bytes;
    cairo_surface_t* const surface = cairo_pdf_surface_create_for_stream(
        [](void* closure, const unsigned char* data, unsigned int length) {
          static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
          return CAIRO_STATUS_SUCCESS;
        },
        &bytes, kPageWidth, kPageHeight);
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5);
    const std::string date = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", created_at, absl::UTCTimeZone());
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date.c_str());
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, notice_.subject.c_str());
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, notice_.sender_lines.front().c_str());
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Relance");
    cairo_t* const cairo = cairo_create(surface);
    for (size_t page = 0; page < canvas_.page_count(); ++page) {
      canvas_.Paint(page, cairo);
      cairo_show_page(cairo);
    }
    const cairo_status_t drawn = cairo_status(cairo);
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    const cairo_status_t finished = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (drawn == CAIRO_STATUS_SUCCESS && finished == CAIRO_STATUS_SUCCESS) return bytes;
    return DomainError(absl::StatusCode::kInternal, kRenderLibraryFailed, "the drawing library failed",
                       {{"library", "cairo"}});
  }

 private:
  // Draws one line of text after another from `y` on; returns where the next one would be.
  double DrawLines(const std::vector<std::string>& lines, const TextStyle& style, double x, double y) {
    for (const std::string& line : lines) {
      const Text text = canvas_.Measure(line, style);
      canvas_.DrawText(0, text, x, y);
      y += text.height();
    }
    return y;
  }

  double DrawSender() {
    const std::vector<std::string> name = {notice_.sender_lines.front()};
    const std::vector<std::string> address(notice_.sender_lines.begin() + 1, notice_.sender_lines.end());
    const double y = DrawLines(
        name, TextStyle{.size = 14, .bold = true, .colour = kAccent, .width = kSenderWidth}, kLeft, kHeadTop);
    return DrawLines(address, TextStyle{.size = 9, .colour = kQuiet, .width = kSenderWidth}, kLeft, y + 3);
  }

  // Account, contact, telephone: at the left of the window.
  double DrawReferences(double sender_end) {
    double y = std::max(kWindowTop + Millimetres(2), sender_end + Millimetres(5));
    const TextStyle label_style{.size = 8, .colour = kQuiet, .width = kSenderWidth};
    const TextStyle value_style{.size = 9.5, .width = kSenderWidth};
    for (const auto& [label, value] : notice_.references) {
      y = DrawLines({label}, label_style, kLeft, y);
      y = DrawLines({value}, value_style, kLeft, y) + 2.5;
    }
    return y;
  }

  absl::Status DrawRecipient() {
    for (double size : kAddressSizes) {
      std::vector<Text> lines;
      double height = 0;
      for (size_t i = 0; i < notice_.recipient_lines.size(); ++i) {
        lines.push_back(canvas_.Measure(
            notice_.recipient_lines[i],
            TextStyle{.size = size, .bold = i == 0, .width = kWindowWidth, .line_spacing = 1.15}));
        height += lines.back().height();
      }
      if (height > kWindowHeight) continue;
      double y = kWindowTop;
      for (const Text& line : lines) {
        canvas_.DrawText(0, line, kWindowLeft, y);
        y += line.height();
      }
      return absl::OkStatus();
    }
    return DomainError(
        absl::StatusCode::kInvalidArgument, kMessageTooLarge,
        "too long: recipient.address_lines, the block is higher than the window of the envelope",
        {{"field", "recipient.address_lines"}});
  }

  void DrawSubject() {
    const absl::string_view colon = notice_.language == "fr" ? "\u00a0: " : ": ";
    const Text text = canvas_.Measure(absl::StrCat(notice_.subject_label, colon, notice_.subject),
                                      TextStyle{.size = 10.5, .bold = true, .width = kWidth});
    canvas_.DrawText(cursor_.page, text, kLeft, cursor_.y);
    cursor_.y += text.height() + Millimetres(5);
  }

  void Reserve(double height) {
    if (cursor_.y + height > cursor_.bottom) cursor_.new_page(cursor_);
  }

  void NewPage(Cursor& cursor) {
    ++cursor.page;
    cursor.y = kNextPageTop;
    const Text left =
        canvas_.Measure(notice_.sender_lines.front(),
                        TextStyle{.size = 8.5, .bold = true, .colour = kAccent, .width = kSenderWidth});
    const Text right =
        canvas_.Measure(notice_.recipient_lines.front(),
                        TextStyle{.size = 8.5, .colour = kQuiet, .width = kSenderWidth, .right = true});
    canvas_.DrawText(cursor.page, left, kLeft, kHeadTop);
    canvas_.DrawText(cursor.page, right, kRight - kSenderWidth, kHeadTop);
    const double y = kHeadTop + std::max(left.height(), right.height()) + 4;
    canvas_.DrawLine(cursor.page, kLeft, y, kRight, y, 0.5, kRule);
    cursor.y = std::max(cursor.y, y + Millimetres(6));
  }

  Text MeasureParagraph(const Paragraph& paragraph) {
    std::vector<TextRun> runs;
    for (const Span& span : paragraph.spans) runs.push_back({span.text, span.bold});
    const double width = kWidth - (paragraph.bullet ? kBulletIndent : 0);
    return canvas_.Measure(
        runs, TextStyle{.size = kTextSize, .width = width, .justify = true, .line_spacing = 1.25});
  }

  // The last paragraphs go to the next page together with the signature: a signature never stands alone on a
  // page.
  void KeepClosingTogether() {
    double height = SignatureHeight();
    for (size_t i = notice_.blocks.size() - kClosingBlocks; i < notice_.blocks.size(); ++i) {
      const auto* const paragraph = std::get_if<Paragraph>(&notice_.blocks[i]);
      if (paragraph == nullptr) continue;
      height += MeasureParagraph(*paragraph).height() + kParagraphGap;
    }
    Reserve(height);
  }

  void Draw(const Paragraph& paragraph) {
    const Text text = MeasureParagraph(paragraph);
    Reserve(text.height());
    if (paragraph.bullet) {
      canvas_.DrawText(cursor_.page, canvas_.Measure("•", TextStyle{.size = kTextSize, .line_spacing = 1.25}),
                       kLeft, cursor_.y);
    }
    canvas_.DrawText(cursor_.page, text, kLeft + (paragraph.bullet ? kBulletIndent : 0), cursor_.y);
    cursor_.y += text.height() + kParagraphGap;
  }

  void Draw(const Table& table) {
    DrawTable(table, notice_.carried_forward, notice_.brought_forward, canvas_, cursor_);
    cursor_.y += kBlockGap;
  }

  void Draw(const Facts& facts) {
    constexpr double kPadding = 7;
    const Text title = canvas_.Measure(
        facts.title,
        TextStyle{.size = kTextSize, .bold = true, .colour = kAccent, .width = kWidth - 2 * kPadding});
    double label_width = 0;
    std::vector<Text> labels;
    for (const auto& [label, value] : facts.lines) {
      labels.push_back(
          canvas_.Measure(label, TextStyle{.size = 9.5, .colour = kQuiet, .line_spacing = 1.25}));
      label_width = std::max(label_width, labels.back().width() + 14);
    }
    std::vector<Text> values;
    double height = 2 * kPadding + title.height() + 3;
    for (const auto& [label, value] : facts.lines) {
      values.push_back(canvas_.Measure(value, TextStyle{.size = 9.5,
                                                        .bold = true,
                                                        .width = kWidth - label_width - 2 * kPadding,
                                                        .line_spacing = 1.25}));
      height += values.back().height();
    }
    Reserve(height);
    canvas_.FillBox(cursor_.page, kLeft, cursor_.y, kWidth, height, kShade);
    canvas_.FillBox(cursor_.page, kLeft, cursor_.y, 2, height, kAccent);
    double y = cursor_.y + kPadding;
    canvas_.DrawText(cursor_.page, title, kLeft + kPadding, y);
    y += title.height() + 3;
    for (size_t i = 0; i < labels.size(); ++i) {
      canvas_.DrawText(cursor_.page, labels[i], kLeft + kPadding, y);
      canvas_.DrawText(cursor_.page, values[i], kLeft + kPadding + label_width, y);
      y += values[i].height();
    }
    cursor_.y += height + kBlockGap;
  }

  std::vector<Text> SignatureLines() {
    std::vector<Text> lines;
    for (size_t i = 0; i < notice_.signature.size(); ++i) {
      lines.push_back(canvas_.Measure(
          notice_.signature[i], TextStyle{.size = kTextSize, .bold = i == 0, .width = kRight - kWindowLeft}));
    }
    return lines;
  }

  double SignatureHeight() {
    double height = kParagraphGap + Millimetres(5);
    for (const Text& line : SignatureLines()) height += line.height();
    return height;
  }

  void DrawSignature() {
    cursor_.y += Millimetres(5);
    for (const Text& line : SignatureLines()) {
      canvas_.DrawText(cursor_.page, line, kWindowLeft, cursor_.y);
      cursor_.y += line.height();
    }
  }

  void DrawFeet() {
    const size_t count = canvas_.page_count();
    const Text legal = canvas_.Measure(
        notice_.legal_line, TextStyle{.size = 7.5, .colour = kQuiet, .width = kWidth - Millimetres(24)});
    for (size_t page = 0; page < count; ++page) {
      canvas_.DrawLine(page, kLeft, kFootTop, kRight, kFootTop, 0.5, kRule);
      canvas_.DrawText(page, legal, kLeft, kFootTop + 4);
      const Text number = canvas_.Measure(absl::StrCat(notice_.page_label, "\u00a0", page + 1, "/", count),
                                          TextStyle{.size = 8, .colour = kQuiet});
      canvas_.DrawText(page, number, kRight - number.width(), kFootTop + 4);
    }
  }

  const Notice& notice_;
  Canvas canvas_;
  Cursor cursor_;
};

}  // namespace

absl::StatusOr<std::string> RenderLetter(const Notice& notice, absl::Time created_at) {
  LetterWriter writer(notice);
  RELANCE_RETURN_IF_ERROR(writer.Lay());
  return writer.Write(created_at);
}

}  // namespace relance::scenario::render
