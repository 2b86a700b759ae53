#include "samples/make_statements/fec_file.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"

namespace relance::samples {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

enum Column {
  kJournal,
  kEntry,
  kEntryDay,
  kAccount,
  kCustomer,
  kCustomerName,
  kPiece,
  kPieceDay,
  kLabel,
  kDebit,
  kCredit,
  kLetter,
  kColumns
};
constexpr std::array<absl::string_view, kColumns> kNames = {
    "JournalCode", "EcritureNum", "EcritureDate", "CompteNum", "CompAuxNum", "CompAuxLib",
    "PieceRef",    "PieceDate",   "EcritureLib",  "Debit",     "Credit",     "EcritureLet"};

struct Layout {
  char separator = '\t';
  std::array<size_t, kColumns> at = {};
};

absl::StatusOr<Layout> ReadLayout(absl::string_view header, absl::string_view file) {
  Layout layout;
  layout.separator = absl::StrContains(header, '\t') ? '\t' : '|';
  const std::vector<absl::string_view> names = absl::StrSplit(header, layout.separator);
  for (size_t column = 0; column < kColumns; ++column) {
    size_t at = 0;
    while (at < names.size() && absl::StripAsciiWhitespace(names[at]) != kNames[column]) ++at;
    if (at == names.size()) {
      return DomainError(absl::StatusCode::kInvalidArgument, "FEC_HEADER_INCOMPLETE",
                         absl::StrCat(file, ": no column ", kNames[column]),
                         {{"file", std::string(file)}, {"column", std::string(kNames[column])}});
    }
    layout.at[column] = at;
  }
  return layout;
}

absl::Status Malformed(absl::string_view file, int line, absl::string_view column, absl::string_view reason) {
  return DomainError(absl::StatusCode::kInvalidArgument, "FEC_LINE_MALFORMED",
                     absl::StrCat(file, ":", line, ": ", column, ": ", reason),
                     {{"file", std::string(file)},
                      {"line", absl::StrCat(line)},
                      {"column", std::string(column)},
                      {"reason", std::string(reason)}});
}

absl::StatusOr<FecLine> ReadLine(absl::string_view raw, int number, const Layout& layout,
                                 absl::string_view file) {
  const std::vector<absl::string_view> cells = absl::StrSplit(raw, layout.separator);
  std::array<absl::string_view, kColumns> values;
  for (size_t column = 0; column < kColumns; ++column) {
    if (layout.at[column] >= cells.size()) return Malformed(file, number, kNames[column], "COLUMN_MISSING");
    values[column] = absl::StripAsciiWhitespace(cells[layout.at[column]]);
  }
  FecLine line;
  line.number = number;
  line.raw = std::string(raw);
  line.journal = std::string(values[kJournal]);
  line.entry = std::string(values[kEntry]);
  line.account = std::string(values[kAccount]);
  line.customer = std::string(values[kCustomer]);
  line.customer_name = std::string(values[kCustomerName]);
  line.piece = std::string(values[kPiece]);
  line.label = std::string(values[kLabel]);
  line.letter = std::string(values[kLetter]);
  const auto entry_day = ParseCompactDay(values[kEntryDay]);
  if (!entry_day.ok()) return Malformed(file, number, kNames[kEntryDay], ReasonOf(entry_day.status()));
  line.entry_day = *entry_day;
  const auto piece_day = ParseCompactDay(values[kPieceDay]);
  if (!piece_day.ok()) return Malformed(file, number, kNames[kPieceDay], ReasonOf(piece_day.status()));
  line.piece_day = *piece_day;
  const auto debit = ParseDecimalMinor(values[kDebit].empty() ? "0" : values[kDebit], 2);
  if (!debit.ok()) return Malformed(file, number, kNames[kDebit], ReasonOf(debit.status()));
  line.debit_minor = *debit;
  const auto credit = ParseDecimalMinor(values[kCredit].empty() ? "0" : values[kCredit], 2);
  if (!credit.ok()) return Malformed(file, number, kNames[kCredit], ReasonOf(credit.status()));
  line.credit_minor = *credit;
  return line;
}

}  // namespace

absl::StatusOr<FecFile> ParseFec(absl::string_view bytes, absl::string_view file) {
  FecFile fec;
  Layout layout;
  int number = 0;
  while (!bytes.empty()) {
    const size_t end = bytes.find('\n');
    absl::string_view raw = bytes.substr(0, end);
    bytes.remove_prefix(end == absl::string_view::npos ? bytes.size() : end + 1);
    const bool carriage_return = absl::ConsumeSuffix(&raw, "\r");
    if (++number == 1) {
      fec.header = std::string(raw);
      fec.line_end = carriage_return ? "\r\n" : "\n";
      absl::ConsumePrefix(&raw, kByteOrderMark);
      RELANCE_ASSIGN_OR_RETURN(layout, ReadLayout(raw, file));
    } else if (!raw.empty()) {
      RELANCE_ASSIGN_OR_RETURN(FecLine line, ReadLine(raw, number, layout, file));
      fec.lines.push_back(std::move(line));
    }
  }
  if (number == 0) RELANCE_RETURN_IF_ERROR(ReadLayout("", file).status());
  return fec;
}

std::string RenderFec(const FecFile& fec, const std::vector<const FecLine*>& lines) {
  std::string out = absl::StrCat(fec.header, fec.line_end);
  for (const FecLine* line : lines) absl::StrAppend(&out, line->raw, fec.line_end);
  return out;
}

std::string EntryKey(const FecLine& line) { return absl::StrCat(line.journal, "\t", line.entry); }

bool IsCustomerLine(const FecLine& line) { return absl::StartsWith(line.account, "411"); }

}  // namespace relance::samples
