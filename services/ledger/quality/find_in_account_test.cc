// Every kind of finding, from an account that has it and from one that just has not.
#include "services/ledger/quality/find_in_account.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/time/day.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace relance::ledger {
namespace {

using state::v1::Item;

// The business date of all tests.
const absl::CivilDay kToday(2025, 6, 30);

int32_t DaysAgo(int days) { return DayNumber(kToday) - days; }
int32_t On(int year, int month, int day) { return DayNumber(absl::CivilDay(year, month, day)); }

Item Make(uint64_t id, state::v1::ItemKind kind, int64_t minor, int issued_ago, const std::string& number) {
  Item item;
  item.set_id(id);
  item.set_kind(kind);
  item.set_number(number);
  item.set_issue_day(DaysAgo(issued_ago));
  item.set_amount_minor(minor);
  item.set_open_minor(minor);
  item.set_currency("EUR");
  item.set_source("fec");
  return item;
}

// Issued 40 days ago, due in 30 days: nothing is wrong with it.
Item Invoice(uint64_t id, int64_t minor = 100'00) {
  Item item =
      Make(id, state::v1::ITEM_KIND_INVOICE, minor + static_cast<int64_t>(id), 20, absl::StrCat("F", id));
  item.set_due_day(DaysAgo(-10));
  return item;
}
Item With(Item item, const std::function<void(Item&)>& change) {
  change(item);
  return item;
}
Item Credit(uint64_t id, int64_t minor, int issued_ago,
            state::v1::ItemKind kind = state::v1::ITEM_KIND_PAYMENT) {
  return Make(id, kind, -minor, issued_ago, absl::StrCat("A", id));
}

struct Case {
  std::string name;
  std::vector<v1::QualityKind> kinds;  // what is found
  std::vector<Item> items;
  std::function<void(AccountView&)> view = [](AccountView&) {};
  std::function<void(state::v1::TenantConfig&)> tenant = [](state::v1::TenantConfig&) {};
};

std::vector<Finding> Find(const Case& c) {
  AccountView view;
  view.key = {"demo", "C1"};
  auto& attributes = *view.sum.mutable_attributes();
  attributes.add_address("1 rue des Halles");
  auto& contact = *attributes.add_contacts();
  contact.set_role("billing");
  contact.set_email("compta@example.org");
  for (const Item& item : c.items) (item.open_minor() != 0 ? view.items : view.history).push_back(item);
  c.view(view);
  state::v1::TenantConfig config;
  config.set_id("demo");
  config.set_country("FR");
  config.set_currency("EUR");
  config.set_default_terms("net30");
  c.tenant(config);
  std::vector<Finding> findings;
  FindInAccount(view, {&config, DayNumber(kToday), &LegalLimits::BuiltIn()},
                [&](Finding finding) { findings.push_back(std::move(finding)); });
  return findings;
}

std::vector<v1::QualityKind> KindsOf(const Case& c) {
  std::vector<v1::QualityKind> kinds;
  for (const Finding& finding : Find(c)) kinds.push_back(finding.kind);
  return kinds;
}

void ExpectAll(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(KindsOf(c), ::testing::UnorderedElementsAreArray(c.kinds));
  }
}

TEST(FindInAccountTest, NothingIsWrongWithAnOrdinaryAccount) {
  ExpectAll({{"one invoice", {}, {Invoice(1)}},
             {"nothing open",
              {},
              {With(Invoice(1),
                    [](Item& i) {
                      i.set_open_minor(0);
                      i.clear_due_day();
                    })},
              [](AccountView& v) { v.sum.mutable_attributes()->Clear(); }}});
}

TEST(FindInAccountTest, DuplicateNumbers) {
  constexpr auto kTwice = v1::QUALITY_KIND_DUPLICATE_NUMBER;
  const auto same = [](uint64_t id) { return With(Invoice(1), [id](Item& i) { i.set_id(id); }); };
  ExpectAll({
      {"the same again", {kTwice}, {Invoice(1), same(2)}},
      {"written another way", {kTwice}, {Invoice(1), With(same(2), [](Item& i) { i.set_number("f 1"); })}},
      {"the first is paid", {kTwice}, {With(Invoice(1), [](Item& i) { i.set_open_minor(0); }), same(2)}},
      {"both are paid",
       {},
       {Invoice(9), With(Invoice(1), [](Item& i) { i.set_open_minor(0); }),
        With(same(2), [](Item& i) { i.set_open_minor(0); })}},
      {"instalments: a due date each",
       {},
       {Invoice(1), With(same(2), [](Item& i) { i.set_due_day(DaysAgo(-20)); })}},
      {"two sources, two due dates",
       {kTwice},
       {Invoice(1), With(same(2),
                         [](Item& i) {
                           i.set_due_day(DaysAgo(-20));
                           i.set_source("ubl");
                         })}},
      {"lines of one entry",
       {},
       {Invoice(1), With(same(2),
                         [](Item& i) {
                           i.set_amount_minor(1);
                           i.set_open_minor(7'00);
                         })}},
      {"one number for two documents",
       {kTwice},
       {Invoice(1), With(same(2),
                         [](Item& i) {
                           i.set_issue_day(DaysAgo(21));
                           i.set_amount_minor(5);
                         })}},
      {"a credit note of its number",
       {},
       {Invoice(1),
        With(Credit(2, 50'00, 3, state::v1::ITEM_KIND_CREDIT_NOTE), [](Item& i) { i.set_number("F1"); })}},
      {"no number",
       {},
       {With(Invoice(1), [](Item& i) { i.clear_number(); }),
        With(same(2), [](Item& i) { i.clear_number(); })}},
      {"another currency", {}, {Invoice(1), With(same(2), [](Item& i) { i.set_currency("USD"); })}},
  });
  const auto findings = Find({"", {}, {With(Invoice(1), [](Item& i) { i.set_open_minor(0); }), same(2)}});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].amount_minor, 100'01) << "what is asked for once more";
  EXPECT_EQ(findings[0].items, (std::vector<uint64_t>{1, 2}));
  EXPECT_EQ(findings[0].command, "relancectl ledger write-off demo C1 0000000000000002 --reason DUPLICATE");
}

TEST(FindInAccountTest, DuplicateContent) {
  constexpr auto kTwice = v1::QUALITY_KIND_DUPLICATE_CONTENT;
  const auto other = [](const std::function<void(Item&)>& change) {
    return With(With(Invoice(1),
                     [](Item& i) {
                       i.set_id(2);
                       i.set_number("F2");
                     }),
                change);
  };
  ExpectAll({
      {"two numbers", {kTwice}, {Invoice(1), other([](Item&) {})}},
      {"one cent more", {}, {Invoice(1), other([](Item& i) { i.set_amount_minor(100'02); })}},
      {"a day later", {}, {Invoice(1), other([](Item& i) { i.set_issue_day(DaysAgo(19)); })}},
      {"due a day later", {}, {Invoice(1), other([](Item& i) { i.set_due_day(DaysAgo(-11)); })}},
      {"both are paid",
       {},
       {Invoice(9), With(Invoice(1), [](Item& i) { i.set_open_minor(0); }),
        other([](Item& i) { i.set_open_minor(0); })}},
  });
}

TEST(FindInAccountTest, FC12_NoDueDateIsADataError) {
  constexpr auto kMissing = v1::QUALITY_KIND_DUE_DATE_MISSING;
  ExpectAll({
      {"an invoice", {kMissing}, {With(Invoice(1), [](Item& i) { i.clear_due_day(); })}},
      {"a credit needs none", {}, {Invoice(1), Credit(2, 10'00, 3)}},
      {"a payment that came back", {}, {Make(1, state::v1::ITEM_KIND_RETURN, 50'00, 3, "")}},
  });
  const auto findings = Find({"", {}, {With(Invoice(1), [](Item& i) { i.clear_due_day(); })}});
  EXPECT_EQ(findings[0].amount_minor, 100'01);
  EXPECT_EQ(findings[0].numbers, std::vector<std::string>{"F1"});
}

TEST(FindInAccountTest, ContactsMailsAndAddresses) {
  const auto change = [](const std::function<void(state::v1::Attributes&)>& edit) {
    return [edit](AccountView& view) { edit(*view.sum.mutable_attributes()); };
  };
  ExpectAll({
      {"nobody", {v1::QUALITY_KIND_CONTACT_MISSING}, {Invoice(1)}, change([](auto& a) {
         a.clear_contacts();
       })},
      {"nobody who is active", {v1::QUALITY_KIND_CONTACT_MISSING}, {Invoice(1)}, change([](auto& a) {
         a.mutable_contacts(0)->set_inactive(true);
       })},
      {"no mail", {v1::QUALITY_KIND_MAIL_MISSING}, {Invoice(1)}, change([](auto& a) {
         a.mutable_contacts(0)->clear_email();
       })},
      {"a mail of someone inactive", {v1::QUALITY_KIND_MAIL_MISSING}, {Invoice(1)}, change([](auto& a) {
         a.mutable_contacts(0)->set_inactive(true);
         a.add_contacts()->set_name("x");
       })},
      {"no address", {v1::QUALITY_KIND_ADDRESS_MISSING}, {Invoice(1)}, change([](auto& a) {
         a.clear_address();
       })},
      {"who owes nothing needs none",
       {v1::QUALITY_KIND_ACCOUNT_IN_CREDIT},
       {Credit(1, 10'00, 3)},
       change([](auto& a) { a.Clear(); })},
  });
}

TEST(FindInAccountTest, ImpossibleDates) {
  constexpr auto kDates = v1::QUALITY_KIND_DATE_IMPOSSIBLE;
  const auto old = [](int32_t issue) {
    return With(Invoice(1), [issue](Item& i) {
      i.set_issue_day(issue);
      i.set_kind(state::v1::ITEM_KIND_DEBIT_NOTE);
    });
  };
  ExpectAll({
      {"due on the day of issue", {}, {With(Invoice(1), [](Item& i) { i.set_due_day(i.issue_day()); })}},
      {"due the day before", {kDates}, {With(Invoice(1), [](Item& i) { i.set_due_day(i.issue_day() - 1); })}},
      {"issued today", {}, {With(Invoice(1), [](Item& i) { i.set_issue_day(DaysAgo(0)); })}},
      {"issued tomorrow", {kDates}, {With(Invoice(1), [](Item& i) { i.set_issue_day(DaysAgo(-1)); })}},
      {"15 years old today", {}, {old(On(2010, 6, 30))}},
      {"a day older", {kDates}, {old(On(2010, 6, 29))}},
  });
}

TEST(FindInAccountTest, NumbersOfCompanies) {
  const auto has = [](const std::string& legal, const std::string& vat, const std::string& country = "") {
    return [=](AccountView& view) {
      view.sum.mutable_attributes()->set_legal_id(legal);
      view.sum.mutable_attributes()->set_vat_id(vat);
      view.sum.mutable_attributes()->set_country(country);
    };
  };
  constexpr auto kLegal = v1::QUALITY_KIND_LEGAL_ID_INVALID;
  constexpr auto kVat = v1::QUALITY_KIND_VAT_ID_INVALID;
  ExpectAll({
      {"good SIREN", {}, {Invoice(1)}, has("732 829 320", "")},
      {"bad SIREN", {kLegal}, {Invoice(1)}, has("732829321", "")},
      {"good SIRET", {}, {Invoice(1)}, has("73282932000074", "")},
      {"bad SIRET", {kLegal}, {Invoice(1)}, has("73282932000079", "")},
      {"Belgian", {}, {Invoice(1)}, has("0428.759.497", "", "BE")},
      {"bad Belgian", {kLegal}, {Invoice(1)}, has("0431150351", "", "BE")},
      {"a country that nobody checks", {}, {Invoice(1)}, has("12", "", "DE")},
      {"good VAT", {}, {Invoice(1)}, has("", "FR44732829320")},
      {"bad VAT", {kVat}, {Invoice(1)}, has("", "FR00732829320")},
      {"foreign VAT", {}, {Invoice(1)}, has("", "DE136695976")},
      {"good IBAN",
       {},
       {Invoice(1)},
       [](AccountView& v) { v.sum.mutable_attributes()->add_payer_ibans("BE68539007547034"); }},
      {"bad IBAN",
       {v1::QUALITY_KIND_IBAN_INVALID},
       {Invoice(1)},
       [](AccountView& v) { v.sum.mutable_attributes()->add_payer_ibans("BE68539007547035"); }},
      {"another number",
       {},
       {Invoice(1)},
       [](AccountView& v) { v.sum.mutable_attributes()->add_payer_ibans("123456789"); }},
  });
}

TEST(FindInAccountTest, TermsBeyondTheLaw) {
  constexpr auto kTerms = v1::QUALITY_KIND_TERMS_BEYOND_LAW;
  const auto due = [](int32_t issue, int32_t day) {
    return With(Invoice(1), [=](Item& i) {
      i.set_issue_day(issue);
      i.set_due_day(day);
    });
  };
  const auto terms = [](const std::string& text) {
    return [text](AccountView& view) { view.sum.mutable_attributes()->set_terms(text); };
  };
  const auto debtor = [](const std::string& type) {
    return [type](AccountView& view) { view.sum.mutable_attributes()->set_customer_type(type); };
  };
  const auto belgium = [](state::v1::TenantConfig& config) { config.set_country("BE"); };
  ExpectAll({
      {"FR 60 days", {}, {due(On(2025, 6, 1), On(2025, 7, 31))}},
      {"FR 61 days", {kTerms}, {due(On(2025, 6, 1), On(2025, 8, 1))}},
      // 45 days end of month of 2025-05-20: A 2025-07-31, B 2025-07-15; 60 days: 2025-07-19.
      {"FR end of month", {}, {due(On(2025, 5, 20), On(2025, 7, 31))}, terms("45eom")},
      {"FR a day behind it", {kTerms}, {due(On(2025, 5, 20), On(2025, 8, 1))}, terms("45eom")},
      {"FR end of month was not agreed", {kTerms}, {due(On(2025, 5, 20), On(2025, 7, 31))}},
      {"FR public 30 days", {}, {due(On(2025, 6, 1), On(2025, 7, 1))}, debtor("public")},
      {"FR public 31 days", {kTerms}, {due(On(2025, 6, 1), On(2025, 7, 2))}, debtor("public")},
      {"a consumer may be given any", {}, {due(On(2025, 6, 1), On(2025, 12, 1))}, debtor("consumer")},
      {"BE 60 days", {}, {due(On(2025, 6, 1), On(2025, 7, 31))}, {[](AccountView&) {}}, belgium},
      {"BE 61 days", {kTerms}, {due(On(2025, 6, 1), On(2025, 8, 1))}, {[](AccountView&) {}}, belgium},
      {"BE before the law: not judged",
       {},
       {With(due(On(2022, 1, 31), On(2025, 7, 1)), [](Item&) {})},
       {[](AccountView&) {}},
       belgium},
  });
}

TEST(FindInAccountTest, FC25_OldCreditsAreShownAndNotNetted) {
  constexpr auto kOld = v1::QUALITY_KIND_CREDIT_OLD;
  ExpectAll({
      {"90 days", {}, {Invoice(1), Credit(2, 10'00, 90)}},
      {"91 days", {kOld}, {Invoice(1), Credit(2, 10'00, 91)}},
      {"a credit note too", {kOld}, {Invoice(1), Credit(2, 10'00, 91, state::v1::ITEM_KIND_CREDIT_NOTE)}},
  });
  EXPECT_EQ(Find({"", {}, {Invoice(1), Credit(2, 10'00, 91)}})[0].amount_minor, 10'00);
}

TEST(FindInAccountTest, FC26_FC48_CreditNotes) {
  constexpr auto kAlone = v1::QUALITY_KIND_CREDIT_NOTE_WITHOUT_INVOICE;
  constexpr auto kNote = state::v1::ITEM_KIND_CREDIT_NOTE;
  ExpectAll({
      {"as large as its invoice", {}, {Invoice(1), Credit(2, 100'01, 3, kNote)}},
      {"one cent larger",
       {kAlone, v1::QUALITY_KIND_ACCOUNT_IN_CREDIT},
       {Invoice(1), Credit(2, 100'02, 3, kNote)}},
      {"a payment is none", {v1::QUALITY_KIND_ACCOUNT_IN_CREDIT}, {Invoice(1), Credit(2, 100'02, 3)}},
      {"cancelled or settled ones are not counted",
       {},
       {Invoice(1), With(Credit(2, 900'00, 3, kNote), [](Item& i) { i.set_open_minor(0); })}},
  });
}

TEST(FindInAccountTest, Residues) {
  constexpr auto kResidue = v1::QUALITY_KIND_RESIDUE;
  const auto rest = [](int64_t minor) {
    return With(Invoice(1), [minor](Item& i) { i.set_open_minor(minor); });
  };
  const auto own = [](state::v1::TenantConfig& config) { config.set_residue_minor(10); };
  ExpectAll({
      {"5.00", {kResidue}, {rest(5'00)}},
      {"5.01", {}, {rest(5'01)}},
      {"of a credit", {kResidue}, {Invoice(1), Credit(2, 4'99, 3)}},
      {"the tenant's own: 0.10", {kResidue}, {rest(10)}, {[](AccountView&) {}}, own},
      {"0.11", {}, {rest(11)}, {[](AccountView&) {}}, own},
      {"disputed", {}, {With(rest(3'00), [](Item& i) { i.mutable_dispute()->set_opened_day(DaysAgo(3)); })}},
  });
  EXPECT_EQ(Find({"", {}, {rest(5'00)}})[0].command,
            "relancectl ledger write-off demo C1 0000000000000001 --reason SMALL_RESIDUE");
}

TEST(FindInAccountTest, Limitation) {
  constexpr auto kNear = v1::QUALITY_KIND_LIMITATION_NEAR, kPassed = v1::QUALITY_KIND_LIMITATION_PASSED;
  constexpr auto kOld = v1::QUALITY_KIND_SPECIALIST_TOO_OLD;
  const auto due = [](int32_t day) {
    return With(Invoice(1), [day](Item& i) {
      i.set_due_day(day);
      i.set_issue_day(day - 30);
    });
  };
  const auto debtor = [](const std::string& type, const std::string& sector = "") {
    return [=](AccountView& view) {
      view.sum.mutable_attributes()->set_customer_type(type);
      view.sum.mutable_attributes()->set_sector(sector);
    };
  };
  ExpectAll({
      // 5 years: today is the last day; 180 days before it the alert begins.
      {"181 days before", {kOld}, {due(On(2020, 12, 28))}},
      {"180 days before", {kOld, kNear}, {due(On(2020, 12, 27))}},
      {"the last day", {kOld, kNear}, {due(On(2020, 6, 30))}},
      {"the day after", {kOld, kPassed}, {due(On(2020, 6, 29))}},
      {"a consumer: 2 years", {kOld, kPassed}, {due(On(2023, 6, 29))}, debtor("consumer")},
      {"a consumer: the last day", {kOld, kNear}, {due(On(2023, 6, 30))}, debtor("consumer")},
      {"carriage: 1 year", {kOld, kPassed}, {due(On(2024, 6, 29))}, debtor("", "transport")},
      {"carriage: the last day", {kOld, kNear}, {due(On(2024, 6, 30))}, debtor("", "transport")},
      {"Belgium is not in the table",
       {kOld},
       {due(On(2020, 6, 29))},
       {[](AccountView&) {}},
       [](state::v1::TenantConfig& config) { config.set_country("BE"); }},
  });
  EXPECT_EQ(YearsAfter(absl::CivilDay(2021, 3, 15), 5), absl::CivilDay(2026, 3, 15));
  EXPECT_EQ(YearsAfter(absl::CivilDay(2024, 2, 29), 5), absl::CivilDay(2029, 2, 28));
}

TEST(FindInAccountTest, AccountsInCredit) {
  constexpr auto kCredit = v1::QUALITY_KIND_ACCOUNT_IN_CREDIT;
  ExpectAll({
      {"even", {}, {Invoice(1), Credit(2, 100'01, 3)}},
      {"one cent", {kCredit}, {Invoice(1), Credit(2, 100'02, 3)}},
      {"another currency does not make up for it",
       {kCredit},
       {Invoice(1), With(Credit(2, 50'00, 3), [](Item& i) { i.set_currency("USD"); })}},
  });
  EXPECT_EQ(Find({"", {}, {Invoice(1), Credit(2, 100'02, 3)}})[0].amount_minor, 1);
}

TEST(FindInAccountTest, CandidatesForASpecialist) {
  constexpr auto kOld = v1::QUALITY_KIND_SPECIALIST_TOO_OLD,
                 kLost = v1::QUALITY_KIND_SPECIALIST_IRRECOVERABLE;
  const auto late = [](int days) {
    return With(Invoice(1), [days](Item& i) {
      i.set_due_day(DaysAgo(days));
      i.set_issue_day(DaysAgo(days + 30));
    });
  };
  const auto placed = [](state::v1::PlacementState state) {
    return [state](AccountView& view) {
      auto* placement = view.placements.add_placements();
      placement->set_state(state);
      placement->add_items()->set_item(1);
    };
  };
  const auto insolvent = [](int ago) {
    return [ago](AccountView& view) { view.sum.mutable_attributes()->set_insolvent_day(DaysAgo(ago)); };
  };
  ExpectAll({
      {"90 days late", {}, {late(90)}},
      {"91 days late", {kOld}, {late(91)}},
      {"disputed", {}, {With(late(91), [](Item& i) { i.mutable_dispute()->set_opened_day(DaysAgo(3)); })}},
      {"placed", {}, {late(91)}, placed(state::v1::PLACEMENT_STATE_ACCEPTED)},
      {"recalled", {kOld}, {late(91)}, placed(state::v1::PLACEMENT_STATE_RECALLED)},
      {"insolvent", {kLost}, {late(91)}, insolvent(0)},
      {"insolvent tomorrow", {kOld}, {late(91)}, insolvent(-1)},
      {"insolvent, not yet due", {kLost}, {Invoice(1)}, insolvent(5)},
  });
}

TEST(FindInAccountTest, PaymentsReturnedTwice) {
  const auto returned = [](uint64_t id) {
    return With(Credit(id, 10'00, 30), [](Item& i) {
      i.set_open_minor(0);
      i.set_returned_day(DaysAgo(20));
    });
  };
  ExpectAll({
      {"once", {}, {Invoice(1), returned(2)}},
      {"twice", {v1::QUALITY_KIND_PAYMENT_RETURNED_TWICE}, {Invoice(1), returned(2), returned(3)}},
      {"who owes nothing",
       {v1::QUALITY_KIND_ACCOUNT_IN_CREDIT},
       {Credit(1, 10'00, 3), returned(2), returned(3)}},
  });
}

TEST(FindInAccountTest, OldDisputes) {
  const auto disputed = [](int ago, int resolved_ago) {
    return With(Invoice(1), [=](Item& i) {
      i.mutable_dispute()->set_reason("QUALITY");
      i.mutable_dispute()->set_amount_minor(40'00);
      i.mutable_dispute()->set_opened_day(DaysAgo(ago));
      if (resolved_ago >= 0) i.mutable_dispute()->set_resolved_day(DaysAgo(resolved_ago));
    });
  };
  ExpectAll({
      {"60 days", {}, {disputed(60, -1)}},
      {"61 days", {v1::QUALITY_KIND_DISPUTE_OLD}, {disputed(61, -1)}},
      {"resolved", {}, {disputed(61, 3)}},
  });
  EXPECT_EQ(Find({"", {}, {disputed(61, -1)}})[0].amount_minor, 40'00) << "the contested part";
}

TEST(FindInAccountTest, MoneyOfUnknownPayersIsNobodysAccount) {
  const auto nobody = [](AccountView& view) {
    view.key.account = "~unidentified";
    view.sum.mutable_attributes()->Clear();
  };
  ExpectAll({{"money", {v1::QUALITY_KIND_MONEY_UNIDENTIFIED}, {Credit(1, 10'00, 200)}, nobody},
             {"given to its account",
              {},
              {With(Credit(1, 10'00, 200), [](Item& i) { i.set_open_minor(0); })},
              nobody}});
}

TEST(FindInAccountTest, NamesAreTakenAsOneWordByAShell) {
  const auto findings =
      Find({"", {}, {With(Invoice(1), [](Item& i) { i.set_open_minor(3'00); })}, [](AccountView& view) {
              view.key.account = "DUPONT D'AS";
            }});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_TRUE(absl::StrContains(findings[0].command, R"(demo 'DUPONT D'\''AS' )")) << findings[0].command;
}

TEST(LegalLimitsTest, RefusesWhatIsNotInItsForm) {
  const std::string header = "rule,country,debtor,from,to,value,status,source\n";
  const std::pair<const char*, bool> rows[] = {
      {"term_days,FR,private,2009-01-01,,60,verified,x\n", true},
      {"term_weeks,FR,private,2009-01-01,,60,verified,x\n", false},
      {"term_days,FR,private,2009-13-01,,60,verified,x\n", false},
      {"term_days,FR,private,2009-01-01,2008-01-01,60,verified,x\n", false},
      {"term_days,FR,private,2009-01-01,,0,verified,x\n", false},
      {"term_days,FR\n", false},
  };
  for (const auto& [row, good] : rows) {
    SCOPED_TRACE(row);
    EXPECT_EQ(LegalLimits().Add(header + row).ok(), good);
  }
  EXPECT_FALSE(LegalLimits().Add("a,b\n").ok());
  // Both days of a period are in it, nothing beyond.
  LegalLimits limits;
  ASSERT_TRUE(limits.Add(header + "term_days,FR,private,2009-01-01,2009-12-31,60,verified,x\n").ok());
  const auto on = [&](int year, int month, int day) {
    return limits.On(LegalRule::kTermDays, "FR", "private", absl::CivilDay(year, month, day)) != nullptr;
  };
  EXPECT_TRUE(on(2009, 1, 1));
  EXPECT_TRUE(on(2009, 12, 31));
  EXPECT_FALSE(on(2008, 12, 31));
  EXPECT_FALSE(on(2010, 1, 1));
}

}  // namespace
}  // namespace relance::ledger
