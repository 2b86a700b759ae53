#include "services/handoff/placement_edit.h"

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "services/handoff/placement_state.h"

namespace relance::handoff {
namespace {

using state::v1::AgencyPayment;
using state::v1::EvidenceRecord;
using state::v1::Placement;

state::v1::HandoffMessage MessageOf(const AccountView& view, const Placement& placement) {
  state::v1::HandoffMessage message;
  message.set_tenant(view.key.tenant);
  message.set_account(view.key.account);
  message.set_placement_id(placement.id());
  return message;
}

bool IsReversal(const AgencyPayment& payment) { return payment.amount_minor() < 0; }

}  // namespace

PlacementEdit::PlacementEdit(const AccountView& view, const documents::DocumentStore& documents,
                             absl::Time now, int32_t today, std::string actor,
                             std::vector<store::Owner> owners)
    : view_(view),
      documents_(documents),
      today_(today),
      cases_(view.placements),
      evidence_(view, now, today, std::move(actor)) {
  write_.key = view.key;
  write_.read_versions = {{store::kCaseOwner, view.versions[store::kCaseOwner]}};
  for (store::Owner owner : owners) write_.read_versions.emplace_back(owner, view.versions[owner]);
}

Placement* PlacementEdit::Find(absl::string_view placement_id) {
  for (Placement& placement : *cases_.mutable_placements()) {
    if (placement.id() == placement_id) return &placement;
  }
  return nullptr;
}

EvidenceRecord& PlacementEdit::Note(absl::string_view kind, const Placement& placement) {
  EvidenceRecord& record = evidence_.Add(kind, placement.id());
  (*record.mutable_details())["agency"] = placement.agency_id();
  return record;
}

EvidenceRecord& PlacementEdit::Move(state::v1::PlacementState state, absl::string_view kind,
                                    Placement* placement) {
  placement->set_state(state);
  if (IsOver(state)) placement->set_closed_day(today_);
  EvidenceRecord& record = Note(kind, *placement);
  (*record.mutable_details())["state"] = std::string(StateWord(state));
  if (!placement->close_reason().empty()) (*record.mutable_details())["reason"] = placement->close_reason();
  return record;
}

int PlacementEdit::NextMessage(Placement* placement) {
  placement->set_message_count(placement->message_count() + 1);
  return placement->message_count();
}

absl::StatusOr<std::string> PlacementEdit::Send(const Placement& placement, int number,
                                                absl::string_view type, absl::string_view extension,
                                                absl::string_view bytes) {
  // In the store before the commit: who reads the message finds the bytes. Bytes of a commit that failed stay
  // unused.
  RELANCE_ASSIGN_OR_RETURN(const std::string document, documents_.Put(bytes));
  state::v1::HandoffMessage message = MessageOf(view_, placement);
  state::v1::AgencyFile& file = *message.mutable_file();
  file.set_agency_id(placement.agency_id());
  file.set_key(absl::StrCat(placement.id(), "/", number, "-", type));
  file.set_extension(std::string(extension));
  file.set_document(document);
  file.set_is_case(type == "case");
  write_.outbox_put.emplace_back(FileOutboxKey(file), message.SerializeAsString());
  return document;
}

void PlacementEdit::TellLedger(const Placement& placement, const AgencyPayment& payment) {
  state::v1::HandoffMessage message = MessageOf(view_, placement);
  message.mutable_ledger()->set_payment_id(payment.id());
  message.mutable_ledger()->set_reversal(IsReversal(payment));
  write_.outbox_put.emplace_back(LedgerOutboxKey(placement.id(), payment.id(), IsReversal(payment)),
                                 message.SerializeAsString());
}

void PlacementEdit::LedgerKnows(const Placement& placement, const AgencyPayment& payment) {
  write_.outbox_erase.push_back(LedgerOutboxKey(placement.id(), payment.id(), IsReversal(payment)));
}

store::AccountWrite PlacementEdit::Finish() {
  write_.set.emplace_back(kCaseField, cases_.SerializeAsString());
  evidence_.Finish(&write_);
  return std::move(write_);
}

std::string FileOutboxKey(const state::v1::AgencyFile& file) {
  return absl::StrCat("file/", file.key(), ".", file.extension());
}

std::string LedgerOutboxKey(absl::string_view placement_id, absl::string_view payment_id, bool reversal) {
  return absl::StrCat("ledger/", placement_id, reversal ? "/reversal/" : "/payment/", payment_id);
}

}  // namespace relance::handoff
