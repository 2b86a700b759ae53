#include "common/config/schema.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/config/yaml_reader.h"
#include "common/status/check.h"
#include "common/status/domain_error.h"

namespace relance::config {
namespace {

constexpr size_t kShownBytesMax = 60;

std::string Shown(absl::string_view value) {
  if (value.size() > kShownBytesMax) return absl::StrCat("\"", value.substr(0, kShownBytesMax), "...\"");
  return absl::StrCat("\"", value, "\"");
}

std::string CheckString(const StringRule& rule, absl::string_view value) {
  if (value.empty()) return "";
  if (!rule.allowed.empty() &&
      std::find(rule.allowed.begin(), rule.allowed.end(), value) == rule.allowed.end()) {
    return absl::StrCat(Shown(value), " is not one of ", absl::StrJoin(rule.allowed, ", "));
  }
  if (!rule.check) return "";
  const std::string problem = rule.check(value);
  return problem.empty() ? "" : absl::StrCat(Shown(value), " ", problem);
}

bool ParseBool(absl::string_view text, bool* value) {
  if (text != "true" && text != "false") return false;
  *value = text == "true";
  return true;
}

}  // namespace

std::string Section::PathOf(absl::string_view name) const { return absl::StrCat(prefix_, name); }

void Section::Add(Key key) {
  auto owned = std::make_unique<Key>(std::move(key));
  for (const auto& other : schema_->keys_) {
    // a_b.c and a.b_c would be one variable.
    RELANCE_CHECK(Schema::EnvironmentName(other->path) != Schema::EnvironmentName(owned->path));
  }
  RELANCE_CHECK(schema_->key_by_path_.emplace(owned->path, owned.get()).second);
  schema_->keys_.push_back(std::move(owned));
}

void Section::String(absl::string_view name, std::string* value, absl::string_view doc, StringRule rule) {
  Key key{.path = PathOf(name), .type = "string", .doc = std::string(doc), .default_text = *value};
  key.range_text = absl::StrJoin(rule.allowed, ", ");
  if (rule.required && value->empty()) key.default_text = "required";
  key.assign = [value, rule](const std::vector<std::string>& values, bool) {
    *value = values[0];
    return CheckString(rule, values[0]);
  };
  key.finish = [value, rule] {
    return std::string(rule.required && value->empty() ? "is required and missing" : "");
  };
  Add(std::move(key));
}

void Section::Int(absl::string_view name, int64_t* value, absl::string_view doc, IntRule rule) {
  Key key{.path = PathOf(name), .type = "int", .doc = std::string(doc), .default_text = absl::StrCat(*value)};
  if (rule.min != INT64_MIN || rule.max != INT64_MAX) key.range_text = absl::StrCat(rule.min, "..", rule.max);
  key.assign = [value, rule, range = key.range_text](const std::vector<std::string>& values, bool quoted) {
    int64_t parsed = 0;
    if (quoted || !absl::SimpleAtoi(values[0], &parsed))
      return absl::StrCat(Shown(values[0]), " is not an int");
    if (parsed < rule.min || parsed > rule.max) return absl::StrCat(parsed, " is out of range ", range);
    *value = parsed;
    return std::string();
  };
  Add(std::move(key));
}

void Section::Bool(absl::string_view name, bool* value, absl::string_view doc) {
  Key key{.path = PathOf(name),
          .type = "bool",
          .doc = std::string(doc),
          .default_text = *value ? "true" : "false",
          .range_text = "true, false"};
  key.assign = [value](const std::vector<std::string>& values, bool quoted) {
    if (quoted || !ParseBool(values[0], value))
      return absl::StrCat(Shown(values[0]), " is not true or false");
    return std::string();
  };
  Add(std::move(key));
}

void Section::Duration(absl::string_view name, absl::Duration* value, absl::string_view doc,
                       DurationRule rule) {
  Key key{.path = PathOf(name),
          .type = "duration",
          .doc = std::string(doc),
          .default_text = absl::FormatDuration(*value)};
  key.range_text = absl::StrCat(absl::FormatDuration(rule.min), "..", absl::FormatDuration(rule.max));
  key.assign = [value, rule, range = key.range_text](const std::vector<std::string>& values, bool) {
    absl::Duration parsed;
    if (!absl::ParseDuration(values[0], &parsed)) {
      return absl::StrCat(Shown(values[0]), " is not a duration such as 250ms, 5s or 1h30m");
    }
    if (parsed < rule.min || parsed > rule.max) {
      return absl::StrCat(absl::FormatDuration(parsed), " is out of range ", range);
    }
    *value = parsed;
    return std::string();
  };
  Add(std::move(key));
}

void Section::List(absl::string_view name, std::vector<std::string>* value, absl::string_view doc,
                   StringRule rule) {
  Key key{.path = PathOf(name),
          .type = "list",
          .doc = std::string(doc),
          .default_text = absl::StrJoin(*value, ","),
          .is_list = true};
  key.range_text = absl::StrJoin(rule.allowed, ", ");
  if (rule.required && value->empty()) key.default_text = "required";
  key.assign = [value, rule](const std::vector<std::string>& values, bool) -> std::string {
    if (values.size() > kListEntriesMax) return absl::StrCat("has more than ", kListEntriesMax, " entries");
    *value = values;
    for (const std::string& entry : values) {
      if (entry.empty()) return "has an empty entry";
      std::string problem = CheckString(rule, entry);
      if (!problem.empty()) return problem;
    }
    return "";
  };
  key.finish = [value, rule] {
    return std::string(rule.required && value->empty() ? "is required and missing" : "");
  };
  Add(std::move(key));
}

Section Section::Nested(absl::string_view name, absl::string_view doc) {
  schema_->doc_by_section_.emplace(PathOf(name), std::string(doc));
  return Section(schema_, absl::StrCat(PathOf(name), "."));
}

void Section::Foreign(absl::string_view name, absl::string_view doc) {
  schema_->doc_by_foreign_.emplace(PathOf(name), std::string(doc));
}

void Section::Check(std::function<std::string()> condition) {
  schema_->conditions_.emplace_back(prefix_.substr(0, prefix_.size() - (prefix_.empty() ? 0 : 1)),
                                    std::move(condition));
}

std::string Schema::EnvironmentName(absl::string_view path) {
  return absl::StrCat("RELANCE_", absl::AsciiStrToUpper(absl::StrReplaceAll(path, {{".", "_"}})));
}

absl::Status Schema::Load(const Sources& sources) const {
  if (sources.file.empty()) return LoadText("", "", sources);
  std::ifstream file(sources.file, std::ios::binary);
  std::string text(kFileBytesMax + 1, '\0');
  if (file) file.read(text.data(), text.size());
  if (!file.eof() && !file.good()) {
    return DomainError(absl::StatusCode::kNotFound, "CONFIG_UNREADABLE",
                       absl::StrCat(sources.file, ": cannot be read"), {{"file", sources.file}});
  }
  text.resize(file.gcount());
  return LoadText(text, sources.file, sources);
}

absl::Status Schema::LoadText(absl::string_view text, absl::string_view file_name,
                              const Sources& sources) const {
  std::vector<std::string> problems;
  YamlReader(*this, file_name, &problems).Read(text);

  const auto assign_text = [&](const Key& key, absl::string_view value, absl::string_view origin) {
    std::vector<std::string> values = {std::string(value)};
    if (key.is_list) values = absl::StrSplit(value, ',', absl::SkipEmpty());
    const std::string problem = key.assign(values, /*quoted=*/false);
    if (!problem.empty()) problems.push_back(absl::StrCat(origin, ": ", key.path, ": ", problem));
  };
  for (const auto& key : keys_) {
    const std::string variable = EnvironmentName(key->path);
    auto found = sources.environment.find(variable);
    if (found != sources.environment.end()) assign_text(*key, found->second, absl::StrCat("$", variable));
  }
  for (const std::string& assignment : sources.overrides) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(assignment, absl::MaxSplits('=', 1));
    auto found = key_by_path_.find(parts.first);
    if (!absl::StrContains(assignment, '=')) {
      problems.push_back(absl::StrCat("--set ", Shown(assignment), ": must be key=value"));
    } else if (found == key_by_path_.end()) {
      problems.push_back(absl::StrCat("--set: ", parts.first, ": unknown key"));
    } else {
      assign_text(*found->second, parts.second, "--set");
    }
  }
  const auto finish = [&](absl::string_view path, const std::function<std::string()>& condition) {
    const std::string problem = condition ? condition() : "";
    if (problem.empty()) return;
    problems.push_back(
        absl::StrCat(file_name.empty() ? "configuration" : file_name, ": ", path, ": ", problem));
  };
  for (const auto& key : keys_) finish(key->path, key->finish);
  for (const auto& [path, condition] : conditions_) finish(path, condition);
  if (problems.empty()) return absl::OkStatus();
  const size_t count = problems.size();
  if (count > kProblemsMax) {
    problems.resize(kProblemsMax);
    problems.push_back(absl::StrCat("and ", count - kProblemsMax, " more"));
  }
  return DomainError(absl::StatusCode::kInvalidArgument, "CONFIG_INVALID", absl::StrJoin(problems, "\n"),
                     {{"file", std::string(file_name)}, {"problems", absl::StrCat(count)}});
}

std::string Schema::Help() const {
  std::string out;
  for (const auto& key : keys_) {
    absl::StrAppend(&out, "  ", key->path, " (", key->type);
    if (!key->range_text.empty()) absl::StrAppend(&out, ": ", key->range_text);
    absl::StrAppend(&out, ") = ", key->default_text.empty() ? "\"\"" : key->default_text, "\n      ",
                    key->doc, "\n");
  }
  for (const auto& [path, doc] : doc_by_foreign_) absl::StrAppend(&out, "  ", path, ".*\n      ", doc, "\n");
  return out;
}

}  // namespace relance::config
