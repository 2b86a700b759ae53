#include "tools/match_report/made_up_money.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/identifiers/reference.h"
#include "common/status/check.h"
#include "services/ledger/account_sum.h"

namespace relance::match_report {
namespace {

using ledger::IncomingItem;

constexpr int kFirstDay = 20'089;  // 2025-01-01
constexpr int kDays = 7 * kWeeks;
constexpr int kTermDays = 30;

const char* const kWords[] = {"Jardin",        "Atelier",    "Boulangerie", "Transports",   "Garage",
                              "Menuiserie",    "Pharmacie",  "Imprimerie",  "Brasserie",    "Maconnerie",
                              "Electricite",   "Plomberie",  "Conseil",     "Informatique", "Textile",
                              "Optique",       "Fromagerie", "Horlogerie",  "Papeterie",    "Verrerie",
                              "Quincaillerie", "Carrelage",  "Peinture",    "Couverture"};
const char* const kNames[] = {
    "Dupont",  "Lambert", "Moreau",   "Girard",   "Lefevre", "Mercier", "Blanchard", "Gauthier",
    "Perrin",  "Robin",   "Clement",  "Morin",    "Nicolas", "Henry",   "Roussel",   "Mathieu",
    "Gautier", "Masson",  "Marchand", "Duval",    "Denis",   "Dumont",  "Marie",     "Lemaire",
    "Noel",    "Meyer",   "Dufour",   "Meunier",  "Brun",    "Blanc",   "Giraud",    "Joly",
    "Riviere", "Lucas",   "Brunet",   "Gaillard", "Barbier", "Arnaud",  "Martinez",  "Gerard"};
const char* const kPlaces[] = {"Nord",  "Sud",   "Lyon",  "Lille", "Nantes", "Rouen",  "Tours", "Dijon",
                               "Metz",  "Nancy", "Reims", "Brest", "Angers", "Amiens", "Caen",  "Nice",
                               "Liege", "Mons",  "Namur", "Gand",  "Anvers", "Bruges", "Ouest", "Est"};
const char* const kForms[] = {"SARL", "SAS", "SA", "EURL", "SPRL", "SNC"};
// Subscriptions: the same amounts in many accounts.
const int64_t kPrices[] = {4'900, 9'900, 12'000, 35'000, 49'000, 120'000};

template <typename T, size_t n>
constexpr size_t Size(const T (&)[n]) {
  return n;
}

// A habit of one debtor.
struct Habit {
  bool subscription = false;
  bool round = false;
  bool ogm = false;       // its invoices quote a structured reference
  bool digits = false;    // its invoices have numbers of digits alone
  bool discount = false;  // its invoices grant an early-payment discount
  int style = 0;          // what it mostly writes: 0 reference or number, 1 number, 2 nothing, 3 any
  int group = -1;         // its parent pays now and then
  std::string iban, second_iban, name;
};

class Maker {
 public:
  explicit Maker(const Options& options) : options_(options), random_(options.seed) {}

  MadeUpMoney Run() {
    numbers_a_day_ = std::max(options_.payments / 200, 20);
    MakeDebtors(std::max(options_.payments / 5, 10));
    for (int i = 0; i < static_cast<int>(made_.debtors.size()); ++i) MakeLife(i);
    const int unknown = options_.payments * 6 / 100;
    for (int i = 0; i < unknown; ++i) MakeUnknown();
    std::stable_sort(made_.payments.begin(), made_.payments.end(), [](const Payment& a, const Payment& b) {
      return a.told.item.issue_day() < b.told.item.issue_day();
    });
    return std::move(made_);
  }

 private:
  // --- chance

  int64_t Below(int64_t n) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(n)); }
  bool Chance(int permille) { return Below(1000) < permille; }
  template <typename T, size_t n>
  const T& Any(const T (&values)[n]) {
    return values[Below(n)];
  }
  std::string Digits(int count) {
    std::string digits;
    for (int i = 0; i < count; ++i) digits.push_back(static_cast<char>('0' + Below(10)));
    return digits;
  }
  uint64_t NewId(const char* kind) { return ledger::StableHash(absl::StrCat(kind, "/", next_id_++)); }

  // --- debtors

  void MakeDebtors(int count) {
    for (int i = 0; i < count; ++i) {
      Habit habit;
      habit.subscription = Chance(250);
      habit.round = !habit.subscription && Chance(150);
      habit.ogm = Chance(250);
      habit.digits = Chance(300);
      habit.discount = Chance(60);
      const int64_t style = Below(100);
      habit.style = style < 30 ? 0 : style < 65 ? 1 : style < 85 ? 2 : 3;
      habit.iban = absl::StrFormat("FR76%023d", i);
      habit.second_iban = absl::StrFormat("FR14%023d", i);
      habit.name = absl::StrCat(Any(kWords), " ", Any(kNames), " ", Any(kPlaces), " ", Any(kForms));
      if (Chance(60)) habit.group = static_cast<int>(Below(std::max(count / 60, 1)));
      Debtor debtor;
      debtor.code = absl::StrFormat("C%06d", i);
      debtor.told.attributes.set_name(habit.name);
      if (habit.group >= 0) debtor.told.attributes.set_parent(absl::StrCat("GROUPE ", habit.group));
      habits_.push_back(std::move(habit));
      made_.debtors.push_back(std::move(debtor));
    }
  }

  int64_t Amount(const Habit& habit) {
    if (habit.subscription) return kPrices[ledger::StableHash(habit.iban) % Size(kPrices)];
    const int64_t magnitude[] = {10'000, 50'000, 200'000, 1'000'000};
    int64_t amount = 2'000 + Below(Any(magnitude));
    if (habit.round) amount = std::max<int64_t>(amount / 10'000, 1) * 10'000;
    return amount;
  }

  // --- invoices

  int AddInvoice(int debtor, int day, int64_t amount) {
    const Habit& habit = habits_[debtor];
    Invoice invoice;
    invoice.debtor = debtor;
    invoice.week = (day - kFirstDay) / 7;
    // In order of the day, as a company numbers its invoices: those of one customer are far apart.
    const int number = (day - kFirstDay) * numbers_a_day_ + next_of_day_[day - kFirstDay]++;
    state::v1::Item& item = invoice.told.item;
    item.set_id(NewId("invoice"));
    item.set_kind(amount > 0 ? state::v1::ITEM_KIND_INVOICE : state::v1::ITEM_KIND_CREDIT_NOTE);
    item.set_number(habit.digits ? absl::StrFormat("%07d", 2'500'000 + number)
                                 : absl::StrFormat("%s25-%06d", amount > 0 ? "FA" : "AV", number));
    item.set_issue_day(day);
    item.set_amount_minor(amount);
    item.set_currency("EUR");
    item.set_source("csv");
    if (amount > 0) item.set_due_day(day + kTermDays);
    if (habit.ogm && amount > 0) {
      auto ogm = identifiers::MakeOgm(absl::StrCat(number));
      RELANCE_CHECK(ogm.ok());
      item.set_reference(*ogm);
    }
    if (habit.discount && amount > 0) {
      state::v1::Discount* discount = item.add_discounts();
      discount->set_until_day(day + 8);
      discount->set_amount_minor(amount * 2 / 100);
    }
    made_.invoices.push_back(std::move(invoice));
    return static_cast<int>(made_.invoices.size()) - 1;
  }

  const state::v1::Item& ItemOf(int invoice) const { return made_.invoices[invoice].told.item; }

  // --- what a payer writes

  std::string Spelling(const std::string& number) {
    const std::string digits = number.substr(std::min(number.find_first_of("0123456789"), number.size()));
    switch (Below(6)) {
      case 0:
        return absl::AsciiStrToLower(number);
      case 1: {
        std::string spaced = number;
        std::replace(spaced.begin(), spaced.end(), '-', ' ');
        return spaced;
      }
      case 2: {
        std::string joined = number;
        joined.erase(std::remove(joined.begin(), joined.end(), '-'), joined.end());
        return joined;
      }
      case 3:
        return digits;  // without its letters
      default:
        return number;
    }
  }

  std::string Slip(std::string number) {
    std::vector<size_t> digits;
    for (size_t i = 0; i < number.size(); ++i) {
      if (absl::ascii_isdigit(number[i])) digits.push_back(i);
    }
    const size_t at = digits[Below(static_cast<int64_t>(digits.size()) - 1)];
    switch (Below(3)) {
      case 0:
        if (absl::ascii_isdigit(number[at + 1]) && number[at] != number[at + 1]) {
          std::swap(number[at], number[at + 1]);
          return number;
        }
        [[fallthrough]];
      case 1:
        number[at] = static_cast<char>('0' + (number[at] - '0' + 1 + Below(9)) % 10);
        return number;
      default:
        number.erase(at, 1);
        return number;
    }
  }

  std::string Filler() {
    switch (Below(5)) {
      case 0:
        return "VIREMENT";
      case 1:
        return "REGLEMENT FACTURE";
      case 2:
        return absl::StrCat("VIR SEPA ", Digits(4));
      case 3:
        return "MERCI";
      default:
        return "";
    }
  }

  std::string MisleadingNumber() {
    switch (Below(4)) {
      case 0:
        return absl::StrCat("TEL 0", Digits(9));
      case 1:
        return absl::StrCat("CDE ", Digits(7));
      case 2:
        return absl::StrFormat("DU %02d/%02d/2025", 1 + Below(28), 1 + Below(12));
      default:
        return absl::StrCat("CLIENT ", Digits(6));
    }
  }

  std::string NameAsWritten(const std::string& name) {
    const int64_t form = Below(100);
    if (form < 60) return name;
    if (form < 75) return absl::AsciiStrToUpper(name);
    const std::string core = name.substr(0, name.rfind(' '));
    if (form < 88) return core;
    if (form < 94) return absl::AsciiStrToUpper(core.substr(0, 18));
    if (form < 97) {
      std::string slip = core;
      slip.erase(2 + Below(static_cast<int64_t>(slip.size()) - 4), 1);
      return slip;
    }
    return absl::StrCat(Any(kNames), " ", Any(kWords), " HOLDING");
  }

  void SayWho(int debtor, Payment* payment) {
    const Habit& habit = habits_[debtor];
    ledger::PaymentFacts& facts = payment->told.facts;
    facts.payer_name = NameAsWritten(habit.name);
    const int64_t account = Below(100);
    if (account < 88) {
      facts.payer_account = habit.iban;
    } else if (account < 94) {
      facts.payer_account = habit.second_iban;
    }
    const int64_t id = Below(100);
    if (id < 30) {
      facts.end_to_end_id = absl::StrCat("E2E", Digits(12));
    } else if (id < 40) {
      facts.end_to_end_id = "1";  // the same for everything
    }
  }

  // What the payer writes about `invoices`; sets the kind when it is one of how it is written.
  void SayWhat(const std::vector<int>& invoices, Payment* payment) {
    ledger::PaymentFacts& facts = payment->told.facts;
    const Habit& habit = habits_[payment->debtor];
    const state::v1::Item& first = ItemOf(invoices[0]);
    const bool plain = payment->kind == Kind::kNumber;
    int64_t way = Below(100);
    // Who pays before the invoice says for what.
    if (payment->kind == Kind::kEarly) way = 30;
    if (habit.style == 2 && payment->kind != Kind::kEarly) way = way < 80 ? 60 : way;
    if (habit.style == 1) way = way < 70 ? 30 : way;
    const auto set = [&](Kind kind) {
      if (plain) payment->kind = kind;
    };
    if (way < 25 && !first.reference().empty() && invoices.size() == 1) {
      set(Kind::kReference);
      if (Chance(500)) {
        facts.references.push_back(first.reference());
      } else {
        facts.texts.push_back(identifiers::FormatOgm(first.reference()));
      }
      return;
    }
    if (way < 60) {
      std::string text = Filler();
      for (const int invoice : invoices) absl::StrAppend(&text, " ", Spelling(ItemOf(invoice).number()));
      if (Chance(150)) absl::StrAppend(&text, " ", MisleadingNumber());
      if (invoices.size() > 2 && Chance(150)) {
        set(Kind::kCut);
        text.resize(text.size() * 2 / 3);
      }
      if (Chance(60)) {
        for (const int invoice : invoices) facts.documents.push_back(ItemOf(invoice).number());
        text = Filler();
      }
      facts.texts.push_back(std::move(text));
      return;
    }
    if (way < 80) {
      set(Kind::kNothing);
      facts.texts.push_back(absl::StrCat(Filler(), Chance(300) ? " FACTURES DU MOIS" : ""));
      return;
    }
    if (way < 87) {
      set(Kind::kSlip);
      std::string text = Filler();
      bool slipped = false;
      for (const int invoice : invoices) {
        const std::string number = Spelling(ItemOf(invoice).number());
        absl::StrAppend(&text, " ", slipped ? number : Slip(number));
        slipped = true;
      }
      facts.texts.push_back(std::move(text));
      return;
    }
    if (way < 91) {
      set(Kind::kCut);
      const std::string number = Spelling(ItemOf(invoices.back()).number());
      facts.texts.push_back(
          absl::StrCat("REGLEMENT FACTURE ", number.substr(0, number.size() - 1 - Below(3))));
      return;
    }
    if (way < 97) {
      set(Kind::kMisleading);
      facts.texts.push_back(absl::StrCat(Filler(), " ", MisleadingNumber(), " ", MisleadingNumber()));
      return;
    }
    set(Kind::kForeign);
    facts.texts.push_back(
        absl::StrCat(Filler(), " ", ItemOf(static_cast<int>(Below(made_.invoices.size()))).number()));
  }

  // --- payments

  Payment Begin(int debtor, Kind kind, int day) {
    Payment payment;
    payment.debtor = debtor;
    payment.kind = kind;
    day = std::clamp(day, kFirstDay, kFirstDay + kDays - 1);
    payment.week = payment.known_week = (day - kFirstDay) / 7;
    IncomingItem& told = payment.told;
    told.to_match = true;
    told.item.set_id(NewId("payment"));
    told.item.set_kind(state::v1::ITEM_KIND_PAYMENT);
    told.item.set_issue_day(day);
    told.item.set_currency("EUR");
    told.item.set_source("camt053");
    return payment;
  }

  void End(Payment payment, int64_t amount) {
    if (amount <= 0) return;
    payment.told.item.set_amount_minor(-amount);
    payment.told.item.set_end_to_end_id(payment.told.facts.end_to_end_id);
    made_.payments.push_back(std::move(payment));
  }

  // Somebody else pays: the head of the group, or a stranger with the debtor's consent.
  void SayOther(Payment* payment) {
    const Habit& habit = habits_[payment->debtor];
    ledger::PaymentFacts& facts = payment->told.facts;
    if (habit.group >= 0 && Chance(700)) {
      facts.payer_account = absl::StrFormat("BE68%012d", habit.group);
      facts.payer_name = absl::StrCat("GROUPE ", habit.group, " TRESORERIE");
      return;
    }
    if (Chance(500)) {
      // Another customer pays for it.
      const int other = static_cast<int>(Below(made_.debtors.size()));
      facts.payer_account = habits_[other].iban;
      facts.payer_name = habits_[other].name;
      return;
    }
    facts.payer_account = absl::StrFormat("LU28%016d", Below(200));
    facts.payer_name = absl::StrCat("CABINET ", Any(kNames));
  }

  void Pay(int debtor, std::vector<int> invoices, int day) {
    const Habit& habit = habits_[debtor];
    int64_t total = 0;
    for (const int invoice : invoices) total += ItemOf(invoice).amount_minor();
    Kind kind = invoices.size() > 1 ? Kind::kSeveral : Kind::kNumber;
    const int64_t what = Below(1000);
    const bool one = invoices.size() == 1;
    int64_t amount = total;
    std::vector<int64_t> shares;
    for (const int invoice : invoices) shares.push_back(ItemOf(invoice).amount_minor());
    bool second_part = false, twice = false;
    const state::v1::Item& first = ItemOf(invoices[0]);
    if (one && habit.discount && what < 500) {
      kind = what < 350 ? Kind::kDiscount : Kind::kLateDiscount;
      day = kind == Kind::kDiscount ? first.issue_day() + static_cast<int>(Below(8)) : day;
      amount = shares[0] = total - first.discounts(0).amount_minor();
    } else if (one && what < 70) {
      kind = Kind::kPart;
      amount =
          Chance(400) ? std::max<int64_t>(total / 2 / 10'000 * 10'000, 100) : total * (20 + Below(60)) / 100;
      amount = shares[0] = std::min(amount, total - 1);
      second_part = Chance(700);
    } else if (one && what < 110) {
      kind = Kind::kWrongAmount;
      const int64_t wrong = Below(3);
      if (wrong == 0) {
        amount = total - 1'500;
      } else if (wrong == 1) {
        amount = total - 1 - Below(99);
      } else {
        std::string digits = absl::StrCat(total);
        std::swap(digits[digits.size() / 2], digits[digits.size() / 2 - 1]);
        amount = std::stoll(digits);
      }
      shares[0] = std::min(amount, total);
    } else if (what < 135) {
      kind = Kind::kOver;
      amount = total + 100 + Below(20'000);
    } else if (one && what < 155) {
      twice = true;
    } else if (one && what < 185 && total > 20'000) {
      kind = Kind::kCreditNote;
      const int note = AddInvoice(debtor, std::min(first.issue_day() + 3, kFirstDay + kDays - 1),
                                  -(total / 10 + Below(1'000)));
      amount = shares[0] = total + ItemOf(note).amount_minor();
      invoices.push_back(note);
    }
    const bool early = one && kind == Kind::kNumber && what >= 970;
    if (early) {
      kind = Kind::kEarly;
      day = ItemOf(invoices[0]).issue_day() - 1 - static_cast<int>(Below(9));
    }
    const bool other = kind == Kind::kNumber && what >= 200 && what < 240;
    if (other) kind = Kind::kOtherPayer;

    Payment payment = Begin(debtor, kind, day);
    SayWho(debtor, &payment);
    SayWhat(invoices, &payment);
    if (payment.kind == Kind::kOtherPayer) SayOther(&payment);
    for (size_t i = 0; i < shares.size(); ++i) {
      if (shares[i] > 0) payment.pays[ItemOf(invoices[i]).id()] = shares[i];
    }
    for (const int invoice : invoices) {
      payment.known_week = std::max(payment.known_week, made_.invoices[invoice].week);
    }
    const int paid_day = payment.told.item.issue_day();
    const ledger::PaymentFacts said = payment.told.facts;
    End(std::move(payment), amount);
    const bool has_time = paid_day + 40 < kFirstDay + kDays;
    if (second_part && has_time) {
      Payment rest = Begin(debtor, Kind::kPart, paid_day + 10 + static_cast<int>(Below(25)));
      SayWho(debtor, &rest);
      SayWhat(invoices, &rest);
      rest.pays[ItemOf(invoices[0]).id()] = total - amount;
      End(std::move(rest), total - amount);
    }
    if (twice && has_time) {
      Payment again = Begin(debtor, Kind::kTwice, paid_day + 8 + static_cast<int>(Below(20)));
      // The same instruction goes out twice.
      again.told.facts = said;
      End(std::move(again), total);
    }
  }

  void MakeLife(int debtor) {
    const Habit& habit = habits_[debtor];
    const int64_t size = Below(100);
    const int count = static_cast<int>(size < 40 ? 1 + Below(3) : size < 85 ? 3 + Below(5) : 8 + Below(12));
    std::vector<int> days;
    const int start = static_cast<int>(Below(60));
    for (int i = 0; i < count; ++i) {
      days.push_back(kFirstDay + (habit.subscription ? std::min(start + 30 * i, kDays - 30)
                                                     : static_cast<int>(Below(kDays - 40))));
    }
    std::sort(days.begin(), days.end());
    std::vector<int> invoices;
    for (const int day : days) invoices.push_back(AddInvoice(debtor, day, Amount(habit)));
    for (size_t i = 0; i < invoices.size();) {
      size_t together = 1;
      if (Chance(110)) together = std::min<size_t>(invoices.size() - i, 2 + Below(3));
      std::vector<int> paid(invoices.begin() + i, invoices.begin() + i + together);
      const int due = ItemOf(paid.back()).due_day();
      // Some are never paid.
      if (!Chance(40)) Pay(debtor, paid, due - 5 + static_cast<int>(Below(30)));
      i += together;
    }
  }

  // Refunds of suppliers, subsidies, own transfers: nothing is to be found.
  void MakeUnknown() {
    Payment payment = Begin(-1, Kind::kUnknown, kFirstDay + static_cast<int>(Below(kDays)));
    ledger::PaymentFacts& facts = payment.told.facts;
    facts.payer_name = absl::StrCat(Any(kNames), " ", Any(kPlaces), " ASSURANCES");
    facts.payer_account = absl::StrFormat("DE89%018d", Below(3'000));
    facts.texts.push_back(absl::StrCat(Filler(), " ", MisleadingNumber()));
    if (Chance(200)) facts.texts.push_back(Digits(7));
    const int64_t amount = Chance(300) ? Any(kPrices) : 1'000 + Below(300'000);
    End(std::move(payment), amount);
  }

  const Options options_;
  std::mt19937_64 random_;
  MadeUpMoney made_;
  std::vector<Habit> habits_;
  int numbers_a_day_ = 0;
  std::vector<int> next_of_day_ = std::vector<int>(kDays + 1, 1);
  int64_t next_id_ = 1;
};

}  // namespace

const char* NameOf(Kind kind) {
  static const char* const kNamesOfKinds[kKinds] = {"reference quoted",
                                                    "number quoted",
                                                    "nothing said",
                                                    "slip in the number",
                                                    "text cut off",
                                                    "misleading number",
                                                    "number of another customer",
                                                    "several invoices",
                                                    "part payment",
                                                    "wrong amount",
                                                    "overpayment",
                                                    "paid twice",
                                                    "discount in time",
                                                    "discount too late",
                                                    "credit note taken off",
                                                    "another payer",
                                                    "before the invoice",
                                                    "of no debtor"};
  return kNamesOfKinds[static_cast<int>(kind)];
}

MadeUpMoney MakeUpMoney(const Options& options) { return Maker(options).Run(); }

}  // namespace relance::match_report
