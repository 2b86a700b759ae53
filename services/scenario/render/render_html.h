#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "services/scenario/render/notice.h"

namespace relance::scenario::render {

// One HTML 5 page for mail readers: inline styles, no image, no link to load, no script. Every value is
// escaped.
std::string RenderHtml(const Notice& notice);

// `text` with & < > " ' as entities.
std::string EscapeHtml(absl::string_view text);

}  // namespace relance::scenario::render
