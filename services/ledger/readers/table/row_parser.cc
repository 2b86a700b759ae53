#include "services/ledger/readers/table/row_parser.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/money/currency.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/source_hash.h"
#include "services/ledger/readers/table/amount_text.h"
#include "services/ledger/readers/table/reasons.h"
#include "services/ledger/readers/table/text_fold.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

using F = TableField;

constexpr int kDueDaysMax = 3650;

std::string FoldWord(absl::string_view word) {
  std::string folded = FoldText(word);
  return folded.empty() ? std::string(TrimBlank(word)) : folded;
}

bool Holds(const RowRule& rule, const std::string& cell) {
  const std::string word = FoldWord(cell);
  const auto any = [&](const auto& test) {
    return std::any_of(rule.values.begin(), rule.values.end(), test);
  };
  switch (rule.test) {
    case RowRule::Test::kIs:
      return rule.values.count(word) > 0;
    case RowRule::Test::kIsNot:
      return rule.values.count(word) == 0;
    case RowRule::Test::kBegins:
      return any([&](const std::string& value) { return absl::StartsWith(word, value); });
    case RowRule::Test::kContains:
      return any([&](const std::string& value) { return absl::StrContains(word, value); });
    case RowRule::Test::kEmpty:
      return word.empty();
    case RowRule::Test::kFilled:
      return !word.empty();
  }
  return false;
}

// The words for the two sides that need no translation: +1 debit, -1 credit, 0 neither.
int SideOf(const std::string& folded) {
  static const std::set<std::string> debit = {"d", "dr", "debit", "s", "soll", "debet", "af", "db"};
  static const std::set<std::string> credit = {"c", "cr", "credit", "h", "haben", "bij", "k", "kredit"};
  return debit.count(folded) > 0 ? 1 : credit.count(folded) > 0 ? -1 : 0;
}

std::string DayText(const std::optional<absl::CivilDay>& day) { return day ? FormatCompactDay(*day) : ""; }

}  // namespace

// One row under way: stops at the first problem.
class RowParser::Row {
 public:
  Row(const RowParser& parser, const std::vector<std::string>& cells)
      : parser_(parser), record_(*parser.record_), cells_(cells) {}

  bool ok() const { return problem_.reason.empty(); }
  const LineProblem& problem() const { return problem_; }

  void Fail(F field, absl::string_view reason, absl::string_view message) {
    if (!ok()) return;
    problem_ = {NameOf(field), std::string(reason), std::string(message)};
  }
  void Fail(F field, const absl::Status& status) { Fail(field, ReasonOf(status), status.message()); }

  std::string Get(F field) {
    std::string text = TextAt(parser_.fields_[static_cast<size_t>(field)], cells_);
    if (text.size() > kFieldBytesMax) {
      Fail(field, kFieldTooLong, absl::StrCat("longer than ", kFieldBytesMax, " bytes"));
      return "";
    }
    if (text.empty()) {
      const auto constant = record_.constants.find(field);
      return constant == record_.constants.end() ? "" : constant->second;
    }
    const auto words = record_.values.find(field);
    if (words == record_.values.end()) return text;
    const auto word = words->second.find(FoldWord(text));
    if (word != words->second.end()) return word->second;
    if (field == F::kKind || field == F::kSide) {
      Fail(field, kFieldInvalid, "a word that the mapping does not translate");
    }
    return text;
  }

  std::string GetRequired(F field) {
    std::string text = Get(field);
    if (text.empty()) Fail(field, kFieldMissing, "the cell is empty");
    return text;
  }

  std::optional<absl::CivilDay> GetDay(F field, bool required) {
    const std::string text = required ? GetRequired(field) : Get(field);
    if (text.empty()) return std::nullopt;
    const auto source = record_.columns.find(field);
    if (source != record_.columns.end() && source->second.dates.has_value()) {
      return ReadDay(field, text, {&*source->second.dates, 1});
    }
    return ReadDay(field, text, parser_.mapping_->dates);
  }

  std::string GetCurrency() {
    std::string text = GetRequired(F::kCurrency);
    if (text == "€") return "EUR";
    absl::AsciiStrToUpper(&text);
    if (ok() && !IsKnownCurrency(text)) Fail(F::kCurrency, "CURRENCY_UNKNOWN", "no ISO 4217 code");
    return text;
  }

  // Signed: positive is a debit (items), or money that comes in (payments, bank).
  int64_t GetAmount(const std::string& currency) {
    const bool is_items = record_.kind == TableKind::kItems;
    int64_t minor = 0;
    if (IsTold(F::kDebit) || IsTold(F::kCredit)) {
      const std::string debit_text = Get(F::kDebit), credit_text = Get(F::kCredit);
      if (debit_text.empty() && credit_text.empty())
        Fail(F::kDebit, kFieldMissing, "neither debit nor credit");
      int64_t debit = debit_text.empty() ? 0 : Number(F::kDebit, debit_text, currency);
      int64_t credit = credit_text.empty() ? 0 : Number(F::kCredit, credit_text, currency);
      if (debit != 0 && credit != 0) Fail(F::kDebit, kDebitAndCredit, "both debit and credit");
      // Banks write the debit column with and without a minus.
      if (!is_items) debit = std::abs(debit);
      minor = is_items ? debit - credit : credit - debit;
    } else {
      const std::string text = GetRequired(F::kAmount);
      if (ok()) minor = Number(F::kAmount, text, currency);
    }
    if (IsTold(F::kSide)) {
      const std::string word = FoldText(GetRequired(F::kSide));
      const int side = SideOf(word);
      if (ok() && side == 0)
        Fail(F::kSide, kFieldInvalid, "neither debit nor credit; translate it in `values`");
      minor *= is_items ? side : -side;
    }
    return record_.reversed ? -minor : minor;
  }

  bool IsTold(F field) const {
    return !parser_.fields_[static_cast<size_t>(field)].at.empty() || record_.constants.count(field) > 0;
  }

  static std::string TextAt(const Bound& bound, const std::vector<std::string>& cells) {
    std::string text;
    for (const int at : bound.at) {
      if (static_cast<size_t>(at) >= cells.size()) continue;
      const absl::string_view cell = TrimBlank(cells[static_cast<size_t>(at)]);
      if (!cell.empty()) absl::StrAppend(&text, text.empty() ? "" : " ", cell);
    }
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
    return text;
  }

 private:
  std::string NameOf(F field) const {
    const auto source = record_.columns.find(field);
    if (source == record_.columns.end()) return TableFieldName(field);
    if (source->second.names.empty()) return absl::StrCat("column ", source->second.position);
    return absl::StrJoin(source->second.names, " / ");
  }

  std::optional<absl::CivilDay> ReadDay(F field, const std::string& text, absl::Span<const DateForm> forms) {
    absl::Status first;
    for (const DateForm& form : forms) {
      const auto day = form.Read(text);
      if (day.ok()) return *day;
      // A date of the right form that is in no calendar says more than a wrong form.
      if (first.ok() || ReasonOf(first) == "DATE_MALFORMED") first = day.status();
    }
    Fail(field, first);
    return std::nullopt;
  }

  int64_t Number(F field, const std::string& text, const std::string& currency) {
    if (!ok()) return 0;
    const auto minor =
        ReadTableAmount(text, currency, parser_.mapping_->number, parser_.mapping_->parentheses);
    if (minor.ok()) return *minor;
    Fail(field, minor.status());
    return 0;
  }

  const RowParser& parser_;
  const TableRecord& record_;
  const std::vector<std::string>& cells_;
  LineProblem problem_;
};

LineProblem RowParser::BindColumn(const ColumnSource& source, const std::vector<std::string>* header,
                                  const std::vector<std::string>& folded, Bound* bound) const {
  bound->at.clear();
  if (source.position > 0) {
    if (header != nullptr && static_cast<size_t>(source.position) > header->size() && !source.optional) {
      return {absl::StrCat("column ", source.position), kColumnMissing, "the file has fewer columns"};
    }
    bound->at.push_back(source.position - 1);
    return {};
  }
  for (const std::string& name : source.names) {
    const std::string wanted = FoldText(name);
    const auto found = std::find(folded.begin(), folded.end(), wanted);
    if (found == folded.end()) {
      if (source.join && !source.optional) return {name, kColumnMissing, "the column is missing"};
      continue;
    }
    if (std::find(found + 1, folded.end(), wanted) != folded.end()) {
      return {name, kColumnDuplicate, "the column is there twice; name it by its position"};
    }
    bound->at.push_back(static_cast<int>(found - folded.begin()));
    if (!source.join) break;
  }
  if (bound->at.empty() && !source.optional) {
    return {absl::StrJoin(source.names, " / "), kColumnMissing, "the column is missing"};
  }
  return {};
}

LineProblem RowParser::BindByField(const std::vector<std::string>& header) {
  for (size_t i = 0; i < header.size(); ++i) {
    const std::string name = absl::AsciiStrToLower(TrimBlank(header[i]));
    auto field = TableFieldOf(name);
    // The names of the layout of items.
    if (name == "siren") field = F::kLegalId;
    if (name == "vat") field = F::kVatId;
    if (!field.has_value() || !IsFieldOf(*field, record_->kind)) {
      return {name.empty() ? absl::StrCat("column ", i + 1) : name.substr(0, 64), kColumnUnknown,
              "there is no such column in the layout"};
    }
    Bound& bound = fields_[static_cast<size_t>(*field)];
    if (!bound.at.empty()) return {name, kColumnDuplicate, "the column is there twice"};
    bound.at.push_back(static_cast<int>(i));
  }
  if (fields_[static_cast<size_t>(F::kAccount)].at.empty()) {
    return {"account", kColumnMissing, "the column is missing"};
  }
  return {};
}

LineProblem RowParser::Bind(const std::vector<std::string>* header) {
  std::vector<std::string> folded;
  if (header != nullptr) {
    for (const std::string& name : *header) folded.push_back(FoldText(name));
  }
  if (mapping_->columns_by_field && header != nullptr) return BindByField(*header);
  for (const auto& [field, source] : record_->columns) {
    LineProblem problem = BindColumn(source, header, folded, &fields_[static_cast<size_t>(field)]);
    if (!problem.reason.empty()) return problem;
  }
  for (const auto& [rules, bound] :
       {std::make_pair(&record_->skip, &skip_), std::make_pair(&record_->notes, &notes_)}) {
    for (const RowRule& rule : *rules) {
      BoundRule& one = bound->emplace_back();
      one.rule = &rule;
      LineProblem problem = BindColumn(rule.column, header, folded, &one.column);
      if (!problem.reason.empty()) return problem;
    }
  }
  return {};
}

std::string RowParser::KeyOf(const std::vector<std::string>& cells) const {
  std::string key;
  bool filled = false;
  Row row(*this, cells);
  for (const F field : record_->unique) {
    const std::string text = row.Get(field);
    filled |= !text.empty();
    absl::StrAppend(&key, text, "\x1f");
  }
  return filled ? key : "";
}

RowParser::Result RowParser::Parse(const std::vector<std::string>& cells,
                                   std::vector<LineProblem>* notes) const {
  for (const BoundRule& skip : skip_) {
    if (Holds(*skip.rule, Row::TextAt(skip.column, cells))) return Skip{skip.rule->reason};
  }
  Row row(*this, cells);
  const auto told = [&](F field) { return row.Get(field); };
  if (record_->kind == TableKind::kAccounts) {
    AccountRow account;
    account.account = row.GetRequired(F::kAccount);
    for (size_t i = 0; i < kTableFieldCount; ++i) {
      const F field = static_cast<F>(i);
      if (field == F::kAccount || !row.IsTold(field)) continue;
      std::string text = row.Get(field);
      if (!text.empty()) account.told.emplace_back(field, std::move(text));
    }
    if (!row.ok()) return row.problem();
    return account;
  }
  const std::string currency = row.GetCurrency();
  int64_t amount = row.GetAmount(currency);
  const std::string kind = told(F::kKind);
  if (row.ok() && kind == "skip") return Skip{kKindLeftOut};
  CanonicalText identity;
  identity.Add("table1").Add(mapping_->name).Add(record_ - mapping_->records.data());

  if (record_->kind == TableKind::kBank) {
    BankTransaction transaction;
    transaction.booking_day = row.GetDay(F::kBookingDate, true).value_or(absl::CivilDay());
    transaction.value_day = row.GetDay(F::kValueDate, false);
    transaction.currency = currency;
    transaction.amount_minor = std::abs(amount);
    transaction.is_credit = amount > 0;
    transaction.account = told(F::kBankAccount);
    transaction.servicer_ref = told(F::kBankReference);
    transaction.end_to_end_id = told(F::kEndToEndId);
    transaction.debtor_name = told(F::kPayerName);
    transaction.debtor_account = told(F::kPayerIban);
    for (const F field : {F::kReference, F::kDescription}) {
      std::string text = told(field);
      if (!text.empty()) transaction.unstructured.push_back(std::move(text));
    }
    transaction.is_reversal = kind == "return";
    if (!row.ok()) return row.problem();
    if (amount == 0) return Skip{kAmountZero};
    if (kind == "other") return Skip{kKindLeftOut};
    identity.Add(transaction.account).Add(DayText(transaction.booking_day)).Add(amount).Add(currency);
    for (const std::string& text : transaction.unstructured) identity.Add(text);
    identity.Add(transaction.servicer_ref).Add(transaction.end_to_end_id).Add(transaction.debtor_account);
    transaction.content_hash = SourceHash(identity.text());
    return transaction;
  }

  ItemRow item;
  item.currency = currency;
  item.account = record_->kind == TableKind::kItems ? row.GetRequired(F::kAccount) : told(F::kAccount);
  item.number = told(F::kNumber);
  item.reference = told(F::kReference);
  item.end_to_end_id = told(F::kEndToEndId);
  item.payer_iban = told(F::kPayerIban);
  const std::string pays = told(F::kPays), description = told(F::kDescription);
  item.description = absl::StrCat(pays, pays.empty() || description.empty() ? "" : " ", description);
  item.kind = ItemKind::kInvoice;
  if (record_->kind == TableKind::kPayments || kind == "payment") item.kind = ItemKind::kPayment;
  if (kind == "credit_note") item.kind = ItemKind::kCreditNote;
  if (kind == "opening") item.kind = ItemKind::kOpening;
  if (!kind.empty() && kind != "invoice" && kind != "payment" && kind != "credit_note" && kind != "opening") {
    row.Fail(F::kKind, kFieldInvalid,
             "not invoice, credit_note, payment or opening; translate it in `values`");
  }
  if (item.kind == ItemKind::kInvoice && amount < 0) {
    switch (record_->negative) {
      case TableRecord::Negative::kCreditNote:
        item.kind = ItemKind::kCreditNote;
        break;
      case TableRecord::Negative::kPayment:
        item.kind = ItemKind::kPayment;
        break;
      case TableRecord::Negative::kReject:
        row.Fail(F::kAmount, kAmountNegative, "negative; the mapping rejects it");
        break;
    }
  }
  if (record_->kind == TableKind::kPayments && amount < 0) {
    row.Fail(F::kAmount, kAmountNegative, "money that was given back is no payment; send the credit note");
  }
  item.amount_minor = item.kind == ItemKind::kOpening ? amount : std::abs(amount);
  if (item.kind == ItemKind::kPayment) {
    item.booking_day = row.GetDay(F::kBookingDate, record_->kind == TableKind::kPayments);
    if (!item.booking_day.has_value()) item.booking_day = row.GetDay(F::kIssueDate, true);
    item.attributes.name = told(record_->kind == TableKind::kPayments ? F::kPayerName : F::kName);
  } else {
    if (item.kind != ItemKind::kOpening && item.number.empty()) row.GetRequired(F::kNumber);
    item.issue_day = row.GetDay(F::kIssueDate, true);
    item.due_day = row.GetDay(F::kDueDate, false);
    const std::string days_text = told(F::kDueDays);
    int days = 0;
    if (!days_text.empty() && (!absl::SimpleAtoi(days_text, &days) || days < 0 || days > kDueDaysMax)) {
      row.Fail(F::kDueDays, kFieldInvalid, absl::StrCat("not a number of days from 0 to ", kDueDaysMax));
    }
    if (row.ok() && !item.due_day.has_value()) {
      if (!days_text.empty()) item.due_day = *item.issue_day + days;
      if (days_text.empty() && record_->default_terms)
        item.due_day = DueDate(*record_->default_terms, *item.issue_day);
    }
    item.attributes.name = told(F::kName);
  }
  if (!row.ok()) return row.problem();
  if (amount == 0) return Skip{kAmountZero};

  AccountAttributes& about = item.attributes;
  about.siren = told(F::kLegalId);
  about.vat = told(F::kVatId);
  about.region = told(F::kRegion);
  about.sector = told(F::kSector);
  about.segment = told(F::kSegment);
  about.email = told(F::kEmail);
  about.collector = told(F::kCollector);
  about.customer_type = told(F::kCustomerType);
  about.country = absl::AsciiStrToUpper(told(F::kCountry));
  about.language = absl::AsciiStrToLower(told(F::kLanguage));
  const auto check_code = [&](F field, std::string* code) {
    const bool is_code = code->size() == 2 && std::all_of(code->begin(), code->end(), [](unsigned char c) {
                           return absl::ascii_isalpha(c);
                         });
    if (code->empty() || is_code) return;
    code->clear();
    notes->push_back(
        {TableFieldName(field), kAttributeInvalid, "not a code of two letters; translate it in `values`"});
  };
  check_code(F::kCountry, &about.country);
  check_code(F::kLanguage, &about.language);
  if (!row.ok()) return row.problem();
  for (const BoundRule& note : notes_) {
    if (Holds(*note.rule, Row::TextAt(note.column, cells))) notes->push_back({"", note.rule->reason, ""});
  }

  identity.Add(static_cast<int64_t>(item.kind)).Add(item.account).Add(item.number);
  // A payment with a number that is unique is the same whatever else of it changes.
  const bool by_number =
      !item.number.empty() && std::count(record_->unique.begin(), record_->unique.end(), F::kNumber) > 0;
  if (!by_number) {
    identity.Add(DayText(item.issue_day)).Add(DayText(item.due_day)).Add(DayText(item.booking_day));
    identity.Add(item.amount_minor).Add(item.currency).Add(item.reference).Add(item.end_to_end_id);
    identity.Add(item.payer_iban).Add(item.description);
  }
  item.source_hash = SourceHash(identity.text());
  return item;
}

}  // namespace relance::ledger
