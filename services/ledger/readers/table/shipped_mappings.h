#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/ledger/readers/table/mapping.h"

namespace relance::ledger {

// YAML texts of the mappings that come with the program. Generated from services/ledger/mappings.
const std::vector<std::string>& ShippedMappingTexts();

// The same, read, in order of their names.
const std::vector<Mapping>& ShippedMappings();

// The one of this name; null: there is none.
const Mapping* FindShippedMapping(absl::string_view name);

// The first of `mappings` that a file of this name fits, which begins with `head` (some KiB); null: none.
const Mapping* FindMappingOf(const std::vector<Mapping>& mappings, absl::string_view file_name,
                             absl::string_view head);

}  // namespace relance::ledger
