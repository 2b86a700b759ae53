#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "relance/ledger/v1/ledger.pb.h"
#include "services/ledger/incoming.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

inline constexpr size_t kRejectedLinesMax = 100'000;  // kept for repair; beyond, they are counted
inline constexpr size_t kRejectedInReport = 100;
inline constexpr size_t kRawInReportBytesMax = 4096;
inline constexpr size_t kWarningsMax = 200;

// What a file told, before anything is written.
struct Gathered {
  std::map<std::string, IncomingAccount> accounts;
  // Whose account is found by the index: payments and returns of the bank.
  std::vector<IncomingItem> to_route;
  std::vector<IncomingDocument> documents;  // electronic invoices; likewise
  int64_t read = 0, relevant = 0, rejected = 0, skipped = 0;
  std::vector<v1::RejectedLine> rejected_lines;
  std::vector<std::string> warnings;
  std::optional<absl::CivilDay> newest_day;         // of what is in
  std::optional<absl::CivilDay> oldest_day;         // likewise
  std::vector<BankStatement> statements;            // of the bank, in the order of the file
  std::map<std::string, absl::CivilDay> bank_days;  // by own account: the newest day that the bank told of
  int64_t header_line = 0;  // the last line of a table's header; 0: the first that is no remark
  std::string source;       // of a table: Item::source of what it told; empty elsewhere
  bool is_bank = false;     // of a table: a bank statement
  bool broken_off = false;  // the file ends in the middle: it says nothing about how far it goes

  void Reject(const ledger::Reject& reject);
  void Warn(std::string warning);
  void SeeDay(absl::CivilDay day);
  void SeeBankDay(const std::string& account, absl::CivilDay day);
};

// A refusal of a reader as the refusal of a call: INVALID_ARGUMENT / FILE_UNREADABLE with the reader's reason
// as "cause". Limits (RESOURCE_EXHAUSTED) and failures of the spool pass as they are.
absl::Status RefusalOfFile(const absl::Status& status);

}  // namespace relance::ledger
