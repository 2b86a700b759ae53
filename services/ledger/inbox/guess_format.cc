#include "services/ledger/inbox/guess_format.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "services/ledger/readers/table/shipped_mappings.h"
#include "services/ledger/readers/table/table_reader.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

std::string FormatOfXml(absl::string_view head) {
  const auto has = [&](absl::string_view text) { return absl::StrContains(head, text); };
  if (has("camt.053") || has("camt.054") || has("camt.052") || has("BkToCstmr")) return "camt053";
  if (has("CrossIndustryInvoice")) return "cii";
  if (has("oasis:names:specification:ubl")) return "ubl";
  if (has("<comptabilite") || has("<exercice")) return "fec";
  return "";
}

bool IsDigits(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

// The columns of our own layouts.
std::string FormatOfHeader(absl::string_view line) {
  std::string lower = absl::AsciiStrToLower(line);
  const char separator = SeparatorOfLine(lower);
  const std::vector<std::string> columns = absl::StrSplit(lower, separator);
  const auto has = [&](absl::string_view name) {
    return std::any_of(columns.begin(), columns.end(),
                       [&](const std::string& column) { return TrimBlank(column) == name; });
  };
  if (has("journalcode") && has("comptenum")) return "fec";
  if (has("kind") && has("account") && has("amount") && has("currency")) return "csv";
  if (has("account") && !has("amount") && !has("number")) {
    const bool known = std::all_of(columns.begin(), columns.end(), [](const std::string& column) {
      const std::string name(TrimBlank(column));
      return name == "siren" || name == "vat" || TableFieldOf(name).has_value();
    });
    if (known) return "accounts";
  }
  return "";
}

}  // namespace

std::string GuessFormat(absl::string_view head, absl::string_view file_name,
                        const std::vector<Mapping>& own) {
  if (absl::StartsWith(head, "%PDF-")) return "facturx";
  const absl::string_view text = StripBom(head);
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == absl::string_view::npos) return "";
  if (text[first] == '<') return FormatOfXml(text);
  if (FindMappingOf(own, file_name, head) != nullptr) return "table";
  const absl::string_view line = text.substr(first, text.substr(first).find_first_of("\r\n"));
  if (std::string format = FormatOfHeader(line); !format.empty()) return format;
  // CODA: records of 128 characters, the header is 0 and five zeros. CFONB: 120, the old balance is 01.
  if (line.size() == 128 && absl::StartsWith(line, "00000")) return "coda";
  if (line.size() >= 120 && line.size() < 128 && absl::StartsWith(line, "01") &&
      IsDigits(line.substr(2, 5))) {
    return "cfonb120";
  }
  if (absl::StrContains(text, ":20:") && absl::StrContains(text, ":60")) return "mt940";
  // A remark may stand above our layout of items.
  for (const absl::string_view other : absl::StrSplit(text.substr(0, 4096), '\n')) {
    if (absl::StartsWith(other, "#")) continue;
    if (std::string format = FormatOfHeader(absl::StripSuffix(other, "\r")); !format.empty()) return format;
    break;
  }
  return FindMappingOf(ShippedMappings(), file_name, head) != nullptr ? "table" : "";
}

}  // namespace relance::ledger
