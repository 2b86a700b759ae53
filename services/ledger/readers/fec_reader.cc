#include "services/ledger/readers/fec_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/refusal.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {

FecReader::FecReader(FecOptions options, FecSink* sink)
    : options_(std::move(options)),
      log_(sink, &summary_),
      splitter_([this](const LineSplitter::Line& line) { OnLine(line); }) {}

absl::Status FecReader::Feed(absl::string_view bytes) {
  if (status_.ok()) splitter_.Feed(bytes);
  return status_;
}

absl::Status FecReader::Finish() {
  if (status_.ok()) splitter_.Finish();
  if (status_.ok() && !has_header_) {
    status_ = RefuseFile(options_.file, 1, "", kFileEmpty, "there is no line in it");
  }
  return status_;
}

void FecReader::OnLine(const LineSplitter::Line& line) {
  if (!status_.ok()) return;  // the rest of a chunk in which the file was refused
  if (line.number == 1 && LooksLikeWideEncoding(line.text)) {
    status_ = RefuseFile(options_.file, 1, "", kEncodingUnsupported, "UTF-16 or UTF-32; save it as UTF-8");
    return;
  }
  text_ = line.text;
  if (!IsPlainAscii(text_)) {
    if (DecodeLine(line.text, &decoded_)) ++summary_.lines_recoded;
    text_ = decoded_;
  }
  if (TrimBlank(text_).empty() && !line.too_long) return;
  ++summary_.lines;
  if (!has_header_) {
    OnHeader(line);
  } else {
    OnData(line);
  }
}

void FecReader::OnHeader(const LineSplitter::Line& line) {
  if (line.too_long) {
    status_ =
        RefuseFile(options_.file, line.number, "", kHeaderTooLong, "the first line is longer than 64 KiB");
    return;
  }
  const absl::string_view text = StripBom(text_);
  if (absl::StartsWith(TrimBlank(text), "<")) {
    status_ = RefuseFile(options_.file, line.number, "", kFecXmlUnsupported,
                         "this looks like the XML form of a FEC; export the flat form");
    return;
  }
  absl::StatusOr<FecHeader> header = ParseFecHeader(text);
  if (!header.ok()) {
    const ErrorInfo info = ErrorInfoOf(header.status());
    const auto field = info.metadata.find("field");
    status_ = RefuseFile(options_.file, line.number, field == info.metadata.end() ? "" : field->second,
                         info.reason, header.status().message());
    return;
  }
  header_ = *header;
  header_text_ = std::string(text);
  has_header_ = true;
  if (options_.balance == nullptr) return;
  const std::string difference = FormatDecimal(options_.balance->unnumbered_difference_minor(), 2, '.');
  if (options_.balance->coarse()) {
    log_.Notice(
        line.number, "EcritureNum", kEntryGroupingCoarse,
        "entries have no number and do not balance by piece; they balance as a whole and are accepted");
  } else if (options_.balance->unknown()) {
    log_.Notice(
        line.number, "EcritureNum", kEntryGroupingUnknown,
        absl::StrCat(
            "entries have no number and do not balance by piece, nor as a whole; debit minus credit is ",
            difference, "; all are accepted"));
  }
}

bool FecReader::IsWanted(absl::string_view account) const {
  return options_.account_prefixes.empty() ||
         std::any_of(options_.account_prefixes.begin(), options_.account_prefixes.end(),
                     [&](const std::string& prefix) { return absl::StartsWith(account, prefix); });
}

bool FecReader::IsBalanced(const FecLine& record, absl::string_view raw) {
  if (options_.balance == nullptr) return true;
  const FecBalance::Verdict verdict = options_.balance->Check(record);
  if (verdict.balanced) return true;
  log_.Reject(record.line, "", kEntryUnbalanced,
              absl::StrCat("the entry does not balance: debit minus credit is ",
                           FormatDecimal(verdict.difference_minor, 2, '.'), " over the ", verdict.lines,
                           " lines that can be read, the first is line ", verdict.first_line),
              raw);
  return false;
}

void FecReader::OnData(const LineSplitter::Line& line) {
  if (line.too_long) {
    log_.Reject(line.number, "", kLineTooLong, absl::StrCat("longer than ", kLineBytesMax, " bytes"),
                line.text, true);
    return;
  }
  if (StripBom(text_) == header_text_) {
    ++summary_.skipped;
    log_.Notice(line.number, "", kHeaderRepeated, "the header again; files were joined");
    return;
  }
  if (!has_data_) AllowTrailingSeparators(text_, &header_);
  has_data_ = true;
  FecLine& record = record_;
  record.line = line.number;
  if (!ParseFecLine(header_, text_, &record, &problem_, &notice_)) {
    log_.Reject(line.number, problem_.field, problem_.reason, problem_.message, line.text);
    return;
  }
  if (!IsBalanced(record, line.text)) return;
  if (!IsWanted(record.account)) {
    ++summary_.skipped;
    return;
  }
  if (summary_.records >= options_.records_max) {
    status_ = RefuseFile(options_.file, line.number, "", kTooManyRecords,
                         absl::StrCat("more than ", options_.records_max, " lines; split it by period"),
                         absl::StatusCode::kResourceExhausted);
    return;
  }
  if (!notice_.reason.empty()) log_.Notice(line.number, notice_.field, notice_.reason, notice_.message);
  if (options_.identify) {
    record.source_hash = FecLineHash(record);
    record.ordinal = options_.count_equal_lines ? ordinals_.Next(record.source_hash) : 0;
  }
  summary_.debit_minor = AddSaturated(summary_.debit_minor, record.debit_minor);
  summary_.credit_minor = AddSaturated(summary_.credit_minor, record.credit_minor);
  log_.Deliver(std::move(record));
}

}  // namespace relance::ledger
