#include "services/handoff/build_case_file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/time/day.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/handoff/item_money.h"
#include "services/handoff/legal_terms.h"
#include "services/handoff/testing/handoff_world.h"
#include "services/handoff/write_case_csv.h"
#include "services/handoff/write_case_json.h"

namespace relance::handoff {
namespace {

using testing::Credit;
using testing::DayOf;
using testing::Invoice;
using Json = nlohmann::ordered_json;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Compares with tests/golden/handoff/<name>; UPDATE_GOLDEN=1 writes it.
void ExpectGolden(const std::string& name, const std::string& text) {
  const std::string path = absl::StrCat(RELANCE_SOURCE_DIR, "/tests/golden/handoff/", name);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  EXPECT_EQ(text, ReadFile(path)) << path;
}

struct Case {
  AccountView view;
  state::v1::TenantConfig tenant;
  state::v1::Agency agency = testing::World::SomeAgency("recouvra");
  std::vector<state::v1::EvidenceRecord> evidence;
  std::string id = "verger-RJKO00-1";
  absl::CivilDay date = absl::CivilDay(2025, 8, 20);

  Case() {
    view.key = {"verger", "RJKO00"};
    view.exists = true;
    tenant.set_id("verger");
    tenant.set_legal_name("Verger SAS");
    tenant.add_address("12 rue des Pommiers");
    tenant.add_address("14000 Caen");
    tenant.set_country("FR");
    tenant.set_language("fr");
    tenant.set_currency("EUR");
    tenant.set_legal_id("732829320");
    tenant.set_vat_id("FR44732829320");
    tenant.set_iban("FR7630006000011234567890189");
    tenant.set_email("compta@verger.example");
    auto* attributes = view.sum.mutable_attributes();
    attributes->set_name("Dupont, \"Fils\" & Cie");
    attributes->set_legal_id("552100554");
    attributes->add_address("1 rue de la Paix");
    attributes->add_address("75002 Paris");
    auto* person = attributes->add_contacts();
    person->set_role("billing");
    person->set_name("=cmd()");
    person->set_email("compta@dupont.example");
    person->set_phone("+33 1 02 03 04 05");
    attributes->add_contacts()->set_inactive(true);
  }
  absl::StatusOr<CaseFile> Build() {
    std::vector<const state::v1::Item*> items;
    for (const auto& item : view.items) {
      if (IsOpenDebit(item)) items.push_back(&item);
    }
    return BuildCaseFile({.view = view,
                          .items = items,
                          .tenant = tenant,
                          .agency = agency,
                          .case_id = id,
                          .date = date,
                          .evidence = evidence,
                          .rates = claims::RateTables::BuiltIn()});
  }
};

// domain: golden I-2A, 12,000.00 of which 5,000.00 were paid on the principal.
Case PartPaid() {
  Case made;
  state::v1::Item invoice = Invoice(0x11, DayOf(2024, 11, 30), 1'200'000);
  invoice.set_open_minor(700'000);
  invoice.set_reference("RF18539007547034");
  auto* dispute = invoice.mutable_dispute();
  dispute->set_reason("PRICE");
  dispute->set_amount_minor(10'000);
  dispute->set_opened_day(DayOf(2025, 1, 10));
  dispute->set_resolved_day(DayOf(2025, 1, 20));
  state::v1::Item dollars = Invoice(0x12, DayOf(2025, 5, 31), 250'050, "USD");
  dollars.set_open_minor(200'000);
  state::v1::Item fee = Invoice(0x13, DayOf(2025, 6, 30), 1'500);
  fee.set_kind(state::v1::ITEM_KIND_DEBIT_NOTE);
  made.view.items = {invoice, dollars, fee,
                     Credit(0x20, state::v1::ITEM_KIND_CREDIT_NOTE, 0, 0, DayOf(2025, 7, 1))};
  made.view.items.back().set_open_minor(-2'500);
  made.view.history = {Credit(0x21, state::v1::ITEM_KIND_PAYMENT, 0x11, 500'000, DayOf(2025, 2, 15)),
                       Credit(0x22, state::v1::ITEM_KIND_CREDIT_NOTE, 0x12, 50'050, DayOf(2025, 6, 10))};
  auto* promise = made.view.plan.add_promises();
  promise->set_id("p1");
  promise->set_given_day(DayOf(2025, 3, 1));
  promise->set_promised_day(DayOf(2025, 3, 15));
  promise->set_amount_minor(700'000);
  promise->set_currency("EUR");
  promise->set_state(state::v1::PROMISE_STATE_BROKEN);
  for (const auto& [kind, subject, channel, day] :
       {std::make_tuple("contact.sent", "1/reminder", "mail", DayOf(2024, 12, 10)),
        std::make_tuple("contact.withdrawn", "1/second", "mail", DayOf(2024, 12, 20)),
        std::make_tuple("call.made", "1/call", "call", DayOf(2025, 3, 1)),
        std::make_tuple("contact.sent", "1/notice", "letter", DayOf(2025, 4, 1))}) {
    state::v1::EvidenceRecord& record = made.evidence.emplace_back();
    record.set_kind(kind);
    record.set_subject(subject);
    record.set_business_day(day);
    (*record.mutable_details())["channel"] = channel;
    (*record.mutable_details())["step"] = std::string(subject).substr(2);
    if (record.kind() == "call.made") {
      (*record.mutable_details())["outcome"] = "promised";
    } else {
      record.add_documents(std::string(64, 'a'));
    }
  }
  return made;
}

TEST(BuildCaseFileTest, ItemisedAsTheLawWantsIt) {
  Case made = PartPaid();
  const auto file = made.Build();
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->items.size(), 3u);
  const CaseItem& item = file->items[0];
  EXPECT_EQ(item.interest.size(), 4u);
  EXPECT_EQ(item.interest_minor, 80'340);
  EXPECT_EQ(item.indemnity, (relance::Money{4'000, "EUR"}));
  EXPECT_EQ(item.limitation, absl::CivilDay(2029, 11, 30));
  EXPECT_TRUE(file->items[2].interest.empty());  // a fee bears none
  ASSERT_EQ(file->totals.size(), 2u);
  EXPECT_EQ(file->totals[0].currency, "EUR");
  EXPECT_EQ(file->totals[0].principal_minor, 701'500);
  EXPECT_EQ(file->totals[0].interest_minor, 80'340);
  EXPECT_EQ(file->totals[0].indemnity_minor, 8'000);  // also that of the invoice in dollars
  EXPECT_EQ(file->totals[0].open_credits_minor, 2'500);
  EXPECT_EQ(file->contacts.size(), 3u);
  EXPECT_EQ(file->debtor.contacts.size(), 1u);
}

TEST(BuildCaseFileTest, GoldenFiles) {
  Case french = PartPaid();
  const auto file = french.Build();
  ASSERT_TRUE(file.ok());
  ExpectGolden("fr_part_paid.json", WriteCaseJson(*file));
  ExpectGolden("fr_part_paid.csv", WriteCaseCsv(*file));
  EXPECT_EQ(WriteCaseJson(*file), WriteCaseJson(*french.Build()));

  Case belgian;
  belgian.tenant.set_country("BE");
  belgian.view.items = {Invoice(0x31, DayOf(2024, 12, 15), 800'000)};
  belgian.date = absl::CivilDay(2025, 9, 30);
  const auto be = belgian.Build();
  ASSERT_TRUE(be.ok());
  ExpectGolden("be_open.json", WriteCaseJson(*be));
  ExpectGolden("be_open.csv", WriteCaseCsv(*be));

  Case person;
  person.view.sum.mutable_attributes()->set_customer_type("consumer");
  person.view.items = {Invoice(0x41, DayOf(2024, 12, 15), 5'000)};
  const auto consumer = person.Build();
  ASSERT_TRUE(consumer.ok());
  EXPECT_EQ(consumer->totals[0].total_minor, 5'000);
  ExpectGolden("fr_consumer.json", WriteCaseJson(*consumer));
}

TEST(BuildCaseFileTest, ARateThatIsMissingStopsNoCase) {
  Case old;
  old.view.items = {Invoice(1, DayOf(1999, 1, 1), 5'000)};
  const auto file = old.Build();
  ASSERT_TRUE(file.ok());
  EXPECT_FALSE(file->items[0].interest_missing.empty());
  EXPECT_EQ(file->totals[0].total_minor, 5'000);
}

TEST(BuildCaseFileTest, TermsByCountryAndDebtor) {
  struct Row {
    const char* country;
    const char* type;
    int rate_bps;
    const char* regime;  // "-": none
    int months;
  };
  const Row rows[] = {{"FR", "company", 0, "FR", 60},          {"FR", "company", 1200, "FR_CONTRACT", 60},
                      {"FR", "public", 1200, "FR_PUBLIC", 48}, {"FR", "consumer", 1200, "-", 24},
                      {"BE", "company", 0, "BE", 120},         {"BE", "consumer", 0, "-", 120},
                      {"DE", "company", 0, "EU", 0},           {"DE", "consumer", 0, "-", 0}};
  for (const Row& row : rows) {
    SCOPED_TRACE(absl::StrCat(row.country, " ", row.type, " ", row.rate_bps));
    const LegalTerms terms = LegalTermsFor(row.country, row.type, row.rate_bps);
    EXPECT_EQ(terms.interest.has_value() ? terms.interest->regime : "-", row.regime);
    EXPECT_EQ(terms.limitation_months, row.months);
    const bool contract = terms.interest.has_value() && terms.interest->fixed_rate.has_value();
    EXPECT_EQ(contract, row.rate_bps > 0 && std::string(row.type) == "company");
    if (contract) {
      EXPECT_EQ(claims::FormatPercent(*terms.interest->fixed_rate), "12.00");
    }
  }
}

// A3: original = paid + credited + remaining, whatever the books say; trailers agree with the rows.
TEST(BuildCaseFileTest, A3_BalancesToTheCent) {
  std::mt19937 random(20250630);
  const auto pick = [&](int64_t below) { return static_cast<int64_t>(random() % below); };
  for (int round = 0; round < 500; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    Case made;
    const int items = 1 + pick(6);
    for (int i = 1; i <= items; ++i) {
      state::v1::Item item = Invoice(i, DayOf(2024, 1, 1) + pick(500), 1 + pick(1'000'000));
      item.set_open_minor(1 + pick(item.amount_minor()));
      made.view.items.push_back(item);
    }
    const int credits = pick(8);
    for (int i = 0; i < credits; ++i) {
      // Also such as settle more than was settled: books are not always of one mind.
      auto credit = Credit(100 + i, pick(2) ? state::v1::ITEM_KIND_PAYMENT : state::v1::ITEM_KIND_CREDIT_NOTE,
                           1 + pick(items), 1 + pick(400'000), DayOf(2024, 1, 1) + pick(590),
                           pick(3) ? "camt053" : "agency:recouvra");
      if (pick(5) == 0) credit.mutable_allocations(0)->set_undone_day(DayOf(2025, 1, 1));
      made.view.history.push_back(credit);
    }
    const auto file = made.Build();
    ASSERT_TRUE(file.ok()) << file.status();
    int64_t principal = 0, interest = 0;
    for (const CaseItem& item : file->items) {
      EXPECT_EQ(item.original_minor, item.paid_minor + item.credited_minor + item.remaining_minor);
      EXPECT_GE(item.paid_minor, 0);
      EXPECT_GE(item.credited_minor, 0);
      principal += item.remaining_minor;
      interest += item.interest_minor;
      if (!item.interest.empty()) {
        EXPECT_EQ(item.interest.back().principal_minor, item.remaining_minor);
      }
    }
    EXPECT_EQ(file->totals[0].principal_minor, principal);
    EXPECT_EQ(file->totals[0].interest_minor, interest);
  }
}

// One record of RFC 4180 a vector; the file ends with CR LF.
std::vector<std::vector<std::string>> ParseCsv(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1, {""});
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    std::string& cell = rows.back().back();
    if (quoted) {
      if (text[i] != '"') {
        cell += text[i];
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        cell += text[++i];
      } else {
        quoted = false;
      }
    } else if (text[i] == '"') {
      quoted = true;
    } else if (text[i] == ',') {
      rows.back().emplace_back();
    } else if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
      ++i;
      rows.push_back({""});
    } else {
      cell += text[i];
    }
  }
  rows.pop_back();
  return rows;
}

TEST(WriteCaseCsvTest, ReadsBackAndItsTrailerCounts) {
  const auto rows = ParseCsv(WriteCaseCsv(*PartPaid().Build()));
  for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size());
  EXPECT_EQ(rows.back()[0], "trailer");
  EXPECT_EQ(rows.back()[9], absl::StrCat(rows.size() - 2));
  std::map<std::string, std::string> fields;
  for (const auto& row : rows) {
    if (row[0] == "field") fields[row[2]] = row[17];
  }
  EXPECT_EQ(fields["debtor.name"], "Dupont, \"Fils\" & Cie");
  EXPECT_EQ(fields["debtor.contact.1.name"], "'=cmd()");
  EXPECT_EQ(fields["debtor.contact.1.phone"], "+33 1 02 03 04 05");
}

// What of JSON Schema docs/case_file.schema.json uses: type, properties, required, additionalProperties,
// items, $ref, const.
void Validate(const Json& schema, const Json& root, const Json& value, const std::string& path) {
  SCOPED_TRACE(path);
  if (schema.contains("$ref")) {
    const std::string name = schema["$ref"].get<std::string>().substr(std::string("#/$defs/").size());
    ASSERT_TRUE(root["$defs"].contains(name));
    return Validate(root["$defs"][name], root, value, path);
  }
  if (schema.contains("const")) {
    EXPECT_EQ(schema["const"], value);
  }
  std::vector<std::string> types;
  for (const Json& type : schema["type"].is_array() ? schema["type"] : Json::array({schema["type"]})) {
    types.push_back(type.get<std::string>());
  }
  const std::string found = value.is_number_integer() ? "integer" : value.type_name();
  EXPECT_NE(std::find(types.begin(), types.end(), found), types.end()) << found;
  if (value.is_object()) {
    for (const Json& name : schema["required"]) EXPECT_TRUE(value.contains(name.get<std::string>())) << name;
    for (const auto& [name, member] : value.items()) {
      ASSERT_TRUE(schema["properties"].contains(name)) << name;
      Validate(schema["properties"][name], root, member, path + "." + name);
    }
  } else if (value.is_array()) {
    for (const Json& element : value) Validate(schema["items"], root, element, path + "[]");
  }
}

TEST(WriteCaseJsonTest, FollowsItsSchema) {
  const Json schema = Json::parse(ReadFile(absl::StrCat(RELANCE_SOURCE_DIR, "/docs/case_file.schema.json")));
  Case consumer;
  consumer.view.items = {Invoice(0x41, DayOf(1999, 12, 15), 5'000)};
  for (Case made : {PartPaid(), consumer}) {
    Validate(schema, schema, Json::parse(WriteCaseJson(*made.Build())), "case");
  }
}

TEST(WriteCaseJsonTest, BytesThatAreNoTextAreReplaced) {
  Case made;
  made.view.sum.mutable_attributes()->set_name("Caf\xe9");
  made.view.items = {Invoice(1, DayOf(2025, 1, 15), 5'000)};
  const Json json = Json::parse(WriteCaseJson(*made.Build()));
  EXPECT_EQ(json["debtor"]["name"], "Caf\xef\xbf\xbd");
}

}  // namespace
}  // namespace relance::handoff
