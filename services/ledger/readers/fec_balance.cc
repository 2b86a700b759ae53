#include "services/ledger/readers/fec_balance.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/source_hash.h"

namespace relance::ledger {
namespace {

// Above this share of unbalanced groups, the piece is evidently not what makes an entry in the file.
constexpr int64_t kUnbalancedGroupsShareMax = 10;  // one in ten

bool IsNumbered(const FecLine& line) {
  return !std::all_of(line.entry_number.begin(), line.entry_number.end(), [](char c) { return c == '0'; });
}

}  // namespace

uint64_t FecBalance::Key(const FecLine& line) {
  const bool numbered = IsNumbered(line);
  CanonicalText text;
  text.Add(numbered ? "n" : "p").Add(line.journal).Add(FormatCompactDay(line.entry_day));
  text.Add(numbered ? line.entry_number : line.piece_ref);
  return SourceHash(text.text());
}

uint64_t FecBalance::JournalKey(const FecLine& line) {
  return SourceHash(CanonicalText().Add(line.journal).text());
}

void FecBalance::OnRecord(FecLine&& line) {
  if (!status_.ok()) return;
  const uint64_t key = Key(line);
  const bool numbered = IsNumbered(line);
  const bool full = entries_.size() + journals_.size() >= entries_max_;
  if (full && (!entries_.contains(key) || (!numbered && !journals_.contains(JournalKey(line))))) {
    status_ = DomainError(absl::StatusCode::kResourceExhausted, kTooManyEntries,
                          absl::StrCat("line ", line.line, ": more than ", entries_max_,
                                       " entries; split the file by period or journal"),
                          {{"line", absl::StrCat(line.line)}, {"entriesMax", absl::StrCat(entries_max_)}});
    return;
  }
  Entry& entry = entries_[key];
  if (entry.lines == 0) entry.first_line = line.line;
  ++entry.lines;
  entry.numbered = numbered;
  const int64_t balance = AddSaturated(line.debit_minor, -line.credit_minor);
  entry.difference_minor = AddSaturated(entry.difference_minor, balance);
  if (!numbered) {
    int64_t& journal = journals_[JournalKey(line)];
    journal = AddSaturated(journal, balance);
    unnumbered_difference_minor_ = AddSaturated(unnumbered_difference_minor_, balance);
  }
}

void FecBalance::Close() {
  int64_t groups = 0;
  int64_t off = 0;
  for (const auto& [key, entry] : entries_) {
    if (entry.numbered) continue;
    ++groups;
    if (entry.difference_minor != 0) ++off;
  }
  if (off == 0) return;
  const bool journals_balance = std::all_of(journals_.begin(), journals_.end(),
                                            [](const auto& journal) { return journal.second == 0; });
  if (journals_balance || unnumbered_difference_minor_ == 0) {
    mode_ = Unnumbered::kCoarse;
  } else if (off * kUnbalancedGroupsShareMax > groups) {
    mode_ = Unnumbered::kUnknown;
  }
}

FecBalance::Verdict FecBalance::Check(const FecLine& line) const {
  const auto found = entries_.find(Key(line));
  if (found == entries_.end()) return {};
  const Entry& entry = found->second;
  Verdict verdict = {entry.difference_minor == 0, entry.difference_minor, entry.lines, entry.first_line};
  if (!entry.numbered && mode_ != Unnumbered::kByPiece) verdict.balanced = true;
  if (!entry.numbered && !verdict.balanced) {
    const auto journal = journals_.find(JournalKey(line));
    verdict.balanced = journal != journals_.end() && journal->second == 0;
  }
  return verdict;
}

}  // namespace relance::ledger
