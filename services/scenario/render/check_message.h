#pragma once

#include "absl/status/statusor.h"
#include "services/scenario/render/message.h"

namespace relance::scenario::render {

enum class Channel { kEmail, kLetter };

// `message` with its texts made safe to print anywhere, or the first reason why it must not be sent.
//
// Texts:   control characters (line breaks too) become one space, bidirectional overrides vanish, bytes that
// are not
//          UTF-8 become U+FFFD, outer spaces go. A name can therefore neither open a header nor a line.
// Errors:  those of errors.h down to RECIPIENT_ADDRESS_MISSING, in that order; for money also
// CURRENCY_UNKNOWN,
//          CURRENCY_MISMATCH. No error repeats a name or an amount.
absl::StatusOr<Message> CheckMessage(Message message, Channel channel);

// One line of text, cleaned as above.
std::string CleanText(absl::string_view text);

}  // namespace relance::scenario::render
