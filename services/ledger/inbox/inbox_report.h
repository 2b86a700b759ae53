#pragma once

#include <string>

#include "absl/status/status.h"
#include "relance/ledger/v1/ledger.pb.h"

namespace relance::ledger {

// What became of a file of the inbox.
enum class InboxResult {
  kDone,      // all of it entered
  kPartly,    // some lines were rejected
  kRepeated,  // this content had entered before
  kRejected,  // nothing of it entered
};
// "done", "partly", "repeated", "rejected".
const char* InboxResultName(InboxResult result);

struct InboxOutcome {
  InboxResult result = InboxResult::kDone;
  std::string file_name;           // as it was dropped
  std::string repair_file;         // written beside, below rejected/; empty: none
  v1::ImportReport report;         // empty for kRejected
  absl::Status refusal;            // of kRejected
  std::vector<std::string> notes;  // to know beside: a mapping that could not be read
};

// The report for people: what was read, what entered, what did not and why, line by line, and what to do.
std::string InboxReportText(const InboxOutcome& outcome);
// The same for programs: {"result": ..., "file_name": ..., "refusal": {...}, "report": ImportReport}.
std::string InboxReportJson(const InboxOutcome& outcome);

}  // namespace relance::ledger
