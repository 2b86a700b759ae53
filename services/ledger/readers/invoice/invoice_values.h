#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/ledger/readers/invoice/invoice_fields.h"
#include "services/ledger/readers/invoice/invoice_record.h"

namespace relance::ledger {

// A day of UBL (xsd:date, a zone behind it is not applied) or of CII (format 102, or a longer one whose first
// eight digits are the day). Errors: those of ParseIsoDay; INVALID_ARGUMENT / FIELD_INVALID for another
// format.
absl::StatusOr<absl::CivilDay> ParseInvoiceDay(const InvoiceText& text, bool ubl);

// An amount in `currency`: decimal point, sign allowed, at most kAmountMinorMax either way.
// Errors: INVALID_ARGUMENT / FIELD_INVALID (another currency), those of ParseDecimalMinor; OUT_OF_RANGE /
// AMOUNT_OVERFLOW.
absl::StatusOr<int64_t> ParseInvoiceAmount(const InvoiceText& text, const std::string& currency);

// A percentage in millionths: "2.5" is 25,000. Between 0 and 100.
std::optional<int64_t> ParsePercent(absl::string_view text);

// `percent_millionths` of an amount, rounded half up to the minor unit.
int64_t PercentOf(int64_t minor, int64_t percent_millionths);

// The early-payment discount of one group, for an instalment of `amount_minor`. Nothing when it cannot be
// worked out: no day, no share, or more than the amount itself.
std::optional<InvoiceDiscount> MakeDiscount(const RawDiscount& raw, bool ubl, absl::CivilDay issue_day,
                                            int64_t amount_minor, const std::string& currency);

// Discounts in the notation that XRechnung has for BT-20: "#SKONTO#TAGE=14#PROZENT=2.25#", also with
// "BASISBETRAG=252.94#". Days count from the issue.
std::vector<RawDiscount> FindSkonto(absl::string_view terms);

InvoiceParty MakeParty(const RawParty& raw);

}  // namespace relance::ledger
