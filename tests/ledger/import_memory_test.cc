#include <gtest/gtest.h>
#include <malloc.h>

#include <chrono>
#include <fstream>
#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/two_years.h"

namespace relance::ledger {

class ImportMemoryTest : public LedgerTest {
 protected:
  // The largest resident set since ForgetPeak ("VmHWM:"), or that of now ("VmRSS:"), in bytes.
  static int64_t Bytes(absl::string_view what) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      absl::string_view rest = line;
      int64_t kib = 0;
      if (absl::ConsumePrefix(&rest, what) && absl::SimpleAtoi(absl::StripSuffix(rest, " kB"), &kib)) {
        return kib * 1024;
      }
    }
    return 0;
  }
  static void ForgetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

  // Sends what `next` makes, piece by piece, until it makes nothing.
  v1::ImportReport ImportPieces(const std::string& tenant, const std::string& format,
                                const std::function<std::string()>& next) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(2));
    v1::ImportFileResponse response;
    auto writer = node_->ledger->ImportFile(&context, &response);
    v1::ImportFileRequest request;
    request.mutable_header()->set_tenant_id(tenant);
    request.mutable_header()->set_format(format);
    writer->Write(request);
    for (std::string piece = next(); !piece.empty(); piece = next()) {
      request.set_content(piece);
      writer->Write(request);
    }
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.report();
  }

  // A FEC of `lines` lines, five to an invoice that is paid and lettered, 20 invoices to an account. The same
  // accounts in the same order, so that a larger file has more of them.
  static std::function<std::string()> Books(int lines) {
    return [lines, at = 0]() mutable {
      std::string piece = at == 0 ? kTwoYearsHeader : "";
      for (; at < lines && piece.size() < 60'000; at += 5) {
        const int n = at / 5;
        const std::string account = absl::StrFormat("C%06d", n / 20);
        const std::string letter = absl::StrCat("L", n % 20);
        const auto line = [&](const char* journal, const char* day, const char* number,
                              const std::string& aux, int debit, int credit) {
          absl::StrAppend(&piece, journal, "\t", journal, "\t", n, "\t", day, "\t", number, "\tLabel\t", aux,
                          "\t", aux.empty() ? "" : "Customer with a name", "\tF", n, "\t", day,
                          "\tInvoice or money\t", debit, ",00\t", credit, ",00\t", aux.empty() ? "" : letter,
                          "\t\t", day, "\t\t\n");
        };
        const int amount = 100 + n % 900;
        line("VE", "20250110", "411000", account, amount, 0);
        line("VE", "20250110", "706000", "", 0, amount - 20);
        line("VE", "20250110", "445710", "", 0, 20);
        line("BQ", "20250220", "512000", "", amount, 0);
        line("BQ", "20250220", "411000", account, 0, amount);
      }
      return piece;
    };
  }
};

TEST_F(ImportMemoryTest, AFileFourTimesAsLargeTakesTheSameMemory) {
  std::map<int, int64_t> taken;
  for (const int lines : {100'000, 400'000}) {
    const std::string tenant = absl::StrCat("books-", lines);
    CreateTenant(tenant, MakeDate(2025, 3, 31));
    ForgetPeak();
    const v1::ImportReport report = ImportPieces(tenant, "fec", Books(lines));
    const int64_t peak = Bytes("VmHWM:");
    // What stays is the ledger's: the index of numbers that payments are routed by.
    malloc_trim(0);
    taken[lines] = peak - Bytes("VmRSS:");
    EXPECT_EQ(report.read(), lines);
    EXPECT_EQ(report.created(), lines / 5 * 2);
    EXPECT_EQ(report.rejected(), 0);
  }
  // An entry takes some 50 bytes: there are 60,000 more. Lines held as a whole would take 100 MB more.
  EXPECT_LT(taken[400'000], taken[100'000] + (24 << 20));
  EXPECT_LT(taken[400'000], 128 << 20);
  std::printf("taken: %ld MB and %ld MB\n", taken[100'000] >> 20, taken[400'000] >> 20);
}

}  // namespace relance::ledger
