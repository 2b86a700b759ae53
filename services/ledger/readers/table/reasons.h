#pragma once

// Reasons of tables beside those of readers/reasons.h. The same file never succeeds later.
namespace relance::ledger {

// The mapping or the file is refused. INVALID_ARGUMENT with metadata line, key (mapping) or field (file).
inline constexpr char kMappingInvalid[] = "MAPPING_INVALID";     // line, key: every problem in the message
inline constexpr char kMappingUnknown[] = "MAPPING_UNKNOWN";     // no such name, or no columns that fit
inline constexpr char kDateFormInvalid[] = "DATE_FORM_INVALID";  // a part of MAPPING_INVALID

// The line is rejected.
inline constexpr char kEncodingInvalid[] = "ENCODING_INVALID";  // the mapping says UTF-8, the line is not
inline constexpr char kDuplicateKey[] = "DUPLICATE_KEY";  // the same key on an earlier line, other content

// The line is left out, and counted.
inline constexpr char kDuplicateRow[] = "DUPLICATE_ROW";  // an earlier line says the same
inline constexpr char kKeyRepeated[] = "KEY_REPEATED";    // the mapping takes the first row of a key only
inline constexpr char kBlankRow[] = "BLANK_ROW";
inline constexpr char kFooterLine[] = "FOOTER_LINE";
inline constexpr char kAmountZero[] = "AMOUNT_ZERO";
inline constexpr char kKindLeftOut[] = "KIND_LEFT_OUT";  // the mapping translates its kind to `skip`

// Something to know of a line that is in.
inline constexpr char kAttributeInvalid[] = "ATTRIBUTE_INVALID";  // of the account; the item is in without it

}  // namespace relance::ledger
