#include "services/ledger/indicators/gauges.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "common/money/currency.h"
#include "common/status/check.h"
#include "services/ledger/indicators/checks.h"

namespace relance::ledger {
namespace {

constexpr const char* kAges[] = {"not-due", "1-30", "31-60", "61-90", "over-90"};
constexpr int kAgeCount = 5;

// Gathers samples by the name of their family.
class Samples {
 public:
  Samples(const std::string& tenant, const std::string& currency)
      : tenant_(tenant),
        currency_(currency),
        scale_(std::pow(10.0, CurrencyExponent(currency).value_or(0))) {}

  void Add(const char* name, std::optional<double> value, const char* label = nullptr) {
    const auto& families = GaugeFamilies();
    size_t family = 0;
    while (family < families.size() && std::strcmp(families[family].name, name) != 0) ++family;
    RELANCE_CHECK(family < families.size());
    std::vector<std::string> labels = {tenant_, currency_};
    if (label != nullptr) labels.push_back(label);
    samples_.push_back({static_cast<int>(family), std::move(labels),
                        value.value_or(std::numeric_limits<double>::quiet_NaN())});
  }
  void AddAmount(const char* name, Amount amount, const char* label = nullptr) {
    Add(name, static_cast<double>(amount) / scale_, label);
  }

  std::vector<GaugeSample> Take() { return std::move(samples_); }

 private:
  const std::string& tenant_;
  const std::string& currency_;
  const double scale_;
  std::vector<GaugeSample> samples_;
};

}  // namespace

const std::vector<GaugeFamilySpec>& GaugeFamilies() {
  static const auto& families = *new std::vector<GaugeFamilySpec>{
      {"relance_ledger_dso",
       "Days sales outstanding by method, in days, over the last 90 days",
       "",
       {"tenant", "currency", "method"}},
      {"relance_ledger_rolling_dso",
       "Days sales outstanding over the newest calendar months, in days",
       "",
       {"tenant", "currency", "months"}},
      {"relance_ledger_sales_weighted_dso",
       "Days sales outstanding by what is open of each month's sales, in days",
       "",
       {"tenant", "currency"}},
      {"relance_ledger_receivables",
       "Open debits minus credits, in units of the currency",
       "",
       {"tenant", "currency"}},
      {"relance_ledger_overdue",
       "Open debits past due by age in days, in units of the currency",
       "",
       {"tenant", "currency", "bucket"}},
      {"relance_ledger_disputed",
       "Disputed part of the open debits, in units of the currency",
       "",
       {"tenant", "currency"}},
      {"relance_ledger_unapplied",
       "Money received that is not allocated, in units of the currency",
       "",
       {"tenant", "currency"}},
      {"relance_ledger_unidentified",
       "Money of unknown payers, in units of the currency",
       "",
       {"tenant", "currency"}},
      {"relance_ledger_overdue_share", "Overdue over all open debits, 0 to 1", "", {"tenant", "currency"}},
      {"relance_ledger_disputed_share_ratio",
       "Disputed over all open debits",
       "ratio",
       {"tenant", "currency"}},
      {"relance_ledger_overdue_accounts", "Accounts with an overdue amount", "", {"tenant", "currency"}},
      {"relance_ledger_pareto_accounts",
       "The fewest accounts that hold 80 % of the overdue amount",
       "",
       {"tenant", "currency"}},
      {"relance_ledger_top_fifth_share_ratio",
       "Share of the overdue amount that the largest fifth of the overdue accounts holds",
       "ratio",
       {"tenant", "currency"}},
      {"relance_ledger_open_items", "Open items, debits and credits", "", {"tenant", "currency"}},
      {"relance_ledger_collection_effectiveness_ratio",
       "Collection effectiveness index of the last three months",
       "ratio",
       {"tenant", "currency"}},
      {"relance_ledger_roll_rate_ratio",
       "Share of the debits of an age a month ago that is still open and older",
       "ratio",
       {"tenant", "currency", "bucket"}},
      {"relance_ledger_balance_roll_rate_ratio",
       "Balance of the next age over the balance of an age a month ago",
       "ratio",
       {"tenant", "currency", "bucket"}},
      {"relance_ledger_payment_lateness",
       "Days late of invoices settled in the last 90 days, by amount, early ones as 0",
       "",
       {"tenant", "currency"}},
      {"relance_ledger_payment_delay",
       "Days late of invoices settled in the last 90 days, by amount, early ones negative",
       "",
       {"tenant", "currency"}},
      {"relance_ledger_payment_terms",
       "Days from issue to due date of the sales of the last 90 days, by amount",
       "",
       {"tenant", "currency"}},
      {"relance_ledger_invoice_lag",
       "Days that the invoices of the last 90 days were issued later than evenly over the month, by amount",
       "",
       {"tenant", "currency"}},
      {"relance_ledger_collected",
       "Payments ever received, in units of the currency",
       "",
       {"tenant", "currency"},
       true}};
  return families;
}

std::vector<GaugeSample> GaugesOf(const std::string& tenant, const std::string& currency, const FiguresAt& at,
                                  Amount unidentified) {
  Samples samples(tenant, currency);
  for (const DsoFigure& figure : DsoFigures(at, kDsoPeriodDays)) {
    const std::string method = figure.method;
    if (method == "countback_30") continue;  // the same by another calendar
    if (method == "sales_weighted") {
      samples.Add("relance_ledger_sales_weighted_dso", figure.days);
    } else if (method.rfind("rolling_", 0) == 0) {
      samples.Add("relance_ledger_rolling_dso", figure.days, method.substr(8).c_str());
    } else {
      // Without sales there is no DSO: not a number says so, 0 would be praise.
      samples.Add("relance_ledger_dso", figure.days, figure.method);
    }
  }
  samples.AddAmount("relance_ledger_receivables", at.receivables());
  for (int age = 1; age < kAgeCount; ++age) {
    samples.AddAmount("relance_ledger_overdue", at.buckets.empty() ? 0 : at.buckets[age], kAges[age]);
  }
  samples.AddAmount("relance_ledger_disputed", at.disputed);
  samples.AddAmount("relance_ledger_unapplied", at.unapplied);
  samples.AddAmount("relance_ledger_unidentified", unidentified);
  samples.Add("relance_ledger_overdue_share", at.overdue_share().value_or(0));
  samples.Add("relance_ledger_disputed_share_ratio", at.disputed_share().value_or(0));
  samples.Add("relance_ledger_overdue_accounts", at.overdue_accounts());
  samples.Add("relance_ledger_pareto_accounts", at.pareto_accounts());
  samples.Add("relance_ledger_top_fifth_share_ratio", at.top_fifth_share());
  samples.Add("relance_ledger_open_items", static_cast<double>(at.open_items));
  samples.Add("relance_ledger_collection_effectiveness_ratio", at.effectiveness);
  for (int age = 0; age + 1 < kAgeCount; ++age) {
    const Rolled rolled = at.rolled.empty() ? Rolled() : at.rolled[age];
    samples.Add("relance_ledger_roll_rate_ratio", rolled.cohort_rate(), kAges[age]);
    samples.Add("relance_ledger_balance_roll_rate_ratio", rolled.balance_rate(), kAges[age]);
  }
  samples.Add("relance_ledger_payment_lateness", at.weighted_days_late());
  samples.Add("relance_ledger_payment_delay", at.signed_days_late());
  samples.Add("relance_ledger_payment_terms", at.mean_terms_days());
  samples.Add("relance_ledger_invoice_lag", at.invoice_lag_days());
  samples.AddAmount("relance_ledger_collected", at.collected_ever);
  return samples.Take();
}

}  // namespace relance::ledger
