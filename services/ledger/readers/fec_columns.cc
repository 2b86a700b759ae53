#include "services/ledger/readers/fec_columns.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/domain_error.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

constexpr const char* kNames[kFecColumnCount] = {
    "JournalCode", "JournalLib",  "EcritureNum",  "EcritureDate", "CompteNum",     "CompteLib",
    "CompAuxNum",  "CompAuxLib",  "PieceRef",     "PieceDate",    "EcritureLib",   "Debit",
    "Credit",      "EcritureLet", "DateLet",      "ValidDate",    "Montantdevise", "Idevise",
    "Montant",     "Sens",        "DateEcheance", "DateRglt",     "ModeRglt",      "IdClient"};

constexpr FecColumn kRequired[] = {FecColumn::kJournalCode, FecColumn::kEcritureNum, FecColumn::kEcritureDate,
                                   FecColumn::kCompteNum,   FecColumn::kCompAuxNum,  FecColumn::kPieceRef,
                                   FecColumn::kEcritureLib};

// Lower-case letters and digits only; é and è become e, whatever encoding the header had.
std::string Normalise(absl::string_view name) {
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    if (byte == 0xC3 && i + 1 < name.size()) {
      const auto next = static_cast<unsigned char>(name[++i]);
      if ((next >= 0x88 && next <= 0x8B) || (next >= 0xA8 && next <= 0xAB)) out.push_back('e');
    } else if (byte < 0x80 && absl::ascii_isalnum(byte)) {
      out.push_back(absl::ascii_tolower(byte));
    }
  }
  return out;
}

const absl::flat_hash_map<std::string, FecColumn>& KnownNames() {
  static const auto* const kKnown = [] {
    auto* known = new absl::flat_hash_map<std::string, FecColumn>;
    for (size_t i = 0; i < kFecColumnCount; ++i)
      known->emplace(Normalise(kNames[i]), static_cast<FecColumn>(i));
    for (const char* due : {"echeancedate", "echeance", "dateech", "echdate", "ecritureecheance",
                            "datedecheance", "duedate", "pieceecheance", "dateecheancepiece"}) {
      known->emplace(due, FecColumn::kDateEcheance);
    }
    return known;
  }();
  return *kKnown;
}

absl::Status HeaderError(absl::string_view reason, absl::string_view field, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, reason, message, {{"field", std::string(field)}});
}

}  // namespace

absl::string_view FecColumnName(FecColumn column) { return kNames[static_cast<size_t>(column)]; }

absl::StatusOr<FecHeader> ParseFecHeader(absl::string_view line) {
  FecHeader header;
  header.position.fill(-1);
  const auto count = [&](char c) { return std::count(line.begin(), line.end(), c); };
  header.separator = count('\t') >= count('|') ? '\t' : '|';
  if (count(header.separator) == 0) {
    for (const char other : {';', ','}) {
      if (count(other) > 0 && absl::StrContains(Normalise(line), "journalcode")) {
        return HeaderError(
            kSeparatorUnknown, "",
            absl::StrCat("columns are separated by '", std::string(1, other), "'; a FEC uses TAB or '|'"));
      }
    }
  }

  const std::vector<absl::string_view> names = absl::StrSplit(line, header.separator);
  header.fields_max = names.size();
  std::vector<FecColumn> found;
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string name = Normalise(names[i]);
    if (!name.empty()) header.named_columns = i + 1;
    const auto known = KnownNames().find(name);
    if (known == KnownNames().end()) continue;
    int& position = header.position[static_cast<size_t>(known->second)];
    if (position >= 0) {
      return HeaderError(kColumnDuplicate, FecColumnName(known->second), "the column is there twice");
    }
    position = static_cast<int>(i);
    found.push_back(known->second);
  }
  if (found.empty()) {
    return HeaderError(kHeaderMissing, "", "the first line names no column of a FEC");
  }

  for (const FecColumn column : kRequired) {
    if (!header.has(column))
      return HeaderError(kColumnMissing, FecColumnName(column), "the column is missing");
  }
  const bool by_side = header.has(FecColumn::kMontant) && header.has(FecColumn::kSens);
  if (!by_side) {
    for (const FecColumn column : {FecColumn::kDebit, FecColumn::kCredit}) {
      if (!header.has(column)) {
        return HeaderError(kColumnMissing, FecColumnName(column),
                           "the column is missing, and there is no Montant with Sens");
      }
    }
  }
  return header;
}

}  // namespace relance::ledger
