#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/account/account_view.h"
#include "common/documents/document_store.h"
#include "common/evidence/evidence.h"
#include "common/store/store.h"

namespace relance::handoff {

// One change of the placements of an account, with all that belongs to it: evidence, and messages in the
// outbox. Collects, then makes the write.
class PlacementEdit {
 public:
  // `view` and `documents` outlive this. `owners`: whose parts the decision looked at; the handoff's own
  // always counts. `actor` is "service:<name>", "user:<id>" or "agency:<id>".
  PlacementEdit(const AccountView& view, const documents::DocumentStore& documents, absl::Time now,
                int32_t today, std::string actor, std::vector<store::Owner> owners = {});

  int32_t today() const { return today_; }
  state::v1::Case& cases() { return cases_; }
  // Null when the account has no such placement.
  state::v1::Placement* Find(absl::string_view placement_id);

  // A new record about `placement`; fill it in, then go on. Lasts until the next Note.
  state::v1::EvidenceRecord& Note(absl::string_view kind, const state::v1::Placement& placement);

  // Moves `placement` to `state`, with its day when that is the end, and notes `kind`.
  state::v1::EvidenceRecord& Move(state::v1::PlacementState state, absl::string_view kind,
                                  state::v1::Placement* placement);

  // Puts a file into the document store and on its way to the agency; returns its SHA-256. `number` from
  // NextMessage, `type` a word such as "recall". Errors: those of the document store.
  absl::StatusOr<std::string> Send(const state::v1::Placement& placement, int number, absl::string_view type,
                                   absl::string_view extension, absl::string_view bytes);
  // Numbers a message to the agency of `placement`.
  static int NextMessage(state::v1::Placement* placement);

  // Has money that the agency told of passed on to the ledger.
  void TellLedger(const state::v1::Placement& placement, const state::v1::AgencyPayment& payment);
  // It was passed on.
  void LedgerKnows(const state::v1::Placement& placement, const state::v1::AgencyPayment& payment);

  // What is to be written. Call once.
  store::AccountWrite Finish();

 private:
  const AccountView& view_;
  const documents::DocumentStore& documents_;
  const int32_t today_;
  state::v1::Case cases_;
  EvidenceAppender evidence_;
  store::AccountWrite write_;
};

// Keys in the outbox of the partition.
std::string FileOutboxKey(const state::v1::AgencyFile& file);
std::string LedgerOutboxKey(absl::string_view placement_id, absl::string_view payment_id, bool reversal);

}  // namespace relance::handoff
