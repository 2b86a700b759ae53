#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "common/status/check.h"
#include "services/ledger/readers/camt_reader.h"
#include "services/ledger/readers/fec_reader.h"
#include "services/ledger/readers/fec_xml_reader.h"
#include "services/ledger/readers/item_reader.h"

// For tests: reads bytes with a chosen chunk size and keeps all that a reader hands over.
namespace relance::ledger {

template <typename Base, typename Record>
struct CollectingSink : Base {
  std::vector<Record> records;
  std::vector<Reject> rejects;
  std::vector<Notice> notices;

  void OnRecord(Record&& record) override { records.push_back(std::move(record)); }
  void OnReject(const Reject& reject) override { rejects.push_back(reject); }
  void OnNotice(const Notice& notice) override { notices.push_back(notice); }
};

using CollectingFecSink = CollectingSink<FecSink, FecLine>;
using CollectingItemSink = CollectingSink<ItemSink, ItemRow>;
struct CollectingBankSink : CollectingSink<BankSink, BankTransaction> {
  std::vector<BankStatement> statements;
  void OnStatement(const BankStatement& statement) override { statements.push_back(statement); }
};

template <typename Reader>
absl::Status PushAll(Reader& reader, absl::string_view bytes, size_t chunk = 4096) {
  for (size_t at = 0; at < bytes.size(); at += chunk) {
    const absl::Status status = reader.Feed(bytes.substr(at, chunk));
    if (!status.ok()) return status;
  }
  return reader.Finish();
}

struct FecResult : CollectingFecSink {
  absl::Status status;
  ReadSummary summary;
};

inline FecResult ReadFec(absl::string_view bytes, FecOptions options = {"test.txt"}, size_t chunk = 4096) {
  FecResult result;
  options.count_equal_lines = true;
  FecReader reader(std::move(options), &result);
  result.status = PushAll(reader, bytes, chunk);
  result.summary = reader.summary();
  return result;
}

inline FecResult ReadFecXml(absl::string_view bytes, size_t chunk = 4096) {
  FecResult result;
  FecXmlReader reader({.file = "test.xml", .count_equal_lines = true}, &result);
  result.status = PushAll(reader, bytes, chunk);
  result.summary = reader.summary();
  return result;
}

// Both passes.
inline FecResult ReadBalancedFec(absl::string_view bytes, FecOptions options = {"test.txt"},
                                 size_t chunk = 4096) {
  FecBalance balance;
  FecOptions first = options;
  first.identify = false;
  first.account_prefixes.clear();
  FecReader pass1(first, &balance);
  PushAll(pass1, bytes, chunk).IgnoreError();  // pass 2 gives the same status
  balance.Close();
  options.balance = &balance;
  return ReadFec(bytes, options, chunk);
}

struct CamtResult : CollectingBankSink {
  absl::Status status;
  ReadSummary summary;
};

inline CamtResult ReadCamt(absl::string_view bytes, size_t chunk = 4096) {
  CamtResult result;
  CamtReader reader("test.xml", &result);
  result.status = PushAll(reader, bytes, chunk);
  result.summary = reader.summary();
  return result;
}

struct ItemResult : CollectingItemSink {
  absl::Status status;
  ReadSummary summary;
};

inline ItemResult ReadItems(absl::string_view bytes, size_t chunk = 4096) {
  ItemResult result;
  ItemReader reader({"test.csv"}, &result);
  result.status = PushAll(reader, bytes, chunk);
  result.summary = reader.summary();
  return result;
}

// A file of the source tree, as "samples/fec/ekwo-sample.fec.txt".
inline std::string SourceFile(const std::string& path) {
  std::ifstream in(absl::StrCat(RELANCE_SOURCE_DIR, "/", path), std::ios::binary);
  RELANCE_CHECK(in.good());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// What two readings of one file must have in common, as text.
inline std::string Fingerprint(const Reject& r) {
  return absl::StrCat("reject ", r.line, "|", r.field, "|", r.reason, "|", r.message, "|", r.raw, "\n");
}
inline std::string Fingerprint(const Notice& n) {
  return absl::StrCat("notice ", n.line, "|", n.field, "|", n.reason, "|", n.message, "\n");
}
inline std::string Fingerprint(const FecLine& l) {
  return absl::StrCat(l.line, "|", SourceId(l.source_hash, l.ordinal), "|", l.label, "|", l.lettering, "\n");
}
inline std::string Fingerprint(const BankTransaction& t) {
  return absl::StrCat(t.line, "|", t.key, "|", t.content_hash, "|", t.amount_minor, t.is_credit ? "C" : "D",
                      "\n");
}
inline std::string Fingerprint(const ItemRow& r) {
  return absl::StrCat(r.line, "|", SourceId(r.source_hash, r.ordinal), "|", r.attributes.name, "\n");
}
template <typename Result>
std::string Fingerprint(const Result& result) {
  std::string text =
      absl::StrCat(static_cast<int>(result.status.code()), "|",
                   std::string(result.status.message().data(), result.status.message().size()), "\n");
  for (const auto& record : result.records) text += Fingerprint(record);
  for (const auto& reject : result.rejects) text += Fingerprint(reject);
  for (const auto& notice : result.notices) text += Fingerprint(notice);
  return text;
}

}  // namespace relance::ledger
