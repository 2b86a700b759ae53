#include "services/ledger/tenant_config.h"

#include <gtest/gtest.h>

#include <functional>

#include "common/status/domain_error.h"

namespace relance::ledger {
namespace {

v1::Tenant Good() {
  v1::Tenant tenant;
  tenant.set_tenant_id("verger");
  tenant.set_legal_name("Vergers du Val");
  tenant.set_country("FR");
  return tenant;
}

TEST(TenantConfigTest, KeepsAgesResidueAccountsAndConfidence) {
  v1::Tenant tenant = Good();
  for (const int edge : {15, 45, 3650}) tenant.add_ageing_edges(edge);
  tenant.set_residue_minor(250);
  tenant.add_bank_accounts("FR76 3000 6000 0112 3456 7890 189");
  tenant.add_bank_accounts("ke-4711");
  tenant.set_match_confidence_permille(990);
  const auto config = TenantFromProto(tenant);
  ASSERT_TRUE(config.ok()) << config.status();
  const v1::Tenant again = TenantToProto(*config);
  EXPECT_EQ(std::vector<int>(again.ageing_edges().begin(), again.ageing_edges().end()),
            (std::vector<int>{15, 45, 3650}));
  EXPECT_EQ(again.residue_minor(), 250);
  ASSERT_EQ(again.bank_accounts_size(), 2);
  EXPECT_EQ(again.bank_accounts(0), "FR7630006000011234567890189");
  EXPECT_EQ(again.bank_accounts(1), "KE4711");
  EXPECT_EQ(again.match_confidence_permille(), 990);
}

TEST(TenantConfigTest, RefusesWhatIsOutOfRange) {
  const std::pair<const char*, std::function<void(v1::Tenant*)>> rows[] = {
      {"tenant.ageing_edges", [](auto* t) { t->add_ageing_edges(0); }},
      {"tenant.ageing_edges", [](auto* t) { t->add_ageing_edges(30), t->add_ageing_edges(30); }},
      {"tenant.ageing_edges", [](auto* t) { t->add_ageing_edges(3651); }},
      {"tenant.ageing_edges",
       [](auto* t) {
         for (int edge = 1; edge <= 13; ++edge) t->add_ageing_edges(edge);
       }},
      {"tenant.residue_minor", [](auto* t) { t->set_residue_minor(-1); }},
      {"tenant.residue_minor", [](auto* t) { t->set_residue_minor(1'000'000'001); }},
      {"tenant.match_confidence_permille", [](auto* t) { t->set_match_confidence_permille(1001); }},
      {"tenant.match_confidence_permille", [](auto* t) { t->set_match_confidence_permille(-1); }},
      {"tenant.bank_accounts", [](auto* t) { t->add_bank_accounts(" - "); }},
      {"tenant.bank_accounts", [](auto* t) { t->add_bank_accounts(std::string(35, '7')); }},
      {"tenant.bank_accounts", [](auto* t) {
         for (int i = 0; i < 51; ++i) t->add_bank_accounts("1");
       }}};
  for (const auto& [field, change] : rows) {
    v1::Tenant tenant = Good();
    change(&tenant);
    const auto config = TenantFromProto(tenant);
    ASSERT_FALSE(config.ok()) << field;
    EXPECT_EQ(ReasonOf(config.status()), "TENANT_FIELD_INVALID");
    EXPECT_EQ(ErrorInfoOf(config.status()).metadata["field"], field);
  }
}

}  // namespace
}  // namespace relance::ledger
