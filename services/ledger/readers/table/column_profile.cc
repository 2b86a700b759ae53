#include "services/ledger/readers/table/column_profile.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "common/identifiers/bank.h"
#include "common/identifiers/company.h"
#include "common/identifiers/country.h"
#include "common/identifiers/text.h"
#include "common/money/currency.h"
#include "services/ledger/readers/table/date_form.h"
#include "services/ledger/readers/table/text_fold.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

constexpr size_t kCellBytesMax = 128;

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

const std::vector<DateForm>& Forms() {
  static const auto& forms = *[] {
    auto* all = new std::vector<DateForm>;
    for (const std::string& text : DateFormsTried()) all->push_back(*DateForm::Parse(text));
    return all;
  }();
  return forms;
}

// Cuts blanks, thin ones too, out of a number; counts them when they stand between digits.
std::string WithoutBlanks(absl::string_view text, bool* had_blank) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t blank = 0;
    if (text[i] == ' ') blank = 1;
    if (text.substr(i, 2) == "\xC2\xA0") blank = 2;
    if (text.substr(i, 3) == "\xE2\x80\xAF" || text.substr(i, 3) == "\xE2\x80\x89") blank = 3;
    if (blank > 0) {
      *had_blank |= !out.empty() && IsDigit(out.back());
      i += blank;
    } else {
      out.push_back(text[i++]);
    }
  }
  return out;
}

}  // namespace

const std::vector<std::string>& DateFormsTried() {
  static const auto& forms = *new std::vector<std::string>{
      "yyyy-mm-dd", "dd/mm/yyyy", "dd.mm.yyyy", "dd-mm-yyyy", "yyyymmdd",   "yyyy/mm/dd", "d/m/yyyy",
      "d.m.yyyy",   "d-m-yyyy",   "mm/dd/yyyy", "m/d/yyyy",   "dd/mm/yy",   "dd.mm.yy",   "dd-mm-yy",
      "d/m/yy",     "d.m.yy",     "mm/dd/yy",   "m/d/yy",     "ddmmyyyy",   "d-mmm-yy",   "d-mmm-yyyy",
      "d mmm yyyy", "d mmm yy",   "d.mmm.yyyy", "d/mmm/yyyy", "mm-dd-yyyy", "mmm d, yyyy"};
  return forms;
}

void ColumnProfile::See(absl::string_view cell) {
  cell = TrimBlank(cell);
  if (cell.empty()) return;
  ++filled;
  if (distinct.size() < kDistinctMax) distinct.insert(std::string(cell.substr(0, kCellBytesMax)));
  if (words.size() < kWordsMax) ++words[FoldText(cell.substr(0, kCellBytesMax))];
  if (cell.size() > kCellBytesMax) return;
  for (const DateForm& form : Forms()) {
    if (form.Read(cell).ok()) ++dates[form.text()];
  }
  const std::string normal = identifiers::Normalise(cell);
  if (cell.size() == 3 && IsKnownCurrency(absl::AsciiStrToUpper(cell))) ++currencies;
  if (cell == "€") ++currencies;
  if (cell.size() == 2 && identifiers::IsCountryCode(absl::AsciiStrToUpper(cell))) ++countries;
  if (identifiers::ParseIban(cell).ok()) ++ibans;
  if (identifiers::ParseVat(cell).ok() && !identifiers::IsDigits(normal)) ++vats;
  if (identifiers::ParseSiren(cell).ok() || identifiers::ParseSiret(cell).ok() ||
      (normal.size() == 10 && identifiers::ParseEnterpriseNumberBelgium(cell).ok())) {
    ++company_numbers;
  }
  const size_t at = cell.find('@');
  if (at != absl::string_view::npos && at > 0 && absl::StrContains(cell.substr(at), '.')) ++mails;
  const std::string folded = FoldText(cell);
  for (const char* side : {"d", "c", "s", "h", "debit", "credit", "soll", "haben", "af", "bij", "dr", "cr"}) {
    if (folded == side) ++sides;
  }

  bool had_blank = false;
  std::string number = WithoutBlanks(cell, &had_blank);
  absl::string_view rest = number;
  for (const char* mark : {"€", "EUR", "$", "£"}) {
    if (absl::ConsumePrefix(&rest, mark) || absl::ConsumeSuffix(&rest, mark)) break;
  }
  const bool in_parentheses = absl::ConsumePrefix(&rest, "(") && absl::ConsumeSuffix(&rest, ")");
  const bool is_negative = absl::ConsumePrefix(&rest, "-") || absl::ConsumeSuffix(&rest, "-");
  if (!is_negative && !absl::ConsumePrefix(&rest, "+")) absl::ConsumeSuffix(&rest, "+");
  const bool is_number = !rest.empty() && IsDigit(rest.back()) &&
                         std::all_of(rest.begin(), rest.end(),
                                     [](char c) { return IsDigit(c) || c == '.' || c == ',' || c == '\''; });
  if (!is_number) return;
  ++amounts;
  negatives += is_negative ? 1 : 0;
  parentheses += in_parentheses ? 1 : 0;
  space_thousands += had_blank ? 1 : 0;
  const auto commas = std::count(rest.begin(), rest.end(), ',');
  const auto points = std::count(rest.begin(), rest.end(), '.');
  if (std::count(rest.begin(), rest.end(), '\'') > 0) ++apostrophe_thousands;
  if (commas + points == 0) {
    ++whole;
  } else if (commas > 0 && points > 0) {
    const bool comma_last = rest.rfind(',') > rest.rfind('.');
    ++(comma_last ? comma_decimals : point_decimals);
    ++(comma_last ? point_thousands : comma_thousands);
  } else if (commas + points > 1) {
    ++(commas > 0 ? comma_thousands : point_thousands);
  } else if (rest.size() - rest.find_first_of(",.") - 1 == 3 && rest.find_first_of(",.") <= 3) {
    ++three_digits;
  } else {
    ++(commas > 0 ? comma_decimals : point_decimals);
  }
}

int64_t ColumnProfile::BestDateCount() const {
  int64_t most = 0;
  for (const auto& [form, count] : dates) most = std::max(most, count);
  return most;
}

std::string ColumnProfile::BestDate() const {
  const int64_t most = BestDateCount();
  if (most == 0) return "";
  for (const std::string& form : DateFormsTried()) {
    const auto it = dates.find(form);
    if (it != dates.end() && it->second == most) return form;
  }
  return "";
}

}  // namespace relance::ledger
