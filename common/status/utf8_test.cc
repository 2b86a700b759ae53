#include "common/status/utf8.h"

#include "gtest/gtest.h"

namespace relance {
namespace {

struct Row {
  const char* name;
  std::string text;
  size_t bytes_max;
  std::string cleaned;
};

TEST(CleanUtf8Test, Table) {
  const Row rows[] = {
      {"Empty", "", 5, ""},
      {"Ascii", "abc", 5, "abc"},
      {"CutAtTheLimit", "abcdef", 5, "abcde"},
      {"TwoBytes", "caf\xC3\xA9", 5, "caf\xC3\xA9"},
      {"NeverCutsACharacter", "caf\xC3\xA9", 4, "caf"},
      {"FourBytes", "\xF0\x9F\x98\x80", 4, "\xF0\x9F\x98\x80"},
      {"Largest", "\xF4\x8F\xBF\xBF", 4, "\xF4\x8F\xBF\xBF"},
      {"PastTheLargest", "\xF4\x90\x80\x80", 9, "????"},
      {"Surrogate", "\xED\xA0\x80", 9, "???"},
      {"JustBelowSurrogates", "\xED\x9F\xBF", 9, "\xED\x9F\xBF"},
      {"Overlong2", "\xC0\xAF", 9, "??"},
      {"Overlong3", "\xE0\x9F\xBF", 9, "???"},
      {"Overlong4", "\xF0\x8F\xBF\xBF", 9, "????"},
      {"CutSequence", "a\xE2\x82", 9, "a??"},
      {"StrayContinuation", "\x80z", 9, "?z"},
      {"Latin1", "caf\xE9 noir", 20, "caf? noir"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(CleanUtf8(row.text, row.bytes_max), row.cleaned);
  }
}

}  // namespace
}  // namespace relance
