#include "services/scenario/render/body_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/scenario/render/errors.h"

namespace relance::scenario::render {
namespace {

// Neither templates nor cleaned values can hold these.
constexpr char kBlockMark = '\x01';
constexpr char kStarMark = '\x02';

absl::Status BodyError(absl::string_view template_name, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, kTemplateMalformed,
                     absl::StrCat("template ", template_name, ": ", message),
                     {{"template", std::string(template_name)}});
}

std::string RestoreStars(absl::string_view text) {
  return absl::StrReplaceAll(text, {{std::string(1, kStarMark), "*"}});
}

absl::StatusOr<Paragraph> ParseParagraph(absl::string_view template_name, absl::string_view text,
                                         bool bullet) {
  Paragraph paragraph;
  paragraph.bullet = bullet;
  bool bold = false;
  for (absl::string_view part : absl::StrSplit(text, "**")) {
    if (!part.empty()) paragraph.spans.push_back({RestoreStars(part), bold});
    bold = !bold;
  }
  if (!bold) return BodyError(template_name, "** without its other half");
  if (absl::StrContains(text, absl::string_view(&kBlockMark, 1))) {
    return BodyError(template_name, "a block stands alone on its line");
  }
  return paragraph;
}

}  // namespace

std::string ProtectValue(absl::string_view value) {
  return absl::StrReplaceAll(value, {{"*", std::string(1, kStarMark)}});
}

std::string BlockMark(absl::string_view block_name) {
  return absl::StrCat(std::string(1, kBlockMark), block_name, std::string(1, kBlockMark));
}

absl::StatusOr<BodyText> ParseBodyText(
    absl::string_view template_name, absl::string_view text,
    const std::function<std::vector<Block>(absl::string_view)>& blocks_of) {
  BodyText body;
  std::string pending;
  bool bullet = false;
  const auto flush = [&]() -> absl::Status {
    if (pending.empty()) return absl::OkStatus();
    RELANCE_ASSIGN_OR_RETURN(Paragraph paragraph, ParseParagraph(template_name, pending, bullet));
    body.blocks.push_back(std::move(paragraph));
    pending.clear();
    bullet = false;
    return absl::OkStatus();
  };
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (body.subject.empty()) {
      if (line.empty()) continue;
      if (!absl::ConsumePrefix(&line, "subject:")) break;
      RELANCE_ASSIGN_OR_RETURN(const Paragraph subject, ParseParagraph(template_name, line, false));
      for (const Span& span : subject.spans)
        absl::StrAppend(&body.subject, absl::StripAsciiWhitespace(span.text));
      if (body.subject.empty()) break;
      continue;
    }
    const bool is_block =
        line.size() > 2 && line.front() == kBlockMark && line.find(kBlockMark, 1) == line.size() - 1;
    const bool is_bullet = absl::ConsumePrefix(&line, "- ");
    if (line.empty() || is_block || is_bullet) RELANCE_RETURN_IF_ERROR(flush());
    if (is_block) {
      for (Block& block : blocks_of(line.substr(1, line.size() - 2))) body.blocks.push_back(std::move(block));
    } else if (!line.empty()) {
      bullet = bullet || is_bullet;
      absl::StrAppend(&pending, pending.empty() ? "" : " ", line);
    }
  }
  if (body.subject.empty()) return BodyError(template_name, "the first line is \"subject: ...\"");
  RELANCE_RETURN_IF_ERROR(flush());
  return body;
}

}  // namespace relance::scenario::render
