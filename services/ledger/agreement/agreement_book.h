#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/store/store.h"
#include "relance/state/v1/agreement.pb.h"
#include "services/ledger/agreement/compare_account.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

inline constexpr size_t kDisagreementsMax = 10'000;  // kept of one comparison, the largest; all are counted

// Books minus what the items say of what the books have told.
int64_t DifferenceOf(const state::v1::AccountDisagreement& account);
int64_t DifferenceOf(const state::v1::AgreementRecord& record);

// The customer control accounts of one file of the books.
struct BooksTold {
  std::string currency;
  absl::CivilDay day;                                  // up to which the file goes
  absl::CivilDay from_day;                             // its first
  int64_t lines = 0;                                   // of customers
  bool has_opening = false;                            // it brings opening entries
  absl::flat_hash_map<std::string, int64_t> balances;  // by account code
};

// Keeps whether the open items agree with the books and the bank. Thread-safe: comparisons at the same time
// come to the same as one after the other.
class AgreementBook {
 public:
  // All outlive this. `now` is for when a comparison was made.
  AgreementBook(store::Store* store, DayOfItem day_of, std::function<absl::Time()> now)
      : store_(store), day_of_(std::move(day_of)), now_(std::move(now)) {}

  // Whether the sums of a file are balances, as far as the newest comparison on or before its day can tell.
  // They are not when it begins later than that one and does not bring the opening of the whole company, or
  // begins with it and has fewer lines: then it is what is new since the last file. Errors: those of the
  // store.
  absl::StatusOr<bool> IsWhole(const std::string& tenant, const BooksTold& told,
                               store::Deadline deadline) const;

  // Compares account by account and keeps the outcome under the day and currency of the books. Reads the sums
  // of all accounts, and the items of those that do not agree at first sight. Requires: IsWhole. Errors:
  // those of the store.
  absl::StatusOr<state::v1::AgreementRecord> Compare(const std::string& tenant, BooksTold told,
                                                     const std::string& import_id,
                                                     store::Deadline deadline) const;

  // Takes in what statements say about the balances of the own bank accounts. `days`: up to which each is
  // known. Errors: those of the store.
  absl::Status TakeStatements(const std::string& tenant, const std::vector<BankStatement>& statements,
                              const std::map<std::string, absl::CivilDay>& days, const std::string& import_id,
                              store::Deadline deadline) const;

  // The newest comparison on or before `day`; nothing when there is none.
  absl::StatusOr<std::optional<state::v1::AgreementRecord>> Newest(const std::string& tenant,
                                                                   const std::string& currency, int32_t day,
                                                                   store::Deadline deadline) const;
  // Up to `limit` comparisons before `before_day`, newest first.
  absl::StatusOr<std::vector<state::v1::AgreementRecord>> History(const std::string& tenant,
                                                                  const std::string& currency,
                                                                  int32_t before_day, int limit,
                                                                  store::Deadline deadline) const;
  // By account and currency.
  absl::StatusOr<std::vector<state::v1::BankAccountRecord>> BankAccounts(const std::string& tenant,
                                                                         store::Deadline deadline) const;

 private:
  absl::Status PutStatements(const std::string& tenant, const std::string& account,
                             const std::string& currency,
                             const std::vector<state::v1::StatementBalance>& statements,
                             std::optional<absl::CivilDay> known_until, store::Deadline deadline) const;

  store::Store* const store_;
  const DayOfItem day_of_;
  const std::function<absl::Time()> now_;
};

}  // namespace relance::ledger
