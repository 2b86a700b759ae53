#include "services/ledger/readers/table/propose_mapping.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/status/check.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/refusal.h"
#include "services/ledger/readers/source_hash.h"
#include "services/ledger/readers/table/choose_columns.h"
#include "services/ledger/readers/table/look_at_table.h"
#include "services/ledger/readers/table/mapping_file.h"
#include "services/ledger/readers/table/table_reader.h"
#include "services/ledger/readers/table/text_fold.h"

namespace relance::ledger {
namespace {

using F = TableField;

constexpr size_t kCommentColumn = 44;
constexpr size_t kNameBytesMax = 200;  // longer names are left to their position
constexpr size_t kMatchedMax = 32;     // columns that a file is known by

std::string Quoted(const std::string& text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

const char* HowSure(int score) { return score >= 140 ? "sure" : score >= 100 ? "likely" : "a guess"; }

// The word of a mapping for the values of a column of kinds; null when it is none that is known.
const char* KindOfWord(const std::string& folded) {
  static const std::set<std::string> invoices = {"invoice",     "sales invoice",
                                                 "facture",     "facture client",
                                                 "fac",         "fa",
                                                 "fc",          "f",
                                                 "factuur",     "verkoopfactuur",
                                                 "rechnung",    "re",
                                                 "inv",         "380",
                                                 "out invoice", "customer invoice",
                                                 "vf",          "ar"};
  static const std::set<std::string> credits = {"credit note",
                                                "sales credit note",
                                                "avoir",
                                                "avoir client",
                                                "av",
                                                "a",
                                                "creditnota",
                                                "cn",
                                                "gutschrift",
                                                "gu",
                                                "note de credit",
                                                "nc",
                                                "381",
                                                "out refund",
                                                "customer credit note",
                                                "credit memo"};
  static const std::set<std::string> payments = {"payment",      "paiement", "reglement",
                                                 "rg",           "betaling", "zahlung",
                                                 "encaissement", "receipt",  "od reglement"};
  static const std::set<std::string> others = {"quote",     "devis",    "offerte",   "angebot", "draft",
                                               "brouillon", "proforma", "pro forma", "order",   "commande"};
  if (invoices.count(folded) > 0) return "invoice";
  if (credits.count(folded) > 0) return "credit_note";
  if (payments.count(folded) > 0) return "payment";
  if (others.count(folded) > 0) return "skip";
  return nullptr;
}

// Words of a status by which a row is not to be read.
bool IsVoid(const std::string& folded) {
  static const std::set<std::string> words = {
      "cancelled", "canceled", "annule",   "annulee",  "storniert",      "geannuleerd", "void",
      "voided",    "deleted",  "supprime", "draft",    "brouillon",      "entwurf",     "concept",
      "failed",    "echoue",   "echec",    "mislukt",  "fehlgeschlagen", "refused",     "refuse",
      "abgelehnt", "rejected", "rejete",   "afgewezen"};
  return words.count(folded) > 0;
}

class Proposer {
 public:
  Proposer(const TableLook& look, const ChosenColumns& chosen, absl::string_view file_name)
      : look_(look), chosen_(chosen), file_name_(file_name) {}

  MappingProposal Propose(absl::string_view bytes) {
    File();
    Dates();
    Amounts();
    Columns();
    Values();
    Constants();
    Keys();
    Statuses();
    Unused();
    MappingProposal proposal;
    proposal.yaml = yaml_;
    proposal.doubts = doubts_;
    proposal.preview = Preview(bytes);
    return proposal;
  }

 private:
  bool Has(F field) const { return chosen_.fields.count(field) > 0; }
  const ColumnProfile& Of(F field) const { return look_.columns[chosen_.fields.at(field).column]; }

  void Line(const std::string& text, const std::string& why) {
    absl::StrAppend(&yaml_, text);
    if (!why.empty()) {
      const size_t pad = text.size() + 1 < kCommentColumn ? kCommentColumn - text.size() : 1;
      absl::StrAppend(&yaml_, std::string(pad, ' '), "# ", why);
    }
    absl::StrAppend(&yaml_, "\n");
  }
  void Doubt(std::string text) { doubts_.push_back(std::move(text)); }

  // How a mapping names a column: by its name, or by its position where the name is not one.
  std::string NameOf(size_t column) const {
    const ColumnProfile& profile = look_.columns[column];
    const auto same =
        std::count_if(look_.columns.begin(), look_.columns.end(),
                      [&](const ColumnProfile& other) { return other.folded == profile.folded; });
    const bool is_name = !profile.folded.empty() && same == 1 && profile.name.size() <= kNameBytesMax &&
                         profile.name.find_first_of("\n\t") == std::string::npos;
    return is_name ? Quoted(profile.name) : absl::StrCat(column + 1);
  }

  void File() {
    std::string stem(file_name_.substr(0, file_name_.rfind('.')));
    std::string name = absl::StrReplaceAll(FoldText(stem), {{" ", "-"}});
    name.erase(std::remove_if(
                   name.begin(), name.end(),
                   [](char c) { return !absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '-'; }),
               name.end());
    if (name.empty()) name = "table";
    Line(absl::StrCat("name: ", name.substr(0, 64)),
         "how you call it; used in reports and as the source of its items");
    Line(absl::StrCat("kind: ", TableKindName(chosen_.kind)),
         absl::StrCat(chosen_.why_kind.empty() ? "the columns fit it best" : chosen_.why_kind,
                      "; others: items payments bank accounts"));
    std::vector<std::string> names;
    for (const auto& [field, column] : chosen_.fields) {
      const std::string written = NameOf(column.column);
      if (written.front() == '"' && names.size() < kMatchedMax) names.push_back(written);
    }
    if (!names.empty()) {
      absl::StrAppend(&yaml_, "match:\n");
      Line(absl::StrCat("  columns: [", absl::StrJoin(names, ", "), "]"),
           "a file with all of these is read with this mapping");
    }
    Line(absl::StrCat("encoding: ", look_.encoding), look_.encoding == "utf-8"
                                                         ? "every byte of it is well-formed UTF-8"
                                                         : "not UTF-8; by the bytes that it has");
    const char* separator = look_.separator == ';'    ? "semicolon"
                            : look_.separator == '\t' ? "tab"
                            : look_.separator == '|'  ? "pipe"
                                                      : "comma";
    Line(absl::StrCat("separator: ", separator),
         absl::StrCat("cuts ", look_.rows.size(), " rows into ", look_.columns.size(), " columns",
                      look_.odd_rows > 0 ? absl::StrCat(", ", look_.odd_rows, " rows otherwise") : ""));
    if (look_.skip_lines > 0) {
      Line(absl::StrCat("skip_lines: ", look_.skip_lines), "what stands above the names of the columns");
    }
    if (look_.odd_rows > 0) {
      Doubt(absl::StrCat(
          look_.odd_rows,
          " rows have another number of columns: totals at the end want `footer_lines`, texts with a "
          "separator want quotes"));
    }
  }

  void Dates() {
    std::vector<std::string> forms;
    for (const F field : {F::kIssueDate, F::kBookingDate, F::kDueDate, F::kValueDate}) {
      if (!Has(field)) continue;
      const ColumnProfile& column = Of(field);
      const std::string best = column.BestDate();
      if (best.empty() || std::find(forms.begin(), forms.end(), best) != forms.end()) continue;
      forms.push_back(best);
      if (column.BestDateCount() < column.filled) {
        Doubt(absl::StrCat(column.name, ": ", column.filled - column.BestDateCount(), " of ", column.filled,
                           " dates do not read as ", best, "; these rows will be rejected"));
      }
    }
    if (forms.empty()) return;
    // Other forms that would read every date as well, as another day.
    std::string why = "reads most dates of the columns of dates";
    for (const auto& [one, other] : {std::make_pair("dd/mm/", "mm/dd/"), std::make_pair("d/m/", "m/d/"),
                                     std::make_pair("dd-mm-", "mm-dd-")}) {
      for (const F field : {F::kIssueDate, F::kBookingDate}) {
        if (!Has(field)) continue;
        const ColumnProfile& column = Of(field);
        const std::string form = column.BestDate();
        if (!absl::StartsWith(form, one)) continue;
        const auto reversed = column.dates.find(absl::StrReplaceAll(form, {{one, other}}));
        if (reversed != column.dates.end() && reversed->second == column.BestDateCount()) {
          Doubt(absl::StrCat(column.name, ": no day is above 12, so day and month cannot be told apart; ",
                             form, " is taken, as it is written in Europe"));
          why = "a guess: day and month cannot be told apart here";
        } else {
          why = "days above 12 show the order";
        }
      }
    }
    Line(absl::StrCat("dates: [", absl::StrJoin(forms, ", "), "]"), why);
  }

  void Amounts() {
    int64_t comma = 0, point = 0, three = 0, negatives = 0, parentheses = 0;
    int64_t comma_groups = 0, point_groups = 0, space_groups = 0, apostrophe_groups = 0, whole = 0, all = 0;
    for (const F field : {F::kAmount, F::kDebit, F::kCredit, F::kCreditLimit}) {
      if (!Has(field)) continue;
      const ColumnProfile& c = Of(field);
      comma += c.comma_decimals;
      point += c.point_decimals;
      three += c.three_digits;
      negatives += c.negatives;
      parentheses += c.parentheses;
      comma_groups += c.comma_thousands;
      point_groups += c.point_thousands;
      space_groups += c.space_thousands;
      apostrophe_groups += c.apostrophe_thousands;
      whole += c.whole;
      all += c.amounts;
      if (c.amounts < c.filled) {
        Doubt(absl::StrCat(c.name, ": ", c.filled - c.amounts, " of ", c.filled, " cells are no amounts"));
      }
    }
    if (all == 0) return;
    const char* mark = comma > point      ? "comma"
                       : point > comma    ? "point"
                       : comma_groups > 0 ? "point"
                       : point_groups > 0 ? "comma"
                                          : "either";
    if (comma + point == 0) {
      Line(absl::StrCat("decimal: ", mark), absl::StrCat("no amount has decimals (", whole, " are whole)"));
    } else {
      Line(absl::StrCat("decimal: ", mark),
           absl::StrCat(std::max(comma, point), " of ", all, " amounts have it, ", std::min(comma, point),
                        " the other"));
    }
    if (comma > 0 && point > 0) {
      Doubt(absl::StrCat("amounts are written with commas (", comma, ") and with points (", point,
                         "); those with the rarer mark will be rejected"));
    }
    if (three > 0 && comma + point == 0) {
      Doubt("amounts such as 1.234 have two readings here: thousands, or three decimals");
    }
    const bool is_comma = std::string(mark) == "comma";
    if (space_groups > 0) {
      Line("thousands: space", absl::StrCat(space_groups, " amounts are grouped so"));
    } else if (apostrophe_groups > 0) {
      Line("thousands: apostrophe", absl::StrCat(apostrophe_groups, " amounts are grouped so"));
    } else if (is_comma && (point_groups > 0 || three > 0)) {
      Line("thousands: point", absl::StrCat(point_groups + three, " amounts are grouped so"));
    } else if (!is_comma && std::string(mark) == "point" && (comma_groups > 0 || three > 0)) {
      Line("thousands: comma", absl::StrCat(comma_groups + three, " amounts are grouped so"));
    }
    if (parentheses > 0)
      Line("parentheses: negative", absl::StrCat(parentheses, " amounts stand in parentheses"));
    if (negatives + parentheses == 0) return;
    if (chosen_.kind == TableKind::kItems && Has(F::kAmount)) {
      Line("negative: credit_note",
           absl::StrCat(negatives + parentheses,
                        " amounts are negative; payment and reject are the other ways"));
    }
    if (chosen_.kind == TableKind::kPayments) {
      Doubt(absl::StrCat(negatives + parentheses,
                         " payments are negative: money that was given back is rejected"));
    }
  }

  void Columns() {
    absl::StrAppend(&yaml_, "columns:\n");
    for (const auto& [field, column] : chosen_.fields) {
      if (field == F::kKind && !KindIsKnown()) continue;
      std::string why = absl::StrCat(HowSure(column.score), ": ", column.why);
      const ColumnProfile& profile = look_.columns[column.column];
      if (profile.filled < static_cast<int64_t>(look_.rows.size())) {
        absl::StrAppend(&why, "; empty in ", look_.rows.size() - static_cast<size_t>(profile.filled),
                        " rows");
      }
      if (column.runner_up.has_value()) {
        absl::StrAppend(&why, "; ", NameOf(*column.runner_up), " could be it too");
        if (IsNeeded(field)) {
          Doubt(absl::StrCat(TableFieldName(field), ": ", NameOf(column.column), " is taken, ",
                             NameOf(*column.runner_up), " could be it too"));
        }
      }
      Line(absl::StrCat("  ", TableFieldName(field), ": ", NameOf(column.column)), why);
    }
  }

  static bool IsNeeded(F field) {
    return field == F::kAccount || field == F::kNumber || field == F::kAmount || field == F::kIssueDate ||
           field == F::kBookingDate || field == F::kDueDate;
  }

  bool KindIsKnown() const {
    if (!Has(F::kKind)) return false;
    if (chosen_.kind == TableKind::kBank) return false;
    for (const auto& [word, count] : Of(F::kKind).words) {
      if (KindOfWord(word) == nullptr) return false;
    }
    return true;
  }

  void Values() {
    if (!Has(F::kKind)) return;
    if (!KindIsKnown()) {
      std::vector<std::string> words;
      for (const auto& [word, count] : Of(F::kKind).words) words.push_back(word);
      Doubt(absl::StrCat("column ", Of(F::kKind).name,
                         " seems to say the kind of a row, in words that are not known: ",
                         absl::StrJoin(words, ", "), "; map it with `kind` and `values` if it does"));
      return;
    }
    absl::StrAppend(&yaml_, "values:\n  kind:\n");
    for (const auto& [word, count] : Of(F::kKind).words) {
      Line(absl::StrCat("    ", Quoted(word), ": ", KindOfWord(word)), absl::StrCat(count, " rows"));
    }
  }

  void Constants() {
    if (chosen_.kind == TableKind::kAccounts || Has(F::kCurrency)) return;
    Line("constants: { currency: EUR }", "a guess: no column says the currency");
    Doubt("no column says the currency: EUR is taken");
  }

  void Keys() {
    if (!Has(F::kNumber) || chosen_.kind == TableKind::kBank) return;
    const size_t at = chosen_.fields.at(F::kNumber).column;
    std::map<std::string, uint64_t> seen;
    int64_t repeated = 0, differing = 0;
    for (const auto& row : look_.rows) {
      if (row[at].empty()) continue;
      const uint64_t content = SourceHash(absl::StrJoin(row, "\x1f"));
      const auto [it, is_new] = seen.emplace(row[at], content);
      if (is_new) continue;
      ++repeated;
      if (it->second != content) ++differing;
    }
    if (differing > 0) {
      Doubt(absl::StrCat(
          "column ", look_.columns[at].name, ": ", differing,
          " rows have the number of an earlier row and say something else. Each row is an item "
          "(instalments); if they are lines of one document, set `unique: number` and `repeated: skip`"));
      return;
    }
    Line("unique: number", repeated > 0
                               ? absl::StrCat(repeated, " rows come again, the same; they are left out")
                               : std::string("no number comes twice"));
  }

  void Statuses() {
    for (size_t i = 0; i < look_.columns.size(); ++i) {
      const ColumnProfile& column = look_.columns[i];
      const bool is_status =
          absl::StrContains(column.folded, "status") || absl::StrContains(column.folded, "statut") ||
          absl::StrContains(column.folded, "etat") || absl::StrContains(column.folded, "state");
      const bool is_used = std::any_of(chosen_.fields.begin(), chosen_.fields.end(),
                                       [i](const auto& field) { return field.second.column == i; });
      if (!is_status || is_used || column.words.size() >= ColumnProfile::kWordsMax) continue;
      std::vector<std::string> voids;
      int64_t rows = 0;
      for (const auto& [word, count] : column.words) {
        if (!IsVoid(word)) continue;
        voids.push_back(Quoted(word));
        rows += count;
      }
      if (voids.empty()) continue;
      if (!has_skip_) absl::StrAppend(&yaml_, "skip:\n");
      has_skip_ = true;
      Line(absl::StrCat("  - { column: ", NameOf(i), ", is: [", absl::StrJoin(voids, ", "),
                        "], reason: NOT_VALID }"),
           absl::StrCat("likely: ", rows, " rows"));
    }
  }

  void Unused() {
    std::vector<std::string> names;
    for (size_t i = 0; i < look_.columns.size(); ++i) {
      const bool is_used = std::any_of(chosen_.fields.begin(), chosen_.fields.end(),
                                       [i](const auto& field) { return field.second.column == i; });
      if (!is_used)
        names.push_back(look_.columns[i].name.empty() ? absl::StrCat(i + 1) : look_.columns[i].name);
    }
    if (!names.empty()) {
      std::string joined = absl::StrJoin(names, ", ");
      std::replace(joined.begin(), joined.end(), '\n', ' ');
      absl::StrAppend(&yaml_, "# not read: ", joined, "\n");
    }
  }

  std::string Preview(absl::string_view bytes);

  const TableLook& look_;
  const ChosenColumns& chosen_;
  const absl::string_view file_name_;
  std::string yaml_;
  std::vector<std::string> doubts_;
  bool has_skip_ = false;
};

std::string Amount(int64_t minor, const std::string& currency) {
  const auto exponent = CurrencyExponent(currency);
  return absl::StrCat(FormatDecimal(minor, exponent.ok() ? *exponent : 0, '.'), " ", currency);
}

// Writes the first rows and adds up all.
class PreviewSink : public TableSink {
 public:
  void OnItem(ItemRow&& row) override {
    static constexpr const char* kKinds[] = {"invoice", "credit note", "payment", "opening"};
    const char* kind = kKinds[static_cast<size_t>(row.kind)];
    const auto day = [](const std::optional<absl::CivilDay>& date) {
      return date ? FormatIsoDay(*date) : "";
    };
    Add(absl::StrFormat(
        "line %d: %s %s of %s, %s%s%s", row.line, kind, row.number,
        row.account.empty() ? "(to be found)" : row.account, Amount(row.amount_minor, row.currency),
        row.booking_day ? ", booked " + day(row.booking_day) : ", issued " + day(row.issue_day),
        row.due_day ? ", due " + day(row.due_day) : ""));
    Sum(kind, row.amount_minor, row.currency);
  }
  void OnBank(BankTransaction&& t) override {
    Add(absl::StrFormat("line %d: %s %s on %s: %s", t.line, t.is_credit ? "in" : "out",
                        Amount(t.amount_minor, t.currency), FormatIsoDay(t.booking_day),
                        absl::StrJoin(t.unstructured, " / ")));
    Sum(t.is_credit ? "money in" : "money out", t.amount_minor, t.currency);
  }
  void OnAccount(AccountRow&& row) override {
    std::string text = absl::StrCat("line ", row.line, ": account ", row.account);
    for (const auto& [field, value] : row.told)
      absl::StrAppend(&text, ", ", TableFieldName(field), " ", value);
    Add(text);
    Sum("account", 0, "");
  }
  void OnReject(const Reject& reject) override {
    if (rejects_ < 5) {
      absl::StrAppend(&rejected_, "  line ", reject.line, ": ", reject.field, ": ", reject.message, " [",
                      reject.reason, "]\n");
    }
    ++rejects_;
  }

  std::string Text(const ReadSummary& summary) const {
    std::string text = first_;
    for (const auto& [key, sum] : sums_) {
      absl::StrAppend(&text, "all: ", sum.first, " x ", key.first,
                      key.second.empty() ? "" : absl::StrCat(", ", Amount(sum.second, key.second)), "\n");
    }
    if (summary.skipped > 0) absl::StrAppend(&text, "left out: ", summary.skipped, " rows\n");
    if (rejects_ > 0)
      absl::StrAppend(&text, "rejected: ", rejects_, " rows, the first of them:\n", rejected_);
    return text;
  }

 private:
  void Add(const std::string& line) {
    if (rows_++ < kPreviewRowsMax) absl::StrAppend(&first_, line, "\n");
  }
  void Sum(const std::string& what, int64_t minor, const std::string& currency) {
    auto& [count, total] = sums_[{what, currency}];
    ++count;
    total = AddSaturated(total, minor);
  }

  std::string first_, rejected_;
  size_t rows_ = 0;
  int64_t rejects_ = 0;
  std::map<std::pair<std::string, std::string>, std::pair<int64_t, int64_t>> sums_;
};

std::string Proposer::Preview(absl::string_view bytes) {
  const auto mapping = ParseMapping(yaml_, "proposal");
  if (!mapping.ok()) {
    doubts_.push_back(
        absl::StrCat("the proposal does not hold: ", absl::string_view(mapping.status().message())));
    return "";
  }
  PreviewSink sink;
  TableReader reader({std::string(file_name_)}, &*mapping, &sink);
  absl::Status read = reader.Feed(bytes);
  if (read.ok()) read = reader.Finish();
  if (!read.ok()) return absl::StrCat("the file is refused: ", absl::string_view(read.message()), "\n");
  return sink.Text(reader.summary());
}

}  // namespace

absl::StatusOr<MappingProposal> ProposeMapping(absl::string_view bytes, absl::string_view file_name,
                                               std::optional<TableKind> kind) {
  RELANCE_ASSIGN_OR_RETURN(const TableLook look, LookAtTable(bytes, file_name, kProposalRowsMax));
  const ChosenColumns chosen = ChooseColumns(look, kind);
  if (!chosen.missing.empty()) {
    std::vector<std::string> names;
    for (const ColumnProfile& column : look.columns) names.push_back(column.name);
    return RefuseFile(
        file_name, look.skip_lines + 1, chosen.missing[0], kColumnMissing,
        absl::StrCat("read as ", TableKindName(chosen.kind), ", no column is ",
                     absl::StrJoin(chosen.missing, ", nor "), "; the columns are ",
                     absl::StrJoin(names, ", "),
                     "; say --kind, or write the mapping yourself, see docs/formats/tables.md"));
  }
  return Proposer(look, chosen, file_name).Propose(bytes);
}

}  // namespace relance::ledger
