#include "common/time/payment_terms.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"

namespace relance {
namespace {

constexpr int kDaysOfMonthMax = 31;
constexpr int kLegalNetDays = 60;
constexpr int kLegalEndOfMonthDays = 45;

absl::Status Malformed() {
  return DomainError(absl::StatusCode::kInvalidArgument, "TERMS_MALFORMED",
                     "payment terms are written net30, 45eom, 45eom-b, eom+10 or 30eom@10");
}

absl::Status OutOfRange() {
  return DomainError(absl::StatusCode::kInvalidArgument, "TERMS_OUT_OF_RANGE",
                     absl::StrCat("payment terms have at most ", kTermDaysMax,
                                  " days and a day of month from 1 to ", kDaysOfMonthMax));
}

// Takes the number at the front of `text`.
absl::StatusOr<int> TakeNumber(std::string* text) {
  const size_t length = std::min(text->find_first_not_of("0123456789"), text->size());
  if (length == 0) return Malformed();
  int number = 0;
  if (!absl::SimpleAtoi(text->substr(0, length), &number)) return OutOfRange();
  text->erase(0, length);
  return number;
}

bool Take(std::string* text, absl::string_view prefix) {
  if (!absl::StartsWith(*text, prefix)) return false;
  text->erase(0, prefix.size());
  return true;
}

// What follows "eom": "", "-a", "-b", "+10", and "@10".
absl::Status TakeEndOfMonth(std::string* text, bool has_days, PaymentTerms* terms) {
  terms->kind = PaymentTerms::Kind::kEndOfMonthA;
  if (Take(text, "-b")) {
    terms->kind = PaymentTerms::Kind::kEndOfMonthB;
  } else if (!Take(text, "-a") && !has_days && Take(text, "+")) {
    terms->kind = PaymentTerms::Kind::kEndOfMonthB;
    RELANCE_ASSIGN_OR_RETURN(terms->days, TakeNumber(text));
  }
  if (Take(text, "@")) {
    RELANCE_ASSIGN_OR_RETURN(terms->day_of_month, TakeNumber(text));
    if (terms->day_of_month < 1 || terms->day_of_month > kDaysOfMonthMax) return OutOfRange();
  }
  return absl::OkStatus();
}

absl::CivilDay DayOfNextMonth(absl::CivilDay day, int day_of_month) {
  const absl::CivilDay first(absl::CivilMonth(day) + 1);
  return first + (std::min(day_of_month, EndOfMonth(first).day()) - 1);
}

}  // namespace

absl::StatusOr<PaymentTerms> ParsePaymentTerms(absl::string_view text) {
  std::string rest = absl::AsciiStrToLower(text);
  rest.erase(std::remove(rest.begin(), rest.end(), ' '), rest.end());
  PaymentTerms terms;
  if (Take(&rest, "net")) {
    RELANCE_ASSIGN_OR_RETURN(terms.days, TakeNumber(&rest));
  } else {
    const bool has_days = !rest.empty() && absl::ascii_isdigit(rest.front());
    if (has_days) {
      RELANCE_ASSIGN_OR_RETURN(terms.days, TakeNumber(&rest));
    }
    if (!Take(&rest, "eom")) return Malformed();
    RELANCE_RETURN_IF_ERROR(TakeEndOfMonth(&rest, has_days, &terms));
  }
  if (!rest.empty()) return Malformed();
  if (terms.days > kTermDaysMax) return OutOfRange();
  return terms;
}

std::string FormatPaymentTerms(const PaymentTerms& terms) {
  if (terms.kind == PaymentTerms::Kind::kNet) return absl::StrCat("net", terms.days);
  return absl::StrCat(terms.days > 0 ? absl::StrCat(terms.days) : "", "eom",
                      terms.kind == PaymentTerms::Kind::kEndOfMonthB ? "-b" : "",
                      terms.day_of_month > 0 ? absl::StrCat("@", terms.day_of_month) : "");
}

absl::CivilDay DueDate(const PaymentTerms& terms, absl::CivilDay issue) {
  absl::CivilDay due = issue + terms.days;
  if (terms.kind == PaymentTerms::Kind::kEndOfMonthA) due = EndOfMonth(due);
  if (terms.kind == PaymentTerms::Kind::kEndOfMonthB) due = EndOfMonth(issue) + terms.days;
  return terms.day_of_month == 0 ? due : DayOfNextMonth(due, terms.day_of_month);
}

absl::CivilDay LatestLegalDueDateFrance(absl::CivilDay issue, bool end_of_month_stipulated) {
  const absl::CivilDay net = issue + kLegalNetDays;
  if (!end_of_month_stipulated) return net;
  return std::max({net, EndOfMonth(issue + kLegalEndOfMonthDays), EndOfMonth(issue) + kLegalEndOfMonthDays});
}

}  // namespace relance
