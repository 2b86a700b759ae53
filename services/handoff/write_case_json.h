#pragma once

#include <string>

#include "services/handoff/case_file.h"

namespace relance::handoff {

inline constexpr char kCaseSchema[] = "relance.case/1";

// The case as JSON (docs/case_file.schema.json): UTF-8, two spaces, a line feed at the end. Amounts are
// strings with a decimal point and all decimals of the currency, days are "2025-03-31". Equal cases give
// equal bytes.
std::string WriteCaseJson(const CaseFile& file);

}  // namespace relance::handoff
