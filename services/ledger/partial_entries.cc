#include "services/ledger/partial_entries.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/store/errors.h"
#include "common/time/day.h"
#include "services/ledger/readers/fec_reader.h"
#include "services/ledger/readers/reasons.h"

namespace relance::ledger {
namespace {

constexpr char kHeader[] =
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceR"
    "ef\t"
    "PieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\tDateEche"
    "ance\tDateRglt";
constexpr size_t kEntriesPerRead = 256;
constexpr int kPutRetriesMax = 16;

std::string Day(const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? FormatCompactDay(*day) : "";
}

int64_t Balance(const std::vector<FecLine>& lines) {
  int64_t balance = 0;
  for (const FecLine& line : lines) balance = AddSaturated(balance, line.balance_minor());
  return balance;
}

class Collect : public FecSink {
 public:
  explicit Collect(std::vector<FecLine>* lines) : lines_(lines) {}
  void OnRecord(FecLine&& line) override { lines_->push_back(std::move(line)); }
  void OnReject(const Reject&) override {}

 private:
  std::vector<FecLine>* const lines_;
};

std::vector<uint64_t> Hashes(const std::vector<FecLine>& lines) {
  std::vector<uint64_t> hashes;
  for (const FecLine& line : lines) hashes.push_back(line.source_hash);
  std::sort(hashes.begin(), hashes.end());
  return hashes;
}

std::vector<std::vector<FecLine>> PartsOf(const state::v1::PartialEntry& entry) {
  std::vector<std::vector<FecLine>> parts;
  for (const auto& part : entry.parts())
    parts.push_back(ParsePartLines({part.lines().begin(), part.lines().end()}));
  return parts;
}

// Puts the newest part in: it replaces one with the same lines (their lettering may be newer).
bool AddPart(const std::vector<FecLine>& lines, state::v1::PartialEntry* entry) {
  state::v1::EntryPart part;
  for (const FecLine& line : lines) part.add_lines(RenderPartLine(line));
  const std::vector<uint64_t> hashes = Hashes(lines);
  const auto parts = PartsOf(*entry);
  for (size_t i = 0; i < parts.size(); ++i) {
    if (Hashes(parts[i]) != hashes) continue;
    if (entry->parts(static_cast<int>(i)).SerializeAsString() == part.SerializeAsString()) return false;
    *entry->mutable_parts(static_cast<int>(i)) = part;
    return true;
  }
  if (entry->parts_size() >= kEntryPartsMax) return false;
  *entry->add_parts() = part;
  return true;
}

}  // namespace

std::string RenderPartLine(const FecLine& line) {
  const std::vector<std::string> fields = {
      line.journal,
      line.journal_label,
      line.entry_number,
      FormatCompactDay(line.entry_day),
      line.account,
      line.account_label,
      line.aux_account,
      line.aux_label,
      line.piece_ref,
      Day(line.piece_day),
      line.label,
      FormatDecimal(line.debit_minor, 2, ','),
      FormatDecimal(line.credit_minor, 2, ','),
      line.lettering,
      Day(line.lettering_day),
      Day(line.valid_day),
      line.currency_amount_minor.has_value() ? FormatPlain({*line.currency_amount_minor, line.currency}) : "",
      line.currency,
      Day(line.due_day),
      Day(line.settlement_day)};
  std::vector<std::string> rendered = fields;
  // FormatPlain puts the currency behind the amount; the column wants the amount alone.
  std::string& amount = rendered[16];
  amount = amount.substr(0, amount.find(' '));
  return absl::StrJoin(rendered, "\t");
}

std::vector<FecLine> ParsePartLines(const std::vector<std::string>& lines) {
  std::vector<FecLine> parsed;
  Collect sink(&parsed);
  FecReader reader({.file = "entry"}, &sink);
  // Lines that were accepted once are accepted again; an error could only be one of the store's bytes, and
  // then the part is treated as missing.
  reader.Feed(absl::StrCat(kHeader, "\n", absl::StrJoin(lines, "\n"), "\n")).IgnoreError();
  reader.Finish().IgnoreError();
  return parsed;
}

std::vector<FecLine> Assemble(const std::vector<std::vector<FecLine>>& parts) {
  std::vector<FecLine> all;
  std::map<uint64_t, std::vector<FecLine>> most;
  for (const auto& part : parts) {
    std::map<uint64_t, std::vector<FecLine>> here;
    for (const FecLine& line : part) {
      all.push_back(line);
      here[line.source_hash].push_back(line);
    }
    for (auto& [hash, lines] : here) {
      // The newest part says the newest lettering.
      if (lines.size() >= most[hash].size()) most[hash] = std::move(lines);
    }
  }
  std::vector<FecLine> merged;
  for (const auto& [hash, lines] : most) merged.insert(merged.end(), lines.begin(), lines.end());
  if (!merged.empty() && Balance(merged) == 0) return merged;
  if (!all.empty() && Balance(all) == 0) return all;
  return {};
}

absl::Status CompletePartialEntries(store::Store& store, const std::string& tenant, store::Deadline deadline,
                                    Books* books) {
  std::vector<uint64_t> keys;
  for (const auto& [key, lines] : books->partial()) keys.push_back(key);
  for (size_t from = 0; from < keys.size(); from += kEntriesPerRead) {
    const std::vector<uint64_t> window(keys.begin() + from,
                                       keys.begin() + std::min(keys.size(), from + kEntriesPerRead));
    std::vector<std::string> names;
    for (const uint64_t key : window) names.push_back(absl::StrFormat("%s%016x", kEntryDocumentPrefix, key));
    RELANCE_ASSIGN_OR_RETURN(std::vector<store::Document> documents,
                             store.GetDocuments(tenant, names, deadline));
    for (size_t i = 0; i < window.size(); ++i) {
      const std::vector<PartialLine>& partial = books->partial()[window[i]];
      std::vector<FecLine> lines;
      for (const PartialLine& line : partial) lines.push_back(line.line);
      state::v1::PartialEntry entry;
      for (int attempt = 0;; ++attempt) {
        entry.Clear();
        // A document that does not parse is replaced: its lines come again with the next export.
        if (!entry.ParseFromString(documents[i].value)) entry.Clear();
        if (!AddPart(lines, &entry)) break;
        const auto put =
            store.PutDocument(tenant, names[i], entry.SerializeAsString(), documents[i].version, deadline);
        if (put.ok()) break;
        if (!absl::IsAborted(put.status()) || attempt == kPutRetriesMax) return put.status();
        // Another import brought a part meanwhile: together they may be whole.
        RELANCE_ASSIGN_OR_RETURN(const auto again, store.GetDocuments(tenant, {&names[i], 1}, deadline));
        documents[i] = again[0];
      }
      const std::vector<FecLine> whole = Assemble(PartsOf(entry));
      if (!whole.empty()) {
        RELANCE_RETURN_IF_ERROR(books->AddEntry(whole));
        continue;
      }
      for (const PartialLine& line : partial) {
        books->gathered().Reject(
            {line.line.line, "", kEntryUnbalanced, line.message, RenderPartLine(line.line), false});
      }
    }
  }
  books->partial().clear();
  return absl::OkStatus();
}

}  // namespace relance::ledger
