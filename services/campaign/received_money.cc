#include "services/campaign/received_money.h"

#include "relance/state/v1/ledger.pb.h"

namespace relance::campaign {

int64_t ReceivedSince(const projection::TenantColumns& tenant, int32_t account, int32_t currency,
                      int32_t selected_day) {
  const projection::Segment* segment = currency < 0 ? nullptr : tenant.FindSegment(account, currency);
  if (segment == nullptr) return 0;
  const projection::CurrencyColumns& columns = tenant.currencies()[currency];
  const projection::AllocationTable& allocations = columns.allocations;
  int64_t received = 0;
  for (int32_t i = segment->allocations.begin; i < segment->allocations.end(); ++i) {
    const int32_t debit = allocations.debit[i];
    const int32_t credit = allocations.credit[i];
    if (allocations.day[i] <= selected_day || allocations.undone_day[i] != projection::kNoDay ||
        debit == projection::kNoRow || credit == projection::kNoRow) {
      continue;
    }
    if (columns.TableOf(*segment, credit).kind[columns.RowOf(*segment, credit)] !=
        state::v1::ITEM_KIND_PAYMENT)
      continue;
    const projection::ItemTable& table = columns.TableOf(*segment, debit);
    const int32_t row = columns.RowOf(*segment, debit);
    // The return of a payment is no debt of before.
    if (table.due_day[row] >= selected_day || table.issue_day[row] > selected_day) continue;
    received += allocations.amount[i];
  }
  return received;
}

}  // namespace relance::campaign
