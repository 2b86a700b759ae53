#include "services/ledger/advance_clock.h"

#include <algorithm>
#include <climits>
#include <numeric>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "relance/state/v1/tenant.pb.h"
#include "services/ledger/errors.h"

namespace relance::ledger {
namespace {

constexpr absl::Duration kPollMin = absl::Milliseconds(1);
constexpr absl::Duration kPollMax = absl::Milliseconds(50);
// Left of a deadline to say who lags before the call is cut off.
constexpr std::chrono::milliseconds kDeadlineMargin(200);
constexpr int kFeedEntriesPerRead = 1000;

std::vector<int> AllPartitions(const store::Store& store) {
  std::vector<int> partitions(store.partitions());
  std::iota(partitions.begin(), partitions.end(), 0);
  return partitions;
}

}  // namespace

absl::StatusOr<Standing> StandingOf(store::Store& store, const std::string& tenant, store::Service service,
                                    store::Deadline deadline) {
  const std::vector<int> partitions = AllPartitions(store);
  Standing standing;
  standing.service = service;
  RELANCE_ASSIGN_OR_RETURN(const auto worked, store.WorkedTo(tenant, service, deadline));
  const int32_t least = *std::min_element(worked.begin(), worked.end());
  if (least != INT32_MIN) standing.worked_to = DayFromNumber(least);
  // Cursors first: what is written in between makes the lag larger, never smaller.
  RELANCE_ASSIGN_OR_RETURN(const auto cursors, store.Cursors(partitions, service, deadline));
  RELANCE_ASSIGN_OR_RETURN(const auto ends, store.FeedEnds(partitions, deadline));
  for (size_t p = 0; p < ends.size(); ++p) standing.feed_lag += std::max<int64_t>(ends[p] - cursors[p], 0);
  return standing;
}

absl::Status ClockAdvancer::SetClock(const std::string& tenant, absl::CivilDay day,
                                     store::Deadline deadline) {
  const std::string name = kClockDocument;
  RELANCE_ASSIGN_OR_RETURN(const auto documents, store_->GetDocuments(tenant, {&name, 1}, deadline));
  state::v1::TenantClock clock;
  if (documents[0].version != 0 && !clock.ParseFromString(documents[0].value)) {
    return absl::InternalError("the clock document does not parse");
  }
  // Another call has moved it as far meanwhile.
  if (clock.test_day() >= DayNumber(day)) return absl::OkStatus();
  clock.set_test_day(DayNumber(day));
  const auto put =
      store_->PutDocument(tenant, name, clock.SerializeAsString(), documents[0].version, deadline);
  if (!put.ok() && absl::IsAborted(put.status())) return SetClock(tenant, day, deadline);
  return put.status();
}

absl::StatusOr<std::optional<store::Service>> ClockAdvancer::Laggard(const std::string& tenant,
                                                                     absl::CivilDay day,
                                                                     store::Deadline deadline) {
  const std::vector<int> partitions = AllPartitions(*store_);
  RELANCE_ASSIGN_OR_RETURN(const auto ends_before, store_->FeedEnds(partitions, deadline));
  for (const store::Service service : services_) {
    RELANCE_ASSIGN_OR_RETURN(const Standing standing, StandingOf(*store_, tenant, service, deadline));
    if (standing.feed_lag > 0 || !standing.worked_to.has_value() || *standing.worked_to < day) return service;
  }
  // A service may have written after another one was looked at: only a feed at rest ends the day.
  RELANCE_ASSIGN_OR_RETURN(const auto ends_after, store_->FeedEnds(partitions, deadline));
  if (ends_after != ends_before && !services_.empty()) return services_.back();
  return std::optional<store::Service>();
}

absl::Status ClockAdvancer::Await(const std::string& tenant, absl::CivilDay day, store::Deadline deadline,
                                  const std::function<bool()>& cancelled) {
  const store::Deadline give_up = deadline - kDeadlineMargin;
  absl::Duration pause = kPollMin;
  while (true) {
    RELANCE_ASSIGN_OR_RETURN(const auto laggard, Laggard(tenant, day, deadline));
    if (!laggard.has_value()) return absl::OkStatus();
    if (cancelled()) return absl::CancelledError("the caller has gone");
    if (std::chrono::steady_clock::now() >= give_up) {
      return DomainError(
          absl::StatusCode::kDeadlineExceeded, kServiceLags,
          absl::StrCat(store::ServiceName(*laggard), " has not worked the day yet; ask again"),
          {{"service", std::string(store::ServiceName(*laggard))}, {"date", FormatIsoDay(day)}});
    }
    clock_->Sleep(pause);
    pause = std::min(pause * 2, kPollMax);
  }
}

absl::StatusOr<int64_t> ClockAdvancer::AccountsWritten(const std::vector<int64_t>& from,
                                                       store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const auto ends, store_->FeedEnds(AllPartitions(*store_), deadline));
  std::vector<int64_t> position = from;
  std::set<std::string> written;
  while (true) {
    std::vector<store::FeedPosition> behind;
    for (size_t p = 0; p < ends.size(); ++p) {
      if (position[p] < ends[p]) behind.push_back({static_cast<int>(p), position[p]});
    }
    if (behind.empty()) return static_cast<int64_t>(written.size());
    RELANCE_ASSIGN_OR_RETURN(const auto reads, store_->ReadFeed(behind, kFeedEntriesPerRead, deadline));
    for (const store::FeedRead& read : reads) {
      // Trimmed entries are not counted: the figure is for people.
      if (read.entries.empty()) position[read.partition] = ends[read.partition];
      for (const store::FeedEntry& entry : read.entries) {
        position[read.partition] = std::max(position[read.partition], entry.position);
        for (const auto& [key, version] : entry.accounts) written.insert(key.ToString());
      }
    }
  }
}

absl::Status ClockAdvancer::Advance(const std::string& tenant, std::optional<absl::CivilDay> to,
                                    store::Deadline deadline, const std::function<bool()>& cancelled,
                                    const DayDone& done) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr context, directory_->Get(tenant, deadline));
  const absl::CivilDay now = context->business_date;
  if (to.has_value() && !context->test_clock) {
    return DomainError(absl::StatusCode::kFailedPrecondition, kRealClock, "the tenant lives in real time",
                       {{"tenant", tenant}});
  }
  const std::map<std::string, std::string> dates = {{"now", FormatIsoDay(now)},
                                                    {"wanted", to.has_value() ? FormatIsoDay(*to) : ""}};
  if (to.has_value() && *to < now) {
    return DomainError(absl::StatusCode::kInvalidArgument, kClockBackwards, "a clock moves forward only",
                       dates);
  }
  if (to.has_value() && *to - now > kAdvanceDaysMax) {
    return DomainError(absl::StatusCode::kInvalidArgument, kClockTooFar, "at most ten years in one call",
                       dates);
  }
  RELANCE_ASSIGN_OR_RETURN(std::vector<int64_t> from, store_->FeedEnds(AllPartitions(*store_), deadline));
  for (absl::CivilDay day = now; day <= to.value_or(now); ++day) {
    if (day != now) RELANCE_RETURN_IF_ERROR(SetClock(tenant, day, deadline));
    // What came in since the day was answered belongs to it still. Moving on at once would let it fall on
    // this day or on the next, as the workers happen to run, and the same files would not give the same
    // dates.
    RELANCE_RETURN_IF_ERROR(Await(tenant, day, deadline, cancelled));
    // The day where it stands was answered by an earlier call.
    if (day == now && to.has_value() && *to != now) continue;
    RELANCE_ASSIGN_OR_RETURN(const int64_t written, AccountsWritten(from, deadline));
    RELANCE_ASSIGN_OR_RETURN(from, store_->FeedEnds(AllPartitions(*store_), deadline));
    if (!done(day, written)) return absl::CancelledError("the caller has gone");
  }
  return absl::OkStatus();
}

}  // namespace relance::ledger
