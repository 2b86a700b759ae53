#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/connection.h"
#include "common/store/node.h"
#include "common/store/resp.h"

namespace relance::store {

// Commands in flight on one connection: whichever bound is reached first holds the next one back.
inline constexpr size_t kWindowCommands = 512;
inline constexpr size_t kWindowBytes = 256 * 1024;

// What one try of a command came to.
struct Attempt {
  enum Kind {
    kNone,     // not tried
    kReply,    // `reply`, which may be an error
    kNotSent,  // the connection broke before the command left whole: it was not done
    kUnknown,  // the connection broke afterwards, or the deadline passed: it may have been done
  };
  Kind kind = kNone;
  ReplyPtr reply;
  absl::Status status;  // of kNotSent and kUnknown
};

// The commands for one connection, in order.
struct Lane {
  std::shared_ptr<Node> node;
  std::unique_ptr<Connection> connection;
  std::vector<size_t> commands;  // indices into `commands` of RunLanes
  bool asking = false;           // each is preceded by ASKING: its slot is on its way to this node
  bool broken = false;           // set by RunLanes: the connection cannot be used again
};

// Sends the commands of all lanes and reads their replies, all lanes at once, in the calling thread.
// With `replicas` > 0 each lane ends with WAIT; where fewer acknowledge, its commands come out kUnknown.
// `attempts` has an entry for each of `commands`.
void RunLanes(const std::vector<Command>& commands, int replicas, Deadline deadline, std::vector<Lane>& lanes,
              std::vector<Attempt>& attempts);

}  // namespace relance::store
