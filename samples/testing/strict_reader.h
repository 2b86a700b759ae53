#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance::samples {

// What a strict reader takes from a statement. Shares no code with the writer, on purpose.
struct ReadEntry {
  std::string direction;  // CRDT, DBIT
  bool reversal = false;
  std::string status;
  int64_t amount_minor = 0;
  std::string reference;
  std::string end_to_end_id;
  std::string payer_name;
  std::string payer_iban;
  std::string return_reason;
  std::vector<std::string> references;  // CdtrRefInf/Ref
  bool belgian = false;
  std::vector<std::string> documents;  // RfrdDocInf/Nb
  std::vector<std::string> free_text;
};

struct ReadStatement {
  std::string comment;
  std::string space;  // the namespace of the document
  std::string iban;
  std::string day;
  int sequence = 0;
  std::map<std::string, int64_t> balances;  // OPBD, CLBD, signed
  std::vector<ReadEntry> entries;
};

// Errors: INVALID_ARGUMENT for what is not well-formed, or is no amount.
absl::StatusOr<ReadStatement> ReadCamt(absl::string_view xml);

struct ReadTable {
  std::string label;  // the first line, without "# "
  std::vector<std::map<std::string, std::string>> rows;
};

// A file of these programs: label, header, rows of as many cells. Errors: INVALID_ARGUMENT.
absl::StatusOr<ReadTable> ReadCsv(absl::string_view csv);

}  // namespace relance::samples
