#pragma once

#include <map>
#include <string>
#include <vector>

#include "services/ledger/readers/table/table_reader.h"
#include "services/ledger/readers/testing/collecting_sink.h"

// For tests: reads a table with a chosen chunk size and keeps all that comes of it.
namespace relance::ledger {

struct TableResult : TableSink {
  std::vector<ItemRow> items;
  std::vector<BankTransaction> bank;
  std::vector<AccountRow> accounts;
  std::vector<Reject> rejects;
  std::vector<Notice> notices;
  std::vector<std::pair<int64_t, std::string>> skips;
  absl::Status status;
  ReadSummary summary;

  void OnItem(ItemRow&& row) override { items.push_back(std::move(row)); }
  void OnBank(BankTransaction&& transaction) override { bank.push_back(std::move(transaction)); }
  void OnAccount(AccountRow&& row) override { accounts.push_back(std::move(row)); }
  void OnReject(const Reject& reject) override { rejects.push_back(reject); }
  void OnNotice(const Notice& notice) override { notices.push_back(notice); }
  void OnSkip(int64_t line, absl::string_view reason) override {
    skips.emplace_back(line, std::string(reason));
  }

  // Sum of the amounts of a kind in a currency.
  int64_t Total(ItemKind kind, absl::string_view currency = "EUR") const {
    int64_t total = 0;
    for (const ItemRow& row : items)
      total += row.kind == kind && row.currency == currency ? row.amount_minor : 0;
    return total;
  }
  int64_t Count(ItemKind kind) const {
    int64_t count = 0;
    for (const ItemRow& row : items) count += row.kind == kind ? 1 : 0;
    return count;
  }
};

inline TableResult ReadTable(absl::string_view bytes, const Mapping& mapping, size_t chunk = 4096) {
  TableResult result;
  TableReader reader({"test.csv"}, &mapping, &result);
  result.status = PushAll(reader, bytes, chunk);
  result.summary = reader.summary();
  return result;
}

inline std::string Fingerprint(const TableResult& result) {
  std::string text = absl::StrCat(static_cast<int>(result.status.code()), "|",
                                  absl::string_view(result.status.message()), "\n");
  for (const auto& row : result.items) text += Fingerprint(row);
  for (const auto& transaction : result.bank) text += Fingerprint(transaction);
  for (const auto& row : result.accounts) {
    absl::StrAppend(&text, row.line, "|", row.account);
    for (const auto& [field, value] : row.told)
      absl::StrAppend(&text, "|", TableFieldName(field), "=", value);
    text += "\n";
  }
  for (const auto& reject : result.rejects) text += Fingerprint(reject);
  for (const auto& notice : result.notices) text += Fingerprint(notice);
  for (const auto& [line, reason] : result.skips) absl::StrAppend(&text, "skip ", line, "|", reason, "\n");
  return text;
}

}  // namespace relance::ledger
