#include "samples/generate/portfolio.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "common/time/day.h"

namespace relance::samples {
namespace {

enum Purpose : uint64_t { kCompanyStream = 1, kHabitStream = 2, kEventStream = 3 };

constexpr double kZipfExponent = 0.8;
constexpr double kShareInCount = 0.6;
constexpr double kDaysPerMonth = 30.4375;
constexpr double kInvoicesPerDayMax = 30;
constexpr int kInsolventPerMille = 4;
constexpr int kInsolventBadPerMille = 60;

// A walk through all ranks in an order that looks random, so that big accounts are not the first ones.
int64_t RankStep(int64_t accounts) {
  int64_t step = std::max<int64_t>(1, accounts * 61 / 100);
  while (std::gcd(step, accounts) != 1) ++step;
  return step;
}

double MedianMinor(absl::string_view segment) {
  if (segment == "GE") return 1'500'000;
  if (segment == "ETI") return 600'000;
  if (segment == "PME") return 160'000;
  return 45'000;
}

PaymentTerms DrawTerms(Random& random) {
  const int64_t draw = random.Below(100);
  if (draw < 55) return {PaymentTerms::Kind::kNet, 30, 0};
  if (draw < 75) return {PaymentTerms::Kind::kEndOfMonthA, 45, 0};
  if (draw < 90) return {PaymentTerms::Kind::kNet, 60, 0};
  return {PaymentTerms::Kind::kEndOfMonthA, 30, 0};
}

ReferenceStyle DrawStyle(Random& random) {
  const int64_t draw = random.Below(100);
  if (draw < 40) return ReferenceStyle::kStructured;
  if (draw < 80) return ReferenceStyle::kNumbers;
  return draw < 92 ? ReferenceStyle::kName : ReferenceStyle::kNone;
}

}  // namespace

absl::string_view ReferenceStyleName(ReferenceStyle style) {
  switch (style) {
    case ReferenceStyle::kStructured:
      return "structured";
    case ReferenceStyle::kNumbers:
      return "numbers";
    case ReferenceStyle::kName:
      return "name";
    case ReferenceStyle::kNone:
      return "none";
  }
  return "";
}

std::vector<Account> MakeUpAccounts(const PortfolioOptions& options) {
  const int64_t count = options.accounts;
  const int64_t step = RankStep(count);
  double total = 0;
  for (int64_t rank = 1; rank <= count; ++rank) total += std::pow(rank, -kZipfExponent * kShareInCount);
  const double per_day =
      options.invoices_per_account_month / kDaysPerMonth * static_cast<double>(count) / total;
  const int64_t days = AddMonthsClamped(options.from, options.months) - options.from;

  std::vector<Account> accounts;
  accounts.reserve(count);
  for (int64_t index = 0; index < count; ++index) {
    const int64_t rank = index * step % count + 1;
    const double size_rank = static_cast<double>(rank - 1) / static_cast<double>(count);
    Account account;
    Random company(options.seed, index, kCompanyStream);
    account.company = MakeUpCompany(index, size_rank, company);
    Random habit(options.seed, index, kHabitStream);
    account.habit = DrawHabit(options.from, habit);
    account.terms = DrawTerms(habit);
    account.style = DrawStyle(habit);
    account.invoices_per_day =
        std::min(per_day * std::pow(rank, -kZipfExponent * kShareInCount), kInvoicesPerDayMax);
    account.amount_median_minor = MedianMinor(account.company.segment) * (0.6 + 0.8 * habit.Unit());
    account.insolvent_on = kNeverInsolvent;
    const bool bad = account.habit.kind == Habit::Kind::kBad;
    if (habit.Chance(bad ? kInsolventBadPerMille : kInsolventPerMille)) {
      account.insolvent_on = options.from + habit.Below(days);
    }
    account.random = Random(options.seed, index, kEventStream);
    accounts.push_back(std::move(account));
  }
  return accounts;
}

std::string MadeUpLabel(uint64_t seed) { return absl::StrCat("MADE-UP DATA, seed ", seed); }

}  // namespace relance::samples
