#include "services/ledger/quality/finding.h"

#include "common/status/check.h"

namespace relance::ledger {

const std::vector<KindOfFinding>& KindsOfFindings() {
  constexpr auto kLow = v1::QUALITY_SEVERITY_LOW;
  constexpr auto kMedium = v1::QUALITY_SEVERITY_MEDIUM;
  constexpr auto kHigh = v1::QUALITY_SEVERITY_HIGH;
  static const auto& kinds = *new std::vector<KindOfFinding>{
      {v1::QUALITY_KIND_DUPLICATE_NUMBER, kHigh, "duplicate_number", "one number twice"},
      {v1::QUALITY_KIND_DUPLICATE_CONTENT, kMedium, "duplicate_content",
       "one amount and date under two numbers"},
      {v1::QUALITY_KIND_DUE_DATE_MISSING, kMedium, "due_date_missing", "no due date"},
      {v1::QUALITY_KIND_CONTACT_MISSING, kMedium, "contact_missing", "nobody to write to"},
      {v1::QUALITY_KIND_MAIL_MISSING, kMedium, "mail_missing", "no mail address"},
      {v1::QUALITY_KIND_ADDRESS_MISSING, kLow, "address_missing", "no postal address"},
      {v1::QUALITY_KIND_DATE_IMPOSSIBLE, kMedium, "date_impossible", "impossible dates"},
      {v1::QUALITY_KIND_LEGAL_ID_INVALID, kLow, "legal_id_invalid", "invalid company number"},
      {v1::QUALITY_KIND_VAT_ID_INVALID, kLow, "vat_id_invalid", "invalid VAT number"},
      {v1::QUALITY_KIND_IBAN_INVALID, kLow, "iban_invalid", "invalid IBAN"},
      {v1::QUALITY_KIND_TERMS_BEYOND_LAW, kLow, "terms_beyond_law", "terms beyond the law"},
      {v1::QUALITY_KIND_CREDIT_OLD, kMedium, "credit_old", "old unapplied credits"},
      {v1::QUALITY_KIND_RESIDUE, kLow, "residue", "small residues"},
      {v1::QUALITY_KIND_LIMITATION_NEAR, kHigh, "limitation_near", "lapse soon"},
      {v1::QUALITY_KIND_LIMITATION_PASSED, kHigh, "limitation_passed", "have lapsed"},
      {v1::QUALITY_KIND_ACCOUNT_IN_CREDIT, kMedium, "account_in_credit", "accounts in credit"},
      {v1::QUALITY_KIND_SPECIALIST_TOO_OLD, kHigh, "specialist_too_old", "too old for the house"},
      {v1::QUALITY_KIND_SPECIALIST_IRRECOVERABLE, kHigh, "specialist_irrecoverable", "insolvent debtors"},
      {v1::QUALITY_KIND_PAYMENT_RETURNED_TWICE, kMedium, "payment_returned_twice", "payments returned twice"},
      {v1::QUALITY_KIND_CREDIT_NOTE_WITHOUT_INVOICE, kLow, "credit_note_without_invoice",
       "credit notes without an invoice"},
      {v1::QUALITY_KIND_MONEY_UNIDENTIFIED, kHigh, "money_unidentified", "money of unknown payers"},
      {v1::QUALITY_KIND_BOOKS_DISAGREE, kHigh, "books_disagree", "not what the books say"},
      {v1::QUALITY_KIND_DISPUTE_OLD, kMedium, "dispute_old", "old disputes"},
      {v1::QUALITY_KIND_STATEMENT_MISSING, kHigh, "statement_missing", "bank statements missing"},
  };
  return kinds;
}

const KindOfFinding& AboutKind(v1::QualityKind kind) {
  for (const KindOfFinding& about : KindsOfFindings()) {
    if (about.kind == kind) return about;
  }
  RELANCE_CHECK(false);
  return KindsOfFindings().front();
}

}  // namespace relance::ledger
