#include "samples/generate/truth_writer.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/money/decimal_text.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"

namespace relance::samples {
namespace {

std::string Amount(int64_t minor) { return FormatDecimal(minor, 2, '.'); }

}  // namespace

absl::StatusOr<std::unique_ptr<TruthWriter>> TruthWriter::Create(const PortfolioOptions& options,
                                                                 OutputFolder& output) {
  std::unique_ptr<TruthWriter> writer(new TruthWriter(options));
  const std::string label = absl::StrCat("# ", MadeUpLabel(options.seed), "\n");
  RELANCE_ASSIGN_OR_RETURN(writer->accounts_, output.Create("truth/accounts.csv"));
  writer->accounts_->Write(absl::StrCat(label, kTruthAccountsHeader));
  RELANCE_ASSIGN_OR_RETURN(writer->events_, output.Create("truth/events.csv"));
  writer->events_->Write(absl::StrCat(label, kTruthEventsHeader));
  RELANCE_ASSIGN_OR_RETURN(writer->payments_, output.Create("truth/payments.csv"));
  writer->payments_->Write(absl::StrCat(label, kTruthPaymentsHeader));
  return writer;
}

void TruthWriter::Event(absl::CivilDay day, const Account& account, absl::string_view event,
                        absl::string_view item, int64_t amount_minor, absl::string_view detail) {
  events_->Write(absl::StrCat(FormatIsoDay(day), ",", account.company.account, ",", event, ",",
                              absl::StrCat(item, ",", Amount(amount_minor), ",", detail, "\n")));
}

void TruthWriter::Payment(const LivingPayment& payment, const Account& account) {
  const bool returned = payment.outcome == LivingPayment::Outcome::kReturned;
  const std::string key = PaymentKey(payment);
  const std::string start =
      absl::StrCat(key, ",", OutcomeName(payment.outcome), ",", account.company.account, ",",
                   absl::StrCat(FormatIsoDay(payment.day), ",", Amount(payment.amount_minor), ","));
  for (const LivingPayment::Part& part : payment.parts) {
    const std::string item = ItemNumber(part.item);
    payments_->Write(absl::StrCat(start, item, ",", Amount(part.amount_minor), "\n"));
    Event(payment.day, account, returned ? "returned" : "paid", item, part.amount_minor, key);
  }
  if (payment.unapplied_minor == 0) return;
  payments_->Write(absl::StrCat(start, ",", Amount(payment.unapplied_minor), "\n"));
  const bool duplicate = payment.outcome == LivingPayment::Outcome::kDuplicate;
  Event(payment.day, account,
        duplicate  ? "paid_twice"
        : returned ? "overpaid_returned"
                   : "overpaid",
        duplicate ? ItemNumber(payment.mentions) : "", payment.unapplied_minor, key);
}

void TruthWriter::AccountRow(const Account& account) {
  const Habit& habit = account.habit;
  const bool deteriorating = habit.kind == Habit::Kind::kDeteriorating;
  const int64_t open = account.invoiced_minor - account.credited_minor - account.paid_minor;
  accounts_->Write(
      absl::StrCat(absl::StrFormat("%s,%s,%s,%.0f,%.0f,%d,%.0f,", account.company.account, options_.tenant,
                                   HabitName(habit.kind), habit.mean_days, habit.spread_days,
                                   habit.run_weekday, habit.slope_days_per_month),
                   deteriorating ? FormatIsoDay(habit.onset) : "", ",", habit.promise_kept_percent, ",",
                   habit.answers_percent, ",", ReferenceStyleName(account.style), ",",
                   account.insolvent_on == kNeverInsolvent ? "" : FormatIsoDay(account.insolvent_on),
                   absl::StrCat(",", Amount(account.invoiced_minor), ",", Amount(account.credited_minor), ",",
                                Amount(account.paid_minor), ",", Amount(account.unapplied_minor), ",",
                                Amount(open), "\n")));
}

absl::Status TruthWriter::Finish() {
  RELANCE_RETURN_IF_ERROR(accounts_->Close());
  RELANCE_RETURN_IF_ERROR(events_->Close());
  return payments_->Close();
}

}  // namespace relance::samples
