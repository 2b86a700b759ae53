#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/store/store.h"
#include "relance/state/v1/ledger.pb.h"

// What the ledger keeps in an account: its protobuf fields <-> an account that can be changed.
namespace relance::ledger {

inline constexpr int kChunkItemsMean =
    64;  // above it the number of chunks doubles; none then holds 128 but by chance
inline constexpr int kChunkItemsMeanLow = 8;  // below it, it halves when everything is at hand anyway
inline constexpr int kChunksMax = 512;        // an account of 32,000 items; beyond, chunks grow
inline constexpr int kPayerIbansMax = 20;

// One account of one record. Open items lie in chunks items:<id mod open_chunks>, settled ones in
// history:<...>.
//
// Partial: an account can be changed with only some chunks at hand. Say which items you want (FieldsFor...),
// read these fields, Load; after the changes MissingFields names what Finish needs beside (a chunk that an
// item moves to, all chunks when their number changes or the oldest due day has to be found anew); read it
// and AddFields. All fields must be of one version. A value; not thread-safe.
class LedgerAccount {
 public:
  using Item = state::v1::Item;

  // What to read first: `sum` and the chunks that most accounts have.
  static std::vector<std::string> FirstFields();
  // The sum alone.
  static std::vector<std::string> SumField();

  // Errors: INTERNAL / ACCOUNT_CORRUPT with the field.
  static absl::StatusOr<LedgerAccount> Load(const store::AccountRecord& record);
  // More fields of the same account. Errors: also ABORTED / ACCOUNT_CONTENDED when the record has another
  // version.
  absl::Status AddFields(const store::AccountRecord& record);

  const store::AccountKey& key() const { return key_; }
  int64_t version() const { return version_; }
  bool exists() const { return version_ != 0; }
  // As it was loaded; the changes are in it after Finish.
  const state::v1::LedgerSum& sum() const { return sum_; }
  const state::v1::Attributes& attributes() const { return sum_.attributes(); }
  // To change attributes. Writing the same again costs nothing.
  state::v1::Attributes* mutable_attributes() { return sum_.mutable_attributes(); }

  // Fields that are not at hand yet: of the chunks where these ids lie if they are there; of all open items;
  // of all.
  std::vector<std::string> FieldsForItems(absl::Span<const uint64_t> ids) const;
  std::vector<std::string> FieldsForOpen() const;
  std::vector<std::string> FieldsForAll() const;
  bool HasAllOpen() const { return open_loaded_.size() == static_cast<size_t>(open_chunks_); }
  bool HasAll() const {
    return HasAllOpen() && history_loaded_.size() == static_cast<size_t>(history_chunks_);
  }

  // An item at hand, by its id; null when it is not there (or its chunk is not at hand).
  const Item* Find(uint64_t id) const;
  // The same by its id or one of its aliases.
  const Item* FindByAnyId(uint64_t id) const;
  // To change an item at hand, until the changes are looked at (VisitChanges, changed, MissingFields, Finish)
  // or the item is removed.
  Item& Edit(uint64_t id);
  // A new item; its id must not be at hand. May be changed as long as after Edit.
  Item& Add(Item item);
  // How often an item was touched: what needs no touching is unchanged.
  int64_t edits() const { return edits_; }
  void AddAlias(uint64_t id, uint64_t alias);
  void Remove(uint64_t id);
  // All items at hand, by id. No item may be added or removed meanwhile.
  void ForEach(const std::function<void(const Item&)>& visit) const;
  // Open debits (credits) at hand: by due day (none last; credits by issue day), then id.
  std::vector<const Item*> OpenDebits() const;
  std::vector<const Item*> OpenCredits() const;

  // Says that the items now are as the rows of this hash told them (state.v1.LedgerSum.told_hash). Without
  // it, Finish forgets an earlier hash when it writes what rows tell. Causes no write by itself.
  void SetTold(uint64_t hash) { told_hash_ = hash; }

  // What the changes so far amount to: before (null: new) and after (null: removed), item by item.
  void VisitChanges(const std::function<void(const Item* before, const Item* after)>& visit) const;
  bool changed() const;
  // What Finish needs and is not at hand. Empty: call Finish.
  std::vector<std::string> MissingFields() const;
  // Puts the dirty chunks and the sum into `write`, and the version that was read. Requires: MissingFields()
  // is empty. Call once, last.
  void Finish(store::AccountWrite* write);

 private:
  struct Entry {
    Item item;
    std::unique_ptr<Item> before;  // as it was loaded, once it was touched
    bool is_new = false;
    bool touched = false;
    mutable std::string bytes;  // the item serialized, since Changes looked at it; empty: not known
  };
  struct Change {
    const Item* before = nullptr;  // null: new
    const Item* after = nullptr;   // null: removed
    const Entry* entry = nullptr;  // of `after`
  };

  Entry& Touch(Entry& entry, uint64_t id);
  // What differs from what was loaded, by id, the removed first. Each touched item is serialized once, here.
  const std::vector<Change>& Changes() const;
  absl::Status ParseFields(const store::AccountRecord& record);
  // Whether a change is one of what rows tell: a payment, an allocation or a dispute is none.
  static bool ChangesWhatIsTold(const Change& change);
  // The number of chunks for `items`, and whether it may be used with what is at hand.
  static int WantedChunks(int items, int chunks, bool all_loaded);
  // Items that will be open (settled) after the changes.
  std::pair<int, int> CountsAfter() const;
  // Currencies whose oldest debit is gone or due later, so that the next oldest counts.
  std::set<std::string> CurrenciesLosingOldest() const;
  void UpdateSum();
  // The newest payment delays from the items themselves. Requires: all are at hand.
  void UpdateRecentDaysLate();
  void UpdateOldestDue(const std::set<std::string>& losing);
  void WriteChunks(bool open, int chunks_before, int chunks_after, store::AccountWrite* write);

  store::AccountKey key_;
  int64_t version_ = 0;
  state::v1::LedgerSum sum_;
  std::string sum_before_;
  std::string attributes_before_;
  uint64_t told_hash_ = 0;
  int open_chunks_ = 0;
  int history_chunks_ = 0;
  std::set<int> open_loaded_;
  std::set<int> history_loaded_;
  std::map<uint64_t, Entry> items_;
  std::map<uint64_t, Item> removed_;
  absl::flat_hash_map<uint64_t, uint64_t> aliases_;
  std::vector<uint64_t> touched_;  // may name removed items
  int64_t edits_ = 0;
  mutable std::vector<Change> changes_;
  mutable bool changes_known_ = false;
};

}  // namespace relance::ledger
