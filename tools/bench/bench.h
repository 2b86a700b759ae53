#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "tools/bench/report.h"

namespace relance::bench {

struct Options {
  int accounts = 50'000;
  int64_t invoices = 1'000'000;
  int rounds = 5;
  int64_t scan_rows = 10'000'000;       // the larger of the two sizes of T6; the smaller is a tenth
  int changes = 300;                    // of one invoice, an account size and round (T8)
  int calls = 2'000;                    // of each RPC, a round
  int64_t statement_entries = 100'000;  // of the camt.053
  std::set<std::string> only;           // "T1", "T6", "RPC"; empty: all
  std::string binaries;                 // folder of relance-ledger and relance-bench

  bool Wants(const std::string& id) const { return only.empty() || only.count(id) > 0; }
};

// A small ledger, one round: everything is measured, in seconds, and no time means anything.
Options QuickOptions(const std::string& binaries);

// The targets that a run can measure.
inline constexpr const char* kTargets[] = {"T1", "T2", "T3", "T4",   "T5", "T6",
                                           "T7", "T8", "T9", "FILE", "RPC"};

// Measures in rounds, each target beside its floor in every round, and fills `report`. Progress goes to
// stderr. Errors: what kept a figure from being measured; the report holds the others.
absl::Status RunBench(const Options& options, Report* report);

// Serves the echo that RPCs are compared with, on the frame of the services, until it is killed.
int ServeEcho(const std::string& address);

}  // namespace relance::bench
