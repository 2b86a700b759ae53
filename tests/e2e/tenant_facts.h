#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "relance/handoff/v1/handoff_service.pb.h"
#include "relance/ledger/v1/ledger.pb.h"
#include "relance/scenario/v1/scenario_service.pb.h"
#include "tests/support/stack/stack_client.h"

namespace relance::testing {

// Money from payers that nobody knows lies here; it is no debtor.
inline constexpr char kUnidentified[] = "~unidentified";

// All that the services answer about one account.
struct AccountFacts {
  ledger::v1::Account account;  // with its history
  scenario::v1::Plan plan;
  bool has_plan = false;
  std::vector<scenario::v1::EvidenceRecord> evidence;
};

// All that the services answer about a tenant, read through their RPCs.
struct TenantFacts {
  std::map<std::string, AccountFacts> accounts;
  std::set<std::string> on_worklist;  // accounts that wait for a person
  std::vector<handoff::v1::Placement> placements;
  scenario::v1::VerifyEvidenceResponse verified;
};

// Reads everything; fails the test when a service does not answer.
TenantFacts ReadTenant(StackClient& client, const std::string& tenant);
// Only what the ledger answers.
TenantFacts ReadLedger(StackClient& client, const std::string& tenant);

// What must hold whatever happened on the way, one line each, empty when all holds:
//   the chain of evidence is whole
//   no contact was sent twice: one evidence of it, one contact of a key, one message of an account and day
//   no item is in two placements that run
//   items, allocations and balances of an account agree to the cent
//   every account is settled, has a next date, is in a listed exit, or waits on the worklist for a person
std::vector<std::string> Violations(const TenantFacts& facts, bool ledger_only = false);

// What must be the same in two runs of the same days: balances, items, contacts, promises, placements,
// payments and the kinds of evidence, as sorted lines by account. Times of day and hashes are left out.
std::map<std::string, std::vector<std::string>> Story(const TenantFacts& facts);

// The first differences of two stories, for people; empty when they are equal.
std::string DifferenceOf(const std::map<std::string, std::vector<std::string>>& expected,
                         const std::map<std::string, std::vector<std::string>>& actual);

// Every file below `folder`, as path relative to it, with the SHA-256 of its bytes.
std::map<std::string, std::string> FilesBelow(const std::string& folder);

// Amount in minor units of a currency with two decimals.
int64_t Minor(const type::v1::Money& money);

}  // namespace relance::testing
