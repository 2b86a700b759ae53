#pragma once

namespace relance::claims {

// The files of common/claims/data, put into the binary by embed.cmake.
extern const char kEcbMroCsv[];
extern const char kFrLegalCsv[];
extern const char kRegimesCsv[];
extern const char kIndemnityScalesCsv[];

}  // namespace relance::claims
