#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/clock.h"
#include "services/ledger/import_log.h"
#include "services/ledger/importer.h"
#include "services/ledger/inbox/inbox_folder.h"
#include "services/ledger/inbox/inbox_report.h"
#include "services/ledger/repair_log.h"

namespace relance::ledger {

inline constexpr int kInboxTriesMax = 5;  // of a file whose import fails by a bug (INTERNAL and the like)
inline constexpr size_t kOwnMappingsMax = 100;

struct InboxOptions {
  std::string directory;                      // of the inboxes, one folder a tenant; empty: there is none
  absl::Duration period = absl::Seconds(10);  // between two looks, also where no event tells of a file
  absl::Duration quiet = absl::Seconds(5);    // a file that did not change for so long is complete
  absl::Duration lease = absl::Seconds(60);   // a replica that gave no sign for so long has lost its files
  std::string replica;                        // name of this replica, the same after a restart
  std::string spool_directory;
  int64_t bytes_max = kImportBytesMax;
  absl::Duration import_deadline = absl::Minutes(15);
};

// Takes in the files that are dropped into <directory>/<tenant>/, see docs/formats/inbox.md.
//
// A complete file is claimed by a rename into .working/, so that one replica has it; imported; and moved with
// its reports to done/ or rejected/. Whatever is interrupted lies in .working/ and is taken up again: by the
// same replica at its start, by another one when the owner's sign of life (.working/<owner>.alive) has not
// changed for the lease. An import is safe to repeat, so two replicas at one file come to the same as one.
class Inbox {
 public:
  // All outlive this.
  Inbox(InboxOptions options, Importer* importer, const RepairLog* repairs, const ImportLog* log,
        TenantDirectory* directory, Clock* clock);
  ~Inbox();  // Stop()
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // Looks at all inboxes from now on, on a thread of its own. Nothing when there is no directory.
  void Start();
  void Stop();

  // One look at all inboxes: what is complete is taken in. Not while it runs on its own thread.
  // Errors: those of the store when the tenants cannot be read; a file that fails never stops the others.
  absl::Status RunOnce();

  // Whether files are there that wait to be complete or to be tried again, after the newest look.
  bool is_waiting() const { return waiting_ > 0; }

 private:
  struct TenantState {
    CompletionWatch completion;
    struct Owner {
      absl::Time alive;  // of the sign of life
      absl::Time since;
    };
    std::map<std::string, Owner> owners;
    std::map<std::string, int> tries;  // by claimed name
    int watch = -1;                    // inotify
  };

  void RunTenant(const TenantPtr& tenant);
  void TakeUp(const TenantPtr& tenant, TenantState* state);
  void Claim(const TenantPtr& tenant, const std::string& name, TenantState* state);
  void Process(const TenantPtr& tenant, const std::string& claimed, TenantState* state);
  // Imports a claimed file. An error that is not in the outcome: try again later.
  absl::StatusOr<InboxOutcome> TakeIn(const TenantPtr& tenant, const std::string& path,
                                      const std::string& name);
  absl::StatusOr<v1::ImportReport> Import(const TenantPtr& tenant, const SpoolFile& file,
                                          InboxOutcome* outcome);
  // Moves a file with its reports to where it belongs.
  absl::Status Finish(const TenantPtr& tenant, const std::string& path, InboxOutcome outcome);
  std::vector<Mapping> OwnMappings(const std::string& folder, std::vector<std::string>* notes) const;
  std::string FolderOf(const TenantPtr& tenant) const;
  void SignLife(const std::string& working);
  void Watch(const std::string& folder, TenantState* state);
  void Loop();

  const InboxOptions options_;
  Importer* const importer_;
  const RepairLog* const repairs_;
  const ImportLog* const log_;
  TenantDirectory* const directory_;
  Clock* const clock_;
  const std::string owner_;  // of this process: the replica and its start

  std::map<std::string, TenantState> tenants_;
  int64_t claims_ = 0;
  int64_t waiting_ = 0;
  absl::Time oldest_;
  int inotify_ = -1;
  int wake_ = -1;  // eventfd
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::map<std::string, int> alive_;  // locked files that say that this process lives, by path; under mutex_
  std::thread heartbeat_;
};

}  // namespace relance::ledger
