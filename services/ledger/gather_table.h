#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "relance/state/v1/tenant.pb.h"
#include "services/ledger/gathered.h"
#include "services/ledger/readers/table/mapping.h"
#include "services/ledger/spool_file.h"

namespace relance::ledger {

// Item::source of what a table told: "table:<name of the mapping>".
std::string SourceOfTable(const Mapping& mapping);

// The mapping of a file: the YAML or the name in `told`; when it is empty, the first of `own`, then of the
// shipped ones, that fits the name and the columns of the file. Errors: INVALID_ARGUMENT / MAPPING_INVALID,
// MAPPING_UNKNOWN.
absl::StatusOr<Mapping> ChooseMapping(const std::string& told, const std::vector<Mapping>& own,
                                      const SpoolFile& file, const std::string& file_name);

// Reads a table as its mapping says (readers/table/table_reader.h). Rows that were left out are counted, and
// told by their reasons in the warnings. Errors: INVALID_ARGUMENT / FILE_UNREADABLE; RESOURCE_EXHAUSTED /
// TOO_MANY_RECORDS.
absl::StatusOr<Gathered> GatherTable(const SpoolFile& file, const std::string& file_name,
                                     const Mapping& mapping, const state::v1::TenantConfig& tenant,
                                     std::optional<absl::CivilDay> as_of, bool snapshot);

}  // namespace relance::ledger
