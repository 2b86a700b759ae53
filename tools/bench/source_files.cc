#include "tools/bench/source_files.h"

#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/rpc/proto_types.h"
#include "common/status/check.h"
#include "common/time/day.h"

namespace relance::bench {
namespace {

constexpr char kFecHeader[] =
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceR"
    "ef\t"
    "PieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\tDateEche"
    "ance\n";
constexpr char kStatementAccount[] = "FR7630006000011234567890189";

// Collects text and writes it in large pieces.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path) : out_(path, std::ios::binary) {}
  ~OutputFile() {
    out_ << text_;
    RELANCE_CHECK(out_.flush().good());
  }
  template <typename... Parts>
  void Add(const Parts&... parts) {
    absl::StrAppend(&text_, parts...);
    if (text_.size() < (1 << 20)) return;
    out_ << text_;
    text_.clear();
  }

 private:
  std::ofstream out_;
  std::string text_;
};

struct Invoice {
  std::string account, name, number;
  absl::CivilDay issue, due, paid;
  int64_t minor = 0;
  int64_t serial = 0;
  bool is_paid = false;
};

std::string Compact(absl::CivilDay day) {
  return absl::StrFormat("%04d%02d%02d", day.year(), day.month(), day.day());
}

std::string Dashed(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

std::string Decimal(int64_t minor, char mark) {
  return absl::StrFormat("%d%c%02d", minor / 100, mark, minor % 100);
}

std::string LetteringOf(const Invoice& invoice) {
  return invoice.is_paid ? absl::StrFormat("L%07d", invoice.serial) : "";
}

void AddFecLine(const Invoice& invoice, bool sale, absl::string_view account, int64_t minor, bool debit,
                OutputFile* out) {
  const bool customer = account == "411000";
  const std::string day = Compact(sale ? invoice.issue : invoice.paid);
  out->Add(sale ? "VE\tVentes\tV" : "BQ\tBanque\tB", invoice.serial, "\t", day, "\t", account, "\t",
           customer ? "Clients" : "Compte", "\t", customer ? invoice.account : "", "\t",
           customer ? invoice.name : "", "\t", invoice.number, "\t");
  out->Add(day, "\t", sale ? "Facture " : "Reglement ", invoice.number, "\t",
           debit ? Decimal(minor, ',') : "0,00", "\t", debit ? "0,00" : Decimal(minor, ','), "\t",
           customer ? LetteringOf(invoice) : "", "\t",
           customer && invoice.is_paid ? Compact(invoice.paid) : "", "\t", day, "\t\t\t",
           customer && sale ? Compact(invoice.due) : "", "\n");
}

// The lines of an invoice, and of its payment when it is paid.
int AddToBooks(const Invoice& invoice, OutputFile* out) {
  const int64_t net = invoice.minor * 100 / 120;
  AddFecLine(invoice, true, "411000", invoice.minor, true, out);
  AddFecLine(invoice, true, "707000", net, false, out);
  AddFecLine(invoice, true, "445710", invoice.minor - net, false, out);
  if (!invoice.is_paid) return 3;
  AddFecLine(invoice, false, "512000", invoice.minor, true, out);
  AddFecLine(invoice, false, "411000", invoice.minor, false, out);
  return 5;
}

// The same as rows of a table.
int AddToRows(const Invoice& invoice, OutputFile* out) {
  const auto settled = invoice.is_paid ? absl::StrCat(DayNumber(invoice.paid)) : std::string("0");
  out->Add(invoice.account, "\t", invoice.serial * 2, "\t1\t", invoice.number, "\t", DayNumber(invoice.issue),
           "\t", DayNumber(invoice.due), "\t", invoice.minor, "\t", invoice.is_paid ? 0 : invoice.minor, "\t",
           LetteringOf(invoice), "\t", settled, "\n");
  if (!invoice.is_paid) return 1;
  out->Add(invoice.account, "\t", invoice.serial * 2 + 1, "\t3\t", invoice.number, "\t",
           DayNumber(invoice.paid), "\t0\t", -invoice.minor, "\t0\t", LetteringOf(invoice), "\t", settled,
           "\n");
  return 2;
}

void AddStatementHead(OutputFile* out) {
  out->Add(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document "
      "xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\">"
      "<BkToCstmrStmt><GrpHdr><MsgId>B</MsgId><CreDtTm>2026-03-02T06:00:00</CreDtTm></GrpHdr>\n<Stmt><Id>S1</"
      "Id>"
      "<CreDtTm>2026-03-02T06:00:00</CreDtTm><Acct><Id><IBAN>",
      kStatementAccount, "</IBAN></Id><Ccy>EUR</Ccy></Acct>\n");
}

void AddToStatement(const Invoice& invoice, OutputFile* out) {
  out->Add("<Ntry><Amt Ccy=\"EUR\">", Decimal(invoice.minor, '.'),
           "</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>", Dashed(kBusinessDay),
           "</Dt></BookgDt><ValDt><Dt>", Dashed(kBusinessDay), "</Dt></ValDt><AcctSvcrRef>R", invoice.serial,
           "</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></"
           "Domn></BkTxCd>");
  out->Add("<NtryDtls><TxDtls><Refs><EndToEndId>E", invoice.serial,
           "</EndToEndId></Refs><RltdPties><Dbtr><Nm>", invoice.name,
           "</Nm></Dbtr></RltdPties><RmtInf><Ustrd>REGLEMENT FACTURE ", invoice.number,
           "</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n");
}

}  // namespace

SourceFiles::SourceFiles(const Portfolio& portfolio, int64_t statement_entries)
    : fec_(folder_.path() + "/732829320FEC20261231.txt"),
      fec_delta_(folder_.path() + "/night.txt"),
      camt_(folder_.path() + "/statement.xml"),
      rows_(folder_.path() + "/rows.tsv"),
      rows_delta_(folder_.path() + "/rows_night.tsv"),
      payments_(folder_.path() + "/payments.tsv") {
  OutputFile fec(fec_), fec_delta(fec_delta_), camt(camt_), rows(rows_), rows_delta(rows_delta_),
      payments(payments_);
  fec.Add(kFecHeader);
  fec_delta.Add(kFecHeader);
  AddStatementHead(&camt);
  for (int account = 0; account < portfolio.accounts(); ++account) {
    const int64_t end = portfolio.FirstOf(account) + portfolio.SizeOf(account);
    for (int64_t serial = portfolio.FirstOf(account); serial < end; ++serial) {
      const ledger::v1::SyncItem row = portfolio.Row(account, serial, 0);
      Invoice invoice;
      invoice.account = row.account_id();
      invoice.name = absl::StrFormat("Debtor %06d SAS", account);
      invoice.number = row.number();
      invoice.issue =
          absl::CivilDay(row.issue_date().year(), row.issue_date().month(), row.issue_date().day());
      invoice.due = absl::CivilDay(row.due_date().year(), row.due_date().month(), row.due_date().day());
      invoice.paid = kBusinessDay;
      invoice.minor = row.amount().units() * 100 + row.amount().nanos() / 10'000'000;
      invoice.serial = serial;
      const bool paid_at_night = portfolio.Changes(serial);
      invoice.is_paid = !paid_at_night && serial % 2 == 0;
      fec_lines_ += AddToBooks(invoice, &fec);
      items_ += AddToRows(invoice, &rows);
      if (!invoice.is_paid && !paid_at_night && entries_ < statement_entries) {
        AddToStatement(invoice, &camt);
        payments.Add(serial * 2 + 1, "\t", DayNumber(kBusinessDay), "\t", invoice.minor, "\t", invoice.number,
                     "\n");
        ++entries_;
      }
      if (!paid_at_night) continue;
      invoice.is_paid = true;
      delta_lines_ += AddToBooks(invoice, &fec_delta);
      AddToRows(invoice, &rows_delta);
      ++delta_payments_;
    }
  }
  camt.Add("</Stmt></BkToCstmrStmt></Document>\n");
}

}  // namespace relance::bench
