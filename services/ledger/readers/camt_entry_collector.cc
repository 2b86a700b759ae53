#include "services/ledger/readers/camt_entry_collector.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "services/ledger/readers/camt_values.h"
#include "services/ledger/readers/reasons.h"

namespace relance::ledger {
namespace {

using F = CamtField;

// What a detail, a remittance or a document costs in memory beside its text.
constexpr size_t kDetailOverheadBytes = 1024;
constexpr size_t kPartOverheadBytes = 256;
constexpr size_t kTextOverheadBytes = 64;

// A statement of more transactions is refused anyway.
constexpr int64_t kBatchCountMax = 1'000'000;

bool IsNone(absl::string_view text) { return absl::EqualsIgnoreCase(text, "NOTPROVIDED"); }

}  // namespace

void CamtEntryCollector::Start(int64_t line) {
  entry_ = {};
  entry_.line = line;
  problem_ = {};
  bytes_ = 0;
  domain_.clear();
  family_.clear();
  sub_family_.clear();
  proprietary_.clear();
}

void CamtEntryCollector::StartField(CamtField field, const Place& place) {
  switch (field) {
    case F::kDetail:
      Charge(kDetailOverheadBytes, place);
      entry_.details.emplace_back();
      break;
    case F::kEntryCharge:
      Charge(kPartOverheadBytes, place);
      entry_.charges.emplace_back();
      break;
    case F::kDetailCharge:
      Charge(kPartOverheadBytes, place);
      detail().charges.emplace_back();
      break;
    case F::kStructured:
      Charge(kPartOverheadBytes, place);
      detail().fields.structured.emplace_back();
      break;
    case F::kDocument:
      Charge(kPartOverheadBytes, place);
      structured().documents.emplace_back();
      break;
    default:
      break;
  }
}

void CamtEntryCollector::EndField(CamtField field, const std::string& value, const Place& place) {
  Charge(value.size() + kTextOverheadBytes, place);
  if (!problem_.reason.empty()) {
    if (field == F::kEntryStatus && !value.empty()) entry_.status = value;
    return;
  }
  if (field >= F::kStructured) return EndStructuredField(field, value, place);
  if (field >= F::kDetail) return EndDetailField(field, value, place);
  EndEntryField(field, value, place);
}

void CamtEntryCollector::Fail(int64_t line, absl::string_view field, absl::string_view reason,
                              absl::string_view message) {
  if (!problem_.reason.empty()) return;
  problem_ = {line, std::string(field), std::string(reason), std::string(message)};
}

std::string CamtEntryCollector::BankCode() const {
  return domain_.empty() ? proprietary_ : absl::StrCat(domain_, ".", family_, ".", sub_family_);
}

void CamtEntryCollector::Charge(size_t bytes, const Place& place) {
  bytes_ += bytes;
  if (bytes_ <= kCamtEntryBytesMax) return;
  Fail(place.line, "Ntry", kEntryTooLarge,
       absl::StrCat("the entry holds more than ", kCamtEntryBytesMax, " bytes"));
  bytes_ = 0;
  // Elements that follow in this entry still need a place that is there.
  entry_.charges = std::vector<CamtCharge>(1);
  CamtDetail placeholder;
  placeholder.charges.emplace_back();
  placeholder.fields.structured.emplace_back().documents.emplace_back();
  entry_.details = std::vector<CamtDetail>(1, placeholder);
}

std::optional<CamtAmount> CamtEntryCollector::Amount(absl::string_view text, const Place& place) {
  const absl::StatusOr<CamtAmount> amount = ParseCamtAmount(text, std::string(place.currency));
  if (amount.ok()) return *amount;
  FailAt(place, ReasonOf(amount.status()), amount.status().message());
  return std::nullopt;
}

std::optional<absl::CivilDay> CamtEntryCollector::Day(absl::string_view text, const Place& place) {
  const absl::StatusOr<absl::CivilDay> day = ParseCamtDay(text);
  if (day.ok()) return *day;
  FailAt(place, ReasonOf(day.status()), day.status().message());
  return std::nullopt;
}

std::optional<bool> CamtEntryCollector::IsCredit(absl::string_view text, const Place& place) {
  if (text == "CRDT") return true;
  if (text == "DBIT") return false;
  FailAt(place, kFieldInvalid, "neither CRDT nor DBIT");
  return std::nullopt;
}

void CamtEntryCollector::EndCharge(CamtField field, CamtField first, const std::string& value,
                                   const Place& place, std::vector<CamtCharge>* charges) {
  CamtCharge& charge = charges->back();
  const int part = static_cast<int>(field) - static_cast<int>(first);
  if (part == 1) {
    // A charge that cannot be read is none: it is beside the amount of the entry.
    const absl::StatusOr<CamtAmount> amount = ParseCamtAmount(value, std::string(place.currency));
    if (amount.ok()) charge.amount = *amount;
  } else if (part == 2) {
    charge.is_credit = value == "CRDT";
  } else if (part == 3) {
    charge.is_included = value == "true" || value == "1";
  }
}

void CamtEntryCollector::EndEntryField(CamtField field, const std::string& value, const Place& place) {
  BankTransaction& shared = entry_.shared;
  if (field >= F::kEntryCharge) return EndCharge(field, F::kEntryCharge, value, place, &entry_.charges);
  switch (field) {
    case F::kEntryRef:
      shared.entry_ref = value;
      break;
    case F::kEntryAmount:
      entry_.amount = Amount(value, place);
      break;
    case F::kEntrySide:
      entry_.is_credit = IsCredit(value, place);
      break;
    case F::kEntryReversal:
      shared.is_reversal = value == "true" || value == "1";
      if (!shared.is_reversal && value != "false" && value != "0")
        FailAt(place, kFieldInvalid, "neither true nor false");
      break;
    case F::kEntryStatus:
      if (!value.empty()) entry_.status = value;  // .08: the text around Sts/Cd is empty
      break;
    case F::kEntryBookingDay:
      entry_.booking_day = Day(value, place);
      break;
    case F::kEntryValueDay:
      entry_.value_day = Day(value, place);
      break;
    case F::kEntryServicerRef:
      shared.entry_servicer_ref = value;
      break;
    case F::kEntryDomain:
      domain_ = value;
      break;
    case F::kEntryFamily:
      family_ = value;
      break;
    case F::kEntrySubFamily:
      sub_family_ = value;
      break;
    case F::kEntryProprietary:
      proprietary_ = value;
      break;
    case F::kEntryInfo:
      shared.additional_info = value;
      break;
    case F::kEntryBatchCount: {
      const absl::StatusOr<int64_t> count = ParseDecimalMinor(value, 0);
      shared.batch_transactions += count.ok() && *count > 0 && *count < kBatchCountMax ? *count : 0;
      break;
    }
    default:
      break;
  }
}

void CamtEntryCollector::EndDetailField(CamtField field, const std::string& value, const Place& place) {
  BankTransaction& t = detail().fields;
  if (field >= F::kDetailCharge) return EndCharge(field, F::kDetailCharge, value, place, &detail().charges);
  switch (field) {
    case F::kDetailServicerRef:
      t.servicer_ref = value;
      break;
    case F::kDetailEndToEnd:
      t.end_to_end_id = IsNone(value) ? "" : value;
      break;
    case F::kDetailTransactionId:
      t.transaction_id = IsNone(value) ? "" : value;
      break;
    case F::kDetailMandate:
      t.mandate_id = IsNone(value) ? "" : value;
      break;
    case F::kDetailAmount:
      detail().amount = Amount(value, place);
      break;
    case F::kDetailTxAmount:
      if (!detail().amount) detail().amount = Amount(value, place);
      break;
    case F::kDetailInstructed:
      detail().instructed = Amount(value, place);
      break;
    case F::kDetailSide:
      detail().is_credit = IsCredit(value, place);
      break;
    case F::kDetailDebtor:
      t.debtor_name = value;
      break;
    case F::kDetailDebtorIban:
      t.debtor_account = absl::AsciiStrToUpper(value);
      break;
    case F::kDetailDebtorOther:
      if (t.debtor_account.empty()) t.debtor_account = value;
      break;
    case F::kDetailUltimateDebtor:
      t.ultimate_debtor_name = value;
      break;
    case F::kDetailCreditor:
      t.creditor_name = value;
      break;
    case F::kDetailCreditorIban:
      t.creditor_account = absl::AsciiStrToUpper(value);
      break;
    case F::kDetailCreditorOther:
      if (t.creditor_account.empty()) t.creditor_account = value;
      break;
    case F::kDetailUnstructured:
      if (!value.empty() && !IsNone(value)) t.unstructured.push_back(value);
      break;
    case F::kDetailReturnCode:
      t.return_reason = value;
      break;
    case F::kDetailInfo:
      t.additional_info = value;
      break;
    default:
      break;
  }
}

void CamtEntryCollector::EndStructuredField(CamtField field, const std::string& value, const Place& place) {
  StructuredRemittance& part = structured();
  const auto take = [&](std::optional<int64_t>* minor) {
    const std::optional<CamtAmount> amount = Amount(value, place);
    if (!amount) return;
    *minor = amount->minor;
    part.currency = amount->currency;
  };
  switch (field) {
    case F::kStructuredRef:
      part.reference = value;
      break;
    case F::kStructuredRefType:
      part.reference_type = value;
      break;
    case F::kStructuredRefIssuer:
      part.reference_issuer = value;
      break;
    case F::kDocumentType:
      part.documents.back().type = value;
      break;
    case F::kDocumentNumber:
      part.documents.back().number = value;
      break;
    case F::kRemittedAmount:
      take(&part.remitted_minor);
      break;
    case F::kCreditNoteAmount:
      take(&part.credit_note_minor);
      break;
    case F::kStructuredInfo:
      absl::StrAppend(&part.additional, part.additional.empty() ? "" : " ", value);
      break;
    default:
      break;
  }
}

}  // namespace relance::ledger
