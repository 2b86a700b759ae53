#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace relance::ledger {

enum class TableKind { kItems, kPayments, kBank, kAccounts };
// "items", "payments", "bank", "accounts".
absl::string_view TableKindName(TableKind kind);
std::optional<TableKind> TableKindOf(absl::string_view name);

inline constexpr int kTableContacts = 5;      // contact1_... to contact5_...
inline constexpr int kTableAddressLines = 6;  // address1 to address6

// What a column of a table can be, see docs/formats/tables.md.
enum class TableField {
  kAccount,
  kNumber,
  kKind,
  kIssueDate,
  kDueDate,
  kDueDays,
  kBookingDate,
  kValueDate,
  kAmount,
  kDebit,
  kCredit,
  kSide,
  kCurrency,
  kReference,
  kPays,
  kEndToEndId,
  kPayerIban,
  kPayerName,
  kDescription,
  kBankAccount,
  kBankReference,
  kName,
  kLegalId,
  kVatId,
  kCountry,
  kRegion,
  kSector,
  kSegment,
  kTrade,
  kLanguage,
  kCustomerType,
  kParent,
  kCollector,
  kCreditLimit,
  kCreditLimitCurrency,
  kTerms,
  kInsolventDate,
  kEmail,
  kContactRole,  // of the row's contact: repeated rows bring several
  kContactName,
  kContactEmail,
  kContactPhone,
  kContactInactive,
  kAddress1,
  kContact1Role = kAddress1 + kTableAddressLines,  // role, name, email, phone, inactive, five times
};
inline constexpr int kContactParts = 5;
inline constexpr size_t kTableFieldCount =
    static_cast<size_t>(TableField::kContact1Role) + kTableContacts * kContactParts;

inline TableField AddressField(int line) {
  return static_cast<TableField>(static_cast<int>(TableField::kAddress1) + line);
}
// Part 0 to 4 of contact 0 to 4.
inline TableField ContactField(int contact, int part) {
  return static_cast<TableField>(static_cast<int>(TableField::kContact1Role) + contact * kContactParts +
                                 part);
}

// "account", "issue_date", "address1", "contact2_email".
const std::string& TableFieldName(TableField field);
std::optional<TableField> TableFieldOf(absl::string_view name);
// Whether a table of this kind may have the field.
bool IsFieldOf(TableField field, TableKind kind);

}  // namespace relance::ledger
