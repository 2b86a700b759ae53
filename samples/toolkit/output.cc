#include "samples/toolkit/output.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance::samples {
namespace {

constexpr size_t kBufferBytes = 256 * 1024;

absl::Status NotWritable(absl::string_view path) {
  return DomainError(absl::StatusCode::kUnavailable, "OUTPUT_NOT_WRITABLE",
                     absl::StrCat("cannot write ", path), {{"path", std::string(path)}});
}

class DiskFile : public OutputFile {
 public:
  DiskFile(std::FILE* file, std::string path) : file_(file), path_(std::move(path)) {
    std::setvbuf(file_, nullptr, _IOFBF, kBufferBytes);
  }
  ~DiskFile() override {
    if (file_ != nullptr) std::fclose(file_);
  }

  void Write(absl::string_view bytes) override {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) failed_ = true;
  }

  absl::Status Close() override {
    const bool closed = std::fclose(std::exchange(file_, nullptr)) == 0;
    return closed && !failed_ ? absl::OkStatus() : NotWritable(path_);
  }

 private:
  std::FILE* file_;
  std::string path_;
  bool failed_ = false;
};

class MemoryFile : public OutputFile {
 public:
  explicit MemoryFile(std::string* bytes) : bytes_(bytes) {}
  void Write(absl::string_view bytes) override { absl::StrAppend(bytes_, bytes); }
  absl::Status Close() override { return absl::OkStatus(); }

 private:
  std::string* bytes_;
};

}  // namespace

absl::Status OutputFolder::WriteFile(absl::string_view path, absl::string_view bytes) {
  RELANCE_ASSIGN_OR_RETURN(auto file, Create(path));
  file->Write(bytes);
  return file->Close();
}

absl::StatusOr<std::unique_ptr<OutputFile>> DirectoryOutput::Create(absl::string_view path) {
  const std::filesystem::path full = std::filesystem::path(directory_) / std::string(path);
  std::error_code error;
  std::filesystem::create_directories(full.parent_path(), error);
  std::FILE* file = error ? nullptr : std::fopen(full.c_str(), "wb");
  if (file == nullptr) return NotWritable(full.string());
  return std::make_unique<DiskFile>(file, full.string());
}

absl::StatusOr<std::unique_ptr<OutputFile>> MemoryOutput::Create(absl::string_view path) {
  std::string& bytes = files_[std::string(path)];
  bytes.clear();
  return std::make_unique<MemoryFile>(&bytes);
}

absl::StatusOr<std::string> ReadWholeFile(const std::string& path, size_t bytes_max) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (file == nullptr) {
    return DomainError(absl::StatusCode::kNotFound, "INPUT_NOT_READABLE", absl::StrCat("cannot read ", path),
                       {{"path", path}});
  }
  std::string bytes;
  std::string chunk(kBufferBytes, '\0');
  while (const size_t got = std::fread(chunk.data(), 1, chunk.size(), file.get())) {
    bytes.append(chunk, 0, got);
    if (bytes.size() > bytes_max) {
      return DomainError(absl::StatusCode::kResourceExhausted, "INPUT_TOO_LARGE",
                         absl::StrCat(path, " has more than ", bytes_max, " bytes"),
                         {{"path", path}, {"bytesMax", absl::StrCat(bytes_max)}});
    }
  }
  if (std::ferror(file.get()) != 0) {
    return DomainError(absl::StatusCode::kNotFound, "INPUT_NOT_READABLE", absl::StrCat("cannot read ", path),
                       {{"path", path}});
  }
  return bytes;
}

}  // namespace relance::samples
