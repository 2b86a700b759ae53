#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/ledger/readers/camt_entry.h"
#include "services/ledger/readers/xml_push_parser.h"

namespace relance::ledger {

// `text` trimmed, line ends and control characters turned into spaces.
std::string CleanCamtText(absl::string_view text);

// The day of an xsd:date or xsd:dateTime as written: a zone behind it is not applied, for the bank's day is
// meant. Errors: those of ParseIsoDay.
absl::StatusOr<absl::CivilDay> ParseCamtDay(absl::string_view text);

// An amount of a camt message: decimal point, no sign, at most kAmountMinorMax.
// Errors: INVALID_ARGUMENT / FIELD_MISSING (no currency), CURRENCY_UNKNOWN, AMOUNT_NEGATIVE, those of
// ParseDecimalMinor;
//         OUT_OF_RANGE / AMOUNT_OVERFLOW.
absl::StatusOr<CamtAmount> ParseCamtAmount(absl::string_view text, const std::string& currency);

// Writes an entry as XML again, for repair; stops behind kRawBytesMax.
class RawEntry {
 public:
  void Start(absl::string_view name, const std::vector<XmlAttribute>& attributes);
  void End(absl::string_view name, absl::string_view text);
  void Clear() { text_.clear(); }

  absl::string_view text() const { return text_; }
  bool truncated() const { return text_.size() > kRawBytesMax; }

 private:
  std::string text_;
};

}  // namespace relance::ledger
