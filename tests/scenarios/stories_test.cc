// Plays every *.story of the folders below on the real programs: one test a story, one tenant a story.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "tests/scenarios/story_line.h"
#include "tests/scenarios/story_world.h"
#include "tests/support/rest/services_at_rest.h"
#include "tests/support/stack/stack_process.h"

namespace relance::stories {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = RELANCE_SOURCE_DIR;
constexpr size_t kStoriesMin = 12;
constexpr int kPartitions = 4;

std::vector<std::string> StoryFiles() {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "tests/scenarios")) {
    if (entry.path().extension() == ".story") files.push_back(fs::relative(entry.path(), kRoot).string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// "scenario/payment_stops_a_reminder" as a name of a test, and of a tenant.
std::string NameOf(const std::string& file) {
  const fs::path path(file);
  std::string name = absl::StrCat(path.parent_path().filename().string(), "_", path.stem().string());
  for (char& c : name) c = absl::ascii_isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

const StoryWords& Words() {
  static const auto& words = *new StoryWords([] {
    StoryWords made;
    AddLedgerWords(&made);
    AddPlanWords(&made);
    AddNoticeWords(&made);
    AddAgencyWords(&made);
    return made;
  }());
  return words;
}

class StoriesTest : public ::testing::TestWithParam<std::string> {
 protected:
  static void SetUpTestSuite() {
    stack_ = new relance::testing::StackProcess({.partitions = kPartitions, .appendfsync = "no"});
    at_rest_ = new relance::testing::ServicesAtRest(stack_->config_file(), kPartitions);
  }
  static void TearDownTestSuite() {
    delete at_rest_;
    delete stack_;
  }

  StoriesTest() : context_(in_, out_, err_) { context_.config_file = stack_->config_file(); }

  // What a line answers: its texts, or the code and the reason of its refusal.
  std::vector<std::string> Answer(StoryWorld& world, const StoryLine& line, const StoryWord& word) {
    const auto answers = word.play(world, line);
    if (answers.ok()) return *answers;
    const std::string reason = ReasonOf(answers.status());
    return {absl::StrCat(absl::StatusCodeToString(answers.status().code()), " ",
                         reason.empty() ? std::string(answers.status().message()) : reason)};
  }

  void Play(const std::string& file) {
    std::ifstream in(kRoot / file, std::ios::binary);
    const auto lines = ParseStory(std::string(std::istreambuf_iterator<char>(in), {}), file);
    ASSERT_TRUE(lines.ok()) << lines.status().message();
    std::string tenant = NameOf(file);
    for (char& c : tenant) c = c == '_' ? '-' : absl::ascii_tolower(static_cast<unsigned char>(c));
    StoryWorld world(&context_, stack_->folder() + "/documents", tenant);
    for (const StoryLine& line : *lines) {
      const std::string place = absl::StrCat(file, ":", line.number);
      const auto word = Words().find(line.word);
      ASSERT_NE(word, Words().end()) << place << ": no word \"" << line.word << "\"; README.md has them all";
      ASSERT_TRUE(world.created || line.word == "tenant") << place << ": a story begins with its tenant";
      ASSERT_TRUE(line.has_answer || !word->second.is_question) << place << ": a question without an answer";
      const std::vector<std::string> expected =
          line.has_answer ? line.answers : std::vector<std::string>{"OK"};
      world.remark.clear();
      const std::vector<std::string> got = Answer(world, line, word->second);
      ASSERT_EQ(absl::StrJoin(got, "\n"), absl::StrJoin(expected, "\n"))
          << place << ": " << line.word << " " << absl::StrJoin(line.names, " ") << " on "
          << absl::FormatCivilTime(world.today) << "\n"
          << world.remark;
      if (word->second.is_question) continue;
      const absl::Status rest = at_rest_->Await([&world] { return world.Advance(std::nullopt); });
      ASSERT_TRUE(rest.ok()) << place << ": " << rest;
    }
  }

  static relance::testing::StackProcess* stack_;
  static relance::testing::ServicesAtRest* at_rest_;
  std::istringstream in_;
  std::ostringstream out_, err_;
  ctl::Context context_;
};

relance::testing::StackProcess* StoriesTest::stack_ = nullptr;
relance::testing::ServicesAtRest* StoriesTest::at_rest_ = nullptr;

TEST_P(StoriesTest, HappensAsTold) { Play(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Stories, StoriesTest, ::testing::ValuesIn(StoryFiles()),
                         [](const auto& story) { return NameOf(story.param); });

TEST(StoryFilesTest, AreFound) { EXPECT_GE(StoryFiles().size(), kStoriesMin); }

// A program that reads stories must not let a mistyped one pass.
TEST(StoryLineTest, TellsFileAndLineOfWhatItCannotRead) {
  const struct {
    const char* name;
    const char* text;
    const char* error;
  } cases[] = {
      {"an answer to nothing", "\n  -> OK\n", "x.story:2: an answer to nothing"},
      {"an open quote", "account D1 name=\"a\ninvoice", "x.story:1: "},
      {"an option twice", "# remark\nopen D1 a=1 a=2 -> none", "x.story:2: a= is there twice"},
  };
  for (const auto& row : cases) {
    SCOPED_TRACE(row.name);
    const auto lines = ParseStory(row.text, "x.story");
    ASSERT_FALSE(lines.ok());
    EXPECT_EQ(std::string(lines.status().message()).rfind(row.error, 0), 0u) << lines.status();
  }
}

TEST(StoryLineTest, ReadsWordsOptionsAndAnswers) {
  const auto lines =
      ParseStory("open D1 x=\"a b\" -> I1=EUR/1.00   I2=EUR/2.00\n  -> more\nworklist -> none\n", "x");
  ASSERT_TRUE(lines.ok()) << lines.status();
  ASSERT_EQ(lines->size(), 2u);
  EXPECT_EQ((*lines)[0].word, "open");
  EXPECT_EQ(*(*lines)[0].Name(), "D1");
  EXPECT_EQ((*lines)[0].Optional("x"), "a b");
  EXPECT_EQ((*lines)[0].answers, (std::vector<std::string>{"I1=EUR/1.00 I2=EUR/2.00", "more"}));
  EXPECT_TRUE((*lines)[1].has_answer);
  EXPECT_TRUE((*lines)[1].answers.empty());
  EXPECT_EQ((*lines)[1].number, 3);
}

}  // namespace
}  // namespace relance::stories
