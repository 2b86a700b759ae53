#include "services/ledger/gather_fec.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/money/decimal_text.h"
#include "common/status/status_macros.h"
#include "services/ledger/readers/fec_line_parser.h"
#include "services/ledger/readers/fec_reader.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/source_hash.h"

namespace relance::ledger {
namespace {

void AddLine(const FecLine& line, uint32_t ordinal, const EntryFacts& facts, const BooksOptions& options,
             Gathered* gathered) {
  if (line.balance_minor() == 0) {
    ++gathered->skipped;
    return;
  }
  IncomingAccount& account = gathered->accounts[AccountOf(line)];
  const std::string& name = line.aux_label.empty() ? line.account_label : line.aux_label;
  if (!name.empty()) account.attributes.set_name(name);
  account.items.push_back(ItemOfLine(line, ordinal, facts, options));
  ++gathered->relevant;
  gathered->SeeDay(line.entry_day);
}

// Pass 2.
class BooksSink : public FecSink {
 public:
  BooksSink(const FecEntries& entries, const BooksOptions& options, GatheredBooks* out)
      : entries_(entries), options_(options), out_(out) {}

  void OnRecord(FecLine&& line) override {
    Gathered& gathered = out_->gathered;
    if (options_.as_of.has_value() && line.entry_day > *options_.as_of) {
      ++gathered.skipped;
      return;
    }
    const FecBalance::Verdict verdict = entries_.balance().Check(line);
    if (!verdict.balanced) return KeepPartial(std::move(line), verdict);
    if (!IsCustomerLine(line, options_.control_accounts)) {
      ++gathered.skipped;
      // The books are known up to their newest line, whoever it concerns.
      gathered.SeeDay(line.entry_day);
      return;
    }
    AddLine(line, line.ordinal, entries_.FactsOf(line), options_, &gathered);
  }

  void OnReject(const Reject& reject) override { out_->gathered.Reject(reject); }

  void OnNotice(const Notice& notice) override {
    if (notice.reason == kHeaderRepeated) return;
    out_->gathered.Warn(absl::StrCat("line ", notice.line, ": ", notice.reason, ": ", notice.message));
  }

 private:
  void KeepPartial(FecLine&& line, const FecBalance::Verdict& verdict) {
    std::string message = absl::StrCat("the entry does not balance: debit minus credit is ",
                                       FormatDecimal(verdict.difference_minor, 2, '.'), " over ",
                                       verdict.lines, " lines, the first is line ", verdict.first_line);
    const uint64_t key = EntryKey(line);
    const auto it = out_->partial.find(key);
    const bool room = it == out_->partial.end() ? out_->partial.size() < kPartialEntriesMax
                                                : it->second.size() < kPartialEntryLinesMax;
    if (!room) {
      out_->gathered.Reject({line.line, "", kEntryUnbalanced, message, CanonicalFecLine(line), false});
      return;
    }
    out_->partial[key].push_back({std::move(line), "", std::move(message)});
  }

  const FecEntries& entries_;
  const BooksOptions& options_;
  GatheredBooks* const out_;
};

template <typename Reader>
absl::Status Run(const SpoolFile& file, Reader& reader) {
  RELANCE_RETURN_IF_ERROR(file.Read([&](absl::string_view bytes) { return reader.Feed(bytes); }));
  return reader.Finish();
}

}  // namespace

absl::StatusOr<GatheredBooks> GatherFec(const SpoolFile& file, const std::string& file_name,
                                        const BooksOptions& options) {
  FecEntries entries;
  FecReader first({.file = file_name, .identify = false}, &entries);
  if (absl::Status read = Run(file, first); !read.ok()) return RefusalOfFile(read);
  RELANCE_RETURN_IF_ERROR(entries.status());
  entries.Close();

  GatheredBooks books;
  BooksSink sink(entries, options, &books);
  FecReader second({.file = file_name}, &sink);
  if (absl::Status read = Run(file, second); !read.ok()) return RefusalOfFile(read);
  books.gathered.read = second.summary().records + second.summary().rejected + second.summary().skipped;
  if (entries.balance().coarse()) {
    books.gathered.Warn(
        "entries have no number and do not balance by piece; they balance as a whole and are accepted");
  } else if (entries.balance().unknown()) {
    books.gathered.Warn("entries have no number and do not balance; all are accepted");
  }
  return books;
}

void AddEntry(const std::vector<FecLine>& lines, const BooksOptions& options, Gathered* gathered) {
  EntryFacts facts;
  for (const FecLine& line : lines) {
    facts.has_treasury |= IsTreasuryAccount(line.account);
    facts.has_sales |= !line.account.empty() && line.account[0] == '7';
  }
  OrdinalCounter ordinals;
  for (const FecLine& line : lines) {
    const uint32_t ordinal = ordinals.Next(line.source_hash);
    if (!IsCustomerLine(line, options.control_accounts)) {
      ++gathered->skipped;
      gathered->SeeDay(line.entry_day);
      continue;
    }
    AddLine(line, ordinal, facts, options, gathered);
  }
}

}  // namespace relance::ledger
