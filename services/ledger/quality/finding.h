#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "relance/ledger/v1/agreement_service.pb.h"

namespace relance::ledger {

inline constexpr size_t kItemsInFindingMax = 20;

// One thing that makes the aged balance dirty.
struct Finding {
  v1::QualityKind kind = v1::QUALITY_KIND_UNSPECIFIED;
  std::string account;               // code; empty: the tenant as a whole
  std::vector<uint64_t> items;       // at most kItemsInFindingMax
  std::vector<std::string> numbers;  // theirs, in the same order
  int64_t amount_minor = 0;          // of what it concerns, positive
  std::string currency;
  std::string message;  // what is wrong, for people; no personal data
  std::string repair;   // what to do about it
  std::string command;  // that repairs it; empty: the repair is made in the source
};

using FindingSink = std::function<void(Finding finding)>;

// What is said of a kind wherever it is found.
struct KindOfFinding {
  v1::QualityKind kind;
  v1::QualitySeverity severity;
  const char* label;  // of metrics and flags: "due_date_missing"
  const char* title;  // for people
};

// All kinds, by number.
const std::vector<KindOfFinding>& KindsOfFindings();
const KindOfFinding& AboutKind(v1::QualityKind kind);

}  // namespace relance::ledger
