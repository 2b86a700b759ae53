#pragma once

#include <hiredis/hiredis.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// The wire format: commands out, replies in.
namespace relance::store {

inline constexpr int kAnySlot = -1;  // any primary will do

// One command, encoded while it is built.
class Command {
 public:
  // `repeatable`: may be sent again when a connection broke and nobody knows whether it was done: reads, and
  // writes that give the same result twice. `affinity`: commands with the same value keep their order.
  Command(int slot, int affinity, bool repeatable)
      : slot_(slot), affinity_(affinity), repeatable_(repeatable) {}

  Command& Add(absl::string_view argument);
  Command& Add(int64_t argument);
  // Adds the arguments of `other` behind these.
  Command& AddAll(const Command& other);

  void AppendTo(std::string* wire) const;
  size_t bytes() const { return body_.size() + 16; }
  int slot() const { return slot_; }
  int affinity() const { return affinity_; }
  bool repeatable() const { return repeatable_; }

 private:
  std::string body_;
  int count_ = 0;
  int slot_;
  int affinity_;
  bool repeatable_;
};

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using ReplyPtr = std::unique_ptr<redisReply, FreeReply>;

// Lenient readers: a reply of another type reads as empty, 0 or no elements, and is never out of bounds.
bool IsNil(const redisReply* reply);
absl::string_view TextOf(const redisReply* reply);
int64_t IntegerOf(const redisReply* reply, int64_t otherwise = 0);  // also a string of digits
size_t SizeOf(const redisReply* reply);
const redisReply* ElementOf(const redisReply* reply, size_t index);

// The status for an error reply that no retry mends.
absl::Status StatusOfError(absl::string_view error);

}  // namespace relance::store
