#include "common/config/yaml_reader.h"

#include <yaml-cpp/yaml.h>

#include <set>

#include "absl/strings/str_cat.h"

namespace relance::config {
namespace {

// yaml-cpp gives quoted scalars the tag "!", plain ones "?".
bool IsQuoted(const YAML::Node& node) { return node.Tag() == "!"; }

}  // namespace

void YamlReader::Problem(const YAML::Node& node, absl::string_view path, absl::string_view reason) {
  const YAML::Mark mark = node.Mark();
  problems_->push_back(absl::StrCat(file_name_, ":", mark.line + 1, ":", mark.column + 1, ": ", path,
                                    path.empty() ? "" : ": ", reason));
}

void YamlReader::Read(absl::string_view text) {
  if (text.size() > kFileBytesMax) {
    problems_->push_back(absl::StrCat(file_name_, ": larger than ", kFileBytesMax, " bytes"));
    return;
  }
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    if (root.IsNull()) return;
    if (!root.IsMap()) {
      Problem(root, "", "the file must hold a map of sections");
      return;
    }
    ReadMap(root, "");
  } catch (const YAML::Exception& error) {
    problems_->push_back(
        absl::StrCat(file_name_, ":", error.mark.line + 1, ":", error.mark.column + 1, ": ", error.msg));
  }
}

void YamlReader::ReadMap(const YAML::Node& map, const std::string& prefix) {
  std::set<std::string> seen;
  for (const auto& entry : map) {
    if (!entry.first.IsScalar()) {
      Problem(entry.first, prefix, "a key must be a word");
      continue;
    }
    const std::string path = absl::StrCat(prefix, entry.first.Scalar());
    if (!seen.insert(path).second) {
      Problem(entry.first, path, "given twice");
      continue;
    }
    auto key = schema_.key_by_path_.find(path);
    if (key != schema_.key_by_path_.end()) {
      if (entry.second.IsNull()) {
        Problem(entry.first, path, "has no value");  // an empty value has no place of its own
      } else {
        ReadValue(*key->second, entry.second);
      }
    } else if (schema_.doc_by_section_.count(path) > 0) {
      if (entry.second.IsMap()) {
        ReadMap(entry.second, path + ".");
      } else if (!entry.second.IsNull()) {
        Problem(entry.second, path, "must be a section with keys");
      }
    } else if (schema_.doc_by_foreign_.count(path) == 0) {
      Problem(entry.first, path, "unknown key");
    }
  }
}

void YamlReader::ReadValue(const Key& key, const YAML::Node& node) {
  std::vector<std::string> values;
  if (key.is_list) {
    if (!node.IsSequence()) {
      Problem(node, key.path, "must be a list");
      return;
    }
    for (const YAML::Node& entry : node) {
      if (!entry.IsScalar()) {
        Problem(entry, key.path, "an entry must be a plain value");
        return;
      }
      values.push_back(entry.Scalar());
    }
  } else if (!node.IsScalar()) {
    Problem(node, key.path, absl::StrCat("must be one ", key.type));
    return;
  } else {
    values.push_back(node.Scalar());
  }
  const std::string problem = key.assign(values, !key.is_list && IsQuoted(node));
  if (!problem.empty()) Problem(node, key.path, problem);
}

}  // namespace relance::config
