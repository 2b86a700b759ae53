#include "tools/bench/bench.h"

#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "common/status/status_macros.h"
#include "tools/bench/floors.h"
#include "tools/bench/rounds.h"

namespace relance::bench {
namespace {

std::string ProcessorName() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

void Introduce(const Shared& shared) {
  utsname system = {};
  uname(&system);
  const Portfolio& portfolio = *shared.portfolio;
  Report& report = *shared.report;
  report.Say(absl::StrFormat("machine: %s, %d cores, Linux %s, fdatasync of 1 KiB %.0f us (median)",
                             ProcessorName(), std::thread::hardware_concurrency(), system.release,
                             FsyncMicroseconds()));
  int biggest = 0;
  for (int i = 0; i < portfolio.accounts(); ++i) biggest = std::max(biggest, portfolio.SizeOf(i));
  report.Say(absl::StrFormat(
      "ledger: %d accounts, %d invoices, the biggest account has %d; %.1f MB stored, %.0f B an invoice; 1%% "
      "= %d "
      "invoices in %d accounts",
      portfolio.accounts(), portfolio.invoices(), biggest, static_cast<double>(shared.bytes) / 1e6,
      static_cast<double>(shared.bytes) / static_cast<double>(portfolio.invoices()),
      portfolio.changed_invoices(), portfolio.changed_accounts()));
  report.Say(
      absl::StrFormat("redis: private, Unix socket, AOF, appendfsync as named in each line; client and "
                      "server share the cores; %d rounds, "
                      "medians; a ratio is the median of the rounds' ratios",
                      shared.options->rounds));
}

}  // namespace

int64_t AccountsOfTenth(const Portfolio& portfolio) {
  int64_t count = 0;
  for (int account = 0; account < portfolio.accounts(); ++account) {
    const ledger::v1::Attributes attributes =
        portfolio.Row(account, portfolio.FirstOf(account), 0).attributes();
    if (attributes.region() == "IDF" && attributes.sector() != "retail") ++count;
  }
  return count;
}

void AddRound(const Span& floor, const Span& measured, int accounts, Figure* line) {
  line->Add(floor.seconds, measured.seconds);
  line->floor_cpu.push_back(floor.cpu_seconds());
  line->measured_cpu.push_back(measured.cpu_seconds());
  line->redis_us.push_back(measured.redis_seconds * 1e6 / accounts);
  line->client_us.push_back(measured.client_seconds * 1e6 / accounts);
}

Options QuickOptions(const std::string& binaries) {
  Options options;
  options.accounts = 500;
  options.invoices = 10'000;
  options.rounds = 1;
  options.scan_rows = 200'000;
  options.changes = 10;
  options.calls = 50;
  options.statement_entries = 500;
  options.binaries = binaries;
  return options;
}

absl::Status RunBench(const Options& options, Report* report) {
  const Portfolio portfolio(options.accounts, options.invoices);
  Shared shared;
  shared.options = &options;
  shared.report = report;
  shared.portfolio = &portfolio;
  const bool store = options.Wants("T1") || options.Wants("T3") || options.Wants("T4") ||
                     options.Wants("T5") || options.Wants("T9");
  if (store || options.Wants("T2")) {
    std::cerr << "making the rows\n";
    shared.all = GatherRows(portfolio, 0, false);
    RELANCE_ASSIGN_OR_RETURN(shared.writes, WritesOf(&shared.all));
    for (const store::AccountWrite& write : shared.writes)
      shared.bytes += static_cast<int64_t>(BytesOf(write).size());
  }
  if (options.Wants("T7") || options.Wants("FILE")) {
    std::cerr << "writing the files\n";
    const Portfolio company(std::max(1, options.accounts / 4), options.invoices / 4);
    shared.files = std::make_unique<SourceFiles>(company, options.statement_entries);
    shared.file_accounts = company.accounts();
  }
  Introduce(shared);
  for (int round = 1; round <= options.rounds; ++round) {
    const auto progress = [&](const std::string& what) {
      std::cerr << "round " << round << "/" << options.rounds << ": " << what << "\n";
    };
    // A round of these takes 20 s and more; the others are cheap.
    const bool heavy = round <= (options.rounds + 1) / 2;
    if (options.Wants("T7") || options.Wants("FILE")) {
      progress("files");
      RELANCE_RETURN_IF_ERROR(FileRound(&shared));
    }
    for (const char* mode : {"always", "everysec"}) {
      if (options.Wants("T7") && heavy) {
        progress(absl::StrCat("books and bank, ", mode));
        RELANCE_RETURN_IF_ERROR(BooksRound(mode, &shared));
      }
      if (store && heavy) {
        progress(absl::StrCat("store, ", mode));
        RELANCE_RETURN_IF_ERROR(StoreRound(mode, &shared));
      }
      if (options.Wants("T5") && heavy) {
        progress(absl::StrCat("night through the services, ", mode));
        RELANCE_RETURN_IF_ERROR(NightThroughServicesRound(mode, &shared));
      }
      if (options.Wants("T2") && heavy) {
        progress(absl::StrCat("sync over gRPC, ", mode));
        RELANCE_RETURN_IF_ERROR(SyncOverGrpcRound(mode, &shared));
      }
      if (options.Wants("T8")) {
        progress(absl::StrCat("one invoice, ", mode));
        RELANCE_RETURN_IF_ERROR(ChangeRound(mode, &shared));
      }
    }
    if (options.Wants("T6")) {
      progress("scan");
      RELANCE_RETURN_IF_ERROR(ScanRound(options.scan_rows / 10, &shared));
      RELANCE_RETURN_IF_ERROR(ScanRound(options.scan_rows, &shared));
    }
    if (options.Wants("T7")) {
      progress("ageing");
      RELANCE_RETURN_IF_ERROR(AgeingRound(options.scan_rows, &shared));
    }
    if (options.Wants("RPC")) {
      progress("latency");
      RELANCE_RETURN_IF_ERROR(LatencyRound(&shared));
    }
  }
  return absl::OkStatus();
}

}  // namespace relance::bench
