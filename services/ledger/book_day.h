#pragma once

#include <cstdint>

#include "relance/state/v1/ledger.pb.h"

// The day on which the books entered an item: its issue day unless something else was kept. It says which
// fiscal year of the books the item belongs to; an invoice of December may be entered in January.
//
// It lies in field 30 of state.v1.Item. Items whose issue day it is do not carry it.
namespace relance::ledger {

int32_t BookDay(const state::v1::Item& item);
void SetBookDay(int32_t day, state::v1::Item* item);

}  // namespace relance::ledger
