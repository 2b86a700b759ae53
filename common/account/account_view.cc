#include "common/account/account_view.h"

#include <algorithm>
#include <climits>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance {
namespace {

// Chunks asked for before `sum` is known: nearly every account has no more.
constexpr int kGuessedChunks = 2;
// How often an account that keeps changing under the reader is read again.
constexpr int kRereadsMax = 8;

absl::Status Corrupt(const store::AccountKey& key, absl::string_view field) {
  return DomainError(absl::StatusCode::kInternal, "ACCOUNT_CORRUPT",
                     absl::StrCat("field ", field, " does not parse"),
                     {{"tenant", key.tenant}, {"account", key.account}, {"field", std::string(field)}});
}

template <typename Message>
absl::Status Parse(const store::AccountRecord& record, absl::string_view field, Message* out) {
  const auto it = record.fields.find(std::string(field));
  if (it == record.fields.end()) return absl::OkStatus();
  if (!out->ParseFromString(it->second)) return Corrupt(record.key, field);
  return absl::OkStatus();
}

absl::Status ParseChunks(const store::AccountRecord& record, std::string (*name)(int), int count,
                         std::vector<state::v1::Item>* out) {
  for (int k = 0; k < count; ++k) {
    state::v1::ItemChunk chunk;
    RELANCE_RETURN_IF_ERROR(Parse(record, name(k), &chunk));
    for (auto& item : *chunk.mutable_items()) out->push_back(std::move(item));
  }
  return absl::OkStatus();
}

auto DueOrder(const state::v1::Item& item) {
  return std::make_tuple(item.has_due_day() ? item.due_day() : INT_MAX, item.id());
}
auto SettledOrder(const state::v1::Item& item) { return std::make_tuple(item.settled_day(), item.id()); }

std::vector<std::string> FieldsFor(const ViewSpec& spec, int open_chunks, int history_chunks) {
  std::vector<std::string> fields = {kSumField, kRiskField, kPlanField, kCaseField};
  for (int k = 0; spec.items && k < open_chunks; ++k) fields.push_back(ItemsField(k));
  for (int k = 0; spec.history && k < history_chunks; ++k) fields.push_back(HistoryField(k));
  return fields;
}

bool Lacks(const ViewSpec& spec, const AccountView& view, int open_asked, int history_asked) {
  return (spec.items && view.sum.open_chunks() > open_asked) ||
         (spec.history && view.sum.history_chunks() > history_asked);
}

}  // namespace

std::string ItemsField(int chunk) { return absl::StrCat("items:", chunk); }
std::string HistoryField(int chunk) { return absl::StrCat("history:", chunk); }

std::vector<std::pair<store::Owner, int64_t>> AccountView::AllVersions() const {
  std::vector<std::pair<store::Owner, int64_t>> all;
  for (int owner = 0; owner < store::kOwnerCount; ++owner) {
    all.emplace_back(static_cast<store::Owner>(owner), versions[owner]);
  }
  return all;
}

absl::StatusOr<AccountView> DecodeAccount(const store::AccountRecord& record) {
  AccountView view;
  view.key = record.key;
  view.exists = record.exists;
  std::copy(std::begin(record.versions), std::end(record.versions), std::begin(view.versions));
  view.evidence_count = record.evidence_count;
  view.evidence_head = record.evidence_head;
  RELANCE_RETURN_IF_ERROR(Parse(record, kSumField, &view.sum));
  RELANCE_RETURN_IF_ERROR(Parse(record, kRiskField, &view.risk));
  RELANCE_RETURN_IF_ERROR(Parse(record, kPlanField, &view.plan));
  RELANCE_RETURN_IF_ERROR(Parse(record, kCaseField, &view.placements));
  RELANCE_RETURN_IF_ERROR(ParseChunks(record, ItemsField, view.sum.open_chunks(), &view.items));
  RELANCE_RETURN_IF_ERROR(ParseChunks(record, HistoryField, view.sum.history_chunks(), &view.history));
  std::sort(view.items.begin(), view.items.end(),
            [](const auto& a, const auto& b) { return DueOrder(a) < DueOrder(b); });
  std::sort(view.history.begin(), view.history.end(),
            [](const auto& a, const auto& b) { return SettledOrder(a) < SettledOrder(b); });
  return view;
}

absl::StatusOr<std::vector<absl::StatusOr<AccountView>>> ReadAccounts(
    store::Store& store, absl::Span<const store::AccountKey> keys, const ViewSpec& spec,
    store::Deadline deadline) {
  std::vector<absl::StatusOr<AccountView>> views;
  views.reserve(keys.size());
  std::vector<store::AccountRead> reads;
  reads.reserve(keys.size());
  const std::vector<std::string> guess = FieldsFor(spec, kGuessedChunks, kGuessedChunks);
  for (const store::AccountKey& key : keys) reads.push_back({key, guess, false});
  RELANCE_ASSIGN_OR_RETURN(std::vector<store::AccountRecord> records, store.Read(reads, deadline));

  std::vector<size_t> incomplete;
  for (size_t i = 0; i < records.size(); ++i) {
    views.push_back(DecodeAccount(records[i]));
    if (views[i].ok() && Lacks(spec, *views[i], kGuessedChunks, kGuessedChunks)) incomplete.push_back(i);
  }
  // All fields at once: one reply is of one moment, whatever the writers do meanwhile.
  for (int round = 0; !incomplete.empty(); ++round) {
    if (round == kRereadsMax) return absl::AbortedError("accounts keep changing while they are read");
    reads.clear();
    for (size_t i : incomplete) {
      reads.push_back(
          {keys[i], FieldsFor(spec, views[i]->sum.open_chunks(), views[i]->sum.history_chunks()), false});
    }
    RELANCE_ASSIGN_OR_RETURN(records, store.Read(reads, deadline));
    std::vector<size_t> again;
    for (size_t n = 0; n < incomplete.size(); ++n) {
      const size_t i = incomplete[n];
      const int open_asked = views[i]->sum.open_chunks();
      const int history_asked = views[i]->sum.history_chunks();
      views[i] = DecodeAccount(records[n]);
      if (views[i].ok() && Lacks(spec, *views[i], open_asked, history_asked)) again.push_back(i);
    }
    incomplete = std::move(again);
  }
  return views;
}

absl::StatusOr<AccountView> ReadAccount(store::Store& store, const store::AccountKey& key,
                                        const ViewSpec& spec, store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(auto views, ReadAccounts(store, {&key, 1}, spec, deadline));
  if (!views[0].ok()) return views[0].status();
  if (!views[0]->exists) {
    return DomainError(absl::StatusCode::kNotFound, "ACCOUNT_NOT_FOUND", "no such account",
                       {{"tenant", key.tenant}, {"account", key.account}});
  }
  return *std::move(views[0]);
}

}  // namespace relance
