#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/scenario/render/notice.h"

// The little markup of message templates, after their variables are filled in:
//
//   subject: one line, first of the file
//   (empty line)            ends a paragraph; its lines are joined
//   - text                  an item of a list
//   **text**                bold
//   a block alone on its line, by its variable
namespace relance::scenario::render {

struct BodyText {
  std::string subject;
  std::vector<Block> blocks;
};

// A value that may stand anywhere in a template: its stars stay stars, and it cannot be taken for a block.
// Values are cleaned before (CleanText), so that they have no control characters, which is what makes this
// safe.
std::string ProtectValue(absl::string_view value);

// What the variable of a block stands for in the text.
std::string BlockMark(absl::string_view block_name);

// Parses `text`, rendered from `template_name`. `blocks_of` gives the contents of a block, which may be none.
// Errors: INVALID_ARGUMENT / TEMPLATE_MALFORMED: no subject, a block inside a sentence, ** without its other
// half.
absl::StatusOr<BodyText> ParseBodyText(absl::string_view template_name, absl::string_view text,
                                       const std::function<std::vector<Block>(absl::string_view)>& blocks_of);

}  // namespace relance::scenario::render
