#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/strings/substitute.h"
#include "common/status/status_macros.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "tools/bench/postgres.h"
#include "tools/bench/process.h"
#include "tools/bench/rounds.h"
#include "tools/bench/send_file.h"
#include "tools/bench/source_files.h"

namespace relance::bench {
namespace {

namespace v1 = ledger::v1;

// PostgreSQL is given what the ledger has to find out: rows with what is open, settled and lettered.
constexpr char kSchema[] = R"sql(
create table items (account text, id bigint, kind smallint, number text, issue_day int, due_day int, amount bigint,
                    open bigint, lettering text, settled_day int, primary key (account, id));
create index on items (number);
create unlogged table staging (like items);
create unlogged table paid (id bigint, day int, amount bigint, number text);
)sql";

// Rows that are new or different enter, in one transaction.
constexpr char kUpsert[] = R"sql(
begin;
truncate staging;
\copy staging from '$0'
insert into items select * from staging
on conflict (account, id) do update set (kind, number, issue_day, due_day, amount, open, lettering, settled_day) =
  (excluded.kind, excluded.number, excluded.issue_day, excluded.due_day, excluded.amount, excluded.open, excluded.lettering,
   excluded.settled_day)
where (items.*) is distinct from (excluded.*);
commit;
)sql";

// The payments of a statement find their invoices by number and settle them.
constexpr char kPay[] = R"sql(
begin;
truncate paid;
\copy paid from '$0'
insert into items select i.account, p.id, 3, p.number, p.day, 0, -p.amount, 0, '', p.day
  from paid p join items i on i.number = p.number and i.kind = 1 and i.open = p.amount on conflict do nothing;
update items set open = 0, settled_day = p.day from paid p where items.number = p.number and items.kind = 1 and items.open > 0;
commit;
)sql";

struct Times {
  Span full, delta, statement;
};

absl::StatusOr<int64_t> Count(PostgresServer& server, const std::string& query) {
  RELANCE_ASSIGN_OR_RETURN(const std::string text, server.Run(query));
  int64_t count = -1;
  if (!absl::SimpleAtoi(text, &count)) return absl::InternalError("psql answers " + text);
  return count;
}

absl::StatusOr<Times> InPostgres(const std::string& mode, const SourceFiles& files, Report* report) {
  RELANCE_ASSIGN_OR_RETURN(const auto server, PostgresServer::Start(mode == "always"));
  RELANCE_RETURN_IF_ERROR(server->Run(kSchema).status());
  const auto run = [&](const std::string& script) {
    return TakeTime(0, [&] { return server->Run(script).status(); });
  };
  Times times;
  RELANCE_ASSIGN_OR_RETURN(times.full, run(absl::Substitute(kUpsert, files.rows())));
  RELANCE_RETURN_IF_ERROR(server->Run("analyze items").status());
  RELANCE_ASSIGN_OR_RETURN(times.delta, run(absl::Substitute(kUpsert, files.rows_delta())));
  RELANCE_ASSIGN_OR_RETURN(times.statement, run(absl::Substitute(kPay, files.payments())));
  RELANCE_ASSIGN_OR_RETURN(const int64_t rows, Count(*server, "select count(*) from items"));
  report->Expect("T7 rows in PostgreSQL", files.items() + files.delta_payments() + files.entries(), rows);
  return times;
}

// The largest resident set of a process so far, in bytes.
int64_t PeakBytes(pid_t pid) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  for (std::string line; std::getline(status, line);) {
    absl::string_view rest = line;
    int64_t kib = 0;
    if (absl::ConsumePrefix(&rest, "VmHWM:") && absl::SimpleAtoi(absl::StripSuffix(rest, " kB"), &kib))
      return kib * 1024;
  }
  return 0;
}

}  // namespace

absl::Status BooksRound(const std::string& mode, Shared* shared) {
  const SourceFiles& files = *shared->files;
  Report& report = *shared->report;
  RELANCE_ASSIGN_OR_RETURN(const Times theirs, InPostgres(mode, files, &report));

  RELANCE_ASSIGN_OR_RETURN(const auto world, LedgerWorld::Create(mode));
  RELANCE_ASSIGN_OR_RETURN(const auto services, RunningServices::Start(shared->options->binaries, {"ledger"},
                                                                       world->redis().address()));
  v1::LedgerService::Stub stub(services->channel("ledger"));
  v1::ImportReport done;
  const auto import = [&](const char* format, const std::string& path) -> absl::StatusOr<Span> {
    const double service_cpu = services->cpu_seconds();
    RELANCE_ASSIGN_OR_RETURN(Span span, TakeTime(world->redis().pid(), [&]() -> absl::Status {
                               RELANCE_ASSIGN_OR_RETURN(done, SendFile(stub, format, path));
                               return absl::OkStatus();
                             }));
    span.client_seconds += services->cpu_seconds() - service_cpu;
    return span;
  };
  const auto line = [&](const std::string& what, const std::string& floor, double target) {
    return &report.Line(absl::StrCat("T7 ", mode), what, floor, "s", target);
  };
  const auto add = [&](const Span& floor, const Span& measured, Figure* to) {
    to->Add(floor.seconds, measured.seconds);
    to->redis_us.push_back(measured.redis_seconds * 1e6 / shared->file_accounts);
    to->client_us.push_back(measured.client_seconds * 1e6 / shared->file_accounts);
  };

  RELANCE_ASSIGN_OR_RETURN(const Span full, import("fec", files.fec()));
  report.Expect("T7 items created", files.items(), done.created());
  report.Expect("T7 lines rejected", 0, done.rejected());
  add(theirs.full, full,
      line("a FEC, from file to committed accounts", "PostgreSQL: COPY and upsert of its rows", 1.0 / 6));
  report.Line(absl::StrCat("T7 ", mode), "  largest resident set of relance-ledger behind it", "", "B", 0)
      .measured_values.push_back(static_cast<double>(PeakBytes(services->pid("ledger"))));

  RELANCE_ASSIGN_OR_RETURN(const Span again, import("fec", files.fec()));
  report.Expect("T7 unchanged again: accounts changed", 0, done.accounts_changed());
  if (!shared->parse_seconds.empty()) {
    report.Line(absl::StrCat("T7 ", mode), "the unchanged FEC again", "parsing alone", "s", 1.5)
        .Add(Median(shared->parse_seconds), again.seconds);
  }

  RELANCE_ASSIGN_OR_RETURN(const Span delta, import("fec", files.fec_delta()));
  report.Expect("T7 items of the night", files.delta_payments(), done.created());
  add(theirs.delta, delta,
      line("the FEC of a night, 1% of the invoices paid", "PostgreSQL: the same rows", 0.25));

  RELANCE_ASSIGN_OR_RETURN(const Span statement, import("camt053", files.camt()));
  // A few have the amount of money that the books told of the same account: they are taken for the same.
  report.Expect("T7 payments matched or confirmed", files.entries(),
                done.payments_matched() + done.payments_confirmed());
  add(theirs.statement, statement,
      line("a camt.053, matched and committed", "PostgreSQL: COPY and join on the number", 0));
  return absl::OkStatus();
}

}  // namespace relance::bench
