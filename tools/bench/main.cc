// relance-bench: the targets of docs/benchmarks.md, measured anew beside their floors.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "tools/bench/bench.h"

ABSL_FLAG(int32_t, accounts, 50'000, "debtors of the measured ledger");
ABSL_FLAG(int64_t, invoices, 1'000'000, "their invoices, at least one an account");
ABSL_FLAG(int32_t, rounds, 5, "how often each figure is measured");
ABSL_FLAG(bool, quick, false, "a small ledger and one round: shows that it works, the times mean nothing");
ABSL_FLAG(std::vector<std::string>, only, {}, "some of T1,T2,T3,T4,T5,T6,T7,T8,T9,FILE,RPC; all when empty");
ABSL_FLAG(std::string, serve_echo, "", "for its own use: serve the echo of RPC at this address");

int main(int argc, char** argv) {
  using namespace relance;  // NOLINT
  absl::SetProgramUsageMessage(
      "measures Relance beside what the machine can do; docs/benchmarks.md explains the table");
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  if (rest.size() > 1) {
    std::cerr << "relance-bench: unknown argument " << rest[1] << "; --help lists the flags\n";
    return 2;
  }
  if (!absl::GetFlag(FLAGS_serve_echo).empty()) return bench::ServeEcho(absl::GetFlag(FLAGS_serve_echo));
  bench::Options options;
  options.binaries = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
  options.accounts = absl::GetFlag(FLAGS_accounts);
  options.invoices = absl::GetFlag(FLAGS_invoices);
  options.rounds = absl::GetFlag(FLAGS_rounds);
  if (absl::GetFlag(FLAGS_quick)) options = bench::QuickOptions(options.binaries);
  if (options.accounts < 1 || options.accounts > 999'999 || options.invoices < options.accounts ||
      options.rounds < 1) {
    std::cerr
        << "relance-bench: --accounts is 1 to 999999, --invoices at least as many, --rounds at least 1\n";
    return 2;
  }
  for (const std::string& id : absl::GetFlag(FLAGS_only)) {
    if (std::find(std::begin(bench::kTargets), std::end(bench::kTargets), id) == std::end(bench::kTargets)) {
      std::cerr << "relance-bench: --only knows no " << id << "\n";
      return 2;
    }
    options.only.insert(id);
  }
  bench::Report report;
  const absl::Status status = bench::RunBench(options, &report);
  report.Print(std::cout);
  if (!status.ok()) std::cerr << "relance-bench: " << status.message() << "\n";
  return status.ok() && report.disagreements().empty() ? 0 : 1;
}
