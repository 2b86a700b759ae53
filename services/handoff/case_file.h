#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/claims/interest.h"
#include "common/money/money.h"

// What an agency gets to know of a case: one neutral model, written by adapters (write_case_json.h,
// write_case_csv.h). docs/case_file.md tells every field.
namespace relance::handoff {

struct CasePerson {
  std::string role, name, email, phone;
};

struct CaseParty {
  std::string id;  // of the creditor the tenant, of the debtor the account code
  std::string name;
  std::string type;  // company, public, consumer
  std::string country, language;
  std::string legal_id, vat_id;
  std::vector<std::string> address;  // one line each
  std::string iban, email, phone;    // of the creditor
  std::vector<CasePerson> contacts;  // of the debtor
};

struct CaseAgency {
  std::string id, legal_name, mandate_id;
  int fee_bps = 0;
  int remittance_days = 0;
};

// A rule of law that the claim rests on.
struct CaseBasis {
  std::string claim;  // principal, interest, indemnity, recovery
  std::string law;
};

// original = paid + credited + remaining, in minor units of `currency`.
struct CaseItem {
  std::string item_id, kind, number, reference;
  absl::CivilDay issued;
  std::optional<absl::CivilDay> due;
  std::string currency;
  int64_t original_minor = 0, paid_minor = 0, credited_minor = 0, remaining_minor = 0;
  std::vector<claims::InterestSegment> interest;
  int64_t interest_minor = 0;
  std::string
      interest_missing;  // why no interest could be computed, a reason code; empty: it could, or none is due
  bool interest_verified = true;
  std::optional<Money> indemnity;
  std::optional<absl::CivilDay> limitation;
};

struct CaseContact {
  absl::CivilDay date;
  std::string kind;  // contact.sent, call.made
  std::string key, channel, step, interlocutor, outcome, deadline;
  std::vector<std::string> documents;  // SHA-256
};

struct CasePromise {
  std::string id, state;
  absl::CivilDay given, promised;
  int64_t amount_minor = 0, paid_minor = 0;
  std::string currency;
};

struct CaseDispute {
  std::string item_id, number, reason, currency;
  int64_t amount_minor = 0;
  absl::CivilDay opened;
  std::optional<absl::CivilDay> resolved;
};

struct CaseTotal {
  std::string currency;
  int64_t principal_minor = 0, interest_minor = 0, indemnity_minor = 0, total_minor = 0;
  int64_t open_credits_minor = 0;  // of the account, not allocated and not deducted
};

struct CaseFile {
  std::string case_id;
  absl::CivilDay placed;
  bool made_up = false;  // a test: nobody owes this
  CaseParty creditor, debtor;
  CaseAgency agency;
  std::vector<CaseBasis> legal_basis;
  std::string interest_regime;  // row of common/claims/data/regimes.csv; empty: none is asked for
  std::string limitation_basis;
  std::vector<CaseItem> items;        // by due day, then id
  std::vector<CaseContact> contacts;  // oldest first
  std::vector<CasePromise> promises;  // oldest first
  std::vector<CaseDispute> disputes;  // in order of the items
  std::vector<CaseTotal> totals;      // by currency
};

}  // namespace relance::handoff
