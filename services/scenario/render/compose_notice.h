#pragma once

#include "absl/status/statusor.h"
#include "services/scenario/render/check_message.h"
#include "services/scenario/render/message.h"
#include "services/scenario/render/notice.h"
#include "services/scenario/render/template_set.h"

namespace relance::scenario::render {

// Puts `message` into words. Pure: no I/O, no clock.
//
// Language: the recipient's when `templates` has it, else the sender's.
// Order:    items by due date, then number; currencies by first appearance in that order.
// Totals:   one per currency, never one across; disputed items, not-yet-due items and credits are in none
// that is asked
//           for.
// Errors:   those of CheckMessage, then LANGUAGE_NOT_AVAILABLE, TEMPLATE_NOT_FOUND, AMOUNT_OVERFLOW,
//           TEMPLATE_VARIABLE_MISSING, TEMPLATE_MALFORMED.
absl::StatusOr<Notice> ComposeNotice(const Message& message, Channel channel, const TemplateSet& templates);

}  // namespace relance::scenario::render
