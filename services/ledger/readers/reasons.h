#pragma once

// Every reason that a reader gives, beside those of common/money (AMOUNT_*, CURRENCY_UNKNOWN) and common/time
// (DATE_*). The same file never succeeds later: repair it, or send another.
namespace relance::ledger {

// The file is refused: Feed or Finish returns INVALID_ARGUMENT (RESOURCE_EXHAUSTED for the limits) with
// metadata file, line and field. What was handed over before stays.
inline constexpr char kFileEmpty[] = "FILE_EMPTY";
inline constexpr char kEncodingUnsupported[] = "ENCODING_UNSUPPORTED";  // UTF-16 or UTF-32
inline constexpr char kHeaderMissing[] = "HEADER_MISSING";  // the first line names no known column
inline constexpr char kHeaderTooLong[] = "HEADER_TOO_LONG";
inline constexpr char kSeparatorUnknown[] = "SEPARATOR_UNKNOWN";
inline constexpr char kColumnMissing[] = "COLUMN_MISSING";      // field: the column
inline constexpr char kColumnUnknown[] = "COLUMN_UNKNOWN";      // field: the column
inline constexpr char kColumnDuplicate[] = "COLUMN_DUPLICATE";  // field: the column
inline constexpr char kFecXmlUnsupported[] = "FEC_XML_UNSUPPORTED";
inline constexpr char kNotAFec[] = "NOT_A_FEC";  // XML, but another document
inline constexpr char kTooManyRecords[] = "TOO_MANY_RECORDS";
inline constexpr char kTooManyEntries[] = "TOO_MANY_ENTRIES";
inline constexpr char kXmlMalformed[] = "XML_MALFORMED";  // truncated files too
inline constexpr char kXmlDoctypeRefused[] = "XML_DOCTYPE_REFUSED";
inline constexpr char kXmlTooDeep[] = "XML_TOO_DEEP";
inline constexpr char kXmlTokenTooLong[] = "XML_TOKEN_TOO_LONG";
inline constexpr char kXmlTooManyNames[] = "XML_TOO_MANY_NAMES";
inline constexpr char kXmlEncodingUnknown[] = "XML_ENCODING_UNKNOWN";
inline constexpr char kNotAStatement[] = "NOT_A_STATEMENT";  // camt.052, another document, another format
inline constexpr char kStatementMissing[] = "STATEMENT_MISSING";

// The line or entry is rejected.
inline constexpr char kLineTooLong[] = "LINE_TOO_LONG";
inline constexpr char kColumnCount[] = "COLUMN_COUNT";
inline constexpr char kFieldMissing[] = "FIELD_MISSING";
inline constexpr char kFieldTooLong[] = "FIELD_TOO_LONG";
inline constexpr char kFieldInvalid[] = "FIELD_INVALID";  // not one of the allowed words or forms
inline constexpr char kAccountInvalid[] = "ACCOUNT_INVALID";
inline constexpr char kAccountMissing[] = "ACCOUNT_MISSING";
inline constexpr char kAmountOverflow[] = "AMOUNT_OVERFLOW";  // as common/money; here above kAmountMinorMax
inline constexpr char kAmountNegative[] = "AMOUNT_NEGATIVE";
inline constexpr char kDebitAndCredit[] = "DEBIT_AND_CREDIT";
inline constexpr char kEntryUnbalanced[] = "ENTRY_UNBALANCED";
inline constexpr char kEntryTooLarge[] = "ENTRY_TOO_LARGE";
inline constexpr char kQuoteUnclosed[] = "QUOTE_UNCLOSED";
inline constexpr char kQuoteMisplaced[] = "QUOTE_MISPLACED";

// Notices.
inline constexpr char kHeaderRepeated[] = "HEADER_REPEATED";
inline constexpr char kCurrencyAmountIgnored[] = "CURRENCY_AMOUNT_IGNORED";
inline constexpr char kEntryGroupingCoarse[] =
    "ENTRY_GROUPING_COARSE";  // unnumbered; only the total balances
inline constexpr char kEntryGroupingUnknown[] =
    "ENTRY_GROUPING_UNKNOWN";  // unnumbered; not even the total does
inline constexpr char kEntryNotBooked[] = "ENTRY_NOT_BOOKED";
inline constexpr char kBookingDayDerived[] = "BOOKING_DAY_DERIVED";
inline constexpr char kBatchNotSplit[] = "BATCH_NOT_SPLIT";
inline constexpr char kServicerRefRepeated[] = "SERVICER_REF_REPEATED";
inline constexpr char kBalanceMismatch[] = "BALANCE_MISMATCH";
inline constexpr char kVersionUntested[] = "VERSION_UNTESTED";

}  // namespace relance::ledger
