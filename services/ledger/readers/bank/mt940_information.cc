#include "services/ledger/readers/bank/mt940_information.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/identifiers/bank.h"
#include "common/identifiers/text.h"
#include "services/ledger/readers/bank/column_line.h"

namespace relance::ledger {
namespace {

constexpr size_t kLineColumns = 65;      // SWIFT: a longer text goes on in the next line
constexpr size_t kSubfieldColumns = 27;  // ?20 to ?29
constexpr size_t kPartsMax = 200;        // subfields and code words that are looked at

// Code words of the purpose, in front of "+".
constexpr absl::string_view kPurposeWords[] = {"EREF", "KREF", "MREF", "CRED", "DEBT", "COAM",
                                               "OAMT", "SVWZ", "ABWA", "ABWE", "IBAN", "BIC",
                                               "PURP", "RREF", "SQTP", "MTLG"};
// Code words between slashes.
constexpr absl::string_view kSlashWords[] = {"ADDR", "BENM", "BIC",  "BUSP", "CHGS", "CNTP", "CREF", "CSID",
                                             "EREF", "EXCH", "IBAN", "ID",   "IREF", "ISDT", "KREF", "MARF",
                                             "NAME", "NRTX", "OCMT", "ORDP", "PREF", "PURP", "RCMT", "REMI",
                                             "RTRN", "SVCL", "SWOD", "TRCD", "TRTP", "ULTB", "ULTC", "ULTD"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

template <typename List>
bool IsOneOf(absl::string_view word, const List& list) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

size_t CountCharacters(absl::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string JoinLines(absl::string_view text, bool words_apart) {
  std::string joined;
  bool full = true;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!full && words_apart) joined.push_back(' ');
    joined.append(line.data(), line.size());
    full = CountCharacters(line) >= kLineColumns;
  }
  return joined;
}

std::string Reference(absl::string_view text) {
  std::string ref = Squeeze(text);
  return ref == "NOTPROVIDED" || ref == "NONREF" ? "" : ref;
}

// "EUR11,85" with what may follow.
struct Amount {
  int64_t minor = 0;
  std::string currency;
};
std::optional<Amount> AmountIn(absl::string_view text) {
  if (text.size() < 4) return std::nullopt;
  Amount amount;
  amount.currency = std::string(text.substr(0, 3));
  text.remove_prefix(3);
  size_t end = 0;
  while (end < text.size() && (IsDigit(text[end]) || text[end] == ',')) ++end;
  const auto minor = ParseCommaAmount(text.substr(0, end), amount.currency);
  if (!minor.ok()) return std::nullopt;
  amount.minor = *minor;
  return amount;
}

void TakeAmounts(const std::optional<Amount>& original, const std::optional<Amount>& charges,
                 BankTransaction* t) {
  if (!original) return;
  if (original->currency == t->currency && original->minor == t->amount_minor) return;
  t->original_minor = original->minor;
  t->original_currency = original->currency;
  if (charges && original->currency == t->currency && charges->currency == t->currency)
    ProveCharges(original->minor, charges->minor, t);
}

// ---- code words between slashes ----

// Values by code word, in order; a value ends at the next known word between slashes.
std::vector<std::pair<std::string, std::string>> SlashValues(absl::string_view text) {
  std::vector<std::pair<std::string, std::string>> values;
  size_t at = 0;
  while (at < text.size() && values.size() < kPartsMax) {
    const size_t open = text.find('/', at);
    if (open == absl::string_view::npos) break;
    size_t close = open + 1;
    while (close < text.size() && close - open <= 4 &&
           absl::ascii_isupper(static_cast<unsigned char>(text[close])))
      ++close;
    const absl::string_view word = text.substr(open + 1, close - open - 1);
    const bool is_word = close < text.size() && text[close] == '/' && IsOneOf(word, kSlashWords);
    if (!is_word) {
      if (!values.empty()) values.back().second.append(text.substr(at, open + 1 - at).data(), open + 1 - at);
      at = open + 1;
      continue;
    }
    if (!values.empty()) values.back().second.append(text.substr(at, open - at).data(), open - at);
    values.emplace_back(std::string(word), "");
    at = close + 1;
  }
  if (!values.empty() && at < text.size())
    values.back().second.append(text.substr(at).data(), text.size() - at);
  return values;
}

std::string WithoutSlashes(absl::string_view text) {
  while (absl::StartsWith(text, "/")) text.remove_prefix(1);
  while (absl::EndsWith(text, "/")) text.remove_suffix(1);
  return Squeeze(text);
}

void ReadRemittance(absl::string_view value, BankTransaction* t) {
  std::string text = WithoutSlashes(value);
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('/', 2));
  if (parts.size() == 3 && parts[0] == "STRD") {  // STRD/CUR/9001..., STRD/ISO/RF...
    AddReference(WithoutSlashes(parts[2]), t);
    return;
  }
  if (parts[0] == "USTD") text = WithoutSlashes(absl::string_view(text).substr(4));
  if (!text.empty()) t->unstructured.push_back(text);
}

void ReadSlashes(const std::vector<std::pair<std::string, std::string>>& values, BankTransaction* t,
                 Mt940Information* info) {
  std::optional<Amount> original, charges;
  for (const auto& [word, value] : values) {
    if (word == "REMI") {
      ReadRemittance(value, t);
    } else if (word == "EREF") {
      t->end_to_end_id = Reference(WithoutSlashes(value));
    } else if (word == "NAME") {
      info->party.name = WithoutSlashes(value);
    } else if (word == "ORDP" || word == "BENM") {
      // /ORDP//NAME/x is the usual form, /ORDP/x/ the short one.
      if (std::string name = WithoutSlashes(value); !name.empty()) info->party.name = std::move(name);
    } else if (word == "IBAN") {
      info->party.account = AccountNumber(WithoutSlashes(value));
    } else if (word == "BIC") {
      info->bic = WithoutSlashes(value);
    } else if (word == "CNTP") {  // account/BIC/name/city
      const std::vector<std::string> parts = absl::StrSplit(value, '/');
      if (!parts[0].empty()) info->party.account = AccountNumber(parts[0]);
      if (parts.size() > 1) info->bic = Squeeze(parts[1]);
      if (parts.size() > 2) info->party.name = Squeeze(parts[2]);
    } else if (word == "ULTD") {
      info->party.ultimate_name = WithoutSlashes(value);
    } else if (word == "MARF") {
      t->mandate_id = Reference(WithoutSlashes(value));
    } else if (word == "RTRN") {
      info->return_code = WithoutSlashes(value);
    } else if (word == "OCMT") {
      original = AmountIn(value);
    } else if (word == "CHGS") {
      charges = AmountIn(value);
    }
  }
  TakeAmounts(original, charges, t);
}

// ---- subfields ----

struct Subfields {
  std::string purpose, name, account, account_38, bank, code;
};

Subfields SplitSubfields(absl::string_view text, char mark) {
  Subfields sub;
  std::vector<std::pair<int, absl::string_view>> parts;
  size_t at = text.find(mark);
  while (at != absl::string_view::npos && parts.size() < kPartsMax) {
    if (at + 2 >= text.size() || !IsDigit(text[at + 1]) || !IsDigit(text[at + 2])) {
      at = text.find(mark, at + 1);
      continue;
    }
    size_t end = text.find(mark, at + 3);
    while (end != absl::string_view::npos &&
           (end + 2 >= text.size() || !IsDigit(text[end + 1]) || !IsDigit(text[end + 2]))) {
      end = text.find(mark, end + 1);
    }
    parts.emplace_back((text[at + 1] - '0') * 10 + (text[at + 2] - '0'), text.substr(at + 3, end - (at + 3)));
    at = end;
  }
  bool full = true;
  for (const auto& [number, value] : parts) {
    if ((number >= 20 && number <= 29) || (number >= 60 && number <= 65)) {
      // A subfield that is full goes on in the next one; a code word begins anew.
      const size_t plus = value.find('+');
      const bool is_word = plus != absl::string_view::npos && IsOneOf(value.substr(0, plus), kPurposeWords);
      if (!sub.purpose.empty() && (!full || is_word)) sub.purpose.push_back(' ');
      sub.purpose.append(value.data(), value.size());
      full = CountCharacters(value) >= kSubfieldColumns;
    } else if (number == 30) {
      sub.bank = Squeeze(value);
    } else if (number == 31) {
      sub.account = Squeeze(value);
    } else if (number == 32 || number == 33) {
      if (!sub.name.empty() && CountCharacters(sub.name) < kSubfieldColumns - 1) sub.name.push_back(' ');
      sub.name.append(value.data(), value.size());
    } else if (number == 34) {
      sub.code = Squeeze(value);
    } else if (number == 38) {
      sub.account_38 = Squeeze(value);
    }
  }
  return sub;
}

// The purpose cut at its code words; what stands before the first has the key "".
std::map<std::string, std::string> PurposeValues(absl::string_view purpose) {
  std::map<std::string, std::string> values;
  std::string key;
  size_t from = 0;
  for (size_t at = 0; at < purpose.size(); ++at) {
    const bool starts = at == 0 || purpose[at - 1] == ' ';
    if (!starts) continue;
    for (const absl::string_view word : kPurposeWords) {
      const absl::string_view rest = purpose.substr(at);
      const bool is_mtlg = word == "MTLG" && absl::StartsWith(rest, "MTLG:");
      if (!is_mtlg &&
          !(absl::StartsWith(rest, word) && rest.size() > word.size() && rest[word.size()] == '+'))
        continue;
      absl::StrAppend(&values[key], purpose.substr(from, at - from));
      key = std::string(word);
      from = at + word.size() + 1;
      break;
    }
  }
  absl::StrAppend(&values[key], from < purpose.size() ? purpose.substr(from) : "");
  for (auto& [name, value] : values) value = Squeeze(value);
  return values;
}

void ReadSubfields(const Subfields& sub, BankTransaction* t, Mt940Information* info) {
  std::map<std::string, std::string> purpose = PurposeValues(sub.purpose);
  t->end_to_end_id = Reference(purpose["EREF"]);
  t->mandate_id = Reference(purpose["MREF"]);
  const bool has_words = purpose.size() > 3;  // beside "", EREF and MREF, which now are there in any case
  std::string remittance = purpose["SVWZ"];
  // Without code words all of it is the remittance; with them, what stands before the first may be.
  if (remittance.empty() && (!has_words || !purpose[""].empty())) remittance = purpose[""];
  if (!remittance.empty()) t->unstructured.push_back(std::move(remittance));
  info->party.name = Squeeze(sub.name);
  info->party.ultimate_name = purpose["ABWA"];
  const std::string account = !sub.account_38.empty() ? sub.account_38
                              : !sub.account.empty()  ? sub.account
                                                      : purpose["IBAN"];
  info->party.account = AccountNumber(account);
  if (identifiers::ParseBic(sub.bank).ok()) info->bic = sub.bank;
  info->return_code = sub.code;
}

}  // namespace

bool IsMt940Return(absl::string_view business_code) {
  // Direct debits (B2B, core) and transfers that came back.
  return business_code == "108" || business_code == "109" || business_code == "159";
}

void ReadMt940Amounts(absl::string_view text, BankTransaction* t) {
  std::optional<Amount> original, charges;
  for (const auto& [word, value] : SlashValues(text)) {
    if (word == "OCMT") original = AmountIn(value);
    if (word == "CHGS") charges = AmountIn(value);
  }
  TakeAmounts(original, charges, t);
}

Mt940Information ReadMt940Information(absl::string_view text, BankTransaction* t) {
  Mt940Information info;
  while (absl::StartsWith(text, " ")) text.remove_prefix(1);
  const bool has_code = text.size() > 5 && identifiers::IsDigits(text.substr(0, 3)) && IsDigit(text[4]) &&
                        IsDigit(text[5]) && absl::StrContains("?<>~", text.substr(3, 1));
  if (has_code) {
    info.business_code = std::string(text.substr(0, 3));
    const std::string joined = JoinLines(text, false);
    const Subfields sub = SplitSubfields(joined, joined[3]);
    ReadSubfields(sub, t, &info);
    if (!IsMt940Return(info.business_code)) info.return_code.clear();
    return info;
  }
  const auto values = SlashValues(JoinLines(text, false));
  const bool has_words = std::any_of(values.begin(), values.end(), [](const auto& value) {
    return value.first == "REMI" || value.first == "EREF" || value.first == "NAME" || value.first == "ORDP" ||
           value.first == "BENM" || value.first == "CNTP" || value.first == "TRTP";
  });
  if (has_words) {
    ReadSlashes(values, t, &info);
    return info;
  }
  if (std::string free_text = Squeeze(JoinLines(text, true)); !free_text.empty())
    t->unstructured.push_back(std::move(free_text));
  return info;
}

}  // namespace relance::ledger
