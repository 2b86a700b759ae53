#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/scenario/render/notice.h"

namespace relance::scenario::render {

// A letter of 2'000 items has about 60 pages; more than this is refused.
inline constexpr size_t kLetterPagesMax = 300;

// `notice` as a PDF on A4, with the recipient where the window of a French envelope is (110 mm from the left,
// 45 mm from the top), tables that go on over the pages, and page numbers.
//
// created_at:  the date inside the file, in UTC. Same input, same bytes, as long as fonts and libraries are
// the same. Fonts:       Liberation Sans, embedded as subsets; text can be searched and copied. Threads: any.
// Errors:      FAILED_PRECONDITION / LETTER_FONT_MISSING, LETTER_TEXT_NOT_PRINTABLE; INVALID_ARGUMENT /
//              MESSAGE_TOO_LARGE (more pages, or an address higher than the window); INTERNAL /
//              RENDER_LIBRARY_FAILED.
absl::StatusOr<std::string> RenderLetter(const Notice& notice, absl::Time created_at);

}  // namespace relance::scenario::render
