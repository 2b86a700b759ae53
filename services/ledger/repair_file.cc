#include "services/ledger/repair_file.h"

#include <expat.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/ledger/errors.h"
#include "services/ledger/readers/csv_splitter.h"

namespace relance::ledger {
namespace {

constexpr size_t kPrefixBytes = 8;  // of a line, to tell what it is

absl::Status TooLarge() {
  return DomainError(absl::StatusCode::kResourceExhausted, kFileTooLarge,
                     absl::StrCat("what did not enter is larger than ", kRepairBytesMax, " bytes"),
                     {{"bytesMax", absl::StrCat(kRepairBytesMax)}});
}

// Cuts bytes into lines with their ends (LF, CR or CRLF), however long they are: `on_byte` is told the line
// of each run of bytes, and whether it begins there.
class RawLines {
 public:
  using Handler = std::function<absl::Status(int64_t line, bool begins, absl::string_view bytes)>;
  explicit RawLines(Handler handler) : handler_(std::move(handler)) {}

  absl::Status Feed(absl::string_view bytes) {
    while (!bytes.empty()) {
      if (after_cr_ && bytes[0] == '\n') {
        after_cr_ = false;
        RELANCE_RETURN_IF_ERROR(handler_(line_, false, bytes.substr(0, 1)));
        bytes.remove_prefix(1);
        continue;
      }
      after_cr_ = false;
      if (!in_line_) ++line_;
      const size_t end = bytes.find_first_of("\r\n");
      const size_t size = end == absl::string_view::npos ? bytes.size() : end + 1;
      RELANCE_RETURN_IF_ERROR(handler_(line_, !in_line_, bytes.substr(0, size)));
      in_line_ = end == absl::string_view::npos;
      after_cr_ = !in_line_ && bytes[end] == '\r';
      bytes.remove_prefix(size);
    }
    return absl::OkStatus();
  }

 private:
  const Handler handler_;
  int64_t line_ = 0;
  bool in_line_ = false;
  bool after_cr_ = false;
};

bool IsRemarkOrBlank(absl::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return first == absl::string_view::npos || text[first] == '#';
}

// All lines of the records that begin on `lines`.
absl::StatusOr<std::set<int64_t>> LinesOfRecords(const SpoolFile& file, const std::set<int64_t>& lines) {
  std::set<int64_t> all = lines;
  CsvSplitter splitter([&](const CsvSplitter::Record& record) {
    if (record.too_long || record.quote_open || lines.count(record.line) == 0) return;
    const auto more = std::count(record.text.begin(), record.text.end(), '\n');
    for (int64_t i = 1; i <= more; ++i) all.insert(record.line + i);
  });
  RELANCE_RETURN_IF_ERROR(file.Read([&](absl::string_view bytes) {
    splitter.Feed(bytes);
    return absl::OkStatus();
  }));
  splitter.Finish();
  return all;
}

class Output {
 public:
  absl::Status Add(absl::string_view bytes) {
    if (text_.size() + bytes.size() > kRepairBytesMax) return TooLarge();
    text_.append(bytes.data(), bytes.size());
    return absl::OkStatus();
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

absl::StatusOr<std::string> KeepLines(const SpoolFile& file, const std::set<int64_t>& lines,
                                      int64_t header_line) {
  Output out;
  bool found_header = false;
  int64_t header = header_line;
  RawLines raw([&](int64_t line, bool begins, absl::string_view bytes) -> absl::Status {
    if (header_line == 0 && begins && !found_header && !IsRemarkOrBlank(bytes)) {
      found_header = true;
      header = line;
    }
    const bool is_front = header_line == 0 && !found_header ? true : line <= header;
    if (is_front || lines.count(line) > 0) return out.Add(bytes);
    return absl::OkStatus();
  });
  RELANCE_RETURN_IF_ERROR(file.Read([&](absl::string_view bytes) { return raw.Feed(bytes); }));
  return out.Take();
}

enum class Part { kFrame, kBegins, kGoesOn };

Part PartOf(RepairLayout layout, absl::string_view prefix, bool in_movement) {
  switch (layout) {
    case RepairLayout::kCoda:
      if (absl::StartsWith(prefix, "21")) return Part::kBegins;
      return in_movement && (prefix[0] == '2' || prefix[0] == '3') ? Part::kGoesOn : Part::kFrame;
    case RepairLayout::kCfonb:
      if (absl::StartsWith(prefix, "04")) return Part::kBegins;
      return in_movement && absl::StartsWith(prefix, "05") ? Part::kGoesOn : Part::kFrame;
    default:
      if (absl::StartsWith(prefix, ":61:")) return Part::kBegins;
      if (!in_movement) return Part::kFrame;
      return prefix[0] != ':' && prefix[0] != '-' ? Part::kGoesOn
             : absl::StartsWith(prefix, ":86:")   ? Part::kGoesOn
                                                  : Part::kFrame;
  }
}

// Movements of several lines: kept whole where one of their lines was rejected.
absl::StatusOr<std::string> KeepMovements(RepairLayout layout, const SpoolFile& file,
                                          const std::set<int64_t>& lines) {
  Output out;
  std::string line_text, movement;
  bool in_movement = false, wanted = false;
  const auto flush = [&]() -> absl::Status {
    if (wanted) RELANCE_RETURN_IF_ERROR(out.Add(movement));
    movement.clear();
    wanted = false;
    return absl::OkStatus();
  };
  const auto take = [&](int64_t line) -> absl::Status {
    if (line_text.empty()) return absl::OkStatus();
    const Part part = PartOf(layout, absl::string_view(line_text).substr(0, kPrefixBytes), in_movement);
    if (part != Part::kGoesOn) RELANCE_RETURN_IF_ERROR(flush());
    in_movement = part != Part::kFrame;
    if (in_movement) {
      movement += line_text;
      wanted |= lines.count(line) > 0;
    } else {
      RELANCE_RETURN_IF_ERROR(out.Add(line_text));
    }
    line_text.clear();
    return absl::OkStatus();
  };
  int64_t current = 0;
  RawLines raw([&](int64_t line, bool begins, absl::string_view bytes) -> absl::Status {
    if (begins) RELANCE_RETURN_IF_ERROR(take(current));
    current = line;
    if (line_text.size() + bytes.size() > kRepairBytesMax) return TooLarge();
    line_text.append(bytes.data(), bytes.size());
    return absl::OkStatus();
  });
  RELANCE_RETURN_IF_ERROR(file.Read([&](absl::string_view bytes) { return raw.Feed(bytes); }));
  RELANCE_RETURN_IF_ERROR(take(current));
  RELANCE_RETURN_IF_ERROR(flush());
  return out.Take();
}

// Where the entries lie that are in.
class EntryFinder {
 public:
  explicit EntryFinder(const std::set<int64_t>& lines) : lines_(lines), parser_(XML_ParserCreate(nullptr)) {
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(parser_, &EntryFinder::Begin, &EntryFinder::End);
    // As the reader does: nothing outside the document, no entities.
    XML_SetDoctypeDeclHandler(
        parser_,
        [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
          XML_StopParser(static_cast<EntryFinder*>(self)->parser_, XML_FALSE);
        },
        nullptr);
  }
  ~EntryFinder() { XML_ParserFree(parser_); }
  EntryFinder(const EntryFinder&) = delete;
  EntryFinder& operator=(const EntryFinder&) = delete;

  bool Feed(absl::string_view bytes, bool last) {
    return XML_Parse(parser_, bytes.data(), static_cast<int>(bytes.size()), last ? XML_TRUE : XML_FALSE) ==
           XML_STATUS_OK;
  }
  // Ranges of bytes to leave out, in order.
  const std::vector<std::pair<int64_t, int64_t>>& dropped() const { return dropped_; }

 private:
  static bool IsEntry(absl::string_view name) {
    const size_t colon = name.rfind(':');
    return (colon == absl::string_view::npos ? name : name.substr(colon + 1)) == "Ntry";
  }
  static void Begin(void* data, const XML_Char* name, const XML_Char**) {
    auto* self = static_cast<EntryFinder*>(data);
    ++self->depth_;
    if (self->entry_depth_ != 0 || !IsEntry(name)) return;
    self->entry_depth_ = self->depth_;
    self->begin_ = XML_GetCurrentByteIndex(self->parser_);
    self->wanted_ = self->lines_.count(static_cast<int64_t>(XML_GetCurrentLineNumber(self->parser_))) > 0;
  }
  static void End(void* data, const XML_Char*) {
    auto* self = static_cast<EntryFinder*>(data);
    if (self->entry_depth_ == self->depth_) {
      self->entry_depth_ = 0;
      const int64_t end = XML_GetCurrentByteIndex(self->parser_) + XML_GetCurrentByteCount(self->parser_);
      if (!self->wanted_) self->dropped_.emplace_back(self->begin_, end);
    }
    --self->depth_;
  }

  const std::set<int64_t>& lines_;
  XML_Parser parser_;
  int depth_ = 0, entry_depth_ = 0;
  int64_t begin_ = 0;
  bool wanted_ = false;
  std::vector<std::pair<int64_t, int64_t>> dropped_;
};

absl::StatusOr<std::string> KeepEntries(const SpoolFile& file, const std::set<int64_t>& lines) {
  EntryFinder finder(lines);
  bool well_formed = true;
  RELANCE_RETURN_IF_ERROR(file.Read([&](absl::string_view bytes) {
    well_formed = well_formed && finder.Feed(bytes, false);
    return absl::OkStatus();
  }));
  if (!well_formed || !finder.Feed("", true)) return std::string();
  Output out;
  int64_t at = 0;
  size_t next = 0;
  const auto& dropped = finder.dropped();
  RELANCE_RETURN_IF_ERROR(file.Read([&](absl::string_view bytes) -> absl::Status {
    while (!bytes.empty()) {
      while (next < dropped.size() && dropped[next].second <= at) ++next;
      const bool inside = next < dropped.size() && dropped[next].first <= at;
      const int64_t until = next == dropped.size() ? at + static_cast<int64_t>(bytes.size())
                            : inside               ? dropped[next].second
                                                   : dropped[next].first;
      const size_t size =
          static_cast<size_t>(std::min<int64_t>(until - at, static_cast<int64_t>(bytes.size())));
      if (!inside) RELANCE_RETURN_IF_ERROR(out.Add(bytes.substr(0, size)));
      bytes.remove_prefix(size);
      at += static_cast<int64_t>(size);
    }
    return absl::OkStatus();
  }));
  return out.Take();
}

}  // namespace

RepairLayout RepairLayoutOf(absl::string_view format) {
  if (format == "fec") return RepairLayout::kLines;
  if (format == "csv" || format == "table" || format == "accounts") return RepairLayout::kRows;
  if (absl::StartsWith(format, "camt")) return RepairLayout::kCamt;
  if (format == "coda") return RepairLayout::kCoda;
  if (format == "cfonb120") return RepairLayout::kCfonb;
  if (format == "mt940") return RepairLayout::kMt940;
  return RepairLayout::kWhole;
}

absl::StatusOr<std::string> MakeRepairFile(RepairLayout layout, const SpoolFile& file,
                                           const std::set<int64_t>& lines, int64_t header_line) {
  switch (layout) {
    case RepairLayout::kLines:
      return KeepLines(file, lines, header_line);
    case RepairLayout::kRows: {
      RELANCE_ASSIGN_OR_RETURN(const std::set<int64_t> all, LinesOfRecords(file, lines));
      return KeepLines(file, all, header_line);
    }
    case RepairLayout::kCamt:
      return KeepEntries(file, lines);
    case RepairLayout::kCoda:
    case RepairLayout::kCfonb:
    case RepairLayout::kMt940:
      return KeepMovements(layout, file, lines);
    case RepairLayout::kWhole:
      break;
  }
  Output out;
  RELANCE_RETURN_IF_ERROR(file.Read([&](absl::string_view bytes) { return out.Add(bytes); }));
  return out.Take();
}

std::string RepairFileName(absl::string_view file_name) {
  if (absl::StrContains(file_name, ".repair")) return std::string(file_name);
  const size_t dot = file_name.rfind('.');
  if (dot == absl::string_view::npos || dot == 0) return absl::StrCat(file_name, ".repair");
  return absl::StrCat(file_name.substr(0, dot), ".repair", file_name.substr(dot));
}

}  // namespace relance::ledger
