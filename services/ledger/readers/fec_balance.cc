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
  thread_local std::string text;
  text.assign(numbered ? "n\x1f" : "p\x1f");
  text.append(line.journal);
  text.push_back('\x1f');
  const auto day = static_cast<int32_t>(line.entry_day.year() * 10'000 + line.entry_day.month() * 100 +
                                        line.entry_day.day());
  text.append(reinterpret_cast<const char*>(&day), sizeof(day));
  text.append(numbered ? line.entry_number : line.piece_ref);
  return SourceHash(text);
}

FecBalance::Entry* FecBalance::EntryOf(const FecLine& line, uint64_t* key) {
  if (last_ != nullptr && line.entry_day == last_day_ && line.entry_number == last_number_ &&
      line.journal == last_journal_ && last_->journal < 0) {
    *key = last_key_;
    return last_;
  }
  *key = Key(line);
  const bool numbered = IsNumbered(line);
  const bool full = entries_.size() + journals_.size() >= entries_max_;
  if (full && (!entries_.contains(*key) || (!numbered && !journal_places_.contains(line.journal)))) {
    status_ = DomainError(absl::StatusCode::kResourceExhausted, kTooManyEntries,
                          absl::StrCat("line ", line.line, ": more than ", entries_max_,
                                       " entries; split the file by period or journal"),
                          {{"line", absl::StrCat(line.line)}, {"entriesMax", absl::StrCat(entries_max_)}});
    return nullptr;
  }
  Entry& entry = entries_[*key];
  if (entry.lines == 0) {
    entry.first_line = static_cast<int32_t>(std::min<int64_t>(line.line, INT32_MAX));
    entry.day = DayNumber(line.entry_day);
    if (!numbered) {
      const auto [it, is_new] =
          journal_places_.try_emplace(line.journal, static_cast<int32_t>(journals_.size()));
      if (is_new) journals_.push_back(0);
      entry.journal = it->second;
    }
  }
  last_ = &entry;
  last_key_ = *key;
  last_day_ = line.entry_day;
  last_number_ = line.entry_number;
  last_journal_ = line.journal;
  return &entry;
}

uint64_t FecBalance::Add(const FecLine& line, uint8_t marks, bool is_other) {
  if (!status_.ok()) return 0;
  uint64_t key = 0;
  Entry* entry = EntryOf(line, &key);
  if (entry == nullptr) return 0;
  ++entry->lines;
  entry->marks |= marks;
  entry->other_lines += is_other ? 1 : 0;
  const int64_t balance = AddSaturated(line.debit_minor, -line.credit_minor);
  entry->difference_minor = AddSaturated(entry->difference_minor, balance);
  if (entry->journal >= 0) {
    int64_t& journal = journals_[static_cast<size_t>(entry->journal)];
    journal = AddSaturated(journal, balance);
    unnumbered_difference_minor_ = AddSaturated(unnumbered_difference_minor_, balance);
  }
  return key;
}

void FecBalance::Close() {
  int64_t groups = 0;
  int64_t off = 0;
  for (const auto& [key, entry] : entries_) {
    if (entry.journal < 0) continue;
    ++groups;
    if (entry.difference_minor != 0) ++off;
  }
  if (off == 0) return;
  const bool journals_balance =
      std::all_of(journals_.begin(), journals_.end(), [](int64_t journal) { return journal == 0; });
  if (journals_balance || unnumbered_difference_minor_ == 0) {
    mode_ = Unnumbered::kCoarse;
  } else if (off * kUnbalancedGroupsShareMax > groups) {
    mode_ = Unnumbered::kUnknown;
  }
}

FecBalance::Verdict FecBalance::VerdictOf(const Entry& entry) const {
  Verdict verdict = {entry.difference_minor == 0, entry.difference_minor, entry.lines, entry.first_line};
  if (entry.journal >= 0 && mode_ != Unnumbered::kByPiece) verdict.balanced = true;
  if (entry.journal >= 0 && !verdict.balanced) {
    verdict.balanced = journals_[static_cast<size_t>(entry.journal)] == 0;
  }
  return verdict;
}

FecBalance::Verdict FecBalance::Check(uint64_t key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? Verdict() : VerdictOf(found->second);
}

FecBalance::Notes FecBalance::NotesOf(uint64_t key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return {};
  return {found->second.marks, found->second.other_lines, found->second.day};
}

void FecBalance::ForEach(const std::function<void(const Verdict&, const Notes&)>& visit) const {
  for (const auto& [key, entry] : entries_) {
    visit(VerdictOf(entry), {entry.marks, entry.other_lines, entry.day});
  }
}

}  // namespace relance::ledger
