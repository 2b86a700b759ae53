#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance::testing {

// Stands in for what no two runs have in common. The whole list is in volatile_names.cc.
//
// What has an identity gets a name in the order of its first sight, "<etag-1>", and keeps it: that a hash is
// the same in two replies is still seen. A request that carries the name is sent the value. What has none
// (instants, bytes that hold them) becomes "<time>", "<bytes>".
class VolatileNames {
 public:
  std::string Mask(absl::string_view text);
  // Errors: NOT_FOUND for a name that no reply has had.
  absl::StatusOr<std::string> Fill(absl::string_view text) const;

 private:
  std::string NameOf(absl::string_view kind, absl::string_view value);

  std::map<std::string, int> counts_;          // by kind
  std::map<std::string, std::string> names_;   // by value
  std::map<std::string, std::string> values_;  // by name
};

}  // namespace relance::testing
