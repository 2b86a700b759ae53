#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "common/account/account_view.h"
#include "common/projection/dictionary.h"
#include "common/projection/item_table.h"

namespace relance::projection {

// The account of money whose payer is not known; no debtor.
inline constexpr char kUnidentifiedAccount[] = "~unidentified";

// What one account has in one currency.
struct Segment {
  int32_t currency = 0;             // index into TenantColumns::currencies()
  int32_t oldest_due_day = kNoDay;  // of its open debits, now
  Range open;                       // in CurrencyColumns::open
  Range settled;                    // in CurrencyColumns::settled
  Range allocations;                // in CurrencyColumns::allocations
  int64_t debit_minor = 0;          // open debits, now
  int64_t credit_minor = 0;         // open credits, now, positive
  int64_t unapplied_minor = 0;      // of these, money received; now, positive
};

// A contested amount, standing or resolved.
struct DisputeRow {
  int32_t item = 0;  // its place in the account, as in AllocationTable
  int32_t opened_day = 0;
  int32_t resolved_day = kNoDay;
  int64_t amount = 0;
};

// All items of one currency. Items of one account lie together.
struct CurrencyColumns {
  std::string code;  // ISO 4217
  Ranged<ItemTable> open;
  Ranged<ItemTable> settled;
  Ranged<AllocationTable> allocations;
  std::map<int32_t, std::vector<DisputeRow>> disputes;  // by account; few have any
  // No item, allocation or undoing here is later than this day: from it on, what is open now is what is open.
  int32_t newest_day = INT32_MIN;
  // Some amount is beyond kFastAmountMax: only the slow scan is exact.
  bool large_amounts = false;
  // Sum of Segment::unapplied_minor: no scan has to tell money from other credits.
  __int128 unapplied_minor = 0;

  // Row number of the n-th item of an account: its table and its row there.
  const ItemTable& TableOf(const Segment& segment, int32_t n) const {
    return n < segment.open.count ? static_cast<const ItemTable&>(open) : settled;
  }
  int32_t RowOf(const Segment& segment, int32_t n) const {
    return n < segment.open.count ? segment.open.begin + n : segment.settled.begin + n - segment.open.count;
  }
};

enum AccountFlag : uint8_t {
  kAccountLive = 1,          // a row without it is free
  kAccountUnidentified = 2,  // kUnidentifiedAccount
  kAccountPlaced = 4,        // a placement is not over
};

// The accounts of a tenant in columns; the row number of an account stays while it is there. Days are 0 when
// there is none.
struct AccountColumns {
  std::vector<std::string> key;   // account code
  std::vector<std::string> name;  // for people only: never logged, never a label
  std::vector<int32_t> region, sector, segment, country, collector, customer_type, trade, parent,
      language;                          // numbers in TenantColumns::words()
  std::vector<double> late_probability;  // NaN: not scored
  std::vector<int32_t> last_contact_day;
  std::vector<int32_t> pause_from, pause_until;  // the pause that ends last
  std::vector<int32_t> promise_until;            // how long a running promise holds the scenario
  std::vector<int32_t> insolvent_day;
  std::vector<uint8_t> plan_state;  // state.v1.PlanState
  std::vector<uint8_t> flags;       // AccountFlag
  std::vector<int16_t> partition;
  std::vector<absl::InlinedVector<Segment, 1>> segments;  // in order of first appearance of the currency

  int32_t size() const { return static_cast<int32_t>(flags.size()); }
  bool live(int32_t account) const { return (flags[account] & kAccountLive) != 0; }
};

// One tenant in columns. Read through Projection; changed only by it. A value; not thread-safe.
//
// Memory: 34 bytes an item, 24 an allocation, about 300 an account besides its names; up to a third more
// while it changes.
class TenantColumns {
 public:
  const AccountColumns& accounts() const { return accounts_; }
  const std::vector<CurrencyColumns>& currencies() const { return currencies_; }
  const Dictionary& words() const { return words_; }
  int32_t live_accounts() const { return static_cast<int32_t>(index_.size()); }
  // Grows with every change: what was made of these columns is good as long as it is the same.
  int64_t revision() const { return revision_; }

  // -1: not there.
  int32_t FindCurrency(absl::string_view code) const;
  int32_t FindAccount(absl::string_view key) const;
  // Null: the account has nothing in it.
  const Segment* FindSegment(int32_t account, int32_t currency) const;

  // Makes the account what `view` says; it must hold items and history.
  void Put(const AccountView& view, int partition);
  // Does nothing when it is not there.
  void Remove(absl::string_view key);
  // Keys of the accounts of a partition.
  std::vector<std::string> KeysOfPartition(int partition) const;

 private:
  int32_t TakeRow(const std::string& key);
  int32_t TakeCurrency(const std::string& code);
  void PutAttributes(int32_t account, const AccountView& view);
  void PutItems(int32_t account, const AccountView& view);
  void FillSegment(int32_t account, const std::vector<const state::v1::Item*>& items, const AccountView& view,
                   Segment* segment);
  void DropSegment(int32_t account, Segment* segment);
  void ReleaseWords(int32_t account);
  void CompactIfWasteful();

  AccountColumns accounts_;
  std::vector<CurrencyColumns> currencies_;
  Dictionary words_;
  absl::flat_hash_map<std::string, int32_t> index_;
  std::vector<int32_t> free_rows_;
  int64_t revision_ = 0;
};

}  // namespace relance::projection
