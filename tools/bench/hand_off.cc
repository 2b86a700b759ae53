#include "tools/bench/hand_off.h"

#include <filesystem>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/documents/document_store.h"
#include "common/status/status_macros.h"
#include "common/time/clock.h"
#include "common/worker/worker.h"
#include "services/handoff/agencies.h"
#include "services/handoff/handoff_handler.h"
#include "services/handoff/place_account.h"
#include "tools/bench/portfolio.h"
#include "tools/bench/process.h"
#include "tools/bench/step_worker.h"

namespace relance::bench {
namespace {

constexpr char kAgency[] = "agency-1";  // of the bench's tenant

// Nothing is reported by an agency here.
class NoLedger : public handoff::LedgerClient {
 public:
  absl::StatusOr<uint64_t> RecordPayment(const rpc::CallContext&, const handoff::LedgerPayment&) override {
    return absl::UnimplementedError("no agency reports in a benchmark");
  }
  absl::Status ReturnPayment(const rpc::CallContext&, const handoff::LedgerReturn&) override {
    return absl::UnimplementedError("no agency reports in a benchmark");
  }
};

}  // namespace

struct HandOff::Parts {
  explicit Parts(std::unique_ptr<store::Store> opened) : store(std::move(opened)) {}

  static absl::Time Now() { return absl::Now(); }

  const std::unique_ptr<store::Store> store;
  TenantDirectory tenants{store.get(), Now};
  TemporaryFolder folder;
  documents::DocumentStore documents = *documents::DocumentStore::Open(folder.path() + "/documents");
  NoLedger ledger;
  handoff::HandoffParts handoff{.store = store.get(),
                                .tenants = &tenants,
                                .documents = &documents,
                                .ledger = &ledger,
                                .rates = &claims::RateTables::BuiltIn(),
                                .now = Now};
  handoff::HandoffHandler handler{handoff, folder.path() + "/outbox"};
  worker::Worker worker{store.get(), &tenants, &handler, &RealClock::Get(), WorkerOptionsOf("bench-h")};
  int placed = 0;
};

HandOff::HandOff(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
HandOff::~HandOff() = default;

absl::StatusOr<std::unique_ptr<HandOff>> HandOff::Create(LedgerWorld& world) {
  RELANCE_ASSIGN_OR_RETURN(auto store, world.Open(store::Service::kHandoff));
  state::v1::Agency agency;
  agency.set_id(kAgency);
  agency.set_legal_name("Agence de la Mesure");
  agency.set_mandate_id("M-1");
  RELANCE_ASSIGN_OR_RETURN(agency, handoff::CheckAgency(agency));
  RELANCE_RETURN_IF_ERROR(handoff::PutAgency(*store, kTenant, agency, CallDeadline()));
  std::unique_ptr<HandOff> made(new HandOff(std::make_unique<Parts>(std::move(store))));
  // Leases and what there was before, before anything is timed.
  RELANCE_RETURN_IF_ERROR(RunUntilIdle(made->parts_->worker));
  return made;
}

absl::Status HandOff::Place(const std::vector<store::AccountKey>& accounts) {
  for (const store::AccountKey& key : accounts) {
    const std::string request = absl::StrFormat("20000000-0000-4000-8000-%012x", ++parts_->placed);
    RELANCE_RETURN_IF_ERROR(
        handoff::PlaceAccount(parts_->handoff, {request, key, {}, "service:scenario"}, CallDeadline())
            .status());
  }
  return RunUntilIdle(parts_->worker);
}

int64_t HandOff::files() const {
  int64_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(parts_->folder.path() + "/outbox")) {
    if (entry.is_regular_file() && entry.path().parent_path().filename() == "out") ++count;
  }
  return count;
}

}  // namespace relance::bench
