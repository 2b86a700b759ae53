#include "services/scenario/render/letter_canvas.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "services/scenario/render/errors.h"

namespace relance::scenario::render {
namespace {

constexpr char kFontFamily[] = "Liberation Sans";

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};

// Loading the fonts takes several times as long as a letter, and font maps are not shared between threads.
PangoFontMap* FontMapOfThread() {
  struct Holder {
    Holder() { pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map.get()), 72); }
    const std::unique_ptr<PangoFontMap, Unref> map{pango_cairo_font_map_new()};
  };
  thread_local const Holder holder;
  return holder.map.get();
}

PangoFontDescription* NewFont(double size, bool bold) {
  PangoFontDescription* const font = pango_font_description_new();
  pango_font_description_set_family_static(font, kFontFamily);
  pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
  pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  return font;
}

void SetColour(cairo_t* cairo, Colour colour) {
  cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
}

}  // namespace

Canvas::Canvas(const std::string& language) {
  context_ = std::shared_ptr<PangoContext>(pango_font_map_create_context(FontMapOfThread()), Unref());
  // Paper has no pixels: no hinting, so that widths are the same on every screen and machine.
  cairo_font_options_t* const options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options(context_.get(), options);
  cairo_font_options_destroy(options);
  pango_context_set_round_glyph_positions(context_.get(), FALSE);
  pango_context_set_language(context_.get(), pango_language_from_string(language.c_str()));
  pango_context_set_base_dir(context_.get(), PANGO_DIRECTION_LTR);
}

absl::Status Canvas::CheckFont() const {
  PangoFontDescription* const wanted = NewFont(10, false);
  PangoFont* const font = pango_context_load_font(context_.get(), wanted);
  pango_font_description_free(wanted);
  std::string family;
  if (font != nullptr) {
    PangoFontDescription* const found = pango_font_describe(font);
    const char* const name = pango_font_description_get_family(found);
    family = name == nullptr ? "" : name;
    pango_font_description_free(found);
    g_object_unref(font);
  }
  if (family == kFontFamily) return absl::OkStatus();
  return DomainError(absl::StatusCode::kFailedPrecondition, kLetterFontMissing,
                     absl::StrCat("font not installed: ", kFontFamily), {{"font", kFontFamily}});
}

Text Canvas::Measure(absl::string_view text, const TextStyle& style) {
  return Measure(std::vector<TextRun>{{std::string(text), style.bold}}, style);
}

Text Canvas::Measure(const std::vector<TextRun>& runs, const TextStyle& style) {
  Text text;
  text.colour_ = style.colour;
  text.layout_ = std::shared_ptr<PangoLayout>(pango_layout_new(context_.get()), Unref());
  PangoLayout* const layout = text.layout_.get();
  PangoFontDescription* const font = NewFont(style.size, style.bold);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
  // Attributes, not markup: a text is never parsed, whatever it holds.
  std::string joined;
  PangoAttrList* const attributes = pango_attr_list_new();
  for (const TextRun& run : runs) {
    PangoAttribute* const weight = pango_attr_weight_new(run.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    weight->start_index = static_cast<guint>(joined.size());
    joined += run.text;
    weight->end_index = static_cast<guint>(joined.size());
    pango_attr_list_insert(attributes, weight);
  }
  pango_layout_set_text(layout, joined.data(), static_cast<int>(joined.size()));
  pango_layout_set_attributes(layout, attributes);
  pango_attr_list_unref(attributes);
  pango_layout_set_auto_dir(layout, FALSE);
  pango_layout_set_line_spacing(layout, static_cast<float>(style.line_spacing));
  if (style.width >= 0) {
    pango_layout_set_width(layout, static_cast<int>(style.width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_justify(layout, style.justify ? TRUE : FALSE);
    pango_layout_set_alignment(layout, style.right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  }
  PangoRectangle logical;
  pango_layout_get_extents(layout, nullptr, &logical);
  text.width_ = static_cast<double>(logical.width) / PANGO_SCALE;
  // Pango spaces the lines of one text; the space below the last one makes texts follow each other in the
  // same rhythm.
  const double last_line =
      static_cast<double>(logical.height) / PANGO_SCALE / pango_layout_get_line_count(layout);
  text.height_ = static_cast<double>(logical.height) / PANGO_SCALE + last_line * (style.line_spacing - 1);
  has_unknown_glyphs_ = has_unknown_glyphs_ || pango_layout_get_unknown_glyphs_count(layout) > 0;
  return text;
}

void Canvas::Add(size_t page, Mark mark) {
  if (pages_.size() <= page) pages_.resize(page + 1);
  pages_[page].push_back(std::move(mark));
}

void Canvas::DrawText(size_t page, const Text& text, double x, double y) {
  Add(page, Mark{Mark::Kind::kText, text, x, y, 0, 0, 0, text.colour_});
}

void Canvas::DrawLine(size_t page, double x1, double y1, double x2, double y2, double thickness,
                      Colour colour) {
  Add(page, Mark{Mark::Kind::kLine, {}, x1, y1, x2, y2, thickness, colour});
}

void Canvas::FillBox(size_t page, double x, double y, double width, double height, Colour colour) {
  Add(page, Mark{Mark::Kind::kBox, {}, x, y, x + width, y + height, 0, colour});
}

void Canvas::Paint(size_t page, cairo_t* cairo) const {
  for (const Mark& mark : pages_[page]) {
    SetColour(cairo, mark.colour);
    switch (mark.kind) {
      case Mark::Kind::kText:
        cairo_move_to(cairo, mark.x, mark.y);
        pango_cairo_show_layout(cairo, mark.text.layout_.get());
        break;
      case Mark::Kind::kLine:
        cairo_set_line_width(cairo, mark.thickness);
        cairo_move_to(cairo, mark.x, mark.y);
        cairo_line_to(cairo, mark.x2, mark.y2);
        cairo_stroke(cairo);
        break;
      case Mark::Kind::kBox:
        cairo_rectangle(cairo, mark.x, mark.y, mark.x2 - mark.x, mark.y2 - mark.y);
        cairo_fill(cairo);
        break;
    }
  }
}

}  // namespace relance::scenario::render
