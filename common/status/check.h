#pragma once

#include <cstdio>
#include <cstdlib>

// Ends the process when `condition` does not hold. For bugs only: what the environment can cause is an
// absl::Status.
#define RELANCE_CHECK(condition)                                                         \
  do {                                                                                   \
    if (!(condition)) {                                                                  \
      std::fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)
