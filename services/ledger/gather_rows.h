#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "relance/ledger/v1/ledger_service.pb.h"
#include "services/ledger/gathered.h"
#include "services/ledger/readers/source_record.h"
#include "services/ledger/spool_file.h"

namespace relance::ledger {

// Identities of rows that carry a document number: account, kind and number, and which of several with the
// same (instalments) it is. So a later row with a corrected amount or due day is the same item.
class RowIdentity {
 public:
  uint64_t Of(absl::string_view source, absl::string_view account, int kind, absl::string_view number);

  // Keep forgets, and TakeBack undoes, what was seen since the last of either.
  void Keep() { since_.clear(); }
  void TakeBack();

 private:
  absl::flat_hash_map<uint64_t, uint32_t> seen_;
  std::vector<uint64_t> since_;
};

// Makes items of rows that say what they are, and puts them into `*out`, which outlives it. `source` is that
// of the items, and part of the identity of those with a number. Payments without an account go to
// Gathered::to_route.
std::unique_ptr<ItemSink> MakeItemSink(std::string source, std::optional<absl::CivilDay> as_of, bool snapshot,
                                       Gathered* out);

// Reads our CSV layout (readers/item_reader.h). Payments without an account go to Gathered::to_route.
// Errors: INVALID_ARGUMENT / FILE_UNREADABLE; RESOURCE_EXHAUSTED / TOO_MANY_RECORDS.
absl::StatusOr<Gathered> GatherCsv(const SpoolFile& file, const std::string& file_name,
                                   std::optional<absl::CivilDay> as_of, bool snapshot);

// Adds one row of a sync; what does not fit is rejected under `line` and the rest goes on.
// Reasons: ACCOUNT_MISSING, KIND_INVALID, NUMBER_MISSING, AMOUNT_SIGN, and those of dates, money and terms.
void GatherSyncItem(const v1::SyncItem& row, int64_t line, bool snapshot, RowIdentity* identity,
                    Gathered* gathered);

}  // namespace relance::ledger
