#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "tools/bench/bench_world.h"

// What no program of this kind can beat here: the figures that the real work is held against.
namespace relance::bench {

// SET of the same bytes, a key an account, by the client of common/store: one call, the same connections. A
// Redis of its own.
absl::StatusOr<Span> SetSameBytes(const std::string& appendfsync,
                                  const std::vector<store::AccountWrite>& writes, int64_t* keys);

// redis-benchmark -t set -c 16 -P 64 of `count` values of `bytes` bytes, on a Redis of its own.
// Errors: FAILED_PRECONDITION when it cannot be run.
absl::StatusOr<Span> RedisBenchmark(const std::string& appendfsync, int64_t count, int64_t bytes);

// Median time of write + fdatasync of 1 KiB at the end of a file in /tmp, in microseconds.
double FsyncMicroseconds();

}  // namespace relance::bench
