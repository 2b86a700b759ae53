#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/ledger/readers/source_record.h"

// One electronic invoice as EN 16931 means it, whatever its syntax. BT-nn are the terms of the norm.
namespace relance::ledger {

// An identifier and the list that it is from (ISO 6523: 0002 SIREN, 0009 SIRET, 0208 Belgian enterprise);
// empty: none is named.
struct InvoiceId {
  std::string value;
  std::string scheme;

  friend bool operator==(const InvoiceId&, const InvoiceId&) = default;
};

// The seller (BG-4) or the buyer (BG-7).
struct InvoiceParty {
  std::string name;            // registered, else the trading name
  std::vector<InvoiceId> ids;  // BT-29, BT-46: as the parties call each other; account codes, SIRET, GLN
  InvoiceId legal_id;          // BT-30, BT-47
  std::string vat_id;          // BT-31, BT-48
  InvoiceId endpoint;          // BT-34, BT-49
  std::string country;         // BT-40, BT-55: ISO 3166 alpha-2 where it is one
  std::vector<std::string> address;  // lines of an envelope, without the country
  std::string contact_name, contact_phone, contact_mail;
};

struct InvoiceInstalment {
  std::optional<absl::CivilDay> due_day;
  int64_t amount_minor = 0;  // sign as the document's
};

// An early-payment discount.
struct InvoiceDiscount {
  absl::CivilDay until_day;
  int64_t amount_minor = 0;  // positive
  size_t instalment = 0;     // which of InvoiceDocument::instalments it is of
};

// Amounts are minor units of `currency`, signed as the document writes them.
struct InvoiceDocument {
  int64_t line = 1;           // of the root element
  std::string syntax;         // "ubl", "cii"
  std::string profile;        // BT-24
  std::string type_code;      // BT-3, UNTDID 1001
  std::string number;         // BT-1
  absl::CivilDay issue_day;   // BT-2
  std::string currency;       // BT-5
  int64_t total_minor = 0;    // BT-112 + BT-114: what is claimed in all
  int64_t prepaid_minor = 0;  // BT-113: of it, paid before; total - prepaid = payable
  int64_t payable_minor = 0;  // BT-115
  // At least one; their sum is payable_minor. In order of due day, none first.
  std::vector<InvoiceInstalment> instalments;
  std::vector<InvoiceDiscount> discounts;  // in order of day
  std::string terms_text;                  // BT-20, parts joined by a space
  std::vector<std::string> preceding;      // BT-25, each once
  std::string payment_means;               // BT-81, UNTDID 4461
  std::string reference;                   // BT-83
  std::string creditor_account;            // BT-84, without spaces
  std::string mandate;                     // BT-89
  InvoiceParty seller, buyer;
  bool credit = false;  // a credit note by its type; its amounts are positive all the same
  bool test = false;    // the sender says that it is a test

  // What the buyer owes by it: positive for an invoice, negative for a credit note or a negative invoice.
  int64_t owed_minor(int64_t written_minor) const { return credit ? -written_minor : written_minor; }
};

using InvoiceSink = SourceSink<InvoiceDocument>;

}  // namespace relance::ledger
