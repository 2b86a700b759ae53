#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "relance/ledger/v1/ledger_service.pb.h"
#include "relance/type/v1/money.pb.h"
#include "services/ledger/indicators/ageing_buckets.h"
#include "services/ledger/indicators/dso.h"

namespace relance::ledger {

// Errors: OUT_OF_RANGE / AMOUNT_OVERFLOW when it fits no Money.
absl::StatusOr<type::v1::Money> AmountToProto(Amount amount, const std::string& currency);
absl::Status PutAmount(Amount amount, const std::string& currency, type::v1::Money* money);

// One bucket of an aged balance.
absl::Status PutBucket(const AgeingBuckets& buckets, int bucket, Amount amount, int64_t items,
                       const std::string& currency, v1::AgeingBucket* proto);

}  // namespace relance::ledger
