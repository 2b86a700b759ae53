// Statements of accounts that PostItems made, through the handler of GetClaims.
#include "services/ledger/claims/claims.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/money/decimal_text.h"
#include "common/rpc/proto_types.h"
#include "common/status/check.h"
#include "common/status/domain_error.h"
#include "common/store/testing/fake_store.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/day.h"
#include "services/ledger/allocate.h"
#include "services/ledger/evidence_records.h"
#include "services/ledger/post_items.h"
#include "services/ledger/return_payment.h"
#include "services/ledger/testing/account_builder.h"

namespace relance::ledger {
namespace {

using state::v1::Item;

constexpr auto kPrincipal = v1::ALLOCATION_MODE_PRINCIPAL_FIRST;
constexpr auto kInterest = v1::ALLOCATION_MODE_INTEREST_FIRST;

store::Deadline Soon() { return store::After(absl::Seconds(10)); }

int32_t Iso(absl::string_view text) { return DayNumber(*ParseIsoDay(text)); }

type::v1::Date Date(absl::string_view text) { return rpc::DayToProto(*ParseIsoDay(text)); }

std::string Text(const type::v1::Money& money) {
  return FormatDecimal(rpc::MoneyFromProto(money, "money")->minor, 2, '.');
}

// "31 d 12000.00 at 14.25 = 145.23; ...", as the reference tables write it.
std::string Lines(const v1::ItemClaim& claim) {
  return absl::StrJoin(claim.segments(), "; ", [](std::string* out, const v1::ClaimSegment& segment) {
    absl::StrAppend(out, segment.days(), " d ", Text(segment.principal()), " at ", segment.rate_percent(),
                    " = ", Text(segment.interest()));
  });
}

class ClaimsTest : public ::testing::Test {
 protected:
  ClaimsTest()
      : store_(store::Service::kLedger),
        tenants_(&store_, [] { return absl::UnixEpoch(); }),
        claims_(&store_, &tenants_) {}

  void Tenant(const std::string& country, int contract_rate_bps = 0, absl::string_view today = "2026-06-30") {
    state::v1::TenantConfig config;
    config.set_id("t");
    config.set_country(country);
    config.set_currency("EUR");
    config.set_time_zone("Europe/Paris");
    config.set_contract_rate_bps(contract_rate_bps);
    Put(kTenantDocument, config.SerializeAsString());
    state::v1::TenantClock clock;
    clock.set_test_day(Iso(today));
    Put(kClockDocument, clock.SerializeAsString());
  }

  uint64_t Invoice(int64_t minor, absl::string_view due, const std::string& currency = "EUR") {
    const uint64_t id = ++next_id_;
    IncomingAccount incoming;
    IncomingItem told;
    told.item = testing::Invoice(id, minor, Iso(due), absl::StrCat("F", id));
    told.item.set_currency(currency);
    told.item.clear_open_minor();
    incoming.items = {told};
    Edit([&](LedgerAccount* account) { PostItems(incoming, account); });
    return id;
  }
  uint64_t Credit(state::v1::ItemKind kind, int64_t minor, absl::string_view day, uint64_t debit,
                  absl::string_view allocated = "") {
    const uint64_t id = ++next_id_;
    Edit([&](LedgerAccount* account) {
      Item item = testing::MakeItem(id, kind, -minor, Iso(day));
      item.set_currency(account->Find(debit)->currency());
      account->Add(item);
      Allocate(account, id, debit, INT64_MAX, Iso(allocated.empty() ? day : allocated),
               {state::v1::MATCH_RULE_COMMAND, ""});
    });
    return id;
  }
  uint64_t Pay(int64_t minor, absl::string_view day, uint64_t debit, absl::string_view allocated = "") {
    return Credit(state::v1::ITEM_KIND_PAYMENT, minor, day, debit, allocated);
  }
  void Attributes(const std::function<void(state::v1::Attributes*)>& change) {
    Edit([&](LedgerAccount* account) { change(account->mutable_attributes()); });
  }
  void Edit(const std::function<void(LedgerAccount*)>& edit) {
    LedgerAccount account = stored_.LoadAll();
    edit(&account);
    stored_.Commit(&account);
  }

  absl::StatusOr<v1::GetClaimsResponse> Ask(v1::GetClaimsRequest request, absl::string_view as_of,
                                            v1::AllocationMode mode) {
    Save();
    request.set_tenant_id("t");
    request.set_account_id("a");
    request.set_mode(mode);
    if (!as_of.empty()) *request.mutable_as_of_date() = Date(as_of);
    return claims_.GetClaims(request, Soon());
  }
  v1::GetClaimsResponse Get(absl::string_view as_of, v1::AllocationMode mode = kPrincipal,
                            v1::GetClaimsRequest request = {}) {
    request.set_include_paid(true);
    auto response = Ask(std::move(request), as_of, mode);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *std::move(response) : v1::GetClaimsResponse();
  }
  std::string Refusal(absl::string_view as_of, const std::function<void(v1::GetClaimsRequest&)>& change,
                      v1::AllocationMode mode = kPrincipal) {
    v1::GetClaimsRequest request;
    change(request);
    return ReasonOf(Ask(std::move(request), as_of, mode).status());
  }

 private:
  void Put(const char* name, const std::string& bytes) {
    int64_t& version = documents_[name];
    const auto written = store_.PutDocument("t", name, bytes, version, Soon());
    RELANCE_CHECK(written.ok());
    version = *written;
  }
  void Save() {
    if (stored_.fields() == saved_) return;
    saved_ = stored_.fields();
    store::CommitBatch batch;
    batch.partition = store_.PartitionOf({"t", "a"});
    batch.writes.emplace_back();
    batch.writes[0].key = {"t", "a"};
    batch.writes[0].read_versions = {{store::kLedgerOwner, version_}};
    batch.writes[0].set = {saved_.begin(), saved_.end()};
    const auto results = store_.Commit({&batch, 1}, Soon());
    RELANCE_CHECK(results.ok() && (*results)[0].ok());
    version_ = (*(*results)[0])[0].version;
  }

  store::FakeStore store_;
  TenantDirectory tenants_;
  Claims claims_;
  testing::StoredAccount stored_;
  std::map<std::string, std::string> saved_;
  std::map<std::string, int64_t> documents_;
  int64_t version_ = 0;
  uint64_t next_id_ = 0;
};

// The golden values of docs/indicators.md, end to end.

TEST_F(ClaimsTest, I1_FrenchDefault) {
  Tenant("FR");
  const uint64_t invoice = Invoice(10'000'00, "2025-01-31");
  Pay(10'000'00, "2025-04-15", invoice);
  for (const char* as_of : {"2025-04-15", "2026-06-30"}) {
    const v1::GetClaimsResponse response = Get(as_of);
    ASSERT_EQ(response.items_size(), 1) << as_of;
    const v1::ItemClaim& claim = response.items(0);
    EXPECT_EQ(Lines(claim), "74 d 10000.00 at 13.15 = 266.60");
    EXPECT_EQ(Text(claim.accrued_interest()), "266.60");
    EXPECT_EQ(Text(claim.principal()), "0.00");
    EXPECT_EQ(Text(claim.indemnity()), "40.00");
    EXPECT_EQ(Text(claim.total()), "306.60");
    EXPECT_EQ(claim.regime(), "FR");
    EXPECT_EQ(claim.basis(), "C. com. L441-10 II (before 26/04/2019 L441-6) and D441-5");
    EXPECT_TRUE(claim.verified() && response.verified());
  }
  v1::GetClaimsRequest open_only;
  EXPECT_EQ(Ask(open_only, "2026-06-30", kPrincipal)->items_size(), 0) << "paid: only when asked for";
}

TEST_F(ClaimsTest, I2A_PartPaymentOnPrincipal_I2B_InterestFirst) {
  Tenant("FR");
  const uint64_t invoice = Invoice(12'000'00, "2024-11-30");
  Pay(5'000'00, "2025-02-15", invoice);
  const v1::GetClaimsResponse principal = Get("2025-08-20", kPrincipal);
  EXPECT_EQ(
      Lines(principal.items(0)),
      "31 d 12000.00 at 14.25 = 145.23; 46 d 12000.00 at 13.15 = 198.87; 135 d 7000.00 at 13.15 = 340.46; "
      "51 d 7000.00 at 12.15 = 118.84");
  EXPECT_EQ(Text(principal.items(0).open_interest()), "803.40");
  EXPECT_EQ(Text(principal.items(0).principal()), "7000.00");
  EXPECT_EQ(Text(principal.items(0).total()), "7843.40");
  EXPECT_EQ(principal.mode(), kPrincipal);
  ASSERT_EQ(principal.totals_size(), 1);
  EXPECT_EQ(Text(principal.totals(0).total()), "7843.40");
  EXPECT_EQ(Text(principal.totals(0).interest()), "803.40");
  EXPECT_EQ(Text(principal.totals(0).indemnities()), "40.00");

  const v1::GetClaimsResponse interest = Get("2025-08-20", kInterest);
  EXPECT_EQ(
      Lines(interest.items(0)),
      "31 d 12000.00 at 14.25 = 145.23; 46 d 12000.00 at 13.15 = 198.87; 135 d 7344.10 at 13.15 = 357.19; "
      "51 d 7344.10 at 12.15 = 124.68");
  EXPECT_EQ(Text(interest.items(0).accrued_interest()), "825.97");
  EXPECT_EQ(Text(interest.items(0).open_interest()), "481.87");
  EXPECT_EQ(Text(interest.items(0).principal()), "7344.10");
  EXPECT_EQ(Text(interest.items(0).total()), "7865.97");
}

TEST_F(ClaimsTest, I3_ContractOfThreeTimesTheLegalRate) {
  Tenant("FR");
  const uint64_t invoice = Invoice(4'500'00, "2023-11-15");
  Pay(4'500'00, "2024-03-10", invoice);
  v1::GetClaimsRequest request;
  request.mutable_terms()->set_regime("FR_CONTRACT");
  request.mutable_terms()->set_reference_multiple_hundredths(300);
  EXPECT_EQ(Lines(Get("2024-12-31", kPrincipal, request).items(0)),
            "46 d 4500.00 at 12.66 = 71.80; 70 d 4500.00 at 15.21 = 131.26");
  EXPECT_EQ(Text(Get("2024-12-31", kPrincipal, request).items(0).accrued_interest()), "203.06");
  // I-3b: the same by law.
  EXPECT_EQ(Lines(Get("2024-12-31").items(0)),
            "46 d 4500.00 at 14.00 = 79.40; 70 d 4500.00 at 14.50 = 125.14");
  EXPECT_EQ(Text(Get("2024-12-31").items(0).accrued_interest()), "204.54");
}

TEST_F(ClaimsTest, I4_Belgium) {
  Tenant("BE");
  const uint64_t invoice = Invoice(8'000'00, "2024-12-15");
  Pay(3'000'00, "2025-01-31", invoice);
  // I-4b: interest first leaves principal at the day of the statement.
  v1::GetClaimsResponse response = Get("2025-09-30", kInterest);
  EXPECT_EQ(Lines(response.items(0)),
            "16 d 8000.00 at 12.50 = 43.84; 31 d 8000.00 at 11.50 = 78.14; 150 d 5121.98 at 11.50 = 242.07; "
            "92 d 5121.98 at 10.50 = 135.56");
  EXPECT_EQ(Text(response.items(0).accrued_interest()), "499.61");
  EXPECT_EQ(Text(response.items(0).open_interest()), "377.63");
  EXPECT_EQ(Text(response.items(0).principal()), "5121.98");
  Pay(5'000'00, "2025-09-30", invoice);
  response = Get("2025-09-30", kPrincipal);
  EXPECT_EQ(Lines(response.items(0)),
            "16 d 8000.00 at 12.50 = 43.84; 31 d 8000.00 at 11.50 = 78.14; 150 d 5000.00 at 11.50 = 236.30; "
            "92 d 5000.00 at 10.50 = 132.33");
  EXPECT_EQ(Text(response.items(0).accrued_interest()), "490.61");
  EXPECT_EQ(response.items(0).regime(), "BE");
  EXPECT_FALSE(response.verified()) << "the Belgian regime rests on secondary sources";
}

TEST_F(ClaimsTest, I5_PublicDebtorHasOneRate) {
  Tenant("FR", /*contract_rate_bps=*/1500);
  Attributes([](auto* attributes) { attributes->set_customer_type("public"); });
  const uint64_t invoice = Invoice(8'000'00, "2024-12-15");
  Pay(8'000'00, "2025-09-30", invoice);
  const v1::ItemClaim claim = Get("2025-12-31").items(0);
  EXPECT_EQ(Lines(claim), "289 d 8000.00 at 12.25 = 775.95")
      << "no contract changes the rate of public debtors";
  EXPECT_EQ(claim.regime(), "FR_PUBLIC");
  EXPECT_EQ(absl::CivilDay(claim.limitation_date().year(), claim.limitation_date().month(),
                           claim.limitation_date().day()),
            absl::CivilDay(2028, 12, 15));
}

TEST_F(ClaimsTest, I6_PaidOnTheDueDay_FC10) {
  Tenant("FR");
  const uint64_t invoice = Invoice(1'000'00, "2025-03-31");
  Pay(1'000'00, "2025-03-31", invoice);
  EXPECT_EQ(Get("2025-12-31").items_size(), 0) << "no interest, no indemnity";
  v1::GetClaimsRequest named;
  named.add_item_ids(ItemIdText(invoice));
  const v1::ItemClaim claim = Get("2025-12-31", kPrincipal, named).items(0);
  EXPECT_EQ(Text(claim.accrued_interest()), "0.00");
  EXPECT_EQ(Text(claim.indemnity()), "0.00");
  EXPECT_EQ(Text(claim.total()), "0.00");
}

TEST_F(ClaimsTest, I7_FirstDayOfAHalfYear) {
  Tenant("FR");
  Invoice(100'000'00, "2024-12-31");
  EXPECT_EQ(Lines(Get("2025-01-01").items(0)), "1 d 100000.00 at 13.15 = 36.03");
  EXPECT_EQ(Get("2024-12-31").items_size(), 0) << "FC-10: not late on the due day";
}

TEST_F(ClaimsTest, I8_LeapYear) {
  Tenant("FR");
  Invoice(36'500'00, "2023-12-31");
  const v1::ItemClaim claim = Get("2024-12-31").items(0);
  EXPECT_EQ(Lines(claim), "182 d 36500.00 at 14.50 = 2639.00; 184 d 36500.00 at 14.25 = 2622.00");
  EXPECT_EQ(Text(claim.accrued_interest()), "5261.00");
  EXPECT_EQ(claim.denominator(), 365);
}

TEST_F(ClaimsTest, EuropeanModule) {
  Tenant("DE");
  Invoice(10'000'00, "2025-01-31");
  const v1::ItemClaim claim = Get("2025-04-15").items(0);
  // 3.15 + 8: 10,000 x 11.15 % x 74 / 365.
  EXPECT_EQ(Lines(claim), "74 d 10000.00 at 11.15 = 226.05");
  EXPECT_EQ(claim.regime(), "EU");
  EXPECT_FALSE(claim.has_limitation_date());
}

TEST_F(ClaimsTest, ContractRateOfTheTenantAndItsFloor) {
  Tenant("FR", /*contract_rate_bps=*/1200);
  Invoice(10'000'00, "2023-12-31");
  const v1::ItemClaim claim = Get("2024-06-30").items(0);
  EXPECT_EQ(Lines(claim), "182 d 10000.00 at 12.00 = 598.36");
  EXPECT_EQ(claim.regime(), "FR_CONTRACT");
  ASSERT_EQ(claim.notes_size(), 1);
  EXPECT_EQ(claim.notes(0),
            "the rate of the contract, 12.00 %, is below three times the legal rate, 15.21 %, in "
            "2024-S1");
}

// FC-38: balance x rate x days; the rate changes with the half-year; from the day after the due date.
TEST_F(ClaimsTest, FC38_EachDayBearsItsRate) {
  Tenant("FR");
  Invoice(1'000'00, "2025-06-29");
  const v1::ItemClaim claim = Get("2025-07-01").items(0);
  EXPECT_EQ(Lines(claim), "1 d 1000.00 at 13.15 = 0.36; 1 d 1000.00 at 12.15 = 0.33");
  EXPECT_EQ(claim.segments(0).from_date().day(), 30);
}

TEST_F(ClaimsTest, CreditNotesLowerThePrincipalOnly) {
  Tenant("FR");
  const uint64_t invoice = Invoice(10'000'00, "2025-01-31");
  Credit(state::v1::ITEM_KIND_CREDIT_NOTE, 4'000'00, "2025-02-11", invoice);
  const v1::ItemClaim claim = Get("2025-02-20", kInterest).items(0);
  EXPECT_EQ(Lines(claim), "10 d 10000.00 at 13.15 = 36.03; 10 d 6000.00 at 13.15 = 21.62");
  ASSERT_EQ(claim.movements_size(), 1);
  EXPECT_FALSE(claim.movements(0).payment());
}

TEST_F(ClaimsTest, MoneyCountsFromTheDayItCame) {
  Tenant("FR");
  const uint64_t invoice = Invoice(10'000'00, "2025-01-31");
  Pay(10'000'00, "2025-04-15", invoice, /*allocated=*/"2025-05-20");
  EXPECT_EQ(Lines(Get("2025-06-30").items(0)), "74 d 10000.00 at 13.15 = 266.60");
}

TEST_F(ClaimsTest, FC25_OpenCreditsStandBesideTheTotals) {
  Tenant("FR");
  const uint64_t invoice = Invoice(1'000'00, "2025-01-31");
  Pay(1'200'00, "2025-02-10", invoice);
  Invoice(500'00, "2025-01-31");
  const v1::GetClaimsResponse response = Get("2025-03-31");
  ASSERT_EQ(response.open_credits_size(), 1);
  EXPECT_EQ(Text(response.open_credits(0)), "200.00");
  EXPECT_EQ(Get("2025-02-09").open_credits_size(), 0) << "it had not come yet";
}

TEST_F(ClaimsTest, AReturnedPaymentCountsUntilItIsReturned) {
  Tenant("FR");
  const uint64_t invoice = Invoice(10'000'00, "2025-01-31");
  const uint64_t payment = Pay(10'000'00, "2025-02-10", invoice);
  Edit([&](LedgerAccount* account) {
    ReturnPayment(payment, testing::MakeItem(900, state::v1::ITEM_KIND_RETURN, 10'000'00, Iso("2025-03-01")),
                  Iso("2025-03-01"), account);
  });
  EXPECT_EQ(Text(Get("2025-02-28").items(0).principal()), "0.00") << "as it was known then";
  EXPECT_EQ(Lines(Get("2025-02-28").items(0)), "10 d 10000.00 at 13.15 = 36.03");
  const v1::GetClaimsResponse after = Get("2025-04-15");
  ASSERT_EQ(after.items_size(), 1) << "the counterpart itself is no claim";
  EXPECT_EQ(Lines(after.items(0)), "74 d 10000.00 at 13.15 = 266.60") << "money that went back paid nothing";
  EXPECT_EQ(Text(after.items(0).principal()), "10000.00");
}

TEST_F(ClaimsTest, InsolvencyStopsInterest) {
  Tenant("FR");
  Invoice(10'000'00, "2025-01-31");
  Attributes([](auto* attributes) { attributes->set_insolvent_day(Iso("2025-02-11")); });
  const v1::ItemClaim claim = Get("2025-06-30").items(0);
  EXPECT_EQ(Lines(claim), "10 d 10000.00 at 13.15 = 36.03");
  EXPECT_EQ(Text(claim.indemnity()), "40.00");
  EXPECT_EQ(claim.notes(0), "interest stops before the opening judgment of 2025-02-11");
}

TEST_F(ClaimsTest, ConsumersOfBelgiumByTheScale) {
  struct Row {
    int64_t balance;
    const char* indemnity;
  };
  for (const Row& row : {Row{100'00, "20.00"}, Row{300'00, "45.00"}, Row{500'00, "65.00"},
                         Row{1'200'00, "100.00"}, Row{39'200'00, "2000.00"}, Row{80'000'00, "2000.00"}}) {
    Invoice(row.balance, "2025-01-31");
  }
  Tenant("BE");
  Attributes([](auto* attributes) { attributes->set_customer_type("consumer"); });
  v1::GetClaimsRequest request;
  *request.mutable_notice_date() = Date("2025-03-03");
  // 14 days from the day after an electronic reminder: up to 17 March. From the 18th on.
  v1::GetClaimsResponse response = Get("2025-03-17", kPrincipal, request);
  EXPECT_EQ(Text(response.items(0).indemnity()), "0.00");
  response = Get("2025-03-18", kPrincipal, request);
  const char* wanted[] = {"20.00", "45.00", "65.00", "100.00", "2000.00", "2000.00"};
  for (int i = 0; i < 6; ++i) EXPECT_EQ(Text(response.items(i).indemnity()), wanted[i]);
  EXPECT_EQ(Lines(response.items(3)), "1 d 1200.00 at 11.50 = 0.38");
  // By post: three business days later, Thursday the 6th, so up to the 19th.
  request.set_notice_by_post(true);
  EXPECT_EQ(Text(Get("2025-03-19", kPrincipal, request).items(0).indemnity()), "0.00");
  EXPECT_EQ(Text(Get("2025-03-20", kPrincipal, request).items(0).indemnity()), "20.00");
  // Without a reminder nothing but the principal.
  response = Get("2025-06-30");
  EXPECT_EQ(Text(response.items(0).total()), "100.00");
  EXPECT_EQ(response.items(0).notes(0), "a consumer without a notice: the principal only");
}

TEST_F(ClaimsTest, ConsumersOfFranceByTheLegalRate) {
  Tenant("FR");
  Attributes([](auto* attributes) { attributes->set_customer_type("consumer"); });
  Invoice(10'000'00, "2025-01-31");
  v1::GetClaimsRequest request;
  *request.mutable_notice_date() = Date("2025-03-31");
  const v1::ItemClaim claim = Get("2025-04-15", kPrincipal, request).items(0);
  EXPECT_EQ(Lines(claim), "15 d 10000.00 at 3.71 = 15.25");
  EXPECT_EQ(Text(claim.indemnity()), "0.00");
  EXPECT_EQ(Refusal("2025-04-15",
                    [&](auto& bad) {
                      auto* cost = bad.add_costs();
                      cost->set_item_id(ItemIdText(1));
                      *cost->mutable_date() = Date("2025-04-01");
                      *cost->mutable_amount() = *rpc::MoneyToProto({50'00, "EUR"});
                      cost->set_evidence("bill 7");
                    }),
            "COSTS_NOT_CLAIMABLE");
}

TEST_F(ClaimsTest, CostsOnEvidenceAreAdded) {
  Tenant("FR");
  const uint64_t invoice = Invoice(10'000'00, "2025-01-31");
  v1::GetClaimsRequest request;
  auto* cost = request.add_costs();
  cost->set_item_id(ItemIdText(invoice));
  *cost->mutable_date() = Date("2025-04-01");
  *cost->mutable_amount() = *rpc::MoneyToProto({72'50, "EUR"});
  cost->set_evidence("act 2025/118");
  const v1::GetClaimsResponse response = Get("2025-04-15", kPrincipal, request);
  EXPECT_EQ(Text(response.items(0).costs()), "72.50");
  EXPECT_EQ(Text(response.items(0).total()), "10379.10") << "10000 + 266.60 + 40 + 72.50";
  EXPECT_EQ(Text(response.totals(0).costs()), "72.50");
}

TEST_F(ClaimsTest, FC39_AFeeThatIsNotGivenIsZeroAndABlankOneIsRefused) {
  Tenant("FR");
  const uint64_t invoice = Invoice(10'000'00, "2025-01-31");
  v1::GetClaimsResponse response = Get("2025-04-15");
  EXPECT_EQ(Text(response.items(0).costs()), "0.00");
  EXPECT_EQ(Text(response.totals(0).costs()), "0.00");
  EXPECT_EQ(Text(response.items(0).total()), "10306.60") << "10000 + 266.60 + 40";
  // Where the law gives no indemnity there is none, and no default takes its place.
  Attributes([](auto* attributes) { attributes->set_customer_type("consumer"); });
  response = Get("2025-04-15");
  EXPECT_EQ(Text(response.items(0).indemnity()), "0.00");
  EXPECT_EQ(Text(response.items(0).total()), "10000.00");
  Attributes([](auto* attributes) { attributes->set_customer_type("private"); });
  const auto blank = [&](v1::GetClaimsRequest& request) {
    auto* cost = request.add_costs();
    cost->set_item_id(ItemIdText(invoice));
    *cost->mutable_date() = Date("2025-04-01");
    cost->set_evidence("bill");
  };
  EXPECT_EQ(Refusal("2025-04-15", blank), "COST_INVALID");
}

// The 40 euros of an item in dollars are euros.
TEST_F(ClaimsTest, FC31_NoTotalAcrossCurrencies) {
  Tenant("FR");
  Invoice(1'000'00, "2025-01-31", "USD");
  const v1::GetClaimsResponse response = Get("2025-02-10");
  EXPECT_EQ(Text(response.items(0).total()), "1003.60");
  EXPECT_EQ(response.items(0).indemnity().currency_code(), "EUR");
  ASSERT_EQ(response.totals_size(), 2);
  EXPECT_EQ(response.totals(0).currency_code(), "EUR");
  EXPECT_EQ(Text(response.totals(0).total()), "40.00");
  EXPECT_EQ(Text(response.totals(1).total()), "1003.60");
}

TEST_F(ClaimsTest, FC35_WhatIsNotDueIsNotCharged_FC12_NorWhatHasNoDueDate) {
  Tenant("FR");
  Invoice(1'000'00, "2025-06-30");
  const uint64_t dateless = Invoice(2'000'00, "2025-01-31");
  Edit([&](LedgerAccount* account) { account->Edit(dateless).clear_due_day(); });
  EXPECT_EQ(Get("2025-06-30").items_size(), 0);
  v1::GetClaimsRequest named;
  named.add_item_ids(ItemIdText(dateless));
  const v1::ItemClaim claim = Get("2025-06-30", kPrincipal, named).items(0);
  EXPECT_EQ(claim.notes(0), "without a due date nothing is late");
  EXPECT_EQ(Text(claim.total()), "2000.00");
}

TEST_F(ClaimsTest, LimitationIsWatchedByTheShortest) {
  Tenant("FR");
  Invoice(1'000'00, "2021-03-15");
  v1::ItemClaim claim = Get("2025-06-30").items(0);
  EXPECT_EQ(claim.limitation_date().year(), 2026);
  EXPECT_EQ(claim.limitation_watch_date().year(), 2023) << "the kind of debtor is not known";
  Attributes([](auto* attributes) { attributes->set_customer_type("private"); });
  claim = Get("2025-06-30").items(0);
  EXPECT_EQ(claim.limitation_watch_date().year(), 2026);
  EXPECT_EQ(claim.limitation_watch_date().day(), 15);
}

TEST_F(ClaimsTest, LimitationOfALeapDay) {
  Tenant("FR");
  Attributes([](auto* attributes) { attributes->set_customer_type("private"); });
  Invoice(1'000'00, "2024-02-29");
  const v1::ItemClaim claim = Get("2025-06-30").items(0);
  EXPECT_EQ(claim.limitation_date().month(), 2);
  EXPECT_EQ(claim.limitation_date().day(), 28);
  EXPECT_EQ(claim.limitation_date().year(), 2029);
}

TEST_F(ClaimsTest, AMissingRateIsNamedAndSoIsTheItem) {
  Tenant("FR");
  const uint64_t invoice = Invoice(1'000'00, "2026-11-30");
  v1::GetClaimsRequest request;
  const absl::Status status = Ask(request, "2027-01-01", kPrincipal).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), "RATE_MISSING");
  EXPECT_EQ(ErrorInfoOf(status).metadata.at("rate"), "ECB_MRO");
  EXPECT_EQ(ErrorInfoOf(status).metadata.at("period"), "2027-S1");
  EXPECT_EQ(ErrorInfoOf(status).metadata.at("item"), ItemIdText(invoice));
  EXPECT_FALSE(Get("2026-12-31").verified()) << "2026-S2 rests on a secondary source";
}

TEST_F(ClaimsTest, MissingRegimeAndScale) {
  Tenant("FR");
  Invoice(1'000'00, "2012-01-31");
  EXPECT_EQ(Refusal("2012-06-30", [](auto&) {}), "REGIME_MISSING");
  Tenant("BE");
  Attributes([](auto* attributes) { attributes->set_customer_type("consumer"); });
  EXPECT_EQ(Refusal("2023-06-30", [](auto& r) { *r.mutable_notice_date() = Date("2023-02-01"); }),
            "SCALE_MISSING");
}

TEST_F(ClaimsTest, Refusals) {
  Tenant("FR");
  const uint64_t invoice = Invoice(1'000'00, "2025-01-31");
  const uint64_t payment = Pay(100'00, "2025-02-01", invoice);
  const std::string id = ItemIdText(invoice);
  const auto cost = [&](v1::GetClaimsRequest& request) {
    auto* made = request.add_costs();
    made->set_item_id(id);
    *made->mutable_date() = Date("2025-04-01");
    *made->mutable_amount() = *rpc::MoneyToProto({50'00, "EUR"});
    made->set_evidence("bill");
    return made;
  };
  v1::GetClaimsRequest nobody;
  nobody.set_tenant_id("nobody");
  const std::pair<const char*, std::function<void(v1::GetClaimsRequest&)>> rows[] = {
      {"ITEM_ID_INVALID", [](auto& r) { r.add_item_ids("x"), r.mutable_terms()->set_regime("ZZ"); }},
      {"REGIME_UNKNOWN", [](auto& r) { r.mutable_terms()->set_regime("ZZ"), r.add_costs(); }},
      {"INTEREST_TERMS_INVALID",
       [](auto& r) { r.mutable_terms()->set_regime("FR_CONTRACT"), r.add_costs(); }},
      {"INTEREST_TERMS_INVALID",
       [](auto& r) { r.mutable_terms()->set_regime("FR"), r.mutable_terms()->set_rate_bps(-1); }},
      {"INTEREST_TERMS_INVALID",
       [](auto& r) {
         r.mutable_terms()->set_regime("FR_CONTRACT");
         r.mutable_terms()->set_rate_bps(900);
         r.mutable_terms()->set_reference_multiple_hundredths(300);
       }},
      {"INTEREST_TERMS_INVALID",
       [](auto& r) {
         r.mutable_terms()->set_regime("FR");
         r.mutable_terms()->set_reference_multiple_hundredths(10'001);
       }},
      {"COST_INVALID", [&](auto& r) { cost(r)->set_item_id("x"); }},
      {"COST_INVALID", [&](auto& r) { *cost(r)->mutable_date() = Date("2025-07-01"); }},
      {"COST_INVALID", [&](auto& r) { cost(r)->mutable_amount()->set_units(-5); }},
      {"COST_INVALID", [&](auto& r) { cost(r)->clear_evidence(); }},
      {"COST_INVALID", [&](auto& r) { cost(r)->set_item_id(ItemIdText(77)); }},
      {"COST_INVALID",
       [&](auto& r) {
         *cost(r)->mutable_amount() = *rpc::MoneyToProto({5, "USD"});
       }},
      {"COST_INVALID",
       [&](auto& r) {
         for (int i = 0; i <= kClaimCostsMax; ++i) cost(r);
       }},
      {"ITEM_NOT_FOUND", [](auto& r) { r.add_item_ids(ItemIdText(77)); }},
      {"NOT_A_DEBIT", [&](auto& r) { r.add_item_ids(ItemIdText(payment)); }}};
  for (const auto& [reason, change] : rows) EXPECT_EQ(Refusal("2025-06-30", change), reason);
  EXPECT_EQ(Refusal(
                "2025-06-30", [](auto& r) { r.add_item_ids("x"); }, v1::ALLOCATION_MODE_UNSPECIFIED),
            "MODE_UNSPECIFIED");
  EXPECT_EQ(Refusal("", [](auto& r) { r.mutable_as_of_date()->set_year(2025); }), "DATE_NOT_IN_CALENDAR");
}

TEST_F(ClaimsTest, TooManyItems) {
  Tenant("FR");
  IncomingAccount incoming;
  for (int i = 0; i <= kClaimedItemsMax; ++i) {
    IncomingItem told;
    told.item = testing::Invoice(10'000 + i, 100, Iso("2025-01-31"), absl::StrCat("F", i));
    told.item.clear_open_minor();
    incoming.items.push_back(told);
  }
  Edit([&](LedgerAccount* account) { PostItems(incoming, account); });
  EXPECT_EQ(Refusal("2025-06-30", [](auto&) {}), "TOO_MANY_ITEMS");
  EXPECT_EQ(Refusal("2025-06-30", [](auto& r) { r.add_item_ids(ItemIdText(10'000)); }), "");
}

}  // namespace
}  // namespace relance::ledger
