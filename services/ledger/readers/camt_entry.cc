#include "services/ledger/readers/camt_entry.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/time/day.h"
#include "services/ledger/readers/transaction_content.h"

namespace relance::ledger {
namespace {

std::string DayText(const std::optional<absl::CivilDay>& day) { return day ? FormatCompactDay(*day) : ""; }

// Words that banks write where they have no reference.
bool IsReference(absl::string_view ref) {
  return !ref.empty() && ref != "NOTPROVIDED" && ref != "NONREF" && ref != "NONE";
}

CanonicalText EntryContent(const BankTransaction& t) {
  CanonicalText text;
  text.Add("camt1").Add(t.account).Add(DayText(t.booking_day)).Add(DayText(t.value_day));
  text.Add(t.is_reversal ? "R" : "").Add(t.bank_code).Add(t.entry_servicer_ref);
  return text;
}

// Subfamilies of charges, commissions, interest and taxes.
bool IsChargeCode(absl::string_view code) {
  static constexpr absl::string_view kCodes[] = {"CHRG", "COMM", "COME", "COMI",
                                                 "COMT", "FEES", "INTR", "TAXE"};
  const size_t dot = code.rfind('.');
  if (dot == absl::string_view::npos) return false;
  return std::find(std::begin(kCodes), std::end(kCodes), code.substr(dot + 1)) != std::end(kCodes);
}

// The charges in the currency of the entry that the bank kept back or took: those that are marked as
// included, or all when none is marked.
struct Charges {
  int64_t minor = 0;
  bool is_included = false;
};
Charges ChargesOf(const CamtEntry& entry, const std::vector<CamtCharge>& charges) {
  Charges all, included;
  included.is_included = true;
  for (const CamtCharge& charge : charges) {
    if (!charge.amount || charge.amount->currency != entry.amount->currency || charge.is_credit) continue;
    all.minor = AddSaturated(all.minor, charge.amount->minor);
    if (charge.is_included) included.minor = AddSaturated(included.minor, charge.amount->minor);
  }
  return included.minor > 0 ? included : all;
}

// What the details say that moved less what moved, in the direction of the entry; nullopt when they cannot be
// added.
std::optional<int64_t> Excess(const CamtEntry& entry) {
  int64_t sum = 0;
  for (const CamtDetail& detail : entry.details) {
    if (!detail.amount || detail.amount->currency != entry.amount->currency) return std::nullopt;
    const bool same_side = detail.is_credit.value_or(*entry.is_credit) == *entry.is_credit;
    sum = AddSaturated(sum, same_side ? detail.amount->minor : -detail.amount->minor);
  }
  return AddSaturated(sum, -entry.amount->minor);
}

// Whether the details are the entry: they add up to it, or do so before its charges.
bool IsSplit(const CamtEntry& entry, const std::optional<int64_t>& excess) {
  if (!excess) return false;
  if (*excess == 0) return true;
  const int64_t charges = ChargesOf(entry, entry.charges).minor;
  return charges > 0 && *excess == (*entry.is_credit ? charges : -charges);
}

// Fills what the detail's record shares with its entry.
BankTransaction Complete(const CamtEntry& entry, BankTransaction fields) {
  const BankTransaction& shared = entry.shared;
  fields.line = entry.line;
  fields.source = shared.source;
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
  fields.is_charge = IsChargeCode(fields.bank_code);
  return fields;
}

// Charges that are within what moved: marked so, or the difference to what the payer instructed.
void TakeCharges(const Charges& charges, BankTransaction* t) {
  if (charges.minor <= 0 || charges.minor > kAmountMinorMax) return;
  const int64_t paid = t->is_credit ? t->amount_minor + charges.minor : t->amount_minor - charges.minor;
  const bool is_difference =
      t->original_minor.has_value() && t->original_currency == t->currency && *t->original_minor == paid;
  if (paid > 0 && (charges.is_included || is_difference)) t->charges_minor = charges.minor;
}

// The charges of an entry whose details are as they were before them.
BankTransaction MakeCharge(const CamtEntry& entry, int64_t minor) {
  BankTransaction record = Complete(entry, {});
  record.amount_minor = minor;
  record.is_credit = false;
  record.is_charge = true;
  record.is_reversal = false;
  return record;
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
  const Charges own = ChargesOf(entry, detail.charges);
  TakeCharges(own.minor > 0 ? own : ChargesOf(entry, entry.charges), &record);
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
  for (const BankTransaction& t : records->transactions) AddTransactionContent(t, &whole);

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
    AddTransactionContent(t, &content);
    t.content_hash = SourceHash(content.text());
  }
}

}  // namespace

CamtRecords MakeBankTransactions(CamtEntry entry, CamtIdentity* identity) {
  CamtRecords records;
  if (entry.details.empty()) {
    records.transactions.push_back(Complete(entry, {}));
    TakeCharges(ChargesOf(entry, entry.charges), &records.transactions.back());
  } else if (entry.details.size() == 1) {
    CamtDetail detail = std::move(entry.details.front());
    records.transactions.push_back(MakeSingle(entry, std::move(detail)));
  } else if (const std::optional<int64_t> excess = Excess(entry); !IsSplit(entry, excess)) {
    records.not_split = true;
    records.transactions.push_back(MakeUnsplit(entry));
  } else {
    records.transactions.reserve(entry.details.size() + 1);
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
    if (*excess != 0) records.transactions.push_back(MakeCharge(entry, std::abs(*excess)));
  }
  Identify(&records, identity);
  return records;
}

}  // namespace relance::ledger
