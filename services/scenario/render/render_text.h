#pragma once

#include <string>

#include "services/scenario/render/notice.h"

namespace relance::scenario::render {

inline constexpr int kTextWidth = 76;

// Plain text of at most kTextWidth columns (a table too wide for it is as wide as it must be: amounts are
// never cut). Line breaks are \n. Columns are counted as a terminal would: combining marks take none, wide
// characters two.
std::string RenderText(const Notice& notice);

}  // namespace relance::scenario::render
