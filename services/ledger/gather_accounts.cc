#include "services/ledger/gather_accounts.h"

#include <algorithm>
#include <array>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/identifiers/company.h"
#include "common/identifiers/country.h"
#include "common/identifiers/text.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/store/store.h"
#include "common/store/validation.h"
#include "common/time/day.h"
#include "common/time/payment_terms.h"
#include "services/ledger/attributes.h"
#include "services/ledger/errors.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/table/text_fold.h"

namespace relance::ledger {
namespace {

using F = TableField;

constexpr char kErased[] = "-";
constexpr size_t kMailBytesMax = 254;

absl::Status Invalid(absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, kFieldInvalid, message);
}

// SIREN, the SIREN of a SIRET, or a Belgian number; of other countries whatever stands there.
absl::StatusOr<std::string> ReadLegalId(const std::string& text, const std::string& country) {
  std::string number = identifiers::Normalise(text);
  if (number.empty()) return Invalid("no number of a company");
  if (country != "FR" && country != "BE") return number;
  if (country == "BE") return identifiers::ParseEnterpriseNumberBelgium(absl::StripPrefix(number, "BE"));
  if (number.size() != 14) return identifiers::ParseSiren(number);
  const auto siret = identifiers::ParseSiret(number);
  if (!siret.ok()) return siret.status();
  return siret->substr(0, 9);
}

absl::StatusOr<std::string> ReadVat(const std::string& text) {
  const std::string number = identifiers::Normalise(text);
  if (absl::StartsWith(number, "FR") || absl::StartsWith(number, "BE")) return identifiers::ParseVat(number);
  if (number.size() < 4 || number.size() > 15 ||
      !identifiers::IsCountryCode(number.substr(0, 2) == "EL" ? "GR" : number.substr(0, 2)) ||
      !identifiers::IsAlphanumeric(number)) {
    return Invalid("no VAT number: two letters of the country and 2 to 13 letters and digits");
  }
  return number;
}

absl::StatusOr<std::string> ReadMail(const std::string& text) {
  const size_t at = text.find('@');
  const absl::string_view domain = at == std::string::npos ? "" : absl::string_view(text).substr(at + 1);
  const bool blank = std::any_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isspace(c) || c == ',' || c == ';' || c == '<' || c == '>';
  });
  if (at == 0 || blank || text.size() > kMailBytesMax || absl::StrContains(domain, '@') ||
      !absl::StrContains(domain, '.') || domain.front() == '.' || domain.back() == '.') {
    return Invalid("no mail address");
  }
  return text;
}

absl::StatusOr<std::string> ReadPhone(const std::string& text) {
  const auto digits =
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
  const bool other = std::any_of(text.begin(), text.end(), [](unsigned char c) {
    return !absl::ascii_isdigit(c) && !absl::StrContains("+()./- x", std::string(1, static_cast<char>(c)));
  });
  if (digits < 6 || digits > 20 || other) return Invalid("no number of a telephone");
  return text;
}

absl::StatusOr<std::string> OneOf(const std::string& text, std::initializer_list<const char*> words) {
  const std::string word = absl::AsciiStrToLower(text);
  for (const char* known : words) {
    if (word == known) return word;
  }
  return Invalid("not one of the words of this field; translate it in `values` of a mapping");
}

absl::StatusOr<bool> ReadFlag(const std::string& text) {
  const std::string word = FoldText(text);
  for (const char* yes : {"1", "true", "yes", "oui", "ja", "x", "o", "y"}) {
    if (word == yes) return true;
  }
  for (const char* no : {"0", "false", "no", "non", "nein", "nee", "n"}) {
    if (word == no) return false;
  }
  return Invalid("neither yes nor no");
}

class RowReader {
 public:
  RowReader(const AccountRow& row, const state::v1::TenantConfig& tenant, Gathered* gathered)
      : row_(row), tenant_(tenant), gathered_(gathered), account_(gathered->accounts[row.account]) {
    account_.mastered = true;
  }

  void Run() {
    for (const auto& [field, text] : row_.told) {
      if (text.size() > kAttributeBytesMax) {
        Reject(TableFieldName(field), kFieldTooLong,
               absl::StrCat("longer than ", kAttributeBytesMax, " bytes"));
        continue;
      }
      told_[field] = text;
    }
    Texts();
    Limit();
    if (const std::string* day = Take(F::kInsolventDate, "insolvent_date")) {
      if (const auto read = ParseIsoDay(*day); read.ok()) {
        attributes().set_insolvent_day(DayNumber(*read));
      } else {
        Reject("insolvent_date", ReasonOf(read.status()), read.status().message());
      }
    }
    Address();
    Contacts();
  }

 private:
  state::v1::Attributes& attributes() { return account_.attributes; }

  void Reject(absl::string_view field, absl::string_view reason, absl::string_view message) {
    gathered_->Reject(
        {row_.line, std::string(field), std::string(reason), std::string(message), row_.raw, false});
  }
  void Reject(F field, const absl::Status& status) {
    Reject(TableFieldName(field), ReasonOf(status), status.message());
  }

  // The text of a field; null when it is not told, or is erased.
  const std::string* Take(F field, const char* name) {
    const auto it = told_.find(field);
    if (it == told_.end()) return nullptr;
    if (it->second != kErased) return &it->second;
    account_.erased.push_back(name);
    return nullptr;
  }

  template <typename Read>
  void Text(F field, const char* name, std::string* (state::v1::Attributes::*edit)(), const Read& read) {
    const std::string* text = Take(field, name);
    if (text == nullptr) return;
    const absl::StatusOr<std::string> value = read(*text);
    if (!value.ok()) return Reject(field, value.status());
    *(attributes().*edit)() = *value;
  }

  void Texts() {
    using A = state::v1::Attributes;
    const auto any = [](const std::string& text) -> absl::StatusOr<std::string> { return text; };
    Text(F::kCountry, "country", &A::mutable_country, [](std::string text) -> absl::StatusOr<std::string> {
      absl::AsciiStrToUpper(&text);
      if (!identifiers::IsCountryCode(text)) return Invalid("no country of ISO 3166: two letters");
      return text;
    });
    std::string country = attributes().country();
    if (country.empty()) country = tenant_.country();
    Text(F::kName, "name", &A::mutable_name, any);
    Text(F::kLegalId, "legal_id", &A::mutable_legal_id,
         [&](const std::string& text) { return ReadLegalId(text, country); });
    Text(F::kVatId, "vat_id", &A::mutable_vat_id, ReadVat);
    Text(F::kRegion, "region", &A::mutable_region, any);
    Text(F::kSector, "sector", &A::mutable_sector, any);
    Text(F::kSegment, "segment", &A::mutable_segment, any);
    Text(F::kTrade, "trade", &A::mutable_trade, any);
    Text(F::kParent, "parent", &A::mutable_parent, any);
    Text(F::kCollector, "collector", &A::mutable_collector, any);
    Text(F::kLanguage, "language", &A::mutable_language, [](std::string text) -> absl::StatusOr<std::string> {
      absl::AsciiStrToLower(&text);
      const bool code = text.size() == 2 && absl::ascii_islower(static_cast<unsigned char>(text[0])) &&
                        absl::ascii_islower(static_cast<unsigned char>(text[1]));
      if (!code) return Invalid("no language of ISO 639-1: two letters");
      return text;
    });
    Text(F::kCustomerType, "customer_type", &A::mutable_customer_type, [](const std::string& text) {
      return OneOf(text, {"private", "public", "consumer"});
    });
    Text(F::kTerms, "terms", &A::mutable_terms, [](const std::string& text) -> absl::StatusOr<std::string> {
      if (ParsePaymentTerms(text).ok()) return text;
      return DomainError(absl::StatusCode::kInvalidArgument, kTermsInvalid, "no terms, see docs/terms.md");
    });
  }

  void Limit() {
    const std::string* limit = Take(F::kCreditLimit, "credit_limit");
    if (limit == nullptr) return;
    const auto told = told_.find(F::kCreditLimitCurrency);
    std::string currency = told == told_.end() ? tenant_.currency() : told->second;
    if (currency.empty()) currency = "EUR";
    const auto money = ParseMoney(*limit, currency, {DecimalStyle::Mark::kPoint});
    if (!money.ok()) return Reject(F::kCreditLimit, money.status());
    if (money->minor < 0) return Reject("credit_limit", kAmountNegative, "negative");
    attributes().set_credit_limit_minor(money->minor);
    attributes().set_credit_limit_currency(currency);
  }

  void Address() {
    std::vector<std::string> lines;
    for (int i = 0; i < kTableAddressLines; ++i) {
      if (const std::string* line = Take(AddressField(i), "address")) lines.push_back(*line);
    }
    if (lines.empty()) return;
    attributes().clear_address();
    for (std::string& line : lines) attributes().add_address(std::move(line));
  }

  // The parts of a contact: role, name, email, phone, inactive.
  void Contact(const std::array<F, kContactParts>& fields) {
    state::v1::ContactPerson person;
    const auto text = [&](F field) -> std::string {
      const std::string* told = Take(field, "contacts");
      return told == nullptr ? "" : *told;
    };
    const auto take = [&](F field, std::string* out, const auto& read) {
      const std::string told = text(field);
      if (told.empty()) return;
      const absl::StatusOr<std::string> value = read(told);
      if (!value.ok()) return Reject(field, value.status());
      *out = *value;
    };
    take(fields[0], person.mutable_role(), [](const std::string& role) {
      return OneOf(role, {"billing", "manager", "legal", "other"});
    });
    person.set_name(text(fields[1]));
    take(fields[2], person.mutable_email(), ReadMail);
    take(fields[3], person.mutable_phone(), ReadPhone);
    if (const std::string flag = text(fields[4]); !flag.empty()) {
      const auto inactive = ReadFlag(flag);
      if (!inactive.ok()) Reject(fields[4], inactive.status());
      person.set_inactive(inactive.ok() && *inactive);
    }
    if (person.name().empty() && person.email().empty() && person.phone().empty()) return;
    if (person.role().empty()) person.set_role("billing");
    const std::string bytes = person.SerializeAsString();
    for (const auto& known : attributes().contacts()) {
      if (known.SerializeAsString() == bytes) return;
    }
    if (attributes().contacts_size() >= kContactsMax) {
      return Reject("contacts", kAttributesTooMany, absl::StrCat("more than ", kContactsMax, " contacts"));
    }
    *attributes().add_contacts() = std::move(person);
  }

  void Contacts() {
    // `email` alone is that of billing.
    if (const std::string* mail = Take(F::kEmail, "contacts"); mail != nullptr) {
      told_.emplace(F::kContactEmail, *mail);
      if (told_[F::kContactEmail] != *mail)
        Reject("email", kFieldInvalid, "another address than contact_email");
    }
    Contact({F::kContactRole, F::kContactName, F::kContactEmail, F::kContactPhone, F::kContactInactive});
    for (int i = 0; i < kTableContacts; ++i) {
      Contact({ContactField(i, 0), ContactField(i, 1), ContactField(i, 2), ContactField(i, 3),
               ContactField(i, 4)});
    }
  }

  const AccountRow& row_;
  const state::v1::TenantConfig& tenant_;
  Gathered* const gathered_;
  IncomingAccount& account_;
  std::map<F, std::string> told_;
};

}  // namespace

void GatherAccountRow(const AccountRow& row, const state::v1::TenantConfig& tenant, Gathered* gathered) {
  if (!store::CheckAccountKey({"t", row.account}).ok() || row.account == kUnidentifiedAccount) {
    return gathered->Reject({row.line, "account", kAccountMissing,
                             "an account code of 1 to 128 bytes is needed", row.raw, false});
  }
  ++gathered->relevant;
  RowReader(row, tenant, gathered).Run();
}

}  // namespace relance::ledger
