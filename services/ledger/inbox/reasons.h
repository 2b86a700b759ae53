#pragma once

// Reasons of the inbox beside those of imports (errors.h): in reports, never in an answer of an RPC.
namespace relance::ledger {

inline constexpr char kFileNotPermitted[] = "FILE_NOT_PERMITTED";  // the user of the ledger may not read it
inline constexpr char kNotAFile[] = "NOT_A_FILE";                  // a link, a pipe or a device

}  // namespace relance::ledger
