#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/config/schema.h"

namespace YAML {
class Node;
}

namespace relance::config {

// Walks a YAML document along a Schema and assigns what it finds. Problems are appended as
// "file:line:column: key: reason", line and column counted from 1.
class YamlReader {
 public:
  YamlReader(const Schema& schema, absl::string_view file_name, std::vector<std::string>* problems)
      : schema_(schema), file_name_(file_name), problems_(problems) {}

  // Reads the text; an empty document is an empty map. Problems: also malformed YAML and a file over
  // kFileBytesMax.
  void Read(absl::string_view text);

 private:
  void ReadMap(const YAML::Node& map, const std::string& prefix);
  void ReadValue(const Key& key, const YAML::Node& node);
  void Problem(const YAML::Node& node, absl::string_view path, absl::string_view reason);

  const Schema& schema_;
  const std::string file_name_;
  std::vector<std::string>* const problems_;
};

}  // namespace relance::config
