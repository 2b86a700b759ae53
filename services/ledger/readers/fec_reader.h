#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/ledger/readers/fec_balance.h"
#include "services/ledger/readers/fec_columns.h"
#include "services/ledger/readers/fec_line_parser.h"
#include "services/ledger/readers/line_splitter.h"
#include "services/ledger/readers/reject_log.h"
#include "services/ledger/readers/source_hash.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

inline constexpr int64_t kFecRecordsMax = 20'000'000;

struct FecOptions {
  // Name of the file for error texts and metadata; nothing is opened.
  std::string file;
  // Only lines whose account begins with one of these are handed over, the others are checked and counted as
  // skipped. Empty means all lines. Receivables: {"411", "413", "416", "419"}.
  std::vector<std::string> account_prefixes;
  // Pass 1, closed. Null: entries are not checked, as for a file that holds customer accounts only.
  const FecBalance* balance = nullptr;
  // Whether source_hash is worked out.
  bool identify = true;
  // Whether ordinal is worked out too; 20 to 40 bytes are held for each line then. Else it is 0.
  bool count_equal_lines = false;
  // Records that may be handed over. More: RESOURCE_EXHAUSTED / TOO_MANY_RECORDS.
  int64_t records_max = kFecRecordsMax;
};

// Reads a French FEC (LPF art. A47 A-1) in its flat form, pushed in chunks of any size. Pure: no I/O, no
// clock.
//
// Reads:    TAB or '|'; CR, LF or CRLF; UTF-8 with or without byte order mark, ISO 8859-15, Windows-1252,
// decided line
//           by line (DecodeLine); Debit/Credit or Montant/Sens; further columns anywhere; see ParseFecHeader
//           and ParseFecLine for what is tolerated. The XML form is refused with FEC_XML_UNSUPPORTED: see
//           FecXmlReader.
// Identity: source_hash = FecLineHash: of JournalCode, EcritureNum, EcritureDate, CompteNum, CompAuxNum,
//           PieceRef, PieceDate, EcritureLib, debit, credit, amount in currency, its code: each trimmed,
//           UTF-8, dates as days, amounts in minor units. Not in it: lettering,
//           validation and due date, which come later in the year, and the labels of journal, account and
//           customer, which are renamed. So the line keeps its identity in every later export of the same
//           books, whatever its encoding or padding. ordinal = number of handed-over lines with the same hash
//           before it in this file: two equal lines of one entry are both kept, and a file cut between
//           entries gives the same identities as the whole.
// Rejects:  LINE_TOO_LONG, those of ParseFecLine, ENTRY_UNBALANCED (all lines of the entry). Other lines go
// on. Errors:   Feed and Finish return INVALID_ARGUMENT for a file that is refused (reasons.h), from then on
// always the
//           same; what was handed over before stays.
// Bounds:   one line (64 KiB) and the ordinals; see FecOptions. A sink need not take what it is handed.
class FecReader {
 public:
  FecReader(FecOptions options, FecSink* sink);
  FecReader(const FecReader&) = delete;
  FecReader& operator=(const FecReader&) = delete;

  absl::Status Feed(absl::string_view bytes);
  absl::Status Finish();

  const ReadSummary& summary() const { return summary_; }
  // Bytes of input that are held between calls.
  size_t held_bytes() const { return splitter_.held_bytes() + decoded_.capacity(); }

 private:
  void OnLine(const LineSplitter::Line& line);
  void OnHeader(const LineSplitter::Line& line);
  void OnData(const LineSplitter::Line& line);
  bool IsWanted(absl::string_view account) const;
  bool IsBalanced(const FecLine& record, absl::string_view raw);

  const FecOptions options_;
  ReadSummary summary_;
  RejectLog<FecLine> log_;
  LineSplitter splitter_;
  absl::Status status_;
  bool has_header_ = false;
  bool has_data_ = false;
  FecHeader header_;
  std::string header_text_;
  std::string decoded_;
  absl::string_view text_;  // the decoded line
  FecLine record_;
  LineProblem problem_;
  LineProblem notice_;
  OrdinalCounter ordinals_;
};

}  // namespace relance::ledger
