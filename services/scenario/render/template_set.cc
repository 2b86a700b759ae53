#include "services/scenario/render/template_set.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/status/check.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/scenario/render/errors.h"
#include "services/scenario/render/vocabulary.h"

namespace relance::scenario::render {
namespace {

namespace fs = std::filesystem;

absl::Status LabelError(absl::string_view file, int line, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, kTemplateMalformed,
                     absl::StrCat("template ", file, " line ", line, ": ", message),
                     {{"template", std::string(file)}, {"line", absl::StrCat(line)}});
}

absl::StatusOr<Labels> ParseLabels(absl::string_view file, absl::string_view text) {
  const std::vector<std::string>& names = LabelNames();
  Labels labels;
  int line_number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++line_number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    const std::string key(absl::StripAsciiWhitespace(parts.first));
    const std::string value(absl::StripAsciiWhitespace(parts.second));
    if (value.empty()) return LabelError(file, line_number, "not \"key = value\"");
    if (std::find(names.begin(), names.end(), key) == names.end()) {
      return LabelError(file, line_number, absl::StrCat("unknown label ", key));
    }
    if (!labels.emplace(key, value).second)
      return LabelError(file, line_number, absl::StrCat("label twice ", key));
  }
  for (const std::string& name : names) {
    if (labels.count(name) == 0) return LabelError(file, line_number, absl::StrCat("label missing ", name));
  }
  return labels;
}

absl::Status Unreadable() {
  return DomainError(absl::StatusCode::kUnavailable, kTemplatesUnreadable,
                     "the template directory cannot be read");
}

absl::StatusOr<std::string> ReadTemplateFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  if (!(content << in.rdbuf())) return Unreadable();
  return content.str();
}

}  // namespace

absl::StatusOr<TemplateSet> TemplateSet::FromFiles(const std::map<std::string, std::string>& files) {
  TemplateSet set;
  for (const auto& [path, content] : files) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(path, absl::MaxSplits('/', 1));
    const std::string language(parts.first);
    if (parts.second == "labels.txt") {
      RELANCE_ASSIGN_OR_RETURN(set.labels_[language], ParseLabels(path, content));
    } else if (absl::EndsWith(path, ".mustache")) {
      const std::string name(absl::StripSuffix(path, ".mustache"));
      RELANCE_ASSIGN_OR_RETURN(TextTemplate parsed, TextTemplate::Parse(name, content, TemplateVocabulary()));
      set.templates_.emplace(name, std::move(parsed));
    }
  }
  for (const auto& [name, parsed] : set.templates_) {
    const std::string language = name.substr(0, name.find('/'));
    if (set.labels_.count(language) == 0)
      return LabelError(absl::StrCat(language, "/labels.txt"), 0, "file missing");
  }
  return set;
}

const TemplateSet& TemplateSet::Embedded() {
  static const TemplateSet* const kSet = [] {
    absl::StatusOr<TemplateSet> set = FromFiles(EmbeddedTemplateFiles());
    RELANCE_CHECK(set.ok());
    return new TemplateSet(*std::move(set));
  }();
  return *kSet;
}

absl::StatusOr<TemplateSet> TemplateSet::FromDirectory(const std::string& directory) {
  std::map<std::string, std::string> files = EmbeddedTemplateFiles();
  std::error_code error;
  size_t count = 0;
  for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    if (!it->is_regular_file(error)) continue;
    const fs::path& path = it->path();
    if (path.extension() != ".mustache" && path.filename() != "labels.txt") continue;
    if (++count > kTemplateFilesMax || it->file_size(error) > kTemplateBytesMax || error) return Unreadable();
    RELANCE_ASSIGN_OR_RETURN(std::string content, ReadTemplateFile(path));
    files[fs::relative(path, directory, error).generic_string()] = std::move(content);
  }
  if (error) return Unreadable();
  return FromFiles(files);
}

bool TemplateSet::HasLanguage(absl::string_view language) const {
  return labels_.count(std::string(language)) > 0;
}

absl::StatusOr<const TextTemplate*> TemplateSet::Find(absl::string_view language,
                                                      absl::string_view text_key) const {
  if (!HasLanguage(language)) {
    return DomainError(absl::StatusCode::kFailedPrecondition, kLanguageNotAvailable,
                       absl::StrCat("no texts in language ", language),
                       {{"language", std::string(language)}});
  }
  const std::string name = absl::StrCat(language, "/", text_key);
  const auto found = templates_.find(name);
  if (found == templates_.end()) {
    return DomainError(absl::StatusCode::kNotFound, kTemplateNotFound, absl::StrCat("no template ", name),
                       {{"template", name}});
  }
  return &found->second;
}

const Labels& TemplateSet::LabelsOf(absl::string_view language) const {
  const auto found = labels_.find(std::string(language));
  RELANCE_CHECK(found != labels_.end());
  return found->second;
}

}  // namespace relance::scenario::render
