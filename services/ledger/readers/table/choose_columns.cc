#include "services/ledger/readers/table/choose_columns.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "services/ledger/readers/table/column_words.h"

namespace relance::ledger {
namespace {

using F = TableField;

constexpr size_t kColumnsMax = 1000;  // the highest position that a mapping may name
constexpr int kScoreLeast = 55;
constexpr int kRefused = -1000;

struct Shape {
  int score = 0;
  const char* what = "";
};

// What the values say of a field.
Shape ShapeOf(const ColumnProfile& column, F field) {
  const double dates = column.ShareOf(column.BestDateCount());
  const double amounts = column.ShareOf(column.amounts);
  const double distinct = column.ShareOf(static_cast<int64_t>(column.distinct.size()));
  const bool is_empty = column.filled == 0;
  switch (field) {
    case F::kIssueDate:
    case F::kDueDate:
    case F::kBookingDate:
    case F::kValueDate:
    case F::kInsolventDate:
      if (is_empty) return {-20, "no value"};
      if (dates >= 0.9) return {50, "dates"};
      return dates >= 0.6 ? Shape{40, "mostly dates"} : Shape{kRefused, ""};
    case F::kAmount:
      if (dates > 0.8 && column.whole == column.amounts) return {kRefused, ""};
      return amounts >= 0.8 ? Shape{column.whole == column.amounts ? 25 : 45, "amounts"}
                            : Shape{kRefused, ""};
    case F::kDebit:
    case F::kCredit:
      if (is_empty) return {0, "no value"};
      return amounts >= 0.8 ? Shape{45, "amounts"} : Shape{kRefused, ""};
    case F::kCreditLimit:
      return is_empty || amounts >= 0.8 ? Shape{30, "amounts"} : Shape{kRefused, ""};
    case F::kDueDays:
      return column.ShareOf(column.whole) >= 0.9 ? Shape{30, "whole numbers"} : Shape{kRefused, ""};
    case F::kCurrency:
      return column.ShareOf(column.currencies) >= 0.9 ? Shape{80, "codes of currencies"}
                                                      : Shape{kRefused, ""};
    case F::kCountry:
      return column.ShareOf(column.countries) >= 0.9 ? Shape{40, "codes of countries"} : Shape{0, "texts"};
    case F::kSide:
      return column.ShareOf(column.sides) >= 0.9 ? Shape{60, "words for debit and credit"}
                                                 : Shape{kRefused, ""};
    case F::kEmail:
    case F::kContactEmail:
      return column.ShareOf(column.mails) >= 0.8 ? Shape{60, "mail addresses"}
                                                 : Shape{is_empty ? 0 : kRefused, "no value"};
    case F::kBankAccount:
    case F::kPayerIban:
      if (column.ShareOf(column.ibans) >= 0.8) return {50, "IBANs"};
      return amounts > 0.9 && column.whole < column.amounts ? Shape{kRefused, ""} : Shape{0, "texts"};
    case F::kVatId:
      return column.ShareOf(column.vats) >= 0.5 ? Shape{50, "VAT numbers"}
                                                : Shape{amounts > 0.8 ? kRefused : 0, "texts"};
    case F::kLegalId:
      return column.ShareOf(column.company_numbers) >= 0.7 ? Shape{50, "numbers of companies"}
                                                           : Shape{0, "texts"};
    case F::kKind:
      if (is_empty || column.distinct.size() > ColumnProfile::kWordsMax || amounts > 0.5)
        return {kRefused, ""};
      return {20, "a few words"};
    case F::kNumber:
    case F::kPays:
      if (is_empty) return {-20, "no value"};
      if (dates > 0.8 && amounts < 0.5) return {kRefused, ""};
      if (column.point_decimals + column.comma_decimals > column.filled / 2) return {kRefused, ""};
      return distinct >= 0.8 ? Shape{30, "different in nearly every row"} : Shape{5, "texts"};
    case F::kAccount:
      if (is_empty) return {-20, "no value"};
      if (column.point_decimals + column.comma_decimals > column.filled / 2) return {kRefused, ""};
      if (dates > 0.8 && amounts < 0.5) return {kRefused, ""};
      return {20, "codes"};
    case F::kName:
    case F::kPayerName:
    case F::kDescription:
      return amounts > 0.8 || dates > 0.8 ? Shape{kRefused, ""} : Shape{10, "texts"};
    default:
      return {10, "texts"};
  }
}

bool IsAmountField(F field) { return field == F::kAmount || field == F::kDebit || field == F::kCredit; }

struct Candidate {
  int score;
  size_t column;
  F field;
  std::string why;
};

std::vector<Candidate> Candidates(const TableLook& look, TableKind kind) {
  std::vector<Candidate> all;
  for (size_t i = 0; i < look.columns.size() && i < kColumnsMax; ++i) {
    const ColumnProfile& column = look.columns[i];
    for (size_t f = 0; f < kTableFieldCount; ++f) {
      const F field = static_cast<F>(f);
      const int name = NameScore(column.folded, field, kind);
      const bool by_shape_alone = field == F::kCurrency || field == F::kEmail;
      if (!IsFieldOf(field, kind) || (name == 0 && !by_shape_alone)) continue;
      // Of an invoice the number is its own.
      if (field == F::kPays && kind != TableKind::kPayments) continue;
      if (IsAmountField(field) && IsOtherAmount(column.folded) && name < 80) continue;
      const Shape shape = ShapeOf(column, field);
      const int score = name + shape.score;
      if (score < kScoreLeast) continue;
      all.push_back({score, i, field,
                     absl::StrCat(name >= 80 ? "named so"
                                  : name > 0 ? "named like it"
                                             : "by its values alone",
                                  ", ", shape.what)});
    }
  }
  std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    return std::make_tuple(-a.score, a.column, a.field) < std::make_tuple(-b.score, b.column, b.field);
  });
  return all;
}

bool NamesAny(const TableLook& look, std::initializer_list<const char*> words) {
  return std::any_of(look.columns.begin(), look.columns.end(), [&](const ColumnProfile& column) {
    return std::any_of(words.begin(), words.end(),
                       [&](const char* word) { return ContainsWords(column.folded, word); });
  });
}

// What the names of the columns together say of the kind.
int KindBonus(const TableLook& look, TableKind kind, const ChosenColumns& chosen, std::string* why) {
  int bonus = 0;
  const auto add = [&](bool holds, int points, const char* what) {
    if (!holds) return;
    bonus += points;
    absl::StrAppend(why, why->empty() ? "" : ", ", what);
  };
  const auto has = [&](F field) { return chosen.fields.count(field) > 0; };
  switch (kind) {
    case TableKind::kItems:
      add(has(F::kDueDate), 120, "it has a due date");
      add(NamesAny(look, {"invoice", "facture", "factuur", "rechnung", "order date", "rechnungsnummer",
                          "factuurnummer"}),
          60, "it names invoices or orders");
      break;
    case TableKind::kPayments: {
      const bool named = NamesAny(
          look, {"payment id", "payment date", "date paiement", "date de paiement", "date reglement",
                 "date de reglement", "betaaldatum", "zahlungsdatum", "amount paid", "montant regle"});
      add(named, 150, "it names payments");
      add(!named, -200, "but names no payments");
      add(NamesAny(look, {"due date", "echeance", "date d echeance", "vervaldatum", "falligkeit", "duedate"}),
          -200, "but has a due date");
      break;
    }
    case TableKind::kBank:
      add(NamesAny(look, {"running balance", "balance", "solde", "saldo"}), 60, "it has a balance");
      add(NamesAny(look, {"booking date", "date operation", "date d operation", "buchungstag",
                          "buchungsdatum", "boekdatum", "date valeur", "date de valeur", "value date",
                          "wertstellung", "verwendungszweck", "transaction date"}),
          120, "it names bookings");
      add(has(F::kDebit) && has(F::kCredit) && has(F::kDescription), 60, "debits and credits with a text");
      add(NamesAny(look,
                   {"customer", "client", "klant", "kunde", "invoice", "facture", "factuur", "rechnung"}),
          -150, "but names customers or invoices");
      break;
    case TableKind::kAccounts:
      add(has(F::kEmail) || has(F::kContactEmail), 40, "it has mail addresses");
      add(has(F::kCreditLimit) || has(F::kTerms) || has(F::kLegalId) || has(F::kVatId), 60,
          "it describes companies");
      add(NamesAny(look,
                   {"amount", "montant", "betrag", "bedrag", "debit", "credit", "due date", "echeance"}) &&
              !has(F::kCreditLimit),
          -300, "but has amounts");
      break;
  }
  return bonus;
}

ChosenColumns ChooseOf(const TableLook& look, TableKind kind) {
  ChosenColumns chosen;
  chosen.kind = kind;
  std::set<size_t> used;
  const std::vector<Candidate> candidates = Candidates(look, kind);
  for (const Candidate& candidate : candidates) {
    const auto known = chosen.fields.find(candidate.field);
    if (known != chosen.fields.end()) {
      ChosenColumn& column = known->second;
      if (!column.runner_up.has_value() && used.count(candidate.column) == 0 &&
          column.score - candidate.score <= 15) {
        column.runner_up = candidate.column;
      }
      continue;
    }
    if (used.count(candidate.column) > 0) continue;
    // Debit and credit, or one amount; whichever says it better.
    const bool split = chosen.fields.count(F::kDebit) + chosen.fields.count(F::kCredit) > 0;
    if (candidate.field == F::kAmount && split) continue;
    if ((candidate.field == F::kDebit || candidate.field == F::kCredit || candidate.field == F::kSide) &&
        (candidate.field == F::kSide ? split : chosen.fields.count(F::kAmount) > 0)) {
      continue;
    }
    used.insert(candidate.column);
    chosen.fields[candidate.field] = {candidate.column, candidate.score, candidate.why, {}};
  }
  const auto has = [&](F field) { return chosen.fields.count(field) > 0; };
  if (has(F::kDebit) != has(F::kCredit)) {
    chosen.fields.erase(F::kDebit);
    chosen.fields.erase(F::kCredit);
    for (const Candidate& candidate : candidates) {
      if (candidate.field == F::kAmount && !has(F::kAmount) && used.count(candidate.column) == 0) {
        chosen.fields[F::kAmount] = {candidate.column, candidate.score, candidate.why, {}};
      }
    }
  }
  const auto need = [&](bool there, const char* what) {
    if (!there) chosen.missing.push_back(what);
  };
  if (kind != TableKind::kAccounts) need(has(F::kAmount) || has(F::kDebit), "amount (or debit and credit)");
  if (kind == TableKind::kItems) {
    need(has(F::kAccount), "account");
    need(has(F::kNumber), "number");
    need(has(F::kIssueDate), "issue_date");
  } else if (kind == TableKind::kAccounts) {
    need(has(F::kAccount), "account");
    need(chosen.fields.size() > 1, "anything about the accounts");
  } else {
    need(has(F::kBookingDate), "booking_date");
  }
  for (const auto& [field, column] : chosen.fields) chosen.score += std::min(column.score, 150) / 3;
  chosen.score += KindBonus(look, kind, chosen, &chosen.why_kind);
  chosen.score -= 500 * static_cast<int>(chosen.missing.size());
  return chosen;
}

}  // namespace

ChosenColumns ChooseColumns(const TableLook& look, std::optional<TableKind> kind) {
  if (kind.has_value()) {
    ChosenColumns chosen = ChooseOf(look, *kind);
    chosen.why_kind = "as you said";
    return chosen;
  }
  ChosenColumns best = ChooseOf(look, TableKind::kItems);
  for (const TableKind other : {TableKind::kPayments, TableKind::kBank, TableKind::kAccounts}) {
    ChosenColumns chosen = ChooseOf(look, other);
    if (chosen.score > best.score) best = std::move(chosen);
  }
  return best;
}

}  // namespace relance::ledger
