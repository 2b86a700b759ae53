#include "common/rpc/proto_types.h"

#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"

namespace relance::rpc {

absl::StatusOr<absl::CivilDay> DayFromProto(const type::v1::Date& date, absl::string_view field) {
  absl::StatusOr<absl::CivilDay> day = MakeDay(date.year(), date.month(), date.day());
  if (!day.ok()) return AddContext(day.status(), field, "field", field);
  return day;
}

type::v1::Date DayToProto(absl::CivilDay day) {
  type::v1::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::StatusOr<Money> MoneyFromProto(const type::v1::Money& money, absl::string_view field) {
  absl::StatusOr<Money> amount = FromUnitsNanos(money.currency_code(), money.units(), money.nanos());
  if (!amount.ok()) return AddContext(amount.status(), field, "field", field);
  return amount;
}

absl::StatusOr<type::v1::Money> MoneyToProto(const Money& money) {
  RELANCE_ASSIGN_OR_RETURN(const UnitsNanos amount, ToUnitsNanos(money));
  type::v1::Money proto;
  proto.set_currency_code(money.currency);
  proto.set_units(amount.units);
  proto.set_nanos(amount.nanos);
  return proto;
}

}  // namespace relance::rpc
