#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/scenario/render/message.h"
#include "services/scenario/render/notice.h"

namespace relance::scenario::render {

struct Attachment {
  std::string file_name;
  std::string bytes;  // a PDF
};

inline constexpr size_t kAttachmentsMax = 5;

// `notice`, composed from `message` for Channel::kEmail, as one RFC 5322 message with CRLF line ends, ready
// for SMTP: text and HTML alternatives, then the attachments if any.
//
// sent_at:   the Date header, written in UTC.
// Headers:   Message-ID, boundaries and all else depend on the arguments only: same input, same bytes.
// `message` is
//            cleaned again, so that no text can open a header. Auto-Submitted: auto-generated (RFC 3834).
// Threads:   any.
// Errors:    those of CheckMessage; INVALID_ARGUMENT / MESSAGE_TOO_LARGE; INTERNAL / RENDER_LIBRARY_FAILED.
absl::StatusOr<std::string> RenderEmail(const Message& message, const Notice& notice, absl::Time sent_at,
                                        const std::vector<Attachment>& attachments = {});

// "<40 digits of the SHA-256 of the contact key>@<domain of the sender>": what a bounce or an answer refers
// to.
std::string MessageIdOf(absl::string_view contact_key, absl::string_view sender_email);

}  // namespace relance::scenario::render
