#include "services/scenario/state_claims.h"

#include <unordered_map>

#include "common/claims/interest.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"

namespace relance::scenario {
namespace {

using claims::Movement;
using state::v1::Item;

// Hundred-millionths in a basis point.
constexpr int64_t kRateE8PerBasisPoint = 10'000;

claims::InterestTerms TermsOf(const AccountView& view, const state::v1::TenantConfig& tenant) {
  claims::InterestTerms terms;
  const bool public_debtor = view.sum.attributes().customer_type() == "public";
  if (tenant.country() == "FR") {
    terms.regime = public_debtor ? "FR_PUBLIC" : "FR";
  } else {
    terms.regime = tenant.country() == "BE" ? "BE" : "EU";
  }
  if (tenant.contract_rate_bps() > 0 && !public_debtor) {
    if (terms.regime == "FR") terms.regime = "FR_CONTRACT";
    terms.fixed_rate = claims::Rate{tenant.contract_rate_bps() * kRateE8PerBasisPoint};
  }
  return terms;
}

// What credits have taken from each item, by item.
std::unordered_map<uint64_t, std::vector<Movement>> MovementsOf(const AccountView& view) {
  std::unordered_map<uint64_t, std::vector<Movement>> movements;
  for (const auto* list : {&view.items, &view.history}) {
    for (const Item& credit : *list) {
      const auto kind =
          credit.kind() == state::v1::ITEM_KIND_PAYMENT ? Movement::Kind::kPayment : Movement::Kind::kCredit;
      for (const auto& allocation : credit.allocations()) {
        if (allocation.undone_day() != 0 || allocation.amount_minor() <= 0) continue;
        movements[allocation.item()].push_back(
            {DayFromNumber(allocation.day()), allocation.amount_minor(), kind});
      }
    }
  }
  return movements;
}

}  // namespace

absl::Status StateClaims(const AccountView& view, const std::vector<const Item*>& items,
                         const TenantContext& tenant, render::Message* message) {
  if (view.sum.attributes().customer_type() == "consumer") return absl::OkStatus();
  auto movements = MovementsOf(view);
  for (const Item* item : items) {
    claims::InterestInput input;
    input.terms = TermsOf(view, tenant.config);
    input.mode = claims::AllocationMode::kPrincipalFirst;  // as the ledger allocates
    input.due = DayFromNumber(item->due_day());
    input.value_date = tenant.business_date;
    input.principal = {item->open_minor(), item->currency()};
    int64_t moved = 0;
    for (const Movement& movement : movements[item->id()]) moved += movement.minor;
    if (moved == item->amount_minor() - item->open_minor() && moved > 0) {
      input.principal.minor = item->amount_minor();
      input.movements = std::move(movements[item->id()]);
    }
    RELANCE_ASSIGN_OR_RETURN(const claims::InterestStatement statement,
                             claims::ComputeInterest(claims::RateTables::BuiltIn(), input));
    for (const claims::InterestSegment& segment : statement.segments) {
      if (segment.amount_minor <= 0) continue;
      message->interest.push_back({item->number(),
                                   segment.from,
                                   segment.to,
                                   segment.days,
                                   {segment.principal_minor, item->currency()},
                                   static_cast<int32_t>(segment.rate.e8 / kRateE8PerBasisPoint),
                                   {segment.amount_minor, item->currency()}});
    }
    if (statement.indemnity.minor > 0) message->indemnities.push_back({item->number(), statement.indemnity});
  }
  return absl::OkStatus();
}

}  // namespace relance::scenario
