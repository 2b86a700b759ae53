#pragma once

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/scenario/render/message.h"

// Messages for tests; each test changes what it is about.
namespace relance::scenario::render {

inline Money Eur(int64_t minor) { return {minor, "EUR"}; }
inline Money Usd(int64_t minor) { return {minor, "USD"}; }

inline Item OverdueItem(std::string number, absl::CivilDay issued, absl::CivilDay due, Money original,
                        Money open) {
  return Item{std::move(number), issued, due, std::move(original), std::move(open), false};
}

// A reminder of 2 June 2025 about two items, one of them partly paid, both overdue.
inline Message ExampleReminder() {
  Message m;
  m.contact_key = "main/411OEUVRE/1/reminder";
  m.kind = StepKind::kReminder;
  m.date = absl::CivilDay(2025, 6, 2);
  m.account = "411OEUVRE";
  m.sender.legal_name = "Ateliers Brunet & Fils";
  m.sender.legal_mentions = "SAS au capital de 500 000 € – RCS Nantes";
  m.sender.address_lines = {"12 quai de la Fosse", "44000 NANTES", "France"};
  m.sender.city = "Nantes";
  m.sender.siren = "732829320";
  m.sender.vat_number = "FR44732829320";
  m.sender.iban = "FR7630006000011234567890189";
  m.sender.bic = "AGRIFRPP882";
  m.sender.phone = "02 40 00 00 00";
  m.sender.email = "comptabilite@ateliers-brunet.example";
  m.sender.reply_to = "claire.dubois@ateliers-brunet.example";
  m.sender.interlocutor_name = "Claire Dubois";
  m.sender.interlocutor_role = "Responsable du crédit clients";
  m.recipient.company = "Manufacture d'Œuvres Réunies";
  m.recipient.contact = "Mme Hélène Lefèvre";
  m.recipient.address_lines = {"Service comptabilité fournisseurs", "8 rue de l'Église", "59000 LILLE",
                               "France"};
  m.recipient.email = "compta@oeuvres-reunies.example";
  m.recipient.language = "fr";
  m.items = {OverdueItem("FA-2025-0312", absl::CivilDay(2025, 3, 1), absl::CivilDay(2025, 3, 31),
                         Eur(1250000), Eur(1250000)),
             OverdueItem("FA-2025-0288", absl::CivilDay(2025, 2, 12), absl::CivilDay(2025, 3, 14),
                         Eur(480000), Eur(123456))};
  m.payment_reference = "RF18539007547034";
  m.deadline = absl::CivilDay(2025, 6, 12);
  m.next_step = NextStep::kCall;
  return m;
}

inline Message ExamplePreDue() {
  Message m = ExampleReminder();
  m.contact_key = "main/411OEUVRE/1/pre-due";
  m.kind = StepKind::kPreDue;
  m.items = {OverdueItem("FA-2025-0411", absl::CivilDay(2025, 5, 9), absl::CivilDay(2025, 6, 9), Eur(342050),
                         Eur(342050))};
  m.deadline.reset();
  m.next_step = NextStep::kNone;
  return m;
}

// With interest in two segments, indemnities, a disputed item, one not yet due, a credit note.
inline Message ExampleFinalNotice() {
  Message m = ExampleReminder();
  m.contact_key = "main/411OEUVRE/1/final-notice";
  m.kind = StepKind::kFinalNotice;
  m.date = absl::CivilDay(2025, 7, 21);
  m.deadline = absl::CivilDay(2025, 8, 4);
  m.next_step = NextStep::kCollection;
  m.sender.interlocutor_role = "Directrice du crédit";
  m.items.push_back(OverdueItem("FA-2025-0301", absl::CivilDay(2025, 2, 20), absl::CivilDay(2025, 3, 22),
                                Eur(99900), Eur(99900)));
  m.items.back().disputed = true;
  m.not_yet_due = {OverdueItem("FA-2025-0502", absl::CivilDay(2025, 7, 1), absl::CivilDay(2025, 7, 31),
                               Eur(210000), Eur(210000))};
  m.credits = {{Credit::Kind::kCreditNote, "AV-2025-0031", absl::CivilDay(2025, 5, 6), Eur(15000)}};
  m.interest = {{"FA-2025-0288", absl::CivilDay(2025, 3, 15), absl::CivilDay(2025, 6, 30), 108, Eur(123456),
                 1315, Eur(4804)},
                {"FA-2025-0288", absl::CivilDay(2025, 7, 1), absl::CivilDay(2025, 7, 21), 21, Eur(123456),
                 1215, Eur(863)},
                {"FA-2025-0312", absl::CivilDay(2025, 4, 1), absl::CivilDay(2025, 6, 30), 91, Eur(1250000),
                 1315, Eur(40981)},
                {"FA-2025-0312", absl::CivilDay(2025, 7, 1), absl::CivilDay(2025, 7, 21), 21, Eur(1250000),
                 1215, Eur(8738)}};
  m.indemnities = {{"FA-2025-0288", Eur(4000)}, {"FA-2025-0312", Eur(4000)}};
  return m;
}

// `count` overdue items of 100.01, 100.02, ... EUR.
inline Message ExampleOfManyItems(int count) {
  Message m = ExampleReminder();
  m.items.clear();
  for (int i = 1; i <= count; ++i) {
    const absl::CivilDay due = absl::CivilDay(2025, 1, 1) + i % 120;
    m.items.push_back(
        OverdueItem(absl::StrFormat("FA-2025-%04d", i), due - 30, due, Eur(10000 + i), Eur(10000 + i)));
  }
  return m;
}

}  // namespace relance::scenario::render
