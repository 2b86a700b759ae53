#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/ledger/bucket_spool.h"
#include "services/ledger/fec_entries.h"
#include "services/ledger/gathered.h"
#include "services/ledger/spool_file.h"

namespace relance::ledger {

inline constexpr size_t kPartialEntriesMax = 10'000;    // of one file; further ones are rejected and not kept
inline constexpr size_t kPartialEntryLinesMax = 2'000;  // of one entry
inline constexpr int64_t kBytesPerRound = 4 << 20;      // of customer lines that are worked on together; more
                                                        // when one account has more

// A line of an entry that does not balance, as it came.
struct PartialLine {
  FecLine line;
  std::string raw;
  std::string message;
};

// A FEC, flat or XML, that was read once: its customer lines lie on disk by account, and its accounts are
// handed out in rounds. Holds some bytes of each entry, a round, and nothing of each line. Nothing is written
// to the store.
class Books {
 public:
  // Reads the file. Errors: INVALID_ARGUMENT / FILE_UNREADABLE; RESOURCE_EXHAUSTED / TOO_MANY_RECORDS,
  // TOO_MANY_ENTRIES; UNAVAILABLE / SPOOL_FAILED.
  static absl::StatusOr<std::unique_ptr<Books>> Read(const SpoolFile& file, const std::string& file_name,
                                                     const BooksOptions& options);
  ~Books();
  Books(const Books&) = delete;
  Books& operator=(const Books&) = delete;

  // What the file told as a whole; no accounts. Counts are complete after the last round.
  Gathered& gathered() { return gathered_; }
  // Entries that do not balance, by EntryKey: kept until another file brings the rest (partial_entries.h).
  std::map<uint64_t, std::vector<PartialLine>>& partial() { return partial_; }
  const BooksOptions& options() const { return options_; }
  // The first day of the fiscal year, when its whole opening is in the file.
  std::optional<int32_t> complete_opening() const;

  // Adds the customer lines of one balanced entry (all its lines), put together from parts. Before the first
  // round. Errors: UNAVAILABLE / SPOOL_FAILED.
  absl::Status AddEntry(const std::vector<FecLine>& lines);

  // The next accounts, each with all its lines in the order of the file; false when there are no more. Their
  // items are made when they are wanted (IncomingAccount::make_items); rows_hash covers all that the lines
  // say. `openings` are those of the tenant. Errors: UNAVAILABLE / SPOOL_FAILED.
  absl::StatusOr<bool> Next(const std::vector<int32_t>& openings,
                            std::map<std::string, IncomingAccount>* accounts);

  // The next accounts' lines as sums, for those who need no items. Rounds as Next.
  absl::StatusOr<bool> NextSums(std::map<std::string, int64_t>* sums);

  // Makes Next collect the accounts that have a line of one of these amounts.
  void WatchAmounts(absl::flat_hash_set<int64_t> amounts) { watched_ = std::move(amounts); }
  const std::vector<std::string>& accounts_with_watched() const { return with_watched_; }

 private:
  class Sink;
  struct Line;
  struct Round;
  explicit Books(BooksOptions options) : options_(std::move(options)) {}
  absl::Status ReadAll(const SpoolFile& file, const std::string& file_name);
  absl::Status ReadPartial(const SpoolFile& file, const std::string& file_name);
  void Count();
  absl::Status Keep(const FecLine& line, uint64_t entry, bool is_whole, uint8_t marks);
  // Reads buckets until there is enough for a round.
  absl::StatusOr<std::shared_ptr<Round>> NextRound();

  BooksOptions options_;
  Gathered gathered_;
  std::map<uint64_t, std::vector<PartialLine>> partial_;
  FecBalance balance_;
  FiscalYear year_;
  std::unique_ptr<BucketSpool> spool_;
  int64_t unbalanced_ = 0;
  size_t next_bucket_ = 0;
  std::string record_;
  absl::flat_hash_set<int64_t> watched_;
  std::vector<std::string> with_watched_;
};

}  // namespace relance::ledger
