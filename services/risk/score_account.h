#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "relance/state/v1/ledger.pb.h"
#include "relance/state/v1/risk.pb.h"
#include "services/risk/segment_prior.h"

namespace relance::risk {

// The rule that this file holds.
inline constexpr char kModelName[] = "eb-1";
// Below this many settled invoices the score says that there is little history.
inline constexpr int kObservationsMin = 3;

// How an account pays, shrunk towards its segment. Pure.
//
// p      = (late + strength x segment rate) / (settled + strength), then moved towards the newest settled
// invoices (at
//          most 12), of which ten weigh as much as all before.
// days   = (sum of days late + strength x segment mean) / (settled + strength).
// score  = 1000 x (1 - p), rounded; letters A from 800, B from 600, C from 400, D from 200, E.
// Reasons are additive: their contributions sum to p minus the rate of the segment.
// data_day is the day of the newest payment, 0 without one.
state::v1::RiskScore ScoreAccount(const state::v1::LedgerSum& sum,
                                  const std::map<std::string, SegmentPrior>& priors);

std::string LetterOf(int score);

// What is expected of one open debit, given that it is not settled on `today` (day number).
struct ItemPrediction {
  double late_probability = 0.5;        // 1 once overdue
  std::optional<int32_t> expected_day;  // nothing without a due day; never before tomorrow
  std::vector<state::v1::RiskReason> reasons;
};

// Days late are taken as normal with the account's mean and deviation, cut at what has passed already: an
// invoice that is still open `d` days after its due day is expected E[X | X > d] days after it.
ItemPrediction PredictItem(const state::v1::Item& item, const state::v1::RiskScore& account, int32_t today);

}  // namespace relance::risk
