#include "services/scenario/outbox_sender.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/rpc/request_id.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/scenario/compose_message.h"
#include "services/scenario/decide_for_tenant.h"
#include "services/scenario/plan_changes.h"
#include "services/scenario/plan_metrics.h"
#include "services/scenario/plan_write.h"

namespace relance::scenario {
namespace {

using state::v1::Contact;
using worker::OutboxResult;

// Accounts that go through read, sending, deliver and sent together.
constexpr size_t kAccountsPerChunk = 64;
constexpr size_t kAccountsPerBatch = 16;
// A partition of the largest installation has about 16,000 accounts.
constexpr int kOutboxReadMax = 50'000;
// How often an outcome is put onto a plan that keeps changing; then the next pass finds it in `sending`.
constexpr int kOutcomeRounds = 8;
constexpr char kActor[] = "service:scenario";

std::string TransportKey(const store::AccountKey& key, const Contact& contact) {
  return absl::StrCat(key.ToString(), "/", contact.key());
}

bool MayBeTriedAgain(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
      return true;
    default:
      return false;
  }
}

void MarkFailed(const absl::Status& status, Contact* contact) {
  std::string reason = ReasonOf(status);
  if (reason.empty()) reason = absl::StatusCodeToString(status.code());
  contact->set_state(state::v1::CONTACT_STATE_FAILED);
  contact->set_outcome(absl::AsciiStrToLower(reason));
  contact->set_attempts(contact->attempts() + 1);
}

}  // namespace

OutboxSender::Counts OutboxSender::counts() const {
  std::lock_guard<std::mutex> lock(mutex_);
  Counts sum;
  for (const auto& [partition, counts] : counts_) {
    sum.waiting += counts.waiting;
    sum.outbox += counts.outbox;
  }
  return sum;
}

absl::StatusOr<OutboxResult> OutboxSender::Deliver(const store::Lease& lease,
                                                   const std::vector<TenantPtr>& tenants) {
  RELANCE_ASSIGN_OR_RETURN(const auto entries,
                           world_.store->ReadOutbox(lease.partition, kOutboxReadMax, CallDeadline()));
  std::map<std::string, TenantPtr> by_id;
  for (const TenantPtr& tenant : tenants) by_id[tenant->config.id()] = tenant;

  std::map<store::AccountKey, Parcel> accounts;
  Tally tally;
  for (const auto& [outbox_key, value] : entries) {
    state::v1::OutboxMessage message;
    if (!message.ParseFromString(value) || by_id.count(message.tenant()) == 0) {
      ++tally.waiting;
      continue;
    }
    const store::AccountKey key{message.tenant(), message.account()};
    Parcel& parcel = accounts[key];
    parcel.key = key;
    parcel.tenant = by_id[message.tenant()];
    parcel.outbox_keys.push_back(outbox_key);
  }
  std::vector<Parcel> chunk;
  for (auto& [key, parcel] : accounts) {
    if (tally.sent >= world_.contacts_per_pass) {
      tally.retry = true;
      break;
    }
    chunk.push_back(std::move(parcel));
    if (chunk.size() < kAccountsPerChunk) continue;
    RELANCE_RETURN_IF_ERROR(Chunk(lease, std::move(chunk), &tally));
    chunk.clear();
  }
  if (!chunk.empty()) RELANCE_RETURN_IF_ERROR(Chunk(lease, std::move(chunk), &tally));
  {
    std::lock_guard<std::mutex> lock(mutex_);
    counts_[lease.partition] = {tally.waiting, static_cast<int64_t>(entries.size()) - tally.sent};
  }
  if (tally.retry) return OutboxResult::kRetry;
  return tally.waiting > 0 ? OutboxResult::kWaiting : OutboxResult::kEmpty;
}

absl::Status OutboxSender::Chunk(const store::Lease& lease, std::vector<Parcel> parcels, Tally* tally) {
  RELANCE_RETURN_IF_ERROR(ReadParcels(&parcels, tally));
  for (Parcel& parcel : parcels) RELANCE_RETURN_IF_ERROR(Prepare(&parcel, tally));
  KeepDocuments(&parcels, tally);
  for (Parcel& parcel : parcels) {
    parcel.write = parcel.plan.SerializeAsString() != parcel.view.plan.SerializeAsString();
  }
  std::vector<Parcel> refused;
  RELANCE_RETURN_IF_ERROR(Commit(lease, &parcels, &refused));
  // Something changed between reading and committing: decided again in the next pass.
  if (!refused.empty()) tally->retry = true;
  DeliverAll(&parcels, tally);
  return CommitOutcomes(lease, std::move(parcels), tally);
}

absl::Status OutboxSender::ReadParcels(std::vector<Parcel>* parcels, Tally* tally) {
  std::vector<store::AccountKey> keys;
  for (const Parcel& parcel : *parcels) keys.push_back(parcel.key);
  RELANCE_ASSIGN_OR_RETURN(auto views, ReadAccounts(*world_.store, keys, {.items = true}, CallDeadline()));
  std::vector<Parcel> read;
  std::vector<store::AccountKey> with_history;
  for (size_t i = 0; i < parcels->size(); ++i) {
    Parcel& parcel = (*parcels)[i];
    if (!views[i].ok() || !views[i]->exists) {
      log::Error("an account with a contact to send cannot be read",
                 {{"reason", ReasonOf(views[i].status())}});
      ++tally->waiting;
      continue;
    }
    parcel.view = *std::move(views[i]);
    RELANCE_ASSIGN_OR_RETURN(
        parcel.scenario,
        world_.scenarios->Get(parcel.tenant->config, parcel.view.plan.scenario_version(), CallDeadline()));
    for (const Contact& contact : parcel.view.plan.contacts()) {
      if (!IsInOutbox(contact) || !AnnouncesCosts(contact, *parcel.scenario)) continue;
      with_history.push_back(parcel.key);
      break;
    }
    read.push_back(std::move(parcel));
  }
  *parcels = std::move(read);
  if (with_history.empty()) return absl::OkStatus();
  RELANCE_ASSIGN_OR_RETURN(
      auto full, ReadAccounts(*world_.store, with_history, {.items = true, .history = true}, CallDeadline()));
  size_t next = 0;
  for (Parcel& parcel : *parcels) {
    if (next == with_history.size() || parcel.key != with_history[next]) continue;
    if (full[next].ok() && full[next]->exists) parcel.view = *std::move(full[next]);
    ++next;
  }
  return absl::OkStatus();
}

absl::Status OutboxSender::ResumeContact(const Parcel& parcel, Contact* contact,
                                         std::vector<ContactDocument>* missing) {
  bool any_delivered = false, unknown = false;
  for (const std::string& id : contact->documents()) {
    RELANCE_ASSIGN_OR_RETURN(std::string bytes, world_.documents->Get(id));
    const Channel channel = ChannelOfDocument(bytes);
    RELANCE_ASSIGN_OR_RETURN(
        const Transport::Fate fate,
        TransportOf(channel)->Probe(TransportKey(parcel.key, *contact), ExtensionOf(channel)));
    if (fate == Transport::Fate::kNotDelivered) missing->push_back({channel, std::move(bytes)});
    any_delivered = any_delivered || fate == Transport::Fate::kDelivered;
    unknown = unknown || fate == Transport::Fate::kUnknown;
  }
  if (unknown) {
    contact->set_state(state::v1::CONTACT_STATE_AMBIGUOUS);
    contact->set_outcome("cut_off_while_sending");
    missing->clear();
  } else if (!any_delivered) {
    // Nothing has left: what was true then need not be true now.
    contact->set_state(state::v1::CONTACT_STATE_RESERVED);
    contact->clear_documents();
    contact->clear_deadline_day();
    missing->clear();
  }
  return absl::OkStatus();
}

absl::Status OutboxSender::Resume(Parcel* parcel) {
  for (Contact& contact : *parcel->plan.mutable_contacts()) {
    if (contact.state() != state::v1::CONTACT_STATE_SENDING || !IsWritten(contact.channel())) continue;
    std::vector<ContactDocument> missing;
    RELANCE_RETURN_IF_ERROR(ResumeContact(*parcel, &contact, &missing));
    if (contact.state() == state::v1::CONTACT_STATE_SENDING)
      parcel->documents[contact.key()] = std::move(missing);
  }
  return absl::OkStatus();
}

absl::Status OutboxSender::PrepareContact(Parcel* parcel, Contact* contact) {
  if (IsWritten(contact->channel())) {
    RELANCE_ASSIGN_OR_RETURN(auto documents,
                             RenderDocuments(parcel->view, *contact, *parcel->scenario, *parcel->tenant,
                                             *world_.templates, world_.now()));
    contact->set_deadline_day(
        DeadlineDay(*contact, *parcel->scenario, DayNumber(parcel->tenant->business_date)));
    parcel->documents[contact->key()] = std::move(documents);
  }
  contact->set_state(state::v1::CONTACT_STATE_SENDING);
  contact->set_attempts(contact->attempts() + 1);
  return absl::OkStatus();
}

void OutboxSender::KeepDocuments(std::vector<Parcel>* parcels, Tally* tally) {
  std::vector<absl::string_view> bytes;
  const auto for_each_fresh = [&](auto visit) {
    for (Parcel& parcel : *parcels) {
      for (Contact& contact : *parcel.plan.mutable_contacts()) {
        const auto documents = parcel.documents.find(contact.key());
        // Documents of a contact that was cut off are kept already.
        if (documents == parcel.documents.end() || !contact.documents().empty()) continue;
        visit(parcel, contact, documents->second);
      }
    }
  };
  for_each_fresh([&](Parcel&, Contact&, const std::vector<ContactDocument>& documents) {
    for (const ContactDocument& document : documents) bytes.push_back(document.bytes);
  });
  if (bytes.empty()) return;
  const auto ids = world_.documents->PutAll(bytes);
  size_t next = 0;
  for_each_fresh([&](Parcel& parcel, Contact& contact, const std::vector<ContactDocument>& documents) {
    std::vector<std::string> kept;
    for (size_t i = 0; i < documents.size(); ++i, ++next) {
      if (ids[next].ok()) kept.push_back(*ids[next]);
    }
    if (kept.size() == documents.size()) {
      for (std::string& id : kept) contact.add_documents(std::move(id));
      return;
    }
    contact.set_state(state::v1::CONTACT_STATE_RESERVED);
    contact.set_attempts(contact.attempts() - 1);
    contact.clear_deadline_day();
    parcel.documents.erase(contact.key());
    tally->retry = true;
  });
}

absl::Status OutboxSender::Prepare(Parcel* parcel, Tally* tally) {
  const TenantContext& tenant = *parcel->tenant;
  parcel->plan = parcel->view.plan;
  const absl::Status resumed = Resume(parcel);
  if (!resumed.ok()) {
    log::Write(log::Severity::kWarning, "what became of a contact cannot be told yet", resumed);
    tally->retry = true;
    return absl::OkStatus();
  }
  AccountView view = parcel->view;
  view.plan = parcel->plan;
  const bool may_leave =
      StaleSource(tenant).empty() && CalendarFor(tenant.config).IsBusinessDay(tenant.business_date);
  parcel->plan =
      DecideForTenant(view, tenant, *parcel->scenario, may_leave ? Occasion::kSending : Occasion::kNews).plan;
  for (Contact& contact : *parcel->plan.mutable_contacts()) {
    if (contact.state() != state::v1::CONTACT_STATE_RESERVED) continue;
    if (!may_leave) {
      ++tally->waiting;
      continue;
    }
    const absl::Status prepared = PrepareContact(parcel, &contact);
    if (prepared.ok()) continue;
    if (MayBeTriedAgain(prepared)) {
      tally->retry = true;
    } else {
      MarkFailed(prepared, &contact);
    }
  }
  return absl::OkStatus();
}

absl::Status OutboxSender::Commit(const store::Lease& lease, std::vector<Parcel>* parcels,
                                  std::vector<Parcel>* refused) {
  std::vector<store::CommitBatch> batches;
  std::vector<size_t> written;
  for (size_t i = 0; i < parcels->size(); ++i) {
    Parcel& parcel = (*parcels)[i];
    std::set<std::string> wanted;
    for (const Contact& contact : parcel.plan.contacts()) {
      if (IsInOutbox(contact)) wanted.insert(OutboxKey(parcel.key, contact.key()));
    }
    std::vector<std::string> stray;
    for (const std::string& key : parcel.outbox_keys) {
      if (wanted.count(key) == 0) stray.push_back(key);
    }
    if (!parcel.write && stray.empty()) continue;
    store::AccountWrite write = MakePlanWrite(
        parcel.view, parcel.plan, {world_.now(), DayNumber(parcel.tenant->business_date), kActor, {}, true});
    for (std::string& key : stray) {
      if (std::count(write.outbox_erase.begin(), write.outbox_erase.end(), key) == 0) {
        write.outbox_erase.push_back(std::move(key));
      }
    }
    if (batches.empty() || batches.back().writes.size() >= kAccountsPerBatch) {
      batches.push_back({lease.partition, lease, {}, 0});
    }
    batches.back().writes.push_back(std::move(write));
    written.push_back(i);
  }
  if (batches.empty()) return absl::OkStatus();
  RELANCE_ASSIGN_OR_RETURN(auto results, world_.store->Commit(batches, CallDeadline()));
  std::set<size_t> stale;
  size_t next = 0;
  for (size_t b = 0; b < batches.size(); ++b) {
    if (!results[b].ok()) return results[b].status();
    for (size_t w = 0; w < batches[b].writes.size(); ++w, ++next) {
      Parcel& parcel = (*parcels)[written[next]];
      const store::WriteResult& result = (*results[b])[w];
      if (result.outcome == store::WriteOutcome::kStale) {
        stale.insert(written[next]);
        continue;
      }
      const store::AccountWrite& write = batches[b].writes[w];
      CountPlanChanges(parcel.view.plan, parcel.plan);
      parcel.view.plan = parcel.plan;
      parcel.view.versions[store::kPlanOwner] = result.version;
      parcel.view.evidence_count += write.evidence.size();
      if (!write.evidence.empty()) parcel.view.evidence_head = write.evidence_head_after;
      parcel.outbox_keys.clear();
      parcel.write = false;
    }
  }
  std::vector<Parcel> applied;
  for (size_t i = 0; i < parcels->size(); ++i) {
    (stale.count(i) ? *refused : applied).push_back(std::move((*parcels)[i]));
  }
  *parcels = std::move(applied);
  return absl::OkStatus();
}

void OutboxSender::DeliverHandoff(Parcel* parcel, Contact* contact, Tally* tally) {
  std::vector<uint64_t> items;
  for (const auto& item : contact->items()) items.push_back(item.item());
  const std::string request_id =
      rpc::DeriveRequestId({"scenario", "handoff", parcel->key.tenant, parcel->key.account, contact->key()});
  const auto placement =
      world_.handoff->PlaceAccount(rpc::BackgroundCall(world_.call_timeout), parcel->key, items, request_id);
  if (placement.ok()) {
    contact->set_placement_id(*placement);
    parcel->delivered.push_back(contact->key());
  } else if (MayBeTriedAgain(placement.status())) {
    tally->retry = true;
  } else {
    MarkFailed(placement.status(), contact);
    parcel->write = true;
  }
}

void OutboxSender::DeliverAll(std::vector<Parcel>* parcels, Tally* tally) {
  struct Outcome {
    Parcel* parcel;
    Contact* contact;
    bool any_taken = false;
    absl::Status error;
  };
  std::vector<Outcome> outcomes;
  std::map<Transport*, std::pair<std::vector<Transport::Parcel>, std::vector<size_t>>> loads;
  for (Parcel& parcel : *parcels) {
    for (Contact& contact : *parcel.plan.mutable_contacts()) {
      if (contact.state() != state::v1::CONTACT_STATE_SENDING) continue;
      if (contact.channel() == Channel::CHANNEL_HANDOFF) {
        DeliverHandoff(&parcel, &contact, tally);
        continue;
      }
      const auto documents = parcel.documents.find(contact.key());
      if (documents == parcel.documents.end()) continue;
      for (const ContactDocument& document : documents->second) {
        auto& [load, owners] = loads[TransportOf(document.channel)];
        load.push_back({TransportKey(parcel.key, contact), ExtensionOf(document.channel), document.bytes});
        owners.push_back(outcomes.size());
      }
      outcomes.push_back({&parcel, &contact, false, absl::OkStatus()});
    }
  }
  for (auto& [transport, load] : loads) {
    const std::vector<absl::Status> results = transport->DeliverAll(load.first);
    for (size_t i = 0; i < results.size(); ++i) {
      Outcome& outcome = outcomes[load.second[i]];
      // Told again with other bytes: it has left before.
      if (results[i].ok() || absl::IsAlreadyExists(results[i])) {
        outcome.any_taken = true;
      } else if (outcome.error.ok() || MayBeTriedAgain(results[i])) {
        outcome.error = results[i];
      }
    }
  }
  for (Outcome& outcome : outcomes) {
    if (outcome.error.ok()) {
      outcome.parcel->delivered.push_back(outcome.contact->key());
    } else if (outcome.any_taken || MayBeTriedAgain(outcome.error)) {
      tally->retry = true;  // it stays in `sending`, and the next pass asks what became of it
    } else {
      MarkFailed(outcome.error, outcome.contact);
      outcome.parcel->write = true;
    }
  }
}

absl::Status OutboxSender::CommitOutcomes(const store::Lease& lease, std::vector<Parcel> parcels,
                                          Tally* tally) {
  parcels.erase(
      std::remove_if(parcels.begin(), parcels.end(),
                     [](const Parcel& parcel) { return parcel.delivered.empty() && !parcel.write; }),
      parcels.end());
  for (int round = 0; round < kOutcomeRounds && !parcels.empty(); ++round) {
    for (Parcel& parcel : parcels) {
      const TenantContext& tenant = *parcel.tenant;
      // What was delivered or refused, onto the plan as it is stored now.
      AccountView view = parcel.view;
      for (const Contact& outcome : parcel.plan.contacts()) {
        Contact* contact = FindContact(&view.plan, outcome.key());
        if (contact == nullptr || contact->state() != state::v1::CONTACT_STATE_SENDING) continue;
        if (std::count(parcel.delivered.begin(), parcel.delivered.end(), outcome.key()) > 0) {
          contact->set_placement_id(outcome.placement_id());
          MarkMade(*parcel.scenario, DayNumber(tenant.business_date), true, contact, &view.plan);
        } else if (outcome.state() == state::v1::CONTACT_STATE_FAILED) {
          *contact = outcome;
        }
      }
      parcel.plan = DecideForTenant(view, tenant, *parcel.scenario).plan;
      parcel.write = true;
      if (round == 0) tally->sent += static_cast<int>(parcel.delivered.size());
    }
    std::vector<Parcel> refused;
    RELANCE_RETURN_IF_ERROR(Commit(lease, &parcels, &refused));
    parcels = std::move(refused);
    if (parcels.empty()) return absl::OkStatus();
    std::vector<store::AccountKey> keys;
    for (const Parcel& parcel : parcels) keys.push_back(parcel.key);
    RELANCE_ASSIGN_OR_RETURN(auto views, ReadAccounts(*world_.store, keys, {.items = true}, CallDeadline()));
    for (size_t i = 0; i < parcels.size(); ++i) {
      RELANCE_RETURN_IF_ERROR(views[i].status());
      parcels[i].view = *std::move(views[i]);
    }
  }
  if (!parcels.empty()) tally->retry = true;
  return absl::OkStatus();
}

}  // namespace relance::scenario
