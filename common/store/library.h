#pragma once

// The Redis function library: relance.lua, built into the program.
namespace relance::store {

extern const char kLibraryCode[];

inline constexpr char kCommitFunction[] = "relance_1_commit";
inline constexpr char kAcquireFunction[] = "relance_1_acquire";
inline constexpr char kReleaseFunction[] = "relance_1_release";
inline constexpr char kMarkWorkedFunction[] = "relance_1_mark_worked";
inline constexpr char kReadFeedFunction[] = "relance_1_read_feed";
inline constexpr char kTrimFunction[] = "relance_1_trim";
inline constexpr char kPutDocumentFunction[] = "relance_1_put_document";

}  // namespace relance::store
