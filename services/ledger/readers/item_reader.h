#pragma once

#include <array>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/ledger/readers/csv_splitter.h"
#include "services/ledger/readers/reject_log.h"
#include "services/ledger/readers/source_hash.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

inline constexpr int64_t kItemRecordsMax = 5'000'000;

enum class ItemColumn {
  kKind,
  kAccount,
  kName,
  kNumber,
  kIssueDate,
  kDueDate,
  kAmount,
  kCurrency,
  kReference,
  kEndToEndId,
  kPayerIban,
  kBookingDate,
  kDescription,
  kSiren,
  kVat,
  kCountry,
  kRegion,
  kSector,
  kSegment,
  kEmail,
  kLanguage,
  kCollector,
  kCustomerType,
};
inline constexpr size_t kItemColumnCount = 23;

// The name in the header: "kind", "issue_date", ...
absl::string_view ItemColumnName(ItemColumn column);

struct ItemOptions {
  std::string file;  // for error texts; nothing is opened
  int64_t records_max = kItemRecordsMax;
};

// Reads our own layout of items, for ERPs without a FEC and for programs. Pushed in chunks of any size; pure.
//
// Format:  RFC 4180, UTF-8 (what is not, is recoded as DecodeLine does), separated by comma, semicolon or
// TAB, as the
//          header shows; LF, CR or CRLF. The first line names the columns, in any order; kind, account,
//          amount and currency must be there; an unknown name is refused, because a misspelt optional column
//          would vanish silently. Lines before it that begin with '#' are remarks.
//   kind          invoice | credit_note | payment | opening
//   account       code of the debtor's account; may be empty for a payment that is still to be identified
//   number        of the invoice or credit note, required there
//   issue_date    required for invoice, credit_note and opening
//   due_date      empty: the account's terms decide
//   booking_date  required for a payment
//   amount        decimal point, no separator of thousands, at most the currency's decimals. Never negative
//   but for an
//                 opening in the debtor's favour: the kind says the side
//   currency      ISO 4217
//   reference     structured reference (RF, OGM-VCS) or the payer's text
//   end_to_end_id, payer_iban, description   free
//   name, siren, vat, country, region, sector, segment, email, language, collector, customer_type
//                 attributes of the account; empty means not said
//          Dates are 2025-03-31. A row has as many fields as the header.
// Identity: source_hash over "item1" and kind, account, number, the three dates, amount, currency, reference,
//          end_to_end_id, payer_iban, description; not the attributes of the account. ordinal as in
//          FecReader.
// Rejects: LINE_TOO_LONG, QUOTE_UNCLOSED, QUOTE_MISPLACED, COLUMN_COUNT, then by column in the order above:
//          FIELD_TOO_LONG, FIELD_INVALID, FIELD_MISSING, DATE_*, CURRENCY_UNKNOWN, AMOUNT_*.
// Errors:  INVALID_ARGUMENT / FILE_EMPTY, ENCODING_UNSUPPORTED, HEADER_MISSING, HEADER_TOO_LONG,
// COLUMN_UNKNOWN,
//          COLUMN_DUPLICATE, COLUMN_MISSING; RESOURCE_EXHAUSTED / TOO_MANY_RECORDS.
class ItemReader {
 public:
  ItemReader(ItemOptions options, ItemSink* sink);
  ItemReader(const ItemReader&) = delete;
  ItemReader& operator=(const ItemReader&) = delete;

  absl::Status Feed(absl::string_view bytes);
  absl::Status Finish();

  const ReadSummary& summary() const { return summary_; }
  size_t held_bytes() const { return splitter_.held_bytes() + text_.capacity(); }

 private:
  void OnRecord(const CsvSplitter::Record& record);
  void OnHeader(const CsvSplitter::Record& record);
  void OnRow(const CsvSplitter::Record& record);

  const ItemOptions options_;
  ReadSummary summary_;
  RejectLog<ItemRow> log_;
  CsvSplitter splitter_;
  absl::Status status_;
  bool has_header_ = false;
  char separator_ = ',';
  size_t columns_ = 0;
  std::array<int, kItemColumnCount> position_;
  std::string text_;
  std::vector<std::string> fields_;
  OrdinalCounter ordinals_;
};

}  // namespace relance::ledger
