#include "services/scenario/render/text_template.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/scenario/render/errors.h"

namespace relance::scenario::render {
namespace {

const Vocabulary& Words() {
  static const auto* const kWords = new Vocabulary{{"name", "phone"}, {"late"}};
  return *kWords;
}

TEST(TextTemplate, Renders) {
  const struct {
    const char* text;
    Values values;
    const char* expected;
  } kCases[] = {
      {"Hello {{name}}!", {{{"name", "A"}}, {}}, "Hello A!\n"},
      {"{{ name }}", {{{"name", "<&'\""}}, {}}, "<&'\"\n"},
      {"{{name}}", {{{"name", "{{phone}}"}}, {}}, "{{phone}}\n"},
      {"a{{#phone}} on {{phone}}{{/phone}}.", {{{"phone", "1"}}, {}}, "a on 1.\n"},
      {"a{{#phone}} on {{phone}}{{/phone}}.", {}, "a.\n"},
      {"{{^late}}soon{{/late}}{{#late}}late{{/late}}", {{}, {{"late", true}}}, "late\n"},
      {"{{^late}}soon{{/late}}{{#late}}late{{/late}}", {}, "soon\n"},
      {"x\n{{! a note with {names} }}\n{{#late}}\ny\n{{/late}}\nz", {{}, {{"late", true}}}, "x\ny\nz\n"},
      {"x\r\n{{#late}}\r\ny\r\n{{/late}}\r\nz", {}, "x\nz\n"},
  };
  for (const auto& c : kCases) {
    const auto parsed = TextTemplate::Parse("t", c.text, Words());
    ASSERT_TRUE(parsed.ok()) << c.text << parsed.status();
    const auto rendered = parsed->Render(c.values);
    ASSERT_TRUE(rendered.ok()) << c.text << rendered.status();
    EXPECT_EQ(*rendered, c.expected) << c.text;
  }
}

TEST(TextTemplate, WhatIsWrongIsSaidWithLineWhenItIsRead) {
  const struct {
    std::string text;
    const char* reason;
    const char* line;
  } kCases[] = {
      {"a\n{{nom}}", kTemplateVariableUnknown, "2"},
      {"{{#nom}}{{/nom}}", kTemplateVariableUnknown, "1"},
      {"{{late}}", kTemplateVariableUnknown, "1"},
      {"{{name", kTemplateMalformed, "1"},
      {"name}}", kTemplateMalformed, "1"},
      {"{{}}", kTemplateMalformed, "1"},
      {"{{{name}}}", kTemplateMalformed, "1"},
      {"{{>name}}", kTemplateMalformed, "1"},
      {"{{/late}}", kTemplateMalformed, "1"},
      {"{{#late}}\nx\n", kTemplateMalformed, "3"},
      {"{{#late}}{{#name}}{{/late}}{{/name}}", kTemplateMalformed, "1"},
      {"a\x01", kTemplateMalformed, "1"},
      {std::string(kTemplateBytesMax + 1, 'a'), kTemplateMalformed, "0"},
  };
  for (const auto& c : kCases) {
    const absl::Status status = TextTemplate::Parse("fr/x", c.text, Words()).status();
    const std::string shown = c.text.substr(0, 40);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << shown;
    EXPECT_EQ(ReasonOf(status), c.reason) << shown;
    EXPECT_EQ(ErrorInfoOf(status).metadata["line"], c.line) << shown;
    EXPECT_EQ(ErrorInfoOf(status).metadata["template"], "fr/x") << shown;
  }
}

TEST(TextTemplate, DepthHasABound) {
  const auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "{{#late}}";
    for (int i = 0; i < depth; ++i) text += "{{/late}}";
    return TextTemplate::Parse("t", text, Words()).ok();
  };
  EXPECT_TRUE(nested(kTemplateDepthMax));
  EXPECT_FALSE(nested(kTemplateDepthMax + 1));
}

TEST(TextTemplate, AHoleIsAnErrorThatNamesTemplateAndVariable) {
  const auto parsed = TextTemplate::Parse("fr/x", "a\nb {{phone}}", Words());
  for (const Values& values : {Values{}, Values{{{"phone", ""}}, {}}}) {
    const absl::Status status = parsed->Render(values).status();
    EXPECT_EQ(ReasonOf(status), kTemplateVariableMissing);
    EXPECT_EQ(ErrorInfoOf(status).metadata["variable"], "phone");
    EXPECT_EQ(ErrorInfoOf(status).metadata["line"], "2");
    EXPECT_TRUE(absl::StrContains(status.message(), "fr/x")) << status;
  }
}

}  // namespace
}  // namespace relance::scenario::render
