#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/account/account_view.h"
#include "common/documents/document_store.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "common/worker/account_handler.h"
#include "services/scenario/clients.h"
#include "services/scenario/render/template_set.h"
#include "services/scenario/render_documents.h"
#include "services/scenario/scenario_directory.h"
#include "services/scenario/transport.h"

namespace relance::scenario {

// What the sender works with. All of it outlives the sender.
struct SenderWorld {
  store::Store* store = nullptr;
  ScenarioDirectory* scenarios = nullptr;
  const documents::DocumentStore* documents = nullptr;
  Transport* mail = nullptr;
  Transport* letters = nullptr;
  HandoffClient* handoff = nullptr;
  const render::TemplateSet* templates = nullptr;
  std::function<absl::Time()> now;
  absl::Duration call_timeout = absl::Seconds(10);
  int contacts_per_pass = 256;  // then the pass ends with kRetry, so that leases are renewed in time
};

// Takes reserved contacts out of the house, each of them once.
//
//   read the account again -> Decide (what is settled, disputed, promised, paused is withdrawn; amounts are
//   today's)
//   -> fresh data? a business day? else it waits -> write the documents, keep them by hash
//   -> commit `sending` at the versions that were read -> deliver -> commit `sent` with its evidence
//
// A contact found in `sending` was cut off here: the transport says whether it left. If it did, it becomes
// `sent`; if not, it goes the whole way again; if nobody knows, it becomes `ambiguous`. A handoff is asked
// for again with the same request_id. Accounts go in chunks, so that each commit is one pipeline. Not
// thread-safe, but for waiting().
class OutboxSender {
 public:
  explicit OutboxSender(SenderWorld world) : world_(std::move(world)) {}

  // One pass over the outbox of a partition. Errors: those of the store, LEASE_LOST among them.
  absl::StatusOr<worker::OutboxResult> Deliver(const store::Lease& lease,
                                               const std::vector<TenantPtr>& tenants);

  // Contacts that wait for fresh data or a business day, and all that lie in the outboxes, at the last pass.
  struct Counts {
    int64_t waiting = 0;
    int64_t outbox = 0;
  };
  Counts counts() const;

 private:
  // One account on its way through a chunk.
  struct Parcel {
    store::AccountKey key;
    std::vector<std::string> outbox_keys;
    TenantPtr tenant;
    ScenarioPtr scenario;
    AccountView view;                                               // as it is stored
    state::v1::Plan plan;                                           // as it will be
    std::map<std::string, std::vector<ContactDocument>> documents;  // to deliver, by contact key
    std::vector<std::string> delivered;                             // contact keys that left
    bool write = false;
  };
  struct Tally {
    int sent = 0;
    int waiting = 0;
    bool retry = false;
  };

  store::Deadline CallDeadline() const { return store::After(world_.call_timeout); }
  Transport* TransportOf(Channel channel) const {
    return channel == Channel::CHANNEL_LETTER ? world_.letters : world_.mail;
  }
  absl::Status Chunk(const store::Lease& lease, std::vector<Parcel> parcels, Tally* tally);
  // Reads the accounts; those that announce costs with their history. Drops what cannot be read.
  absl::Status ReadParcels(std::vector<Parcel>* parcels, Tally* tally);
  // What became of contacts that were cut off while sending.
  absl::Status Resume(Parcel* parcel);
  absl::Status ResumeContact(const Parcel& parcel, state::v1::Contact* contact,
                             std::vector<ContactDocument>* missing);
  // Decides anew and makes ready what may leave.
  absl::Status Prepare(Parcel* parcel, Tally* tally);
  absl::Status PrepareContact(Parcel* parcel, state::v1::Contact* contact);
  // Keeps the documents of all parcels by hash; a contact whose documents cannot be kept stays reserved.
  void KeepDocuments(std::vector<Parcel>* parcels, Tally* tally);
  // Delivers what `sending` was committed for; notes the outcomes in the plans.
  void DeliverAll(std::vector<Parcel>* parcels, Tally* tally);
  void DeliverHandoff(Parcel* parcel, state::v1::Contact* contact, Tally* tally);
  // Commits the plans of parcels that have `write` set, each at the versions it was read at; removes those
  // refused.
  absl::Status Commit(const store::Lease& lease, std::vector<Parcel>* parcels, std::vector<Parcel>* refused);
  // Commits outcomes; what is refused is read again and its outcome put on the newer plan.
  absl::Status CommitOutcomes(const store::Lease& lease, std::vector<Parcel> parcels, Tally* tally);

  const SenderWorld world_;
  mutable std::mutex mutex_;
  std::map<int, Counts> counts_;  // by partition
};

}  // namespace relance::scenario
