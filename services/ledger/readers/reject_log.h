#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

// Hands rejects and notices to a sink and counts them in a summary; shared by all readers.
template <typename Record>
class RejectLog {
 public:
  RejectLog(SourceSink<Record>* sink, ReadSummary* summary) : sink_(sink), summary_(summary) {}

  void Reject(int64_t line, absl::string_view field, absl::string_view reason, absl::string_view message,
              absl::string_view raw, bool raw_truncated = false) {
    ++summary_->rejected;
    ++summary_->by_reason[std::string(reason)];
    const bool cut = raw_truncated || raw.size() > kRawBytesMax;
    sink_->OnReject({line, std::string(field), std::string(reason), std::string(message),
                     std::string(raw.substr(0, kRawBytesMax)), cut});
  }

  void Notice(int64_t line, absl::string_view field, absl::string_view reason, absl::string_view message) {
    ++summary_->notices;
    ++summary_->by_reason[std::string(reason)];
    sink_->OnNotice({line, std::string(field), std::string(reason), std::string(message)});
  }

  void Deliver(Record&& record) {
    ++summary_->records;
    sink_->OnRecord(std::move(record));
  }

 private:
  SourceSink<Record>* sink_;
  ReadSummary* summary_;
};

}  // namespace relance::ledger
