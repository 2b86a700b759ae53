#include "common/identifiers/find_references.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/identifiers/reference.h"
#include "gtest/gtest.h"

namespace relance::identifiers {
namespace {

std::string Found(absl::string_view text) {
  return absl::StrJoin(FindReferences(text), " ", [](std::string* out, const Reference& reference) {
    absl::StrAppend(out, reference.kind == Reference::Kind::kRf ? "" : "OGM", reference.value);
  });
}

TEST(FindReferencesTest, Rf) {
  EXPECT_EQ(Found("VIR DUPONT RF18539007547034 MERCI"), "RF18539007547034");
  EXPECT_EQ(Found("ref:rf18 5390 0754 7034"), "RF18539007547034");
  EXPECT_EQ(Found("PAIEMENT RF18539007\n547034"), "RF18539007547034");
  EXPECT_EQ(Found("/SCOR/R F18539007547034/"), "RF18539007547034");
  EXPECT_EQ(Found("RF 18 539007547034"), "RF18539007547034");
  EXPECT_EQ(Found("RF75FA20250001 et RF98INV2026000123"), "RF75FA20250001 RF98INV2026000123");
  EXPECT_EQ(Found("RF17539007547034"), "");
  EXPECT_EQ(Found("REF FACTURE 12"), "");
}

TEST(FindReferencesTest, Ogm) {
  EXPECT_EQ(Found("+++010/8068/17183+++"), "OGM010806817183");
  EXPECT_EQ(Found("COMMUNICATION: ***090/9337/55493***"), "OGM090933755493");
  EXPECT_EQ(Found("paiement 010 8068 17183 merci"), "OGM010806817183");
  EXPECT_EQ(Found("010806817183"), "OGM010806817183");
  EXPECT_EQ(Found("+++ 010/8068/ 17183 +++"), "OGM010806817183");
  EXPECT_EQ(Found("+++010/8068/17180+++"), "");
  EXPECT_EQ(Found("0108068171834"), "");
}

TEST(FindReferencesTest, BelgianAccountsAreNoReferences) {
  EXPECT_EQ(Found("IBAN BE68 5390 0754 7034"), "");
  EXPECT_EQ(Found("IBAN BE 68 5390 0754 7034"), "");
  EXPECT_EQ(Found("BE68539007547034"), "");
  EXPECT_EQ(Found("COMPTE 539-0075470-34"), "");
  // Printed as a reference it is one.
  EXPECT_EQ(Found("+++539/0075/47034+++"), "OGM539007547034");
}

TEST(FindReferencesTest, EachOnceInOrder) {
  EXPECT_EQ(Found("+++010/8068/17183+++ RF741 010806817183"), "OGM010806817183 RF741");
}

TEST(FindReferencesTest, HostileTextIsBounded) {
  EXPECT_EQ(Found(""), "");
  EXPECT_EQ(Found(std::string(3, '\0')), "");
  EXPECT_EQ(Found("\xff\xfe RF741 \xc3"), "RF741");
  EXPECT_EQ(Found(absl::StrCat(std::string(kReferenceTextMax, ' '), "RF741")), "");
  std::string many;
  for (int i = 0; i < 100; ++i) absl::StrAppend(&many, MakeRf(absl::StrCat("A", i)).value(), "; ");
  EXPECT_EQ(FindReferences(many).size(), kReferencesMax);
}

}  // namespace
}  // namespace relance::identifiers
