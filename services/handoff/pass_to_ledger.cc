#include "services/handoff/pass_to_ledger.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/rpc/request_id.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/handoff/edit_account.h"
#include "services/handoff/errors.h"
#include "services/handoff/item_money.h"
#include "services/handoff/placement_edit.h"

namespace relance::handoff {
namespace {

using state::v1::AgencyPayment;
using state::v1::Placement;

// What the ledger takes in one call.
constexpr size_t kItemsPerCallMax = 500;
constexpr size_t kReferenceBytesMax = 500;

bool MayHelpToRepeat(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kResourceExhausted:
      return true;
    default:
      return false;
  }
}

// The items that a payment is for, oldest first, settled or not: what was told before it decides alone, so
// that a repeat looks the same whatever happened meanwhile. Where the ledger does not take them all in one
// call, those that the money told before does not reach come first; what then finds no open item stays on the
// account.
std::vector<uint64_t> ItemsFor(const Placement& placement, const AgencyPayment& payment) {
  std::vector<uint64_t> items;
  std::vector<int64_t> placed_minor;
  for (const auto& item : placement.items()) {
    if (item.currency() != payment.currency()) continue;
    items.push_back(item.item());
    placed_minor.push_back(item.placed_minor());
  }
  if (items.size() <= kItemsPerCallMax) return items;
  int64_t before_minor = 0;
  for (const AgencyPayment& told : placement.payments()) {
    if (told.id() == payment.id() && told.amount_minor() > 0) break;
    if (told.currency() == payment.currency()) before_minor += told.amount_minor();
  }
  size_t first = 0;
  const size_t first_max = items.size() - kItemsPerCallMax;
  for (; first < first_max && before_minor >= placed_minor[first]; ++first)
    before_minor -= placed_minor[first];
  return std::vector<uint64_t>(items.begin() + first, items.begin() + first + kItemsPerCallMax);
}

class Passing {
 public:
  Passing(const HandoffParts& parts, const store::AccountKey& key, const rpc::CallContext& call)
      : parts_(parts), key_(key), call_(call) {}

  absl::StatusOr<std::optional<store::AccountWrite>> Decide(const AccountView& view,
                                                            const std::string& placement_id) {
    result_ = {};
    failure_ = absl::OkStatus();
    // No evidence here: the ledger writes its own, and a second record of one fact would only race with it.
    PlacementEdit edit(view, *parts_.documents, parts_.now(), 0, "service:handoff");
    Placement* placement = edit.Find(placement_id);
    if (placement == nullptr) return std::optional<store::AccountWrite>();
    for (AgencyPayment& payment : *placement->mutable_payments()) {
      if (payment.recorded()) continue;
      const absl::Status told =
          payment.amount_minor() > 0 ? Tell(*placement, &payment) : TakeBack(*placement, payment);
      if (told.ok()) {
        payment.set_recorded(true);
        edit.LedgerKnows(*placement, payment);
        ++result_.recorded;
      } else if (MayHelpToRepeat(told)) {
        failure_ = told;
        break;
      } else {
        ++result_.refused;
        log::Write(log::Severity::kError, "the ledger refuses money of an agency", told,
                   {{"placement", placement_id}, {"payment", payment.id()}});
      }
    }
    if (result_.recorded == 0) return std::optional<store::AccountWrite>();
    return std::make_optional(edit.Finish());
  }

  const PassResult& result() const { return result_; }
  const absl::Status& failure() const { return failure_; }

 private:
  absl::Status Tell(const Placement& placement, AgencyPayment* payment) {
    LedgerPayment told;
    told.request_id = rpc::DeriveRequestId({"handoff.payment", placement.id(), payment->id()});
    told.key = key_;
    told.amount = {payment->amount_minor(), payment->currency()};
    told.day = DayFromNumber(payment->received_day());
    told.items = ItemsFor(placement, *payment);
    told.reference = absl::StrCat(payment->id(), " ", placement.id()).substr(0, kReferenceBytesMax);
    told.source = absl::StrCat(kAgencySourcePrefix, placement.agency_id());
    auto item = parts_.ledger->RecordPayment(call_, told);
    if (ReasonOf(item.status()) == kItemNotFound || ReasonOf(item.status()) == kRequestIdReused) {
      // The books took an item away: the money goes onto the account. Under the same id, so that it is
      // recorded once even when the item comes back; an earlier try that got this far answers
      // REQUEST_ID_REUSED to the call above.
      told.items.clear();
      item = parts_.ledger->RecordPayment(call_, told);
    }
    RELANCE_RETURN_IF_ERROR(item.status());
    payment->set_ledger_item(*item);
    return absl::OkStatus();
  }

  absl::Status TakeBack(const Placement& placement, const AgencyPayment& reversal) {
    for (const AgencyPayment& payment : placement.payments()) {
      if (payment.id() != reversal.reverses_id() || payment.amount_minor() <= 0) continue;
      if (!payment.recorded()) break;
      return parts_.ledger->ReturnPayment(
          call_, {rpc::DeriveRequestId({"handoff.reversal", placement.id(), reversal.id()}), key_,
                  payment.ledger_item(), DayFromNumber(reversal.received_day())});
    }
    return absl::FailedPreconditionError("the payment that it takes back is not in the ledger");
  }

  const HandoffParts& parts_;
  const store::AccountKey& key_;
  const rpc::CallContext& call_;
  PassResult result_;
  absl::Status failure_;
};

}  // namespace

absl::StatusOr<PassResult> PassToLedger(const HandoffParts& parts, const store::AccountKey& key,
                                        const std::string& placement_id,
                                        const std::optional<store::Lease>& lease,
                                        const rpc::CallContext& call) {
  Passing passing(parts, key, call);
  RELANCE_RETURN_IF_ERROR(
      EditAccount(*parts.store, key, {.items = false, .history = false}, lease, call.deadline,
                  [&](const AccountView& view) { return passing.Decide(view, placement_id); })
          .status());
  if (!passing.failure().ok()) {
    return DomainError(absl::StatusCode::kUnavailable, kLedgerUnavailable,
                       absl::StrCat("the ledger did not take a payment: ", passing.failure().message()),
                       {{"placementId", placement_id}});
  }
  return passing.result();
}

}  // namespace relance::handoff
