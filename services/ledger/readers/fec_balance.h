#pragma once

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

inline constexpr size_t kFecEntriesMax = 4'000'000;

// Pass 1 over a FEC: collects debit minus credit of each entry, so that pass 2 knows which entries balance.
// The caller spools the file and reads it twice; no line is held.
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
// Bounds: kFecEntriesMax entries, about 60 bytes each; more is RESOURCE_EXHAUSTED / TOO_MANY_ENTRIES in
// status().
class FecBalance : public FecSink {
 public:
  struct Verdict {
    bool balanced = true;
    int64_t difference_minor = 0;  // debit minus credit of the entry
    int64_t lines = 0;             // that could be read
    int64_t first_line = 0;
  };

  explicit FecBalance(size_t entries_max = kFecEntriesMax) : entries_max_(entries_max) {}

  void OnRecord(FecLine&& line) override;
  void OnReject(const Reject&) override {}  // listed by pass 2

  // Ends pass 1. Check may be called afterwards, and OnRecord no more.
  void Close();

  Verdict Check(const FecLine& line) const;

  absl::Status status() const { return status_; }
  size_t entries() const { return entries_.size(); }
  bool coarse() const { return mode_ == Unnumbered::kCoarse; }
  bool unknown() const { return mode_ == Unnumbered::kUnknown; }
  int64_t unnumbered_difference_minor() const { return unnumbered_difference_minor_; }

 private:
  enum class Unnumbered { kByPiece, kCoarse, kUnknown };
  struct Entry {
    int64_t difference_minor = 0;
    int64_t first_line = 0;
    int32_t lines = 0;
    bool numbered = true;
  };

  static uint64_t Key(const FecLine& line);
  static uint64_t JournalKey(const FecLine& line);

  const size_t entries_max_;
  absl::Status status_;
  absl::flat_hash_map<uint64_t, Entry> entries_;
  absl::flat_hash_map<uint64_t, int64_t> journals_;  // differences of unnumbered lines
  int64_t unnumbered_difference_minor_ = 0;
  Unnumbered mode_ = Unnumbered::kByPiece;
};

}  // namespace relance::ledger
