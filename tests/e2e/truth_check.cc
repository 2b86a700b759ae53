#include "tests/e2e/truth_check.h"

#include "absl/strings/str_cat.h"
#include "common/money/decimal_text.h"
#include "samples/testing/strict_reader.h"
#include "samples/toolkit/output.h"

namespace relance::testing {
namespace {

constexpr size_t kFileBytesMax = 64 << 20;

int64_t BalanceOf(const ledger::v1::Account& account) {
  int64_t minor = 0;
  for (const auto& balance : account.balances()) minor += Minor(balance.open());
  return minor;
}

}  // namespace

std::map<std::string, int64_t> TrueBalances(const std::string& truth_folder) {
  const auto bytes = samples::ReadWholeFile(truth_folder + "/accounts.csv", kFileBytesMax);
  const auto table = samples::ReadCsv(bytes.value());
  std::map<std::string, int64_t> balances;
  for (const auto& row : table->rows) {
    const auto minor = [&row](const char* column) {
      return ParseDecimalMinor(row.at(column), 2, {DecimalStyle::Mark::kPoint}).value();
    };
    balances[row.at("account")] = minor("open") - minor("unapplied");
  }
  return balances;
}

std::vector<std::string> DifferencesFromTruth(const TenantFacts& facts,
                                              const std::map<std::string, int64_t>& truth,
                                              const std::map<std::string, int64_t>& elsewhere_minor) {
  std::vector<std::string> differences;
  int64_t missing = 0;
  for (const auto& [id, wanted] : truth) {
    const auto found = facts.accounts.find(id);
    const int64_t has = found == facts.accounts.end() ? 0 : BalanceOf(found->second.account);
    const auto elsewhere = elsewhere_minor.find(id);
    const int64_t difference = has - wanted + (elsewhere == elsewhere_minor.end() ? 0 : elsewhere->second);
    missing += difference;
    if (difference < 0) differences.push_back(absl::StrCat(id, " owes ", has, ", the truth says ", wanted));
  }
  const auto unknown = facts.accounts.find(kUnidentified);
  const int64_t unidentified = unknown == facts.accounts.end() ? 0 : BalanceOf(unknown->second.account);
  if (missing + unidentified != 0) {
    differences.push_back(absl::StrCat("accounts owe ", missing, " more than the truth says, but ",
                                       -unidentified, " came from unknown payers"));
  }
  for (const auto& [id, account] : facts.accounts) {
    if (id != kUnidentified && truth.count(id) == 0) differences.push_back(id + " is not in the truth");
  }
  return differences;
}

}  // namespace relance::testing
