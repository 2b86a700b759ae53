#include "services/handoff/agency_message.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "common/account/item_id.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/time/day.h"

namespace relance::handoff {

std::string AgencyMessage(absl::string_view type, const state::v1::Placement& placement, int number,
                          absl::CivilDay day, absl::string_view reason,
                          const std::vector<ItemChange>& lines) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["schema"] = "relance.agency_message/1";
  json["message_id"] = absl::StrCat(placement.id(), "/", number);
  json["number"] = number;
  json["type"] = std::string(type);
  json["case_id"] = placement.id();
  json["agency_id"] = placement.agency_id();
  json["agency_reference"] = placement.agency_reference();
  json["date"] = FormatIsoDay(day);
  json["reason"] = std::string(reason);
  json["lines"] = Json::array();
  for (const ItemChange& line : lines) {
    const int exponent = CurrencyExponent(line.currency).value_or(0);
    const auto amount = [&](int64_t minor) { return FormatDecimal(minor, exponent, '.'); };
    json["lines"].push_back({{"item_id", ItemIdText(line.item)},
                             {"number", line.number},
                             {"currency", line.currency},
                             {"direct_paid", amount(line.direct_paid_minor)},
                             {"credited", amount(line.credited_minor)},
                             {"remaining", amount(line.remaining_minor)}});
  }
  json["trailer"] = {{"lines", lines.size()}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace relance::handoff
