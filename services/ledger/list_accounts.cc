#include "services/ledger/list_accounts.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/rpc/page_token.h"
#include "common/status/status_macros.h"
#include "services/ledger/to_proto.h"

namespace relance::ledger {
namespace {

constexpr int kPageSize = 50;
constexpr int kPageSizeMax = 1000;
constexpr size_t kAccountsPerRead = 2048;

// Where an account stands in the list: balance, negated so that the largest comes first, and code.
using Place = std::pair<int64_t, std::string>;

Place PlaceOf(const state::v1::LedgerSum& sum, const std::string& code, const std::string& currency) {
  for (const auto& balance : sum.balances()) {
    if (balance.currency() == currency) return {-balance.open_minor(), code};
  }
  return {0, code};
}

}  // namespace

absl::StatusOr<v1::ListAccountsResponse> ListAccounts(store::Store& store, const TenantContext& tenant,
                                                      const v1::ListAccountsRequest& request,
                                                      store::Deadline deadline) {
  const std::string& id = tenant.config.id();
  const std::string filter = absl::StrCat("accounts/", id);
  RELANCE_ASSIGN_OR_RETURN(const int size, rpc::PageSize(request.page_size(), kPageSize, kPageSizeMax));
  RELANCE_ASSIGN_OR_RETURN(const std::string cursor, rpc::ParsePageToken(request.page_token(), filter));
  Place after{INT64_MIN, ""};
  if (const size_t slash = cursor.find('/'); slash != std::string::npos) {
    if (absl::SimpleAtoi(cursor.substr(0, slash), &after.first)) after.second = cursor.substr(slash + 1);
  }

  std::vector<Place> places;
  for (int partition = 0; partition < store.partitions(); ++partition) {
    RELANCE_ASSIGN_OR_RETURN(const auto keys, store.ListAccounts(id, partition, deadline));
    for (size_t from = 0; from < keys.size(); from += kAccountsPerRead) {
      std::vector<store::AccountRead> reads;
      for (size_t i = from; i < std::min(keys.size(), from + kAccountsPerRead); ++i) {
        reads.push_back({keys[i], {kSumField}, false});
      }
      RELANCE_ASSIGN_OR_RETURN(const auto records, store.Read(reads, deadline));
      for (const store::AccountRecord& record : records) {
        const auto field = record.fields.find(kSumField);
        state::v1::LedgerSum sum;
        if (field == record.fields.end() || !sum.ParseFromString(field->second)) continue;
        Place place = PlaceOf(sum, record.key.account, tenant.config.currency());
        if (place > after) places.push_back(std::move(place));
      }
    }
  }
  const size_t count = std::min<size_t>(places.size(), size);
  std::partial_sort(places.begin(), places.begin() + count, places.end());

  v1::ListAccountsResponse response;
  std::vector<store::AccountKey> keys;
  for (size_t i = 0; i < count; ++i) keys.push_back({id, places[i].second});
  RELANCE_ASSIGN_OR_RETURN(const auto views, ReadAccounts(store, keys, {.items = false}, deadline));
  for (const auto& view : views) {
    if (!view.ok()) return view.status();
    RELANCE_ASSIGN_OR_RETURN(*response.add_accounts(), AccountToProto(*view, tenant.business_date));
  }
  if (count < places.size()) {
    response.set_next_page_token(
        rpc::MakePageToken(absl::StrCat(places[count - 1].first, "/", places[count - 1].second), filter));
  }
  return response;
}

}  // namespace relance::ledger
