// relance-generate: made-up portfolios with known truth, and what their debtors say on the phone.
#include <iostream>
#include <iterator>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/usage.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "samples/generate/answers.h"
#include "samples/generate/life.h"
#include "samples/generate/portfolio.h"
#include "samples/generate/portfolio_writer.h"
#include "samples/generate/truth_reader.h"
#include "samples/toolkit/command_line.h"
#include "samples/toolkit/output.h"

ABSL_FLAG(int32_t, accounts, 0, "how many debtors");
ABSL_FLAG(uint64_t, seed, 1, "equal seeds give equal bytes");
ABSL_FLAG(std::string, from, "", "first day told day by day, YYYY-MM-DD");
ABSL_FLAG(int32_t, months, 5, "how many months are told day by day");
ABSL_FLAG(int32_t, history_months, 13, "how many months before --from opening.csv tells");
ABSL_FLAG(double, invoices_per_account_month, 1.2, "mean over the portfolio");
ABSL_FLAG(std::string, out, "", "folder to write to");
ABSL_FLAG(std::string, tenant, "demo", "the creditor");
ABSL_FLAG(std::string, truth, "", "answers: the folder truth/ of a portfolio");
ABSL_FLAG(std::string, date, "", "answers: the day of the calls, YYYY-MM-DD");

namespace relance::samples {
namespace {

constexpr int kAccountsMax = 5'000'000;
constexpr int kMonthsMax = 120;

absl::Status Generate() {
  PortfolioOptions options;
  options.accounts = absl::GetFlag(FLAGS_accounts);
  options.seed = absl::GetFlag(FLAGS_seed);
  options.months = absl::GetFlag(FLAGS_months);
  options.history_months = absl::GetFlag(FLAGS_history_months);
  options.invoices_per_account_month = absl::GetFlag(FLAGS_invoices_per_account_month);
  options.tenant = absl::GetFlag(FLAGS_tenant);
  if (options.accounts < 1 || options.accounts > kAccountsMax) return FlagError("--accounts: 1 to 5000000");
  if (options.months < 1 || options.months > kMonthsMax) return FlagError("--months: 1 to 120");
  if (options.history_months < 0 || options.history_months > kMonthsMax)
    return FlagError("--history-months: 0 to 120");
  if (!(options.invoices_per_account_month > 0 && options.invoices_per_account_month <= 1000)) {
    return FlagError("--invoices-per-account-month: above 0, at most 1000");
  }
  if (absl::GetFlag(FLAGS_from).empty() || absl::GetFlag(FLAGS_out).empty())
    return FlagError("--from and --out are needed");
  RELANCE_ASSIGN_OR_RETURN(options.from, DayOfFlag("from", absl::GetFlag(FLAGS_from), absl::CivilDay()));
  DirectoryOutput output(absl::GetFlag(FLAGS_out));
  std::vector<Account> accounts = MakeUpAccounts(options);
  RELANCE_ASSIGN_OR_RETURN(const auto writer, PortfolioWriter::Create(options, accounts, output));
  RELANCE_RETURN_IF_ERROR(Live(options, accounts, *writer));
  RELANCE_RETURN_IF_ERROR(writer->Finish());
  const PortfolioCounts& counts = writer->counts();
  std::cout << accounts.size() << " accounts, " << counts.invoices << " invoices, " << counts.credit_notes
            << " credit notes, " << counts.payments << " payments, " << counts.returns << " returns, "
            << counts.days << " banking days\n";
  return absl::OkStatus();
}

absl::Status Answer() {
  if (absl::GetFlag(FLAGS_truth).empty() || absl::GetFlag(FLAGS_date).empty())
    return FlagError("--truth and --date are needed");
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay day,
                           DayOfFlag("date", absl::GetFlag(FLAGS_date), absl::CivilDay()));
  const std::string json((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
  RELANCE_ASSIGN_OR_RETURN(const std::vector<Call> calls, ParseWorklist(json));
  RELANCE_ASSIGN_OR_RETURN(const Truth truth, ReadTruth(absl::GetFlag(FLAGS_truth), AccountsOf(calls)));
  for (const Call& call : calls) {
    const absl::StatusOr<std::string> command = AnswerCall(call, truth, day);
    if (command.ok()) {
      std::cout << *command << "\n";
    } else {
      std::cerr << "relance-generate: " << command.status().message() << "\n";
    }
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace relance::samples

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "--accounts N --seed S --from DAY --months M --out FOLDER [--tenant NAME]\n"
      "answers --truth FOLDER --date DAY < worklist.json");
  const std::vector<std::string> arguments = relance::samples::ParseFlags(argc, argv);
  const bool answers = arguments.size() == 1 && arguments[0] == "answers";
  const absl::Status status = answers             ? relance::samples::Answer()
                              : arguments.empty() ? relance::samples::Generate()
                                                  : relance::samples::FlagError("unknown argument");
  if (status.ok()) return 0;
  std::cerr << "relance-generate: " << status.message() << "\n";
  return 1;
}
