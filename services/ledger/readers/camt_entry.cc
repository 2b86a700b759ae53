#include "services/ledger/readers/camt_entry.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/time/day.h"

namespace relance::ledger {
namespace {

std::string DayText(const std::optional<absl::CivilDay>& day) { return day ? FormatCompactDay(*day) : ""; }

// Words that banks write where they have no reference.
bool IsReference(absl::string_view ref) {
  return !ref.empty() && ref != "NOTPROVIDED" && ref != "NONREF" && ref != "NONE";
}

void AddContent(const BankTransaction& t, CanonicalText* text) {
  text->Add(t.amount_minor)
      .Add(t.currency)
      .Add(t.is_credit ? "C" : "D")
      .Add(t.servicer_ref)
      .Add(t.end_to_end_id);
  text->Add(t.transaction_id).Add(t.mandate_id).Add(t.debtor_name).Add(t.debtor_account);
  text->Add(t.ultimate_debtor_name).Add(t.creditor_name).Add(t.creditor_account).Add(t.return_reason);
  text->Add(static_cast<int64_t>(t.unstructured.size()));
  for (const std::string& line : t.unstructured) text->Add(line);
  text->Add(static_cast<int64_t>(t.structured.size()));
  for (const StructuredRemittance& part : t.structured) {
    text->Add(part.reference).Add(static_cast<int64_t>(part.documents.size()));
    for (const ReferredDocument& document : part.documents) text->Add(document.number);
    text->Add(part.remitted_minor.value_or(0)).Add(part.credit_note_minor.value_or(0)).Add(part.additional);
  }
  text->Add(t.additional_info);
}

CanonicalText EntryContent(const BankTransaction& t) {
  CanonicalText text;
  text.Add("camt1").Add(t.account).Add(DayText(t.booking_day)).Add(DayText(t.value_day));
  text.Add(t.is_reversal ? "R" : "").Add(t.bank_code).Add(t.entry_servicer_ref);
  return text;
}

bool AddsUp(const CamtEntry& entry) {
  int64_t sum = 0;
  for (const CamtDetail& detail : entry.details) {
    if (!detail.amount || detail.amount->currency != entry.amount->currency) return false;
    const bool same_side = detail.is_credit.value_or(*entry.is_credit) == *entry.is_credit;
    sum = AddSaturated(sum, same_side ? detail.amount->minor : -detail.amount->minor);
  }
  return sum == entry.amount->minor;
}

// Fills what the detail's record shares with its entry.
BankTransaction Complete(const CamtEntry& entry, BankTransaction fields) {
  const BankTransaction& shared = entry.shared;
  fields.line = entry.line;
  fields.statement_id = shared.statement_id;
  fields.account = shared.account;
  fields.amount_minor = entry.amount->minor;
  fields.currency = entry.amount->currency;
  fields.is_credit = *entry.is_credit;
  fields.is_reversal = shared.is_reversal;
  fields.booking_day = *entry.booking_day;
  fields.value_day = entry.value_day;
  fields.batch_transactions = shared.batch_transactions;
  fields.entry_ref = shared.entry_ref;
  fields.entry_servicer_ref = shared.entry_servicer_ref;
  if (fields.bank_code.empty()) fields.bank_code = shared.bank_code;
  if (fields.additional_info.empty()) fields.additional_info = shared.additional_info;
  return fields;
}

BankTransaction MakeSingle(const CamtEntry& entry, CamtDetail detail) {
  BankTransaction record = Complete(entry, std::move(detail.fields));
  const auto differs = [&](const std::optional<CamtAmount>& amount) {
    return amount && (amount->minor != record.amount_minor || amount->currency != record.currency);
  };
  const std::optional<CamtAmount>& original = differs(detail.instructed) ? detail.instructed : detail.amount;
  if (differs(original)) {
    record.original_minor = original->minor;
    record.original_currency = original->currency;
  }
  return record;
}

BankTransaction MakeUnsplit(const CamtEntry& entry) {
  BankTransaction record = Complete(entry, {});
  for (const CamtDetail& detail : entry.details) {
    record.unstructured.insert(record.unstructured.end(), detail.fields.unstructured.begin(),
                               detail.fields.unstructured.end());
    record.structured.insert(record.structured.end(), detail.fields.structured.begin(),
                             detail.fields.structured.end());
    if (record.return_reason.empty()) record.return_reason = detail.fields.return_reason;
  }
  return record;
}

void Identify(CamtRecords* records, CamtIdentity* identity) {
  const BankTransaction& first = records->transactions.front();
  CanonicalText whole = EntryContent(first);
  for (const BankTransaction& t : records->transactions) AddContent(t, &whole);

  const bool alone = records->transactions.size() == 1;
  std::string ref = first.entry_servicer_ref;
  if (!IsReference(ref) && alone) ref = first.servicer_ref;
  std::string base;
  if (IsReference(ref)) {
    base = absl::StrCat(first.account, "/", ref);
    const uint32_t before = identity->servicer_refs.Next(SourceHash(base));
    records->servicer_ref_repeated = before > 0;
    if (before > 0) absl::StrAppend(&base, "+", before);
  } else {
    const uint64_t hash = SourceHash(whole.text());
    base = absl::StrFormat("%s/#%016x+%u", first.account, hash, identity->equal_contents.Next(hash));
  }

  for (size_t i = 0; i < records->transactions.size(); ++i) {
    BankTransaction& t = records->transactions[i];
    t.transaction_index = static_cast<int32_t>(i);
    t.transaction_count = static_cast<int32_t>(records->transactions.size());
    t.key = absl::StrCat(base, "/", i);
    CanonicalText content = EntryContent(t);
    AddContent(t, &content);
    t.content_hash = SourceHash(content.text());
  }
}

}  // namespace

CamtRecords MakeBankTransactions(CamtEntry entry, CamtIdentity* identity) {
  CamtRecords records;
  if (entry.details.empty()) {
    records.transactions.push_back(Complete(entry, {}));
  } else if (entry.details.size() == 1) {
    CamtDetail detail = std::move(entry.details.front());
    records.transactions.push_back(MakeSingle(entry, std::move(detail)));
  } else if (!AddsUp(entry)) {
    records.not_split = true;
    records.transactions.push_back(MakeUnsplit(entry));
  } else {
    records.transactions.reserve(entry.details.size());
    for (CamtDetail& detail : entry.details) {
      BankTransaction t = Complete(entry, std::move(detail.fields));
      t.amount_minor = detail.amount->minor;
      t.is_credit = detail.is_credit.value_or(*entry.is_credit);
      if (detail.instructed &&
          (detail.instructed->minor != t.amount_minor || detail.instructed->currency != t.currency)) {
        t.original_minor = detail.instructed->minor;
        t.original_currency = detail.instructed->currency;
      }
      records.transactions.push_back(std::move(t));
    }
  }
  Identify(&records, identity);
  return records;
}

}  // namespace relance::ledger
