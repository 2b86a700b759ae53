#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

// Made-up books of two fiscal years, 2024 and 2025, of a few customers: invoices, payments, part payments
// with letters that do not balance, credit notes, reversals, and an opening of the second year that tells by
// item or by total what was open. For tests that import them in any order.
namespace relance::ledger {

struct TwoYears {
  // Lines without a header, whole entries each.
  std::vector<std::string> first, second;
  // The balance of each customer after all entries of the first year, and of both.
  std::map<std::string, int64_t> after_first, after_second;
};

enum class OpeningForm { kByItem, kByTotal, kByTotalOfEachSide };

inline constexpr char kTwoYearsHeader[] =
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceR"
    "ef\t"
    "PieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n";

TwoYears MakeTwoYears(uint32_t seed, OpeningForm form);

}  // namespace relance::ledger
