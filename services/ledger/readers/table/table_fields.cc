#include "services/ledger/readers/table/table_fields.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace relance::ledger {
namespace {

using F = TableField;

constexpr const char* kKinds[] = {"items", "payments", "bank", "accounts"};

constexpr const char* kNames[] = {"account",
                                  "number",
                                  "kind",
                                  "issue_date",
                                  "due_date",
                                  "due_days",
                                  "booking_date",
                                  "value_date",
                                  "amount",
                                  "debit",
                                  "credit",
                                  "side",
                                  "currency",
                                  "reference",
                                  "pays",
                                  "end_to_end_id",
                                  "payer_iban",
                                  "payer_name",
                                  "description",
                                  "bank_account",
                                  "bank_reference",
                                  "name",
                                  "legal_id",
                                  "vat_id",
                                  "country",
                                  "region",
                                  "sector",
                                  "segment",
                                  "trade",
                                  "language",
                                  "customer_type",
                                  "parent",
                                  "collector",
                                  "credit_limit",
                                  "credit_limit_currency",
                                  "terms",
                                  "insolvent_date",
                                  "email",
                                  "contact_role",
                                  "contact_name",
                                  "contact_email",
                                  "contact_phone",
                                  "contact_inactive"};
constexpr const char* kParts[kContactParts] = {"role", "name", "email", "phone", "inactive"};

std::vector<std::string> MakeNames() {
  std::vector<std::string> names(std::begin(kNames), std::end(kNames));
  for (int i = 1; i <= kTableAddressLines; ++i) names.push_back(absl::StrCat("address", i));
  for (int i = 1; i <= kTableContacts; ++i) {
    for (const char* part : kParts) names.push_back(absl::StrCat("contact", i, "_", part));
  }
  return names;
}

const std::vector<std::string>& Names() {
  static const auto& names = *new std::vector<std::string>(MakeNames());
  return names;
}

// Told beside an item by a row of it.
bool IsAttributeOfRow(F field) {
  switch (field) {
    case F::kName:
    case F::kLegalId:
    case F::kVatId:
    case F::kCountry:
    case F::kRegion:
    case F::kSector:
    case F::kSegment:
    case F::kLanguage:
    case F::kCustomerType:
    case F::kCollector:
    case F::kEmail:
      return true;
    default:
      return false;
  }
}

}  // namespace

absl::string_view TableKindName(TableKind kind) { return kKinds[static_cast<size_t>(kind)]; }

std::optional<TableKind> TableKindOf(absl::string_view name) {
  const auto it = std::find(std::begin(kKinds), std::end(kKinds), name);
  if (it == std::end(kKinds)) return std::nullopt;
  return static_cast<TableKind>(it - std::begin(kKinds));
}

const std::string& TableFieldName(F field) { return Names()[static_cast<size_t>(field)]; }

std::optional<F> TableFieldOf(absl::string_view name) {
  const auto it = std::find(Names().begin(), Names().end(), name);
  if (it == Names().end()) return std::nullopt;
  return static_cast<F>(it - Names().begin());
}

bool IsFieldOf(F field, TableKind kind) {
  const auto is_one_of = [field](std::initializer_list<F> fields) {
    return std::find(fields.begin(), fields.end(), field) != fields.end();
  };
  switch (kind) {
    case TableKind::kItems:
      return IsAttributeOfRow(field) ||
             is_one_of({F::kAccount, F::kNumber, F::kKind, F::kIssueDate, F::kDueDate, F::kDueDays,
                        F::kBookingDate, F::kAmount, F::kDebit, F::kCredit, F::kSide, F::kCurrency,
                        F::kReference, F::kPays, F::kEndToEndId, F::kPayerIban, F::kDescription});
    case TableKind::kPayments:
      return is_one_of({F::kAccount, F::kNumber, F::kBookingDate, F::kAmount, F::kDebit, F::kCredit, F::kSide,
                        F::kCurrency, F::kReference, F::kPays, F::kEndToEndId, F::kPayerIban, F::kPayerName,
                        F::kDescription});
    case TableKind::kBank:
      return is_one_of({F::kBookingDate, F::kValueDate, F::kAmount, F::kDebit, F::kCredit, F::kSide,
                        F::kCurrency, F::kReference, F::kEndToEndId, F::kPayerIban, F::kPayerName,
                        F::kDescription, F::kBankAccount, F::kBankReference, F::kKind});
    case TableKind::kAccounts:
      return field == F::kAccount || field >= F::kName;
  }
  return false;
}

}  // namespace relance::ledger
