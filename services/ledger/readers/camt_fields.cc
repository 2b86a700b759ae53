#include "services/ledger/readers/camt_fields.h"

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"

namespace relance::ledger {
namespace {

using F = CamtField;
using Rows = std::initializer_list<std::pair<const char*, CamtField>>;

constexpr Rows kStatement = {
    {"Id", F::kStatementId},
    {"Acct/Id/IBAN", F::kAccountIban},
    {"Acct/Id/Othr/Id", F::kAccountOther},
    {"Acct/Ccy", F::kAccountCurrency},
    {"Bal", F::kBalance},
    {"Bal/Tp/CdOrPrtry/Cd", F::kBalanceType},
    {"Bal/Amt", F::kBalanceAmount},
    {"Bal/CdtDbtInd", F::kBalanceSide},
    {"Bal/Dt/Dt", F::kBalanceDay},
    {"Bal/Dt/DtTm", F::kBalanceDay},
};

constexpr Rows kEntry = {
    {"Ntry", F::kEntry},
    {"Ntry/NtryRef", F::kEntryRef},
    {"Ntry/Amt", F::kEntryAmount},
    {"Ntry/CdtDbtInd", F::kEntrySide},
    {"Ntry/RvslInd", F::kEntryReversal},
    {"Ntry/Sts", F::kEntryStatus},
    {"Ntry/Sts/Cd", F::kEntryStatus},
    {"Ntry/Sts/Prtry", F::kEntryStatus},
    {"Ntry/BookgDt/Dt", F::kEntryBookingDay},
    {"Ntry/BookgDt/DtTm", F::kEntryBookingDay},
    {"Ntry/ValDt/Dt", F::kEntryValueDay},
    {"Ntry/ValDt/DtTm", F::kEntryValueDay},
    {"Ntry/AcctSvcrRef", F::kEntryServicerRef},
    {"Ntry/BkTxCd/Domn/Cd", F::kEntryDomain},
    {"Ntry/BkTxCd/Domn/Fmly/Cd", F::kEntryFamily},
    {"Ntry/BkTxCd/Domn/Fmly/SubFmlyCd", F::kEntrySubFamily},
    {"Ntry/BkTxCd/Prtry/Cd", F::kEntryProprietary},
    {"Ntry/AddtlNtryInf", F::kEntryInfo},
    {"Ntry/NtryDtls/Btch/NbOfTxs", F::kEntryBatchCount},
    {"Ntry/Chrgs", F::kEntryCharge},  // .02: one each; later versions put each into a Rcrd
    {"Ntry/Chrgs/Amt", F::kEntryChargeAmount},
    {"Ntry/Chrgs/CdtDbtInd", F::kEntryChargeSide},
    {"Ntry/Chrgs/Rcrd", F::kEntryCharge},
    {"Ntry/Chrgs/Rcrd/Amt", F::kEntryChargeAmount},
    {"Ntry/Chrgs/Rcrd/CdtDbtInd", F::kEntryChargeSide},
    {"Ntry/Chrgs/Rcrd/ChrgInclInd", F::kEntryChargeIncluded},
};

// Below Ntry/NtryDtls/TxDtls.
constexpr Rows kDetail = {
    {"Refs/AcctSvcrRef", F::kDetailServicerRef},
    {"Refs/EndToEndId", F::kDetailEndToEnd},
    {"Refs/TxId", F::kDetailTransactionId},
    {"Refs/MndtId", F::kDetailMandate},
    {"Amt", F::kDetailAmount},
    {"CdtDbtInd", F::kDetailSide},
    {"AmtDtls/TxAmt/Amt", F::kDetailTxAmount},
    {"AmtDtls/InstdAmt/Amt", F::kDetailInstructed},
    {"RltdPties/Dbtr/Nm", F::kDetailDebtor},
    {"RltdPties/Dbtr/Pty/Nm", F::kDetailDebtor},
    {"RltdPties/DbtrAcct/Id/IBAN", F::kDetailDebtorIban},
    {"RltdPties/DbtrAcct/Id/Othr/Id", F::kDetailDebtorOther},
    {"RltdPties/UltmtDbtr/Nm", F::kDetailUltimateDebtor},
    {"RltdPties/UltmtDbtr/Pty/Nm", F::kDetailUltimateDebtor},
    {"RltdPties/Cdtr/Nm", F::kDetailCreditor},
    {"RltdPties/Cdtr/Pty/Nm", F::kDetailCreditor},
    {"RltdPties/CdtrAcct/Id/IBAN", F::kDetailCreditorIban},
    {"RltdPties/CdtrAcct/Id/Othr/Id", F::kDetailCreditorOther},
    {"RmtInf/Ustrd", F::kDetailUnstructured},
    {"RmtInf/Strd", F::kStructured},
    {"RmtInf/Strd/CdtrRefInf/Ref", F::kStructuredRef},
    {"RmtInf/Strd/CdtrRefInf/Tp/CdOrPrtry/Cd", F::kStructuredRefType},
    {"RmtInf/Strd/CdtrRefInf/Tp/CdOrPrtry/Prtry", F::kStructuredRefType},
    {"RmtInf/Strd/CdtrRefInf/Tp/Issr", F::kStructuredRefIssuer},
    {"RmtInf/Strd/RfrdDocInf", F::kDocument},
    {"RmtInf/Strd/RfrdDocInf/Tp/CdOrPrtry/Cd", F::kDocumentType},
    {"RmtInf/Strd/RfrdDocInf/Nb", F::kDocumentNumber},
    {"RmtInf/Strd/RfrdDocAmt/RmtdAmt", F::kRemittedAmount},
    {"RmtInf/Strd/RfrdDocAmt/CdtNoteAmt", F::kCreditNoteAmount},
    {"RmtInf/Strd/AddtlRmtInf", F::kStructuredInfo},
    {"RtrInf/Rsn/Cd", F::kDetailReturnCode},
    {"RtrInf/Rsn/Prtry", F::kDetailReturnCode},
    {"AddtlTxInf", F::kDetailInfo},
    {"Chrgs", F::kDetailCharge},
    {"Chrgs/Amt", F::kDetailChargeAmount},
    {"Chrgs/CdtDbtInd", F::kDetailChargeSide},
    {"Chrgs/Rcrd", F::kDetailCharge},
    {"Chrgs/Rcrd/Amt", F::kDetailChargeAmount},
    {"Chrgs/Rcrd/CdtDbtInd", F::kDetailChargeSide},
    {"Chrgs/Rcrd/ChrgInclInd", F::kDetailChargeIncluded},
};

}  // namespace

CamtField CamtFieldAt(absl::string_view path) {
  static const auto* const kFields = [] {
    auto* fields = new absl::flat_hash_map<std::string, CamtField>;
    for (const Rows& rows : {kStatement, kEntry}) {
      for (const auto& [name, field] : rows) fields->emplace(name, field);
    }
    fields->emplace("Ntry/NtryDtls/TxDtls", F::kDetail);
    for (const auto& [name, field] : kDetail)
      fields->emplace(absl::StrCat("Ntry/NtryDtls/TxDtls/", name), field);
    return fields;
  }();
  const auto found = kFields->find(path);
  return found == kFields->end() ? F::kNone : found->second;
}

}  // namespace relance::ledger
