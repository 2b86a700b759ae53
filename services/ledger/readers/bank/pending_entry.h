#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/domain_error.h"
#include "services/ledger/readers/bank/bank_delivery.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

// The lines of an entry that is being gathered, and the first thing that is wrong with them. What is wrong
// with one line rejects the entry, for an entry without a part of its words would be another one.
class PendingEntry {
 public:
  bool is_open() const { return is_open_; }
  int64_t line() const { return line_; }

  void Open(int64_t line) {
    *this = {};
    is_open_ = true;
    line_ = line;
  }
  void Close() { *this = {}; }

  // A line of it, as it came.
  void AddLine(int64_t line, absl::string_view bytes) {
    bytes_ += bytes.size() + kLineOverheadBytes;
    if (bytes_ > kBankEntryBytesMax) {
      Fail(line, "", kEntryTooLarge,
           absl::StrCat("the entry holds more than ", kBankEntryBytesMax, " bytes"));
    }
    if (raw_.size() <= kRawBytesMax) absl::StrAppend(&raw_, raw_.empty() ? "" : "\n", bytes);
  }
  bool is_full() const { return bytes_ > kBankEntryBytesMax; }

  void Fail(int64_t line, absl::string_view field, absl::string_view reason, absl::string_view message) {
    if (!reason_.empty()) return;
    problem_line_ = line;
    field_ = std::string(field);
    reason_ = std::string(reason);
    message_ = std::string(message);
  }
  void Fail(int64_t line, absl::string_view field, const absl::Status& status) {
    Fail(line, field, ReasonOf(status), absl::string_view(status.message().data(), status.message().size()));
  }

  bool failed() const { return !reason_.empty(); }
  void RejectTo(RejectLog<BankTransaction>* log) const {
    log->Reject(problem_line_, field_, reason_, message_, raw_);
  }

 private:
  static constexpr size_t kLineOverheadBytes = 256;  // what a line costs beside its text

  bool is_open_ = false;
  int64_t line_ = 0, problem_line_ = 0;
  size_t bytes_ = 0;
  std::string raw_, field_, reason_, message_;
};

}  // namespace relance::ledger
