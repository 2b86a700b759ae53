#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/ledger/readers/camt_entry.h"
#include "services/ledger/readers/camt_fields.h"

namespace relance::ledger {

inline constexpr size_t kCamtEntryBytesMax = 32 * 1024 * 1024;  // one entry with all its details, in memory

// Gathers the elements of one Ntry. The first thing wrong with it is kept and the rest ignored, but for its
// status: an entry that is not booked is left out whatever else it says.
class CamtEntryCollector {
 public:
  struct Problem {
    int64_t line = 0;
    std::string field;
    std::string reason;  // empty: none
    std::string message;
  };
  // Where an element stands.
  struct Place {
    int64_t line = 0;
    absl::string_view path;      // below Stmt
    absl::string_view currency;  // of an amount: its Ccy, else that of the account
  };

  // Begins an entry and forgets the one before.
  void Start(int64_t line);
  void StartField(CamtField field, const Place& place);
  // `value` is clean.
  void EndField(CamtField field, const std::string& value, const Place& place);
  void Fail(int64_t line, absl::string_view field, absl::string_view reason, absl::string_view message);

  // The entry itself; details and amounts only make sense when there is no problem.
  CamtEntry& entry() { return entry_; }
  const Problem& problem() const { return problem_; }
  // "PMNT.RCDT.ESCT", else the proprietary code.
  std::string BankCode() const;

 private:
  void EndEntryField(CamtField field, const std::string& value, const Place& place);
  void EndCharge(CamtField field, CamtField first, const std::string& value, const Place& place,
                 std::vector<CamtCharge>* charges);
  void EndDetailField(CamtField field, const std::string& value, const Place& place);
  void EndStructuredField(CamtField field, const std::string& value, const Place& place);
  void Charge(size_t bytes, const Place& place);

  std::optional<CamtAmount> Amount(absl::string_view text, const Place& place);
  std::optional<absl::CivilDay> Day(absl::string_view text, const Place& place);
  std::optional<bool> IsCredit(absl::string_view text, const Place& place);
  void FailAt(const Place& place, absl::string_view reason, absl::string_view message) {
    Fail(place.line, place.path, reason, message);
  }

  CamtDetail& detail() { return entry_.details.back(); }
  StructuredRemittance& structured() { return detail().fields.structured.back(); }

  CamtEntry entry_;
  Problem problem_;
  size_t bytes_ = 0;
  std::string domain_, family_, sub_family_, proprietary_;
};

}  // namespace relance::ledger
