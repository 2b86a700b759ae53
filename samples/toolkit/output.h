#pragma once

#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance::samples {

// One file being written, front to back.
class OutputFile {
 public:
  virtual ~OutputFile() = default;
  virtual void Write(absl::string_view bytes) = 0;
  // The first failure of any Write, or of closing. Nothing may be written afterwards.
  virtual absl::Status Close() = 0;
};

// Where a program writes its files; paths are relative and use '/'.
class OutputFolder {
 public:
  virtual ~OutputFolder() = default;
  // Creates the folders in between; an existing file is replaced.
  // Errors: UNAVAILABLE / OUTPUT_NOT_WRITABLE {path}.
  virtual absl::StatusOr<std::unique_ptr<OutputFile>> Create(absl::string_view path) = 0;

  // The whole of a small file.
  absl::Status WriteFile(absl::string_view path, absl::string_view bytes);
};

// Files below a directory of the disk; each is buffered, so that a row costs a copy.
class DirectoryOutput : public OutputFolder {
 public:
  explicit DirectoryOutput(absl::string_view directory) : directory_(directory) {}
  absl::StatusOr<std::unique_ptr<OutputFile>> Create(absl::string_view path) override;

 private:
  std::string directory_;
};

// Files in memory, for tests and for programs that only want one of them.
class MemoryOutput : public OutputFolder {
 public:
  absl::StatusOr<std::unique_ptr<OutputFile>> Create(absl::string_view path) override;
  const std::map<std::string, std::string>& files() const { return files_; }

 private:
  std::map<std::string, std::string> files_;
};

// The whole of a file of at most `bytes_max`.
// Errors: NOT_FOUND / INPUT_NOT_READABLE {path}, RESOURCE_EXHAUSTED / INPUT_TOO_LARGE {path, bytesMax}.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path, size_t bytes_max);

}  // namespace relance::samples
