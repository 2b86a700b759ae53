// What did not enter, as a file of its own; corrected and sent again, only what was missing enters.
#include "services/ledger/repair_file.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/rpc/status_conversion.h"
#include "common/status/domain_error.h"
#include "common/store/testing/fake_store.h"
#include "common/time/testing/simulated_clock.h"
#include "services/ledger/errors.h"
#include "services/ledger/ledger_parts.h"

namespace relance::ledger {
namespace {

namespace fs = std::filesystem;

class RepairTest : public ::testing::Test {
 protected:
  RepairTest() : store_(store::Service::kLedger) {
    std::string path = (fs::temp_directory_path() / "relance-repair-XXXXXX").string();
    folder_ = mkdtemp(path.data());
    parts_ = std::make_unique<LedgerParts>(
        &store_, *documents::DocumentStore::Open(folder_), nullptr, &clock_,
        rpc::CallHandler::Options{.service = "ledger"},
        LedgerOptions{.spool_directory = folder_ + "/spool", .clock_services = {}});
    grpc::ServerBuilder builder;
    builder.RegisterService(&parts_->ledger_service());
    builder.RegisterService(&parts_->repair_service());
    builder.RegisterService(&parts_->tenant_service());
    server_ = builder.BuildAndStart();
    v1::CreateTenantRequest request;
    request.mutable_tenant()->set_tenant_id("demo");
    request.mutable_tenant()->set_legal_name("Demo SAS");
    request.mutable_tenant()->set_country("FR");
    request.mutable_tenant()->mutable_test_clock_date()->set_year(2026);
    request.mutable_tenant()->mutable_test_clock_date()->set_month(7);
    request.mutable_tenant()->mutable_test_clock_date()->set_day(1);
    v1::CreateTenantResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(v1::TenantService::NewStub(server_->InProcessChannel({}))
                    ->CreateTenant(&context, request, &response)
                    .ok());
  }
  ~RepairTest() override {
    server_->Shutdown();
    fs::remove_all(folder_);
  }

  std::unique_ptr<SpoolFile> Spool(const std::string& bytes) {
    auto file = *SpoolFile::Create(folder_ + "/spool");
    EXPECT_TRUE(file->Append(bytes).ok());
    EXPECT_TRUE(file->Close().ok());
    return file;
  }
  std::string Cut(RepairLayout layout, const std::string& bytes, const std::set<int64_t>& lines,
                  int64_t header = 0) {
    const auto cut = MakeRepairFile(layout, *Spool(bytes), lines, header);
    EXPECT_TRUE(cut.ok()) << cut.status();
    return cut.ok() ? *cut : "";
  }

  v1::ImportReport Import(const std::string& format, const std::string& bytes,
                          const std::string& mapping = "", const std::string& name = "file.txt") {
    grpc::ClientContext context;
    v1::ImportFileResponse response;
    auto stub = v1::LedgerService::NewStub(server_->InProcessChannel({}));
    auto writer = stub->ImportFile(&context, &response);
    v1::ImportFileRequest request;
    request.mutable_header()->set_tenant_id("demo");
    request.mutable_header()->set_format(format);
    request.mutable_header()->set_file_name(name);
    request.mutable_header()->set_mapping(mapping);
    writer->Write(request);
    request.set_content(bytes);
    writer->Write(request);
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.report();
  }

  // The status as "OK" or its reason, and the file.
  std::pair<std::string, std::string> Repair(const std::string& import_id,
                                             const std::string& tenant = "demo") {
    grpc::ClientContext context;
    v1::GetRepairFileRequest request;
    request.set_tenant_id(tenant);
    request.set_import_id(import_id);
    auto stub = v1::RepairService::NewStub(server_->InProcessChannel({}));
    auto reader = stub->GetRepairFile(&context, request);
    v1::GetRepairFileResponse response;
    std::string content;
    while (reader->Read(&response)) {
      if (!response.file_name().empty()) name_ = response.file_name();
      content += response.content();
    }
    const grpc::Status status = reader->Finish();
    return {status.ok() ? "OK" : ReasonOf(rpc::FromGrpcStatus(status)), content};
  }

  // Imports a file of which a part is rejected, corrects the rejects and imports these: as many items come as
  // were missing, nothing else changes, and the whole corrected file changes nothing any more.
  void RepairAndCompare(const std::string& format, const std::string& bad,
                        const std::vector<std::pair<const absl::string_view, absl::string_view>>& corrections,
                        int64_t missing, const std::string& mapping = "") {
    const v1::ImportReport first = Import(format, bad, mapping);
    ASSERT_GT(first.rejected(), 0);
    const auto [status, repair] = Repair(first.import_id());
    ASSERT_EQ(status, "OK");
    EXPECT_EQ(name_, "file.repair.txt");
    EXPECT_LT(repair.size(), bad.size());
    const std::string corrected = absl::StrReplaceAll(repair, corrections);
    EXPECT_NE(corrected, repair);
    const v1::ImportReport second = Import(format, corrected, mapping);
    EXPECT_EQ(second.rejected(), 0) << (second.rejected_lines_size() ? second.rejected_lines(0).message()
                                                                     : "");
    EXPECT_EQ(second.created(), missing);
    EXPECT_EQ(second.changed(), 0);
    const v1::ImportReport whole = Import(format, absl::StrReplaceAll(bad, corrections), mapping);
    EXPECT_EQ(whole.created(), 0);
    EXPECT_EQ(whole.changed(), 0);
    EXPECT_EQ(whole.rejected(), 0);
    EXPECT_EQ(Repair(second.import_id()).first, kNothingToRepair);
  }

  store::FakeStore store_;
  SimulatedClock clock_;
  std::string folder_, name_;
  std::unique_ptr<LedgerParts> parts_;
  std::unique_ptr<grpc::Server> server_;
};

constexpr char kFecHead[] =
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|"
    "PieceDate|"
    "EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\r\n";

TEST_F(RepairTest, AFecComesBackByWholeEntries) {
  const auto entry = [](int number, const std::string& amount) {
    const std::string front = absl::StrCat("VE|Ventes|", number, "|20260601|");
    const std::string back = absl::StrCat("|FA", number, "|20260601|Vente|");
    return absl::StrCat(front, "411000|Clients|C", number, "|Client ", number, back, amount,
                        "|0,00||||20260630||\r\n", front, "706000|Ventes|||FA", number,
                        "|20260601|Vente|0,00|120,00|||20260630||\r\n");
  };
  RepairAndCompare("fec", absl::StrCat(kFecHead, entry(1, "120,00"), entry(2, "12x,00"), entry(3, "120,00")),
                   {{"12x,00", "120,00"}}, 1);
}

TEST_F(RepairTest, RowsOfOurLayoutComeBackWithTheirHeaderAndLineEnds) {
  RepairAndCompare(
      "csv",
      "# of the ERP\r\nkind,account,name,number,issue_date,amount,currency\r\n"
      "invoice,C1,\"Alpha\nBeta\",F1,2026-06-01,10.00,EUR\r\n"
      "invoice,C2,\"Gamma\nDelta\",F2,2026-02-30,20.00,EUR\r\ninvoice,C3,x,F3,2026-06-01,30.00,EUR",
      {{"2026-02-30", "2026-02-28"}}, 1);
}

TEST_F(RepairTest, RowsOfATableComeBackWithTheLinesAboveTheirHeader) {
  const std::string mapping =
      "name: erp\nkind: items\nskip_lines: 2\nencoding: windows-1252\ndates: dd/mm/yyyy\nconstants: "
      "{currency: EUR}\n"
      "columns: {account: Client, number: Pièce, issue_date: Date, amount: Montant}\n";
  const std::string bad =
      "Export\n\nClient;Pi\xE8"
      "ce;Date;Montant\nC\xE9"
      "1;F1;01/06/2026;10.00\nC\xE9"
      "2;F2;31/06/2026;20.00\n"
      "C3;F3;01/06/2026;30.00\n";
  RepairAndCompare("table", bad, {{"31/06/2026", "30/06/2026"}}, 1, mapping);
  EXPECT_EQ(Cut(RepairLayout::kRows, bad, {5}, 3),
            "Export\n\nClient;Pi\xE8"
            "ce;Date;Montant\nC\xE9"
            "2;F2;31/06/2026;20.00\n");
}

TEST_F(RepairTest, TheCustomerFileComesBackByRows) {
  const v1::ImportReport first = Import("accounts", "account,name,terms\nC1,Alpha,net30\nC2,Beta,soon\n");
  ASSERT_EQ(first.rejected(), 1);
  const auto [status, repair] = Repair(first.import_id());
  EXPECT_EQ(repair, "account,name,terms\nC2,Beta,soon\n");
  EXPECT_EQ(Import("accounts", absl::StrReplaceAll(repair, {{"soon", "net45"}})).accounts_updated(), 1);
}

std::string Entry(const std::string& reference, const std::string& amount) {
  return absl::StrCat("      <Ntry><Amt Ccy=\"EUR\">", amount,
                      "</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-06-0", reference,
                      "</Dt></BookgDt><AcctSvcrRef>R", reference,
                      "</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>FA", reference,
                      "</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n");
}

TEST_F(RepairTest, EntriesOfAStatementComeBackInTheirDocument) {
  const std::string bad = absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document "
      "xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\">\n  <BkToCstmrStmt>\n    "
      "<GrpHdr><MsgId>M1</MsgId>"
      "<CreDtTm>2026-06-30T00:00:00</CreDtTm></GrpHdr>\n    <Stmt><Id>S1</Id><Acct><Id><IBAN>"
      "FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>\n",
      Entry("1", "10.00"), Entry("2", "12..34"), Entry("3", "30.00"),
      "    </Stmt>\n  </BkToCstmrStmt>\n</Document>\n");
  RepairAndCompare("camt053", bad, {{"12..34", "12.34"}}, 1);
}

TEST_F(RepairTest, MovementsOfABankComeBackWithTheirFrame) {
  const std::string coda =
      "0header\r\n1old\r\n2100010000a\r\n2200010000a\r\n3100010001a\r\n2100020000b\r\n3200020001b\r\n8new\r\n"
      "4free\r\n9end\r\n";
  EXPECT_EQ(Cut(RepairLayout::kCoda, coda, {7}),
            "0header\r\n1old\r\n2100020000b\r\n3200020001b\r\n8new\r\n4free\r\n9end\r\n");
  const std::string cfonb = "01old\n04a\n05a\n04b\n05b\n05c\n07new\n";
  EXPECT_EQ(Cut(RepairLayout::kCfonb, cfonb, {2}), "01old\n04a\n05a\n07new\n");
  const std::string mt940 = ":20:X\n:60F:C\n:61:a\n:86:a\nmore\n:61:b\n:86:b\n:62F:C\n-\n";
  EXPECT_EQ(Cut(RepairLayout::kMt940, mt940, {6}), ":20:X\n:60F:C\n:61:b\n:86:b\n:62F:C\n-\n");
}

TEST_F(RepairTest, WhatCannotBeCutComesBackWholeOrNotAtAll) {
  EXPECT_EQ(Cut(RepairLayout::kWhole, "<Invoice/>", {1}), "<Invoice/>");
  EXPECT_EQ(Cut(RepairLayout::kCamt, "<Document><Ntry>", {1}), "");
  EXPECT_EQ(Cut(RepairLayout::kCamt, "<!DOCTYPE a []><Document><Ntry/></Document>", {1}), "");
  EXPECT_EQ(Cut(RepairLayout::kRows, "", {1}), "");
  EXPECT_EQ(Cut(RepairLayout::kLines, "a\rb\rc", {3}), "a\rc");
}

TEST_F(RepairTest, RefusalsInTheirOrder) {
  EXPECT_EQ(Repair("x", "nobody").first, kTenantNotFound);
  EXPECT_EQ(Repair("x").first, kImportNotFound);
  const auto report =
      Import("csv", "kind,account,number,issue_date,amount,currency\ninvoice,C1,F1,2026-06-01,10.00,EUR\n");
  EXPECT_EQ(Repair(report.import_id()).first, kNothingToRepair);
}

TEST_F(RepairTest, NamesSayThatTheyAreRepairs) {
  EXPECT_EQ(RepairFileName("a.csv"), "a.repair.csv");
  EXPECT_EQ(RepairFileName("a"), "a.repair");
  EXPECT_EQ(RepairFileName("a.repair.csv"), "a.repair.csv");
}

}  // namespace
}  // namespace relance::ledger
