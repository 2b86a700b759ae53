#include "services/ledger/fec_entries.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/time/day.h"
#include "services/ledger/book_day.h"
#include "services/ledger/readers/source_hash.h"

namespace relance::ledger {
namespace {

bool StartsWithAny(absl::string_view text, absl::Span<const absl::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](absl::string_view prefix) { return absl::StartsWith(text, prefix); });
}

constexpr absl::string_view kTreasury[] = {"511", "512", "514", "515", "516", "517", "53"};

bool ContainsANouveau(absl::string_view text) {
  constexpr absl::string_view kNouveau = "nouveau";
  for (size_t i = 2; i + kNouveau.size() <= text.size(); ++i) {
    if ((text[i] | 0x20) != 'n' || (text[i - 1] != ' ' && text[i - 1] != '-')) continue;
    if (!absl::EqualsIgnoreCase(text.substr(i, kNouveau.size()), kNouveau)) continue;
    // a, A, or the last byte of à or À in UTF-8.
    const auto before = static_cast<unsigned char>(text[i - 2]);
    if (before == 'a' || before == 'A' || before == 0xA0 || before == 0x80) return true;
  }
  return false;
}

bool IsOpeningJournal(absl::string_view code, absl::string_view label) {
  const std::string upper = absl::AsciiStrToUpper(code);
  static constexpr absl::string_view kPrefixes[] = {"RAN", "A NOUV", "A-NOUV"};
  constexpr size_t kShortCode = 4;
  if (StartsWithAny(upper, kPrefixes) || (absl::StartsWith(upper, "AN") && upper.size() <= kShortCode)) {
    return true;
  }
  const std::string name = absl::AsciiStrToUpper(label);
  return ContainsANouveau(name) || absl::StrContains(name, "D'OUVERTURE");
}

bool IsSalesJournal(const FecLine& line) {
  static constexpr absl::string_view kJournals[] = {"VE", "VT", "VD", "FAC"};
  return StartsWithAny(absl::AsciiStrToUpper(line.journal), kJournals);
}

state::v1::ItemKind KindOf(const FecLine& line, const EntryFacts& facts, bool is_opening) {
  const bool debit = line.balance_minor() > 0;
  if (is_opening) return state::v1::ITEM_KIND_OPENING;
  if (facts.has_treasury) return debit ? state::v1::ITEM_KIND_RETURN : state::v1::ITEM_KIND_PAYMENT;
  if (!debit) return state::v1::ITEM_KIND_CREDIT_NOTE;
  return facts.has_sales || IsSalesJournal(line) ? state::v1::ITEM_KIND_INVOICE
                                                 : state::v1::ITEM_KIND_DEBIT_NOTE;
}

}  // namespace

bool IsTreasuryAccount(absl::string_view account) { return StartsWithAny(account, kTreasury); }

bool IsOpeningLine(const FecLine& line) {
  // Lines of one journal mostly follow each other.
  thread_local std::string code, label;
  thread_local bool by_journal = false;
  if (line.journal != code || line.journal_label != label) {
    code = line.journal;
    label = line.journal_label;
    by_journal = IsOpeningJournal(code, label);
  }
  return by_journal || ContainsANouveau(line.label);
}

void FiscalYear::See(const FecLine& line, bool is_opening) {
  if (!is_opening) {
    if (!first_other_.has_value() || line.entry_day < *first_other_) first_other_ = line.entry_day;
    return;
  }
  if (!first_opening_.has_value() || line.entry_day < *first_opening_) first_opening_ = line.entry_day;
  if (!last_opening_.has_value() || line.entry_day > *last_opening_) last_opening_ = line.entry_day;
  has_capital_ |= absl::StartsWith(line.account, "1");
  has_customers_ |= absl::StartsWith(line.account, "41");
}

std::optional<absl::CivilDay> FiscalYear::opening_day() const {
  if (!first_opening_.has_value()) return std::nullopt;
  if (*first_opening_ == *last_opening_ || !first_other_.has_value()) return *first_opening_;
  const absl::CivilDay start(first_other_->year(), first_other_->month(), 1);
  return std::max(start, *first_opening_);
}

bool IsCustomerLine(const FecLine& line, const std::vector<std::string>& control_accounts) {
  return std::any_of(control_accounts.begin(), control_accounts.end(),
                     [&](const std::string& prefix) { return absl::StartsWith(line.account, prefix); });
}

std::string AccountOf(const FecLine& line) {
  return line.aux_account.empty() ? line.account : line.aux_account;
}

IncomingItem ItemOfLine(const FecLine& line, uint32_t ordinal, const EntryFacts& facts,
                        const BooksOptions& options) {
  IncomingItem incoming;
  incoming.line = line.line;
  incoming.from_books = true;
  incoming.entry = EntryKey(line);
  const bool is_opening = !facts.has_sales && IsOpeningLine(line) &&
                          (!options.opening_day.has_value() || line.entry_day <= *options.opening_day);
  state::v1::Item& item = incoming.item;
  item.set_id(ordinal == 0 ? line.source_hash
                           : SourceHash(CanonicalText()
                                            .Add("again")
                                            .Add(static_cast<int64_t>(line.source_hash))
                                            .Add(ordinal)
                                            .text()));
  item.set_kind(KindOf(line, facts, is_opening));
  item.set_number(line.piece_ref);
  const bool money =
      item.kind() == state::v1::ITEM_KIND_PAYMENT || item.kind() == state::v1::ITEM_KIND_RETURN;
  const bool by_piece = !money && line.piece_day.has_value() && *line.piece_day <= line.entry_day;
  absl::CivilDay issue = by_piece ? *line.piece_day : line.entry_day;
  if (money && line.settlement_day.has_value()) issue = *line.settlement_day;
  item.set_issue_day(DayNumber(issue));
  SetBookDay(DayNumber(is_opening ? options.opening_day.value_or(line.entry_day) : line.entry_day), &item);
  item.set_control_account(line.account);
  if (line.currency_amount_minor.value_or(0) != 0 && line.currency != options.currency) {
    const int64_t original = std::abs(*line.currency_amount_minor);
    item.set_original_minor(line.balance_minor() < 0 ? -original : original);
    item.set_original_currency(line.currency);
  }
  item.set_amount_minor(line.balance_minor());
  item.set_currency(options.currency);
  item.set_source(kSourceFec);
  if (item.amount_minor() > 0 && !money) {
    incoming.due_from_terms = !line.due_day.has_value();
    if (line.due_day.has_value()) item.set_due_day(DayNumber(*line.due_day));
  }
  const bool later =
      options.as_of.has_value() && line.lettering_day.has_value() && *line.lettering_day > *options.as_of;
  incoming.lettering_is_later = later && !line.lettering.empty();
  if (!later) {
    item.set_lettering(line.lettering);
    if (line.lettering_day.has_value() && !line.lettering.empty())
      item.set_lettering_day(DayNumber(*line.lettering_day));
  }
  return incoming;
}

}  // namespace relance::ledger
