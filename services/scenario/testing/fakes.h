#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/scenario/clients.h"
#include "services/scenario/transport.h"

namespace relance::scenario::testing {

// Keeps what it is given; errors on order.
class FakeTransport : public Transport {
 public:
  absl::Status Deliver(absl::string_view key, absl::string_view extension, absl::string_view bytes) override {
    if (!before_.ok()) return std::exchange(before_, absl::OkStatus());
    const std::string name = absl::StrCat(key, ".", extension);
    if (sent.count(name) != 0) return absl::AlreadyExistsError("delivered before");
    sent[name] = std::string(bytes);
    ++deliveries;
    if (!after_.ok()) return std::exchange(after_, absl::OkStatus());
    return absl::OkStatus();
  }
  absl::StatusOr<Fate> Probe(absl::string_view key, absl::string_view extension) override {
    if (!can_tell) return Fate::kUnknown;
    return sent.count(absl::StrCat(key, ".", extension)) ? Fate::kDelivered : Fate::kNotDelivered;
  }
  void FailOnceBefore(absl::Status status) { before_ = std::move(status); }
  void FailOnceAfter(absl::Status status) { after_ = std::move(status); }

  std::map<std::string, std::string> sent;
  int deliveries = 0;
  bool can_tell = true;

 private:
  absl::Status before_, after_;
};

class FakeHandoff : public HandoffClient {
 public:
  absl::StatusOr<std::string> PlaceAccount(const rpc::CallContext&, const store::AccountKey& account,
                                           const std::vector<uint64_t>& items,
                                           const std::string& request_id) override {
    ++calls;
    if (!answer.ok()) return answer;
    placed.emplace(request_id, std::make_pair(account, items));
    return absl::StrCat("placement-", placed.size());
  }
  absl::Status answer;
  int calls = 0;
  std::map<std::string, std::pair<store::AccountKey, std::vector<uint64_t>>> placed;
};

class FakeLedger : public LedgerClient {
 public:
  absl::Status OpenDispute(const rpc::CallContext&, const store::AccountKey&, uint64_t item,
                           const std::string& reason, const std::string&,
                           const std::string& request_id) override {
    if (!answer.ok()) return answer;
    disputes[request_id] = {item, reason};
    return absl::OkStatus();
  }
  absl::Status answer;
  std::map<std::string, std::pair<uint64_t, std::string>> disputes;
};

}  // namespace relance::scenario::testing
