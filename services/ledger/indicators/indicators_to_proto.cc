#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/ledger/indicators/indicators.h"

namespace relance::ledger {
namespace {

absl::StatusOr<type::v1::Money> ToMoney(Amount amount, const std::string& currency) {
  if (amount > INT64_MAX || amount < INT64_MIN) {
    return DomainError(absl::StatusCode::kOutOfRange, "AMOUNT_OVERFLOW", "a total does not fit an amount");
  }
  return rpc::MoneyToProto({static_cast<int64_t>(amount), currency});
}

absl::Status Put(Amount amount, const std::string& currency, type::v1::Money* money) {
  RELANCE_ASSIGN_OR_RETURN(*money, ToMoney(amount, currency));
  return absl::OkStatus();
}

absl::Status PutRow(const AgeingSums& sums, const AgeingBuckets& buckets, const std::string& currency,
                    v1::AgeingRow* row) {
  row->set_key(sums.key);
  row->set_name(sums.name);
  for (int b = 0; b < buckets.size(); ++b) {
    v1::AgeingBucket* bucket = row->add_buckets();
    bucket->set_label(buckets.Label(b));
    bucket->set_items(sums.items[b]);
    RELANCE_RETURN_IF_ERROR(Put(sums.buckets[b], currency, bucket->mutable_amount()));
  }
  RELANCE_RETURN_IF_ERROR(Put(sums.credits, currency, row->mutable_credits()));
  RELANCE_RETURN_IF_ERROR(Put(sums.total(), currency, row->mutable_total()));
  RELANCE_RETURN_IF_ERROR(Put(sums.overdue(), currency, row->mutable_overdue()));
  RELANCE_RETURN_IF_ERROR(Put(sums.no_due_date, currency, row->mutable_no_due_date()));
  return Put(sums.disputed, currency, row->mutable_disputed());
}

// For people: "425000.00".
class Writer {
 public:
  explicit Writer(const std::string& currency) : exponent_(CurrencyExponent(currency).value_or(0)) {}
  std::string operator()(Amount amount) const {
    return FormatDecimal(static_cast<int64_t>(amount), exponent_, '.');
  }

 private:
  const int exponent_;
};

std::string ExplainCountBack(const Kpis& kpis, const CountBackDso& found, const Writer& write) {
  constexpr int kMonthsShown = 6;
  std::string text;
  const int parts = found.months_absorbed + (found.remainder != 0 ? 1 : 0);
  for (int m = 0; m < parts; ++m) {
    if (m == kMonthsShown) {
      absl::StrAppend(&text, " + ... (", parts, " months)");
      break;
    }
    absl::StrAppend(&text, m == 0 ? "" : " + ");
    if (m < found.months_absorbed) {
      absl::StrAppend(&text, kpis.months[m].days, " (", kpis.month_names[m], ")");
    } else {
      absl::StrAppend(&text, write(found.remainder), " / ", write(kpis.months[m].sales), " x ",
                      kpis.months[m].days, " (", kpis.month_names[m], ")");
    }
  }
  if (found.unabsorbed != 0)
    absl::StrAppend(&text, text.empty() ? "" : "; ", "sales before that are not known");
  return text;
}

void AddDso(absl::string_view method, double days, std::string explanation, v1::KpiCurrency* proto) {
  v1::Dso* dso = proto->add_dso();
  dso->set_method(std::string(method));
  dso->set_days(days);
  dso->set_explanation(std::move(explanation));
}

}  // namespace

absl::StatusOr<v1::AgeingCurrency> AgeingToProto(const Ageing& ageing, const AgeingBuckets& buckets,
                                                 const std::string& currency) {
  v1::AgeingCurrency proto;
  proto.set_currency_code(currency);
  RELANCE_RETURN_IF_ERROR(PutRow(ageing.total, buckets, currency, proto.mutable_total()));
  for (const AgeingSums& row : ageing.rows) {
    RELANCE_RETURN_IF_ERROR(PutRow(row, buckets, currency, proto.add_rows()));
  }
  return proto;
}

absl::StatusOr<v1::KpiCurrency> KpisToProto(const Kpis& kpis, int period_days, const std::string& currency) {
  v1::KpiCurrency proto;
  proto.set_currency_code(currency);
  RELANCE_RETURN_IF_ERROR(Put(kpis.receivables, currency, proto.mutable_receivables()));
  RELANCE_RETURN_IF_ERROR(Put(kpis.overdue, currency, proto.mutable_overdue()));
  RELANCE_RETURN_IF_ERROR(Put(kpis.disputed, currency, proto.mutable_disputed()));
  RELANCE_RETURN_IF_ERROR(Put(kpis.sales, currency, proto.mutable_sales()));
  RELANCE_RETURN_IF_ERROR(Put(kpis.collected, currency, proto.mutable_collected()));
  if (kpis.debits != 0) {
    proto.set_overdue_share(static_cast<double>(kpis.overdue) / static_cast<double>(kpis.debits));
  }
  proto.set_pareto_accounts(kpis.pareto_accounts);
  proto.set_overdue_accounts(kpis.overdue_accounts);
  proto.set_weighted_days_late(kpis.weighted_days_late);

  const Writer write(currency);
  const std::string per_sales = absl::StrCat(" / ", write(kpis.sales), " x ", period_days);
  if (const auto days = SimpleDso(kpis.receivables, kpis.sales, period_days)) {
    AddDso("simple", *days, absl::StrCat(write(kpis.receivables), per_sales), &proto);
  }
  if (!kpis.months.empty()) {
    const CountBackDso found = CountBack(kpis.receivables, kpis.months, MonthLength::kCalendar);
    AddDso("countback", found.days, ExplainCountBack(kpis, found, write), &proto);
    if (found.unabsorbed != 0) {
      RELANCE_RETURN_IF_ERROR(
          Put(found.unabsorbed, currency, proto.mutable_dso(proto.dso_size() - 1)->mutable_unabsorbed()));
    }
  }
  if (const auto days = BestPossibleDso(kpis.not_due, kpis.sales, period_days)) {
    AddDso("best_possible", *days, absl::StrCat(write(kpis.not_due), per_sales), &proto);
  }
  if (const auto days = AverageDaysDelinquent(kpis.receivables, kpis.not_due, kpis.sales, period_days)) {
    AddDso("average_delinquent", *days,
           absl::StrCat("(", write(kpis.receivables), " - ", write(kpis.not_due), ")", per_sales), &proto);
  }
  return proto;
}

}  // namespace relance::ledger
