#pragma once

#include "absl/strings/string_view.h"

namespace relance::ledger {

// The elements of a Stmt (of camt.054: Ntfctn) that are read. The same for all versions: where .08 puts a
// party one level deeper (Dbtr/Pty) or splits a code (Sts/Cd), both paths name one field.
enum class CamtField {
  kNone,
  // Stmt
  kStatementId,
  kAccountIban,
  kAccountOther,
  kAccountCurrency,
  kBalanceType,
  kBalanceAmount,
  kBalanceSide,
  kBalanceDay,
  kBalance,
  // Ntry
  kEntry,
  kEntryRef,
  kEntryAmount,
  kEntrySide,
  kEntryReversal,
  kEntryStatus,
  kEntryBookingDay,
  kEntryValueDay,
  kEntryServicerRef,
  kEntryDomain,
  kEntryFamily,
  kEntrySubFamily,
  kEntryProprietary,
  kEntryInfo,
  kEntryBatchCount,
  kEntryCharge,
  kEntryChargeAmount,
  kEntryChargeSide,
  kEntryChargeIncluded,
  // TxDtls
  kDetail,
  kDetailServicerRef,
  kDetailEndToEnd,
  kDetailTransactionId,
  kDetailMandate,
  kDetailAmount,
  kDetailSide,
  kDetailTxAmount,
  kDetailInstructed,
  kDetailDebtor,
  kDetailDebtorIban,
  kDetailDebtorOther,
  kDetailUltimateDebtor,
  kDetailCreditor,
  kDetailCreditorIban,
  kDetailCreditorOther,
  kDetailUnstructured,
  kDetailReturnCode,
  kDetailInfo,
  kDetailCharge,
  kDetailChargeAmount,
  kDetailChargeSide,
  kDetailChargeIncluded,
  // Strd
  kStructured,
  kStructuredRef,
  kStructuredRefType,
  kStructuredRefIssuer,
  kDocument,
  kDocumentType,
  kDocumentNumber,
  kRemittedAmount,
  kCreditNoteAmount,
  kStructuredInfo,
};

// The field at `path` below Stmt ("Ntry/Amt"), or kNone.
CamtField CamtFieldAt(absl::string_view path);

}  // namespace relance::ledger
