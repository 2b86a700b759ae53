#include "services/ledger/inbox/inbox_report.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/domain_error.h"
#include "common/status/utf8.h"

namespace relance::ledger {
namespace {

constexpr size_t kRawShownBytes = 400;

void AddCount(std::string* text, const char* what, int64_t count) {
  if (count != 0) absl::StrAppendFormat(text, "  %-44s %10d\n", what, count);
}

const char* Headline(InboxResult result) {
  switch (result) {
    case InboxResult::kDone:
      return "Everything in this file entered the ledger.";
    case InboxResult::kPartly:
      return "A part of this file did not enter the ledger; the rest did.";
    case InboxResult::kRepeated:
      return "This file had been imported before; nothing changed.";
    case InboxResult::kRejected:
      return "Nothing of this file entered the ledger.";
  }
  return "";
}

std::string WhatToDo(const InboxOutcome& outcome) {
  const std::string reason = ReasonOf(outcome.refusal);
  switch (outcome.result) {
    case InboxResult::kDone:
    case InboxResult::kRepeated:
      return "Nothing.";
    case InboxResult::kPartly:
      if (outcome.repair_file.empty()) {
        return "Correct the lines below in the source and export the file again: what is in stays as it is.";
      }
      return absl::StrCat(
          "Correct rejected/", outcome.repair_file,
          " (it holds the lines below as they came) and drop it into the inbox again: only what is "
          "missing enters. Or correct the source and export the whole file again.");
    case InboxResult::kRejected:
      break;
  }
  if (reason == "FORMAT_UNKNOWN" || reason == "MAPPING_UNKNOWN") {
    return "The file is of no layout that is known. Make a mapping of it with `relancectl ledger map FILE`, "
           "put it into "
           "the folder mappings/ of this inbox, and drop the file again.";
  }
  if (reason == "FILE_TOO_LARGE") return "Split the file, by period for example, and drop the parts.";
  return "Look at the line and the field named above, correct the source, export the file and drop it again.";
}

}  // namespace

const char* InboxResultName(InboxResult result) {
  static constexpr const char* kNames[] = {"done", "partly", "repeated", "rejected"};
  return kNames[static_cast<size_t>(result)];
}

std::string InboxReportText(const InboxOutcome& outcome) {
  const v1::ImportReport& report = outcome.report;
  std::string text = absl::StrCat(CleanUtf8(outcome.file_name, 255), "\n\n", Headline(outcome.result), "\n");
  if (!outcome.refusal.ok()) {
    absl::StrAppend(&text, "\nWhy: ", absl::string_view(outcome.refusal.message()));
    const ErrorInfo info = ErrorInfoOf(outcome.refusal);
    if (!info.reason.empty()) absl::StrAppend(&text, " [", info.reason, "]");
    for (const auto& [key, value] : info.metadata) absl::StrAppend(&text, "\n  ", key, ": ", value);
    text += "\n";
  }
  if (!report.import_id().empty()) {
    absl::StrAppend(&text, "\nRead as ", report.format(), ", import ", report.import_id());
    if (report.has_as_of_date()) {
      absl::StrAppendFormat(&text, ", known up to %04d-%02d-%02d", report.as_of_date().year(),
                            report.as_of_date().month(), report.as_of_date().day());
    }
    text += "\n\n";
    AddCount(&text, "lines or transactions read", report.read());
    AddCount(&text, "new items", report.created());
    AddCount(&text, "items that changed", report.changed());
    AddCount(&text, "items that were there already", report.unchanged());
    AddCount(&text, "items that another document completed", report.completed());
    AddCount(&text, "items that are no longer in the picture", report.absent_settled());
    AddCount(&text, "customers whose data changed", report.accounts_updated());
    AddCount(&text, "payments wholly allocated", report.payments_matched());
    AddCount(&text, "payments allocated in part", report.payments_partly_matched());
    AddCount(&text, "payments that found no invoice", report.payments_unmatched());
    AddCount(&text, "payments from unknown payers", report.payments_unidentified());
    AddCount(&text, "payments with a proposal to look at", report.payments_proposed());
    AddCount(&text, "payments taken back by the bank", report.payments_returned());
    AddCount(&text, "payments known from the other source", report.payments_confirmed());
    AddCount(&text, "lines left out on purpose", report.skipped());
    AddCount(&text, "lines that did not enter", report.rejected());
  }
  if (report.warnings_size() + static_cast<int>(outcome.notes.size()) > 0) text += "\nTo know:\n";
  for (const std::string& note : outcome.notes) absl::StrAppend(&text, "  - ", note, "\n");
  for (const std::string& warning : report.warnings()) absl::StrAppend(&text, "  - ", warning, "\n");
  absl::StrAppend(&text, "\nWhat to do: ", WhatToDo(outcome), "\n");
  if (report.rejected_lines_size() > 0) text += "\nLines that did not enter:\n";
  for (const v1::RejectedLine& line : report.rejected_lines()) {
    absl::StrAppend(&text, "\n  line ", line.line(), line.field().empty() ? "" : ", ", line.field(), ": ",
                    line.message(), " [", line.reason(), "]\n");
    std::string raw = CleanUtf8(line.raw(), kRawShownBytes);
    for (char& c : raw) c = c == '\n' || c == '\r' ? ' ' : c;
    if (!raw.empty()) absl::StrAppend(&text, "    ", raw, "\n");
  }
  if (report.rejected() > report.rejected_lines_size()) {
    absl::StrAppend(&text, "\n  ... and ", report.rejected() - report.rejected_lines_size(),
                    " more; all of them: relancectl ledger rejects <tenant> ", report.import_id(), "\n");
  }
  return text;
}

std::string InboxReportJson(const InboxOutcome& outcome) {
  google::protobuf::Struct root;
  auto& fields = *root.mutable_fields();
  fields["result"].set_string_value(InboxResultName(outcome.result));
  fields["file_name"].set_string_value(CleanUtf8(outcome.file_name, 255));
  if (!outcome.repair_file.empty())
    fields["repair_file"].set_string_value(CleanUtf8(outcome.repair_file, 255));
  if (!outcome.refusal.ok()) {
    auto& refusal = *fields["refusal"].mutable_struct_value()->mutable_fields();
    const ErrorInfo info = ErrorInfoOf(outcome.refusal);
    refusal["reason"].set_string_value(info.reason);
    refusal["message"].set_string_value(CleanUtf8(outcome.refusal.message(), 4096));
    for (const auto& [key, value] : info.metadata) {
      (*refusal["metadata"].mutable_struct_value()->mutable_fields())[key].set_string_value(
          CleanUtf8(value, 1024));
    }
  }
  for (const std::string& note : outcome.notes) {
    fields["notes"].mutable_list_value()->add_values()->set_string_value(CleanUtf8(note, 4096));
  }
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string head, report;
  (void)google::protobuf::util::MessageToJsonString(root, &head, options);
  if (outcome.report.import_id().empty()) return head;
  (void)google::protobuf::util::MessageToJsonString(outcome.report, &report, options);
  // One object of two: the head without its last brace, and the report as a field.
  while (!head.empty() && (head.back() == '\n' || head.back() == '}')) {
    const bool brace = head.back() == '}';
    head.pop_back();
    if (brace) break;
  }
  while (!head.empty() && head.back() == '\n') head.pop_back();
  while (!report.empty() && report.back() == '\n') report.pop_back();
  return absl::StrCat(head, ",\n \"report\": ", report, "\n}\n");
}

}  // namespace relance::ledger
