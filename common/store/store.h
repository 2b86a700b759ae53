#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

// The state that the services share: accounts, feed, timers, cursors, leases, evidence, outbox,
// configuration. The only place that knows Redis. docs/architecture.md ("The account in Redis") gives the
// keys.
namespace relance::store {

// A moment on the steady clock by which a whole call must be over, however many commands it takes.
using Deadline = std::chrono::steady_clock::time_point;
Deadline After(absl::Duration span);

// Who opens the store. Each owns one version and its own fields of an account and writes no other; campaign
// owns none.
enum class Service { kLedger, kRisk, kScenario, kCampaign, kHandoff };
absl::string_view ServiceName(Service service);  // "ledger", "risk", "scenario", "campaign", "handoff"

// The services that own a part of the account, as an index into versions: v:ledger, v:risk, v:plan, v:case.
enum Owner : int { kLedgerOwner = 0, kRiskOwner = 1, kPlanOwner = 2, kCaseOwner = 3 };
inline constexpr int kOwnerCount = 4;

struct AccountKey {
  std::string tenant;   // 1 to 64 characters of [a-z0-9-]
  std::string account;  // 1 to 128 bytes, no control characters, as the books write it
  std::string ToString() const { return tenant + "/" + account; }
  friend bool operator==(const AccountKey& a, const AccountKey& b) = default;
  friend auto operator<=>(const AccountKey& a, const AccountKey& b) = default;
};

// What was read of one account, and the versions it was read at.
struct AccountRecord {
  AccountKey key;
  bool exists = false;                           // some service has written it
  int64_t versions[kOwnerCount] = {0, 0, 0, 0};  // 0: that owner never wrote
  std::map<std::string, std::string> fields;     // only those asked for that are there
  uint64_t evidence_count = 0;                   // records in the chain
  std::string evidence_head;                     // hash of the newest record; empty without one
};

// Which fields to read. Versions and the evidence head always come along.
struct AccountRead {
  AccountKey key;
  std::vector<std::string> fields;  // e.g. "sum", "plan", "items:3"
  bool all_fields = false;          // everything; `fields` is ignored
};

// One account's part of a commit: applied whole or not at all.
struct AccountWrite {
  AccountKey key;
  // The versions that the decision was read at. Every entry is checked; 0 means "never written".
  // The caller's own owner must be among them, but for a service that owns no field.
  std::vector<std::pair<Owner, int64_t>> read_versions;
  std::vector<std::pair<std::string, std::string>> set;  // fields of the caller's own
  std::vector<std::string> erase;                        // likewise
  // The own version grows by one when `set` or `erase` has something, and stays otherwise.
  // When the caller's service must look again: a business date as day number. kNoTimer leaves it, kClearTimer
  // removes it.
  static constexpr int32_t kNoTimer = INT32_MIN;
  static constexpr int32_t kClearTimer = INT32_MIN + 1;
  int32_t timer_day = kNoTimer;
  // Evidence to append: encoded records, chained by the caller onto the head that it read.
  std::vector<std::string> evidence;
  uint64_t evidence_count_read = 0;  // refused as stale when the chain has another length
  std::string evidence_head_after;
  // Outbox of the caller's service in this partition: messages to deliver, by key.
  std::vector<std::pair<std::string, std::string>> outbox_put;
  std::vector<std::string> outbox_erase;
  // The request that caused this, kept with its answer for `request_ttl`: a repeat is answered, not done
  // again.
  std::string request_id;  // empty: none
  std::string request_payload_hash;
  std::string request_response;
  absl::Duration request_ttl = absl::Hours(24 * 7);
  // False writes without a feed entry (nobody else needs to look). A write that leaves the version has none
  // anyway.
  bool announce = true;
};

// The right to work a partition. A holder whose token is not the newest is refused by commit.
struct Lease {
  int partition = 0;
  int64_t token = 0;
};

// Up to kBatchMax accounts of one partition in one round trip; about 16 is best.
struct CommitBatch {
  int partition = 0;
  std::optional<Lease> lease;  // workers; commands from people and programs carry none
  std::vector<AccountWrite> writes;
  // Moves the caller's cursor forward to this feed position, only if no write of the batch, nor of an earlier
  // batch of this partition in the same call, was refused (kStale, kReused) or failed. 0: stays. `writes` may
  // be empty.
  int64_t cursor_to = 0;
};
inline constexpr int kBatchMax = 64;

enum class WriteOutcome {
  kApplied,
  kStale,     // a version or the evidence chain moved on: read and decide again
  kReplayed,  // request_id was done before with the same payload: `response` holds its answer
  kReused,    // request_id was used with another payload
};
struct WriteResult {
  WriteOutcome outcome = WriteOutcome::kStale;
  int64_t version = 0;   // of the caller's own fields, after
  std::string response;  // kReplayed: what the request answered the first time
};

// One feed entry names the accounts of one batch that changed.
struct FeedEntry {
  int partition = 0;
  int64_t position = 0;                                  // dense: 1, 2, 3, ... within a partition
  std::string service;                                   // who wrote
  std::vector<std::pair<AccountKey, int64_t>> accounts;  // with the version that the writer's fields then had
};

struct FeedPosition {
  int partition = 0;
  int64_t after = 0;  // entries behind this one are wanted
};

struct FeedRead {
  int partition = 0;
  std::vector<FeedEntry> entries;
  // Entries behind `after` were trimmed, or the feed ends before `after` (Redis was restored from an older
  // state): the caller has to read the accounts anew, and go on from FeedEnds() as it was before that.
  bool gap = false;
};

struct DueTimer {
  AccountKey key;
  int32_t day = 0;
};

struct Document {  // a configuration document
  std::string value;
  int64_t version = 0;  // 0: not there
};

struct StoreOptions {
  // "unix:/path", "host:port", or several "host:port" separated by commas for a cluster. Cluster mode is
  // found out.
  std::string address;
  std::string password;     // empty: none
  bool tls = false;         // refused where the installed hiredis has none
  std::string tls_ca_file;  // PEM
  int partitions = 64;      // fixed at installation; checked against the stored number
  int connections = 8;      // per node
  absl::Duration connect_timeout = absl::Seconds(2);
  absl::Duration call_timeout = absl::Seconds(10);  // when a caller passes no earlier deadline
  int replicas_to_wait = 0;                         // WAIT n after a commit; 0: none
};

// Counts of what the store did, for metrics. All are totals since start.
struct StoreStats {
  int64_t commits = 0, accounts_applied = 0, accounts_stale = 0, batches_fenced = 0;
  // round_trips: pipelines on one connection. reconnects: connections that broke. redirects: MOVED and ASK.
  int64_t commands = 0, round_trips = 0, reconnects = 0, redirects = 0, bytes_written = 0;
};

// Thread-safe. Every call may fail with UNAVAILABLE / STORE_UNAVAILABLE (outcome of a write unknown: read
// again) or DEADLINE_EXCEEDED / STORE_DEADLINE; only what is special is said at each function.
class Store {
 public:
  // Connects, loads the function library on every primary, checks the number of partitions.
  // Errors: FAILED_PRECONDITION / PARTITIONS_DIFFER, TLS_UNSUPPORTED.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const StoreOptions& options, Service service);
  virtual ~Store() = default;

  virtual Service service() const = 0;
  virtual int partitions() const = 0;
  virtual int PartitionOf(
      const AccountKey& key) const = 0;  // stable for ever: FNV-1a of "<tenant>/<account>"
  virtual StoreStats stats() const = 0;
  virtual absl::Status Ping(Deadline deadline) = 0;

  // Reads many accounts in pipelines; the answer has the order of `reads`. Accounts that are not there have
  // exists = false.
  virtual absl::StatusOr<std::vector<AccountRecord>> Read(absl::Span<const AccountRead> reads,
                                                          Deadline deadline) = 0;
  // All accounts of a tenant in one partition, unordered.
  virtual absl::StatusOr<std::vector<AccountKey>> ListAccounts(absl::string_view tenant, int partition,
                                                               Deadline deadline) = 0;

  // Commits many batches in one pipeline; results[i][j] is for batches[i].writes[j]. Batches of one partition
  // are done in their order. A batch fails for itself, and the others still count:
  //   FAILED_PRECONDITION / LEASE_LOST: its lease is not the newest; nothing of it was written.
  //   UNAVAILABLE / STORE_UNAVAILABLE, DEADLINE_EXCEEDED / STORE_DEADLINE: outcome unknown. Read again, or
  //   repeat it: a repeat with the same request_id is answered, one without meets its own versions and is
  //   stale.
  // The call as a whole fails only with INVALID_ARGUMENT, before anything is sent: NOT_OWNER for a field that
  // is not the caller's, BATCH_TOO_LARGE, ACCOUNT_TWICE_IN_BATCH and the others in errors.h.
  using BatchResult = absl::StatusOr<std::vector<WriteResult>>;
  virtual absl::StatusOr<std::vector<BatchResult>> Commit(absl::Span<const CommitBatch> batches,
                                                          Deadline deadline) = 0;
  // What a request_id answered, if it is still kept: {payload hash, response}.
  virtual absl::StatusOr<std::optional<std::pair<std::string, std::string>>> FindRequest(
      const AccountKey& key, absl::string_view request_id, Deadline deadline) = 0;

  // Leases of the caller's service. Time is the server's own. Acquire and renew in one: a holder that still
  // holds keeps its token; a free or expired one is given out with the next token; nullopt when another holds
  // it.
  virtual absl::StatusOr<std::vector<std::optional<Lease>>> AcquireLeases(absl::Span<const int> partitions,
                                                                          absl::string_view holder,
                                                                          absl::Duration ttl,
                                                                          Deadline deadline) = 0;
  virtual absl::Status ReleaseLeases(absl::Span<const Lease> leases, absl::string_view holder,
                                     Deadline deadline) = 0;

  // Feed and cursors. ReadFeed does not wait. Cursors are those of the caller's service.
  virtual absl::StatusOr<std::vector<FeedRead>> ReadFeed(absl::Span<const FeedPosition> from,
                                                         int max_per_partition, Deadline deadline) = 0;
  virtual absl::StatusOr<std::vector<int64_t>> FeedEnds(absl::Span<const int> partitions,
                                                        Deadline deadline) = 0;
  virtual absl::StatusOr<std::vector<int64_t>> Cursors(absl::Span<const int> partitions, Service service,
                                                       Deadline deadline) = 0;
  // Drops entries that every service with a cursor has passed, beyond the newest `keep`. A service has a
  // cursor from its first commit with `cursor_to` on; who starts later finds a gap and reads the accounts.
  virtual absl::Status TrimFeed(absl::Span<const int> partitions, int keep, Deadline deadline) = 0;

  // Timers of the caller's service that are due on or before `day`, oldest first, at most `limit`.
  virtual absl::StatusOr<std::vector<DueTimer>> DueTimers(absl::string_view tenant, int partition,
                                                          int32_t day, int limit, Deadline deadline) = 0;
  // How far `service` has worked this tenant's timers in each partition: a day number, INT32_MIN when never.
  virtual absl::StatusOr<std::vector<int32_t>> WorkedTo(absl::string_view tenant, Service service,
                                                        Deadline deadline) = 0;
  // Errors: FAILED_PRECONDITION / LEASE_LOST.
  virtual absl::Status MarkWorkedTo(absl::string_view tenant, const Lease& lease, int32_t day,
                                    Deadline deadline) = 0;

  // Evidence of one account, oldest first, from record number `from` (0 is the first).
  virtual absl::StatusOr<std::vector<std::string>> ReadEvidence(const AccountKey& key, uint64_t from,
                                                                int limit, Deadline deadline) = 0;
  // Messages of the caller's outbox in one partition, by key.
  virtual absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ReadOutbox(int partition,
                                                                                      int limit,
                                                                                      Deadline deadline) = 0;

  // Configuration documents of a tenant ("" is the installation), e.g. "tenant", "clock",
  // "scenario/fr-b2b/3".
  virtual absl::StatusOr<std::vector<Document>> GetDocuments(absl::string_view tenant,
                                                             absl::Span<const std::string> names,
                                                             Deadline deadline) = 0;
  // Writes when the stored version is `version_read` (0: must not be there); returns the new version.
  // Errors: ABORTED / DOCUMENT_CHANGED.
  virtual absl::StatusOr<int64_t> PutDocument(absl::string_view tenant, absl::string_view name,
                                              absl::string_view value, int64_t version_read,
                                              Deadline deadline) = 0;
  // Names that start with `prefix`, in order.
  virtual absl::StatusOr<std::vector<std::string>> ListDocuments(absl::string_view tenant,
                                                                 absl::string_view prefix,
                                                                 Deadline deadline) = 0;
  // Tenants that have a document.
  virtual absl::StatusOr<std::vector<std::string>> ListTenants(Deadline deadline) = 0;
};

}  // namespace relance::store
