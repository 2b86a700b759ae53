#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The few file operations whose order makes a crash harmless. All report UNAVAILABLE / FILE_SYSTEM_ERROR.
namespace relance::documents {

// Creates `path` and its parents; existing ones are fine.
absl::Status MakeDirectories(const std::string& path);

// Makes the entries of `directory` (creations, renames) durable.
absl::Status SyncDirectory(const std::string& directory);

// Writes `bytes` to `directory`/`name` so that, after a crash at any point, the name holds either what it
// held before or all of `bytes`: temporary file in the same directory, fsync, rename, fsync of the directory.
// Replaces what is there.
absl::Status WriteDurably(const std::string& directory, const std::string& name, absl::string_view bytes);

// Writes `bytes` to `path` without making it durable; replaces what is there. For batches: SyncFileSystem
// follows.
absl::Status WritePlainly(const std::string& path, absl::string_view bytes);

// Makes all that was written before to the file system of `path` durable: one wait for a whole batch of
// files, where WriteDurably waits twice for each.
absl::Status SyncFileSystem(const std::string& path);

// Moves `from_directory`/`name` to `to_directory`/`name` (same file system) and makes both directories
// durable.
absl::Status MoveDurably(const std::string& from_directory, const std::string& to_directory,
                         const std::string& name);

// Removes `directory`/`name` durably.
absl::Status RemoveDurably(const std::string& directory, const std::string& name);

// Reads a whole file of at most `bytes_max`. NOT_FOUND without a reason when there is none: the caller names
// the thing.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max);

bool FileExists(const std::string& path);

// FILE_SYSTEM_ERROR for the current errno. `operation` is a word such as "rename"; paths stay out of it,
// since they may hold account codes.
absl::Status FileSystemError(absl::string_view operation);

}  // namespace relance::documents
