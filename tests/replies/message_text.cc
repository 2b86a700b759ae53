#include "tests/replies/message_text.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/utf8.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace relance::testing {
namespace {

using google::protobuf::Message;
using google::protobuf::TextFormat;

constexpr char kSeparator[] = "---\n";

bool IsShort(const Message& message) {
  const std::string name = message.GetDescriptor()->full_name();
  return name == "relance.type.v1.Date" || name == "relance.type.v1.Money" ||
         name == "google.protobuf.Timestamp";
}

class Printer : public TextFormat::FastFieldValuePrinter {
 public:
  void PrintString(const std::string& text, TextFormat::BaseTextGenerator* out) const override {
    const bool several = text.find('\n') != std::string::npos && text.find('\n') + 1 < text.size();
    if (!several) return out->PrintString(Literal(text));
    out->Indent();
    for (absl::string_view rest = text; !rest.empty();) {
      const size_t end = rest.find('\n');
      const absl::string_view line = rest.substr(0, end == rest.npos ? end : end + 1);
      out->PrintString(absl::StrCat("\n", Literal(line)));
      rest.remove_prefix(line.size());
    }
    out->Outdent();
  }
  void PrintBytes(const std::string& bytes, TextFormat::BaseTextGenerator* out) const override {
    PrintString(bytes, out);
  }
  void PrintMessageStart(const Message& message, int, int, bool,
                         TextFormat::BaseTextGenerator* out) const override {
    out->PrintString(IsShort(message) ? " { " : " {\n");
  }
  bool PrintMessageContent(const Message& message, int, int, bool,
                           TextFormat::BaseTextGenerator* out) const override {
    if (!IsShort(message)) return false;
    TextFormat::Printer printer;
    printer.SetSingleLineMode(true);
    std::string text;
    printer.PrintToString(message, &text);
    if (!text.empty() && text.back() != ' ') text += ' ';
    out->PrintString(text);
    return true;
  }
  void PrintMessageEnd(const Message&, int, int, bool, TextFormat::BaseTextGenerator* out) const override {
    out->PrintString("}\n");
  }

 private:
  static std::string Literal(absl::string_view text) {
    const bool readable = CleanUtf8(text, text.size()) == text;
    return absl::StrCat("\"", readable ? absl::Utf8SafeCEscape(text) : absl::CEscape(text), "\"");
  }
};

class ErrorKeeper : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    if (first.empty()) first = absl::StrCat(line + 1, ":", column + 1, ": ", message);
  }
  std::string first;
};

}  // namespace

std::string ToText(const Message& message) {
  TextFormat::Printer printer;
  printer.SetDefaultFieldValuePrinter(new Printer());
  printer.SetExpandAny(true);
  std::string text;
  printer.PrintToString(message, &text);
  return text;
}

std::string ToText(const Messages& messages) {
  std::string text;
  for (const auto& message : messages) {
    if (message != messages.front()) text += kSeparator;
    text += ToText(*message);
  }
  return text;
}

std::string ToText(const grpc::Status& status) {
  google::rpc::ErrorInfo::default_instance();  // its details are spelled out only when it is linked
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details()) || status.error_details().empty()) {
    details.set_code(status.error_code());
    details.set_message(status.error_message());
  }
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  return absl::StrCat("# ", absl::StatusCodeToString(code), "\n", ToText(details));
}

absl::StatusOr<Messages> ParseRequests(const google::protobuf::MethodDescriptor& rpc, absl::string_view text,
                                       absl::string_view file_name) {
  Messages messages;
  // Each part keeps the lines before it as empty ones, so that errors tell the line of the file.
  std::string part;
  const auto end_part = [&]() -> absl::Status {
    ErrorKeeper errors;
    TextFormat::Parser parser;
    parser.RecordErrorsTo(&errors);
    auto message = NewRequest(rpc);
    if (!parser.ParseFromString(part, message.get())) {
      return absl::InvalidArgumentError(absl::StrCat(file_name, ":", errors.first));
    }
    messages.push_back(std::move(message));
    return absl::OkStatus();
  };
  size_t line_count = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++line_count;
    if (line != "---") {
      absl::StrAppend(&part, line, "\n");
      continue;
    }
    if (const auto status = end_part(); !status.ok()) return status;
    part.assign(line_count, '\n');
  }
  if (const auto status = end_part(); !status.ok()) return status;
  return messages;
}

}  // namespace relance::testing
