#include "services/ledger/sync_items.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/documents/sha256.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "relance/state/v1/ledger_documents.pb.h"
#include "services/ledger/errors.h"
#include "services/ledger/importer.h"
#include "services/ledger/ledger_metrics.h"

namespace relance::ledger {
namespace {

constexpr char kFormat[] = "sync";

bool IsSyncId(const std::string& id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace

std::shared_ptr<ItemSync::Progress> ItemSync::ProgressOf(const std::string& key) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::shared_ptr<Progress>& progress = syncs_[key];
  if (progress == nullptr) progress = std::make_shared<Progress>();
  progress->used = ++uses_;
  const std::shared_ptr<Progress> mine = progress;
  while (syncs_.size() > kSyncsAtOnceMax) {
    const auto oldest = std::min_element(syncs_.begin(), syncs_.end(), [](const auto& a, const auto& b) {
      return a.second->used < b.second->used;
    });
    syncs_.erase(oldest);
  }
  return mine;
}

absl::StatusOr<std::unique_ptr<ItemSync::Stream>> ItemSync::Open(const std::string& tenant_id,
                                                                 const std::string& sync_id, bool snapshot,
                                                                 store::Deadline deadline) {
  if (!IsSyncId(sync_id)) {
    return DomainError(absl::StatusCode::kInvalidArgument, kSyncIdInvalid,
                       "sync_id is 1 to 64 of [A-Za-z0-9._-]");
  }
  RELANCE_ASSIGN_OR_RETURN(TenantPtr tenant, directory_->Get(tenant_id, deadline));
  const std::shared_ptr<Progress> progress = ProgressOf(absl::StrCat(tenant_id, "/", sync_id));
  auto stream = std::unique_ptr<Stream>(new Stream(this, std::move(tenant), sync_id, progress));
  if (!stream->lock_.owns_lock()) {
    return DomainError(absl::StatusCode::kResourceExhausted, kSyncBusy, "another stream works on this sync");
  }
  const std::string name = absl::StrCat(kSyncDocumentPrefix, sync_id);
  RELANCE_ASSIGN_OR_RETURN(const auto documents, store_->GetDocuments(tenant_id, {&name, 1}, deadline));
  state::v1::SyncProgress stored;
  if (!stored.ParseFromString(documents[0].value)) stored.Clear();
  progress->version = documents[0].version;
  progress->ended = stored.ended();
  if (stored.ended() || (progress->batch == 0 && !stored.snapshot() && !snapshot)) {
    progress->batch = stored.batch();
    if (!progress->report.ParseFromString(stored.report())) progress->report.Clear();
  }
  progress->snapshot |= snapshot;
  return stream;
}

absl::Status ItemSync::Stream::SaveProgress(store::Deadline deadline) {
  state::v1::SyncProgress stored;
  stored.set_batch(progress_->batch);
  stored.set_snapshot(progress_->snapshot);
  stored.set_ended(progress_->ended);
  stored.set_report(progress_->report.SerializeAsString());
  const auto put =
      syncs_->store_->PutDocument(tenant_->config.id(), absl::StrCat(kSyncDocumentPrefix, sync_id_),
                                  stored.SerializeAsString(), progress_->version, deadline);
  if (!put.ok()) return put.status();
  progress_->version = *put;
  return absl::OkStatus();
}

absl::Status ItemSync::Stream::Check(const v1::SyncItemsRequest& request, int64_t batch, bool ended) const {
  if (request.batch() < 1 || request.batch() > batch + 1) {
    return DomainError(absl::StatusCode::kInvalidArgument, kBatchOutOfOrder,
                       absl::StrCat("batch ", request.batch(), " came; ", batch + 1, " is next"),
                       {{"batch", absl::StrCat(request.batch())}, {"expected", absl::StrCat(batch + 1)}});
  }
  if (request.items_size() > kSyncBatchItemsMax) {
    return DomainError(
        absl::StatusCode::kInvalidArgument, kBatchTooLargeReason,
        absl::StrCat("a batch has at most ", kSyncBatchItemsMax, " items"),
        {{"items", absl::StrCat(request.items_size())}, {"itemsMax", absl::StrCat(kSyncBatchItemsMax)}});
  }
  if (request.batch() == batch + 1 && ended) {
    return DomainError(absl::StatusCode::kFailedPrecondition, kSyncEnded,
                       "the sync has ended; take a new sync_id");
  }
  return absl::OkStatus();
}

absl::Status ItemSync::Stream::Store(const std::vector<v1::SyncItemsRequest>& requests,
                                     store::Deadline deadline,
                                     std::vector<v1::SyncItemsResponse>* responses) {
  // First what is there already, then what is new; a repeat among the new ones ends the row of these.
  size_t next = 0;
  while (next < requests.size()) {
    RELANCE_RETURN_IF_ERROR(Check(requests[next], progress_->batch, progress_->ended));
    size_t end = next;
    absl::Status refused;
    for (int64_t batch = progress_->batch; end < requests.size() && requests[end].batch() == batch + 1;
         ++end) {
      refused = Check(requests[end], batch, end > next && requests[end - 1].last());
      if (!refused.ok()) break;
      ++batch;
    }
    if (end > next) RELANCE_RETURN_IF_ERROR(StoreNew(requests, next, end, deadline));
    if (end == next) ++end;  // a repeat
    for (; next < end; ++next) {
      v1::SyncItemsResponse& response = responses->emplace_back();
      response.set_acknowledged_batch(progress_->batch);
      if (progress_->ended) *response.mutable_report() = progress_->report;
    }
    RELANCE_RETURN_IF_ERROR(refused);
  }
  return absl::OkStatus();
}

absl::Status ItemSync::Stream::StoreNew(const std::vector<v1::SyncItemsRequest>& requests, size_t first,
                                        size_t end, store::Deadline deadline) {
  Progress& progress = *progress_;
  Gathered gathered;
  int64_t rows = progress.rows;
  for (size_t i = first; i < end; ++i) {
    progress.snapshot |= requests[i].snapshot();
    for (const v1::SyncItem& row : requests[i].items()) {
      GatherSyncItem(row, ++rows, progress.snapshot, &progress.identity, &gathered);
    }
  }
  if (progress.snapshot) {
    for (const auto& [account, incoming] : gathered.accounts) {
      for (const IncomingItem& item : incoming.items) progress.seen[account].insert(item.item.id());
    }
  }
  const v1::SyncItemsRequest& last = requests[end - 1];
  const v1::ImportReport report_before = progress.report;
  const absl::Status stored = Post(&gathered, last, deadline);
  if (!stored.ok()) {
    // The same rows come again, and are to be the same items.
    progress.identity.TakeBack();
    progress.report = report_before;
    return stored;
  }
  progress.identity.Keep();
  progress.rows = rows;
  CountLines(kFormat, gathered.read, gathered.rejected, gathered.skipped);
  progress.batch = last.batch();
  progress.ended = last.last();
  return SaveProgress(deadline);
}

absl::Status ItemSync::Stream::Post(Gathered* gathered, const v1::SyncItemsRequest& last,
                                    store::Deadline deadline) {
  Progress& progress = *progress_;
  RELANCE_ASSIGN_OR_RETURN(const auto outcome, syncs_->posting_->Post(*tenant_, gathered, deadline));
  FillReport(*gathered, outcome, &progress.report);
  if (gathered->newest_day.has_value()) {
    progress.newest_day =
        std::max(*gathered->newest_day, progress.newest_day.value_or(*gathered->newest_day));
  }
  const size_t rejected_before = progress.rejected.size();
  for (v1::RejectedLine& line : gathered->rejected_lines) {
    if (progress.rejected.size() < kRejectedLinesMax) progress.rejected.push_back(std::move(line));
  }
  if (!last.last()) return absl::OkStatus();
  const absl::Status finished = Finish(last, deadline);
  if (!finished.ok()) progress.rejected.resize(rejected_before);
  return finished;
}

absl::Status ItemSync::Stream::Finish(const v1::SyncItemsRequest& request, store::Deadline deadline) {
  Progress& progress = *progress_;
  std::optional<absl::CivilDay> day;
  if (request.has_as_of_date()) {
    RELANCE_ASSIGN_OR_RETURN(day, rpc::DayFromProto(request.as_of_date(), "as_of_date"));
  } else if (progress.newest_day.has_value()) {
    day = std::min(*progress.newest_day, tenant_->business_date + 1);
  }
  if (progress.snapshot) {
    RELANCE_ASSIGN_OR_RETURN(
        const auto absent,
        syncs_->posting_->SettleAbsentItems(*tenant_, {kSourceRpc}, progress.seen,
                                            DayNumber(day.value_or(tenant_->business_date)), deadline));
    FillReport({}, absent, &progress.report);
  }
  RELANCE_ASSIGN_OR_RETURN(const auto rematched, syncs_->posting_->RematchUnidentified(*tenant_, deadline));
  FillReport({}, rematched, &progress.report);
  v1::ImportReport& report = progress.report;
  report.set_format(kFormat);
  report.set_file_name(sync_id_);
  report.set_content_sha256(documents::Sha256Hex(absl::StrCat("sync/", sync_id_)));
  if (day.has_value()) {
    *report.mutable_as_of_date() = rpc::DayToProto(*day);
    RELANCE_RETURN_IF_ERROR(
        syncs_->posting_->MoveFreshness(tenant_->config.id(), false, *day, {{kFormat, *day}}, "", deadline));
  }
  const int64_t nanos = absl::ToUnixNanos(syncs_->now_());
  report.mutable_end_time()->set_seconds(nanos / 1'000'000'000);
  report.mutable_end_time()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  RELANCE_RETURN_IF_ERROR(syncs_->log_->Store(tenant_->config.id(), progress.rejected, deadline, &report));
  CountImport(kFormat, "ok");
  progress.seen.clear();
  progress.rejected.clear();
  return absl::OkStatus();
}

}  // namespace relance::ledger
