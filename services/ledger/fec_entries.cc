#include "services/ledger/fec_entries.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/time/day.h"
#include "services/ledger/readers/source_hash.h"

namespace relance::ledger {
namespace {

bool StartsWithAny(absl::string_view text, absl::Span<const absl::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](absl::string_view prefix) { return absl::StartsWith(text, prefix); });
}

constexpr absl::string_view kTreasury[] = {"511", "512", "514", "515", "516", "517", "53"};

// Opening entries carry forward what was open; their journal is AN, ANO, RAN, A NOUVEAUX, or their label says
// so.
bool IsOpening(const FecLine& line) {
  const std::string journal = absl::AsciiStrToUpper(line.journal);
  const std::string label = absl::AsciiStrToUpper(line.label);
  static constexpr absl::string_view kJournals[] = {"AN", "RAN", "A NOUV", "A-NOUV"};
  return StartsWithAny(journal, kJournals) || absl::StrContains(label, " NOUVEAU") ||
         absl::StrContains(label, "A-NOUVEAU");
}

bool IsSalesJournal(const FecLine& line) {
  static constexpr absl::string_view kJournals[] = {"VE", "VT", "VD", "FAC"};
  return StartsWithAny(absl::AsciiStrToUpper(line.journal), kJournals);
}

state::v1::ItemKind KindOf(const FecLine& line, const EntryFacts& facts) {
  const bool debit = line.balance_minor() > 0;
  if (IsOpening(line)) return state::v1::ITEM_KIND_OPENING;
  if (facts.has_treasury) return debit ? state::v1::ITEM_KIND_RETURN : state::v1::ITEM_KIND_PAYMENT;
  if (!debit) return state::v1::ITEM_KIND_CREDIT_NOTE;
  return facts.has_sales || IsSalesJournal(line) ? state::v1::ITEM_KIND_INVOICE
                                                 : state::v1::ITEM_KIND_DEBIT_NOTE;
}

}  // namespace

uint64_t EntryKey(const FecLine& line) {
  const bool numbered =
      !line.entry_number.empty() && line.entry_number.find_first_not_of('0') != std::string::npos;
  return SourceHash(CanonicalText()
                        .Add(line.journal)
                        .Add(numbered ? line.entry_number : line.piece_ref)
                        .Add(numbered ? "n" : "p")
                        .Add(FormatCompactDay(line.entry_day))
                        .text());
}

bool IsTreasuryAccount(absl::string_view account) { return StartsWithAny(account, kTreasury); }

void FecEntries::OnRecord(FecLine&& line) {
  EntryFacts& facts = facts_[EntryKey(line)];
  facts.has_treasury |= IsTreasuryAccount(line.account);
  facts.has_sales |= absl::StartsWith(line.account, "7");
  balance_.OnRecord(std::move(line));
}

EntryFacts FecEntries::FactsOf(const FecLine& line) const {
  const auto it = facts_.find(EntryKey(line));
  return it == facts_.end() ? EntryFacts() : it->second;
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
  state::v1::Item& item = incoming.item;
  item.set_id(ordinal == 0 ? line.source_hash
                           : SourceHash(CanonicalText()
                                            .Add("again")
                                            .Add(static_cast<int64_t>(line.source_hash))
                                            .Add(ordinal)
                                            .text()));
  item.set_kind(KindOf(line, facts));
  item.set_number(line.piece_ref);
  const bool money =
      item.kind() == state::v1::ITEM_KIND_PAYMENT || item.kind() == state::v1::ITEM_KIND_RETURN;
  const bool by_piece = !money && line.piece_day.has_value() && *line.piece_day <= line.entry_day;
  const absl::CivilDay issue = by_piece ? *line.piece_day : line.entry_day;
  item.set_issue_day(DayNumber(issue));
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
