#include "common/store/pipeline.h"

#include <poll.h>

#include <algorithm>
#include <deque>

#include "common/status/status_macros.h"

namespace relance::store {
namespace {

constexpr int kWaitMillisecondsMax = 1000;

// Drives one lane: what is written, what is awaited.
class LaneRun {
 public:
  LaneRun(const std::vector<Command>& commands, int replicas, Deadline deadline, Lane& lane,
          std::vector<Attempt>& attempts)
      : commands_(commands),
        replicas_(replicas),
        deadline_(deadline),
        lane_(lane),
        attempts_(attempts),
        end_(lane.connection->bytes_queued()) {}

  bool done() const {
    return lane_.broken || (next_ == lane_.commands.size() && awaited_.empty() && !WaitIsDue());
  }
  pollfd Poll() const {
    return {lane_.connection->fd(),
            static_cast<short>(POLLIN | (lane_.connection->HasUnsent() ? POLLOUT : 0)), 0};
  }

  void Write() {
    if (done()) return;
    Fill();
    Check(lane_.connection->Send());
  }

  void Read() {
    absl::Status received = lane_.connection->Receive();
    // Replies that came before the connection broke are good.
    Check(TakeReplies());
    Check(std::move(received));
  }

  void Fail(const absl::Status& status) {
    if (lane_.broken) return;
    lane_.broken = true;
    for (const Awaited& awaited : awaited_) {
      if (awaited.purpose != Awaited::kCommand) continue;
      Attempt& attempt = attempts_[awaited.command];
      attempt.kind = awaited.end > lane_.connection->bytes_sent() ? Attempt::kNotSent : Attempt::kUnknown;
      attempt.status = status;
    }
    for (; next_ < lane_.commands.size(); ++next_) {
      attempts_[lane_.commands[next_]].kind = Attempt::kNotSent;
      attempts_[lane_.commands[next_]].status = status;
    }
    if (replicas_ > 0) Unreplicated(status);
  }

 private:
  struct Awaited {
    enum Purpose { kCommand, kAsking, kWait } purpose;
    size_t command;
    uint64_t start;  // where the command begins and ends in the stream of bytes
    uint64_t end;
  };

  bool WaitIsDue() const { return replicas_ > 0 && !wait_sent_ && !lane_.commands.empty(); }

  void Fill() {
    Connection& connection = *lane_.connection;
    while (next_ < lane_.commands.size() && awaited_.size() < kWindowCommands &&
           (awaited_.empty() || end_ - awaited_.front().start < kWindowBytes)) {
      const size_t command = lane_.commands[next_++];
      if (lane_.asking) {
        Command asking(kAnySlot, 0, true);
        asking.Add("ASKING");
        Put(Awaited::kAsking, 0, connection.Append(asking));
      }
      Put(Awaited::kCommand, command, connection.Append(commands_[command]));
    }
    if (next_ == lane_.commands.size() && awaited_.empty() && WaitIsDue()) {
      Command wait(kAnySlot, 0, true);
      wait.Add("WAIT")
          .Add(int64_t{replicas_})
          .Add(int64_t{std::clamp(MillisecondsLeft(deadline_) / 2, 1, kWaitMillisecondsMax)});
      wait_sent_ = true;
      Put(Awaited::kWait, 0, connection.Append(wait));
    }
  }

  void Put(Awaited::Purpose purpose, size_t command, uint64_t end) {
    awaited_.push_back({purpose, command, end_, end});
    end_ = end;
  }

  absl::Status TakeReplies() {
    while (!awaited_.empty()) {
      RELANCE_ASSIGN_OR_RETURN(ReplyPtr reply, lane_.connection->NextReply());
      if (reply == nullptr) break;
      const Awaited awaited = awaited_.front();
      awaited_.pop_front();
      if (awaited.purpose == Awaited::kCommand) {
        attempts_[awaited.command].kind = Attempt::kReply;
        attempts_[awaited.command].reply = std::move(reply);
      } else if (awaited.purpose == Awaited::kWait && IntegerOf(reply.get()) < replicas_) {
        Unreplicated(UnavailableError("too few replicas acknowledged the write"));
      }
    }
    return absl::OkStatus();
  }

  void Unreplicated(const absl::Status& status) {
    for (size_t command : lane_.commands) {
      Attempt& attempt = attempts_[command];
      if (attempt.kind != Attempt::kReply || attempt.reply->type == REDIS_REPLY_ERROR) continue;
      attempt = {Attempt::kUnknown, nullptr, status};
    }
  }

  void Check(absl::Status status) {
    if (!status.ok()) Fail(status);
  }

  const std::vector<Command>& commands_;
  const int replicas_;
  const Deadline deadline_;
  Lane& lane_;
  std::vector<Attempt>& attempts_;
  size_t next_ = 0;
  uint64_t end_;  // of what was appended, in the stream of bytes
  bool wait_sent_ = false;
  std::deque<Awaited> awaited_;
};

}  // namespace

void RunLanes(const std::vector<Command>& commands, int replicas, Deadline deadline, std::vector<Lane>& lanes,
              std::vector<Attempt>& attempts) {
  std::vector<LaneRun> runs;
  runs.reserve(lanes.size());
  for (Lane& lane : lanes) runs.emplace_back(commands, replicas, deadline, lane, attempts);
  std::vector<pollfd> polls;
  std::vector<LaneRun*> polled;
  while (true) {
    polls.clear();
    polled.clear();
    for (LaneRun& run : runs) {
      run.Write();
      if (run.done()) continue;
      polls.push_back(run.Poll());
      polled.push_back(&run);
    }
    if (polls.empty()) return;
    const int left = MillisecondsLeft(deadline);
    if (left == 0) {
      for (LaneRun* run : polled) run->Fail(DeadlineError());
      return;
    }
    if (poll(polls.data(), polls.size(), left) <= 0) continue;
    for (size_t i = 0; i < polls.size(); ++i) {
      if ((polls[i].revents & ~POLLOUT) != 0) polled[i]->Read();
    }
  }
}

}  // namespace relance::store
