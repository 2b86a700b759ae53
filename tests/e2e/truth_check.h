#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/e2e/tenant_facts.h"

namespace relance::testing {

// What the truth of a generated portfolio says that each account owes at the end, money above what was owed
// taken off.
std::map<std::string, int64_t> TrueBalances(const std::string& truth_folder);

// How the ledger differs from the truth, one line a difference, empty when it agrees to the cent.
// `elsewhere_minor` is money that the truth does not know of, by account. Money of unknown payers may be
// missing on an account, as long as what is missing in all is what lies there.
std::vector<std::string> DifferencesFromTruth(const TenantFacts& facts,
                                              const std::map<std::string, int64_t>& truth,
                                              const std::map<std::string, int64_t>& elsewhere_minor);

}  // namespace relance::testing
