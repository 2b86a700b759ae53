#include "services/ledger/import_books.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "common/status/status_macros.h"
#include "relance/state/v1/books.pb.h"
#include "services/ledger/gather_fec.h"
#include "services/ledger/partial_entries.h"
#include "services/ledger/reclaim_unidentified.h"

namespace relance::ledger {
namespace {

constexpr int kPutRetriesMax = 16;
constexpr int kOpeningsMax = 100;  // fiscal years of one company; more are typing errors in dates

// The opening days of the tenant, with `day` among them.
absl::StatusOr<std::vector<int32_t>> LearnOpening(store::Store& store, const std::string& tenant,
                                                  std::optional<int32_t> day, store::Deadline deadline,
                                                  bool* is_new) {
  const std::string name = kBooksDocument;
  for (int attempt = 0;; ++attempt) {
    RELANCE_ASSIGN_OR_RETURN(const auto documents, store.GetDocuments(tenant, {&name, 1}, deadline));
    state::v1::BooksYears years;
    if (!years.ParseFromString(documents[0].value)) years.Clear();
    std::vector<int32_t> days(years.opening_days().begin(), years.opening_days().end());
    *is_new = day.has_value() && std::find(days.begin(), days.end(), *day) == days.end() &&
              days.size() < kOpeningsMax;
    if (!*is_new) return days;
    days.insert(std::upper_bound(days.begin(), days.end(), *day), *day);
    years.mutable_opening_days()->Assign(days.begin(), days.end());
    const auto put =
        store.PutDocument(tenant, name, years.SerializeAsString(), documents[0].version, deadline);
    if (put.ok()) return days;
    if (!absl::IsAborted(put.status()) || attempt == kPutRetriesMax) return put.status();
  }
}

void AddOutcome(const PostingService::Outcome& more, PostingService::Outcome* outcome) {
  outcome->result.Add(more.result);
  outcome->accounts_changed += more.accounts_changed;
  outcome->unidentified += more.unidentified;
}

}  // namespace

absl::StatusOr<ImportedBooks> ImportBooks(store::Store& store, PostingService& posting,
                                          const TenantContext& tenant,
                                          absl::StatusOr<std::unique_ptr<Books>> read,
                                          store::Deadline deadline) {
  const std::string& tenant_id = tenant.config.id();
  RELANCE_RETURN_IF_ERROR(read.status());
  const std::unique_ptr<Books> books = *std::move(read);
  RELANCE_RETURN_IF_ERROR(CompletePartialEntries(store, tenant_id, deadline, books.get()));
  // Known before the lines are: whoever imports another year meanwhile looks at the document afterwards.
  bool is_new = false;
  RELANCE_ASSIGN_OR_RETURN(std::vector<int32_t> openings,
                           LearnOpening(store, tenant_id, books->complete_opening(), deadline, &is_new));
  RELANCE_ASSIGN_OR_RETURN(auto unidentified, UnidentifiedAmounts(store, tenant_id, deadline));
  books->WatchAmounts(std::move(unidentified));

  ImportedBooks imported;
  Gathered round;
  while (true) {
    RELANCE_ASSIGN_OR_RETURN(const bool more, books->Next(openings, &round.accounts));
    if (!more) break;
    for (const auto& [account, told] : round.accounts) imported.balances[account] += told.books_minor;
    RELANCE_ASSIGN_OR_RETURN(const auto outcome, posting.Post(tenant, &round, deadline));
    AddOutcome(outcome, &imported.outcome);
  }
  bool unused = false;
  RELANCE_ASSIGN_OR_RETURN(const std::vector<int32_t> openings_now,
                           LearnOpening(store, tenant_id, std::nullopt, deadline, &unused));
  if (is_new || openings_now != openings) {
    RELANCE_ASSIGN_OR_RETURN(const auto outcome, posting.ApplyOpenings(tenant, openings_now, deadline));
    AddOutcome(outcome, &imported.outcome);
  }
  const auto& watched = books->accounts_with_watched();
  RELANCE_ASSIGN_OR_RETURN(const int64_t reclaimed,
                           ReclaimUnidentified(store, tenant_id, {watched.begin(), watched.end()}, deadline));
  imported.outcome.result.confirmed += reclaimed;
  imported.has_opening = books->complete_opening().has_value();
  imported.gathered = std::move(books->gathered());
  return imported;
}

}  // namespace relance::ledger
