#include "services/ledger/indicators/dso.h"

namespace relance::ledger {
namespace {

double Ratio(Amount numerator, Amount denominator) {
  return static_cast<double>(numerator) / static_cast<double>(denominator);
}

}  // namespace

std::optional<double> SimpleDso(Amount receivables, Amount sales, int days) {
  if (sales <= 0) return std::nullopt;
  return Ratio(receivables, sales) * days;
}

CountBackDso CountBack(Amount receivables, absl::Span<const MonthOfSales> newest_first, MonthLength length) {
  CountBackDso result;
  Amount left = receivables > 0 ? receivables : 0;
  for (const MonthOfSales& month : newest_first) {
    if (left == 0) break;
    const int days = length == MonthLength::kThirtyDays ? 30 : month.days;
    if (month.sales > left) {
      result.days += Ratio(left, month.sales) * days;
      result.remainder = left;
      left = 0;
      break;
    }
    result.days += days;
    ++result.months_absorbed;
    if (month.sales > 0) left -= month.sales;
  }
  result.unabsorbed = left;
  return result;
}

double SalesWeightedDso(absl::Span<const OpenOfMonth> months) {
  double days = 0;
  for (const OpenOfMonth& part : months) {
    if (part.month.sales > 0) days += Ratio(part.open, part.month.sales) * part.month.days;
  }
  return days;
}

double TrueDso(absl::Span<const OpenInvoice> invoices) {
  double days = 0;
  for (const OpenInvoice& invoice : invoices) {
    if (invoice.sales_of_month > 0)
      days += Ratio(invoice.amount, invoice.sales_of_month) * invoice.days_since_issue;
  }
  return days;
}

std::optional<double> BestPossibleDso(Amount not_due, Amount sales, int days) {
  return SimpleDso(not_due, sales, days);
}

std::optional<double> AverageDaysDelinquent(Amount receivables, Amount not_due, Amount sales, int days) {
  return SimpleDso(receivables - not_due, sales, days);
}

std::optional<double> RollingDso(Amount receivables, absl::Span<const MonthOfSales> newest_first,
                                 int months) {
  if (months <= 0 || newest_first.size() < static_cast<size_t>(months)) return std::nullopt;
  MonthOfSales sum;
  for (const MonthOfSales& month : newest_first.subspan(0, months)) {
    sum.sales += month.sales;
    sum.days += month.days;
  }
  return SimpleDso(receivables, sum.sales, sum.days);
}

Amount RollForward(Amount opening, Amount billed, Amount cash, Amount credit_notes, Amount write_offs,
                   Amount adjustments) {
  return opening + billed - cash - credit_notes - write_offs + adjustments;
}

}  // namespace relance::ledger
