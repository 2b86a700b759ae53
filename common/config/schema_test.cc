#include "common/config/schema.h"

#include "common/status/domain_error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace relance::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Bound {
  std::string name = "unnamed";
  int64_t partitions = 64;
  bool tls = false;
  absl::Duration deadline = absl::Seconds(10);
  std::vector<std::string> listen;
  std::string level = "info";
};

class SchemaTest : public ::testing::Test {
 protected:
  SchemaTest() {
    schema_.Root().String("name", &bound_.name, "the name");
    Section store = schema_.Root().Nested("store", "the store");
    store.Int("partitions", &bound_.partitions, "how many", {.min = 1, .max = 4096});
    store.Bool("tls", &bound_.tls, "TLS");
    Section deep = store.Nested("deep", "deeper");
    deep.Duration("deadline", &bound_.deadline, "how long",
                  {.min = absl::Milliseconds(10), .max = absl::Hours(1)});
    schema_.Root().List("listen", &bound_.listen, "addresses",
                        {.check = [](absl::string_view v) { return v == "bad" ? "is bad" : ""; }});
    schema_.Root().String("level", &bound_.level, "level", {.required = true, .allowed = {"info", "error"}});
    schema_.Root().Foreign("other", "read elsewhere");
  }
  absl::Status Load(absl::string_view text, const Sources& sources = {}) {
    return schema_.LoadText(text, "r.yaml", sources);
  }
  Bound bound_;
  Schema schema_;
};

TEST_F(SchemaTest, DefaultsHoldWhereNothingIsSaid) {
  ASSERT_TRUE(Load("").ok());
  EXPECT_EQ(bound_.partitions, 64);
  EXPECT_EQ(bound_.name, "unnamed");
}

TEST_F(SchemaTest, ReadsEveryType) {
  const absl::Status status = Load(
      "name: \"64\"\nstore:\n  partitions: 4096\n  tls: true\n  deep: {deadline: 1m30s}\nlisten:\n  - a:1\n  "
      "- b:2\n"
      "other: {any: [thing]}\n");
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(bound_.name, "64");
  EXPECT_EQ(bound_.partitions, 4096);
  EXPECT_TRUE(bound_.tls);
  EXPECT_EQ(bound_.deadline, absl::Seconds(90));
  EXPECT_THAT(bound_.listen, ElementsAre("a:1", "b:2"));
}

TEST_F(SchemaTest, FileThenEnvironmentThenOverrides) {
  Sources sources;
  sources.environment = {
      {"RELANCE_STORE_PARTITIONS", "2"}, {"RELANCE_STORE_TLS", "true"}, {"RELANCE_LISTEN", "a:1,b:2"}};
  ASSERT_TRUE(Load("store: {partitions: 1}", sources).ok());
  EXPECT_EQ(bound_.partitions, 2);
  EXPECT_TRUE(bound_.tls);
  EXPECT_THAT(bound_.listen, ElementsAre("a:1", "b:2"));
  sources.overrides = {"store.partitions=3", "name=a=b"};
  ASSERT_TRUE(Load("store: {partitions: 1}", sources).ok());
  EXPECT_EQ(bound_.partitions, 3);
  EXPECT_EQ(bound_.name, "a=b");
}

struct BadCase {
  std::string name;
  std::string text;
  std::string problem;
};
void PrintTo(const BadCase& c, std::ostream* os) { *os << c.name; }

class BadFileTest : public SchemaTest, public ::testing::WithParamInterface<BadCase> {};

TEST_P(BadFileTest, NamesFileLineColumnKeyAndReason) {
  const absl::Status status = Load(GetParam().text);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "CONFIG_INVALID");
  EXPECT_EQ(std::string(status.message()), GetParam().problem);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadFileTest,
    ::testing::Values(
        BadCase{"UnknownKey", "name: a\nstore:\n  partition: 3\n",
                "r.yaml:3:3: store.partition: unknown key"},
        BadCase{"UnknownSection", "stores: {}\n", "r.yaml:1:1: stores: unknown key"},
        BadCase{"GivenTwice", "name: a\nname: b\n", "r.yaml:2:1: name: given twice"},
        BadCase{"NotAnInt", "store:\n  partitions: many\n",
                "r.yaml:2:15: store.partitions: \"many\" is not an int"},
        BadCase{"QuotedInt", "store: {partitions: '3'}\n",
                "r.yaml:1:21: store.partitions: \"3\" is not an int"},
        BadCase{"Fraction", "store: {partitions: 1.5}\n",
                "r.yaml:1:21: store.partitions: \"1.5\" is not an int"},
        BadCase{"IntTooLong", "store: {partitions: 99999999999999999999}\n",
                "r.yaml:1:21: store.partitions: \"99999999999999999999\" is not an int"},
        BadCase{"BelowRange", "store: {partitions: 0}\n",
                "r.yaml:1:21: store.partitions: 0 is out of range 1..4096"},
        BadCase{"AboveRange", "store: {partitions: 4097}\n",
                "r.yaml:1:21: store.partitions: 4097 is out of range 1..4096"},
        BadCase{"NotABool", "store: {tls: yes}\n", "r.yaml:1:14: store.tls: \"yes\" is not true or false"},
        BadCase{"NoUnit", "store: {deep: {deadline: 5}}\n",
                "r.yaml:1:26: store.deep.deadline: \"5\" is not a duration such as 250ms, 5s or 1h30m"},
        BadCase{"DurationTooShort", "store: {deep: {deadline: 9ms}}\n",
                "r.yaml:1:26: store.deep.deadline: 9ms is out of range 10ms..1h"},
        BadCase{"DurationInfinite", "store: {deep: {deadline: inf}}\n",
                "r.yaml:1:26: store.deep.deadline: inf is out of range 10ms..1h"},
        BadCase{"NotAList", "listen: a:1\n", "r.yaml:1:9: listen: must be a list"},
        BadCase{"ListOfMaps", "listen:\n  - {a: 1}\n", "r.yaml:2:5: listen: an entry must be a plain value"},
        BadCase{"BadEntry", "listen: [good, bad]\n", "r.yaml:1:9: listen: \"bad\" is bad"},
        BadCase{"NotAllowed", "level: loud\n", "r.yaml:1:8: level: \"loud\" is not one of info, error"},
        BadCase{"EmptyRequired", "level: ''\n", "r.yaml: level: is required and missing"},
        BadCase{"NoValue", "name:\n", "r.yaml:1:1: name: has no value"},
        BadCase{"MapForString", "name: {a: b}\n", "r.yaml:1:7: name: must be one string"},
        BadCase{"StringForSection", "store: big\n", "r.yaml:1:8: store: must be a section with keys"},
        BadCase{"ListAtTheTop", "- a\n", "r.yaml:1:1: the file must hold a map of sections"},
        BadCase{"Malformed", "name: [a\n", "r.yaml:2:1: end of sequence flow not found"}),
    [](const auto& info) { return info.param.name; });

TEST_F(SchemaTest, AllProblemsAreReportedAtOnce) {
  Sources sources;
  sources.environment = {{"RELANCE_STORE_TLS", "maybe"}};
  sources.overrides = {"store.partitions=x", "no.such=1", "name"};
  const absl::Status status = Load("a: 1\nb: 2\n", sources);
  EXPECT_EQ(std::string(status.message()),
            "r.yaml:1:1: a: unknown key\n"
            "r.yaml:2:1: b: unknown key\n"
            "$RELANCE_STORE_TLS: store.tls: \"maybe\" is not true or false\n"
            "--set: store.partitions: \"x\" is not an int\n"
            "--set: no.such: unknown key\n"
            "--set \"name\": must be key=value");
  EXPECT_EQ(ErrorInfoOf(status).metadata.at("problems"), "6");
}

TEST_F(SchemaTest, TheNumberOfListedProblemsIsBounded) {
  std::string text;
  for (size_t i = 0; i < kProblemsMax + 3; ++i) text += absl::StrCat("k", i, ": 1\n");
  EXPECT_THAT(std::string(Load(text).message()), ::testing::EndsWith("\nand 3 more"));
}

TEST_F(SchemaTest, ListsAndFilesAreBounded) {
  std::string entries = "listen: [a";
  for (size_t i = 1; i < kListEntriesMax; ++i) entries += ",a";
  EXPECT_TRUE(Load(entries + "]").ok());
  EXPECT_THAT(std::string(Load(entries + ",a]").message()), HasSubstr("has more than 256 entries"));
  EXPECT_THAT(std::string(Load(std::string(kFileBytesMax + 1, '#')).message()), HasSubstr("larger than"));
  EXPECT_TRUE(Load(std::string(kFileBytesMax, '#')).ok());
}

TEST_F(SchemaTest, MissingFileIsNamed) {
  const absl::Status status = schema_.Load({.file = "/nonexistent/relance.yaml"});
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(std::string(status.message()), "/nonexistent/relance.yaml: cannot be read");
}

TEST_F(SchemaTest, HelpListsEveryKey) {
  const std::string help = schema_.Help();
  EXPECT_THAT(help, HasSubstr("  store.partitions (int: 1..4096) = 64\n      how many\n"));
  EXPECT_THAT(help, HasSubstr("  store.deep.deadline (duration: 10ms..1h) = 10s\n"));
  EXPECT_THAT(help, HasSubstr("  other.*\n      read elsewhere\n"));
}

TEST(EnvironmentNameTest, DotsBecomeUnderscores) {
  EXPECT_EQ(Schema::EnvironmentName("store.password_file"), "RELANCE_STORE_PASSWORD_FILE");
}

TEST(SchemaDeathTest, TwoKeysOfOneVariableAreABug) {
  Schema schema;
  bool a = false, b = false;
  schema.Root().Nested("store", "").Bool("tls", &a, "");
  EXPECT_DEATH(schema.Root().Bool("store_tls", &b, ""), "check failed");
}

}  // namespace
}  // namespace relance::config
