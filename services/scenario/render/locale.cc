#include "services/scenario/render/locale.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "common/money/currency.h"
#include "common/status/check.h"

namespace relance::scenario::render {
namespace {

constexpr char kNoBreakSpace[] = "\u00a0";
constexpr char kNarrowNoBreakSpace[] = "\u202f";

struct Conventions {
  absl::string_view code;
  absl::string_view thousands;
  absl::string_view decimal;
  bool currency_first;
  absl::string_view rate_suffix;
  absl::string_view conjunction;
  std::array<absl::string_view, 12> months;
};

const Conventions& ConventionsOf(absl::string_view language) {
  static const Conventions kAll[] = {
      {"en",
       ",",
       ".",
       true,
       "%",
       " and ",
       {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December"}},
      {"fr",
       kNarrowNoBreakSpace,
       ",",
       false,
       "\u00a0%",
       " et ",
       {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
        "novembre", "décembre"}},
      {"nl",
       ".",
       ",",
       true,
       "%",
       " en ",
       {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
        "november", "december"}},
      {"de",
       ".",
       ",",
       false,
       "\u00a0%",
       " und ",
       {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
        "November", "Dezember"}},
  };
  for (const Conventions& conventions : kAll) {
    if (conventions.code == language) return conventions;
  }
  return kAll[0];
}

std::string Digits(const Conventions& conventions, int64_t minor, int exponent) {
  // Unsigned: the opposite of INT64_MIN is not an int64.
  uint64_t rest = minor < 0 ? 0 - static_cast<uint64_t>(minor) : static_cast<uint64_t>(minor);
  uint64_t scale = 1;
  for (int i = 0; i < exponent; ++i) scale *= 10;
  const std::string whole = absl::StrCat(rest / scale);
  std::string text = minor < 0 ? "-" : "";
  for (size_t i = 0; i < whole.size(); ++i) {
    if (i > 0 && (whole.size() - i) % 3 == 0) absl::StrAppend(&text, conventions.thousands);
    text += whole[i];
  }
  if (exponent > 0) {
    const std::string fraction = absl::StrCat(rest % scale);
    absl::StrAppend(&text, conventions.decimal, std::string(exponent - fraction.size(), '0'), fraction);
  }
  return text;
}

}  // namespace

std::string FormatAmount(absl::string_view language, const Money& amount) {
  const absl::StatusOr<int> exponent = CurrencyExponent(amount.currency);
  RELANCE_CHECK(exponent.ok());
  const Conventions& conventions = ConventionsOf(language);
  const std::string digits = Digits(conventions, amount.minor, *exponent);
  const absl::string_view symbol = CurrencySymbol(amount.currency);
  if (!conventions.currency_first) return absl::StrCat(digits, kNoBreakSpace, symbol);
  // A code stands apart from the digits, and Dutch sets the sign apart too.
  const bool apart = symbol == amount.currency || conventions.code == "nl";
  return absl::StrCat(symbol, apart ? kNoBreakSpace : "", digits);
}

std::string FormatLongDay(absl::string_view language, absl::CivilDay day) {
  const Conventions& conventions = ConventionsOf(language);
  const absl::string_view month = conventions.months[day.month() - 1];
  absl::string_view suffix;
  if (conventions.code == "fr" && day.day() == 1) suffix = "er";
  if (conventions.code == "de") suffix = ".";
  return absl::StrCat(day.day(), suffix, kNoBreakSpace, month, kNoBreakSpace, day.year());
}

std::string FormatShortDay(absl::string_view language, absl::CivilDay day) {
  const Conventions& conventions = ConventionsOf(language);
  if (conventions.code == "en") {
    return absl::StrFormat("%02d%s%s%s%04d", day.day(), kNoBreakSpace,
                           conventions.months[day.month() - 1].substr(0, 3), kNoBreakSpace, day.year());
  }
  const char separator = conventions.code == "fr" ? '/' : conventions.code == "nl" ? '-' : '.';
  return absl::StrFormat("%02d%c%02d%c%04d", day.day(), separator, day.month(), separator, day.year());
}

std::string FormatRate(absl::string_view language, int32_t rate_bps) {
  const Conventions& conventions = ConventionsOf(language);
  return absl::StrCat(Digits(conventions, rate_bps, 2), conventions.rate_suffix);
}

std::string FormatPlaceAndDay(absl::string_view language, absl::string_view city, absl::CivilDay day) {
  const std::string date = FormatLongDay(language, day);
  const absl::string_view code = ConventionsOf(language).code;
  const absl::string_view article = code == "fr" ? "le " : code == "de" ? "den " : "";
  if (city.empty()) return code == "fr" ? absl::StrCat("Le ", date) : date;
  return absl::StrCat(city, ", ", article, date);
}

std::string JoinWithAnd(absl::string_view language, const std::vector<std::string>& parts) {
  std::string joined;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) absl::StrAppend(&joined, i + 1 == parts.size() ? ConventionsOf(language).conjunction : ", ");
    joined += parts[i];
  }
  return joined;
}

std::string Typography(absl::string_view language, absl::string_view text) {
  if (language != "fr") return std::string(text);
  return absl::StrReplaceAll(text, {{" :", "\u00a0:"},
                                    {" ;", "\u00a0;"},
                                    {" !", "\u00a0!"},
                                    {" ?", "\u00a0?"},
                                    {" %", "\u00a0%"},
                                    {" €", "\u00a0€"},
                                    {" »", "\u00a0»"},
                                    {"« ", "«\u00a0"}});
}

std::string GroupReference(absl::string_view reference) {
  const bool groups = reference.size() > 4 && absl::ascii_isupper(reference[0]) &&
                      absl::ascii_isupper(reference[1]) && absl::ascii_isdigit(reference[2]) &&
                      absl::ascii_isdigit(reference[3]);
  if (!groups) return std::string(reference);
  std::string grouped;
  size_t count = 0;
  for (char c : reference) {
    if (c == ' ') continue;
    if (!absl::ascii_isalnum(c)) return std::string(reference);
    if (count > 0 && count % 4 == 0) grouped += kNoBreakSpace;
    grouped += c;
    ++count;
  }
  return grouped;
}

}  // namespace relance::scenario::render
