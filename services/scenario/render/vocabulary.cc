#include "services/scenario/render/vocabulary.h"

namespace relance::scenario::render {

const Vocabulary& TemplateVocabulary() {
  static const Vocabulary* const kVocabulary = [] {
    auto* vocabulary = new Vocabulary();
    vocabulary->texts = {
        "account",   // the debtor's account code
        "date",      // long day of the message
        "deadline",  // long day; absent without one
        "iban",      // in groups of four
        "interlocutor_name",
        "interlocutor_role",
        "item_count",      // items asked for
        "item_number",     // of the only item asked for; absent when there are several
        "legal_basis",     // absent: use the standard text of law_fr or law_be
        "first_due_date",  // long day: the earliest due date among the items asked for
        "last_due_date",   // long day: the latest one; absent when it is the first
        "next_step_by",    // who would take over; absent when not named
        "payment_reference",
        "recipient_company",
        "recipient_contact",
        "reply_to",
        "sender_name",
        "sender_phone",
        "total_claimed",  // open amounts asked for, one per currency: "1 200,00 € et USD 50.00"
        "total_credits",
        "total_due",  // total_claimed + total_interest + total_indemnities
        "total_indemnities",
        "total_interest",
    };
    for (const std::string& block : BlockNames()) vocabulary->texts.insert(block);
    vocabulary->flags = {
        "email",     // the channel: e-mail ...
        "letter",    // ... or paper
        "one_item",  // exactly one item is asked for
        "several_currencies",
        "has_partial",  // an item asked for is partly paid
        "has_credits",
        "has_disputed",
        "has_not_yet_due",
        "has_claims",  // interest or indemnities are stated
        "law_fr",
        "law_be",
        "next_call",  // what the scenario really does next, at most one of these
        "next_final_notice",
        "next_collection",
        "next_legal",
    };
    return vocabulary;
  }();
  return *kVocabulary;
}

const std::vector<std::string>& BlockNames() {
  static const auto* const kNames = new std::vector<std::string>{
      "items_table",     // what is asked for, one table per currency with its total
      "disputed_table",  // for the record, no total
      "not_yet_due_table", "credits_table",
      "claims_table",   // interest by segment and indemnity by item
      "summary_table",  // items + interest + indemnities, per currency
      "payment",        // beneficiary, IBAN, reference
  };
  return *kNames;
}

const std::vector<std::string>& LabelNames() {
  static const auto* const kNames = new std::vector<std::string>{
      "account",
      "amount",
      "beneficiary",
      "bic",
      "brought_forward",
      "carried_forward",
      "claim_kind",
      "contact",
      "credit_note",
      "date",
      "days",
      "days_late",
      "due_date",
      "email",
      "enterprise_number",  // instead of "siren" under Belgian law
      "iban",
      "indemnity",
      "interest",
      "issue_date",
      "item",
      "open_amount",
      "original_amount",
      "page",
      "payment_on_account",
      "payment_reference",
      "period",
      "phone",
      "principal",
      "rate",
      "reference",
      "siren",
      "subject",
      "summary_due",
      "summary_indemnities",
      "summary_interest",
      "summary_items",
      "title_claims",
      "title_credits",
      "title_disputed",
      "title_items",
      "title_items_pre_due",
      "title_not_yet_due",
      "title_payment",
      "title_summary",
      "total",
      "vat_number",
  };
  return *kNames;
}

}  // namespace relance::scenario::render
