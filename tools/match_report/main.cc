// relance-match-report: how right the rules of cash application are, on made-up money with known truth.
#include <cstdio>
#include <cstdlib>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "tools/match_report/made_up_money.h"
#include "tools/match_report/run_matching.h"

int main(int argc, char** argv) {
  using namespace relance;  // NOLINT: one name for everything that is put together here
  CLI::App app("Measures the rules of cash application on made-up money with known truth");
  match_report::Options options;
  int permille = 0;
  bool by_kind = false;
  app.add_option("--seed", options.seed, "of the money")->capture_default_str();
  app.add_option("--payments", options.payments, "about so many")
      ->capture_default_str()
      ->check(CLI::Range(100, 1'000'000));
  app.add_option("--confidence", permille, "what is at least this sure is posted, in thousandths; 0: 999")
      ->check(CLI::Range(0, 1000));
  app.add_flag("--by-kind", by_kind, "a row for each way in which payments are made up");
  CLI11_PARSE(app, argc, argv);
  const auto report = match_report::RunMatching(match_report::MakeUpMoney(options), permille);
  if (!report.ok()) {
    std::fprintf(stderr, "%s\n", report.status().ToString().c_str());
    return EXIT_FAILURE;
  }
  std::printf("seed %llu\n%s", static_cast<unsigned long long>(options.seed),  // NOLINT
              match_report::FormatReport(*report, by_kind).c_str());
  std::printf("\n%.1f s in the service\n", report->posting_seconds);
  return EXIT_SUCCESS;
}
