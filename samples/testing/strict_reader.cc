#include "samples/testing/strict_reader.h"

#include <expat.h>

#include <memory>
#include <type_traits>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/money/decimal_text.h"
#include "samples/toolkit/csv.h"

namespace relance::samples {
namespace {

constexpr char kSpaceMark = '|';

// Follows the document by its path of names below Document.
struct Reading {
  ReadStatement statement;
  std::vector<std::string> path;
  std::string text;
  std::string balance_code;
  int64_t balance_minor = 0;
  bool failed = false;

  int64_t Amount() {
    const auto amount = ParseDecimalMinor(text, 2, {DecimalStyle::Mark::kPoint});
    if (!amount.ok() || *amount < 0) failed = true;
    return amount.value_or(0);
  }

  void End() {
    const std::string at = absl::StrJoin(path, "/");
    const absl::string_view in_statement = "Document/BkToCstmrStmt/Stmt/";
    if (!absl::StartsWith(at, in_statement)) return;
    const std::string name = at.substr(in_statement.size());
    if (name == "Acct/Id/IBAN") statement.iban = text;
    if (name == "ElctrncSeqNb" && !absl::SimpleAtoi(text, &statement.sequence)) failed = true;
    if (name == "Bal/Tp/CdOrPrtry/Cd") balance_code = text;
    if (name == "Bal/Amt") balance_minor = Amount();
    if (name == "Bal/CdtDbtInd" && text == "DBIT") balance_minor = -balance_minor;
    if (name == "Bal/Dt/Dt") statement.day = text;
    if (name == "Bal") statement.balances[balance_code] = balance_minor;
    if (!statement.entries.empty()) EndInEntry(name, statement.entries.back());
  }

  void EndInEntry(const std::string& name, ReadEntry& entry) {
    if (name == "Ntry/Amt") entry.amount_minor = Amount();
    if (name == "Ntry/CdtDbtInd") entry.direction = text;
    if (name == "Ntry/RvslInd") entry.reversal = text == "true";
    if (name == "Ntry/Sts/Cd") entry.status = text;
    if (name == "Ntry/BookgDt/Dt" && text != statement.day) failed = true;
    if (name == "Ntry/AcctSvcrRef") entry.reference = text;
    const std::string prefix = "Ntry/NtryDtls/TxDtls/";
    if (!absl::StartsWith(name, prefix)) return;
    const std::string detail = name.substr(prefix.size());
    if (detail == "Amt" && Amount() != entry.amount_minor) failed = true;
    if (detail == "Refs/EndToEndId") entry.end_to_end_id = text;
    if (detail == "RltdPties/Dbtr/Pty/Nm") entry.payer_name = text;
    if (detail == "RltdPties/DbtrAcct/Id/IBAN") entry.payer_iban = text;
    if (detail == "RmtInf/Ustrd") entry.free_text.push_back(text);
    if (detail == "RmtInf/Strd/CdtrRefInf/Ref") entry.references.push_back(text);
    if (detail == "RmtInf/Strd/CdtrRefInf/Tp/Issr") entry.belgian = text == "BBA";
    if (detail == "RmtInf/Strd/RfrdDocInf/Nb") entry.documents.push_back(text);
    if (detail == "RtrInf/Rsn/Cd") entry.return_reason = text;
  }
};

void OnStart(void* user, const XML_Char* name, const XML_Char**) {
  Reading& reading = *static_cast<Reading*>(user);
  const std::pair<std::string, std::string> parts = absl::StrSplit(name, absl::MaxSplits(kSpaceMark, 1));
  if (reading.path.empty()) reading.statement.space = parts.first;
  if (parts.first != reading.statement.space) reading.failed = true;
  reading.path.push_back(parts.second);
  reading.text.clear();
  if (parts.second == "Ntry") reading.statement.entries.emplace_back();
}

void OnEnd(void* user, const XML_Char*) {
  Reading& reading = *static_cast<Reading*>(user);
  reading.End();
  reading.path.pop_back();
  reading.text.clear();
}

void OnText(void* user, const XML_Char* text, int length) {
  static_cast<Reading*>(user)->text.append(text, static_cast<size_t>(length));
}

void OnComment(void* user, const XML_Char* text) { static_cast<Reading*>(user)->statement.comment = text; }

}  // namespace

absl::StatusOr<ReadStatement> ReadCamt(absl::string_view xml) {
  Reading reading;
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, void (*)(XML_Parser)> parser(
      XML_ParserCreateNS(nullptr, kSpaceMark), &XML_ParserFree);
  XML_SetUserData(parser.get(), &reading);
  XML_SetElementHandler(parser.get(), &OnStart, &OnEnd);
  XML_SetCharacterDataHandler(parser.get(), &OnText);
  XML_SetCommentHandler(parser.get(), &OnComment);
  const bool parsed = XML_Parse(parser.get(), xml.data(), static_cast<int>(xml.size()), 1) == XML_STATUS_OK;
  if (!parsed || reading.failed) {
    return absl::InvalidArgumentError(
        absl::StrCat("statement refused at line ", XML_GetCurrentLineNumber(parser.get())));
  }
  return std::move(reading.statement);
}

absl::StatusOr<ReadTable> ReadCsv(absl::string_view csv) {
  ReadTable table;
  std::vector<absl::string_view> lines = absl::StrSplit(csv, '\n');
  if (lines.size() < 3 || !absl::ConsumePrefix(&lines[0], "# ") || !lines.back().empty()) {
    return absl::InvalidArgumentError("no label, no header, or no line end at the end");
  }
  table.label = std::string(lines[0]);
  const std::vector<std::string> header = absl::StrSplit(lines[1], ',');
  for (size_t i = 2; i + 1 < lines.size(); ++i) {
    const auto cells = SplitCsvLine(lines[i]);
    if (!cells.ok() || cells->size() != header.size()) {
      return absl::InvalidArgumentError(absl::StrCat("line ", i + 1, " does not fit the header"));
    }
    std::map<std::string, std::string>& row = table.rows.emplace_back();
    for (size_t column = 0; column < header.size(); ++column) row[header[column]] = (*cells)[column];
  }
  return table;
}

}  // namespace relance::samples
