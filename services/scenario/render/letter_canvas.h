#pragma once

#include <pango/pangocairo.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// Text and lines on A4 pages, held in memory until all pages are known. Internal to the letter. Lengths in
// points.
namespace relance::scenario::render {

inline constexpr double Millimetres(double mm) { return mm * 72.0 / 25.4; }

struct Colour {
  double red = 0, green = 0, blue = 0;
};
inline constexpr Colour kInk = {0.11, 0.13, 0.16};
inline constexpr Colour kAccent = {0.12, 0.23, 0.37};
inline constexpr Colour kQuiet = {0.36, 0.40, 0.45};
inline constexpr Colour kRule = {0.80, 0.83, 0.86};
inline constexpr Colour kShade = {0.95, 0.96, 0.975};

struct TextStyle {
  double size = 10;
  bool bold = false;
  Colour colour = kInk;
  double width = -1;  // wraps there; negative: one line
  bool justify = false;
  bool right = false;  // aligned right within `width`
  double line_spacing = 1.2;
};

// A run of text, measured. Copies share the layout.
class Text {
 public:
  double width() const { return width_; }
  double height() const { return height_; }

 private:
  friend class Canvas;
  std::shared_ptr<PangoLayout> layout_;
  Colour colour_;
  double width_ = 0;
  double height_ = 0;
};

// One part of a text that is bold or not.
struct TextRun {
  std::string text;
  bool bold = false;
};

// Not thread-safe; each letter has its own.
class Canvas {
 public:
  explicit Canvas(const std::string& language);

  // Errors: FAILED_PRECONDITION / LETTER_FONT_MISSING.
  absl::Status CheckFont() const;

  Text Measure(const std::vector<TextRun>& runs, const TextStyle& style);
  Text Measure(absl::string_view text, const TextStyle& style);

  // Pages count from 0; drawing on a page makes it exist.
  void DrawText(size_t page, const Text& text, double x, double y);
  void DrawLine(size_t page, double x1, double y1, double x2, double y2, double thickness, Colour colour);
  void FillBox(size_t page, double x, double y, double width, double height, Colour colour);

  size_t page_count() const { return pages_.size(); }

  // Whether some text held a character that no font has.
  bool has_unknown_glyphs() const { return has_unknown_glyphs_; }

  // Paints `page` in the order of the calls.
  void Paint(size_t page, cairo_t* cairo) const;

 private:
  struct Mark {
    enum class Kind { kText, kLine, kBox };
    Kind kind;
    Text text;
    double x = 0, y = 0, x2 = 0, y2 = 0, thickness = 0;
    Colour colour;
  };
  void Add(size_t page, Mark mark);

  std::shared_ptr<PangoContext> context_;
  std::vector<std::vector<Mark>> pages_;
  bool has_unknown_glyphs_ = false;
};

}  // namespace relance::scenario::render
