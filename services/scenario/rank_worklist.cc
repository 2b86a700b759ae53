#include "services/scenario/rank_worklist.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/money/rounding.h"
#include "services/scenario/plan_changes.h"

namespace relance::scenario {
namespace {

constexpr double kDaysPerUnit = 30;
constexpr double kProbabilityFloor = 0.5;
constexpr double kUnknownProbability = 0.5;

std::string KindOf(const state::v1::Contact& contact) {
  if (contact.state() == state::v1::CONTACT_STATE_PLANNED) return "call";
  if (contact.state() == state::v1::CONTACT_STATE_AMBIGUOUS) return "ambiguous";
  return contact.outcome() == kNoAddress ? "no_address" : "failed";
}

std::string WhyOf(const std::string& kind, const state::v1::Contact& contact, int32_t today) {
  if (kind == "call") {
    const int32_t days = today - contact.decided_day();
    return days == 0 ? "call to make since today"
                     : absl::StrCat("call to make for ", days, days == 1 ? " day" : " days");
  }
  if (kind == "ambiguous") return "nobody knows whether the message left: find out and say";
  if (kind == "no_address") return "no e-mail and no postal address: find one";
  if (kind == "failed") {
    const bool handoff = contact.channel() == state::v1::CHANNEL_HANDOFF;
    return absl::StrCat(handoff ? "the handoff" : "the message", " was refused (", contact.outcome(), ")");
  }
  return "no step of the scenario follows by itself: a person decides";
}

}  // namespace

double Priority(const Money& overdue, double weighted_days, double late_probability) {
  const int exponent = CurrencyExponent(overdue.currency).value_or(0);
  const double units = static_cast<double>(overdue.minor) / static_cast<double>(PowerOfTen(exponent));
  return units * (1 + weighted_days / kDaysPerUnit) * (kProbabilityFloor + late_probability);
}

std::vector<WorklistLine> LinesOf(const std::string& account, const IndexedAccount& indexed,
                                  const std::string& currency, int32_t today) {
  WorklistLine common;
  common.account = account;
  common.overdue = {0, currency};
  double day_amounts = 0;
  for (const OwedItem& item : indexed.owed) {
    const int32_t days = today - item.due_day;
    if (days <= 0 || item.currency != currency) continue;
    common.overdue.minor = AddMinor(common.overdue.minor, item.open_minor).value_or(INT64_MAX);
    common.oldest_days = std::max(common.oldest_days, days);
    day_amounts += static_cast<double>(item.open_minor) * days;
  }
  const double weighted_days =
      common.overdue.minor == 0 ? 0 : day_amounts / static_cast<double>(common.overdue.minor);
  common.late_probability = indexed.late_probability.value_or(kUnknownProbability);
  common.priority = Priority(common.overdue, weighted_days, common.late_probability);
  common.name = indexed.name;
  common.phone = indexed.phone;
  const std::string habit =
      indexed.late_probability.has_value()
          ? absl::StrCat("; pays late with ", std::lround(*indexed.late_probability * 100), " % probability")
          : "";

  std::vector<WorklistLine> lines;
  const auto add = [&](const std::string& kind, const state::v1::Contact& contact) {
    WorklistLine& line = lines.emplace_back(common);
    line.kind = kind;
    line.contact = contact;
    line.reason = absl::StrCat(FormatPlain(common.overdue), " overdue, the oldest for ", common.oldest_days,
                               " days", habit, "; ", WhyOf(kind, contact, today));
  };
  for (const auto& contact : indexed.to_do) add(KindOf(contact), contact);
  if (indexed.needs_person) {
    add("exit", {});
    if (indexed.credits_cover)
      absl::StrAppend(&lines.back().reason, "; credits that are not allocated cover it");
  }
  return lines;
}

void RankWorklist(std::vector<WorklistLine>* lines) {
  std::sort(lines->begin(), lines->end(), [](const WorklistLine& a, const WorklistLine& b) {
    return std::make_tuple(-a.priority, a.account, a.kind, a.contact.key()) <
           std::make_tuple(-b.priority, b.account, b.kind, b.contact.key());
  });
}

}  // namespace relance::scenario
