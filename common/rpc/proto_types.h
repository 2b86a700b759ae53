#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/money/money.h"
#include "relance/type/v1/date.pb.h"
#include "relance/type/v1/money.pb.h"

// Between the shared protos and the domain types. `field` names the field of the request in errors
// ("due_date"); the errors are those of common/time and common/money, with "field" in the metadata.
namespace relance::rpc {

// Errors: INVALID_ARGUMENT / DATE_OUT_OF_RANGE, DATE_NOT_IN_CALENDAR. A message that was not set is 0-0-0:
// out of range.
absl::StatusOr<absl::CivilDay> DayFromProto(const type::v1::Date& date, absl::string_view field);
type::v1::Date DayToProto(absl::CivilDay day);

// Errors: INVALID_ARGUMENT / CURRENCY_UNKNOWN, AMOUNT_MALFORMED, AMOUNT_TOO_PRECISE; OUT_OF_RANGE /
// AMOUNT_OVERFLOW.
absl::StatusOr<Money> MoneyFromProto(const type::v1::Money& money, absl::string_view field);
// Errors: INVALID_ARGUMENT / CURRENCY_UNKNOWN, for a Money that did not come from MakeMoney.
absl::StatusOr<type::v1::Money> MoneyToProto(const Money& money);

}  // namespace relance::rpc
