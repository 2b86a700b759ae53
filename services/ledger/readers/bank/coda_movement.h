#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/ledger/readers/bank/coda_codes.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

// Records 3.1 to 3.3 in one piece.
struct CodaInformation {
  bool is_structured = false;
  std::string text;  // with its blanks; the form's three digits in front when structured
};

// Records 2.1 to 2.3 and the information that follows them.
struct CodaArticle {
  int64_t line = 0;
  std::string bank_ref;
  bool is_credit = false;
  int64_t minor = 0;
  std::optional<absl::CivilDay> value_day;
  absl::CivilDay entry_day;
  std::string code_text;
  CodaCode code;
  bool is_structured = false;
  std::string communication;  // as CodaInformation::text
  std::string customer_ref;
  std::string bic;
  std::string r_transaction;  // a digit
  std::string reason;
  std::string account;
  std::string name;
  std::vector<CodaInformation> information;

  int64_t signed_minor() const { return is_credit ? minor : -minor; }
};

struct CodaRecords {
  std::vector<BankTransaction> transactions;
  bool not_split = false;  // details that do not add up to their total
};

// Makes the transactions of one movement: what moved on the account first, then its details. Pure.
//
// Totals:  types 1 and 2 are the sum of their details (5; 6 and 7), a 7 of its 9: the details become
// transactions,
//          never the total as well; when they do not add up the total stays alone.
// Nets:    types 3 and 7 with details that are charges stay one transaction of the amount that moved; the
// charges go
//          to charges_minor. Several amounts among them without a charge are split.
// Texts:   the communication of 2.1 to 2.3; where it is empty, the free text of 3.1 to 3.3, which else goes
// to
//          additional_info.
CodaRecords MakeCodaTransactions(const std::vector<CodaArticle>& articles, const std::string& currency);

}  // namespace relance::ledger
