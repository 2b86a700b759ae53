#include "services/campaign/filter.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/campaign/errors.h"

namespace relance::campaign {
namespace {

struct FieldName {
  absl::string_view name;
  Field field;
};
constexpr FieldName kFields[] = {
    {"overdue", Field::kOverdue},
    {"open", Field::kOpen},
    {"age", Field::kAge},
    {"oldest_invoice_age", Field::kOldestInvoiceAge},
    {"items", Field::kItems},
    {"late_probability", Field::kLateProbability},
    {"region", Field::kRegion},
    {"sector", Field::kSector},
    {"segment", Field::kSegment},
    {"country", Field::kCountry},
    {"collector", Field::kCollector},
    {"customer_type", Field::kCustomerType},
    {"state", Field::kState},
    {"account", Field::kAccount},
};

constexpr absl::string_view kStates[] = {"none",   "settled",   "active",  "disputed", "promised", "paused",
                                         "placed", "insolvent", "current", "legal",    "on_plan"};

struct OperatorName {
  absl::string_view sign;
  Operator op;
};
// Longer signs first.
constexpr OperatorName kOperators[] = {{">=", Operator::kGreaterOrEqual}, {"<=", Operator::kLessOrEqual},
                                       {"!=", Operator::kNotEqual},       {"=", Operator::kEqual},
                                       {">", Operator::kGreater},         {"<", Operator::kLess}};

constexpr int kDigitsBeforeMax = 12;
constexpr int kDigitsAfterMax = 6;

class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text) {}

  absl::StatusOr<Filter> Parse() {
    if (text_.size() > kFilterBytesMax) {
      at_ = kFilterBytesMax;
      return Expected(absl::StrCat("a filter of at most ", kFilterBytesMax, " bytes"));
    }
    Filter filter;
    while (true) {
      if (filter.terms.size() == kFilterTermsMax)
        return Expected(absl::StrCat("at most ", kFilterTermsMax, " terms"));
      RELANCE_ASSIGN_OR_RETURN(Term term, ParseTerm());
      filter.terms.push_back(std::move(term));
      SkipSpace();
      if (at_ == text_.size()) return filter;
      const size_t word_at = at_;
      if (Word() != "and") {
        at_ = word_at;
        return Expected("\"and\" or the end");
      }
    }
  }

 private:
  absl::Status Expected(absl::string_view what) const {
    const std::string position = absl::StrCat(at_ + 1);
    return DomainError(absl::StatusCode::kInvalidArgument, kFilterInvalid,
                       absl::StrCat("filter, position ", position, ": ", what, " is expected"),
                       {{"position", position}, {"expected", std::string(what)}});
  }

  void SkipSpace() {
    while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
  }

  // The next word in lower case; empty when there is none.
  std::string Word() {
    SkipSpace();
    const size_t begin = at_;
    while (at_ < text_.size() && (absl::ascii_isalnum(text_[at_]) || text_[at_] == '_')) ++at_;
    return absl::AsciiStrToLower(text_.substr(begin, at_ - begin));
  }

  bool Take(absl::string_view sign) {
    SkipSpace();
    if (text_.substr(at_, sign.size()) != sign) return false;
    at_ += sign.size();
    return true;
  }

  absl::StatusOr<Term> ParseTerm() {
    SkipSpace();
    const size_t field_at = at_;
    const std::string word = Word();
    const auto field = std::find_if(std::begin(kFields), std::end(kFields), [&](const FieldName& known) {
      return known.name == absl::string_view(word);
    });
    if (field == std::end(kFields)) {
      at_ = field_at;
      std::string names;
      for (const FieldName& known : kFields) absl::StrAppend(&names, names.empty() ? "" : ", ", known.name);
      return Expected(absl::StrCat("one of ", names));
    }
    Term term;
    term.field = field->field;
    RELANCE_RETURN_IF_ERROR(ParseOperator(&term));
    if (term.op != Operator::kIn) {
      RELANCE_RETURN_IF_ERROR(ParseValue(&term));
      return term;
    }
    if (!Take("(")) return Expected("\"(\"");
    for (size_t count = 0;; ++count) {
      if (count == kFilterValuesMax) return Expected(absl::StrCat("at most ", kFilterValuesMax, " values"));
      RELANCE_RETURN_IF_ERROR(ParseValue(&term));
      if (Take(")")) return term;
      if (!Take(",")) return Expected("\",\" or \")\"");
    }
  }

  absl::Status ParseOperator(Term* term) {
    SkipSpace();
    const size_t op_at = at_;
    for (const OperatorName& known : kOperators) {
      if (!Take(known.sign)) continue;
      term->op = known.op;
      const bool order = known.op != Operator::kEqual && known.op != Operator::kNotEqual;
      if (!order || IsNumber(term->field)) return absl::OkStatus();
      at_ = op_at;
      return Expected("=, != or in");
    }
    if (Word() == "in") {
      term->op = Operator::kIn;
      return absl::OkStatus();
    }
    at_ = op_at;
    return Expected(IsNumber(term->field) ? "=, !=, >, >=, <, <= or in" : "=, != or in");
  }

  absl::Status ParseValue(Term* term) {
    SkipSpace();
    if (IsNumber(term->field)) {
      RELANCE_ASSIGN_OR_RETURN(const Micro number, ParseNumber());
      term->numbers.push_back(number);
      return absl::OkStatus();
    }
    const size_t value_at = at_;
    RELANCE_ASSIGN_OR_RETURN(std::string value, ParseText());
    if (term->field == Field::kState &&
        std::find(std::begin(kStates), std::end(kStates), absl::string_view(value)) == std::end(kStates)) {
      at_ = value_at;
      std::string names;
      for (absl::string_view known : kStates) absl::StrAppend(&names, names.empty() ? "" : ", ", known);
      return Expected(absl::StrCat("one of ", names));
    }
    term->texts.push_back(std::move(value));
    return absl::OkStatus();
  }

  absl::StatusOr<Micro> ParseNumber() {
    const size_t begin = at_;
    const bool negative = at_ < text_.size() && text_[at_] == '-';
    if (negative) ++at_;
    Micro value = 0;
    int before = 0;
    for (; at_ < text_.size() && absl::ascii_isdigit(text_[at_]); ++at_, ++before) {
      if (before == kDigitsBeforeMax) return Expected("a number of at most 12 digits");
      value = value * 10 + (text_[at_] - '0');
    }
    if (before == 0) {
      at_ = begin;
      return Expected("a number");
    }
    value *= kMicroPerUnit;
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      int after = 0;
      Micro weight = kMicroPerUnit / 10;
      for (; at_ < text_.size() && absl::ascii_isdigit(text_[at_]); ++at_, ++after, weight /= 10) {
        if (after == kDigitsAfterMax) return Expected("at most 6 decimals");
        value += (text_[at_] - '0') * weight;
      }
      if (after == 0) return Expected("a decimal");
    }
    return negative ? -value : value;
  }

  absl::StatusOr<std::string> ParseText() {
    if (!Take("\"")) return Expected("a text in double quotes");
    std::string value;
    for (; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '"') {
        ++at_;
        return value;
      }
      if (c == '\\') {
        ++at_;
        if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\\')) return Expected("\\\" or \\\\");
        c = text_[at_];
      }
      if (absl::ascii_iscntrl(c)) return Expected("a text without control characters");
      if (value.size() == kFilterTextBytesMax) {
        return Expected(absl::StrCat("a text of at most ", kFilterTextBytesMax, " bytes"));
      }
      value.push_back(c);
    }
    return Expected("the closing double quote");
  }

  const absl::string_view text_;
  size_t at_ = 0;
};

}  // namespace

bool IsNumber(Field field) {
  switch (field) {
    case Field::kOverdue:
    case Field::kOpen:
    case Field::kAge:
    case Field::kOldestInvoiceAge:
    case Field::kItems:
    case Field::kLateProbability:
      return true;
    default:
      return false;
  }
}

absl::StatusOr<Filter> ParseFilter(absl::string_view text) { return Parser(text).Parse(); }

}  // namespace relance::campaign
