#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "services/ledger/account_field.h"

// What the commands of people and programs have in common.
namespace relance::ledger {

// Longest texts of a command, in bytes.
inline constexpr size_t kReferenceBytesMax = 512;
inline constexpr size_t kActorBytesMax = 128;
inline constexpr int kCommandItemsMax = 500;

absl::Status Invalid(absl::string_view reason, absl::string_view message);
absl::Status AccountMissing(const store::AccountKey& key);
absl::Status ItemMissing(uint64_t id);
absl::Status ItemState(absl::string_view reason, absl::string_view message, uint64_t id);
absl::Status RequestReused(const std::string& request_id);

// UPPER_SNAKE, 1 to 63 characters.
bool IsReasonCode(const std::string& reason);

// "user:<id>" unless the caller names another kind of actor; "service:ledger" when it names none.
std::string ActorOf(const std::string& actor);

// The answer of a request that was done before.
template <typename Response>
absl::StatusOr<Response> Replay(const std::string& bytes) {
  Response response;
  if (!response.ParseFromString(bytes)) return absl::InternalError("a stored answer does not parse");
  response.set_replayed(true);
  return response;
}

// What a command works on.
struct CommandScene {
  const TenantContext& tenant;
  const std::string& request_id;
  const store::AccountRecord& record;
  LedgerAccount& account;
  absl::Time now;
  store::AccountWrite* write;

  // Errors: INVALID_ARGUMENT / ITEM_ID_INVALID; NOT_FOUND / ITEM_NOT_FOUND.
  absl::StatusOr<const state::v1::Item*> Find(const std::string& id_text) const;
  int32_t today() const;

  // One record about an item, as the only evidence of the command.
  void Witness(const std::string& actor, absl::string_view kind, uint64_t item,
               const std::vector<std::pair<std::string, std::string>>& details) const;
};

}  // namespace relance::ledger
