#include "services/ledger/evidence_records.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/time/day.h"

namespace relance::ledger {

std::string ItemIdText(uint64_t id) { return absl::StrFormat("%016x", id); }

EvidenceAppender AppenderFor(const store::AccountRecord& record, absl::Time now, const TenantContext& tenant,
                             const std::string& actor) {
  AccountView view;
  view.key = record.key;
  view.exists = record.exists;
  std::copy(std::begin(record.versions), std::end(record.versions), std::begin(view.versions));
  view.evidence_count = record.evidence_count;
  view.evidence_head = record.evidence_head;
  return EvidenceAppender(view, now, DayNumber(tenant.business_date), actor);
}

void DescribeItem(const state::v1::Item& item, state::v1::EvidenceRecord* record) {
  auto& details = *record->mutable_details();
  details["number"] = item.number();
  details["amount_minor"] = absl::StrCat(item.amount_minor());
  details["open_minor"] = absl::StrCat(item.open_minor());
  details["currency"] = item.currency();
  details["source"] = item.source();
}

void AddReturnEvidence(const store::AccountRecord& record, const LedgerAccount& account, absl::Time now,
                       const TenantContext& tenant, store::AccountWrite* write) {
  std::vector<const state::v1::Item*> returned;
  account.VisitChanges([&](const state::v1::Item* before, const state::v1::Item* after) {
    if (after != nullptr && after->returned_day() != 0 &&
        (before == nullptr || before->returned_day() == 0)) {
      returned.push_back(after);
    }
  });
  if (returned.empty()) return;
  EvidenceAppender appender = AppenderFor(record, now, tenant, "service:ledger");
  for (const state::v1::Item* item : returned) {
    state::v1::EvidenceRecord& evidence = appender.Add("payment.returned", ItemIdText(item->id()));
    DescribeItem(*item, &evidence);
    (*evidence.mutable_details())["returned_date"] = FormatIsoDay(DayFromNumber(item->returned_day()));
  }
  appender.Finish(write);
}

}  // namespace relance::ledger
