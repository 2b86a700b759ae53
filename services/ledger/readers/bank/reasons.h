#pragma once

// Reasons of the readers of this folder, beside those of readers/reasons.h.
namespace relance::ledger {

// The file ends in the middle: what came whole is handed over, the entry at the cut is not. Finish returns
// it.
inline constexpr char kFileCutOff[] = "FILE_CUT_OFF";

// The line is rejected: a record that is not expected here (details without their entry, an entry outside a
// statement), or of no known kind.
inline constexpr char kRecordOutOfPlace[] = "RECORD_OUT_OF_PLACE";

// Notices.
inline constexpr char kTotalsMismatch[] = "TOTALS_MISMATCH";           // CODA: the counts of record 9
inline constexpr char kDayReadAsMonthEnd[] = "DAY_READ_AS_MONTH_END";  // 30 February of a 30-day month
inline constexpr char kStatementUnopened[] = "STATEMENT_UNOPENED";  // no opening balance before its entries
inline constexpr char kCurrencyAssumed[] = "CURRENCY_ASSUMED";      // none is written; EUR was taken

}  // namespace relance::ledger
