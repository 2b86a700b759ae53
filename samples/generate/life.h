#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "samples/generate/living_item.h"
#include "samples/generate/portfolio.h"

namespace relance::samples {

// What happens, in order of day and, within a day, of the causes: opening items and invoices, credit notes,
// disputes, payments, returns. The callee sees the account's totals already changed.
class LifeSink {
 public:
  virtual ~LifeSink() = default;
  virtual void OnItem(const LivingItem& item, const Account& account) = 0;
  virtual void OnCreditNote(const LivingItem& item, int64_t serial, int64_t amount_minor, absl::CivilDay day,
                            const Account& account) = 0;
  virtual void OnDispute(const LivingItem& item, bool opened, absl::string_view detail, absl::CivilDay day,
                         const Account& account) = 0;
  virtual void OnPayment(const LivingPayment& payment, const Account& account) = 0;
  virtual void OnInsolvency(absl::CivilDay day, const Account& account) = 0;
  // A banking day is over; everything of it was told.
  virtual absl::Status OnDayEnd(absl::CivilDay day) = 0;
};

// Lives the portfolio day by day, from the start of its history to the end of its months, and tells `sink`.
//
// Only banking days have events. Memory: the accounts and what is open at any one time, not what was ever
// told. Errors: those of the sink, which end it.
absl::Status Live(const PortfolioOptions& options, std::vector<Account>& accounts, LifeSink& sink);

}  // namespace relance::samples
