#include <algorithm>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/ledger/indicators/indicators.h"
#include "services/ledger/indicators/to_money.h"

namespace relance::ledger {
namespace {

absl::Status PutRow(const AgeingSums& sums, const AgeingBuckets& buckets, const std::string& currency,
                    v1::AgeingRow* row) {
  row->set_key(sums.key);
  row->set_name(sums.name);
  for (int b = 0; b < buckets.size(); ++b) {
    RELANCE_RETURN_IF_ERROR(
        PutBucket(buckets, b, sums.buckets[b], sums.items[b], currency, row->add_buckets()));
  }
  RELANCE_RETURN_IF_ERROR(PutAmount(sums.credits, currency, row->mutable_credits()));
  RELANCE_RETURN_IF_ERROR(PutAmount(sums.unapplied, currency, row->mutable_unapplied()));
  RELANCE_RETURN_IF_ERROR(PutAmount(sums.total(), currency, row->mutable_total()));
  RELANCE_RETURN_IF_ERROR(PutAmount(sums.overdue(), currency, row->mutable_overdue()));
  RELANCE_RETURN_IF_ERROR(PutAmount(sums.no_due_date, currency, row->mutable_no_due_date()));
  return PutAmount(sums.disputed, currency, row->mutable_disputed());
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

std::string ExplainCountBack(const FiguresAt& at, const CountBackDso& found, const Writer& write) {
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
      absl::StrAppend(&text, at.months[m].days, " (", at.month_names[m], ")");
    } else {
      absl::StrAppend(&text, write(found.remainder), " / ", write(at.months[m].sales), " x ",
                      at.months[m].days, " (", at.month_names[m], ")");
    }
  }
  if (found.unabsorbed != 0)
    absl::StrAppend(&text, text.empty() ? "" : "; ", "sales before that are not known");
  return text;
}

// How a method came to its result; empty where the definition says it all.
std::string Explain(absl::string_view method, const FiguresAt& at, int period_days, const Writer& write) {
  const std::string per_sales = absl::StrCat(" / ", write(at.sales), " x ", period_days);
  if (method == "simple") return absl::StrCat(write(at.receivables()), per_sales);
  if (method == "best_possible") return absl::StrCat(write(at.not_due()), per_sales);
  if (method == "average_delinquent") {
    return absl::StrCat("(", write(at.receivables()), " - ", write(at.not_due()), ")", per_sales);
  }
  if (method == "countback") {
    return ExplainCountBack(at, CountBack(at.receivables(), at.months, MonthLength::kCalendar), write);
  }
  return "";
}

}  // namespace

absl::StatusOr<type::v1::Money> AmountToProto(Amount amount, const std::string& currency) {
  if (amount > INT64_MAX || amount < INT64_MIN) {
    return DomainError(absl::StatusCode::kOutOfRange, "AMOUNT_OVERFLOW", "a total does not fit an amount");
  }
  return rpc::MoneyToProto({static_cast<int64_t>(amount), currency});
}

absl::Status PutAmount(Amount amount, const std::string& currency, type::v1::Money* money) {
  RELANCE_ASSIGN_OR_RETURN(*money, AmountToProto(amount, currency));
  return absl::OkStatus();
}

absl::Status PutBucket(const AgeingBuckets& buckets, int bucket, Amount amount, int64_t items,
                       const std::string& currency, v1::AgeingBucket* proto) {
  proto->set_label(buckets.Label(bucket));
  proto->set_items(items);
  return PutAmount(amount, currency, proto->mutable_amount());
}

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

absl::Status PutDso(const FiguresAt& at, int period_days, const std::string& currency,
                    absl::Span<const absl::string_view> methods,
                    google::protobuf::RepeatedPtrField<v1::Dso>* list) {
  const Writer write(currency);
  for (const DsoFigure& figure : DsoFigures(at, period_days)) {
    if (!figure.days.has_value()) continue;
    if (!methods.empty() && std::find(methods.begin(), methods.end(), figure.method) == methods.end())
      continue;
    v1::Dso* dso = list->Add();
    dso->set_method(figure.method);
    dso->set_days(*figure.days);
    dso->set_explanation(Explain(figure.method, at, period_days, write));
    const Amount unabsorbed = absl::StartsWith(figure.method, "countback")
                                  ? CountBack(at.receivables(), at.months, MonthLength::kCalendar).unabsorbed
                                  : 0;
    if (unabsorbed != 0) RELANCE_RETURN_IF_ERROR(PutAmount(unabsorbed, currency, dso->mutable_unabsorbed()));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::KpiCurrency> KpisToProto(const FiguresAt& at, int period_days,
                                            const std::string& currency) {
  v1::KpiCurrency proto;
  proto.set_currency_code(currency);
  RELANCE_RETURN_IF_ERROR(PutAmount(at.receivables(), currency, proto.mutable_receivables()));
  RELANCE_RETURN_IF_ERROR(PutAmount(at.overdue(), currency, proto.mutable_overdue()));
  RELANCE_RETURN_IF_ERROR(PutAmount(at.disputed, currency, proto.mutable_disputed()));
  RELANCE_RETURN_IF_ERROR(PutAmount(at.sales, currency, proto.mutable_sales()));
  RELANCE_RETURN_IF_ERROR(PutAmount(at.collected, currency, proto.mutable_collected()));
  proto.set_overdue_share(at.overdue_share().value_or(0));
  proto.set_pareto_accounts(at.pareto_accounts());
  proto.set_overdue_accounts(at.overdue_accounts());
  proto.set_weighted_days_late(at.weighted_days_late().value_or(0));
  RELANCE_RETURN_IF_ERROR(PutDso(at, period_days, currency,
                                 {"simple", "countback", "best_possible", "average_delinquent"},
                                 proto.mutable_dso()));
  return proto;
}

}  // namespace relance::ledger
