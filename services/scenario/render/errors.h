#pragma once

namespace relance::scenario::render {

// Every reason that rendering reports, in the order of the checks. Rendering is pure: the same message gives
// the same answer, so "again" never helps until the message, the template or the installation is changed.

// INVALID_ARGUMENT: no contact key, no sender or recipient name. Metadata: field.
inline constexpr char kMessageFieldMissing[] = "MESSAGE_FIELD_MISSING";
// INVALID_ARGUMENT: a text, a list or an address block is longer than its bound. Metadata: field.
inline constexpr char kMessageTooLarge[] = "MESSAGE_TOO_LARGE";
// FAILED_PRECONDITION: nothing is left to ask for: no item, or only disputed ones.
inline constexpr char kMessageWithoutItems[] = "MESSAGE_WITHOUT_ITEMS";
// INVALID_ARGUMENT: an amount is not positive, or open exceeds original. Metadata: field, index.
inline constexpr char kMessageAmountInvalid[] = "MESSAGE_AMOUNT_INVALID";
// FAILED_PRECONDITION: a reminder lists an item that is not overdue on its date. Metadata: index.
inline constexpr char kItemNotOverdue[] = "ITEM_NOT_OVERDUE";
// FAILED_PRECONDITION: a pre-due message, or the not-yet-due list, holds an overdue item. Metadata: index.
inline constexpr char kItemOverdue[] = "ITEM_OVERDUE";
// INVALID_ARGUMENT: the deadline is before the date of the message, or absent where the kind needs one.
inline constexpr char kDeadlineInvalid[] = "DEADLINE_INVALID";
// FAILED_PRECONDITION: e-mail asked for, and the recipient has no e-mail address. The step is not consumed.
inline constexpr char kRecipientEmailMissing[] = "RECIPIENT_EMAIL_MISSING";
// INVALID_ARGUMENT: an e-mail address that no header may hold. Metadata: field.
inline constexpr char kEmailAddressInvalid[] = "EMAIL_ADDRESS_INVALID";
// FAILED_PRECONDITION: letter asked for, and the recipient has no postal address. The step is not consumed.
inline constexpr char kRecipientAddressMissing[] = "RECIPIENT_ADDRESS_MISSING";

// FAILED_PRECONDITION: neither the recipient's language nor the tenant's has templates. Metadata: language.
inline constexpr char kLanguageNotAvailable[] = "LANGUAGE_NOT_AVAILABLE";
// NOT_FOUND: the language has no text of that key. Metadata: template.
inline constexpr char kTemplateNotFound[] = "TEMPLATE_NOT_FOUND";
// INVALID_ARGUMENT: a tag is not closed, a section does not match, no subject, ... Metadata: template, line.
inline constexpr char kTemplateMalformed[] = "TEMPLATE_MALFORMED";
// INVALID_ARGUMENT: a template names what no message has. Metadata: template, line, variable.
inline constexpr char kTemplateVariableUnknown[] = "TEMPLATE_VARIABLE_UNKNOWN";
// FAILED_PRECONDITION: a template prints a variable that is empty in this message. Metadata: template, line,
// variable.
inline constexpr char kTemplateVariableMissing[] = "TEMPLATE_VARIABLE_MISSING";
// UNAVAILABLE: the template directory cannot be read. Metadata: none.
inline constexpr char kTemplatesUnreadable[] = "TEMPLATES_UNREADABLE";

// FAILED_PRECONDITION: the fonts of the letter are not installed. Metadata: font.
inline constexpr char kLetterFontMissing[] = "LETTER_FONT_MISSING";
// FAILED_PRECONDITION: a text holds characters that no installed font can print.
inline constexpr char kLetterTextNotPrintable[] = "LETTER_TEXT_NOT_PRINTABLE";
// INTERNAL: the drawing or MIME library failed. Metadata: library.
inline constexpr char kRenderLibraryFailed[] = "RENDER_LIBRARY_FAILED";

}  // namespace relance::scenario::render
