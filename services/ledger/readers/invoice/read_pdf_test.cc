#include "services/ledger/readers/invoice/read_pdf.h"

#include <dirent.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <zlib.h>

#include <cerrno>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "services/ledger/readers/invoice/pdf/find_attachment.h"
#include "services/ledger/readers/invoice/pdf/pdf_exit.h"
#include "services/ledger/readers/invoice/testing/read_invoice.h"

namespace relance::ledger {
namespace {

// A PDF of the given objects, the first of which is the catalog, with a right table of their places.
std::string MakePdf(const std::vector<std::string>& objects, const std::string& trailer = "") {
  std::string pdf = "%PDF-1.7\n";
  std::vector<size_t> places;
  for (size_t i = 0; i < objects.size(); ++i) {
    places.push_back(pdf.size());
    absl::StrAppend(&pdf, i + 1, " 0 obj\n", objects[i], "\nendobj\n");
  }
  const size_t table = pdf.size();
  absl::StrAppend(&pdf, "xref\n0 ", objects.size() + 1, "\n0000000000 65535 f \n");
  for (const size_t place : places) {
    const std::string digits = absl::StrCat(place);
    absl::StrAppend(&pdf, std::string(10 - digits.size(), '0'), digits, " 00000 n \n");
  }
  absl::StrAppend(&pdf, "trailer\n<< /Size ", objects.size() + 1, " /Root 1 0 R ", trailer, ">>\nstartxref\n",
                  table, "\n%%EOF\n");
  return pdf;
}

std::string Stream(const std::string& dictionary, const std::string& bytes) {
  return absl::StrCat("<< /Length ", bytes.size(), " ", dictionary, ">>\nstream\n", bytes, "\nendstream");
}

// `bytes`, and behind them `count` times `c`, packed.
std::string Deflate(const std::string& bytes, size_t count = 0, char c = ' ') {
  z_stream stream{};
  EXPECT_EQ(deflateInit(&stream, 1), Z_OK);
  std::string out, piece(1 << 20, '\0');
  const auto pack = [&](const std::string& in, int flush) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream.avail_in = static_cast<uInt>(in.size());
    do {
      stream.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream.avail_out = static_cast<uInt>(piece.size());
      deflate(&stream, flush);
      out.append(piece.data(), piece.size() - stream.avail_out);
    } while (stream.avail_out == 0);
  };
  pack(bytes, Z_NO_FLUSH);
  const std::string run(1 << 20, c);
  for (; count > run.size(); count -= run.size()) pack(run, Z_NO_FLUSH);
  pack(std::string(count, c), Z_FINISH);
  deflateEnd(&stream);
  return out;
}

// The catalog, its pages, a file specification of `name` and its stream.
std::string WithAttachment(const std::string& name, const std::string& stream) {
  return MakePdf({"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) 3 0 R] >> >> >>",
                  "<< /Type /Pages /Kids [] /Count 0 >>",
                  absl::StrCat("<< /Type /Filespec /F (", name, ") /EF << /F 4 0 R >> >>"), stream});
}

std::string ReasonFor(absl::string_view pdf, const PdfOptions& options = {}) {
  const auto xml = ReadPdfInvoice(pdf, "invoice.pdf", options);
  return xml.ok() ? "" : ReasonOf(xml.status());
}

bool HasNoChild() {
  errno = 0;
  return waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
}

int OpenDescriptors() {
  int count = 0;
  DIR* folder = opendir("/proc/self/fd");
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

TEST(ReadPdfTest, TakesTheXmlOutOfTheSamples) {
  // Sizes as the PDFs themselves say (/Params /Size), or of the stream.
  const struct {
    const char* file;
    size_t bytes;
    const char* number;
    int64_t payable;
  } kSamples[] = {
      {"akretion-invoice_EN16931.pdf", 41'914, "F20260023", 10'490},
      {"horstoeko-pdf_fx_minimum_1.pdf", 2'919, "F20220027", 10'000},
      {"horstoeko-pdf_zf_en16931_1.pdf", 13'456, "471102", 52'987},
      {"mustang-EN16931_1_Teilrechnung.pdf", 19'424, "471102", 14'765},
      {"mustang-EN16931_Einfach.pdf", 13'397, "471102", 52'987},
      {"mustang-MustangBeispiel20221026.pdf", 8'323, "RE1001", 96'311},
      {"tiime-basicwl_facturx.pdf", 20'296, "F20220023", 10'490},
      {"tiime-en16931_facturx.pdf", 41'447, "F20220023", 10'490},
  };
  for (const auto& sample : kSamples) {
    SCOPED_TRACE(sample.file);
    const auto xml = ReadPdfInvoice(SourceFile(absl::StrCat("samples/facturx/", sample.file)), sample.file);
    ASSERT_TRUE(xml.ok()) << xml.status();
    EXPECT_EQ(xml->size(), sample.bytes);
    const InvoiceResult read = ReadInvoice(*xml, InvoiceSyntax::kCii);
    ASSERT_TRUE(read.status.ok()) << read.status;
    ASSERT_EQ(read.records.size(), 1u);
    EXPECT_EQ(read.records[0].number, sample.number);
    EXPECT_EQ(read.records[0].payable_minor, sample.payable);
  }
}

TEST(ReadPdfTest, RefusesWithAReason) {
  const std::string good = SourceFile("samples/facturx/tiime-en16931_facturx.pdf");
  std::mt19937 random(7);
  std::string noise = "%PDF-1.7\n";
  for (int i = 0; i < 100'000; ++i) noise.push_back(static_cast<char>(random()));
  const std::string cyclic = MakePdf({"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 3 0 R >> >>",
                                      "<< /Type /Pages /Kids [] /Count 0 >>", "<< /Kids [3 0 R 4 0 R] >>",
                                      "<< /Kids [3 0 R 4 0 R] >>"});
  const struct {
    const char *name, *reason;
    std::string pdf;
  } kCases[] = {
      {"Plain", "PDF_WITHOUT_INVOICE", SourceFile("samples/facturx/horstoeko-pdf_plain.pdf")},
      {"OrderX", "PDF_WITHOUT_INVOICE", WithAttachment("order-x.xml", Stream("", "<a/>"))},
      {"AnotherAttachment", "PDF_WITHOUT_INVOICE", WithAttachment("scan.xml", Stream("", "<a/>"))},
      {"CyclicNameTree", "PDF_WITHOUT_INVOICE", cyclic},
      {"Truncated", "PDF_UNREADABLE", good.substr(0, 200)},
      {"Noise", "PDF_UNREADABLE", noise},
      {"NotAPdf", "PDF_UNREADABLE", "<?xml version=\"1.0\"?><Invoice/>"},
      {"Empty", "PDF_UNREADABLE", ""},
      {"EmptyAttachment", "PDF_UNREADABLE", WithAttachment("factur-x.xml", Stream("", ""))},
      {"NoCatalog", "PDF_UNREADABLE", MakePdf({"[1 2 3]"})},
      {"TooLarge", "PDF_TOO_EXPENSIVE", good + std::string(kPdfBytesMax, '\n')},
      // Encrypted with an owner and a user password that nobody here knows.
      {"Encrypted", "PDF_ENCRYPTED",
       MakePdf(
           {"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>",
            absl::StrCat("<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <", std::string(64, 'A'),
                         "> /U <", std::string(64, 'B'), "> >>")},
           "/Encrypt 3 0 R /ID [<00112233445566778899AABBCCDDEEFF> <00112233445566778899AABBCCDDEEFF>] ")},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(ReasonFor(c.pdf), c.reason);
    EXPECT_TRUE(HasNoChild());
  }
}

TEST(ReadPdfTest, FindsTheNameInAnyCaseAndAmongAssociatedFiles) {
  EXPECT_EQ(*ReadPdfInvoice(WithAttachment("ZUGFeRD-invoice.xml", Stream("", "<a/>")), "x.pdf"), "<a/>");
  EXPECT_EQ(*ReadPdfInvoice(WithAttachment("zugferd-invoice.xml", Stream("", "<a/>")), "x.pdf"), "<a/>");
  EXPECT_EQ(*ReadPdfInvoice(WithAttachment("XRECHNUNG.XML", Stream("", "<a/>")), "x.pdf"), "<a/>");
  EXPECT_EQ(*ReadPdfInvoice(MakePdf({"<< /Type /Catalog /Pages 2 0 R /AF [3 0 R] >>",
                                     "<< /Type /Pages /Kids [] /Count 0 >>",
                                     "<< /Type /Filespec /UF (factur-x.xml) /EF << /UF 4 0 R >> >>",
                                     Stream("/Filter /FlateDecode ", Deflate("<packed/>"))}),
                            "x.pdf"),
            "<packed/>");
}

// 256 MiB of zeros, packed three times.
TEST(ReadPdfTest, EndsABomb) {
  const std::string bomb = Deflate(Deflate(Deflate("", 256 << 20, '\0')));
  const std::string pdf =
      WithAttachment("factur-x.xml", Stream("/Filter [/FlateDecode /FlateDecode /FlateDecode] ", bomb));
  EXPECT_LT(pdf.size(), 100'000u);
  EXPECT_EQ(ReasonFor(pdf), "PDF_TOO_EXPENSIVE");
  EXPECT_TRUE(HasNoChild());
}

// The library itself unpacks this one, as a whole: the limit of memory ends it.
TEST(ReadPdfTest, EndsABombInAnObjectStream) {
  const std::string packed = Deflate("4 0 << >>", 600 << 20);
  std::vector<std::string> parts = {"<< /Type /Catalog /Pages 2 0 R /Names 4 0 R >>",
                                    "<< /Type /Pages /Kids [] /Count 0 >>",
                                    Stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode ", packed)};
  std::string pdf = "%PDF-1.7\n";
  std::string table;
  const auto entry = [&](int type, size_t a, int b) {
    table.push_back(static_cast<char>(type));
    for (int shift = 24; shift >= 0; shift -= 8) table.push_back(static_cast<char>(a >> shift));
    table.push_back(static_cast<char>(b));
  };
  entry(0, 0, 0);
  for (size_t i = 0; i < parts.size(); ++i) {
    entry(1, pdf.size(), 0);
    absl::StrAppend(&pdf, i + 1, " 0 obj\n", parts[i], "\nendobj\n");
  }
  entry(2, 3, 0);
  entry(1, pdf.size(), 0);
  const size_t at = pdf.size();
  absl::StrAppend(&pdf, "5 0 obj\n", Stream("/Type /XRef /Size 6 /W [1 4 1] /Root 1 0 R ", table),
                  "\nendobj\nstartxref\n", at, "\n%%EOF\n");
  const std::string reason = ReasonFor(pdf);
  // Where memory cannot be limited (under a sanitizer) it is unpacked, and holds no attachment.
  EXPECT_TRUE(reason == "PDF_TOO_EXPENSIVE" || reason == "PDF_WITHOUT_INVOICE") << reason;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_EQ(reason, "PDF_TOO_EXPENSIVE");
#endif
  EXPECT_TRUE(HasNoChild());
}

TEST(ReadPdfTest, KillsAProgramThatDoesNotEnd) {
  const std::string pdf = SourceFile("samples/facturx/horstoeko-pdf_plain.pdf");
  EXPECT_EQ(ReasonFor(pdf, {.program = "/usr/bin/yes", .time_max = absl::Seconds(5)}), "PDF_TOO_EXPENSIVE");
  EXPECT_EQ(ReasonFor(pdf, {.program = RELANCE_SOURCE_DIR "/services/ledger/readers/invoice/testing/sleep.sh",
                            .time_max = absl::Milliseconds(50)}),
            "PDF_TOO_EXPENSIVE");
  EXPECT_TRUE(HasNoChild());
}

TEST(ReadPdfTest, SaysThatTheProgramIsNotThere) {
  const std::string pdf = SourceFile("samples/facturx/horstoeko-pdf_plain.pdf");
  for (const char* program : {"/nonexistent/relance-pdf-xml", "/usr/bin/false"}) {
    const auto xml = ReadPdfInvoice(pdf, "x.pdf", {.program = program});
    EXPECT_EQ(xml.status().code(), absl::StatusCode::kUnavailable) << xml.status();
    EXPECT_EQ(ReasonOf(xml.status()), "PDF_READER_FAILED");
  }
  EXPECT_TRUE(HasNoChild());
}

TEST(ReadPdfTest, LeavesNothingOpen) {
  const std::string pdf = SourceFile("samples/facturx/tiime-en16931_facturx.pdf");
  const int before = OpenDescriptors();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) EXPECT_EQ(ReadPdfInvoice(pdf, "x.pdf")->size(), 41'447u);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(OpenDescriptors(), before);
  EXPECT_TRUE(HasNoChild());
}

// What the fuzzer calls.
TEST(FindInvoiceXmlTest, SurvivesCutAndChangedBytes) {
  const std::string good = SourceFile("samples/facturx/horstoeko-pdf_plain.pdf");
  for (size_t kept = 0; kept < good.size(); kept += 61) {
    EXPECT_NE(FindInvoiceXml(good.substr(0, kept)).outcome, PdfOutcome::kFound);
  }
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    std::string changed = good;
    for (int i = 0; i < 20; ++i) changed[random() % changed.size()] = static_cast<char>(random());
    EXPECT_NE(FindInvoiceXml(changed).outcome, PdfOutcome::kFound);
  }
}

}  // namespace
}  // namespace relance::ledger
