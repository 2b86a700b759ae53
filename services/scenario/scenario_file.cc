#include "services/scenario/scenario_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <climits>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "services/scenario/errors.h"

namespace relance::scenario {
namespace {

constexpr size_t kProblemsMax = 20;
constexpr int kVariantsMax = 16;
constexpr int kListMax = 64;
constexpr int kDaysMax = 3650;
constexpr int kCallExpiryDefault = 7;
constexpr int kCallExpiryMax = 60;
constexpr int kGrantDefault = 8;
constexpr int kGrantMax = 90;

bool IsName(absl::string_view text, size_t length_max, bool underscore) {
  if (text.empty() || text.size() > length_max) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || (underscore && c == '_');
  });
}

// Walks the document and gathers every problem with its place.
class Reader {
 public:
  using Field = std::function<void(const YAML::Node&, const std::string& path)>;

  void Problem(const YAML::Node& node, const std::string& path, absl::string_view reason) {
    const YAML::Mark mark = node.Mark();
    ProblemAt(mark.line + 1, mark.column + 1, path, reason);
  }
  void ProblemAt(int line, int column, const std::string& path, absl::string_view reason) {
    if (problems_.empty())
      metadata_ = {{"line", absl::StrCat(line)}, {"column", absl::StrCat(column)}, {"key", path}};
    if (problems_.size() < kProblemsMax) {
      problems_.push_back(absl::StrCat(line, ":", column, ": ", path, path.empty() ? "" : ": ", reason));
    }
  }
  bool ok() const { return problems_.empty(); }
  absl::Status status() const {
    if (ok()) return absl::OkStatus();
    return DomainError(absl::StatusCode::kInvalidArgument, kScenarioInvalid, absl::StrJoin(problems_, "\n"),
                       metadata_);
  }

  // Calls the handler of every key; unknown and repeated ones, and required ones that lack, are problems.
  void Map(const YAML::Node& map, const std::string& path, const std::map<std::string, Field>& fields,
           const std::set<std::string>& required) {
    if (!map.IsMap()) return Problem(map, path, "must be a map of keys");
    std::set<std::string> seen;
    for (const auto& entry : map) {
      if (!entry.first.IsScalar()) {
        Problem(entry.first, path, "a key must be a word");
        continue;
      }
      const std::string key = entry.first.Scalar();
      const std::string key_path = path.empty() ? key : absl::StrCat(path, ".", key);
      const auto field = fields.find(key);
      if (!seen.insert(key).second) {
        Problem(entry.first, key_path, "given twice");
      } else if (field == fields.end()) {
        Problem(entry.first, key_path, "unknown key");
      } else if (entry.second.IsNull()) {
        Problem(entry.first, key_path, "has no value");
      } else {
        field->second(entry.second, key_path);
      }
    }
    for (const std::string& key : required) {
      if (seen.count(key) == 0)
        Problem(map, path.empty() ? key : absl::StrCat(path, ".", key), "is required");
    }
  }

  Field Int(int* out, int min, int max) {
    return [=, this](const YAML::Node& node, const std::string& path) {
      int value = 0;
      if (!node.IsScalar() || !absl::SimpleAtoi(node.Scalar(), &value)) {
        return Problem(node, path, "must be a whole number");
      }
      if (value < min || value > max)
        return Problem(node, path, absl::StrCat("is out of range ", min, "..", max));
      *out = value;
    };
  }
  Field OptionalInt(std::optional<int>* out, int min, int max) {
    return [=, this](const YAML::Node& node, const std::string& path) {
      int value = INT_MIN;
      Int(&value, min, max)(node, path);
      if (value != INT_MIN) *out = value;
    };
  }
  Field Bool(bool* out) {
    return [=, this](const YAML::Node& node, const std::string& path) {
      const std::string text = node.IsScalar() ? node.Scalar() : "";
      if (text != "true" && text != "false") return Problem(node, path, "must be true or false");
      *out = text == "true";
    };
  }
  Field Name(std::string* out, size_t length_max, bool underscore) {
    return [=, this](const YAML::Node& node, const std::string& path) {
      if (!node.IsScalar() || !IsName(node.Scalar(), length_max, underscore)) {
        return Problem(node, path,
                       absl::StrCat("must be 1 to ", length_max, " of a-z, 0-9, -", underscore ? ", _" : ""));
      }
      *out = node.Scalar();
    };
  }
  // One value or a list of values.
  Field Texts(std::vector<std::string>* out) {
    return [=, this](const YAML::Node& node, const std::string& path) {
      std::vector<std::string> values;
      if (node.IsScalar()) values.push_back(node.Scalar());
      if (node.IsSequence()) {
        for (const auto& entry : node) values.push_back(entry.IsScalar() ? entry.Scalar() : "");
      }
      if (values.empty() || values.size() > kListMax || std::count(values.begin(), values.end(), "") > 0) {
        return Problem(node, path, absl::StrCat("must be a word or a list of 1 to ", kListMax, " words"));
      }
      *out = std::move(values);
    };
  }
  Field Amount(std::optional<int64_t>* out, const std::string* currency) {
    return [=, this](const YAML::Node& node, const std::string& path) {
      const auto amount =
          ParseMoney(node.IsScalar() ? node.Scalar() : "", *currency, {.mark = DecimalStyle::Mark::kPoint});
      if (!amount.ok() || amount->minor < 0) {
        return Problem(node, path,
                       absl::StrCat("must be an amount in ", *currency, " such as 5000.00, not negative"));
      }
      *out = amount->minor;
    };
  }

 private:
  std::vector<std::string> problems_;
  std::map<std::string, std::string> metadata_;
};

Reader::Field ConditionsField(Reader& reader, Conditions* out, const std::string* currency,
                              std::optional<int>* overdue_days) {
  return [&reader, out, currency, overdue_days](const YAML::Node& node, const std::string& path) {
    std::map<std::string, Reader::Field> fields = {
        {"item_amount_at_least", reader.Amount(&out->item_amount_minor_at_least, currency)},
        {"overdue_at_least", reader.Amount(&out->overdue_minor_at_least, currency)},
        {"segment", reader.Texts(&out->segments)},
        {"country", reader.Texts(&out->countries)},
        {"customer_type", reader.Texts(&out->customer_types)},
        {"region", reader.Texts(&out->regions)},
        {"sector", reader.Texts(&out->sectors)},
    };
    if (overdue_days != nullptr)
      fields["overdue_days_at_least"] = reader.OptionalInt(overdue_days, 0, kDaysMax);
    reader.Map(node, path, fields, {});
    if (node.IsMap() && node.size() == 0) reader.Problem(node, path, "asks for nothing");
  };
}

Channel ChannelOf(const std::string& name) {
  static const auto& names = *new std::map<std::string, Channel>{{"mail", Channel::CHANNEL_MAIL},
                                                                 {"letter", Channel::CHANNEL_LETTER},
                                                                 {"call", Channel::CHANNEL_CALL},
                                                                 {"handoff", Channel::CHANNEL_HANDOFF}};
  const auto it = names.find(name);
  return it == names.end() ? Channel::CHANNEL_UNSPECIFIED : it->second;
}

void ReadStep(Reader& reader, const YAML::Node& node, const std::string& path, const std::string* currency,
              Step* step) {
  std::optional<int> expires, grant;
  const auto variants = [&](const YAML::Node& list, const std::string& list_path) {
    if (!list.IsSequence() || list.size() > kVariantsMax) {
      return reader.Problem(list, list_path, absl::StrCat("must be a list of at most ", kVariantsMax));
    }
    for (size_t i = 0; i < list.size(); ++i) {
      Variant& variant = step->variants.emplace_back();
      reader.Map(list[i], absl::StrCat(list_path, "[", i, "]"),
                 {{"when", ConditionsField(reader, &variant.when, currency, &variant.overdue_days_at_least)},
                  {"template", reader.Name(&variant.template_id, 64, true)},
                  {"interlocutor", reader.Name(&variant.interlocutor, 64, true)}},
                 {"when"});
    }
  };
  reader.Map(node, path,
             {{"id", reader.Name(&step->id, 32, false)},
              {"channel",
               [&](const YAML::Node& value, const std::string& key) {
                 step->channel = ChannelOf(value.IsScalar() ? value.Scalar() : "");
                 if (step->channel == Channel::CHANNEL_UNSPECIFIED) {
                   reader.Problem(value, key, "must be mail, letter, call or handoff");
                 }
               }},
              {"copy",
               [&](const YAML::Node& value, const std::string& key) {
                 step->copy = ChannelOf(value.IsScalar() ? value.Scalar() : "");
                 if (*step->copy != Channel::CHANNEL_MAIL && *step->copy != Channel::CHANNEL_LETTER) {
                   reader.Problem(value, key, "must be mail or letter");
                 }
               }},
              {"offset_days", reader.Int(&step->offset_days, -kDaysMax, kDaysMax)},
              {"until_days", reader.OptionalInt(&step->until_days, -kDaysMax, kDaysMax)},
              {"interlocutor", reader.Name(&step->interlocutor, 64, true)},
              {"template", reader.Name(&step->template_id, 64, true)},
              {"min_days_after_previous", reader.Int(&step->min_days_after_previous, 0, kDaysMax)},
              {"when", ConditionsField(reader, &step->when, currency, nullptr)},
              {"variants", variants},
              {"expires_after_days", reader.OptionalInt(&expires, 1, kCallExpiryMax)},
              {"announces_costs", reader.Bool(&step->announces_costs)},
              {"grant_days", reader.OptionalInt(&grant, 1, kGrantMax)}},
             {"id", "channel", "offset_days", "interlocutor"});
  if (step->channel == Channel::CHANNEL_CALL) {
    step->expires_after_days = expires.value_or(kCallExpiryDefault);
  } else if (expires.has_value()) {
    reader.Problem(node, path + ".expires_after_days", "is for calls only");
  }
  if (step->IsWritten()) {
    step->grant_days = grant.value_or(step->IsPreDue() ? 0 : kGrantDefault);
    if (step->template_id.empty())
      reader.Problem(node, path + ".template", "is required for a mail and a letter");
    if (step->copy == step->channel) reader.Problem(node, path + ".copy", "must be another channel");
  } else {
    if (grant.has_value()) reader.Problem(node, path + ".grant_days", "is for mails and letters only");
    if (step->announces_costs)
      reader.Problem(node, path + ".announces_costs", "is for mails and letters only");
    if (step->copy.has_value()) reader.Problem(node, path + ".copy", "is for mails and letters only");
  }
  if (step->IsPreDue()) {
    if (!step->until_days.has_value()) step->until_days = 0;
    if (*step->until_days > 0)
      reader.Problem(node, path + ".until_days", "of a step before the due date ends at 0");
    if (step->announces_costs)
      reader.Problem(node, path + ".announces_costs", "nothing is late before the due date");
    if (step->IsHandoff()) reader.Problem(node, path + ".offset_days", "of a handoff is at least 1");
  }
  if (step->until_days.has_value() && *step->until_days < step->offset_days) {
    reader.Problem(node, path + ".until_days", "is before offset_days: nothing could enter");
  }
}

// The rules over several steps. `nodes` are the places of the steps.
void CheckSteps(Reader& reader, const YAML::Node& list, const std::string& path, const Scenario& scenario) {
  const std::vector<Step>& steps = scenario.steps;
  std::set<std::string> ids;
  int written = 0;
  int last_written = -1;
  for (size_t i = 0; i < steps.size(); ++i) {
    const std::string step_path = absl::StrCat(path, "[", i, "]");
    const Step& step = steps[i];
    if (!ids.insert(step.id).second) reader.Problem(list[i], step_path + ".id", "given twice");
    if (i > 0 && step.offset_days < steps[i - 1].offset_days) {
      reader.Problem(list[i], step_path + ".offset_days", "is before that of the step above");
    }
    if (step.IsHandoff() && i + 1 < steps.size()) {
      reader.Problem(list[i], step_path + ".channel", "nothing comes after a handoff");
    }
    if (step.IsWritten() && !step.IsPreDue()) {
      last_written = static_cast<int>(i);
      if (++written == kWrittenRemindersMax + 1) {
        reader.Problem(list[i], step_path,
                       "a third written reminder: at most two, the last one announcing costs");
      }
    }
  }
  if (!steps.back().IsHandoff()) {
    reader.Problem(list[steps.size() - 1], absl::StrCat(path, "[", steps.size() - 1, "].channel"),
                   "the last step must be a handoff: a scenario does not end in nothing");
  }
  if (last_written < 0) {
    reader.Problem(list, path, "nothing is written between the due date and the handoff");
    return;
  }
  const Step& notice = steps[last_written];
  const std::string notice_path = absl::StrCat(path, "[", last_written, "]");
  for (int i = 0; i < last_written; ++i) {
    if (steps[i].announces_costs) {
      reader.Problem(list[i], absl::StrCat(path, "[", i, "].announces_costs"),
                     "is for the last written step");
    }
  }
  if (!notice.announces_costs) {
    reader.Problem(list[last_written], notice_path + ".announces_costs",
                   "the last written step must announce the costs");
  }
  const Conditions& when = notice.when;
  const bool asks = when.item_amount_minor_at_least.has_value() || when.overdue_minor_at_least.has_value() ||
                    !when.segments.empty() || !when.countries.empty() || !when.customer_types.empty() ||
                    !when.regions.empty() || !when.sectors.empty();
  if (asks)
    reader.Problem(list[last_written], notice_path + ".when",
                   "nobody is handed over without the final notice");
  if (notice.until_days.has_value()) {
    reader.Problem(list[last_written], notice_path + ".until_days", "an old item must be able to enter here");
  }
}

}  // namespace

absl::StatusOr<Scenario> ParseScenario(absl::string_view yaml) {
  Reader reader;
  if (yaml.size() > kScenarioBytesMax) {
    reader.ProblemAt(1, 1, "", absl::StrCat("larger than ", kScenarioBytesMax, " bytes"));
    return reader.status();
  }
  Scenario scenario;
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    if (!root.IsMap()) {
      reader.ProblemAt(1, 1, "", "must be a map of keys");
      return reader.status();
    }
    // Amounts are read in the currency, wherever it stands in the file.
    if (root["currency"].IsDefined() && root["currency"].IsScalar())
      scenario.currency = root["currency"].Scalar();
    if (!IsKnownCurrency(scenario.currency)) {
      reader.Problem(root["currency"].IsDefined() ? root["currency"] : root, "currency",
                     "must be an ISO 4217 code");
      return reader.status();
    }
    std::optional<int64_t> min_overdue;
    const auto currency = [](const YAML::Node&, const std::string&) {};
    const auto credits = [&](const YAML::Node& node, const std::string& path) {
      const std::string text = node.IsScalar() ? node.Scalar() : "";
      if (text != "hold" && text != "show") reader.Problem(node, path, "must be hold or show");
      scenario.credits = text == "show" ? CreditPolicy::kShow : CreditPolicy::kHold;
    };
    const auto steps = [&](const YAML::Node& list, const std::string& path) {
      if (!list.IsSequence() || list.size() == 0 || list.size() > static_cast<size_t>(kStepsMax)) {
        return reader.Problem(list, path, absl::StrCat("must be a list of 1 to ", kStepsMax, " steps"));
      }
      for (size_t i = 0; i < list.size(); ++i) {
        ReadStep(reader, list[i], absl::StrCat(path, "[", i, "]"), &scenario.currency,
                 &scenario.steps.emplace_back());
      }
      if (reader.ok()) CheckSteps(reader, list, path, scenario);
    };
    reader.Map(root, "",
               {{"id", reader.Name(&scenario.id, 64, false)},
                {"currency", currency},
                {"min_days_between_contacts", reader.Int(&scenario.min_days_between_contacts, 1, 90)},
                {"min_overdue", reader.Amount(&min_overdue, &scenario.currency)},
                {"credits", credits},
                {"steps", steps}},
               {"id", "currency", "steps"});
    scenario.min_overdue_minor = min_overdue.value_or(0);
  } catch (const YAML::Exception& error) {
    reader.ProblemAt(error.mark.line + 1, error.mark.column + 1, "", error.msg);
  }
  if (!reader.ok()) return reader.status();
  return scenario;
}

}  // namespace relance::scenario
