#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/account/account_view.h"
#include "common/store/store.h"
#include "relance/state/v1/evidence.pb.h"

// The append-only, hash-chained record of what was done towards a debtor.
namespace relance {

// SHA-256 of one stored record, hexadecimal. The next record carries it.
std::string EvidenceHash(absl::string_view encoded_record);

// Chains records onto the evidence of an account, for one commit.
class EvidenceAppender {
 public:
  // `now` is the instant to be written, `business_day` the tenant's day number. `actor` is "service:<name>",
  // "user:<id>" or "agency:<id>".
  EvidenceAppender(const AccountView& view, absl::Time now, int32_t business_day, std::string actor);

  // A new record of `kind` about `subject`; fill in details, documents and known items, then go on. The
  // reference lasts until the next Add.
  state::v1::EvidenceRecord& Add(absl::string_view kind, absl::string_view subject);

  // Notes the open items as they were known.
  static void AddKnownItems(const AccountView& view, state::v1::EvidenceRecord* record);

  // Puts the chained records into `write`. Call once.
  void Finish(store::AccountWrite* write);

 private:
  uint64_t count_;
  std::string head_;
  absl::Time now_;
  int32_t business_day_;
  std::string actor_;
  std::vector<int64_t> versions_;
  std::vector<state::v1::EvidenceRecord> records_;
};

// What is wrong with a chain.
struct EvidenceBreak {
  uint64_t sequence = 0;
  std::string message;
};

// Recomputes a whole chain, oldest first; `head` is the hash that the account holds. Empty: it holds.
std::vector<EvidenceBreak> VerifyEvidenceChain(absl::Span<const std::string> encoded_records,
                                               absl::string_view head);

}  // namespace relance
