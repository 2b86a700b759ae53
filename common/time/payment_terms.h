#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace relance {

// When an invoice falls due, from its issue date.
//
// Sources: C. com. L441-10 I; "fin de mois" has two computations, both accepted for 45 days by the CEPC
//          (Commission d'examen des pratiques commerciales). The contract says which; A is the default here.
struct PaymentTerms {
  enum class Kind {
    kNet,          // issue + days
    kEndOfMonthA,  // issue + days, then the end of that month
    kEndOfMonthB,  // the end of the issue month, then + days
  };

  Kind kind = Kind::kNet;
  int days = 0;
  // "le k": the k-th of the month after the date above (its last day if shorter); 0 means none. Not with
  // kNet.
  int day_of_month = 0;

  friend bool operator==(const PaymentTerms&, const PaymentTerms&) = default;
};

inline constexpr int kTermDaysMax = 365;

// Reads terms as configurations write them. Case and spaces do not matter.
//
//   net30       issue + 30 days                 eom        end of the issue month (0eom)
//   45eom       45 days, end of month (A)       eom+10     end of the issue month, + 10 days (10eom-b)
//   45eom-a     the same, spelled out           30eom@10   30 days, end of month, the 10th of the next month
//   45eom-b     end of month, + 45 days (B)     eom@10     the 10th of the month after the issue
//
// Errors: INVALID_ARGUMENT / TERMS_MALFORMED; TERMS_OUT_OF_RANGE for days above kTermDaysMax, k outside 1
// to 31.
absl::StatusOr<PaymentTerms> ParsePaymentTerms(absl::string_view text);

// The shortest text that reads back as `terms`.
std::string FormatPaymentTerms(const PaymentTerms& terms);

// The due date. It is not moved off a weekend or holiday: interest counts from the date of the terms.
absl::CivilDay DueDate(const PaymentTerms& terms, absl::CivilDay issue);

// The last due date that C. com. L441-10 I allows for an agreed term: issue + 60 days, or with a stipulated
// "fin de mois" the later of that and of both computations of 45 days fin de mois. A later due date is to be
// flagged.
absl::CivilDay LatestLegalDueDateFrance(absl::CivilDay issue, bool end_of_month_stipulated);

}  // namespace relance
