#include "services/scenario/render/notice_tables.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "services/scenario/render/locale.h"

namespace relance::scenario::render {
namespace {

constexpr auto kLeft = Table::Align::kLeft;
constexpr auto kRight = Table::Align::kRight;
constexpr char kNoDay[] = "–";

// Currencies in order of first appearance.
template <typename T, typename AmountOf>
std::vector<std::string> CurrenciesOf(const std::vector<T>& things, AmountOf amount_of) {
  std::vector<std::string> currencies;
  for (const T& thing : things) {
    const std::string& currency = amount_of(thing).currency;
    if (std::find(currencies.begin(), currencies.end(), currency) == currencies.end())
      currencies.push_back(currency);
  }
  return currencies;
}

Table::Row TotalRow(size_t column_count, std::string label, std::string amount) {
  Table::Row row;
  row.cells.resize(column_count);
  row.cells.front() = std::move(label);
  row.cells.back() = std::move(amount);
  return row;
}

struct ClaimRow {
  std::vector<std::string> cells;  // the item number first
  const Money* amount;
};

// Items keep the order in which they came, and so do the claims of one item.
void SortByItem(std::vector<ClaimRow>& claims) {
  std::map<std::string, size_t> order;
  for (const ClaimRow& claim : claims) order.emplace(claim.cells.front(), order.size());
  std::stable_sort(claims.begin(), claims.end(), [&order](const ClaimRow& a, const ClaimRow& b) {
    return order[a.cells.front()] < order[b.cells.front()];
  });
}

}  // namespace

absl::Status Totals::Add(const Money& amount) {
  for (Money& total : amounts_) {
    if (total.currency != amount.currency) continue;
    RELANCE_ASSIGN_OR_RETURN(total, relance::Add(total, amount));
    return absl::OkStatus();
  }
  amounts_.push_back(amount);
  return absl::OkStatus();
}

absl::Status Totals::Add(const Totals& other) {
  for (const Money& amount : other.amounts_) RELANCE_RETURN_IF_ERROR(Add(amount));
  return absl::OkStatus();
}

Money Totals::Of(const std::string& currency) const {
  for (const Money& total : amounts_) {
    if (total.currency == currency) return total;
  }
  return Money{0, currency};
}

std::string Totals::Format(absl::string_view language) const {
  std::vector<std::string> parts;
  for (const Money& amount : amounts_) parts.push_back(FormatAmount(language, amount));
  return JoinWithAnd(language, parts);
}

std::string NoticeTables::Title(const std::string& label, const std::string& currency,
                                size_t currency_count) const {
  return currency_count > 1 ? absl::StrCat(Label(label), " (", currency, ")") : Label(label);
}

absl::StatusOr<std::vector<Block>> NoticeTables::Items(const std::vector<Item>& items,
                                                       const std::string& title_label, bool with_days_late,
                                                       bool with_total) const {
  const std::vector<std::string> currencies =
      CurrenciesOf(items, [](const Item& i) -> const Money& { return i.open; });
  std::vector<Block> blocks;
  for (const std::string& currency : currencies) {
    Table table;
    table.title = Title(title_label, currency, currencies.size());
    table.quiet = !with_total;
    table.columns = {{Label("item"), kLeft}, {Label("issue_date"), kLeft}, {Label("due_date"), kLeft}};
    if (with_days_late) table.columns.push_back({Label("days_late"), kRight});
    table.columns.push_back({Label("original_amount"), kRight});
    table.columns.push_back({Label("open_amount"), kRight});
    Totals total;
    for (const Item& item : items) {
      if (item.open.currency != currency) continue;
      RELANCE_RETURN_IF_ERROR(total.Add(item.open));
      Table::Row row;
      row.cells = {item.number, item.issue_date ? FormatShortDay(language_, *item.issue_date) : kNoDay,
                   FormatShortDay(language_, item.due_date)};
      if (with_days_late) row.cells.push_back(absl::StrCat(DaysLate(item, message_.date)));
      row.cells.push_back(FormatAmount(language_, item.original));
      row.cells.push_back(FormatAmount(language_, item.open));
      if (with_total) row.running_total = total.Format(language_);
      table.rows.push_back(std::move(row));
    }
    if (with_total)
      table.totals.push_back(TotalRow(table.columns.size(), Label("total"), total.Format(language_)));
    blocks.emplace_back(std::in_place_type<Table>, std::move(table));
  }
  return blocks;
}

absl::StatusOr<std::vector<Block>> NoticeTables::Credits() const {
  const std::vector<Credit>& credits = message_.credits;
  const auto currencies = CurrenciesOf(credits, [](const Credit& c) -> const Money& { return c.open; });
  std::vector<Block> blocks;
  for (const std::string& currency : currencies) {
    Table table;
    table.key_columns = 2;
    table.title = Title("title_credits", currency, currencies.size());
    table.quiet = true;
    table.columns = {{Label("reference"), kLeft},
                     {Label("claim_kind"), kLeft},
                     {Label("date"), kLeft},
                     {Label("amount"), kRight}};
    Totals total;
    for (const Credit& credit : credits) {
      if (credit.open.currency != currency) continue;
      RELANCE_RETURN_IF_ERROR(total.Add(credit.open));
      const char* const kind =
          credit.kind == Credit::Kind::kCreditNote ? "credit_note" : "payment_on_account";
      table.rows.push_back({{credit.reference, Label(kind), FormatShortDay(language_, credit.date),
                             FormatAmount(language_, credit.open)},
                            total.Format(language_)});
    }
    table.totals.push_back(TotalRow(table.columns.size(), Label("total"), total.Format(language_)));
    blocks.emplace_back(std::in_place_type<Table>, std::move(table));
  }
  return blocks;
}

absl::StatusOr<std::vector<Block>> NoticeTables::Claims() const {
  Totals all;
  std::vector<ClaimRow> claims;
  for (const InterestLine& line : message_.interest) {
    RELANCE_RETURN_IF_ERROR(all.Add(line.amount));
    const std::string period = absl::StrCat(FormatShortDay(language_, line.from), "\u00a0–\u00a0",
                                            FormatShortDay(language_, line.to));
    claims.push_back({{line.item_number, Label("interest"), period, absl::StrCat(line.days),
                       FormatAmount(language_, line.principal), FormatRate(language_, line.rate_bps),
                       FormatAmount(language_, line.amount)},
                      &line.amount});
  }
  for (const Indemnity& line : message_.indemnities) {
    RELANCE_RETURN_IF_ERROR(all.Add(line.amount));
    claims.push_back(
        {{line.item_number, Label("indemnity"), "", "", "", "", FormatAmount(language_, line.amount)},
         &line.amount});
  }
  SortByItem(claims);
  std::vector<Block> blocks;
  for (const Money& sum : all.amounts()) {
    Table table;
    table.key_columns = 2;
    table.title = Title("title_claims", sum.currency, all.amounts().size());
    table.columns = {{Label("item"), kLeft},   {Label("claim_kind"), kLeft}, {Label("period"), kLeft},
                     {Label("days"), kRight},  {Label("principal"), kRight}, {Label("rate"), kRight},
                     {Label("amount"), kRight}};
    Totals running;
    for (const ClaimRow& claim : claims) {
      if (claim.amount->currency != sum.currency) continue;
      RELANCE_RETURN_IF_ERROR(running.Add(*claim.amount));
      table.rows.push_back({claim.cells, running.Format(language_)});
    }
    table.totals.push_back(TotalRow(table.columns.size(), Label("total"), FormatAmount(language_, sum)));
    blocks.emplace_back(std::in_place_type<Table>, std::move(table));
  }
  return blocks;
}

std::vector<Block> NoticeTables::Summary(const Totals& items, const Totals& interest,
                                         const Totals& indemnities, const Totals& due) const {
  std::vector<Block> blocks;
  for (const Money& sum : due.amounts()) {
    Table table;
    table.title = Title("title_summary", sum.currency, due.amounts().size());
    table.columns = {{"", kLeft}, {Label("amount"), kRight}};
    for (const auto& [label, part] :
         {std::pair("summary_items", &items), std::pair("summary_interest", &interest),
          std::pair("summary_indemnities", &indemnities)}) {
      const Money amount = part->Of(sum.currency);
      if (amount.minor != 0) table.rows.push_back({{Label(label), FormatAmount(language_, amount)}, ""});
    }
    table.totals.push_back(TotalRow(2, Label("summary_due"), FormatAmount(language_, sum)));
    blocks.emplace_back(std::in_place_type<Table>, std::move(table));
  }
  return blocks;
}

std::vector<Block> NoticeTables::Payment(const Totals& due) const {
  const Sender& sender = message_.sender;
  Facts facts;
  facts.title = Label("title_payment");
  facts.lines = {{Label("beneficiary"), sender.legal_name},
                 {Label("iban"), GroupReference(sender.iban)},
                 {Label("bic"), sender.bic},
                 {Label("payment_reference"), GroupReference(message_.payment_reference)},
                 {Label("amount"), due.Format(language_)}};
  std::vector<std::pair<std::string, std::string>> present;
  for (auto& line : facts.lines) {
    if (!line.second.empty()) present.push_back(std::move(line));
  }
  facts.lines = std::move(present);
  return {facts};
}

}  // namespace relance::scenario::render
