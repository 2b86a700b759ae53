#include <expat.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "services/ledger/readers/camt_reader.h"
#include "services/ledger/readers/fec_reader.h"
#include "tools/bench/rounds.h"
#include "tools/bench/source_files.h"

namespace relance::bench {
namespace {

constexpr size_t kPieceBytes = 64 * 1024;

// Feeds a file in pieces, as the ledger does from its spool.
absl::Status ReadPieces(const std::string& path, absl::FunctionRef<absl::Status(absl::string_view)> feed) {
  std::ifstream file(path, std::ios::binary);
  std::string piece(kPieceBytes, '\0');
  while (file) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    RELANCE_RETURN_IF_ERROR(feed({piece.data(), static_cast<size_t>(file.gcount())}));
  }
  return absl::OkStatus();
}

template <typename Base, typename Record>
struct CountingSink : Base {
  int64_t records = 0;
  int64_t rejects = 0;
  void OnRecord(Record&&) override { ++records; }
  void OnReject(const ledger::Reject&) override { ++rejects; }
};

// Reads a file with a reader and says how long it took; `*records` were handed over.
template <typename Sink, typename Make>
absl::StatusOr<Span> Parse(const std::string& path, const Make& make, Sink* sink) {
  return TakeTime(0, [&]() -> absl::Status {
    auto reader = make(sink);
    RELANCE_RETURN_IF_ERROR(ReadPieces(path, [&](absl::string_view bytes) { return reader->Feed(bytes); }));
    return reader->Finish();
  });
}

absl::StatusOr<Span> CountLines(const std::string& path) {
  return TakeTime(0, [&] {
    ChildProcess wc({"wc", "-l", path}, "/dev/null");
    return wc.Wait() == 0 ? absl::OkStatus() : absl::FailedPreconditionError("wc does not run");
  });
}

// expat alone: no handler, nothing kept.
absl::StatusOr<Span> BareExpat(const std::string& path) {
  return TakeTime(0, [&]() -> absl::Status {
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr),
                                                                              &XML_ParserFree);
    RELANCE_RETURN_IF_ERROR(ReadPieces(path, [&](absl::string_view bytes) {
      const auto status = XML_Parse(parser.get(), bytes.data(), static_cast<int>(bytes.size()), 0);
      return status == XML_STATUS_OK ? absl::OkStatus() : absl::InternalError("expat refuses the statement");
    }));
    return XML_Parse(parser.get(), "", 0, 1) == XML_STATUS_OK ? absl::OkStatus()
                                                              : absl::InternalError("expat");
  });
}

void Add(const Span& floor, const Span& measured, Figure* line) {
  line->Add(floor.seconds, measured.seconds);
  line->floor_cpu.push_back(floor.cpu_seconds());
  line->measured_cpu.push_back(measured.cpu_seconds());
}

}  // namespace

absl::Status FileRound(Shared* shared) {
  const SourceFiles& files = *shared->files;
  Report& report = *shared->report;
  RELANCE_ASSIGN_OR_RETURN(const Span lines, CountLines(files.fec()));
  CountingSink<ledger::FecSink, ledger::FecLine> fec;
  RELANCE_ASSIGN_OR_RETURN(const Span fec_span, Parse(
                                                    files.fec(),
                                                    [](ledger::FecSink* sink) {
                                                      return std::make_unique<ledger::FecReader>(
                                                          ledger::FecOptions{.file = "fec"}, sink);
                                                    },
                                                    &fec));
  report.Expect("FILE FEC lines read", files.fec_lines(), fec.records);
  report.Expect("FILE FEC lines rejected", 0, fec.rejects);
  shared->parse_seconds.push_back(fec_span.seconds);
  Add(lines, fec_span,
      &report.Line("FILE fec", absl::StrCat("a FEC of ", files.fec_lines(), " lines parsed"), "wc -l", "s",
                   0));

  RELANCE_ASSIGN_OR_RETURN(const Span bare, BareExpat(files.camt()));
  CountingSink<ledger::BankSink, ledger::BankTransaction> camt;
  RELANCE_ASSIGN_OR_RETURN(
      const Span camt_span,
      Parse(
          files.camt(),
          [](ledger::BankSink* sink) { return std::make_unique<ledger::CamtReader>("camt", sink); }, &camt));
  report.Expect("FILE camt entries read", files.entries(), camt.records);
  report.Expect("FILE camt entries rejected", 0, camt.rejects);
  Add(bare, camt_span,
      &report.Line("FILE camt", absl::StrCat("a camt.053 of ", files.entries(), " entries parsed"),
                   "expat without handlers", "s", 0));
  return absl::OkStatus();
}

}  // namespace relance::bench
