#include "services/ledger/inbox/inbox_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/documents/durable_file.h"

namespace relance::ledger {
namespace {

constexpr int kNamesTriedMax = 10'000;
constexpr size_t kNameBytesMax = 200;  // room for what is put behind a name

}  // namespace

absl::StatusOr<std::vector<FolderEntry>> ListFolder(const std::string& folder) {
  DIR* const directory = opendir(folder.c_str());
  if (directory == nullptr) return documents::FileSystemError("opendir");
  std::vector<FolderEntry> entries;
  while (const dirent* entry = readdir(directory)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    struct stat info;
    if (fstatat(dirfd(directory), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    FolderEntry& one = entries.emplace_back();
    one.name = name;
    one.kind = S_ISREG(info.st_mode)   ? FolderEntry::Kind::kFile
               : S_ISDIR(info.st_mode) ? FolderEntry::Kind::kDirectory
                                       : FolderEntry::Kind::kOther;
    one.inode = info.st_ino;
    one.bytes = info.st_size;
    one.modified = absl::TimeFromTimespec(info.st_mtim);
    if (entries.size() >= kInboxFilesMax) break;
  }
  closedir(directory);
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

bool IsUnderWay(absl::string_view name) {
  if (name.empty() || name[0] == '.') return true;
  const std::string lower = absl::AsciiStrToLower(name);
  for (const char* ending : {".part", ".tmp", ".filepart", ".uploading", ".crdownload"}) {
    if (absl::EndsWith(lower, ending)) return true;
  }
  return false;
}

absl::string_view MarkedFile(absl::string_view name) {
  for (const absl::string_view ending : {".ok", ".done"}) {
    if (name.size() > ending.size() && absl::EndsWithIgnoreCase(name, ending)) {
      return name.substr(0, name.size() - ending.size());
    }
  }
  return "";
}

std::vector<FolderEntry> CompletionWatch::Look(const std::vector<FolderEntry>& entries, absl::Time now) {
  std::set<std::string, std::less<>> names, marked;
  for (const FolderEntry& entry : entries) names.insert(entry.name);
  for (const FolderEntry& entry : entries) {
    const absl::string_view file = MarkedFile(entry.name);
    if (!file.empty() && names.count(std::string(file)) > 0) marked.insert(std::string(file));
  }
  std::vector<FolderEntry> complete;
  std::map<std::string, Seen> still;
  std::map<uint64_t, std::string> under_way;
  for (const FolderEntry& entry : entries) {
    if (entry.kind != FolderEntry::Kind::kFile) continue;
    if (IsUnderWay(entry.name)) {
      under_way[entry.inode] = entry.name;
      continue;
    }
    // A marker goes with its file.
    if (const absl::string_view file = MarkedFile(entry.name);
        !file.empty() && names.count(std::string(file)) > 0) {
      continue;
    }
    Seen seen{entry.bytes, entry.modified, now};
    const auto known = seen_.find(entry.name);
    if (known != seen_.end() && known->second.bytes == seen.bytes &&
        known->second.modified == seen.modified) {
      seen.since = std::min(known->second.since, now);
    }
    const bool renamed = under_way_.count(entry.inode) > 0 && under_way_.at(entry.inode) != entry.name;
    if (renamed || marked.count(entry.name) > 0) seen.since = absl::InfinitePast();
    if (seen.since == absl::InfinitePast() || now - seen.since >= quiet_) complete.push_back(entry);
    still[entry.name] = seen;
  }
  seen_ = std::move(still);
  under_way_ = std::move(under_way);
  return complete;
}

std::string NumberedName(absl::string_view name, int number) {
  if (number < 2) return std::string(name);
  const size_t dot = name.rfind('.');
  if (dot == absl::string_view::npos || dot == 0) return absl::StrCat(name, "~", number);
  return absl::StrCat(name.substr(0, dot), "~", number, name.substr(dot));
}

absl::StatusOr<std::string> MoveWithoutReplacing(const std::string& from, const std::string& folder,
                                                 const std::string& name) {
  std::string wanted = name;
  if (wanted.size() > kNameBytesMax) wanted = wanted.substr(wanted.size() - kNameBytesMax);
  for (int number = 1; number <= kNamesTriedMax; ++number) {
    const std::string to_name = NumberedName(wanted, number);
    const std::string to = absl::StrCat(folder, "/", to_name);
    int moved = renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
    // Mounts that do not know the flag: look first. Names carry the number of a run, so that two seldom meet.
    if (moved != 0 && (errno == EINVAL || errno == ENOSYS || errno == ENOTSUP)) {
      struct stat info;
      if (lstat(to.c_str(), &info) == 0) continue;
      moved = rename(from.c_str(), to.c_str());
    }
    if (moved == 0) return to_name;
    if (errno == EEXIST) continue;
    if (errno == ENOENT) return absl::NotFoundError("the file is gone");
    return documents::FileSystemError("rename");
  }
  return documents::FileSystemError("find a free name");
}

}  // namespace relance::ledger
