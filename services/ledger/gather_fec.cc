#include "services/ledger/gather_fec.h"

#include <cstring>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/money/decimal_text.h"
#include "common/status/check.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/partial_entries.h"
#include "services/ledger/readers/fec_reader.h"
#include "services/ledger/readers/fec_xml_reader.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/source_hash.h"

namespace relance::ledger {
namespace {

constexpr uint8_t kTreasury = 1;
constexpr uint8_t kSales = 2;
constexpr uint8_t kWhole = 4;  // put together from parts: its entry in this file does not balance

constexpr size_t kAccountCodeBytesMax = 128;  // what the store takes

const std::string& CodeOf(const FecLine& line) {
  return line.aux_account.empty() ? line.account : line.aux_account;
}

bool IsAccountCode(const FecLine& line) {
  return CodeOf(line).size() <= kAccountCodeBytesMax && CodeOf(line) != kUnidentifiedAccount;
}

uint8_t MarksOf(const FecLine& line) {
  return (IsTreasuryAccount(line.account) ? kTreasury : 0) |
         (!line.account.empty() && line.account[0] == '7' ? kSales : 0);
}

EntryFacts FactsOf(uint8_t marks) {
  return {.has_treasury = (marks & kTreasury) != 0, .has_sales = (marks & kSales) != 0};
}

// The head of a line on disk; what it says follows. Little-endian, like the machines that this runs on.
struct Head {
  uint32_t size = 0;  // with the head
  uint32_t line = 0;
  uint64_t entry = 0;
  int64_t balance_minor = 0;
  uint32_t account_size = 0;  // of the account code, which comes first
  uint8_t marks = 0;          // kWhole and those of an entry put together; others are of the entry
  uint8_t reserved[3] = {};
};

void PutText(const std::string& text, std::string* bytes) {
  const auto size = static_cast<uint16_t>(text.size());
  bytes->append(reinterpret_cast<const char*>(&size), sizeof(size));
  bytes->append(text);
}

void PutNumber(int64_t number, std::string* bytes) {
  bytes->append(reinterpret_cast<const char*>(&number), sizeof(number));
}

void PutDay(const std::optional<absl::CivilDay>& day, std::string* bytes) {
  const int32_t number = day.has_value() ? DayNumber(*day) : INT32_MIN;
  bytes->append(reinterpret_cast<const char*>(&number), sizeof(number));
}

// Takes apart what the Put functions made.
class Taker {
 public:
  explicit Taker(absl::string_view bytes) : bytes_(bytes) {}
  void Text(std::string* text) {
    uint16_t size = 0;
    Copy(&size, sizeof(size));
    text->assign(bytes_.data(), size);
    bytes_.remove_prefix(size);
  }
  int64_t Number() {
    int64_t number = 0;
    Copy(&number, sizeof(number));
    return number;
  }
  std::optional<absl::CivilDay> Day() {
    int32_t number = 0;
    Copy(&number, sizeof(number));
    if (number == INT32_MIN) return std::nullopt;
    return DayFromNumber(number);
  }

 private:
  void Copy(void* to, size_t size) {
    std::memcpy(to, bytes_.data(), size);
    bytes_.remove_prefix(size);
  }
  absl::string_view bytes_;
};

void PutLine(const FecLine& line, std::string* bytes) {
  PutNumber(static_cast<int64_t>(line.source_hash), bytes);
  PutText(line.journal, bytes);
  PutText(line.journal_label, bytes);
  PutDay(line.entry_day, bytes);
  PutText(line.account, bytes);
  PutText(line.aux_label.empty() ? line.account_label : line.aux_label, bytes);
  PutText(line.piece_ref, bytes);
  PutDay(line.piece_day, bytes);
  PutText(line.label, bytes);
  PutNumber(line.debit_minor, bytes);
  PutNumber(line.credit_minor, bytes);
  PutText(line.lettering, bytes);
  PutDay(line.lettering_day, bytes);
  PutDay(line.due_day, bytes);
  PutDay(line.settlement_day, bytes);
  PutNumber(line.currency_amount_minor.value_or(0), bytes);
  PutText(line.currency, bytes);
}

// Into a line that keeps the room that it has.
void TakeLine(absl::string_view bytes, FecLine* line) {
  Taker take(bytes);
  line->source_hash = static_cast<uint64_t>(take.Number());
  take.Text(&line->journal);
  take.Text(&line->journal_label);
  line->entry_day = take.Day().value_or(absl::CivilDay());
  take.Text(&line->account);
  take.Text(&line->aux_label);
  take.Text(&line->piece_ref);
  line->piece_day = take.Day();
  take.Text(&line->label);
  line->debit_minor = take.Number();
  line->credit_minor = take.Number();
  take.Text(&line->lettering);
  line->lettering_day = take.Day();
  line->due_day = take.Day();
  line->settlement_day = take.Day();
  const int64_t currency_amount = take.Number();
  take.Text(&line->currency);
  line->currency_amount_minor.reset();
  if (!line->currency.empty()) line->currency_amount_minor = currency_amount;
}

bool IsXml(const SpoolFile& file) {
  bool is_xml = false;
  file.Read([&](absl::string_view bytes) {
        is_xml = LooksLikeXml(bytes);
        return absl::CancelledError("seen");
      })
      .IgnoreError();
  return is_xml;
}

// Reads the file into `sink`; what was read, rejected and skipped.
absl::StatusOr<ReadSummary> ReadInto(const SpoolFile& file, const std::string& file_name, FecSink* sink) {
  const auto run = [&](auto& reader) -> absl::StatusOr<ReadSummary> {
    absl::Status read = file.Read([&](absl::string_view bytes) { return reader.Feed(bytes); });
    if (read.ok()) read = reader.Finish();
    if (!read.ok()) return RefusalOfFile(read);
    return reader.summary();
  };
  if (IsXml(file)) {
    FecXmlReader reader({.file = file_name}, sink);
    return run(reader);
  }
  FecReader reader({.file = file_name}, sink);
  return run(reader);
}

std::string UnbalancedMessage(const FecBalance::Verdict& verdict) {
  return absl::StrCat("the entry does not balance: debit minus credit is ",
                      FormatDecimal(verdict.difference_minor, 2, '.'), " over ", verdict.lines,
                      " lines, the first is line ", verdict.first_line);
}

}  // namespace

// The first time over: balances, facts of entries, customer lines to disk.
class Books::Sink : public FecSink {
 public:
  explicit Sink(Books* books) : books_(books) {}

  void OnRecord(FecLine&& line) override {
    const BooksOptions& options = books_->options_;
    const bool is_later = options.as_of.has_value() && line.entry_day > *options.as_of;
    const bool is_customer = !is_later && IsCustomerLine(line, options.control_accounts);
    const uint64_t entry = books_->balance_.Add(line, MarksOf(line), !is_later && !is_customer);
    books_->year_.See(line, IsOpeningLine(line));
    if (is_later) ++books_->gathered_.skipped;
    if (!is_customer || !status_.ok()) return;
    if (!IsAccountCode(line)) {
      books_->gathered_.Reject({line.line, "CompAuxNum", kAccountInvalid,
                                absl::StrCat("an account code has at most ", kAccountCodeBytesMax, " bytes"),
                                RenderPartLine(line), false});
      return;
    }
    status_ = books_->Keep(line, entry, false, 0);
  }

  void OnReject(const Reject& reject) override { books_->gathered_.Reject(reject); }

  void OnNotice(const Notice& notice) override {
    if (notice.reason == kHeaderRepeated) return;
    books_->gathered_.Warn(absl::StrCat("line ", notice.line, ": ", notice.reason, ": ", notice.message));
  }

  const absl::Status& status() const { return status_; }

 private:
  Books* const books_;
  absl::Status status_;
};

// Lines of one account in a round.
struct Books::Line {
  uint64_t entry = 0;
  uint32_t line = 0;
  int64_t balance_minor = 0;
  uint8_t marks = 0;
  absl::string_view said;
};

struct Books::Round {
  std::string bytes;
  std::map<std::string, std::vector<Line>> accounts;
};

Books::~Books() = default;

absl::StatusOr<std::unique_ptr<Books>> Books::Read(const SpoolFile& file, const std::string& file_name,
                                                   const BooksOptions& options) {
  std::unique_ptr<Books> books(new Books(options));
  RELANCE_ASSIGN_OR_RETURN(books->spool_, BucketSpool::Create(file.directory()));
  RELANCE_RETURN_IF_ERROR(books->ReadAll(file, file_name));
  if (books->unbalanced_ > 0) RELANCE_RETURN_IF_ERROR(books->ReadPartial(file, file_name));
  return books;
}

absl::Status Books::ReadAll(const SpoolFile& file, const std::string& file_name) {
  Sink sink(this);
  RELANCE_ASSIGN_OR_RETURN(const ReadSummary summary, ReadInto(file, file_name, &sink));
  RELANCE_RETURN_IF_ERROR(balance_.status());
  RELANCE_RETURN_IF_ERROR(sink.status());
  balance_.Close();
  options_.opening_day = year_.opening_day();
  gathered_.read = summary.records + summary.rejected + summary.skipped;
  if (balance_.coarse()) {
    gathered_.Warn(
        "entries have no number and do not balance by piece; they balance as a whole and are accepted");
  } else if (balance_.unknown()) {
    gathered_.Warn("entries have no number and do not balance; all are accepted");
  }
  Count();
  return absl::OkStatus();
}

// Lines of others are left out, and the books are known up to their newest line, whoever it concerns.
void Books::Count() {
  balance_.ForEach([&](const FecBalance::Verdict& verdict, const FecBalance::Notes& notes) {
    if (!verdict.balanced) {
      ++unbalanced_;
      return;
    }
    gathered_.skipped += notes.other_lines;
    const absl::CivilDay day = DayFromNumber(notes.day);
    if (!options_.as_of.has_value() || day <= *options_.as_of) gathered_.SeeDay(day);
  });
}

std::optional<int32_t> Books::complete_opening() const {
  if (!year_.is_complete() || !options_.opening_day.has_value()) return std::nullopt;
  if (options_.as_of.has_value() && *options_.opening_day > *options_.as_of) return std::nullopt;
  return DayNumber(*options_.opening_day);
}

absl::Status Books::Keep(const FecLine& line, uint64_t entry, bool is_whole, uint8_t marks) {
  const std::string& account = CodeOf(line);
  Head head;
  head.line = static_cast<uint32_t>(std::min<int64_t>(line.line, UINT32_MAX));
  head.entry = entry;
  head.balance_minor = line.balance_minor();
  head.account_size = static_cast<uint32_t>(account.size());
  head.marks = is_whole ? marks | kWhole : 0;
  record_.assign(sizeof(head), '\0');
  record_.append(account);
  PutLine(line, &record_);
  head.size = static_cast<uint32_t>(record_.size());
  std::memcpy(record_.data(), &head, sizeof(head));
  return spool_->Add(StableHash(account), record_);
}

// The second time over, when there are entries that do not balance: keeps all their lines.
absl::Status Books::ReadPartial(const SpoolFile& file, const std::string& file_name) {
  class PartialSink : public FecSink {
   public:
    explicit PartialSink(Books* books) : books_(books) {}
    void OnRecord(FecLine&& line) override {
      if (books_->options_.as_of.has_value() && line.entry_day > *books_->options_.as_of) return;
      const uint64_t key = EntryKey(line);
      const FecBalance::Verdict verdict = books_->balance_.Check(key);
      if (verdict.balanced) return;
      auto& partial = books_->partial_;
      const auto it = partial.find(key);
      const bool room = it == partial.end() ? partial.size() < kPartialEntriesMax
                                            : it->second.size() < kPartialEntryLinesMax;
      std::string message = UnbalancedMessage(verdict);
      if (!room) {
        books_->gathered_.Reject({line.line, "", kEntryUnbalanced, message, RenderPartLine(line), false});
        return;
      }
      partial[key].push_back({std::move(line), "", std::move(message)});
    }
    void OnReject(const Reject&) override {}  // listed the first time

   private:
    Books* const books_;
  };
  PartialSink sink(this);
  return ReadInto(file, file_name, &sink).status();
}

absl::Status Books::AddEntry(const std::vector<FecLine>& lines) {
  uint8_t marks = 0;
  for (const FecLine& line : lines) marks |= MarksOf(line);
  for (const FecLine& line : lines) {
    gathered_.SeeDay(line.entry_day);
    if (!IsCustomerLine(line, options_.control_accounts) || !IsAccountCode(line)) {
      ++gathered_.skipped;
      continue;
    }
    RELANCE_RETURN_IF_ERROR(Keep(line, EntryKey(line), true, marks));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<Books::Round>> Books::NextRound() {
  auto round = std::make_shared<Round>();
  const size_t first = next_bucket_;
  int64_t bytes = 0;
  while (next_bucket_ < kSpoolBuckets &&
         (next_bucket_ == first || bytes + spool_->bytes(next_bucket_) <= kBytesPerRound)) {
    bytes += spool_->bytes(next_bucket_++);
  }
  round->bytes.reserve(static_cast<size_t>(bytes));
  for (size_t bucket = first; bucket < next_bucket_; ++bucket) {
    RELANCE_RETURN_IF_ERROR(spool_->Read(bucket, &round->bytes));
  }
  absl::flat_hash_map<absl::string_view, std::vector<Line>*> accounts;
  absl::string_view rest = round->bytes;
  while (!rest.empty()) {
    Head head;
    std::memcpy(&head, rest.data(), sizeof(head));
    const absl::string_view account = rest.substr(sizeof(head), head.account_size);
    const size_t said = sizeof(head) + head.account_size;
    const absl::string_view record = rest.substr(0, head.size);
    rest.remove_prefix(head.size);
    uint8_t marks = head.marks;
    if ((marks & kWhole) == 0) {
      if (!balance_.Check(head.entry).balanced) continue;
      marks = balance_.NotesOf(head.entry).marks;
    }
    if (head.balance_minor == 0) {
      ++gathered_.skipped;
      continue;
    }
    ++gathered_.relevant;
    std::vector<Line>*& lines = accounts[account];
    if (lines == nullptr) lines = &round->accounts[std::string(account)];
    if (watched_.contains(head.balance_minor) && (with_watched_.empty() || with_watched_.back() != account)) {
      with_watched_.emplace_back(account);
    }
    lines->push_back({head.entry, head.line, head.balance_minor, marks, record.substr(said)});
  }
  return round;
}

absl::StatusOr<bool> Books::Next(const std::vector<int32_t>& openings,
                                 std::map<std::string, IncomingAccount>* accounts) {
  accounts->clear();
  if (next_bucket_ >= kSpoolBuckets) return false;
  RELANCE_ASSIGN_OR_RETURN(const std::shared_ptr<Round> round, NextRound());
  // What the meaning of a line depends on beside itself.
  std::string context = absl::StrCat("books1/", options_.currency, "/");
  if (options_.as_of.has_value()) absl::StrAppend(&context, FormatCompactDay(*options_.as_of));
  absl::StrAppend(&context, "/");
  if (options_.opening_day.has_value()) absl::StrAppend(&context, FormatCompactDay(*options_.opening_day));
  for (const int32_t day : openings) absl::StrAppend(&context, "/", day);
  const uint64_t seed = StableHash(context);

  std::string hashed;
  for (const auto& [code, lines] : round->accounts) {
    IncomingAccount& account = (*accounts)[code];
    account.openings = openings;
    account.rows = static_cast<int64_t>(lines.size());
    hashed.assign(reinterpret_cast<const char*>(&seed), sizeof(seed));
    for (const Line& line : lines) {
      account.books_minor += line.balance_minor;
      const uint64_t one = StableHash(line.said);
      hashed.append(reinterpret_cast<const char*>(&one), sizeof(one));
      hashed.append(reinterpret_cast<const char*>(&line.entry), sizeof(line.entry));
      hashed.push_back(static_cast<char>(line.marks & ~kWhole));
    }
    account.rows_hash = StableHash(hashed);
    if (account.rows_hash == 0) account.rows_hash = 1;
    account.make_items = [round, &lines = lines, this](IncomingAccount* told) {
      OrdinalCounter ordinals;
      told->items.clear();
      told->items.reserve(lines.size());
      FecLine line;
      for (const Line& kept : lines) {
        TakeLine(kept.said, &line);
        line.line = kept.line;
        if (!line.aux_label.empty()) told->attributes.set_name(line.aux_label);
        told->items.push_back(
            ItemOfLine(line, ordinals.Next(line.source_hash), FactsOf(kept.marks), options_));
        told->items.back().entry = kept.entry;
      }
    };
  }
  return true;
}

absl::StatusOr<bool> Books::NextSums(std::map<std::string, int64_t>* sums) {
  sums->clear();
  if (next_bucket_ >= kSpoolBuckets) return false;
  RELANCE_ASSIGN_OR_RETURN(const std::shared_ptr<Round> round, NextRound());
  for (const auto& [code, lines] : round->accounts) {
    int64_t& sum = (*sums)[code];
    for (const Line& kept : lines) sum += kept.balance_minor;
  }
  return true;
}

}  // namespace relance::ledger
