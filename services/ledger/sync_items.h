#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/ledger/v1/ledger_service.pb.h"
#include "services/ledger/gather_rows.h"
#include "services/ledger/import_log.h"
#include "services/ledger/posting_service.h"

namespace relance::ledger {

inline constexpr int kSyncBatchItemsMax = 5'000;
inline constexpr size_t kSyncsAtOnceMax = 64;  // in memory; the one that rested longest is forgotten
inline constexpr char kSyncDocumentPrefix[] = "sync/";

// Takes items from a program, batch by batch. How far a sync is lies in document "sync/<id>", written after
// the effect of each batch, so a batch may be stored twice but is never lost.
//
// A whole picture needs to know every row of it at the end: these lie in memory. When the process that held
// them is gone, the sync starts again from batch 1, which changes nothing that is there. Thread-safe; the
// batches of one sync come one by one.
class ItemSync {
 public:
  ItemSync(store::Store* store, TenantDirectory* directory, PostingService* posting, ImportLog* log,
           std::function<absl::Time()> now)
      : store_(store), directory_(directory), posting_(posting), log_(log), now_(std::move(now)) {}

  // Starts or goes on with a sync: the last batch that is stored.
  // Errors: INVALID_ARGUMENT / SYNC_ID_INVALID; NOT_FOUND / TENANT_NOT_FOUND; RESOURCE_EXHAUSTED / SYNC_BUSY
  // when another stream is at it.
  class Stream;
  absl::StatusOr<std::unique_ptr<Stream>> Open(const std::string& tenant, const std::string& sync_id,
                                               bool snapshot, store::Deadline deadline);

  // What is known of a sync in this process.
  struct Progress {
    std::mutex mutex;  // held by the stream that works on it
    int64_t batch = 0;
    bool snapshot = false;
    bool ended = false;
    RowIdentity identity;
    absl::flat_hash_map<std::string, absl::flat_hash_set<uint64_t>> seen;
    v1::ImportReport report;
    std::vector<v1::RejectedLine> rejected;
    int64_t rows = 0;
    std::optional<absl::CivilDay> newest_day;
    int64_t version = 0;  // of the document
    int64_t used = 0;     // order of use
  };

 private:
  friend class Stream;
  std::shared_ptr<Progress> ProgressOf(const std::string& key);

  store::Store* const store_;
  TenantDirectory* const directory_;
  PostingService* const posting_;
  ImportLog* const log_;
  const std::function<absl::Time()> now_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Progress>> syncs_;
  int64_t uses_ = 0;
};

// One stream's hold on a sync.
class ItemSync::Stream {
 public:
  int64_t acknowledged() const { return progress_->batch; }
  bool ended() const { return progress_->ended; }

  // Stores batches, in their order, all in one; adds an answer for each that is stored to `responses`. A
  // batch that was stored before is acknowledged again. What comes before a batch that is refused is stored;
  // nothing is when the store fails, and the batches may be sent again. Errors: INVALID_ARGUMENT /
  // BATCH_OUT_OF_ORDER, SYNC_BATCH_TOO_LARGE; FAILED_PRECONDITION / SYNC_ENDED.
  absl::Status Store(const std::vector<v1::SyncItemsRequest>& requests, store::Deadline deadline,
                     std::vector<v1::SyncItemsResponse>* responses);

 private:
  friend class ItemSync;
  Stream(ItemSync* syncs, TenantPtr tenant, std::string sync_id, std::shared_ptr<Progress> progress)
      : syncs_(syncs),
        tenant_(std::move(tenant)),
        sync_id_(std::move(sync_id)),
        progress_(std::move(progress)),
        lock_(progress_->mutex, std::try_to_lock) {}
  // Whether `request` may come when `batch` was the last before it, and may have been the end.
  absl::Status Check(const v1::SyncItemsRequest& request, int64_t batch, bool ended) const;
  // The effect of new batches: `requests` from `first` to before `end`.
  absl::Status StoreNew(const std::vector<v1::SyncItemsRequest>& requests, size_t first, size_t end,
                        store::Deadline deadline);
  // Writes the rows and, when they are the last, ends the sync.
  absl::Status Post(Gathered* gathered, const v1::SyncItemsRequest& last, store::Deadline deadline);
  absl::Status Finish(const v1::SyncItemsRequest& request, store::Deadline deadline);
  absl::Status SaveProgress(store::Deadline deadline);

  ItemSync* const syncs_;
  const TenantPtr tenant_;
  const std::string sync_id_;
  const std::shared_ptr<Progress> progress_;
  std::unique_lock<std::mutex> lock_;
};

}  // namespace relance::ledger
