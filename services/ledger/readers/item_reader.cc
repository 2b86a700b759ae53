#include "services/ledger/readers/item_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/ledger/readers/item_row_parser.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/refusal.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

constexpr const char* kNames[kItemColumnCount] = {
    "kind",        "account",  "name",      "number",        "issue_date",   "due_date",
    "amount",      "currency", "reference", "end_to_end_id", "payer_iban",   "booking_date",
    "description", "siren",    "vat",       "country",       "region",       "sector",
    "segment",     "email",    "language",  "collector",     "customer_type"};

constexpr ItemColumn kRequired[] = {ItemColumn::kKind, ItemColumn::kAccount, ItemColumn::kAmount,
                                    ItemColumn::kCurrency};

// The separator that the header holds most of.
char SeparatorOf(absl::string_view header) {
  char best = ',';
  int64_t most = 0;
  for (const char c : {',', ';', '\t'}) {
    const int64_t count = std::count(header.begin(), header.end(), c);
    if (count > most) {
      most = count;
      best = c;
    }
  }
  return best;
}

}  // namespace

absl::string_view ItemColumnName(ItemColumn column) { return kNames[static_cast<size_t>(column)]; }

ItemReader::ItemReader(ItemOptions options, ItemSink* sink)
    : options_(std::move(options)),
      log_(sink, &summary_),
      splitter_([this](const CsvSplitter::Record& record) { OnRecord(record); }) {
  position_.fill(-1);
}

absl::Status ItemReader::Feed(absl::string_view bytes) {
  if (status_.ok()) splitter_.Feed(bytes);
  return status_;
}

absl::Status ItemReader::Finish() {
  if (status_.ok()) splitter_.Finish();
  if (status_.ok() && !has_header_)
    status_ = RefuseFile(options_.file, 1, "", kFileEmpty, "there is no line in it");
  return status_;
}

void ItemReader::OnRecord(const CsvSplitter::Record& record) {
  if (!status_.ok()) return;
  if (record.line == 1 && LooksLikeWideEncoding(record.text)) {
    status_ = RefuseFile(options_.file, 1, "", kEncodingUnsupported, "UTF-16 or UTF-32; save it as UTF-8");
    return;
  }
  // Line by line, so that line ends inside quotes survive as such.
  text_.clear();
  std::string decoded;
  for (size_t at = 0; at <= record.text.size();) {
    const size_t end = std::min(record.text.find('\n', at), record.text.size());
    if (DecodeLine(record.text.substr(at, end - at), &decoded)) ++summary_.lines_recoded;
    absl::StrAppend(&text_, at > 0 ? "\n" : "", decoded);
    at = end + 1;
  }
  if (TrimBlank(text_).empty() && !record.too_long) return;
  // Remarks, such as "# MADE-UP DATA", stand before the header only: later a number may begin with '#'.
  if (!has_header_ && !record.too_long && StripBom(text_).substr(0, 1) == "#") return;
  ++summary_.lines;
  if (!has_header_) {
    OnHeader(record);
  } else {
    OnRow(record);
  }
}

void ItemReader::OnHeader(const CsvSplitter::Record& record) {
  const auto refuse = [&](absl::string_view field, absl::string_view reason, absl::string_view message) {
    status_ = RefuseFile(options_.file, record.line, field, reason, message);
  };
  if (record.too_long) return refuse("", kHeaderTooLong, "the first line is longer than 64 KiB");
  const absl::string_view text = StripBom(text_);
  separator_ = SeparatorOf(text);
  if (record.quote_open || !SplitCsvRecord(text, separator_, &fields_)) {
    return refuse("", kHeaderMissing, "a quote in the first line is not closed or stands inside a field");
  }
  std::string unknown;
  size_t known = 0;
  for (size_t i = 0; i < fields_.size(); ++i) {
    const absl::string_view name = TrimBlank(fields_[i]);
    const auto found = std::find(std::begin(kNames), std::end(kNames), name);
    if (found == std::end(kNames)) {
      if (unknown.empty())
        unknown = name.empty() ? absl::StrCat("column ", i + 1) : std::string(name.substr(0, 64));
      continue;
    }
    ++known;
    int& position = position_[static_cast<size_t>(found - std::begin(kNames))];
    if (position >= 0) return refuse(*found, kColumnDuplicate, "the column is there twice");
    position = static_cast<int>(i);
  }
  if (known == 0) return refuse("", kHeaderMissing, "the first line names no known column");
  if (!unknown.empty()) return refuse(unknown, kColumnUnknown, "there is no such column in the layout");
  for (const ItemColumn column : kRequired) {
    if (position_[static_cast<size_t>(column)] < 0) {
      return refuse(ItemColumnName(column), kColumnMissing, "the column is missing");
    }
  }
  columns_ = fields_.size();
  has_header_ = true;
}

void ItemReader::OnRow(const CsvSplitter::Record& record) {
  const auto reject = [&](absl::string_view field, absl::string_view reason, absl::string_view message) {
    log_.Reject(record.line, field, reason, message, record.text, record.too_long);
  };
  if (record.too_long) return reject("", kLineTooLong, absl::StrCat("longer than ", kLineBytesMax, " bytes"));
  if (record.quote_open) return reject("", kQuoteUnclosed, "a quote is opened and not closed");
  if (!SplitCsvRecord(text_, separator_, &fields_)) {
    return reject("", kQuoteMisplaced, "a quote stands inside a field; quote the field and double the quote");
  }
  if (fields_.size() != columns_) {
    return reject("", kColumnCount,
                  absl::StrCat(fields_.size(), " columns where the header names ", columns_));
  }
  ItemRow row;
  LineProblem problem;
  row.line = record.line;
  if (!ParseItemRow(position_, fields_, &row, &problem))
    return reject(problem.field, problem.reason, problem.message);
  if (summary_.records >= options_.records_max) {
    status_ = RefuseFile(options_.file, record.line, "", kTooManyRecords,
                         absl::StrCat("more than ", options_.records_max, " rows; split the file"),
                         absl::StatusCode::kResourceExhausted);
    return;
  }
  row.source_hash = SourceHash(CanonicalItemRow(row));
  row.ordinal = ordinals_.Next(row.source_hash);
  log_.Deliver(std::move(row));
}

}  // namespace relance::ledger
