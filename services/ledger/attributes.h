#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "relance/ledger/v1/ledger.pb.h"
#include "relance/state/v1/ledger.pb.h"

// What is known of a debtor beside its items. Who told a field last in this order owns it: a person
// (Attributes.edited), then the customer file or a program (Attributes.mastered), then books, invoices and
// banks.
namespace relance::ledger {

inline constexpr int kAddressLinesMax = 6;
inline constexpr int kContactsMax = 20;
inline constexpr size_t kAttributeBytesMax = 512;

// The attributes of a request; empty fields are not told.
// Errors, first match wins: INVALID_ARGUMENT / ATTRIBUTES_TOO_MANY, FIELD_TOO_LONG, TERMS_INVALID, AMOUNT_*,
// CURRENCY_UNKNOWN, DATE_*.
absl::Status AttributesFromProto(const v1::Attributes& told, state::v1::Attributes* attributes);
void AttributesToProto(const state::v1::Attributes& attributes, v1::Attributes* answer);

// Sets in `*attributes` what `told` says; lists are replaced when told.
void MergeTold(const state::v1::Attributes& told, state::v1::Attributes* attributes);
// The same, but what a person or the customer file set stays.
void MergeFromSource(const state::v1::Attributes& told, state::v1::Attributes* attributes);
// The same, by the customer file: what a person set stays, what is told is the file's from now on. The fields
// in `erased` (names as in state.v1.Attributes) that are the file's lose their value and are free again.
void MergeFromMaster(const state::v1::Attributes& told, const std::vector<std::string>& erased,
                     state::v1::Attributes* attributes);
// The same, by a person: what is told is the person's from now on.
void MergeFromPerson(const state::v1::Attributes& told, state::v1::Attributes* attributes);

}  // namespace relance::ledger
