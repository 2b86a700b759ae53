#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

inline constexpr size_t kFecEntriesMax = 4'000'000;

// Collects debit minus credit of each entry of a FEC, so that afterwards it is known which entries balance.
// No line is held.
//
//   FecBalance balance;
//   FecReader pass1({.file = name, .identify = false}, &balance);   ... Feed, Finish
//   balance.Close();
//   FecReader pass2({.file = name, .balance = &balance}, &sink);    ... Feed, Finish
//
// Entry:  (journal, entry number, entry date). A line that pass 1 rejects is missing in its entry, which then
// does
//         not balance: an entry is in as a whole or not at all.
// No number: some software writes 0 or nothing in EcritureNum. Such lines are grouped by (journal, entry
// date,
//         piece). A group that does not balance is accepted all the same when its journal, or all unnumbered
//         lines together, balance: then the piece is not the entry in this file (`coarse`). When even that
//         fails and more than one group of ten is off, nobody can tell which lines are wrong: all are
//         accepted and `unknown` says so with the difference. Otherwise the groups that are off are
//         unbalanced entries.
// Bounds: kFecEntriesMax entries, about 50 bytes each; more is RESOURCE_EXHAUSTED / TOO_MANY_ENTRIES in
// status().
class FecBalance : public FecSink {
 public:
  struct Verdict {
    bool balanced = true;
    int64_t difference_minor = 0;  // debit minus credit of the entry
    int64_t lines = 0;             // that could be read
    int64_t first_line = 0;
  };
  // What the caller noted of an entry.
  struct Notes {
    uint8_t marks = 0;        // of its lines, together
    int64_t other_lines = 0;  // that were noted as such
    int32_t day = 0;          // of the entry, since 1970-01-01
  };

  explicit FecBalance(size_t entries_max = kFecEntriesMax) : entries_max_(entries_max) {}

  void OnRecord(FecLine&& line) override { Add(line, 0, false); }
  void OnReject(const Reject&) override {}  // listed by pass 2

  // Identifies the entry of a line.
  static uint64_t Key(const FecLine& line);
  // Adds a line with the caller's notes; its entry.
  uint64_t Add(const FecLine& line, uint8_t marks, bool is_other);

  // Ends pass 1. Check may be called afterwards, and Add no more.
  void Close();

  Verdict Check(const FecLine& line) const { return Check(Key(line)); }
  Verdict Check(uint64_t key) const;
  Notes NotesOf(uint64_t key) const;
  void ForEach(const std::function<void(const Verdict&, const Notes&)>& visit) const;

  absl::Status status() const { return status_; }
  size_t entries() const { return entries_.size(); }
  bool coarse() const { return mode_ == Unnumbered::kCoarse; }
  bool unknown() const { return mode_ == Unnumbered::kUnknown; }
  int64_t unnumbered_difference_minor() const { return unnumbered_difference_minor_; }

 private:
  enum class Unnumbered { kByPiece, kCoarse, kUnknown };
  struct Entry {
    int64_t difference_minor = 0;
    int32_t first_line = 0;
    int32_t lines = 0;
    int32_t other_lines = 0;
    int32_t day = 0;
    int32_t journal = -1;  // place in journals_; -1: the entry is numbered
    uint8_t marks = 0;
  };

  // The entry of a line, made when it is new; null when there is no room.
  Entry* EntryOf(const FecLine& line, uint64_t* key);
  Verdict VerdictOf(const Entry& entry) const;

  const size_t entries_max_;
  absl::Status status_;
  absl::flat_hash_map<uint64_t, Entry> entries_;
  absl::flat_hash_map<std::string, int32_t> journal_places_;
  std::vector<int64_t> journals_;  // differences of unnumbered lines
  int64_t unnumbered_difference_minor_ = 0;
  Unnumbered mode_ = Unnumbered::kByPiece;
  // The last line's entry: lines of one mostly follow each other.
  std::string last_journal_, last_number_;
  absl::CivilDay last_day_;
  uint64_t last_key_ = 0;
  Entry* last_ = nullptr;
};

}  // namespace relance::ledger
