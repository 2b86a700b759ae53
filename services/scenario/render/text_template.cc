#include "services/scenario/render/text_template.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/scenario/render/errors.h"

namespace relance::scenario::render {
namespace {

absl::Status TemplateError(absl::StatusCode code, const char* reason, absl::string_view name, int line,
                           absl::string_view message, absl::string_view variable = "") {
  std::map<std::string, std::string> metadata = {{"template", std::string(name)},
                                                 {"line", absl::StrCat(line)}};
  if (!variable.empty()) metadata.emplace("variable", variable);
  return DomainError(
      code, reason,
      absl::StrCat("template ", name, " line ", line, ": ", message, variable.empty() ? "" : " ", variable),
      std::move(metadata));
}

bool IsName(absl::string_view name) {
  if (name.empty()) return false;
  for (char c : name) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '_') return false;
  }
  return true;
}

}  // namespace

class TextTemplate::Parser {
 public:
  Parser(absl::string_view name, const Vocabulary& vocabulary) : name_(name), vocabulary_(vocabulary) {
    stack_.push_back(Node{Node::Kind::kSection, "", 0, {}});
  }

  absl::StatusOr<std::vector<Node>> Parse(absl::string_view text) {
    if (text.size() > kTemplateBytesMax) return Malformed("the template is too long");
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      ++line_;
      absl::ConsumeSuffix(&line, "\r");
      RELANCE_RETURN_IF_ERROR(ParseLine(line));
    }
    if (stack_.size() > 1) return Malformed("section not closed:", stack_.back().text);
    return std::move(stack_.front().children);
  }

 private:
  absl::Status Malformed(absl::string_view message, absl::string_view variable = "") const {
    return TemplateError(absl::StatusCode::kInvalidArgument, kTemplateMalformed, name_, line_, message,
                         variable);
  }

  absl::Status ParseLine(absl::string_view line) {
    for (char c : line) {
      if (absl::ascii_iscntrl(c) && c != '\t') return Malformed("control character");
    }
    bool alone = true;
    int silent_tags = 0;
    while (true) {
      const size_t open = line.find("{{");
      const absl::string_view literal = line.substr(0, open);
      if (literal.find("}}") != absl::string_view::npos) return Malformed("}} without {{");
      alone = alone && absl::StripAsciiWhitespace(literal).empty();
      if (!literal.empty()) Append(Node{Node::Kind::kLiteral, std::string(literal), line_, {}});
      if (open == absl::string_view::npos) break;
      line.remove_prefix(open + 2);
      const size_t close = line.find("}}");
      if (close == absl::string_view::npos) return Malformed("{{ without }} on the line");
      const absl::string_view tag = absl::StripAsciiWhitespace(line.substr(0, close));
      line.remove_prefix(close + 2);
      const bool prints = !tag.empty() && IsName(tag);
      alone = alone && !prints;
      silent_tags += prints ? 0 : 1;
      RELANCE_RETURN_IF_ERROR(ParseTag(tag));
    }
    if (!(alone && silent_tags == 1)) Append(Node{Node::Kind::kLiteral, "\n", line_, {}});
    return absl::OkStatus();
  }

  absl::Status ParseTag(absl::string_view tag) {
    if (tag.empty()) return Malformed("empty tag");
    if (tag[0] == '!') return absl::OkStatus();
    const char sigil = IsName(tag.substr(0, 1)) ? '\0' : tag[0];
    const absl::string_view name = sigil == '\0' ? tag : absl::StripAsciiWhitespace(tag.substr(1));
    if (!IsName(name)) return Malformed("not a name");
    if (sigil == '/') {
      if (stack_.size() == 1 || stack_.back().text != name)
        return Malformed("no such section is open:", name);
      Node node = std::move(stack_.back());
      stack_.pop_back();
      Append(std::move(node));
      return absl::OkStatus();
    }
    const bool is_text = vocabulary_.texts.count(std::string(name)) > 0;
    const bool is_flag = vocabulary_.flags.count(std::string(name)) > 0;
    if (!is_text && !(is_flag && sigil != '\0')) {
      return TemplateError(absl::StatusCode::kInvalidArgument, kTemplateVariableUnknown, name_, line_,
                           is_flag ? "a flag cannot be printed:" : "unknown variable", name);
    }
    if (sigil == '\0') {
      Append(Node{Node::Kind::kVariable, std::string(name), line_, {}});
      return absl::OkStatus();
    }
    if (sigil != '#' && sigil != '^') return Malformed("only # ^ / ! may stand before a name");
    if (stack_.size() > kTemplateDepthMax) return Malformed("sections too deep");
    stack_.push_back(
        Node{sigil == '#' ? Node::Kind::kSection : Node::Kind::kInverted, std::string(name), line_, {}});
    return absl::OkStatus();
  }

  void Append(Node node) { stack_.back().children.push_back(std::move(node)); }

  const std::string name_;
  const Vocabulary& vocabulary_;
  std::vector<Node> stack_;
  int line_ = 0;
};

absl::StatusOr<TextTemplate> TextTemplate::Parse(absl::string_view name, absl::string_view text,
                                                 const Vocabulary& vocabulary) {
  TextTemplate parsed;
  parsed.name_ = std::string(name);
  RELANCE_ASSIGN_OR_RETURN(parsed.nodes_, Parser(name, vocabulary).Parse(text));
  return parsed;
}

absl::StatusOr<std::string> TextTemplate::Render(const Values& values) const {
  std::string out;
  RELANCE_RETURN_IF_ERROR(RenderNodes(nodes_, values, out));
  return out;
}

absl::Status TextTemplate::RenderNodes(const std::vector<Node>& nodes, const Values& values,
                                       std::string& out) const {
  for (const Node& node : nodes) {
    if (node.kind == Node::Kind::kLiteral) {
      out += node.text;
      continue;
    }
    const auto text = values.texts.find(node.text);
    const bool has_text = text != values.texts.end() && !text->second.empty();
    if (node.kind == Node::Kind::kVariable) {
      if (!has_text) {
        return TemplateError(absl::StatusCode::kFailedPrecondition, kTemplateVariableMissing, name_,
                             node.line, "empty in this message:", node.text);
      }
      out += text->second;
      continue;
    }
    const auto flag = values.flags.find(node.text);
    const bool holds = has_text || (flag != values.flags.end() && flag->second);
    if (holds == (node.kind == Node::Kind::kSection))
      RELANCE_RETURN_IF_ERROR(RenderNodes(node.children, values, out));
  }
  return absl::OkStatus();
}

}  // namespace relance::scenario::render
