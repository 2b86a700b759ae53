#include "common/store/resp.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/store/errors.h"

namespace relance::store {

Command& Command::Add(absl::string_view argument) {
  absl::StrAppend(&body_, "$", argument.size(), "\r\n", argument, "\r\n");
  ++count_;
  return *this;
}

Command& Command::Add(int64_t argument) { return Add(absl::string_view(absl::StrCat(argument))); }

Command& Command::AddAll(const Command& other) {
  body_.append(other.body_);
  count_ += other.count_;
  return *this;
}

void Command::AppendTo(std::string* wire) const { absl::StrAppend(wire, "*", count_, "\r\n", body_); }

bool IsNil(const redisReply* reply) { return reply == nullptr || reply->type == REDIS_REPLY_NIL; }

absl::string_view TextOf(const redisReply* reply) {
  if (reply == nullptr || reply->str == nullptr) return "";
  return absl::string_view(reply->str, reply->len);
}

int64_t IntegerOf(const redisReply* reply, int64_t otherwise) {
  if (reply == nullptr) return otherwise;
  if (reply->type == REDIS_REPLY_INTEGER) return reply->integer;
  int64_t value;
  return absl::SimpleAtoi(TextOf(reply), &value) ? value : otherwise;
}

size_t SizeOf(const redisReply* reply) {
  return reply != nullptr && reply->type == REDIS_REPLY_ARRAY ? reply->elements : 0;
}

const redisReply* ElementOf(const redisReply* reply, size_t index) {
  return index < SizeOf(reply) ? reply->element[index] : nullptr;
}

absl::Status StatusOfError(absl::string_view error) {
  absl::string_view kind = error.substr(0, error.find(' '));
  // The text of an error may quote arguments, which hold the data of debtors; only its kind goes on.
  const std::string kind_text(kind);
  if (kind == "NOAUTH" || kind == "WRONGPASS" || kind == "NOPERM") {
    return DomainError(absl::StatusCode::kFailedPrecondition, kStoreAuth,
                       absl::StrCat("Redis refused: ", kind), {{"kind", kind_text}});
  }
  if (kind == "OOM") {
    return DomainError(absl::StatusCode::kResourceExhausted, kStoreFull, "Redis has reached its maxmemory");
  }
  // LOADING, MASTERDOWN and CLUSTERDOWN come here while a store is being opened; later ones are sent again.
  if (kind == "MISCONF" || kind == "NOREPLICAS" || kind == "UNKILLABLE" || kind == "BUSY" ||
      kind == "LOADING" || kind == "MASTERDOWN" || kind == "CLUSTERDOWN") {
    return DomainError(absl::StatusCode::kUnavailable, kStoreUnavailable,
                       absl::StrCat("Redis refused: ", kind), {{"kind", kind_text}});
  }
  // Errors of the function library name a line of the script, which helps and holds no data.
  const auto script = error.find("user_function:");
  const std::string detail(script == absl::string_view::npos ? kind : error.substr(script, 160));
  return DomainError(absl::StatusCode::kInternal, kStoreError,
                     absl::StrCat("Redis refused a command: ", detail), {{"kind", kind_text}});
}

}  // namespace relance::store
