// The items behind an aged balance: ListAgedItems.
#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/account/account_view.h"
#include "common/projection/balances_at.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/indicators/checks.h"
#include "services/ledger/indicators/items_at.h"
#include "services/ledger/indicators/reasons.h"
#include "services/ledger/indicators/reports.h"
#include "services/ledger/to_proto.h"

namespace relance::ledger {
namespace {

using projection::BalancesAt;
using projection::TenantColumns;
using state::v1::Item;

constexpr char kCredits[] = "credits";
constexpr char kUnapplied[] = "unapplied";
constexpr char kNoDueDate[] = "no due date";
constexpr int kAccountsPerRead = 64;

// Which open amounts are wanted.
class Wanted {
 public:
  // Errors: INVALID_ARGUMENT / BUCKET_UNKNOWN.
  static absl::StatusOr<Wanted> Make(const std::string& bucket, const AgeingBuckets& buckets, int32_t day) {
    Wanted wanted(bucket, buckets, day);
    if (bucket.empty() || bucket == kCredits || bucket == kUnapplied || bucket == kNoDueDate) return wanted;
    for (int b = 0; b < buckets.size(); ++b) {
      if (bucket == buckets.Label(b)) return wanted;
    }
    return DomainError(absl::StatusCode::kInvalidArgument, kBucketUnknown,
                       "bucket is a label of the aged balance, no due date, credits or unapplied",
                       {{"bucket", bucket.substr(0, 64)}});
  }

  std::string LabelOf(int64_t open, int32_t due_day) const {
    if (open < 0) return kCredits;
    return due_day == projection::kNoDay ? kNoDueDate : buckets_.Label(buckets_.BucketOf(due_day, day_));
  }
  bool Matches(int64_t open, int32_t due_day, bool is_money) const {
    if (open == 0) return false;
    if (bucket_.empty()) return true;
    if (bucket_ == kUnapplied) return open < 0 && is_money;
    return LabelOf(open, due_day) == bucket_;
  }

 private:
  Wanted(std::string bucket, AgeingBuckets buckets, int32_t day)
      : bucket_(std::move(bucket)), buckets_(std::move(buckets)), day_(day) {}
  std::string bucket_;
  AgeingBuckets buckets_;
  int32_t day_;
};

int32_t DueDay(const Item& item) { return item.has_due_day() ? item.due_day() : projection::kNoDay; }

// Where a page ended.
struct Cursor {
  std::string account;
  int32_t due_day = INT32_MIN;
  uint64_t item = 0;

  std::string Text() const { return absl::StrCat(account, "\n", due_day, "\n", item); }
  bool IsBefore(const Item& next) const {
    return std::make_tuple(due_day, item) < std::make_tuple(DueDay(next), next.id());
  }
};

Cursor ParseCursor(const std::string& text) {
  Cursor cursor;
  const std::vector<std::string> parts = absl::StrSplit(text, '\n');
  // Tokens are ours: one that was made up means the first page of another order.
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[1], &cursor.due_day) ||
      !absl::SimpleAtoi(parts[2], &cursor.item)) {
    return {};
  }
  cursor.account = parts[0];
  return cursor;
}

// Accounts with something that is wanted, in order of their code.
std::vector<store::AccountKey> FindAccounts(const TenantColumns& columns,
                                            const v1::ListAgedItemsRequest& request, const GroupFilter& group,
                                            const Wanted& wanted, int32_t day, const std::string& from) {
  const std::vector<uint8_t> outside = OutsideGroup(columns, group.split, group.key);
  std::vector<uint8_t> hit(columns.accounts().size());
  for (const auto& [code, currency] : CurrenciesOf(columns, request.currency_code())) {
    const projection::CurrencyColumns& items = columns.currencies()[currency];
    const BalancesAt balances(columns, currency, day);
    const auto add = [&](const projection::ItemTable& table, absl::Span<const int64_t> open) {
      for (size_t i = 0; i < open.size(); ++i) {
        if (open[i] == 0 || table.account[i] < 0 || hit[table.account[i]] != 0) continue;
        if (wanted.Matches(open[i], table.due_day[i], table.kind[i] == state::v1::ITEM_KIND_PAYMENT))
          hit[table.account[i]] = 1;
      }
    };
    add(items.open, balances.open());
    add(items.settled, balances.settled());
  }
  std::vector<store::AccountKey> found;
  for (int32_t account = 0; account < columns.accounts().size(); ++account) {
    const std::string& key = columns.accounts().key[account];
    if (hit[account] == 0 || key < from || (!outside.empty() && outside[account] != 0)) continue;
    const bool unidentified = (columns.accounts().flags[account] & projection::kAccountUnidentified) != 0;
    if (request.account_id().empty() ? unidentified : key != request.account_id()) continue;
    found.push_back({request.tenant_id(), key});
  }
  std::sort(found.begin(), found.end());
  return found;
}

// Takes from an item what came after `day`.
void AsThen(absl::CivilDay day, v1::Item* item) {
  const auto is_later = [&](const type::v1::Date& date) {
    return absl::CivilDay(date.year(), date.month(), date.day()) > day;
  };
  item->clear_settled_date();
  if (item->has_returned_date() && is_later(item->returned_date())) item->clear_returned_date();
  if (item->has_dispute()) {
    if (is_later(item->dispute().opened_date())) {
      item->clear_dispute();
    } else if (item->dispute().has_resolved_date() && is_later(item->dispute().resolved_date())) {
      item->mutable_dispute()->clear_resolved_date();
    }
  }
  auto* allocations = item->mutable_allocations();
  allocations->erase(std::remove_if(allocations->begin(), allocations->end(),
                                    [&](const v1::Allocation& a) { return is_later(a.business_date()); }),
                     allocations->end());
  for (v1::Allocation& a : *allocations) {
    if (a.has_undone_date() && is_later(a.undone_date())) a.clear_undone_date();
  }
}

}  // namespace

absl::StatusOr<v1::ListAgedItemsResponse> Reports::ListAgedItems(const v1::ListAgedItemsRequest& request,
                                                                 store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, tenants_->Get(request.tenant_id(), deadline));
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay as_of, DayOr(request.has_as_of_date(), request.as_of_date(),
                                                             "as_of_date", tenant->business_date));
  const int32_t day = DayNumber(as_of);
  RELANCE_ASSIGN_OR_RETURN(const AgeingBuckets buckets, BucketsFor(request.bucket_edges(), *tenant));
  RELANCE_ASSIGN_OR_RETURN(const Wanted wanted, Wanted::Make(request.bucket(), buckets, day));
  RELANCE_ASSIGN_OR_RETURN(const GroupFilter group, GroupFor(request));
  RELANCE_ASSIGN_OR_RETURN(const int page_size,
                           rpc::PageSize(request.page_size(), kAgedItemsDefault, kAgedItemsMax));
  v1::ListAgedItemsRequest filter = request;
  filter.clear_page_size();
  filter.clear_page_token();
  *filter.mutable_as_of_date() = rpc::DayToProto(as_of);
  const std::string filter_text = absl::StrCat("aged-items/", filter.SerializeAsString());
  RELANCE_ASSIGN_OR_RETURN(const std::string cursor_text,
                           rpc::ParsePageToken(request.page_token(), filter_text));
  Cursor cursor = ParseCursor(cursor_text);
  RELANCE_RETURN_IF_ERROR(projection_->CatchUp(deadline));

  std::vector<store::AccountKey> accounts;
  projection_->Read(request.tenant_id(), [&](const TenantColumns& columns) {
    accounts = FindAccounts(columns, request, group, wanted, day, cursor.account);
  });
  v1::ListAgedItemsResponse response;
  *response.mutable_as_of_date() = rpc::DayToProto(as_of);
  for (size_t begin = 0; begin < accounts.size(); begin += kAccountsPerRead) {
    const auto part = absl::MakeConstSpan(accounts).subspan(begin, kAccountsPerRead);
    RELANCE_ASSIGN_OR_RETURN(const auto views,
                             ReadAccounts(*store_, part, {.items = true, .history = true}, deadline));
    for (const auto& view : views) {
      // One that does not decode is missing here as it is from the aged balance.
      if (!view.ok() || !view->exists) continue;
      const std::vector<ItemAt> items = ItemsAt(*view, day);
      const auto lookup = [&](uint64_t id) -> const Item* {
        const auto found =
            std::find_if(items.begin(), items.end(), [&](const ItemAt& at) { return at.item->id() == id; });
        return found == items.end() ? nullptr : found->item;
      };
      for (const ItemAt& at : items) {
        const Item& item = *at.item;
        if (!wanted.Matches(at.open_minor, DueDay(item), item.kind() == state::v1::ITEM_KIND_PAYMENT))
          continue;
        if (!request.currency_code().empty() && item.currency() != request.currency_code()) continue;
        if (view->key.account == cursor.account && !cursor.IsBefore(item)) continue;
        if (response.items_size() == page_size) {
          response.set_next_page_token(rpc::MakePageToken(cursor.Text(), filter_text));
          return response;
        }
        v1::AgedItem* made = response.add_items();
        made->set_account_id(view->key.account);
        made->set_account_name(view->sum.attributes().name());
        made->set_bucket(wanted.LabelOf(at.open_minor, DueDay(item)));
        RELANCE_ASSIGN_OR_RETURN(*made->mutable_item(), ItemToProto(item, as_of, lookup));
        RELANCE_ASSIGN_OR_RETURN(*made->mutable_item()->mutable_open_amount(),
                                 rpc::MoneyToProto({at.open_minor, item.currency()}));
        if (item.has_due_day()) made->mutable_item()->set_days_past_due(day - item.due_day());
        AsThen(as_of, made->mutable_item());
        cursor = {view->key.account, DueDay(item), item.id()};
      }
    }
  }
  return response;
}

}  // namespace relance::ledger
