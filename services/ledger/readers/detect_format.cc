#include "services/ledger/readers/detect_format.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "services/ledger/readers/item_reader.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

constexpr size_t kPdfMarkBytes = 1024;  // PDF readers look for the mark within so many
constexpr size_t kHeaderLinesMax = 20;  // remarks and titles in front of a header

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool AllDigits(absl::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

// Text of two bytes a character as one of one byte: what is looked for is ASCII.
std::string Narrow(absl::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    if (c != '\0' && c != '\xFE' && c != '\xFF') text.push_back(c);
  }
  return text;
}

struct Mark {
  absl::string_view text;
  SourceFormat format;
};

// ---- XML ----

std::string WithoutComments(absl::string_view text) {
  std::string plain;
  while (true) {
    const size_t open = text.find("<!--");
    plain.append(text.data(), std::min(open, text.size()));
    if (open == absl::string_view::npos) return plain;
    const size_t close = text.find("-->", open);
    if (close == absl::string_view::npos) return plain;
    text.remove_prefix(close + 3);
  }
}

SourceFormat DetectXml(absl::string_view document) {
  const std::string plain = WithoutComments(document);
  const absl::string_view text = plain;
  // Namespaces and names of roots; of several, the one that stands first.
  static constexpr Mark kMarks[] = {
      {"iso:20022:tech:xsd:camt.053.", SourceFormat::kCamt053},
      {"BkToCstmrStmt", SourceFormat::kCamt053},
      {"iso:20022:tech:xsd:camt.054.", SourceFormat::kCamt054},
      {"BkToCstmrDbtCdtNtfctn", SourceFormat::kCamt054},
      {"ubl:schema:xsd:Invoice-2", SourceFormat::kUbl},
      {"ubl:schema:xsd:CreditNote-2", SourceFormat::kUbl},
      {"CrossIndustryInvoice", SourceFormat::kCii},
      {"CrossIndustryDocument", SourceFormat::kCii},
      {"<comptabilite", SourceFormat::kFec},
  };
  SourceFormat format = SourceFormat::kUnknown;
  size_t first = absl::string_view::npos;
  for (const Mark& mark : kMarks) {
    const size_t at = text.find(mark.text);
    if (at < first) {
      first = at;
      format = mark.format;
    }
  }
  return format;
}

// ---- national formats of banks ----

bool IsCoda(absl::string_view line) {
  return line.size() >= 30 && absl::StartsWith(line, "00000") && line.substr(14, 2) == "05" &&
         AllDigits(line.substr(5, 6));
}

bool IsCfonb120(absl::string_view line) {
  if (line.size() < 40 || (!absl::StartsWith(line, "01") && !absl::StartsWith(line, "04"))) return false;
  const absl::string_view currency = line.substr(16, 3);
  const bool has_currency = currency == "   " || std::all_of(currency.begin(), currency.end(), [](char c) {
                              return absl::ascii_isupper(static_cast<unsigned char>(c));
                            });
  return AllDigits(line.substr(2, 5)) && AllDigits(line.substr(11, 5)) && has_currency &&
         (IsDigit(line[19]) || line[19] == ' ') && absl::ascii_isalnum(static_cast<unsigned char>(line[21]));
}

bool IsMt940(const std::vector<absl::string_view>& lines) {
  const auto has = [&](absl::string_view tag) {
    return std::any_of(lines.begin(), lines.end(), [&](absl::string_view line) {
      const size_t block = line.find("{4:");
      return absl::StartsWith(block == absl::string_view::npos ? line : line.substr(block + 3), tag);
    });
  };
  return has(":25:") && (has(":60F:") || has(":60M:") || has(":61:"));
}

// ---- tables ----

char SeparatorOf(absl::string_view line) {
  char best = 0;
  std::ptrdiff_t most = 0;
  for (const char separator : {'\t', '|', ';', ','}) {
    const std::ptrdiff_t count = std::count(line.begin(), line.end(), separator);
    if (count > most) {
      most = count;
      best = separator;
    }
  }
  return best;
}

// Names of a header without quotes and blanks, ASCII letters in lower case.
std::vector<std::string> NamesIn(absl::string_view line, char separator) {
  std::vector<std::string> names;
  for (absl::string_view cell : absl::StrSplit(line, separator)) {
    cell = TrimBlank(cell);
    if (cell.size() > 1 && cell.front() == '"' && cell.back() == '"') cell = cell.substr(1, cell.size() - 2);
    names.push_back(absl::AsciiStrToLower(TrimBlank(cell)));
  }
  return names;
}

bool Has(const std::vector<std::string>& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsItemHeader(const std::vector<std::string>& names) {
  for (const char* needed : {"kind", "account", "amount", "currency"}) {
    if (!Has(names, needed)) return false;
  }
  return std::all_of(names.begin(), names.end(), [](const std::string& name) {
    for (size_t i = 0; i < kItemColumnCount; ++i) {
      if (ItemColumnName(static_cast<ItemColumn>(i)) == name) return true;
    }
    return false;
  });
}

bool IsFecHeader(const std::vector<std::string>& names) {
  return Has(names, "journalcode") && Has(names, "ecriturenum") &&
         (Has(names, "comptenum") || Has(names, "debit"));
}

// "123456789FEC20241231.txt", as the law names the file.
bool IsFecName(absl::string_view name) {
  const std::string upper = absl::AsciiStrToUpper(name);
  const size_t at = upper.find("FEC");
  return at != std::string::npos && at >= 9 && AllDigits(absl::string_view(upper).substr(at - 9, 9)) &&
         upper.size() >= at + 11 && AllDigits(absl::string_view(upper).substr(at + 3, 8));
}

SourceFormat DetectTable(const std::vector<absl::string_view>& lines, absl::string_view file_name) {
  std::vector<absl::string_view> rows;
  for (const absl::string_view line : lines) {
    if (!TrimBlank(line).empty() && line[0] != '#') rows.push_back(line);
    if (rows.size() == kHeaderLinesMax) break;
  }
  if (rows.empty()) return SourceFormat::kUnknown;
  const char separator = SeparatorOf(rows[0]);
  if (separator != 0) {
    const std::vector<std::string> names = NamesIn(rows[0], separator);
    if (IsFecHeader(names)) return SourceFormat::kFec;
    if (IsItemHeader(names)) return SourceFormat::kItems;
    if (Has(names, "account") && !Has(names, "amount")) return SourceFormat::kAccounts;
    if (IsFecName(file_name) && names.size() >= 18 && (separator == '\t' || separator == '|'))
      return SourceFormat::kFec;
  }
  // A title may stand in front: two lines that follow each other must have equally many columns.
  for (size_t i = 0; i + 1 < rows.size(); ++i) {
    const char mark = SeparatorOf(rows[i]);
    if (mark == 0) continue;
    const auto columns = std::count(rows[i].begin(), rows[i].end(), mark);
    if (columns == std::count(rows[i + 1].begin(), rows[i + 1].end(), mark)) return SourceFormat::kTable;
  }
  return SourceFormat::kUnknown;
}

bool IsBinary(absl::string_view text) {
  // Texts have no NUL; archives, images and office documents do.
  return text.find('\0') != absl::string_view::npos;
}

}  // namespace

absl::string_view FormatName(SourceFormat format) {
  switch (format) {
    case SourceFormat::kFec:
      return "fec";
    case SourceFormat::kCamt053:
      return "camt053";
    case SourceFormat::kCamt054:
      return "camt054";
    case SourceFormat::kCoda:
      return "coda";
    case SourceFormat::kCfonb120:
      return "cfonb120";
    case SourceFormat::kMt940:
      return "mt940";
    case SourceFormat::kUbl:
      return "ubl";
    case SourceFormat::kCii:
      return "cii";
    case SourceFormat::kFacturX:
      return "facturx";
    case SourceFormat::kItems:
      return "csv";
    case SourceFormat::kAccounts:
      return "accounts";
    case SourceFormat::kTable:
      return "table";
    case SourceFormat::kUnknown:
      break;
  }
  return "";
}

SourceFormat DetectFormat(absl::string_view head, absl::string_view file_name) {
  const bool is_whole = head.size() < kDetectBytes;
  head = head.substr(0, kDetectBytes);
  if (absl::StrContains(head.substr(0, kPdfMarkBytes), "%PDF-")) return SourceFormat::kFacturX;
  std::string narrow;
  if (LooksLikeWideEncoding(head)) {
    narrow = Narrow(head);
    head = narrow;
  }
  if (IsBinary(head)) return SourceFormat::kUnknown;
  head = StripBom(head);
  while (!head.empty() && absl::ascii_isspace(static_cast<unsigned char>(head[0]))) head.remove_prefix(1);
  if (head.empty()) return SourceFormat::kUnknown;
  if (head[0] == '<') return DetectXml(head);

  std::vector<absl::string_view> lines = absl::StrSplit(head, absl::ByAnyChar("\r\n"), absl::SkipEmpty());
  if (IsCoda(lines[0])) return SourceFormat::kCoda;
  if (IsCfonb120(lines[0])) return SourceFormat::kCfonb120;
  if (IsMt940(lines)) return SourceFormat::kMt940;
  // A last line that is cut has fewer columns than it should.
  if (!is_whole && lines.size() > 1) lines.pop_back();
  return DetectTable(lines, file_name);
}

}  // namespace relance::ledger
