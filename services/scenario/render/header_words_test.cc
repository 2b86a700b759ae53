#include "services/scenario/render/header_words.h"

#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace relance::scenario::render {
namespace {

TEST(EncodeHeaderWords, PlainStaysPlain) {
  EXPECT_EQ(EncodeHeaderWords("Claire Dubois-Martin 2"), "Claire Dubois-Martin 2");
  EXPECT_EQ(EncodeHeaderWords(std::string(60, 'a')), std::string(60, 'a'));
}

TEST(EncodeHeaderWords, AllElseIsEncoded) {
  EXPECT_EQ(EncodeHeaderWords("é à"), "=?UTF-8?Q?=C3=A9_=C3=A0?=");
  EXPECT_EQ(EncodeHeaderWords("A, \"B\" <c@d>"), "=?UTF-8?Q?A=2C_=22B=22_=3Cc=40d=3E?=");
  EXPECT_EQ(EncodeHeaderWords("=?utf-8?Q?x?="), "=?UTF-8?Q?=3D=3Futf=2D8=3FQ=3Fx=3F=3D?=");
  EXPECT_EQ(EncodeHeaderWords(std::string(61, 'a')),
            "=?UTF-8?Q?" + std::string(50, 'a') + "?=\n =?UTF-8?Q?" + std::string(11, 'a') + "?=");
}

TEST(EncodeHeaderWords, WordsHoldWholeCharactersAndAreShort) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += i % 2 == 0 ? "€" : "é😀";
  for (absl::string_view word : absl::StrSplit(EncodeHeaderWords(text), "\n ")) {
    EXPECT_LE(word.size(), 75u);
    // A first byte of a character, never one from its middle.
    EXPECT_NE(word.substr(10, 2), "=8") << word;
    EXPECT_TRUE(word.substr(10, 2) == "=E" || word.substr(10, 2) == "=C" || word.substr(10, 2) == "=F")
        << word;
  }
}

}  // namespace
}  // namespace relance::scenario::render
