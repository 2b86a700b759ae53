#include "common/identifiers/bank.h"
#include "common/identifiers/company.h"
#include "common/identifiers/country.h"
#include "common/identifiers/reference.h"
#include "common/identifiers/text.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"

namespace relance::identifiers {
namespace {

using Parser = absl::StatusOr<std::string> (*)(absl::string_view);
constexpr char kMalformed[] = "IDENTIFIER_MALFORMED";
constexpr char kCheck[] = "IDENTIFIER_CHECK_FAILED";
constexpr char kCountry[] = "IDENTIFIER_COUNTRY_UNKNOWN";

struct Valid {
  Parser parse;
  const char* text;
  const char* want;
};

struct Invalid {
  Parser parse;
  const char* text;
  const char* reason;
};

TEST(IdentifiersTest, Valid) {
  const Valid rows[] = {
      {ParseSiren, "732829320", "732829320"},
      {ParseSiren, "404 833 048", "404833048"},
      {ParseSiren, "552.008.443", "552008443"},
      {ParseSiren, "356\u00A0000\u202F000", "356000000"},
      {ParseSiret, "73282932000074", "73282932000074"},
      {ParseSiret, "732 829 320 00074", "73282932000074"},
      {ParseSiret, "35600000000048", "35600000000048"},
      {ParseSiret, "35600000000015", "35600000000015"},
      {ParseVatFrance, "FR40303265045", "FR40303265045"},
      {ParseVatFrance, "fr 44 732 829 320", "FR44732829320"},
      {ParseVatFrance, "FR83404833048", "FR83404833048"},
      {ParseVatFrance, "83404833048", "FR83404833048"},
      {ParseVatFrance, "FRK7399859412", "FRK7399859412"},
      {ParseEnterpriseNumberBelgium, "0428.759.497", "0428759497"},
      {ParseEnterpriseNumberBelgium, "428759497", "0428759497"},
      {ParseVatBelgium, "BE0428759497", "BE0428759497"},
      {ParseVatBelgium, "BE 0403.019.261", "BE0403019261"},
      {ParseVatBelgium, "403019261", "BE0403019261"},
      {ParseVat, "FR40303265045", "FR40303265045"},
      {ParseVat, "be0403019261", "BE0403019261"},
      {ParseIban, "FR1420041010050500013M02606", "FR1420041010050500013M02606"},
      {ParseIban, "FR76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189"},
      {ParseIban, "be68539007547034", "BE68539007547034"},
      {ParseIban, "BE31435411161155", "BE31435411161155"},
      {ParseIban, "DE89370400440532013000", "DE89370400440532013000"},
      {ParseIban, "NO9386011117947", "NO9386011117947"},
      {ParseIban, "GB82WEST12345698765432", "GB82WEST12345698765432"},
      {ParseIban, "MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"},
      {ParseIban, "LU280019400644750000", "LU280019400644750000"},
      {ParseIban, "CH9300762011623852957", "CH9300762011623852957"},
      {ParseIban, "NL91ABNA0417164300", "NL91ABNA0417164300"},
      {ParseIban, "IT60X0542811101000000123456", "IT60X0542811101000000123456"},
      {ParseIban, "ES9121000418450200051332", "ES9121000418450200051332"},
      {ParseIban, "MC5811222000010123456789030", "MC5811222000010123456789030"},
      {ParseBic, "AGRIFRPP882", "AGRIFRPP882"},
      {ParseBic, "ABNABE2A", "ABNABE2A"},
      {ParseBic, "bnpafrppxxx", "BNPAFRPPXXX"},
      {ParseBic, "NCBVXKPR", "NCBVXKPR"},
      {ParseRf, "RF18539007547034", "RF18539007547034"},
      {ParseRf, "RF18 5390 0754 7034", "RF18539007547034"},
      {ParseRf, "rf185390075470y", "RF185390075470Y"},
      {ParseRf, "RF75FA20250001", "RF75FA20250001"},
      {ParseRf, "RF98INV2026000123", "RF98INV2026000123"},
      {ParseRf, "RF741", "RF741"},
      {ParseRf, "RF332348236", "RF332348236"},
      {ParseOgm, "+++010/8068/17183+++", "010806817183"},
      {ParseOgm, "***090/9337/55493***", "090933755493"},
      {ParseOgm, "202500012390", "202500012390"},
      {ParseOgm, "+++000/0000/09797+++", "000000009797"},
  };
  for (const Valid& row : rows) {
    const absl::StatusOr<std::string> got = row.parse(row.text);
    ASSERT_TRUE(got.ok()) << row.text << ": " << got.status();
    EXPECT_EQ(*got, row.want);
    EXPECT_EQ(row.parse(*got).value(), row.want) << "the normal form is read back";
  }
}

TEST(IdentifiersTest, Invalid) {
  const Invalid rows[] = {
      {ParseSiren, "404833047", kCheck},
      {ParseSiren, "40483304", kMalformed},
      {ParseSiren, "4048330488", kMalformed},
      {ParseSiren, "40483304A", kMalformed},
      {ParseSiren, "", kMalformed},
      {ParseSiret, "73282932000079", kCheck},
      {ParseSiret, "35600000000014", kCheck},
      {ParseSiret, "7328293200007", kMalformed},
      {ParseSiret, "73282932100073", kCheck},
      {ParseVatFrance, "FR84323140391", kCheck},
      {ParseVatFrance, "FR00732829320", kCheck},
      {ParseVatFrance, "FRIO334175221", kMalformed},
      {ParseVatFrance, "FRK8399859412", kCheck},
      {ParseVatFrance, "BE83404833048", kMalformed},
      {ParseEnterpriseNumberBelgium, "0431150351", kCheck},
      {ParseEnterpriseNumberBelgium, "2428759497", kMalformed},
      {ParseEnterpriseNumberBelgium, "0000000097", kCheck},
      {ParseVatBelgium, "BE0431150351", kCheck},
      {ParseVatBelgium, "FR0428759497", kMalformed},
      {ParseVat, "DE136695976", kCountry},
      {ParseVat, "", kCountry},
      {ParseIban, "FR1420041010050500013M02607", kCheck},
      {ParseIban, "BE68539007547035", kCheck},
      {ParseIban, "BE41091811735141", kCheck},
      {ParseIban, "FR142004101005050001302606", kMalformed},
      {ParseIban, "BE6853900754703A", kMalformed},
      {ParseIban, "ZZ68539007547034", kCountry},
      {ParseIban, "68539007547034BE", kMalformed},
      {ParseIban, "", kMalformed},
      {ParseBic, "AGRIFRPP8", kMalformed},
      {ParseBic, "AGRIF2PP", kMalformed},
      {ParseBic, "AGRIZZPP", kCountry},
      {ParseBic, "AGR1FRPP", kMalformed},
      {ParseRf, "RF17539007547034", kCheck},
      {ParseRf, "RF18593007547034", kCheck},
      {ParseRf, "RF18", kMalformed},
      {ParseRf, "RF18ABCDEFGHIJKLMNOPQRSTUV", kMalformed},
      {ParseRf, "RFA8539007547034", kMalformed},
      {ParseRf, "FR18539007547034", kMalformed},
      {ParseOgm, "010/8068/17180", kCheck},
      {ParseOgm, "000/0000/09700", kCheck},
      {ParseOgm, "010/8068/1718", kMalformed},
  };
  for (const Invalid& row : rows) EXPECT_EQ(ReasonOf(row.parse(row.text).status()), row.reason) << row.text;
}

TEST(IdentifiersTest, BelgianAccountKeyIsItsOwnCheck) {
  EXPECT_EQ(Mod97("091811735141BE41"), 1);
  EXPECT_EQ(ErrorInfoOf(ParseIban("BE41091811735141").status()).metadata.at("scheme"), "BE account");
}

TEST(IdentifiersTest, CheckDigitsThatAreNeverGivenOut) {
  // 98 and 01 are the same remainder; only 98 is made.
  const std::string made = MakeRf("INV2026000123").value();
  EXPECT_EQ(made, "RF98INV2026000123");
  EXPECT_EQ(ReasonOf(ParseRf("RF01INV2026000123").status()), kCheck);
}

TEST(IdentifiersTest, ErrorsDoNotRepeatTheValue) {
  const absl::Status status = ParseIban("FR1420041010050500013M02607").status();
  EXPECT_EQ(std::string(status.message()).find("2004101"), std::string::npos);
}

TEST(IdentifiersTest, LengthIsBounded) {
  EXPECT_EQ(Normalise(std::string(kIdentifierTextMax, '1')).size(), kIdentifierTextMax);
  EXPECT_EQ(Normalise(std::string(kIdentifierTextMax + 1, '1')), "");
}

TEST(IdentifiersTest, MakesReferences) {
  EXPECT_EQ(MakeRf("539007547034").value(), "RF18539007547034");
  EXPECT_EQ(MakeRf("FA-2025-0001").value(), "RF75FA20250001");
  EXPECT_EQ(MakeRf("1").value(), "RF741");
  EXPECT_EQ(MakeRf("ABCDEFGHIJKLMNOPQRSTU").value().size(), 25u);
  EXPECT_EQ(ReasonOf(MakeRf("ABCDEFGHIJKLMNOPQRSTUV").status()), kMalformed);
  EXPECT_EQ(ReasonOf(MakeRf("").status()), kMalformed);
  EXPECT_EQ(ReasonOf(MakeRf("É1").status()), kMalformed);
  EXPECT_EQ(FormatOgm(MakeOgm("108068171").value()), "+++010/8068/17183+++");
  EXPECT_EQ(MakeOgm("97").value(), "000000009797");
  EXPECT_EQ(FormatOgm(MakeOgm("2025000123").value()), "+++202/5000/12390+++");
  EXPECT_EQ(ReasonOf(MakeOgm("12345678901").status()), kMalformed);
  EXPECT_EQ(ReasonOf(MakeOgm("").status()), kMalformed);
}

TEST(IdentifiersTest, FormatsIban) { EXPECT_EQ(FormatIban("BE68539007547034"), "BE68 5390 0754 7034"); }

TEST(IdentifiersTest, Countries) {
  for (const char* code : {"FR", "BE", "XK", "AD", "ZW", "MC"}) EXPECT_TRUE(IsCountryCode(code)) << code;
  for (const char* code : {"", "F", "fr", "ZZ", "UK", "F2", "R ", " A", "FRA"})
    EXPECT_FALSE(IsCountryCode(code)) << code;
}

}  // namespace
}  // namespace relance::identifiers
