#include "services/scenario/render/template_set.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/scenario/render/errors.h"

namespace relance::scenario::render {
namespace {

namespace fs = std::filesystem;

TEST(TemplateSet, EmbeddedTextsAreCompleteInAllLanguages) {
  const TemplateSet& set = TemplateSet::Embedded();
  for (const char* language : {"fr", "en", "nl", "de"}) {
    EXPECT_TRUE(set.HasLanguage(language));
    for (const char* key : {"pre_due", "reminder", "final_notice", "campaign"}) {
      EXPECT_TRUE(set.Find(language, key).ok()) << language << "/" << key;
    }
  }
}

TEST(TemplateSet, WhatIsNotThere) {
  const TemplateSet& set = TemplateSet::Embedded();
  EXPECT_FALSE(set.HasLanguage("it"));
  EXPECT_FALSE(set.HasLanguage(""));
  EXPECT_EQ(ReasonOf(set.Find("it", "reminder").status()), kLanguageNotAvailable);
  EXPECT_EQ(ReasonOf(set.Find("fr", "../en/reminder").status()), kTemplateNotFound);
}

TEST(TemplateSet, BadFilesAreRefusedByName) {
  const std::map<std::string, std::string> good = EmbeddedTemplateFiles();
  const std::string labels = good.at("fr/labels.txt");
  const struct {
    const char* path;
    std::string content;
    const char* reason;
  } kCases[] = {
      {"fr/reminder.mustache", "subject: {{montant}}", kTemplateVariableUnknown},
      {"fr/reminder.mustache", "{{#email}}", kTemplateMalformed},
      {"fr/labels.txt", labels + "\nnew = Nouveau", kTemplateMalformed},
      {"fr/labels.txt", labels + "\ntotal = Total", kTemplateMalformed},
      {"fr/labels.txt", labels + "\nno value", kTemplateMalformed},
      {"fr/labels.txt", "# nothing", kTemplateMalformed},
      {"it/reminder.mustache", "subject: x", kTemplateMalformed},
  };
  for (const auto& c : kCases) {
    auto files = good;
    files[c.path] = c.content;
    const absl::Status status = TemplateSet::FromFiles(files).status();
    EXPECT_EQ(ReasonOf(status), c.reason) << c.path << ": " << status;
  }
}

class TemplateDirectory : public testing::Test {
 protected:
  TemplateDirectory() {
    std::string pattern = absl::StrCat(testing::TempDir(), "templates_XXXXXX");
    root_ = ::mkdtemp(pattern.data());
  }
  ~TemplateDirectory() override { fs::remove_all(root_); }
  void Write(const std::string& path, const std::string& content) {
    fs::create_directories(fs::path(root_ + "/" + path).parent_path());
    std::ofstream(root_ + "/" + path) << content;
  }
  std::string root_;
};

TEST_F(TemplateDirectory, ReplacesAndAdds) {
  Write("fr/reminder.mustache", "subject: Bonjour {{recipient_company}}\n");
  Write("it/labels.txt", EmbeddedTemplateFiles().at("en/labels.txt"));
  Write("it/reminder.mustache", "subject: x\n");
  Write("fr/note.md", "{{not a template");
  const auto set = TemplateSet::FromDirectory(root_);
  ASSERT_TRUE(set.ok()) << set.status();
  Values values;
  values.texts["recipient_company"] = "X";
  EXPECT_EQ(*(*set->Find("fr", "reminder"))->Render(values), "subject: Bonjour X\n\n");
  EXPECT_TRUE(set->Find("fr", "pre_due").ok());
  EXPECT_TRUE(set->Find("it", "reminder").ok());
}

TEST_F(TemplateDirectory, UnreadableIsSaid) {
  EXPECT_EQ(ReasonOf(TemplateSet::FromDirectory(root_ + "/none").status()), kTemplatesUnreadable);
  Write("fr/reminder.mustache", std::string(kTemplateBytesMax + 1, 'x'));
  EXPECT_EQ(ReasonOf(TemplateSet::FromDirectory(root_).status()), kTemplatesUnreadable);
}

}  // namespace
}  // namespace relance::scenario::render
