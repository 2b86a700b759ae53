// relance-make-statements: from a FEC, the books up to a day, what the bank says after it, and what the books
// add.
#include <algorithm>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "common/money/decimal_text.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "samples/make_statements/books_after_cut.h"
#include "samples/make_statements/customer_receipts.h"
#include "samples/make_statements/fec_file.h"
#include "samples/make_statements/statement_plan.h"
#include "samples/toolkit/command_line.h"
#include "samples/toolkit/made_up_identity.h"
#include "samples/toolkit/output.h"

ABSL_FLAG(std::string, fec, "", "the FEC to read");
ABSL_FLAG(std::string, from, "", "first day of the statements, YYYY-MM-DD; empty: the day after --cut");
ABSL_FLAG(std::string, to, "", "last day; empty: the last day of the FEC");
ABSL_FLAG(std::string, out, "", "folder for <day>.camt.053.xml and expected.csv; empty: none");
ABSL_FLAG(std::string, iban, "", "the creditor's account; empty: a made-up one");
ABSL_FLAG(std::string, owner, "Demo creditor", "the name of the account's owner");
ABSL_FLAG(std::string, opening_balance, "0.00", "balance before the first day");
ABSL_FLAG(uint64_t, seed, 1, "equal seeds give equal bytes");
ABSL_FLAG(std::string, cut, "", "last day of the cut books, YYYY-MM-DD");
ABSL_FLAG(std::string, out_cut, "", "file for the FEC up to --cut; empty: none");
ABSL_FLAG(std::string, deltas, "",
          "folder for <day>.fec.txt, the books after --cut without receipts; empty: none");

namespace relance::samples {
namespace {

absl::Status WriteStatements(const std::vector<Receipt>& receipts, StatementOptions options) {
  DirectoryOutput folder(absl::GetFlag(FLAGS_out));
  const std::vector<PlannedPayment> payments = PlanPayments(receipts, options);
  const std::vector<Statement> statements = MakeStatements(payments, options);
  for (const Statement& statement : statements) {
    RELANCE_RETURN_IF_ERROR(folder.WriteFile(absl::StrCat(FormatIsoDay(statement.day), ".camt.053.xml"),
                                             RenderStatement(statement)));
  }
  RELANCE_RETURN_IF_ERROR(folder.WriteFile("expected.csv", ExpectedCsv(payments, options)));
  std::cout << statements.size() << " statements, " << payments.size() << " entries, closing balance "
            << FormatDecimal(statements.empty() ? options.opening_minor : ClosingMinor(statements.back()), 2,
                             '.')
            << " EUR\n";
  return absl::OkStatus();
}

absl::Status Run() {
  const std::string path = absl::GetFlag(FLAGS_fec);
  if (path.empty()) return FlagError("--fec is needed");
  RELANCE_ASSIGN_OR_RETURN(const std::string bytes, ReadWholeFile(path, kFecBytesMax));
  RELANCE_ASSIGN_OR_RETURN(const FecFile fec, ParseFec(bytes, path));
  absl::CivilDay last(1900, 1, 1);
  for (const FecLine& line : fec.lines) last = std::max(last, line.entry_day);
  const absl::CivilDay none(1900, 1, 1);
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay cut, DayOfFlag("cut", absl::GetFlag(FLAGS_cut), none));
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay from,
                           DayOfFlag("from", absl::GetFlag(FLAGS_from), cut == none ? none : cut + 1));
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay to, DayOfFlag("to", absl::GetFlag(FLAGS_to), last));
  const std::vector<Receipt> receipts = CustomerReceipts(fec);

  const std::string out_cut = absl::GetFlag(FLAGS_out_cut);
  const std::string deltas = absl::GetFlag(FLAGS_deltas);
  if (cut == none && (!out_cut.empty() || !deltas.empty())) return FlagError("--cut is needed");
  if (!out_cut.empty()) {
    const std::vector<const FecLine*> lines = LinesUpTo(fec, cut);
    RELANCE_RETURN_IF_ERROR(DirectoryOutput(".").WriteFile(out_cut, RenderFec(fec, lines)));
    std::cout << lines.size() << " lines up to " << FormatIsoDay(cut) << "\n";
  }
  if (!deltas.empty()) {
    DirectoryOutput folder(deltas);
    const auto days = LinesAfter(fec, cut, to, receipts);
    for (const auto& [day, lines] : days) {
      RELANCE_RETURN_IF_ERROR(
          folder.WriteFile(absl::StrCat(FormatIsoDay(day), ".fec.txt"), RenderFec(fec, lines)));
    }
    std::cout << days.size() << " days of books after " << FormatIsoDay(cut) << "\n";
  }
  if (absl::GetFlag(FLAGS_out).empty()) return absl::OkStatus();
  if (from == none || to < from)
    return FlagError("--from (or --cut) and a --to that is not before it are needed");
  StatementOptions options;
  options.from = from;
  options.to = to;
  options.seed = absl::GetFlag(FLAGS_seed);
  options.iban = absl::GetFlag(FLAGS_iban).empty() ? MadeUpFrenchIban(1) : absl::GetFlag(FLAGS_iban);
  options.owner = absl::GetFlag(FLAGS_owner);
  RELANCE_ASSIGN_OR_RETURN(options.opening_minor, ParseDecimalMinor(absl::GetFlag(FLAGS_opening_balance), 2));
  return WriteStatements(receipts, options);
}

}  // namespace
}  // namespace relance::samples

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "--fec FILE [--cut DAY --out-cut FILE --deltas FOLDER] [--from DAY] [--to DAY] [--out FOLDER]");
  relance::samples::ParseFlags(argc, argv);
  const absl::Status status = relance::samples::Run();
  if (status.ok()) return 0;
  std::cerr << "relance-make-statements: " << status.message() << "\n";
  return 1;
}
