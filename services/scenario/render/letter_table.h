#pragma once

#include <functional>
#include <string>
#include <vector>

#include "services/scenario/render/letter_canvas.h"
#include "services/scenario/render/notice.h"

// A table over as many pages as it needs. Internal to the letter.
namespace relance::scenario::render {

// Where the letter stands: the next thing is drawn at `y` of `page`, above `bottom`.
struct Cursor {
  size_t page = 0;
  double y = 0;
  double left = 0;
  double width = 0;
  double bottom = 0;
  // Goes to the top of the next page.
  std::function<void(Cursor&)> new_page;
};

// Draws `table` from the cursor on and leaves the cursor below it.
//
// Columns:  as wide as their widest cell, measured, so that none wraps or runs into its neighbour; what is
// left goes to
//           the gaps. When that is wider than the page the type shrinks to 7 points, then text columns (never
//           amounts) wrap.
// Pages:    a row is never split. The header is repeated; where rows have a running total, the page ends with
//           `carried_forward` and the next one begins with `brought_forward`. The total never stands without
//           its last row.
void DrawTable(const Table& table, const std::string& carried_forward, const std::string& brought_forward,
               Canvas& canvas, Cursor& cursor);

}  // namespace relance::scenario::render
