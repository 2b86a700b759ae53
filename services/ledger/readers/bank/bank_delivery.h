#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/ledger/readers/reject_log.h"
#include "services/ledger/readers/source_hash.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

inline constexpr int64_t kBankEntriesMax = 1'000'000;  // of one file
inline constexpr size_t kBankEntryBytesMax =
    4 * 1024 * 1024;  // one entry with all that belongs to it, in memory

// What the readers of this folder share: identity of transactions, totals and balances of statements, limits.
//
// Key:     "<account>/#<hash>+<ordinal>/<index>": hash covers all that an entry says (days, amounts,
// references,
//          parties, remittance), ordinal counts equal entries before it in the file, index the transaction in
//          the entry. The number of the statement is not in it: the same entry sent again, alone, in another
//          file or in the statement of the month, is the same. Two equal entries of one day are both kept. At
//          a statement that came before in the file (account, number, opening day and balance) counting
//          begins anew, so that a file that holds a statement twice tells its entries once.
// Balance: opening + entries - closing, where both are there; a difference is the notice BALANCE_MISMATCH.
class BankDelivery {
 public:
  // `source` is Item.source; `file` is for error texts; `sink` is not owned.
  BankDelivery(std::string file, std::string source, BankSink* sink);

  // Begins a statement; whatever was open is closed before.
  void Open(BankStatement statement);
  bool is_open() const { return is_open_; }
  BankStatement& statement() { return statement_; }
  // Checks the balance and hands the statement over. Nothing when none is open.
  void Close();

  // Hands over the transactions of one entry that moved `minor` on the account. Their line, statement,
  // account and source are filled in. Errors: RESOURCE_EXHAUSTED / TOO_MANY_RECORDS.
  absl::Status Deliver(int64_t line, bool is_credit, int64_t minor,
                       std::vector<BankTransaction> transactions);

  RejectLog<BankTransaction>& log() { return log_; }
  ReadSummary& summary() { return summary_; }
  const ReadSummary& summary() const { return summary_; }
  const std::string& file() const { return file_; }
  int64_t statements() const { return statements_; }

 private:
  void Identify(std::vector<BankTransaction>* transactions);

  const std::string file_;
  const std::string source_;
  BankSink* const sink_;
  ReadSummary summary_;
  RejectLog<BankTransaction> log_;
  BankStatement statement_;
  bool is_open_ = false;
  int64_t statements_ = 0;
  int64_t entries_ = 0;
  OrdinalCounter equal_entries_;
  absl::flat_hash_set<uint64_t> seen_statements_;
};

}  // namespace relance::ledger
