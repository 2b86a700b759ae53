#include "services/ledger/join_accounts.h"

#include <gtest/gtest.h>

#include <string>

#include "services/ledger/cash/move_payment.h"
#include "services/ledger/complete_item.h"
#include "services/ledger/gather_invoices.h"
#include "services/ledger/post_items.h"
#include "services/ledger/testing/account_builder.h"

namespace relance::ledger {
namespace {

using namespace testing;  // NOLINT: builders

PostResult Post(StoredAccount* stored, const IncomingAccount& incoming) {
  LedgerAccount account = stored->LoadAll();
  const PostResult result = PostItems(incoming, &account);
  stored->Commit(&account);
  EXPECT_EQ(Disagreement(stored->View()), "");
  return result;
}

void GiveAway(StoredAccount* stored) {
  LedgerAccount account = stored->LoadAll();
  GiveAwayContent(Day(2026, 3, 1), &account);
  stored->Commit(&account);
  EXPECT_EQ(Disagreement(stored->View()), "");
}

int64_t OpenOf(const StoredAccount& stored) {
  int64_t open = 0;
  for (const auto& item : stored.View().items) open += item.open_minor();
  return open;
}

// 1,200.00 in two instalments, 200.00 of it prepaid; 600.00 were paid since.
IncomingAccount Told() {
  InvoiceDocument invoice;
  invoice.number = "FA-2026-0001";
  invoice.type_code = "380";
  invoice.issue_day = absl::CivilDay(2026, 1, 15);
  invoice.currency = "EUR";
  invoice.total_minor = 120'000;
  invoice.prepaid_minor = 20'000;
  invoice.payable_minor = 100'000;
  invoice.instalments = {{absl::CivilDay(2026, 2, 28), 40'000}, {absl::CivilDay(2026, 3, 31), 60'000}};
  invoice.buyer.name = "Boulangerie Martin";
  invoice.buyer.legal_id = {"732829320", "0002"};
  IncomingAccount told;
  told.documents.push_back(DocumentOf(invoice, kSourceUbl));
  return told;
}

IncomingAccount Bank() {
  IncomingAccount incoming;
  IncomingItem& told = incoming.items.emplace_back();
  told.item = Payment(500, 60'000, Day(2026, 2, 20));
  told.item.clear_open_minor();
  told.item.set_bank_key("bank/500");
  told.to_match = true;
  told.facts.documents = {"FA-2026-0001"};
  return incoming;
}

IncomingAccount Books(int64_t cents) {
  IncomingAccount incoming;
  IncomingItem& told = incoming.items.emplace_back();
  told.item = MakeItem(100, state::v1::ITEM_KIND_INVOICE, cents, Day(2026, 1, 15), "FA 2026/0001");
  told.item.clear_open_minor();
  told.item.set_source(kSourceFec);
  told.from_books = true;
  told.due_from_terms = true;
  return incoming;
}

TEST(JoinAccountsTest, EverythingGoesAndASecondTimeChangesNothing) {
  StoredAccount made, real;
  Post(&made, Told());
  Post(&made, Bank());
  EXPECT_EQ(OpenOf(made), 40'000);
  Post(&real, Books(120'000));
  const IncomingAccount content = ContentOf(made.View());
  EXPECT_EQ(content.documents.size(), 1u);
  EXPECT_EQ(content.items.size(), 1u);
  EXPECT_EQ(Post(&real, content).completed, 1);
  // The books have the whole claim, and the advance elsewhere: 1,200.00 less what was paid.
  EXPECT_EQ(OpenOf(real), 60'000);
  const auto before = real.fields();
  // A crash came before it was given away: told again.
  Post(&real, ContentOf(made.View()));
  EXPECT_EQ(real.fields(), before);
  GiveAway(&made);
  EXPECT_EQ(OpenOf(made), 0);
  for (const auto& item : made.View().history) EXPECT_FALSE(HasDocument(item));
  EXPECT_TRUE(ContentOf(made.View()).items.empty());
  EXPECT_TRUE(ContentOf(made.View()).documents.empty());
  const auto given = made.fields();
  GiveAway(&made);
  EXPECT_EQ(made.fields(), given);
}

TEST(JoinAccountsTest, AnAccountWithoutTheBooksGetsItAsItWas) {
  StoredAccount made, real;
  Post(&made, Told());
  Post(&made, Bank());
  Post(&real, ContentOf(made.View()));
  EXPECT_EQ(OpenOf(real), OpenOf(made));
}

TEST(JoinAccountsTest, SameDebtorByCompanyOrByADocument) {
  const struct {
    const char* name;
    int64_t cents;
    const char* legal_id;
    bool same;
  } kCases[] = {
      {"WholeAmount", 120'000, "", true},
      {"PayableAmount", 100'000, "", true},
      {"AnotherAmount", 119'999, "", false},
      {"TheCompany", 5'000, "732829320", true},
      {"AnotherCompany", 120'000, "404833048", false},
  };
  StoredAccount made;
  Post(&made, Told());
  AccountView made_view = made.View();
  made_view.key.account = "FR:732829320";
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    StoredAccount real;
    IncomingAccount books = Books(c.cents);
    books.attributes.set_legal_id(c.legal_id);
    books.attributes.set_country("FR");
    Post(&real, books);
    EXPECT_EQ(IsSameDebtor(made_view, real.View()), c.same);
  }
}

}  // namespace
}  // namespace relance::ledger
