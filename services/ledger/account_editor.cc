#include "services/ledger/account_editor.h"

#include <algorithm>
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

absl::Status Load(store::Store& store, std::vector<Work>& work, store::Deadline deadline) {
  std::vector<store::AccountRead> reads;
  for (const Work& w : work) reads.push_back({w.edit->key, LedgerAccount::FirstFields(), false});
  RELANCE_ASSIGN_OR_RETURN(auto records, store.Read(reads, deadline));
  for (size_t i = 0; i < work.size(); ++i) {
    work[i].record = std::move(records[i]);
    RELANCE_ASSIGN_OR_RETURN(LedgerAccount account, LedgerAccount::Load(work[i].record));
    work[i].account = std::make_unique<LedgerAccount>(std::move(account));
  }
  return ReadMore(store, work, deadline, [](const Work& w) {
    return w.edit->needs == nullptr ? std::vector<std::string>() : w.edit->needs(*w.account);
  });
}

// One read, edit, commit of up to kAccountsPerPipeline accounts; returns those that must go round again.
absl::StatusOr<std::vector<AccountEdit*>> Round(store::Store& store, const std::vector<AccountEdit*>& edits,
                                                store::Deadline deadline) {
  std::vector<Work> work(edits.size());
  for (size_t i = 0; i < edits.size(); ++i) work[i].edit = edits[i];
  RELANCE_RETURN_IF_ERROR(Load(store, work, deadline));

  std::vector<store::AccountWrite> writes(work.size());
  for (size_t i = 0; i < work.size(); ++i) {
    if (!work[i].again) {
      RELANCE_RETURN_IF_ERROR(work[i].edit->edit(work[i].record, work[i].account.get(), &writes[i]));
    }
  }
  RELANCE_RETURN_IF_ERROR(
      ReadMore(store, work, deadline, [](const Work& w) { return w.account->MissingFields(); }));

  std::vector<AccountEdit*> again;
  std::map<int, std::vector<size_t>> by_partition;
  for (size_t i = 0; i < work.size(); ++i) {
    if (work[i].again) {
      again.push_back(work[i].edit);
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

  std::vector<store::CommitBatch> batches;
  std::vector<std::vector<size_t>> members;
  for (const auto& [partition, indices] : by_partition) {
    for (size_t from = 0; from < indices.size(); from += kAccountsPerBatch) {
      store::CommitBatch& batch = batches.emplace_back();
      batch.partition = partition;
      std::vector<size_t>& member = members.emplace_back();
      for (size_t k = from; k < std::min(indices.size(), from + kAccountsPerBatch); ++k) {
        batch.writes.push_back(std::move(writes[indices[k]]));
        member.push_back(indices[k]);
      }
    }
  }
  int64_t written = 0;
  int64_t unchanged = static_cast<int64_t>(work.size() - again.size());
  for (const auto& member : members) unchanged -= static_cast<int64_t>(member.size());
  if (batches.empty()) {
    CountAccounts(0, unchanged, static_cast<int64_t>(again.size()));
    return again;
  }
  RELANCE_ASSIGN_OR_RETURN(const auto results, store.Commit(batches, deadline));
  for (size_t b = 0; b < results.size(); ++b) {
    if (!results[b].ok()) return results[b].status();
    for (size_t k = 0; k < members[b].size(); ++k) {
      Work& w = work[members[b][k]];
      const store::WriteResult& result = (*results[b])[k];
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

}  // namespace

absl::Status EditAccounts(store::Store& store, absl::Span<AccountEdit> edits, store::Deadline deadline) {
  for (size_t from = 0; from < edits.size(); from += kAccountsPerPipeline) {
    std::vector<AccountEdit*> todo;
    for (size_t i = from; i < std::min(edits.size(), from + kAccountsPerPipeline); ++i)
      todo.push_back(&edits[i]);
    for (int round = 0; !todo.empty(); ++round) {
      if (round == kEditRoundsMax) {
        return DomainError(absl::StatusCode::kAborted, kAccountContended, "an account keeps changing",
                           {{"tenant", todo[0]->key.tenant}, {"account", todo[0]->key.account}});
      }
      RELANCE_ASSIGN_OR_RETURN(todo, Round(store, todo, deadline));
    }
  }
  return absl::OkStatus();
}

}  // namespace relance::ledger
