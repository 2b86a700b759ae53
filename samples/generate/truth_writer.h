#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "samples/generate/life.h"
#include "samples/toolkit/output.h"

namespace relance::samples {

inline constexpr absl::string_view kTruthAccountsHeader =
    "account,tenant,habit,mean_days,spread_days,run_weekday,slope_days_per_month,onset,promise_kept_percent,"
    "answers_percent,reference_style,insolvent_on,invoiced,credited,paid,unapplied,open\n";
inline constexpr absl::string_view kTruthEventsHeader = "date,account,event,item,amount,detail\n";
inline constexpr absl::string_view kTruthPaymentsHeader =
    "payment,outcome,account,booking_date,payment_amount,item,item_amount\n";

// Writes truth/: what the files for the ledger do not say, for judging what a program makes of them.
//   accounts.csv   each account's habit and parameters, and its totals at the end; invoiced = credited + paid
//   + open events.csv     all that happened, in order. detail: the due date (opened, invoiced), the credit
//   note (credited),
//                  the payment (paid, returned), the reason (dispute_opened), the end (dispute_resolved)
//   payments.csv   one row for each item that a payment really settles; an empty item is money above what was
//   owed
class TruthWriter {
 public:
  static absl::StatusOr<std::unique_ptr<TruthWriter>> Create(const PortfolioOptions& options,
                                                             OutputFolder& output);

  void Event(absl::CivilDay day, const Account& account, absl::string_view event, absl::string_view item,
             int64_t amount_minor, absl::string_view detail);
  void Payment(const LivingPayment& payment, const Account& account);
  void AccountRow(const Account& account);
  absl::Status Finish();

 private:
  explicit TruthWriter(const PortfolioOptions& options) : options_(options) {}

  const PortfolioOptions& options_;
  std::unique_ptr<OutputFile> accounts_;
  std::unique_ptr<OutputFile> events_;
  std::unique_ptr<OutputFile> payments_;
};

}  // namespace relance::samples
