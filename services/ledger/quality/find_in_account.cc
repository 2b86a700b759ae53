#include "services/ledger/quality/find_in_account.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/identifiers/bank.h"
#include "common/identifiers/company.h"
#include "common/identifiers/text.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "common/time/payment_terms.h"
#include "services/ledger/incoming.h"

namespace relance::ledger {
namespace {

using state::v1::Item;

std::string DayText(int32_t day) { return absl::FormatCivilTime(DayFromNumber(day)); }

std::string MoneyText(int64_t minor, const std::string& currency) {
  return absl::StrCat(FormatDecimal(minor, CurrencyExponent(currency).value_or(2), '.'), " ", currency);
}

// As a shell takes it.
std::string Word(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '/';
  });
  if (plain) return text;
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

bool IsDocument(const Item& item) {
  return item.kind() == state::v1::ITEM_KIND_INVOICE || item.kind() == state::v1::ITEM_KIND_DEBIT_NOTE ||
         item.kind() == state::v1::ITEM_KIND_CREDIT_NOTE;
}

bool DisputeStands(const Item& item) { return item.has_dispute() && item.dispute().resolved_day() == 0; }

std::string NameOfItem(const Item& item) {
  return item.number().empty() ? "a line without a number" : absl::StrCat("no. ", item.number());
}

class Finder {
 public:
  Finder(const AccountView& view, const QualityContext& context, const FindingSink& sink)
      : view_(view), context_(context), sink_(sink) {}

  void Run() {
    if (view_.items.empty()) return;
    if (view_.key.account == kUnidentifiedAccount) {
      for (const Item& item : view_.items) Unidentified(item);
      return;
    }
    for (const Item& item : view_.items) {
      if (item.open_minor() > 0) OpenDebit(item);
      if (item.open_minor() < 0) OpenCredit(item);
      Dates(item);
      Residue(item);
      Dispute(item);
    }
    Duplicates();
    for (const state::v1::Balance& balance : Balances()) {
      InCredit(balance);
      Specialist(balance.currency());
    }
    Returned();
    WhoItIs();
  }

 private:
  const state::v1::Attributes& attributes() const { return view_.sum.attributes(); }
  const std::string& tenant() const { return view_.key.tenant; }
  std::string Command(absl::string_view verb, absl::string_view rest = "") const {
    return absl::StrCat("relancectl ", verb, " ", tenant(), " ", Word(view_.key.account),
                        rest.empty() ? "" : " ", rest);
  }

  Finding Make(v1::QualityKind kind, int64_t amount_minor, const std::string& currency) const {
    Finding finding;
    finding.kind = kind;
    finding.account = view_.key.account;
    finding.amount_minor = std::llabs(amount_minor);
    finding.currency = currency;
    return finding;
  }
  static void Name(const Item& item, Finding* finding) {
    if (finding->items.size() >= kItemsInFindingMax) return;
    finding->items.push_back(item.id());
    finding->numbers.push_back(item.number());
  }
  void Say(v1::QualityKind kind, const Item& item, std::string message, std::string repair,
           std::string command = "") {
    Finding finding = Make(kind, item.open_minor(), item.currency());
    Name(item, &finding);
    finding.message = std::move(message);
    finding.repair = std::move(repair);
    finding.command = std::move(command);
    sink_(std::move(finding));
  }
  std::string ItemWord(const Item& item) const { return absl::StrFormat("%016x", item.id()); }

  // Totals as they follow from the items at hand.
  std::vector<state::v1::Balance> Balances() const {
    std::map<std::string, state::v1::Balance> balances;
    for (const Item& item : view_.items) {
      state::v1::Balance& balance = balances[item.currency()];
      balance.set_currency(item.currency());
      balance.set_open_minor(balance.open_minor() + item.open_minor());
      if (item.open_minor() > 0) balance.set_debit_minor(balance.debit_minor() + item.open_minor());
    }
    std::vector<state::v1::Balance> list;
    for (auto& [currency, balance] : balances) list.push_back(std::move(balance));
    return list;
  }
  // The open debits of the currency that has most of them: what an account as a whole is about.
  std::pair<int64_t, std::string> Debits() const {
    std::pair<int64_t, std::string> most{0, context_.config->currency()};
    for (const auto& balance : Balances()) {
      if (balance.debit_minor() > most.first) most = {balance.debit_minor(), balance.currency()};
    }
    return most;
  }

  std::string Country() const {
    return attributes().country().empty() ? context_.config->country() : attributes().country();
  }
  // Whose law of terms and limitation holds.
  std::string Debtor() const {
    const std::string& sector = attributes().sector();
    if (absl::EqualsIgnoreCase(sector, "transport") || absl::EqualsIgnoreCase(sector, "carriage") ||
        absl::StartsWith(attributes().trade(), "49.4") || absl::StartsWith(attributes().trade(), "494")) {
      return "carriage";
    }
    if (attributes().customer_type() == "public" || attributes().customer_type() == "consumer") {
      return attributes().customer_type();
    }
    return "private";
  }

  void Unidentified(const Item& item) {
    if (item.open_minor() >= 0) return;
    Say(v1::QUALITY_KIND_MONEY_UNIDENTIFIED, item,
        absl::StrCat("money of ", DayText(item.issue_day()), " whose payer is not known"),
        "say whose it is; what the payer pays next is then known",
        absl::StrCat("relancectl ledger unmatched ", tenant()));
  }

  void OpenDebit(const Item& item) {
    if (!item.has_due_day()) {
      if (item.kind() == state::v1::ITEM_KIND_RETURN) return;
      Say(v1::QUALITY_KIND_DUE_DATE_MISSING, item,
          absl::StrCat(NameOfItem(item), " has no due date: nobody is reminded of it"),
          "tell the due date in the source and bring the file again");
      return;
    }
    TermsOf(item);
    Limitation(item);
  }

  void TermsOf(const Item& item) {
    if (item.kind() != state::v1::ITEM_KIND_INVOICE) return;
    const absl::CivilDay issue = DayFromNumber(item.issue_day());
    const std::string& law = context_.config->country();
    const LegalLimit* limit = context_.limits->On(LegalRule::kTermDays, law, Debtor(), issue);
    if (limit == nullptr) return;
    absl::CivilDay latest = issue + limit->value;
    const LegalLimit* month = context_.limits->On(LegalRule::kTermMonthDays, law, Debtor(), issue);
    const auto terms = ParsePaymentTerms(attributes().terms().empty() ? context_.config->default_terms()
                                                                      : attributes().terms());
    if (month != nullptr && terms.ok() && terms->kind != PaymentTerms::Kind::kNet) {
      for (const auto kind : {PaymentTerms::Kind::kEndOfMonthA, PaymentTerms::Kind::kEndOfMonthB}) {
        latest = std::max(latest, DueDate({kind, month->value, 0}, issue));
      }
    }
    const int32_t latest_day = DayNumber(latest);
    if (item.due_day() <= latest_day) return;
    Say(v1::QUALITY_KIND_TERMS_BEYOND_LAW, item,
        absl::StrCat(NameOfItem(item), " of ", DayText(item.issue_day()), " is due on ",
                     DayText(item.due_day()), "; the law allows ", DayText(latest_day), " (", limit->source,
                     ")"),
        "agree on terms that the law allows and enter them", Command("ledger set", "--terms net30"));
  }

  void Limitation(const Item& item) {
    const absl::CivilDay due = DayFromNumber(item.due_day());
    const std::string debtor = Debtor();
    const LegalLimit* limit =
        context_.limits->On(LegalRule::kLimitationYears, context_.config->country(), debtor, due);
    if (limit == nullptr) return;
    const int32_t last = DayNumber(YearsAfter(due, limit->value));
    if (context_.today + kLimitationAlertDays < last) return;
    const bool passed = context_.today > last;
    std::string message =
        absl::StrCat(NameOfItem(item), ", due on ", DayText(item.due_day()),
                     passed ? ", lapsed after " : ", lapses after ", DayText(last), " (", limit->source, ")");
    if (debtor == "private") absl::StrAppend(&message, "; carriage of goods: after one year");
    if (item.paid_day() != 0) {
      absl::StrAppend(&message, "; a part was paid on ", DayText(item.paid_day()),
                      ", which may count as an acknowledgement (C. civ. 2240)");
    }
    Say(passed ? v1::QUALITY_KIND_LIMITATION_PASSED : v1::QUALITY_KIND_LIMITATION_NEAR, item,
        std::move(message),
        passed ? "have a lawyer say whether it was interrupted; if not, write it off"
               : "a reminder does not interrupt it: sue, serve an order for payment, or obtain an "
                 "acknowledgement",
        passed ? Command("ledger write-off", absl::StrCat(ItemWord(item), " --reason LIMITATION"))
               : Command("handoff place"));
  }

  void OpenCredit(const Item& item) {
    const int32_t age = context_.today - item.issue_day();
    if (age > kCreditDaysMax) {
      Say(v1::QUALITY_KIND_CREDIT_OLD, item,
          absl::StrCat(NameOfItem(item), ": a credit of ", DayText(item.issue_day()), " settles nothing for ",
                       age, " days"),
          "letter it in the books with what it pays, or pay it back",
          absl::StrCat("relancectl ledger unmatched ", tenant()));
    }
    if (item.kind() != state::v1::ITEM_KIND_CREDIT_NOTE) return;
    const bool has_invoice = std::any_of(view_.items.begin(), view_.items.end(), [&](const Item& debit) {
      return debit.currency() == item.currency() && debit.open_minor() >= -item.open_minor();
    });
    if (has_invoice) return;
    Say(v1::QUALITY_KIND_CREDIT_NOTE_WITHOUT_INVOICE, item,
        absl::StrCat("credit note ", NameOfItem(item), " of ", DayText(item.issue_day()),
                     " is open, and no open invoice is as large"),
        "letter it with its invoice, or pay it back");
  }

  void Dates(const Item& item) {
    std::string wrong;
    if (item.has_due_day() && item.due_day() < item.issue_day() && item.open_minor() > 0) {
      wrong = absl::StrCat("is due on ", DayText(item.due_day()), ", before its issue on ",
                           DayText(item.issue_day()));
    } else if (item.issue_day() > context_.today) {
      wrong = absl::StrCat("is issued on ", DayText(item.issue_day()), ", in the future");
    } else if (YearsAfter(DayFromNumber(item.issue_day()), kAgeYearsMax) < DayFromNumber(context_.today)) {
      wrong = absl::StrCat("is of ", DayText(item.issue_day()), ", more than ", kAgeYearsMax, " years ago");
    } else {
      return;
    }
    Say(v1::QUALITY_KIND_DATE_IMPOSSIBLE, item, absl::StrCat(NameOfItem(item), " ", wrong),
        "put the date right in the source and bring the file again");
  }

  void Residue(const Item& item) {
    const int64_t limit =
        context_.config->residue_minor() == 0 ? kResidueMinor : context_.config->residue_minor();
    if (std::llabs(item.open_minor()) > limit || DisputeStands(item)) return;
    const bool debit = item.open_minor() > 0;
    Say(v1::QUALITY_KIND_RESIDUE, item,
        absl::StrCat(MoneyText(std::llabs(item.open_minor()), item.currency()),
                     debit ? " is left of " : " is over from ", NameOfItem(item)),
        debit ? "write it off" : "book it as a gain, or letter it",
        debit ? Command("ledger write-off", absl::StrCat(ItemWord(item), " --reason SMALL_RESIDUE")) : "");
  }

  void Dispute(const Item& item) {
    if (!DisputeStands(item)) return;
    const int32_t age = context_.today - item.dispute().opened_day();
    if (age <= kDisputeDaysMax) return;
    Finding finding = Make(v1::QUALITY_KIND_DISPUTE_OLD, item.dispute().amount_minor(), item.currency());
    Name(item, &finding);
    finding.message =
        absl::StrCat(NameOfItem(item), " is disputed since ", DayText(item.dispute().opened_day()), " (",
                     item.dispute().reason(), "), ", age, " days");
    finding.repair = "settle it: a credit note, or end the dispute";
    finding.command = Command("ledger resolve", ItemWord(item));
    sink_(std::move(finding));
  }

  void Duplicates() {
    // By number; by amount and days. Settled ones count: the second of two may have been paid as the first.
    std::map<std::tuple<int, std::string, std::string>, std::vector<const Item*>> by_number;
    std::map<std::tuple<int, std::string, int64_t, int32_t, int32_t>, std::vector<const Item*>> by_content;
    for (const auto* items : {&view_.items, &view_.history}) {
      for (const Item& item : *items) {
        const std::string number = identifiers::Normalise(item.number());
        if (!IsDocument(item) || number.empty()) continue;
        by_number[{item.kind(), number, item.currency()}].push_back(&item);
        if (item.kind() == state::v1::ITEM_KIND_CREDIT_NOTE) continue;
        by_content[{item.kind(), item.currency(), item.amount_minor(), item.issue_day(),
                    item.has_due_day() ? item.due_day() : INT32_MIN}]
            .push_back(&item);
      }
    }
    for (auto& [key, items] : by_number) {
      // Instalments of one document have one number and issue day, and a due day each; so have the lines of
      // an entry. What is left is the same document again, or one number for two documents.
      std::vector<const Item*> again;
      for (const Item* item : items) {
        const bool repeats = std::any_of(items.begin(), items.end(), [&](const Item* other) {
          if (other == item) return false;
          if (other->issue_day() != item->issue_day()) return true;
          const bool one_amount = other->amount_minor() == item->amount_minor();
          return one_amount && (other->due_day() == item->due_day() || other->source() != item->source());
        });
        if (repeats) again.push_back(item);
      }
      Twice(v1::QUALITY_KIND_DUPLICATE_NUMBER, std::move(again));
    }
    for (auto& [key, items] : by_content) {
      std::set<std::string> numbers;
      for (const Item* item : items) numbers.insert(identifiers::Normalise(item->number()));
      if (numbers.size() > 1) Twice(v1::QUALITY_KIND_DUPLICATE_CONTENT, std::move(items));
    }
  }

  // Two or more items that may be one: all but one of them are too much.
  void Twice(v1::QualityKind kind, std::vector<const Item*> items) {
    const auto open =
        std::count_if(items.begin(), items.end(), [](const Item* i) { return i->open_minor() != 0; });
    if (items.size() < 2 || open == 0) return;
    std::sort(items.begin(), items.end(), [](const Item* a, const Item* b) {
      return std::make_tuple(a->open_minor() != 0, a->issue_day(), a->id()) <
             std::make_tuple(b->open_minor() != 0, b->issue_day(), b->id());
    });
    int64_t amount = 0;
    for (size_t i = 1; i < items.size(); ++i) amount += std::llabs(items[i]->open_minor());
    Finding finding = Make(kind, amount, items[0]->currency());
    std::vector<std::string> said;
    for (const Item* item : items) {
      Name(*item, &finding);
      if (said.size() >= kItemsInFindingMax) continue;
      said.push_back(absl::StrCat(MoneyText(item->amount_minor(), item->currency()), " of ",
                                  DayText(item->issue_day()),
                                  item->open_minor() == 0 ? ", settled" : ", open"));
    }
    finding.message = absl::StrCat(kind == v1::QUALITY_KIND_DUPLICATE_NUMBER
                                       ? absl::StrCat("number ", items[0]->number(), " is there ")
                                       : std::string("the same amount and date are there "),
                                   items.size(), " times: ", said[0]);
    for (size_t i = 1; i < said.size(); ++i) absl::StrAppend(&finding.message, "; ", said[i]);
    finding.repair =
        "reverse the one that is too much in the source; what no source takes back is written off";
    if (items.back()->open_minor() > 0) {
      finding.command =
          Command("ledger write-off", absl::StrCat(ItemWord(*items.back()), " --reason DUPLICATE"));
    }
    sink_(std::move(finding));
  }

  void InCredit(const state::v1::Balance& balance) {
    if (balance.open_minor() >= 0) return;
    Finding finding = Make(v1::QUALITY_KIND_ACCOUNT_IN_CREDIT, balance.open_minor(), balance.currency());
    for (const Item& item : view_.items) {
      if (item.currency() == balance.currency() && item.open_minor() < 0) Name(item, &finding);
    }
    finding.message =
        absl::StrCat("the debtor is owed ", MoneyText(-balance.open_minor(), balance.currency()));
    finding.repair = "find the invoices that its credits are for, or pay it back";
    finding.command = Command("ledger account");
    sink_(std::move(finding));
  }

  bool IsPlaced(const Item& item) const {
    for (const auto& placement : view_.placements.placements()) {
      const bool over = placement.state() == state::v1::PLACEMENT_STATE_REJECTED ||
                        placement.state() == state::v1::PLACEMENT_STATE_RECALLED ||
                        placement.state() == state::v1::PLACEMENT_STATE_CLOSED_PAID ||
                        placement.state() == state::v1::PLACEMENT_STATE_CLOSED_UNPAID;
      if (over) continue;
      for (const auto& placed : placement.items()) {
        if (placed.item() == item.id()) return true;
      }
    }
    return false;
  }

  void Specialist(const std::string& currency) {
    const bool insolvent =
        attributes().insolvent_day() != 0 && attributes().insolvent_day() <= context_.today;
    Finding finding =
        Make(insolvent ? v1::QUALITY_KIND_SPECIALIST_IRRECOVERABLE : v1::QUALITY_KIND_SPECIALIST_TOO_OLD, 0,
             currency);
    int count = 0;
    for (const Item& item : view_.items) {
      if (item.currency() != currency || item.open_minor() <= 0) continue;
      const bool old = item.has_due_day() && context_.today - item.due_day() > kInHouseDaysMax;
      if (!insolvent && (!old || IsPlaced(item) || DisputeStands(item))) continue;
      ++count;
      finding.amount_minor += item.open_minor();
      Name(item, &finding);
    }
    if (count == 0) return;
    if (insolvent) {
      finding.message = absl::StrCat("insolvent since ", DayText(attributes().insolvent_day()), "; ", count,
                                     count == 1 ? " item is open" : " items are open");
      finding.repair = "declare the claim with the administrator; write off with his certificate";
      finding.command = Command("ledger account");
    } else {
      finding.message = absl::StrCat(count, count == 1 ? " item is" : " items are", " more than ",
                                     kInHouseDaysMax, " days past due and with nobody outside the house");
      finding.repair = "hand it over: what is old is paid less every month";
      finding.command = Command("handoff place");
    }
    sink_(std::move(finding));
  }

  void Returned() {
    const auto [debits, currency] = Debits();
    if (debits == 0) return;
    Finding finding = Make(v1::QUALITY_KIND_PAYMENT_RETURNED_TWICE, debits, currency);
    int count = 0;
    for (const auto* items : {&view_.items, &view_.history}) {
      for (const Item& item : *items) {
        if (item.kind() != state::v1::ITEM_KIND_PAYMENT || item.returned_day() == 0) continue;
        ++count;
        Name(item, &finding);
      }
    }
    if (count < 2) return;
    finding.message = absl::StrCat("the bank took ", count, " payments back");
    finding.repair = "ask for another means of payment and check the account that is debited";
    finding.command = Command("ledger account", "--history");
    sink_(std::move(finding));
  }

  void OfAccount(v1::QualityKind kind, std::string message, std::string repair, std::string command) {
    const auto [debits, currency] = Debits();
    Finding finding = Make(kind, debits, currency);
    finding.message = std::move(message);
    finding.repair = std::move(repair);
    finding.command = std::move(command);
    sink_(std::move(finding));
  }

  void WhoItIs() {
    const auto [debits, currency] = Debits();
    if (debits > 0) {
      const auto& contacts = attributes().contacts();
      const bool somebody = std::any_of(contacts.begin(), contacts.end(),
                                        [](const auto& contact) { return !contact.inactive(); });
      const bool mail = std::any_of(contacts.begin(), contacts.end(), [](const auto& contact) {
        return !contact.inactive() && absl::StrContains(contact.email(), '@');
      });
      if (!somebody) {
        OfAccount(v1::QUALITY_KIND_CONTACT_MISSING, "owes, and nobody there is known", "enter a contact",
                  Command("ledger set", "--contact 'billing,NAME,MAIL,PHONE'"));
      } else if (!mail) {
        OfAccount(v1::QUALITY_KIND_MAIL_MISSING, "owes, and none of its contacts has a mail address",
                  "enter a mail address", Command("ledger set", "--contact 'billing,NAME,MAIL,PHONE'"));
      }
      if (attributes().address().empty()) {
        OfAccount(v1::QUALITY_KIND_ADDRESS_MISSING, "owes, and has no postal address: no letter can leave",
                  "enter the address", Command("ledger set", "--address 'STREET' --address 'CODE CITY'"));
      }
    }
    LegalId();
    VatId();
    Ibans();
  }

  void LegalId() {
    const std::string id = identifiers::Normalise(attributes().legal_id());
    if (id.empty()) return;
    absl::Status status;
    if (Country() == "FR") {
      status = id.size() == 14 ? identifiers::ParseSiret(id).status() : identifiers::ParseSiren(id).status();
    } else if (Country() == "BE") {
      status = identifiers::ParseEnterpriseNumberBelgium(id).status();
    }
    if (status.ok()) return;
    OfAccount(v1::QUALITY_KIND_LEGAL_ID_INVALID,
              absl::StrCat("its company number is not valid: ", status.message()), "look it up and enter it",
              Command("ledger set", "--siren NUMBER"));
  }

  void VatId() {
    if (attributes().vat_id().empty()) return;
    const absl::Status status = identifiers::ParseVat(attributes().vat_id()).status();
    if (status.ok() || ReasonOf(status) == "IDENTIFIER_COUNTRY_UNKNOWN") return;
    OfAccount(v1::QUALITY_KIND_VAT_ID_INVALID,
              absl::StrCat("its VAT number is not valid: ", status.message()), "look it up and enter it",
              Command("ledger set", "--vat NUMBER"));
  }

  void Ibans() {
    int wrong = 0;
    for (const std::string& iban : attributes().payer_ibans()) {
      // Payers have other numbers too; an IBAN begins with two letters and two digits.
      const bool looks = iban.size() > 4 && std::isalpha(static_cast<unsigned char>(iban[0])) != 0 &&
                         std::isalpha(static_cast<unsigned char>(iban[1])) != 0 &&
                         std::isdigit(static_cast<unsigned char>(iban[2])) != 0 &&
                         std::isdigit(static_cast<unsigned char>(iban[3])) != 0;
      if (!looks) continue;
      const absl::Status status = identifiers::ParseIban(iban).status();
      if (!status.ok() && ReasonOf(status) != "IDENTIFIER_COUNTRY_UNKNOWN") ++wrong;
    }
    if (wrong == 0) return;
    OfAccount(v1::QUALITY_KIND_IBAN_INVALID,
              absl::StrCat(wrong, wrong == 1 ? " IBAN" : " IBANs", " that it is said to pay from ",
                           wrong == 1 ? "is" : "are", " not valid"),
              "put it right in the source: payments are recognised by it", "");
  }

  const AccountView& view_;
  const QualityContext& context_;
  const FindingSink& sink_;
};

}  // namespace

void FindInAccount(const AccountView& view, const QualityContext& context, const FindingSink& sink) {
  Finder(view, context, sink).Run();
}

}  // namespace relance::ledger
