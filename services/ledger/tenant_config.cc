#include "services/ledger/tenant_config.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/identifiers/bank.h"
#include "common/identifiers/text.h"
#include "common/money/currency.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/store/validation.h"
#include "common/time/payment_terms.h"
#include "services/ledger/errors.h"

namespace relance::ledger {
namespace {

constexpr size_t kTextBytesMax = 256;
constexpr int kAddressLinesMax = 6;
constexpr int kControlAccountsMax = 32;
constexpr int kDaysMax = 366;
constexpr int kRateBpsMax = 10'000;
constexpr int kAgeingEdgesMax = 12;
constexpr int kAgeingEdgeDaysMax = 3650;
constexpr int64_t kResidueMinorMax = 1'000'000'000;
constexpr int kBankAccountsMax = 50;
constexpr size_t kBankAccountBytesMax = 34;  // of an IBAN, the longest there is
constexpr int kPermille = 1000;

absl::Status Invalid(absl::string_view reason, absl::string_view field, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, reason, message,
                     {{"field", absl::StrCat("tenant.", field)}});
}

absl::Status CheckTexts(const v1::Tenant& tenant) {
  const std::pair<const char*, const std::string*> texts[] = {{"legal_name", &tenant.legal_name()},
                                                              {"language", &tenant.language()},
                                                              {"legal_id", &tenant.legal_id()},
                                                              {"vat_id", &tenant.vat_id()},
                                                              {"email", &tenant.email()},
                                                              {"phone", &tenant.phone()},
                                                              {"scenario_id", &tenant.scenario_id()},
                                                              {"agency_id", &tenant.agency_id()}};
  for (const auto& [name, text] : texts) {
    if (text->size() > kTextBytesMax) return Invalid(kTenantFieldInvalid, name, "longer than 256 bytes");
  }
  if (tenant.address_size() > kAddressLinesMax)
    return Invalid(kTenantFieldInvalid, "address", "more than 6 lines");
  for (const std::string& line : tenant.address()) {
    if (line.size() > kTextBytesMax)
      return Invalid(kTenantFieldInvalid, "address", "a line is longer than 256 bytes");
  }
  return absl::OkStatus();
}

absl::Status CheckNumbers(const v1::Tenant& tenant) {
  const std::pair<const char*, int> days[] = {{"ledger_max_age_days", tenant.ledger_max_age_days()},
                                              {"bank_max_age_days", tenant.bank_max_age_days()},
                                              {"promise_grace_days", tenant.promise_grace_days()}};
  for (const auto& [name, value] : days) {
    if (value < 0 || value > kDaysMax) return Invalid(kTenantFieldInvalid, name, "0 to 366 days");
  }
  if (tenant.contract_rate_bps() < 0 || tenant.contract_rate_bps() > kRateBpsMax) {
    return Invalid(kTenantFieldInvalid, "contract_rate_bps", "0 to 10,000");
  }
  if (tenant.control_accounts_size() > kControlAccountsMax) {
    return Invalid(kTenantFieldInvalid, "control_accounts", "more than 32 prefixes");
  }
  for (const std::string& prefix : tenant.control_accounts()) {
    const bool digits =
        prefix.size() >= 2 && prefix.size() <= 16 &&
        std::all_of(prefix.begin(), prefix.end(), [](unsigned char c) { return absl::ascii_isalnum(c); });
    if (!digits)
      return Invalid(kTenantFieldInvalid, "control_accounts", "a prefix is 2 to 16 letters and digits");
  }
  int32_t before = 0;
  for (const int32_t edge : tenant.ageing_edges()) {
    if (edge <= before || edge > kAgeingEdgeDaysMax || tenant.ageing_edges_size() > kAgeingEdgesMax) {
      return Invalid(kTenantFieldInvalid, "ageing_edges", "at most 12 ascending numbers of days, 1 to 3,650");
    }
    before = edge;
  }
  if (tenant.residue_minor() < 0 || tenant.residue_minor() > kResidueMinorMax) {
    return Invalid(kTenantFieldInvalid, "residue_minor", "0 to 1,000,000,000 minor units");
  }
  if (tenant.match_confidence_permille() < 0 || tenant.match_confidence_permille() > kPermille) {
    return Invalid(kTenantFieldInvalid, "match_confidence_permille", "0 to 1,000 thousandths");
  }
  return absl::OkStatus();
}

// Own bank accounts as they are compared with those of payers.
absl::StatusOr<std::vector<std::string>> BankAccounts(const v1::Tenant& tenant) {
  if (tenant.bank_accounts_size() > kBankAccountsMax) {
    return Invalid(kTenantFieldInvalid, "bank_accounts", "more than 50 accounts");
  }
  std::vector<std::string> accounts;
  for (const std::string& told : tenant.bank_accounts()) {
    accounts.push_back(identifiers::Normalise(told));
    if (accounts.back().empty() || accounts.back().size() > kBankAccountBytesMax) {
      return Invalid(kTenantFieldInvalid, "bank_accounts", "an account has 1 to 34 letters and digits");
    }
  }
  return accounts;
}

}  // namespace

absl::StatusOr<state::v1::TenantConfig> TenantFromProto(const v1::Tenant& tenant) {
  if (!store::CheckTenant(tenant.tenant_id(), false).ok()) {
    return Invalid(kTenantIdInvalid, "tenant_id", "1 to 64 of [a-z0-9-] are needed");
  }
  if (tenant.legal_name().empty())
    return Invalid(kLegalNameMissing, "legal_name", "the registered name is needed");
  const bool belgium = tenant.country() == "BE";
  if (!belgium && tenant.country() != "FR") {
    return DomainError(absl::StatusCode::kInvalidArgument, kCountryUnsupported, "FR and BE are supported",
                       {{"field", "tenant.country"}, {"country", tenant.country().substr(0, 8)}});
  }
  const std::string currency = tenant.currency_code().empty() ? "EUR" : tenant.currency_code();
  if (!IsKnownCurrency(currency)) return Invalid(kCurrencyUnknown, "currency_code", "not a code of ISO 4217");
  const std::string zone_name =
      tenant.time_zone().empty() ? (belgium ? "Europe/Brussels" : "Europe/Paris") : tenant.time_zone();
  absl::TimeZone zone;
  if (zone_name.size() > 64 || !absl::LoadTimeZone(zone_name, &zone)) {
    return Invalid(kTimeZoneUnknown, "time_zone", "not a zone of the IANA database");
  }
  const std::string terms = tenant.default_terms().empty() ? "net30" : tenant.default_terms();
  if (!ParsePaymentTerms(terms).ok())
    return Invalid(kTermsInvalid, "default_terms", "cannot be read, see docs/terms.md");
  RELANCE_RETURN_IF_ERROR(CheckTexts(tenant));
  RELANCE_RETURN_IF_ERROR(CheckNumbers(tenant));
  std::string iban;
  if (!tenant.iban().empty()) {
    const auto parsed = identifiers::ParseIban(tenant.iban());
    if (!parsed.ok()) return Invalid(kTenantFieldInvalid, "iban", "not an IBAN");
    iban = *parsed;
  }

  RELANCE_ASSIGN_OR_RETURN(const std::vector<std::string> bank_accounts, BankAccounts(tenant));

  state::v1::TenantConfig config;
  config.set_id(tenant.tenant_id());
  config.set_legal_name(tenant.legal_name());
  *config.mutable_address() = tenant.address();
  config.set_country(tenant.country());
  config.set_language(tenant.language().empty() ? "fr" : tenant.language());
  config.set_currency(currency);
  config.set_time_zone(zone_name);
  config.set_legal_id(tenant.legal_id());
  config.set_vat_id(tenant.vat_id());
  config.set_iban(iban);
  config.set_email(tenant.email());
  config.set_phone(tenant.phone());
  config.set_default_terms(terms);
  config.set_ledger_max_age_days(tenant.ledger_max_age_days() == 0 ? 3 : tenant.ledger_max_age_days());
  if (tenant.bank_max_age_days() != 0) config.set_bank_max_age_days(tenant.bank_max_age_days());
  *config.mutable_control_accounts() = tenant.control_accounts();
  if (config.control_accounts_size() == 0) {
    for (const char* prefix : {"411", "413", "416", "419"}) config.add_control_accounts(prefix);
  }
  config.set_promise_grace_days(tenant.promise_grace_days() == 0 ? 2 : tenant.promise_grace_days());
  config.set_contract_rate_bps(tenant.contract_rate_bps());
  config.set_made_up(tenant.made_up());
  config.set_scenario_id(tenant.scenario_id());
  config.set_agency_id(tenant.agency_id());
  *config.mutable_ageing_edges() = tenant.ageing_edges();
  config.set_residue_minor(tenant.residue_minor());
  for (const std::string& account : bank_accounts) config.add_bank_accounts(account);
  config.set_match_confidence_permille(tenant.match_confidence_permille());
  return config;
}

v1::Tenant TenantToProto(const state::v1::TenantConfig& config) {
  v1::Tenant tenant;
  tenant.set_tenant_id(config.id());
  tenant.set_legal_name(config.legal_name());
  *tenant.mutable_address() = config.address();
  tenant.set_country(config.country());
  tenant.set_language(config.language());
  tenant.set_currency_code(config.currency());
  tenant.set_time_zone(config.time_zone());
  tenant.set_legal_id(config.legal_id());
  tenant.set_vat_id(config.vat_id());
  tenant.set_iban(config.iban());
  tenant.set_email(config.email());
  tenant.set_phone(config.phone());
  tenant.set_default_terms(config.default_terms());
  tenant.set_ledger_max_age_days(config.ledger_max_age_days());
  tenant.set_bank_max_age_days(config.bank_max_age_days());
  *tenant.mutable_control_accounts() = config.control_accounts();
  tenant.set_promise_grace_days(config.promise_grace_days());
  tenant.set_contract_rate_bps(config.contract_rate_bps());
  tenant.set_made_up(config.made_up());
  tenant.set_scenario_id(config.scenario_id());
  tenant.set_agency_id(config.agency_id());
  *tenant.mutable_ageing_edges() = config.ageing_edges();
  tenant.set_residue_minor(config.residue_minor());
  *tenant.mutable_bank_accounts() = config.bank_accounts();
  tenant.set_match_confidence_permille(config.match_confidence_permille());
  return tenant;
}

}  // namespace relance::ledger
