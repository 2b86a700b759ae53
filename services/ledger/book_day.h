#pragma once

#include <cstdint>

#include "relance/state/v1/ledger.pb.h"

// The day on which the books entered an item: its issue day unless another was kept. It says which fiscal
// year of the books the item belongs to; an invoice of December may be entered in January.
namespace relance::ledger {

inline int32_t BookDay(const state::v1::Item& item) {
  return item.has_book_day() ? item.book_day() : item.issue_day();
}

inline void SetBookDay(int32_t day, state::v1::Item* item) {
  if (day == item->issue_day()) {
    item->clear_book_day();
  } else {
    item->set_book_day(day);
  }
}

}  // namespace relance::ledger
