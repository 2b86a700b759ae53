#include "services/scenario/scenario.h"

#include <algorithm>

namespace relance::scenario {

int Scenario::IndexOf(absl::string_view step_id) const {
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].id == step_id) return static_cast<int>(i);
  }
  return -1;
}

int Scenario::IndexOf(const state::v1::ItemPosition& position) const {
  const int index = IndexOf(position.step());
  if (index >= 0) return index;
  return std::min(position.step_index(), static_cast<int>(steps.size()) - 2);
}

}  // namespace relance::scenario
