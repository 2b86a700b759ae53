#include "services/ledger/account_editor.h"

#include <algorithm>
#include <future>
#include <map>
#include <memory>
#include <utility>

#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/ledger/errors.h"
#include "services/ledger/ledger_metrics.h"

namespace relance::ledger {
namespace {

// One account on its way through a round.
struct Work {
  AccountEdit* edit = nullptr;
  store::AccountRecord record;
  std::unique_ptr<LedgerAccount> account;
  bool again = false;  // changed while it was read
};

// Reads the fields that `wanted` names until no account wants more.
absl::Status ReadMore(store::Store& store, std::vector<Work>& work, store::Deadline deadline,
                      const std::function<std::vector<std::string>(const Work&)>& wanted) {
  // Touched chunks, then everything, is what an edit may ask for; more rounds would be a bug.
  constexpr int kReadsMax = 8;
  for (int i = 0; i < kReadsMax; ++i) {
    std::vector<store::AccountRead> reads;
    std::vector<Work*> readers;
    for (Work& w : work) {
      if (w.again) continue;
      std::vector<std::string> fields = wanted(w);
      if (fields.empty()) continue;
      reads.push_back({w.edit->key, std::move(fields), false});
      readers.push_back(&w);
    }
    if (reads.empty()) return absl::OkStatus();
    RELANCE_ASSIGN_OR_RETURN(const auto records, store.Read(reads, deadline));
    for (size_t k = 0; k < records.size(); ++k) {
      const absl::Status added = readers[k]->account->AddFields(records[k]);
      if (absl::IsAborted(added)) {
        readers[k]->again = true;
      } else if (!added.ok()) {
        return added;
      }
    }
  }
  return absl::InternalError("an account wants more fields without end");
}

using Records = absl::StatusOr<std::vector<store::AccountRecord>>;

// What is read of every account before it is known.
Records ReadFirst(store::Store& store, const std::vector<AccountEdit*>& edits, store::Deadline deadline) {
  std::vector<store::AccountRead> reads;
  reads.reserve(edits.size());
  for (const AccountEdit* edit : edits) {
    reads.push_back(
        {edit->key, edit->sum_first ? LedgerAccount::SumField() : LedgerAccount::FirstFields(), false});
  }
  return store.Read(reads, deadline);
}

absl::Status Load(store::Store& store, Records records, std::vector<Work>& work, store::Deadline deadline) {
  RELANCE_RETURN_IF_ERROR(records.status());
  for (size_t i = 0; i < work.size(); ++i) {
    work[i].record = std::move((*records)[i]);
    RELANCE_ASSIGN_OR_RETURN(LedgerAccount account, LedgerAccount::Load(work[i].record));
    work[i].account = std::make_unique<LedgerAccount>(std::move(account));
  }
  return ReadMore(store, work, deadline, [](const Work& w) {
    return w.edit->needs == nullptr ? std::vector<std::string>() : w.edit->needs(*w.account);
  });
}

// Accounts that are edited and on their way into the store.
struct Flight {
  std::vector<Work> work;
  std::vector<store::CommitBatch> batches;
  std::vector<std::vector<size_t>> members;  // places in `work`, by batch
  std::vector<AccountEdit*> again;           // changed while they were read
};

// Edits up to kAccountsPerPipeline accounts of which `records` were read.
absl::StatusOr<Flight> Prepare(store::Store& store, const std::vector<AccountEdit*>& edits, Records records,
                               store::Deadline deadline) {
  Flight flight;
  std::vector<Work>& work = flight.work;
  work.resize(edits.size());
  for (size_t i = 0; i < edits.size(); ++i) work[i].edit = edits[i];
  RELANCE_RETURN_IF_ERROR(Load(store, std::move(records), work, deadline));

  std::vector<store::AccountWrite> writes(work.size());
  for (size_t i = 0; i < work.size(); ++i) {
    if (!work[i].again) {
      RELANCE_RETURN_IF_ERROR(work[i].edit->edit(work[i].record, work[i].account.get(), &writes[i]));
    }
  }
  RELANCE_RETURN_IF_ERROR(
      ReadMore(store, work, deadline, [](const Work& w) { return w.account->MissingFields(); }));

  std::map<int, std::vector<size_t>> by_partition;
  for (size_t i = 0; i < work.size(); ++i) {
    if (work[i].again) {
      flight.again.push_back(work[i].edit);
      continue;
    }
    work[i].account->Finish(&writes[i]);
    if (writes[i].set.empty() && writes[i].erase.empty() && writes[i].evidence.empty() &&
        writes[i].request_id.empty()) {
      if (work[i].edit->done) work[i].edit->done(*work[i].account, {}, false);
      continue;
    }
    by_partition[store.PartitionOf(work[i].edit->key)].push_back(i);
  }
  for (const auto& [partition, indices] : by_partition) {
    for (size_t from = 0; from < indices.size(); from += kAccountsPerBatch) {
      store::CommitBatch& batch = flight.batches.emplace_back();
      batch.partition = partition;
      std::vector<size_t>& member = flight.members.emplace_back();
      for (size_t k = from; k < std::min(indices.size(), from + kAccountsPerBatch); ++k) {
        batch.writes.push_back(std::move(writes[indices[k]]));
        member.push_back(indices[k]);
      }
    }
  }
  return flight;
}

using CommitResult = absl::StatusOr<std::vector<store::Store::BatchResult>>;

// Tells what became of a flight; returns the accounts that must go round again.
absl::StatusOr<std::vector<AccountEdit*>> Land(Flight flight, const CommitResult& results) {
  RELANCE_RETURN_IF_ERROR(results.status());
  std::vector<AccountEdit*> again = std::move(flight.again);
  int64_t unchanged = static_cast<int64_t>(flight.work.size() - again.size());
  int64_t written = 0;
  for (size_t b = 0; b < results->size(); ++b) {
    const store::Store::BatchResult& batch = (*results)[b];
    if (!batch.ok()) return batch.status();
    unchanged -= static_cast<int64_t>(flight.members[b].size());
    for (size_t k = 0; k < flight.members[b].size(); ++k) {
      Work& w = flight.work[flight.members[b][k]];
      const store::WriteResult& result = (*batch)[k];
      if (result.outcome == store::WriteOutcome::kStale) {
        again.push_back(w.edit);
        continue;
      }
      ++written;
      if (w.edit->done) w.edit->done(*w.account, result, true);
    }
  }
  CountAccounts(written, unchanged, static_cast<int64_t>(again.size()));
  return again;
}

CommitResult Commit(store::Store& store, const Flight& flight, store::Deadline deadline) {
  if (flight.batches.empty()) return std::vector<store::Store::BatchResult>();
  return store.Commit(flight.batches, deadline);
}

// Goes round until every account is stored.
absl::Status Repeat(store::Store& store, std::vector<AccountEdit*> todo, store::Deadline deadline) {
  for (int round = 0; !todo.empty(); ++round) {
    if (round == kEditRoundsMax) {
      return DomainError(absl::StatusCode::kAborted, kAccountContended, "an account keeps changing",
                         {{"tenant", todo[0]->key.tenant}, {"account", todo[0]->key.account}});
    }
    RELANCE_ASSIGN_OR_RETURN(Flight flight, Prepare(store, todo, ReadFirst(store, todo, deadline), deadline));
    const CommitResult results = Commit(store, flight, deadline);
    RELANCE_ASSIGN_OR_RETURN(todo, Land(std::move(flight), results));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status EditAccounts(store::Store& store, absl::Span<AccountEdit> edits, store::Deadline deadline) {
  std::vector<std::vector<AccountEdit*>> pipelines;
  for (size_t i = 0; i < edits.size(); ++i) {
    if (i % kAccountsPerPipeline == 0) pipelines.emplace_back();
    pipelines.back().push_back(&edits[i]);
  }
  if (pipelines.size() == 1) return Repeat(store, std::move(pipelines[0]), deadline);

  // The flight that is being committed, by a thread of its own; a future's destructor waits for it.
  Flight ahead;
  std::future<CommitResult> commit;
  const auto land = [&]() -> absl::Status {
    if (!commit.valid()) return absl::OkStatus();
    const CommitResult results = commit.get();
    RELANCE_ASSIGN_OR_RETURN(std::vector<AccountEdit*> again, Land(std::move(ahead), results));
    return Repeat(store, std::move(again), deadline);
  };
  Records records = pipelines.empty() ? Records() : ReadFirst(store, pipelines[0], deadline);
  for (size_t i = 0; i < pipelines.size(); ++i) {
    std::future<Records> reading;
    if (i + 1 < pipelines.size()) {
      reading = std::async(std::launch::async, [&store, &next = pipelines[i + 1], deadline] {
        return ReadFirst(store, next, deadline);
      });
    }
    absl::StatusOr<Flight> next = Prepare(store, pipelines[i], std::move(records), deadline);
    // What is on its way is waited for and told even when the next cannot be made.
    RELANCE_RETURN_IF_ERROR(land());
    RELANCE_RETURN_IF_ERROR(next.status());
    ahead = *std::move(next);
    commit =
        std::async(std::launch::async, [&store, &ahead, deadline] { return Commit(store, ahead, deadline); });
    if (reading.valid()) records = reading.get();
  }
  return land();
}

}  // namespace relance::ledger
