#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace relance::samples {

// One structured part of what a payer wrote. Empty fields are left out.
struct StructuredRemittance {
  enum class Scheme { kNone, kCreditorReference, kBelgian };
  Scheme scheme = Scheme::kNone;
  std::string reference;        // RF... or twelve digits; with scheme kNone there is none
  std::string document_number;  // the creditor's invoice or credit note
  bool credit_note = false;
  int64_t remitted_minor = 0;  // how much of the payment is for the document; only written with a document
};

struct StatementEntry {
  enum class Kind { kTransfer, kCheque, kReturn };
  Kind kind = Kind::kTransfer;
  std::string reference;      // the bank's own, unique in the account: the key of the payment
  std::string end_to_end_id;  // empty is written as NOTPROVIDED
  int64_t amount_minor = 0;   // positive; a kReturn is a debit that reverses a credit, all else is a credit
  std::string payer_name;
  std::string payer_iban;     // empty for cheques
  std::string cheque_number;  // kCheque only
  std::string return_reason;  // kReturn only, an ISO external code such as AC04
  std::vector<StructuredRemittance> structured;
  std::string free_text;  // cut into parts of 140 bytes at spaces
  std::string bank_text;  // what the bank prints on paper; empty for none
};

// One banking day of one account.
struct Statement {
  std::string label;  // the comment at the top of the file
  std::string id;
  int sequence = 1;
  absl::CivilDay day;
  std::string iban;
  std::string owner;
  std::string currency = "EUR";
  int64_t opening_minor = 0;
  std::vector<StatementEntry> entries;
};

// Opening balance plus credits minus returns.
int64_t ClosingMinor(const Statement& statement);

// The statement as one ISO 20022 camt.053.001.08 document, UTF-8, LF. All entries are booked that day.
std::string RenderStatement(const Statement& statement);

// `text` for use between XML tags or in an attribute.
std::string EscapeXml(absl::string_view text);

}  // namespace relance::samples
