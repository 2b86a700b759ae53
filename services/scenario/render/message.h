#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/money/money.h"

// What one contact says, as plain values. The caller decides; rendering only puts it into words and on paper.
namespace relance::scenario::render {

inline constexpr size_t kItemsMax = 2'000;    // items, not-yet-due items, credits, claims: each
inline constexpr size_t kNameBytesMax = 300;  // names, numbers, addresses: each field
inline constexpr size_t kTextBytesMax = 2'000;
inline constexpr size_t kAddressLinesMax = 7;

enum class StepKind { kPreDue, kReminder, kFinalNotice };

// Whose rules on late payment a final notice cites.
enum class Law { kFrance, kBelgium };

// What the scenario will really do after the deadline. A message announces this and nothing else.
enum class NextStep { kNone, kCall, kFinalNotice, kCollection, kLegal };

// The creditor, and the voice that speaks for it. Optional fields are empty when absent.
struct Sender {
  std::string legal_name;
  std::string legal_mentions;  // optional, footer: "SAS au capital de 500 000 € – RCS Nantes"
  std::vector<std::string> address_lines;
  std::string city;   // optional: "Nantes, le 2 juin 2025"
  std::string siren;  // under Belgian law: the enterprise number
  std::string vat_number;
  std::string iban;
  std::string bic;  // optional
  std::string phone;
  std::string email;     // From; its domain is that of the Message-ID
  std::string reply_to;  // optional; empty: answers go to `email`
  std::string interlocutor_name;
  std::string interlocutor_role;
  std::string language = "fr";  // used when the recipient's language has no texts
};

struct Recipient {
  std::string company;
  std::string contact;                     // optional
  std::vector<std::string> address_lines;  // without company and contact; needed for a letter only
  std::string email;                       // needed for e-mail only
  std::string language;                    // fr, nl, en, de; empty or without texts: the sender's
};

struct Item {
  std::string number;
  std::optional<absl::CivilDay> issue_date;
  absl::CivilDay due_date;
  Money original;
  Money open;             // what is asked: today's balance, above 0, never the original amount
  bool disputed = false;  // listed apart, for the record; not in any total that is asked for
};

// Money of the debtor that settles no item yet. Shown, never netted: only the debtor or the ledger allocates
// it.
struct Credit {
  enum class Kind { kCreditNote, kPayment };
  Kind kind = Kind::kCreditNote;
  std::string reference;
  absl::CivilDay date;
  Money open;  // above 0
};

// One segment of interest: `days` from `from` to `to` inclusive at one principal and one rate.
struct InterestLine {
  std::string item_number;
  absl::CivilDay from;
  absl::CivilDay to;
  int days = 0;
  Money principal;
  int32_t rate_bps = 0;  // 1315 is 13.15 % a year
  Money amount;
};

struct Indemnity {
  std::string item_number;
  Money amount;
};

struct Message {
  std::string contact_key;  // account x cycle x step; decides the Message-ID and the file name
  StepKind kind = StepKind::kReminder;
  std::string text_key;  // template of this name; empty: pre_due, reminder or final_notice by `kind`
  Law law = Law::kFrance;
  std::string legal_basis;  // replaces the standard text of `law` (public debtor, other country); optional
  absl::CivilDay date;      // the tenant's business date; interest is stated up to it
  std::string account;      // the debtor's account code at the creditor
  Sender sender;
  Recipient recipient;
  std::vector<Item> items;        // pre-due: what falls due; else: what is overdue on `date`
  std::vector<Item> not_yet_due;  // for information, shown apart
  std::vector<Credit> credits;
  std::vector<InterestLine> interest;  // only what the ledger holds as claimed
  std::vector<Indemnity> indemnities;
  std::string payment_reference;           // RF..., +++...+++; printed in groups when RF
  std::optional<absl::CivilDay> deadline;  // "at the latest on"; required but for pre-due
  NextStep next_step = NextStep::kNone;
  std::string next_step_by;  // optional: name of the agency or officer that would take over
};

// 0 on the due date itself and before.
inline int64_t DaysLate(const Item& item, absl::CivilDay date) {
  return date > item.due_date ? date - item.due_date : 0;
}

}  // namespace relance::scenario::render
