#include "services/ledger/gather_table.h"

#include <map>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/ledger/gather_accounts.h"
#include "services/ledger/gather_bank.h"
#include "services/ledger/gather_rows.h"
#include "services/ledger/readers/table/mapping_file.h"
#include "services/ledger/readers/table/reasons.h"
#include "services/ledger/readers/table/shipped_mappings.h"
#include "services/ledger/readers/table/table_reader.h"

namespace relance::ledger {
namespace {

constexpr size_t kHeadBytes = 64 << 10;

class GatheringSink : public TableSink {
 public:
  GatheringSink(const Mapping& mapping, const state::v1::TenantConfig& tenant,
                std::optional<absl::CivilDay> as_of, bool snapshot, Gathered* out)
      : source_(SourceOfTable(mapping)),
        tenant_(tenant),
        as_of_(as_of),
        out_(out),
        items_(MakeItemSink(source_, as_of, snapshot, out)) {}

  void OnItem(ItemRow&& row) override { items_->OnRecord(std::move(row)); }

  void OnBank(BankTransaction&& transaction) override {
    if (as_of_.has_value() && transaction.booking_day > *as_of_) {
      ++out_->skipped;
      return;
    }
    if (transaction.account.empty()) {
      out_->SeeDay(transaction.booking_day);
    } else {
      out_->SeeBankDay(transaction.account, transaction.booking_day);
    }
    if (ClassifyMovement(transaction) == BankMovement::kOther) {
      ++out_->skipped;
      ++left_out_["MONEY_THAT_WENT_OUT"];
      return;
    }
    ++out_->relevant;
    IncomingItem item = ItemOfTransaction(transaction);
    item.item.set_source(source_);
    out_->to_route.push_back(std::move(item));
  }

  void OnAccount(AccountRow&& row) override { GatherAccountRow(row, tenant_, out_); }
  void OnReject(const Reject& reject) override { out_->Reject(reject); }
  void OnNotice(const Notice& notice) override { ++noted_[notice.reason]; }
  void OnSkip(int64_t, absl::string_view reason) override { ++left_out_[std::string(reason)]; }

  void Finish() {
    for (const auto& [reason, count] : left_out_) out_->Warn(absl::StrCat(count, " rows left out: ", reason));
    for (const auto& [reason, count] : noted_) out_->Warn(absl::StrCat(count, " rows with a note: ", reason));
  }

 private:
  const std::string source_;
  const state::v1::TenantConfig& tenant_;
  const std::optional<absl::CivilDay> as_of_;
  Gathered* const out_;
  const std::unique_ptr<ItemSink> items_;
  std::map<std::string, int64_t> left_out_, noted_;
};

absl::Status Unknown(absl::string_view message, const std::string& name) {
  return DomainError(absl::StatusCode::kInvalidArgument, kMappingUnknown, message,
                     {{"mapping", name.substr(0, 64)}});
}

}  // namespace

std::string SourceOfTable(const Mapping& mapping) { return absl::StrCat("table:", mapping.name); }

absl::StatusOr<Mapping> ChooseMapping(const std::string& told, const std::vector<Mapping>& own,
                                      const SpoolFile& file, const std::string& file_name) {
  if (absl::StrContains(told, ':')) return ParseMapping(told, "mapping");
  if (!told.empty()) {
    for (const Mapping& mapping : own) {
      if (mapping.name == told) return mapping;
    }
    if (const Mapping* shipped = FindShippedMapping(told)) return *shipped;
    return Unknown("no mapping of this name comes with the program", told);
  }
  std::string head;
  const absl::Status read = file.Read([&](absl::string_view bytes) {
    absl::StrAppend(&head, bytes.substr(0, kHeadBytes - head.size()));
    return head.size() < kHeadBytes ? absl::OkStatus() : absl::CancelledError();
  });
  if (!read.ok() && !absl::IsCancelled(read)) return read;
  if (const Mapping* mapping = FindMappingOf(own, file_name, head)) return *mapping;
  if (const Mapping* mapping = FindMappingOf(ShippedMappings(), file_name, head)) return *mapping;
  return Unknown("no known mapping has the columns of this file; `relancectl ledger map` proposes one", "");
}

absl::StatusOr<Gathered> GatherTable(const SpoolFile& file, const std::string& file_name,
                                     const Mapping& mapping, const state::v1::TenantConfig& tenant,
                                     std::optional<absl::CivilDay> as_of, bool snapshot) {
  Gathered gathered;
  gathered.source = SourceOfTable(mapping);
  gathered.is_bank = mapping.Is(TableKind::kBank);
  GatheringSink sink(mapping, tenant, as_of, snapshot, &gathered);
  TableReader reader({.file = file_name}, &mapping, &sink);
  absl::Status read = file.Read([&](absl::string_view bytes) { return reader.Feed(bytes); });
  if (read.ok()) read = reader.Finish();
  if (!read.ok()) return RefusalOfFile(read);
  sink.Finish();
  gathered.header_line = reader.header_line();
  const ReadSummary& summary = reader.summary();
  gathered.read = summary.records + summary.rejected + summary.skipped;
  gathered.skipped += summary.skipped;
  return gathered;
}

}  // namespace relance::ledger
