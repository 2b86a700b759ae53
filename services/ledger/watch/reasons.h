#pragma once

// Every reason that WatchAccounts gives beside those of the store and TENANT_NOT_FOUND, in the order of its
// checks. "Again" says whether the same request may succeed later.
namespace relance::ledger {

inline constexpr char kWatchedTooMany[] =
    "WATCHED_TOO_MANY";  // INVALID_ARGUMENT; accounts, accountsMax. Again: no
inline constexpr char kPositionInvalid[] = "POSITION_INVALID";  // INVALID_ARGUMENT. Again: no
inline constexpr char kTooManyWatchers[] =
    "TOO_MANY_WATCHERS";                                  // RESOURCE_EXHAUSTED; watchersMax. Again: yes
inline constexpr char kPositionLost[] = "POSITION_LOST";  // OUT_OF_RANGE; partition. Again: no
inline constexpr char kWatchEnded[] = "WATCH_ENDED";  // UNAVAILABLE: this process ends. Again: yes, elsewhere

}  // namespace relance::ledger
