#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/bench/bench.h"
#include "tools/bench/bench_world.h"
#include "tools/bench/postgres.h"
#include "tools/bench/source_files.h"

// One round of each measurement. What they share is made once.
namespace relance::bench {

struct Shared {
  const Options* options = nullptr;
  Report* report = nullptr;
  const Portfolio* portfolio = nullptr;
  ledger::Gathered all;                     // all rows, at the revision last asked for
  std::vector<store::AccountWrite> writes;  // what the ledger makes of all rows at revision 0
  int64_t bytes = 0;                        // of their fields
  std::unique_ptr<SourceFiles>
      files;              // of a quarter of the portfolio's size: a FEC of a line an invoice of it
  int file_accounts = 0;  // in them
  std::vector<double> parse_seconds;       // of the FEC, by round
  std::unique_ptr<PostgresServer> server;  // holds the columns of T6 as a table
};

// A campaign's filter that finds about a tenth of a Portfolio, and how many accounts that are.
inline constexpr char kTenthFilter[] = "region = \"IDF\" and sector != \"retail\"";
int64_t AccountsOfTenth(const Portfolio& portfolio);

// Adds a round of work on every account to a line.
void AddRound(const Span& floor, const Span& measured, int accounts, Figure* line);

// T1, T3, T4, T5, T9 through the classes of the services, without gRPC, under one fsync mode.
absl::Status StoreRound(const std::string& appendfsync, Shared* shared);
// T5 through the five services.
absl::Status NightThroughServicesRound(const std::string& appendfsync, Shared* shared);
// T2 and T3 through the relance-ledger process.
absl::Status SyncOverGrpcRound(const std::string& appendfsync, Shared* shared);
// T6.
absl::Status ScanRound(int64_t rows, Shared* shared);
// T7's ageing: the scan of T6 beside the query in PostgreSQL.
absl::Status AgeingRound(int64_t rows, Shared* shared);
// Files parsed, beside programs that only read them.
absl::Status FileRound(Shared* shared);
// T7: files to committed accounts through the relance-ledger process, beside PostgreSQL.
absl::Status BooksRound(const std::string& mode, Shared* shared);
// T8.
absl::Status ChangeRound(const std::string& appendfsync, Shared* shared);
// Latency of RPCs beside an echo.
absl::Status LatencyRound(Shared* shared);

}  // namespace relance::bench
