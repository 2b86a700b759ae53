#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/account/account_view.h"
#include "relance/ledger/v1/ledger.pb.h"
#include "relance/state/v1/ledger.pb.h"
#include "services/ledger/account_field.h"

// What is stored, as it is answered.
namespace relance::ledger {

// Finds an item by id, for the numbers of what was settled; may answer null.
using ItemLookup = std::function<const state::v1::Item*(uint64_t id)>;

absl::StatusOr<v1::Item> ItemToProto(const state::v1::Item& item, absl::CivilDay business_date,
                                     const ItemLookup& lookup);

// An account with the items and the history that the view holds.
absl::StatusOr<v1::Account> AccountToProto(const AccountView& view, absl::CivilDay business_date);

std::string EtagOf(const store::AccountKey& key, int64_t ledger_version);

// 16 hexadecimal digits. Errors: INVALID_ARGUMENT / ITEM_ID_INVALID.
absl::StatusOr<uint64_t> ItemIdFromText(absl::string_view text);

}  // namespace relance::ledger
