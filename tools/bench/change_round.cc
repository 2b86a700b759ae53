#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/rpc/proto_types.h"
#include "common/status/status_macros.h"
#include "services/ledger/account_index.h"
#include "services/ledger/commands.h"
#include "services/ledger/gather_rows.h"
#include "tools/bench/rounds.h"

namespace relance::bench {
namespace {

constexpr int kSmallAccount = 20;
constexpr int kWarmUp = 5;

double Microseconds(const Span& span) { return span.seconds * 1e6; }

// Corrects one invoice of the account: the row comes again with another amount.
absl::StatusOr<double> CorrectInvoice(LedgerWorld& world, const TenantContext& tenant,
                                      const Portfolio& portfolio, int account, int change) {
  const int64_t serial = portfolio.FirstOf(account) + change % portfolio.SizeOf(account);
  ledger::v1::SyncItem row = portfolio.Row(account, serial, 0);
  row.mutable_amount()->set_units(row.amount().units() + 100 + change);
  row.clear_attributes();
  ledger::RowIdentity identity;
  ledger::Gathered gathered;
  ledger::GatherSyncItem(row, 1, false, &identity, &gathered);
  int64_t changed = 0;
  RELANCE_ASSIGN_OR_RETURN(const Span span, TakeTime(0, [&]() -> absl::Status {
                             RELANCE_ASSIGN_OR_RETURN(
                                 const auto outcome, world.posting().Post(tenant, &gathered, CallDeadline()));
                             changed = outcome.result.changed;
                             return absl::OkStatus();
                           }));
  if (changed != 1) return absl::InternalError("a corrected invoice did not change");
  return Microseconds(span);
}

// Records a payment of one cent for one invoice of the account.
absl::StatusOr<double> Pay(ledger::Commands& commands, const Portfolio& portfolio, int account, int change) {
  ledger::v1::RecordPaymentRequest request;
  request.set_request_id(absl::StrFormat("00000000-0000-4000-8000-%012x", change * 2 + (account % 2)));
  request.set_tenant_id(kTenant);
  request.set_account_id(portfolio.CodeOf(account));
  request.mutable_amount()->set_currency_code("EUR");
  request.mutable_amount()->set_nanos(10'000'000);
  *request.mutable_payment_date() = rpc::DayToProto(kBusinessDay);
  request.set_reference(
      portfolio.Row(account, portfolio.FirstOf(account) + change % portfolio.SizeOf(account), 0).number());
  request.set_source("rpc");
  RELANCE_ASSIGN_OR_RETURN(
      const Span span, TakeTime(0, [&] { return commands.RecordPayment(request, CallDeadline()).status(); }));
  return Microseconds(span);
}

}  // namespace

absl::Status ChangeRound(const std::string& mode, Shared* shared) {
  // Two accounts are enough of a ledger here: nothing else is touched.
  const Portfolio& portfolio = *shared->portfolio;
  const int big = portfolio.AccountOfSize(kBiggestAccount);
  const int small = portfolio.AccountOfSize(kSmallAccount);
  RELANCE_ASSIGN_OR_RETURN(const auto world, LedgerWorld::Create(mode));
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, world->Tenant());
  ledger::Gathered gathered;
  ledger::RowIdentity identity;
  for (const int account : {big, small}) {
    for (int i = 0; i < portfolio.SizeOf(account); ++i) {
      ledger::GatherSyncItem(portfolio.Row(account, portfolio.FirstOf(account) + i, 0), i + 1, false,
                             &identity, &gathered);
    }
  }
  ledger::PostingService::Outcome outcome;
  RELANCE_RETURN_IF_ERROR(world->Post(&gathered, &outcome).status());
  shared->report->Expect("T8 invoices created", portfolio.SizeOf(big) + portfolio.SizeOf(small),
                         outcome.result.created);

  std::vector<double> big_us, small_us;
  const int64_t aof = world->AofBytes();
  for (int i = 0; i < shared->options->changes + kWarmUp; ++i) {
    RELANCE_ASSIGN_OR_RETURN(const double small_one, CorrectInvoice(*world, *tenant, portfolio, small, i));
    RELANCE_ASSIGN_OR_RETURN(const double big_one, CorrectInvoice(*world, *tenant, portfolio, big, i));
    if (i < kWarmUp) continue;
    small_us.push_back(small_one);
    big_us.push_back(big_one);
  }
  const std::string small_name = absl::StrCat("the same, account of ", portfolio.SizeOf(small));
  shared->report
      ->Line("T8 " + mode, absl::StrCat("correct an invoice, account of ", portfolio.SizeOf(big)), small_name,
             "us", 3.0)
      .Add(Median(small_us), Median(big_us));
  shared->report->Line("T8 " + mode, "  AOF per correction, both accounts", "", "B", 0)
      .measured_values.push_back(static_cast<double>(world->AofBytes() - aof) /
                                 (2.0 * (shared->options->changes + kWarmUp)));

  TenantDirectory tenants(&world->store(), [] { return absl::Now(); });
  ledger::AccountIndexes indexes;
  ledger::Commands commands(&world->store(), &tenants, &indexes, [] { return absl::Now(); });
  big_us.clear();
  small_us.clear();
  for (int i = 0; i < shared->options->changes + kWarmUp; ++i) {
    RELANCE_ASSIGN_OR_RETURN(const double small_one, Pay(commands, portfolio, small, 2 * i));
    RELANCE_ASSIGN_OR_RETURN(const double big_one, Pay(commands, portfolio, big, 2 * i + 1));
    if (i < kWarmUp) continue;
    small_us.push_back(small_one);
    big_us.push_back(big_one);
  }
  shared->report
      ->Line("T8 " + mode, absl::StrCat("record a payment, account of ", portfolio.SizeOf(big)), small_name,
             "us", 0)
      .Add(Median(small_us), Median(big_us));
  return absl::OkStatus();
}

}  // namespace relance::bench
