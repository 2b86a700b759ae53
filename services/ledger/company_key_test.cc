#include "services/ledger/company_key.h"

#include <gtest/gtest.h>

#include "absl/strings/str_join.h"

namespace relance::ledger {
namespace {

TEST(CompanyKeyTest, OneCompanyOneName) {
  const struct {
    const char *name, *legal, *scheme, *vat, *country, *keys;
  } kCases[] = {
      {"Siren", "732 829 320", "0002", "", "FR", "FR:732829320"},
      {"SiretUnderTheSchemeOfSiren", "73282932000074", "0002", "", "FR", "FR:732829320"},
      {"Siret", "732 829 320 00074", "0009", "", "", "FR:732829320"},
      {"FrenchVat", "", "", "FR 44 732829320", "FR", "FR:732829320"},
      {"SirenAndVatAreOne", "732829320", "0002", "FR44732829320", "FR", "FR:732829320"},
      {"SirenByTheCountry", "732829320", "", "", "FR", "FR:732829320"},
      {"NineDigitsOfNobody", "732829320", "", "", "", "FR:732829320"},
      {"NineDigitsOfNorway", "987654321", "", "NO987654321MVA", "NO", "NO:987654321MVA"},
      {"BelgianEnterprise", "0428.759.497", "0208", "", "BE", "BE:0428759497"},
      {"OldBelgianEnterprise", "428759497", "", "", "BE", "BE:0428759497"},
      {"BelgianVat", "", "", "BE0428759497", "BE", "BE:0428759497"},
      {"GermanVat", "HRB 123", "", "DE123456789", "DE", "DE:123456789"},
      {"VatAsTheLegalId", "DK16356706", "", "", "DK", "DK:16356706"},
      {"OtherScheme", "39937423947", "0183", "SE4598375937", "SE", "SE:4598375937 0183:39937423947"},
      {"SirenOfTheWrongLength", "7328293201", "0002", "", "FR", ""},
      {"Nothing", "", "", "", "", ""},
      {"NoVatNumber", "", "", "201/113/40209", "DE", ""},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(absl::StrJoin(CompanyKeys(c.legal, c.scheme, c.vat, c.country), " "), c.keys);
  }
}

TEST(CompanyKeyTest, ComparesWhatIsOfOneKind) {
  EXPECT_EQ(Compare({"FR:732829320"}, {"0088:1", "FR:732829320"}), SameCompany::kYes);
  EXPECT_EQ(Compare({"FR:732829320"}, {"FR:404833048"}), SameCompany::kNo);
  EXPECT_EQ(Compare({"FR:732829320"}, {"DE:404833048"}), SameCompany::kUnknown);
  EXPECT_EQ(Compare({}, {"DE:404833048"}), SameCompany::kUnknown);
}

}  // namespace
}  // namespace relance::ledger
