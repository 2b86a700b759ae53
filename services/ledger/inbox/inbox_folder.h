#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace relance::ledger {

inline constexpr char kWorkingFolder[] = ".working";
inline constexpr char kDoneFolder[] = "done";
inline constexpr char kRejectedFolder[] = "rejected";
inline constexpr char kMappingsFolder[] = "mappings";
inline constexpr size_t kInboxFilesMax = 10'000;  // looked at in one run; the others wait

// One name in a folder.
struct FolderEntry {
  enum class Kind { kFile, kDirectory, kOther };  // kOther: links, pipes, devices
  std::string name;
  Kind kind = Kind::kFile;
  uint64_t inode = 0;
  int64_t bytes = 0;
  absl::Time modified;
};

// The names in a folder, by name; those that vanish meanwhile are left out. Links are not followed.
// Errors: UNAVAILABLE / FILE_SYSTEM_ERROR.
absl::StatusOr<std::vector<FolderEntry>> ListFolder(const std::string& folder);

// A name that is not to be looked at yet: it begins with a point, or ends as uploads under way do (.part,
// .tmp, .filepart, .uploading, .crdownload).
bool IsUnderWay(absl::string_view name);

// Which file a marker "<file>.ok" or "<file>.done" declares complete; empty: the name is no marker.
absl::string_view MarkedFile(absl::string_view name);

// Tells when files are complete: when size and time of the last change stay for `quiet`, by the clock of the
// one who looks (that of a network mount may be another); at once when a marker says so, or when the name of
// an upload under way became its real one. Not thread-safe.
class CompletionWatch {
 public:
  explicit CompletionWatch(absl::Duration quiet) : quiet_(quiet) {}

  // One look at the folder: the files that are complete, by name. Other kinds of entries are not in it.
  std::vector<FolderEntry> Look(const std::vector<FolderEntry>& entries, absl::Time now);

 private:
  struct Seen {
    int64_t bytes = 0;
    absl::Time modified;
    absl::Time since;
  };
  const absl::Duration quiet_;
  std::map<std::string, Seen> seen_;
  std::map<uint64_t, std::string> under_way_;  // by inode
};

// Moves `from` to `folder`/`name`; where that exists, to "name~2", "name~3" before the ending. Never replaces
// a file. Returns the name that it got. Errors: NOT_FOUND when `from` is gone; UNAVAILABLE /
// FILE_SYSTEM_ERROR.
absl::StatusOr<std::string> MoveWithoutReplacing(const std::string& from, const std::string& folder,
                                                 const std::string& name);

// "~2" before the ending: "a.csv" -> "a~2.csv".
std::string NumberedName(absl::string_view name, int number);

}  // namespace relance::ledger
