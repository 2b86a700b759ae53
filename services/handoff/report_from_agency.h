#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/money/money.h"
#include "common/store/store.h"
#include "services/handoff/handoff_parts.h"

namespace relance::handoff {

inline constexpr int kPaymentsPerPlacementMax = 1'000;

struct AcceptedReport {
  std::string reference;
};
struct RejectedReport {
  std::string reason;
};
// Money that the agency received; a negative amount takes an earlier payment back, whole.
struct PaymentReport {
  std::string payment_id;
  absl::CivilDay received;
  Money amount;
  std::string reverses_id;  // empty: the payment of the same id, else the newest of that amount
};
struct ClosedReport {
  std::string reason;  // "Paid" closes it as paid
};
struct RecallConfirmedReport {};
struct RecallObjectedReport {
  std::string reason;
};

// Payments that were told of before have been passed on to the creditor.
struct RemittanceReport {
  std::vector<std::string> payment_ids;  // empty: all of the placement that were not passed on
  std::optional<absl::CivilDay> day;     // nullopt: the business date
};

struct AgencyReport {
  std::string report_id;
  store::AccountKey key;
  std::string placement_id;
  std::variant<AcceptedReport, RejectedReport, PaymentReport, ClosedReport, RecallConfirmedReport,
               RecallObjectedReport, RemittanceReport>
      content;
  std::string payload_hash;  // of all of the above
};

struct ReportResult {
  bool replayed = false;
  bool money = false;  // the ledger may have to be told: PassToLedger
};

// Takes a report into the case, in one commit with its evidence. Money is stored as not recorded, with a
// message to the ledger in the outbox: whatever happens next, the ledger hears of it.
//
// Twice:  the same report_id, and the same payment_id with the same amount, change nothing.
// Errors: first match wins. ALREADY_EXISTS / REPORT_ID_REUSED; NOT_FOUND / PLACEMENT_NOT_FOUND;
// FAILED_PRECONDITION /
//         PLACEMENT_OVER, NOT_RECALLED, NOT_PAID; INVALID_ARGUMENT / REPORT_INVALID (a day in the future, a
//         reversal of nothing, a remittance of what was not told or did not stand); ALREADY_EXISTS /
//         PAYMENT_ID_REUSED; RESOURCE_EXHAUSTED / TOO_MANY_PAYMENTS; those of EditAccount.
absl::StatusOr<ReportResult> ReportFromAgency(const HandoffParts& parts, const AgencyReport& report,
                                              store::Deadline deadline);

// "accepted", "rejected", "payment", "reversal", "closed", "recall_confirmed", "recall_objected",
// "remittance": for metrics.
absl::string_view ReportKind(const AgencyReport& report);

}  // namespace relance::handoff
