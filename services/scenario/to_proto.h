#pragma once

#include <string>

#include "common/account/account_view.h"
#include "relance/scenario/v1/scenario_service.pb.h"
#include "relance/state/v1/evidence.pb.h"
#include "services/scenario/rank_worklist.h"

// What is stored, as the RPCs tell it.
namespace relance::scenario {

// `view` gives the numbers of items that are still known; null: none.
v1::Contact ToProto(const std::string& account, const state::v1::Contact& contact, const AccountView* view);
v1::Promise ToProto(const state::v1::Promise& promise);
v1::Plan ToProto(const AccountView& view, const state::v1::Plan& plan);
v1::WorklistEntry ToProto(const WorklistLine& line, int rank);
// `encoded` is the record as it is stored: its hash is over these bytes.
v1::EvidenceRecord ToProto(const state::v1::EvidenceRecord& record, absl::string_view encoded);

}  // namespace relance::scenario
