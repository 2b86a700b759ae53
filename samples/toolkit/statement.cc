#include "samples/toolkit/statement.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/money/decimal_text.h"
#include "common/time/day.h"

namespace relance::samples {
namespace {

constexpr size_t kFreeTextPartMax = 140;

std::string Amount(absl::string_view tag, int64_t minor, absl::string_view currency) {
  return absl::StrCat("<", tag, " Ccy=\"", currency, "\">", FormatDecimal(minor, 2, '.'), "</", tag, ">");
}

std::string Element(absl::string_view tag, absl::string_view text) {
  return absl::StrCat("<", tag, ">", EscapeXml(text), "</", tag, ">");
}

void AppendBalance(absl::string_view code, int64_t minor, const Statement& statement, std::string& out) {
  absl::StrAppend(&out, "   <Bal><Tp><CdOrPrtry><Cd>", code, "</Cd></CdOrPrtry></Tp>",
                  Amount("Amt", minor < 0 ? -minor : minor, statement.currency), "<CdtDbtInd>",
                  minor < 0 ? "DBIT" : "CRDT", "</CdtDbtInd><Dt>", Element("Dt", FormatIsoDay(statement.day)),
                  "</Dt></Bal>\n");
}

// Cuts at the last space before the limit, else hard but never inside a UTF-8 character.
void AppendFreeText(absl::string_view text, std::string& out) {
  while (!text.empty()) {
    size_t length = text.size();
    if (length > kFreeTextPartMax) {
      length = text.rfind(' ', kFreeTextPartMax);
      if (length == absl::string_view::npos || length == 0) {
        length = kFreeTextPartMax;
        while ((static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) --length;
      }
    }
    absl::StrAppend(&out, Element("Ustrd", text.substr(0, length)));
    text.remove_prefix(length);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }
}

void AppendStructured(const StructuredRemittance& part, absl::string_view currency, std::string& out) {
  absl::StrAppend(&out, "<Strd>");
  if (!part.document_number.empty()) {
    absl::StrAppend(
        &out, "<RfrdDocInf><Tp><CdOrPrtry><Cd>", part.credit_note ? "CREN" : "CINV", "</Cd></CdOrPrtry></Tp>",
        Element("Nb", part.document_number), "</RfrdDocInf><RfrdDocAmt>",
        Amount(part.credit_note ? "CdtNoteAmt" : "RmtdAmt", part.remitted_minor, currency), "</RfrdDocAmt>");
  }
  if (part.scheme != StructuredRemittance::Scheme::kNone) {
    absl::StrAppend(&out, "<CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry>",
                    part.scheme == StructuredRemittance::Scheme::kBelgian ? "<Issr>BBA</Issr>" : "", "</Tp>",
                    Element("Ref", part.reference), "</CdtrRefInf>");
  }
  absl::StrAppend(&out, "</Strd>");
}

absl::string_view BankTransactionCode(StatementEntry::Kind kind) {
  switch (kind) {
    case StatementEntry::Kind::kTransfer:
      return "<Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly>";
    case StatementEntry::Kind::kCheque:
      return "<Cd>PMNT</Cd><Fmly><Cd>RCHQ</Cd><SubFmlyCd>CCHQ</SubFmlyCd></Fmly>";
    case StatementEntry::Kind::kReturn:
      return "<Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly>";
  }
  return "";
}

void AppendEntry(const StatementEntry& entry, const Statement& statement, std::string& out) {
  const bool returned = entry.kind == StatementEntry::Kind::kReturn;
  const absl::string_view direction = returned ? "DBIT" : "CRDT";
  const std::string day = Element("Dt", FormatIsoDay(statement.day));
  absl::StrAppend(&out, "   <Ntry>", Amount("Amt", entry.amount_minor, statement.currency), "<CdtDbtInd>",
                  direction, "</CdtDbtInd>", returned ? "<RvslInd>true</RvslInd>" : "",
                  "<Sts><Cd>BOOK</Cd></Sts><BookgDt>", day, "</BookgDt><ValDt>", day, "</ValDt>",
                  Element("AcctSvcrRef", entry.reference), "<BkTxCd><Domn>", BankTransactionCode(entry.kind),
                  "</Domn></BkTxCd>\n    <NtryDtls><TxDtls><Refs>", Element("AcctSvcrRef", entry.reference),
                  Element("EndToEndId", entry.end_to_end_id.empty() ? "NOTPROVIDED" : entry.end_to_end_id));
  if (!entry.cheque_number.empty()) absl::StrAppend(&out, Element("ChqNb", entry.cheque_number));
  absl::StrAppend(&out, "</Refs>", Amount("Amt", entry.amount_minor, statement.currency), "<CdtDbtInd>",
                  direction, "</CdtDbtInd><RltdPties><Dbtr><Pty>", Element("Nm", entry.payer_name),
                  "</Pty></Dbtr>");
  if (!entry.payer_iban.empty()) {
    absl::StrAppend(&out, "<DbtrAcct><Id>", Element("IBAN", entry.payer_iban), "</Id></DbtrAcct>");
  }
  absl::StrAppend(&out, "</RltdPties>");
  if (!entry.structured.empty() || !entry.free_text.empty()) {
    absl::StrAppend(&out, "<RmtInf>");
    AppendFreeText(entry.free_text, out);
    for (const StructuredRemittance& part : entry.structured) AppendStructured(part, statement.currency, out);
    absl::StrAppend(&out, "</RmtInf>");
  }
  if (returned) absl::StrAppend(&out, "<RtrInf><Rsn>", Element("Cd", entry.return_reason), "</Rsn></RtrInf>");
  absl::StrAppend(&out, "</TxDtls></NtryDtls>");
  if (!entry.bank_text.empty()) absl::StrAppend(&out, Element("AddtlNtryInf", entry.bank_text));
  absl::StrAppend(&out, "</Ntry>\n");
}

}  // namespace

int64_t ClosingMinor(const Statement& statement) {
  int64_t balance = statement.opening_minor;
  for (const StatementEntry& entry : statement.entries) {
    balance += entry.kind == StatementEntry::Kind::kReturn ? -entry.amount_minor : entry.amount_minor;
  }
  return balance;
}

std::string RenderStatement(const Statement& statement) {
  const std::string day = FormatIsoDay(statement.day);
  std::string out = absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- ", statement.label,
      " -->\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\n"
      " <BkToCstmrStmt>\n  <GrpHdr>",
      Element("MsgId", statement.id), "<CreDtTm>", day, "T20:00:00</CreDtTm></GrpHdr>\n  <Stmt>\n   ",
      Element("Id", statement.id), "<ElctrncSeqNb>", statement.sequence, "</ElctrncSeqNb><CreDtTm>", day,
      "T20:00:00</CreDtTm>\n   <Acct><Id>", Element("IBAN", statement.iban), "</Id><Ccy>", statement.currency,
      "</Ccy><Ownr>", Element("Nm", statement.owner), "</Ownr></Acct>\n");
  AppendBalance("OPBD", statement.opening_minor, statement, out);
  AppendBalance("CLBD", ClosingMinor(statement), statement, out);
  for (const StatementEntry& entry : statement.entries) AppendEntry(entry, statement, out);
  absl::StrAppend(&out, "  </Stmt>\n </BkToCstmrStmt>\n</Document>\n");
  return out;
}

std::string EscapeXml(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

}  // namespace relance::samples
