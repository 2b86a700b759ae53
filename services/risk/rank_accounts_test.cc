// The ranking over the service, on the store in memory.

#include <grpcpp/server_context.h>

#include "common/projection/testing/portfolio.h"
#include "common/rpc/page_token.h"
#include "common/rpc/status_conversion.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/risk/errors.h"
#include "services/risk/risk_service.h"

namespace relance::risk {
namespace {

class RankAccountsTest : public ::testing::Test {
 protected:
  RankAccountsTest()
      : store_(portfolio_.As(store::Service::kRisk)),
        tenants_(store_.get(), [] { return absl::UnixEpoch(); }),
        priors_(store_.get()),
        service_(rpc::CallHandler({.service = "risk"}), store_.get(), &tenants_, &priors_) {
    portfolio_.Tenant("t", "EUR", "2025-06-30");
  }
  // An account that owes `minor`, and whose score expects it so many days late.
  void Scored(const std::string& account, int64_t minor, double days_late) {
    state::v1::LedgerSum sum;
    state::v1::Balance* const balance = sum.add_balances();
    balance->set_currency("EUR");
    balance->set_open_minor(minor);
    Write(*ledger_, account, store::kLedgerOwner, {kSumField, sum.SerializeAsString()});
    state::v1::RiskScore score;
    score.set_expected_days_late(days_late);
    Write(*store_, account, store::kRiskOwner, {kRiskField, score.SerializeAsString()});
  }
  template <typename Owner>
  static void Write(store::Store& store, const std::string& account, Owner owner,
                    std::pair<std::string, std::string> field) {
    store::AccountWrite write;
    write.key = {"t", account};
    write.read_versions = {{owner, 0}};
    write.set = {std::move(field)};
    const store::CommitBatch batch{store.PartitionOf(write.key), std::nullopt, {std::move(write)}, 0};
    const auto results = store.Commit({&batch, 1}, store::After(absl::Seconds(5)));
    ASSERT_TRUE(results.ok() && (*results)[0].ok());
  }
  absl::StatusOr<std::string> Rank(const std::string& token = "") {
    v1::RankAccountsRequest request;
    request.set_tenant_id("t");
    request.set_page_token(token);
    v1::RankAccountsResponse response;
    grpc::ServerContext context;
    const grpc::Status status = service_.RankAccounts(&context, &request, &response);
    if (!status.ok()) return rpc::FromGrpcStatus(status);
    std::string accounts;
    for (const auto& account : response.accounts()) accounts += account.account_id();
    return accounts;
  }

  projection::testing::Portfolio portfolio_;
  std::unique_ptr<store::FakeStore> ledger_ = portfolio_.As(store::Service::kLedger);
  std::unique_ptr<store::FakeStore> store_;
  TenantDirectory tenants_;
  PriorCache priors_;
  RiskServiceImpl service_;
};

TEST_F(RankAccountsTest, MostMoneyTimesDelayFirstThenMostMoney) {
  Scored("A", 100'00, 0);
  Scored("B", 500'00, -3);
  Scored("C", 100'00, 20);
  Scored("D", 400'00, 2);
  const auto ranked = Rank();
  ASSERT_TRUE(ranked.ok()) << ranked.status();
  EXPECT_EQ(*ranked, "CDBA");
}

TEST_F(RankAccountsTest, ATokenWithoutAPlaceIsRefused) {
  for (const char* cursor : {"third", "-1"}) {
    SCOPED_TRACE(cursor);
    EXPECT_EQ(ReasonOf(Rank(rpc::MakePageToken(cursor, "t")).status()), kPageTokenInvalid);
  }
}

}  // namespace
}  // namespace relance::risk
