#include "services/ledger/readers/table/table_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/refusal.h"
#include "services/ledger/readers/table/reasons.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

bool IsBlank(const std::vector<std::string>& cells) {
  return std::all_of(cells.begin(), cells.end(),
                     [](const std::string& cell) { return TrimBlank(cell).empty(); });
}

// One line as UTF-8. False when the mapping names an encoding that it is not of.
bool DecodeAs(Mapping::Encoding encoding, absl::string_view bytes, std::string* out, bool* recoded) {
  *recoded = false;
  if (encoding == Mapping::Encoding::kAuto || (encoding == Mapping::Encoding::kUtf8 && IsUtf8(bytes))) {
    *recoded = DecodeLine(bytes, out);
    return true;
  }
  out->clear();
  if (encoding == Mapping::Encoding::kUtf8) return false;
  for (const unsigned char byte : bytes) {
    const bool control = (byte < 0x20 && byte != '\t') || byte == 0x7F;
    const char32_t c = encoding == Mapping::Encoding::kWindows1252 ? Windows1252(byte) : Iso8859Dash15(byte);
    AppendUtf8(control ? U' ' : c, out);
    *recoded |= byte >= 0x80;
  }
  return true;
}

}  // namespace

char SeparatorOfLine(absl::string_view line) {
  char best = ',';
  int64_t most = 0;
  for (const char separator : {',', ';', '\t', '|'}) {
    bool quoted = false;
    int64_t count = 0;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      if (c == separator && !quoted) ++count;
    }
    if (count > most) {
      most = count;
      best = separator;
    }
  }
  return best;
}

TableReader::TableReader(TableOptions options, const Mapping* mapping, TableSink* sink)
    : options_(std::move(options)),
      mapping_(*mapping),
      sink_(sink),
      splitter_([this](const CsvSplitter::Record& record) { OnRecord(record); }) {
  for (const TableRecord& record : mapping_.records) parsers_.emplace_back(mapping, &record);
}

absl::Status TableReader::Feed(absl::string_view bytes) {
  if (status_.ok()) splitter_.Feed(bytes);
  return status_;
}

absl::Status TableReader::Finish() {
  if (status_.ok()) splitter_.Finish();
  if (!status_.ok()) return status_;
  for (const Held& record : footer_) Skip(record.line, kFooterLine);
  footer_.clear();
  if (!has_lines_) {
    status_ = RefuseFile(options_.file, 1, "", kFileEmpty, "there is no line in it");
  } else if (!has_header_ && mapping_.header) {
    status_ = RefuseFile(options_.file, mapping_.skip_lines + 1, "", kHeaderMissing,
                         "the file ends before the line with the names of the columns");
  }
  return status_;
}

bool TableReader::Decode(absl::string_view raw) {
  text_.clear();
  std::string line;
  // Line by line, so that line ends inside quotes survive as such.
  for (size_t at = 0; at <= raw.size();) {
    const size_t end = std::min(raw.find('\n', at), raw.size());
    bool recoded = false;
    if (!DecodeAs(mapping_.encoding, raw.substr(at, end - at), &line, &recoded)) return false;
    if (recoded) ++summary_.lines_recoded;
    absl::StrAppend(&text_, at > 0 ? "\n" : "", line);
    at = end + 1;
  }
  return true;
}

void TableReader::OnRecord(const CsvSplitter::Record& record) {
  if (!status_.ok()) return;
  if (record.line == 1 && LooksLikeWideEncoding(record.text)) {
    status_ = RefuseFile(options_.file, 1, "", kEncodingUnsupported, "UTF-16 or UTF-32; save it as UTF-8");
    return;
  }
  if (TrimBlank(record.text).empty() && !record.too_long) return;
  has_lines_ = true;
  if (record.line <= mapping_.skip_lines) return;
  ++summary_.lines;
  Held held{record.line, std::string(record.text), record.too_long, record.quote_open};
  if (!has_header_) {
    OnHeader(held);
    if (mapping_.header || !status_.ok()) return;
  }
  footer_.push_back(std::move(held));
  if (footer_.size() <= static_cast<size_t>(mapping_.footer_lines)) return;
  const Held row = std::move(footer_.front());
  footer_.pop_front();
  OnRow(row);
}

void TableReader::OnHeader(const Held& record) {
  const auto refuse = [&](absl::string_view field, absl::string_view reason, absl::string_view message) {
    status_ = RefuseFile(options_.file, record.line, field, reason, message);
  };
  if (record.too_long) return refuse("", kHeaderTooLong, "the line with the names is longer than 64 KiB");
  if (!Decode(record.raw)) return refuse("", kEncodingInvalid, "not UTF-8, as the mapping says");
  const absl::string_view text = StripBom(text_);
  separator_ = mapping_.separator != 0 ? mapping_.separator : SeparatorOfLine(text);
  has_header_ = true;
  header_line_ = mapping_.header ? record.line : record.line - 1;
  if (mapping_.header) {
    if (record.quote_open || !SplitCsvRecord(text, separator_, &cells_)) {
      return refuse("", kHeaderMissing, "a quote in the header is not closed or stands inside a field");
    }
    columns_ = cells_.size();
    header_text_ = std::string(text);
  }
  for (RowParser& parser : parsers_) {
    const LineProblem problem = parser.Bind(mapping_.header ? &cells_ : nullptr);
    if (!problem.reason.empty()) return refuse(problem.field, problem.reason, problem.message);
  }
}

void TableReader::Reject(const Held& record, absl::string_view field, absl::string_view reason,
                         absl::string_view message) {
  ++summary_.rejected;
  ++summary_.by_reason[std::string(reason)];
  const bool cut = record.too_long || record.raw.size() > kRawBytesMax;
  sink_->OnReject({record.line, std::string(field), std::string(reason), std::string(message),
                   record.raw.substr(0, kRawBytesMax), cut});
}

void TableReader::Skip(int64_t line, absl::string_view reason) {
  ++summary_.skipped;
  ++summary_.by_reason[std::string(reason)];
  sink_->OnSkip(line, reason);
}

bool TableReader::IsNew(const Held& record, const RowParser& parser) {
  const std::string key = parser.KeyOf(cells_);
  if (key.empty()) return true;
  const uint64_t content = SourceHash(text_);
  const auto [it, is_new] = keys_.try_emplace(SourceHash(key), Seen{content, record.line});
  if (is_new) return true;
  if (it->second.content == content) {
    Skip(record.line, kDuplicateRow);
  } else if (parser.record().first_of_key) {
    Skip(record.line, kKeyRepeated);
  } else {
    Reject(record, TableFieldName(parser.record().unique.front()), kDuplicateKey,
           absl::StrCat("line ", it->second.line, " has the same key and says something else"));
  }
  return false;
}

void TableReader::OnRow(const Held& record) {
  if (!status_.ok()) return;
  if (record.too_long)
    return Reject(record, "", kLineTooLong, absl::StrCat("longer than ", kLineBytesMax, " bytes"));
  if (record.quote_open) return Reject(record, "", kQuoteUnclosed, "a quote is opened and not closed");
  if (!Decode(record.raw)) return Reject(record, "", kEncodingInvalid, "not UTF-8, as the mapping says");
  if (!header_text_.empty() && StripBom(text_) == header_text_) return Skip(record.line, kHeaderRepeated);
  const absl::string_view text = record.line == 1 ? StripBom(text_) : absl::string_view(text_);
  if (!SplitCsvRecord(text, separator_, &cells_)) {
    return Reject(record, "", kQuoteMisplaced,
                  "a quote stands inside a field; quote the field and double the quote");
  }
  if (IsBlank(cells_)) return Skip(record.line, kBlankRow);
  while (columns_ > 0 && cells_.size() > columns_ && TrimBlank(cells_.back()).empty()) cells_.pop_back();
  if (columns_ > 0 && cells_.size() != columns_) {
    return Reject(record, "", kColumnCount,
                  absl::StrCat(cells_.size(), " columns where the header names ", columns_));
  }
  if (summary_.records >= options_.records_max) {
    status_ = RefuseFile(options_.file, record.line, "", kTooManyRecords,
                         absl::StrCat("more than ", options_.records_max, " rows; split the file"),
                         absl::StatusCode::kResourceExhausted);
    return;
  }
  std::vector<LineProblem> notes;
  for (size_t i = 0; i < parsers_.size(); ++i) {
    RowParser::Result result = parsers_[i].Parse(cells_, &notes);
    if (const auto* skip = std::get_if<RowParser::Skip>(&result)) {
      if (i > 0) continue;
      return Skip(record.line, skip->reason);
    }
    if (const auto* problem = std::get_if<LineProblem>(&result)) {
      return Reject(record, problem->field, problem->reason, problem->message);
    }
    if (i == 0 && !IsNew(record, parsers_[i])) return;
    Deliver(record, i, &result);
  }
  for (const LineProblem& note : notes) {
    ++summary_.notices;
    ++summary_.by_reason[note.reason];
    sink_->OnNotice({record.line, note.field, note.reason, note.message});
  }
}

void TableReader::Deliver(const Held& record, size_t, RowParser::Result* result) {
  ++summary_.records;
  if (auto* item = std::get_if<ItemRow>(result)) {
    item->line = record.line;
    item->ordinal = ordinals_.Next(item->source_hash);
    sink_->OnItem(std::move(*item));
  } else if (auto* transaction = std::get_if<BankTransaction>(result)) {
    transaction->line = record.line;
    transaction->key = absl::StrCat(
        "table:", SourceId(transaction->content_hash, ordinals_.Next(transaction->content_hash)));
    if (transaction->is_credit) {
      summary_.credit_minor = AddSaturated(summary_.credit_minor, transaction->amount_minor);
    } else {
      summary_.debit_minor = AddSaturated(summary_.debit_minor, transaction->amount_minor);
    }
    sink_->OnBank(std::move(*transaction));
  } else if (auto* account = std::get_if<AccountRow>(result)) {
    account->line = record.line;
    account->raw = record.raw.substr(0, kRawBytesMax);
    sink_->OnAccount(std::move(*account));
  }
}

}  // namespace relance::ledger
