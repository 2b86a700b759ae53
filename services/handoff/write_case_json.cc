#include "services/handoff/write_case_json.h"

#include <nlohmann/json.hpp>

#include "common/claims/rate.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/time/day.h"

namespace relance::handoff {
namespace {

using Json = nlohmann::ordered_json;

std::string Amount(int64_t minor, const std::string& currency) {
  return FormatDecimal(minor, CurrencyExponent(currency).value_or(0), '.');
}
std::string Day(absl::CivilDay day) { return FormatIsoDay(day); }
Json Day(const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? Json(FormatIsoDay(*day)) : Json();
}

Json Party(const CaseParty& party, bool creditor) {
  Json json;
  json[creditor ? "creditor_id" : "account_id"] = party.id;
  json["name"] = party.name;
  json["type"] = party.type;
  json["country"] = party.country;
  json["language"] = party.language;
  json["legal_id"] = party.legal_id;
  json["vat_id"] = party.vat_id;
  json["address"] = party.address;
  if (creditor) {
    json["iban"] = party.iban;
    json["email"] = party.email;
    json["phone"] = party.phone;
    return json;
  }
  json["contacts"] = Json::array();
  for (const CasePerson& person : party.contacts) {
    json["contacts"].push_back(
        {{"role", person.role}, {"name", person.name}, {"email", person.email}, {"phone", person.phone}});
  }
  return json;
}

Json Item(const CaseItem& item) {
  const auto amount = [&](int64_t minor) { return Amount(minor, item.currency); };
  Json json;
  json["item_id"] = item.item_id;
  json["kind"] = item.kind;
  json["number"] = item.number;
  json["reference"] = item.reference;
  json["issue_date"] = Day(item.issued);
  json["due_date"] = Day(item.due);
  json["currency"] = item.currency;
  json["original"] = amount(item.original_minor);
  json["paid"] = amount(item.paid_minor);
  json["credited"] = amount(item.credited_minor);
  json["remaining"] = amount(item.remaining_minor);
  json["limitation_date"] = Day(item.limitation);
  json["interest"] = Json::array();
  for (const auto& segment : item.interest) {
    json["interest"].push_back({{"from_date", Day(segment.from)},
                                {"to_date", Day(segment.to)},
                                {"days", segment.days},
                                {"principal", amount(segment.principal_minor)},
                                {"rate_percent", claims::FormatPercent(segment.rate)},
                                {"amount", amount(segment.amount_minor)}});
  }
  json["interest_total"] = amount(item.interest_minor);
  json["interest_verified"] = item.interest_verified;
  json["interest_missing"] = item.interest_missing;
  json["indemnity"] = Json();
  if (item.indemnity.has_value()) {
    json["indemnity"] = {{"currency", item.indemnity->currency},
                         {"amount", Amount(item.indemnity->minor, item.indemnity->currency)}};
  }
  return json;
}

Json Contact(const CaseContact& contact) {
  return {{"date", Day(contact.date)},
          {"kind", contact.kind},
          {"key", contact.key},
          {"channel", contact.channel},
          {"step", contact.step},
          {"interlocutor", contact.interlocutor},
          {"deadline_date", contact.deadline},
          {"outcome", contact.outcome},
          {"documents_sha256", contact.documents}};
}

Json Promise(const CasePromise& promise) {
  return {{"promise_id", promise.id},
          {"given_date", Day(promise.given)},
          {"promised_date", Day(promise.promised)},
          {"currency", promise.currency},
          {"amount", Amount(promise.amount_minor, promise.currency)},
          {"paid", Amount(promise.paid_minor, promise.currency)},
          {"state", promise.state}};
}

Json Dispute(const CaseDispute& dispute) {
  return {{"item_id", dispute.item_id},
          {"number", dispute.number},
          {"reason", dispute.reason},
          {"currency", dispute.currency},
          {"amount", Amount(dispute.amount_minor, dispute.currency)},
          {"opened_date", Day(dispute.opened)},
          {"resolved_date", Day(dispute.resolved)}};
}

Json Total(const CaseTotal& total) {
  const auto amount = [&](int64_t minor) { return Amount(minor, total.currency); };
  return {{"currency", total.currency},
          {"principal", amount(total.principal_minor)},
          {"interest", amount(total.interest_minor)},
          {"indemnity", amount(total.indemnity_minor)},
          {"total", amount(total.total_minor)},
          {"open_credits", amount(total.open_credits_minor)}};
}

template <typename Row, typename Write>
Json List(const std::vector<Row>& rows, const Write& write) {
  Json list = Json::array();
  for (const Row& row : rows) list.push_back(write(row));
  return list;
}

}  // namespace

std::string WriteCaseJson(const CaseFile& file) {
  Json json;
  json["schema"] = kCaseSchema;
  json["case_id"] = file.case_id;
  json["placed_date"] = Day(file.placed);
  json["made_up"] = file.made_up;
  json["agency"] = {{"agency_id", file.agency.id},
                    {"legal_name", file.agency.legal_name},
                    {"mandate_id", file.agency.mandate_id},
                    {"fee_bps", file.agency.fee_bps},
                    {"remittance_days", file.agency.remittance_days}};
  json["creditor"] = Party(file.creditor, true);
  json["debtor"] = Party(file.debtor, false);
  json["legal_basis"] = List(file.legal_basis, [](const CaseBasis& basis) {
    return Json{{"claim", basis.claim}, {"law", basis.law}};
  });
  json["interest_terms"] = {
      {"regime", file.interest_regime}, {"to_date", Day(file.placed)}, {"payments_count_on", "principal"}};
  json["limitation_basis"] = file.limitation_basis;
  json["items"] = List(file.items, Item);
  json["contacts"] = List(file.contacts, Contact);
  json["promises"] = List(file.promises, Promise);
  json["disputes"] = List(file.disputes, Dispute);
  json["trailer"] = {{"items", file.items.size()},
                     {"contacts", file.contacts.size()},
                     {"promises", file.promises.size()},
                     {"disputes", file.disputes.size()},
                     {"totals", List(file.totals, Total)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace relance::handoff
