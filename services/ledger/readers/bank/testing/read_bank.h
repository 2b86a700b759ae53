#pragma once

#include "services/ledger/readers/bank/cfonb_reader.h"
#include "services/ledger/readers/bank/coda_reader.h"
#include "services/ledger/readers/bank/mt940_reader.h"
#include "services/ledger/readers/testing/collecting_sink.h"

// For tests: reads bank statements with a chosen chunk size and keeps all that a reader hands over.
namespace relance::ledger {

using BankResult = CamtResult;

template <typename Reader>
BankResult ReadBank(absl::string_view bytes, size_t chunk = 4096) {
  BankResult result;
  Reader reader("test.txt", &result);
  result.status = PushAll(reader, bytes, chunk);
  result.summary = reader.summary();
  return result;
}

inline BankResult ReadCoda(absl::string_view bytes, size_t chunk = 4096) {
  return ReadBank<CodaReader>(bytes, chunk);
}
inline BankResult ReadCfonb(absl::string_view bytes, size_t chunk = 4096) {
  return ReadBank<CfonbReader>(bytes, chunk);
}
inline BankResult ReadMt940(absl::string_view bytes, size_t chunk = 4096) {
  return ReadBank<Mt940Reader>(bytes, chunk);
}

// All that two readings of one file must have in common: records, rejects, notices, statements and counts.
inline std::string BankFingerprint(const BankResult& result) {
  std::string text = Fingerprint(result);
  for (const BankTransaction& t : result.records) {
    absl::StrAppend(&text, t.debtor_name, "|", t.debtor_account, "|", t.creditor_name, "|", t.end_to_end_id,
                    "|", t.return_reason, "|", t.unstructured.empty() ? "" : t.unstructured[0], "|",
                    t.charges_minor, "\n");
  }
  for (const BankStatement& s : result.statements) {
    absl::StrAppend(&text, "statement ", s.line, "|", s.account, "|", s.id, "|", s.entries, "|",
                    s.credit_minor, "|", s.debit_minor, "|", s.difference_minor, "\n");
  }
  absl::StrAppend(&text, "summary ", result.summary.lines, "|", result.summary.records, "|",
                  result.summary.rejected, "|", result.summary.skipped, "|", result.summary.notices, "\n");
  return text;
}

}  // namespace relance::ledger
