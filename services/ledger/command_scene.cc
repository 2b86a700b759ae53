#include "services/ledger/command_scene.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/errors.h"
#include "services/ledger/evidence_records.h"
#include "services/ledger/to_proto.h"

namespace relance::ledger {

using state::v1::Item;

absl::Status Invalid(absl::string_view reason, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, reason, message);
}

absl::Status AccountMissing(const store::AccountKey& key) {
  return DomainError(absl::StatusCode::kNotFound, kAccountNotFound, "no such account",
                     {{"tenant", key.tenant}, {"account", key.account}});
}

absl::Status ItemMissing(uint64_t id) {
  return DomainError(absl::StatusCode::kNotFound, kItemNotFound, "no such item in the account",
                     {{"itemId", ItemIdText(id)}});
}

absl::Status ItemState(absl::string_view reason, absl::string_view message, uint64_t id) {
  return DomainError(absl::StatusCode::kFailedPrecondition, reason, message, {{"itemId", ItemIdText(id)}});
}

absl::Status RequestReused(const std::string& request_id) {
  return DomainError(absl::StatusCode::kAlreadyExists, kRequestIdReused,
                     "request_id was used with another payload", {{"requestId", request_id}});
}

bool IsReasonCode(const std::string& reason) {
  return !reason.empty() && reason.size() <= 63 &&
         std::all_of(reason.begin(), reason.end(), [](unsigned char c) {
           return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

std::string ActorOf(const std::string& actor) {
  if (actor.empty()) return "service:ledger";
  const std::string cut = actor.substr(0, kActorBytesMax);
  return absl::StrContains(cut, ':') ? cut : absl::StrCat("user:", cut);
}

absl::StatusOr<const Item*> CommandScene::Find(const std::string& id_text) const {
  RELANCE_ASSIGN_OR_RETURN(const uint64_t id, ItemIdFromText(id_text));
  const Item* item = account.FindByAnyId(id);
  if (item == nullptr) return ItemMissing(id);
  return item;
}

int32_t CommandScene::today() const { return DayNumber(tenant.business_date); }

void CommandScene::Witness(const std::string& actor, absl::string_view kind, uint64_t item,
                           const std::vector<std::pair<std::string, std::string>>& details) const {
  EvidenceAppender appender = AppenderFor(record, now, tenant, actor);
  state::v1::EvidenceRecord& evidence = appender.Add(kind, ItemIdText(item));
  DescribeItem(*account.Find(item), &evidence);
  for (const auto& [key, value] : details) (*evidence.mutable_details())[key] = value;
  appender.Finish(write);
}

}  // namespace relance::ledger
