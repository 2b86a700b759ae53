#include "services/ledger/readers/table/mapping_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/money/currency.h"
#include "common/status/domain_error.h"
#include "services/ledger/readers/table/reasons.h"
#include "services/ledger/readers/table/text_fold.h"

namespace relance::ledger {
namespace {

constexpr size_t kProblemsMax = 20;
constexpr size_t kListMax = 64;
constexpr size_t kValuesMax = 500;
constexpr size_t kTextMax = 256;
constexpr size_t kRecordsMax = 4;
constexpr int kSkipLinesMax = 1000;
constexpr int kFooterLinesMax = 100;
constexpr int kPositionMax = 1000;
constexpr int kDepthMax = 12;

using Field = std::function<void(const YAML::Node&, const std::string& path)>;

bool IsReason(const std::string& text) {
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
  });
}

// Walks the document and gathers every problem with its place.
class Reader {
 public:
  explicit Reader(absl::string_view file) : file_(file) {}

  void Problem(const YAML::Node& node, const std::string& path, absl::string_view what) {
    ProblemAt(node.Mark().line + 1, path, what);
  }
  void ProblemAt(int line, const std::string& path, absl::string_view what) {
    if (problems_.empty()) metadata_ = {{"line", absl::StrCat(line)}, {"key", path}, {"file", file_}};
    if (problems_.size() < kProblemsMax) {
      problems_.push_back(absl::StrCat(file_, ":", line, ": ", path, path.empty() ? "" : ": ", what));
    }
  }
  bool ok() const { return problems_.empty(); }
  absl::Status status() const {
    return DomainError(absl::StatusCode::kInvalidArgument, kMappingInvalid, absl::StrJoin(problems_, "\n"),
                       metadata_);
  }

  // Visits the keys of a map; `visit` answers whether it knows the key.
  void Map(const YAML::Node& map, const std::string& path, size_t keys_max,
           const std::function<bool(const std::string& key, const YAML::Node& value,
                                    const std::string& path)>& visit) {
    if (!map.IsMap()) return Problem(map, path, "must be a map of keys");
    if (map.size() > keys_max) return Problem(map, path, absl::StrCat("has more than ", keys_max, " keys"));
    std::set<std::string> seen;
    for (const auto& entry : map) {
      if (!entry.first.IsScalar() || entry.first.Scalar().size() > kTextMax) {
        Problem(entry.first, path, "a key must be a word");
        continue;
      }
      const std::string key = entry.first.Scalar();
      const std::string key_path = path.empty() ? key : absl::StrCat(path, ".", key);
      if (!seen.insert(key).second) {
        Problem(entry.first, key_path, "given twice");
      } else if (entry.second.IsNull()) {
        Problem(entry.first, key_path, "has no value");
      } else if (!visit(key, entry.second, key_path)) {
        Problem(entry.first, key_path, "unknown key");
      }
    }
  }
  void Map(const YAML::Node& map, const std::string& path, const std::map<std::string, Field>& fields) {
    Map(map, path, fields.size() + 16, [&](const std::string& key, const YAML::Node& value, const auto& at) {
      const auto field = fields.find(key);
      if (field == fields.end()) return false;
      field->second(value, at);
      return true;
    });
  }

  std::string Word(const YAML::Node& node, const std::string& path) {
    if (!node.IsScalar() || node.Scalar().size() > kTextMax) {
      Problem(node, path, absl::StrCat("must be a text of at most ", kTextMax, " bytes"));
      return "";
    }
    return node.Scalar();
  }
  Field Text(std::string* out) {
    return [=, this](const YAML::Node& node, const std::string& path) { *out = Word(node, path); };
  }
  Field Int(int* out, int min, int max) {
    return [=, this](const YAML::Node& node, const std::string& path) {
      if (!node.IsScalar() || !absl::SimpleAtoi(node.Scalar(), out) || *out < min || *out > max) {
        Problem(node, path, absl::StrCat("must be a whole number from ", min, " to ", max));
      }
    };
  }
  Field Bool(bool* out) {
    return [=, this](const YAML::Node& node, const std::string& path) {
      const std::string text = node.IsScalar() ? node.Scalar() : "";
      if (text != "true" && text != "false") return Problem(node, path, "must be true or false");
      *out = text == "true";
    };
  }
  // One text or a list of texts.
  std::vector<std::string> Texts(const YAML::Node& node, const std::string& path) {
    std::vector<std::string> values;
    if (node.IsScalar()) values.push_back(Word(node, path));
    if (node.IsSequence() && node.size() <= kListMax) {
      for (const auto& entry : node) values.push_back(Word(entry, path));
    }
    if (values.empty())
      Problem(node, path, absl::StrCat("must be a text or a list of 1 to ", kListMax, " texts"));
    return values;
  }
  Field Texts(std::vector<std::string>* out) {
    return [=, this](const YAML::Node& node, const std::string& path) { *out = Texts(node, path); };
  }
  template <typename Value>
  Field OneOf(Value* out, const std::map<std::string, Value>& words) {
    return [=, this](const YAML::Node& node, const std::string& path) {
      const auto it = words.find(node.IsScalar() ? node.Scalar() : "");
      if (it != words.end()) {
        *out = it->second;
        return;
      }
      std::vector<std::string> names;
      for (const auto& [name, value] : words) names.push_back(name);
      Problem(node, path, absl::StrCat("must be one of: ", absl::StrJoin(names, " ")));
    };
  }

 private:
  const std::string file_;
  std::vector<std::string> problems_;
  std::map<std::string, std::string> metadata_;
};

std::optional<DateForm> ReadDateForm(Reader& reader, const YAML::Node& node, const std::string& path) {
  auto form = DateForm::Parse(reader.Word(node, path));
  if (!form.ok()) {
    reader.Problem(node, path, form.status().message());
    return std::nullopt;
  }
  return *std::move(form);
}

// A header's name, several of them, a position, or a map with more to say.
ColumnSource ReadColumn(Reader& reader, const YAML::Node& node, const std::string& path) {
  ColumnSource column;
  const bool is_quoted = node.Tag() == "!";
  if (node.IsScalar() && !is_quoted && absl::SimpleAtoi(node.Scalar(), &column.position)) {
    if (column.position < 1 || column.position > kPositionMax) {
      reader.Problem(node, path,
                     absl::StrCat("a position is from 1 to ", kPositionMax,
                                  "; put the name of a column that is a number in quotes"));
    }
  } else if (node.IsMap()) {
    reader.Map(node, path,
               {{"name", reader.Texts(&column.names)},
                {"position", reader.Int(&column.position, 1, kPositionMax)},
                {"join",
                 [&](const YAML::Node& value, const std::string& at) {
                   column.names = reader.Texts(value, at);
                   column.join = true;
                 }},
                {"optional", reader.Bool(&column.optional)},
                {"dates", [&](const YAML::Node& value, const std::string& at) {
                   column.dates = ReadDateForm(reader, value, at);
                 }}});
  } else {
    column.names = reader.Texts(node, path);
  }
  for (const std::string& name : column.names) {
    if (FoldText(name).empty()) reader.Problem(node, path, "the name of a column has a letter or a digit");
  }
  if (column.names.empty() == (column.position == 0)) {
    reader.Problem(node, path, "needs the name of a column or its position, not both");
  }
  return column;
}

void ReadRules(Reader& reader, const YAML::Node& list, const std::string& path, std::vector<RowRule>* rules) {
  if (!list.IsSequence() || list.size() > kListMax) {
    return reader.Problem(list, path, absl::StrCat("must be a list of at most ", kListMax, " rules"));
  }
  for (size_t i = 0; i < list.size(); ++i) {
    RowRule& rule = rules->emplace_back();
    const std::string rule_path = absl::StrCat(path, "[", i, "]");
    int tests = 0;
    bool has_column = false;
    const auto test = [&](RowRule::Test which) {
      return [&, which](const YAML::Node& node, const std::string& at) {
        ++tests;
        rule.test = which;
        for (const std::string& value : reader.Texts(node, at)) rule.values.insert(FoldText(value));
      };
    };
    const auto empty = [&](const YAML::Node& node, const std::string& at) {
      ++tests;
      bool wanted = true;
      reader.Bool (&wanted)(node, at);
      rule.test = wanted ? RowRule::Test::kEmpty : RowRule::Test::kFilled;
    };
    reader.Map(list[i], rule_path,
               {{"column",
                 [&](const YAML::Node& node, const std::string& at) {
                   rule.column = ReadColumn(reader, node, at);
                   has_column = true;
                 }},
                {"is", test(RowRule::Test::kIs)},
                {"is_not", test(RowRule::Test::kIsNot)},
                {"begins", test(RowRule::Test::kBegins)},
                {"contains", test(RowRule::Test::kContains)},
                {"empty", empty},
                {"reason", reader.Text(&rule.reason)}});
    if (!has_column) reader.Problem(list[i], rule_path + ".column", "is required");
    if (tests != 1) {
      reader.Problem(list[i], rule_path, "needs one of: is, is_not, begins, contains, empty");
    }
    if (!IsReason(rule.reason)) {
      reader.Problem(list[i], rule_path + ".reason", "is required: UPPER_SNAKE, at most 63 characters");
    }
  }
}

// The words that a field knows, for `values` and `constants`; empty: any.
std::vector<std::string> WordsOf(TableField field, TableKind kind) {
  if (field == TableField::kKind) {
    if (kind == TableKind::kBank) return {"payment", "return", "other", "skip"};
    return {"invoice", "credit_note", "payment", "opening", "skip"};
  }
  if (field == TableField::kSide) return {"debit", "credit"};
  return {};
}

void CheckWord(Reader& reader, const YAML::Node& node, const std::string& path, TableField field,
               TableKind kind, const std::string& word) {
  const std::vector<std::string> words = WordsOf(field, kind);
  if (!words.empty() && std::find(words.begin(), words.end(), word) == words.end()) {
    reader.Problem(node, path, absl::StrCat("must be one of: ", absl::StrJoin(words, " ")));
  }
  if (field == TableField::kCurrency && !IsKnownCurrency(word)) {
    reader.Problem(node, path, "must be an ISO 4217 code");
  }
}

// Reads what says how a row becomes a record. `path` ends with a point or is empty.
class RecordReader {
 public:
  RecordReader(Reader& reader, Mapping* mapping, TableRecord* record)
      : reader_(reader), mapping_(mapping), record_(record) {}

  // The kind first: what the other keys may say depends on it.
  void ReadKind(const YAML::Node& map, const std::string& path) {
    const YAML::Node kind = map["kind"];
    const auto known = TableKindOf(kind.IsDefined() && kind.IsScalar() ? kind.Scalar() : "");
    if (known.has_value()) record_->kind = *known;
    if (!known.has_value()) {
      reader_.Problem(kind.IsDefined() ? kind : map, path + "kind",
                      "is required: items, payments, bank or accounts");
    }
    if (record_->kind != TableKind::kItems) record_->negative = TableRecord::Negative::kReject;
  }

  std::map<std::string, Field> Fields() {
    using Negative = TableRecord::Negative;
    return {{"kind", [](const YAML::Node&, const std::string&) {}},
            {"columns", [this](const auto& node, const auto& path) { ReadColumns(node, path); }},
            {"constants", [this](const auto& node, const auto& path) { ReadConstants(node, path); }},
            {"values", [this](const auto& node, const auto& path) { ReadValues(node, path); }},
            {"sign", reader_.OneOf<bool>(&record_->reversed, {{"as_written", false}, {"reversed", true}})},
            {"negative", reader_.OneOf<Negative>(&record_->negative, {{"credit_note", Negative::kCreditNote},
                                                                      {"payment", Negative::kPayment},
                                                                      {"reject", Negative::kReject}})},
            {"repeated", reader_.OneOf<bool>(&record_->first_of_key, {{"reject", false}, {"skip", true}})},
            {"unique", [this](const auto& node, const auto& path) { ReadUnique(node, path); }},
            {"skip",
             [this](const auto& node, const auto& path) { ReadRules(reader_, node, path, &record_->skip); }},
            {"notes",
             [this](const auto& node, const auto& path) { ReadRules(reader_, node, path, &record_->notes); }},
            {"default_terms", [this](const auto& node, const auto& path) { ReadTerms(node, path); }}};
  }

  void Check(const YAML::Node& node, const std::string& path) const {
    using F = TableField;
    if (mapping_->columns_by_field) return;
    const auto has = [this](F field) {
      return record_->columns.count(field) > 0 || record_->constants.count(field) > 0;
    };
    if (record_->first_of_key && record_->unique.empty())
      reader_.Problem(node, path + "repeated", "needs unique");
    const auto require = [&](bool there, const char* key, const char* what) {
      if (!there) reader_.Problem(node, path + key, what);
    };
    const bool amount = has(F::kAmount), split = has(F::kDebit) || has(F::kCredit);
    if (record_->kind != TableKind::kAccounts) {
      require(amount != split, "columns.amount", "is required, or debit and credit instead of it");
      require(!split || (has(F::kDebit) && has(F::kCredit)), "columns.debit", "and credit go together");
      require(!split || !has(F::kSide), "columns.side", "goes with amount");
      require(has(F::kCurrency), "columns.currency", "is required, or constants.currency");
    }
    require(record_->kind == TableKind::kItems || record_->negative == TableRecord::Negative::kReject,
            "negative", "is for items; elsewhere a negative amount is rejected");
    switch (record_->kind) {
      case TableKind::kItems:
        require(has(F::kAccount), "columns.account", "is required");
        require(has(F::kNumber), "columns.number", "is required");
        require(has(F::kIssueDate), "columns.issue_date", "is required");
        break;
      case TableKind::kPayments:
      case TableKind::kBank:
        require(has(F::kBookingDate), "columns.booking_date", "is required");
        break;
      case TableKind::kAccounts:
        require(has(F::kAccount), "columns.account", "is required");
        break;
    }
  }

 private:
  std::optional<TableField> FieldOf(const std::string& key, const YAML::Node& node, const std::string& path) {
    const auto field = TableFieldOf(key);
    if (field.has_value() && !IsFieldOf(*field, record_->kind)) {
      reader_.Problem(node, path, absl::StrCat("is no field of ", TableKindName(record_->kind)));
    }
    return field;
  }

  void ReadColumns(const YAML::Node& node, const std::string& path) {
    if (node.IsScalar() && node.Scalar() == "by_field") {
      mapping_->columns_by_field = true;
      return;
    }
    reader_.Map(node, path, kTableFieldCount, [this](const auto& key, const auto& value, const auto& at) {
      const auto field = FieldOf(key, value, at);
      if (field.has_value()) record_->columns[*field] = ReadColumn(reader_, value, at);
      return field.has_value();
    });
  }

  void ReadConstants(const YAML::Node& node, const std::string& path) {
    reader_.Map(node, path, kTableFieldCount, [this](const auto& key, const auto& value, const auto& at) {
      const auto field = FieldOf(key, value, at);
      if (!field.has_value()) return false;
      const std::string word = reader_.Word(value, at);
      CheckWord(reader_, value, at, *field, record_->kind, word);
      record_->constants[*field] = word;
      return true;
    });
  }

  void ReadValues(const YAML::Node& node, const std::string& path) {
    reader_.Map(node, path, kTableFieldCount, [this](const auto& key, const auto& value, const auto& at) {
      const auto field = FieldOf(key, value, at);
      if (!field.has_value()) return false;
      auto& words = record_->values[*field];
      reader_.Map(value, at, kValuesMax, [&](const auto& word, const auto& meaning, const auto& word_path) {
        const std::string told = reader_.Word(meaning, word_path);
        CheckWord(reader_, meaning, word_path, *field, record_->kind, told);
        if (!words.emplace(FoldValue(word), told).second) {
          reader_.Problem(meaning, word_path, "is the same word as one above");
        }
        return true;
      });
      return true;
    });
  }

  // A sign such as "€" has no letters and stays what it is.
  static std::string FoldValue(const std::string& word) {
    const std::string folded = FoldText(word);
    return folded.empty() ? word : folded;
  }

  void ReadUnique(const YAML::Node& node, const std::string& path) {
    for (const std::string& name : reader_.Texts(node, path)) {
      const auto field = TableFieldOf(name);
      if (!field.has_value() || !IsFieldOf(*field, record_->kind)) {
        reader_.Problem(node, path, absl::StrCat("is no field of ", TableKindName(record_->kind)));
      } else {
        record_->unique.push_back(*field);
      }
    }
  }

  void ReadTerms(const YAML::Node& node, const std::string& path) {
    const auto terms = ParsePaymentTerms(reader_.Word(node, path));
    if (!terms.ok()) return reader_.Problem(node, path, "are no terms, see docs/terms.md");
    record_->default_terms = *terms;
  }

  Reader& reader_;
  Mapping* const mapping_;
  TableRecord* const record_;
};

void ReadMatch(Reader& reader, const YAML::Node& node, const std::string& path, Mapping* mapping) {
  reader.Map(
      node, path,
      {{"columns", reader.Texts(&mapping->match_columns)}, {"files", reader.Texts(&mapping->match_files)}});
}

void ReadDates(Reader& reader, const YAML::Node& node, const std::string& path, Mapping* mapping) {
  mapping->dates.clear();
  const auto add = [&](const YAML::Node& form) {
    if (auto read = ReadDateForm(reader, form, path)) mapping->dates.push_back(*std::move(read));
  };
  if (!node.IsSequence()) return add(node);
  if (node.size() == 0 || node.size() > 8)
    return reader.Problem(node, path, "must be a list of 1 to 8 forms");
  for (const auto& form : node) add(form);
}

void ReadName(Reader& reader, const YAML::Node& node, const std::string& path, Mapping* mapping) {
  mapping->name = reader.Word(node, path);
  const std::string& name = mapping->name;
  if (name.empty() || name.size() > 64 || !std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
      })) {
    reader.Problem(node, path, "must be 1 to 64 of a-z, 0-9, -");
  }
}

void ReadAlso(Reader& reader, const YAML::Node& list, const std::string& path, Mapping* mapping) {
  if (!list.IsSequence() || list.size() == 0 || list.size() >= kRecordsMax) {
    return reader.Problem(list, path, absl::StrCat("must be a list of 1 to ", kRecordsMax - 1, " records"));
  }
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string at = absl::StrCat(path, "[", i, "].");
    if (!list[i].IsMap()) {
      reader.Problem(list[i], at, "must be a map of keys");
      continue;
    }
    TableRecord record;
    RecordReader more(reader, mapping, &record);
    more.ReadKind(list[i], at);
    reader.Map(list[i], absl::StrCat(path, "[", i, "]"), more.Fields());
    more.Check(list[i], at);
    mapping->records.push_back(std::move(record));
  }
}

// YAML of a hostile depth, or with anchors that multiply, is not walked.
bool IsPlain(const YAML::Node& node, int depth, int* nodes) {
  if (depth > kDepthMax || ++*nodes > 20'000) return false;
  if (node.IsSequence()) {
    return std::all_of(node.begin(), node.end(),
                       [&](const auto& entry) { return IsPlain(entry, depth + 1, nodes); });
  }
  if (!node.IsMap()) return true;
  for (const auto& entry : node) {
    if (!IsPlain(entry.first, depth + 1, nodes) || !IsPlain(entry.second, depth + 1, nodes)) return false;
  }
  return true;
}

// The parser of YAML recurses with the depth of the text: brackets and dashes beyond kDepthMax are refused
// before.
bool IsShallow(absl::string_view yaml) {
  int depth = 0, dashes = 0;
  for (const char c : yaml) {
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (c == '-' || c == '?' || c == ':') {
      ++dashes;
    } else if (c != ' ') {
      dashes = 0;
    }
    if (depth > 64 || dashes > 64) return false;
  }
  return true;
}

void ReadMapping(Reader& reader, const YAML::Node& root, Mapping* mapping) {
  using Encoding = Mapping::Encoding;
  using Mark = DecimalStyle::Mark;
  TableRecord record;
  RecordReader first(reader, mapping, &record);
  first.ReadKind(root, "");
  std::map<std::string, Field> fields = first.Fields();
  const auto with_mapping = [&](void (*read)(Reader&, const YAML::Node&, const std::string&, Mapping*)) {
    return [&reader, mapping, read](const YAML::Node& node, const std::string& path) {
      read(reader, node, path, mapping);
    };
  };
  fields["name"] = with_mapping(ReadName);
  fields["description"] = reader.Text(&mapping->description);
  fields["match"] = with_mapping(ReadMatch);
  fields["encoding"] = reader.OneOf<Encoding>(&mapping->encoding, {{"auto", Encoding::kAuto},
                                                                   {"utf-8", Encoding::kUtf8},
                                                                   {"iso-8859-15", Encoding::kIso8859Dash15},
                                                                   {"windows-1252", Encoding::kWindows1252}});
  fields["separator"] = reader.OneOf<char>(&mapping->separator, {{"auto", 0},
                                                                 {"comma", ','},
                                                                 {"semicolon", ';'},
                                                                 {"tab", '\t'},
                                                                 {"pipe", '|'},
                                                                 {",", ','},
                                                                 {";", ';'},
                                                                 {"|", '|'}});
  fields["skip_lines"] = reader.Int(&mapping->skip_lines, 0, kSkipLinesMax);
  fields["header"] = reader.Bool(&mapping->header);
  fields["footer_lines"] = reader.Int(&mapping->footer_lines, 0, kFooterLinesMax);
  fields["dates"] = with_mapping(ReadDates);
  fields["decimal"] = reader.OneOf<Mark>(
      &mapping->number.mark, {{"comma", Mark::kComma}, {"point", Mark::kPoint}, {"either", Mark::kEither}});
  fields["thousands"] =
      reader.OneOf<char>(&mapping->number.thousands,
                         {{"none", 0}, {"space", ' '}, {"point", '.'}, {"comma", ','}, {"apostrophe", '\''}});
  fields["parentheses"] = reader.OneOf<bool>(&mapping->parentheses, {{"negative", true}, {"refused", false}});
  std::vector<TableRecord> more;
  fields["also"] = [&](const YAML::Node& node, const std::string& path) {
    Mapping others = *mapping;
    others.records.clear();
    ReadAlso(reader, node, path, &others);
    more = std::move(others.records);
  };
  reader.Map(root, "", fields);
  if (mapping->name.empty()) reader.Problem(root, "name", "is required");
  first.Check(root, "");
  mapping->records.push_back(std::move(record));
  for (TableRecord& other : more) mapping->records.push_back(std::move(other));
  if (mapping->dates.empty()) mapping->dates.push_back(*DateForm::Parse("yyyy-mm-dd"));
  const char thousands = mapping->number.thousands;
  if ((thousands == ',' && mapping->number.mark != Mark::kPoint) ||
      (thousands == '.' && mapping->number.mark != Mark::kComma)) {
    reader.Problem(root, "thousands", "needs `decimal` to say the other mark");
  }
  if (mapping->header) return;
  if (!mapping->match_columns.empty() || mapping->columns_by_field) {
    reader.Problem(root, "header", "is false: there are no names of columns to match");
  }
  for (const TableRecord& each : mapping->records) {
    for (const auto& [field, column] : each.columns) {
      if (column.position == 0)
        reader.Problem(root, absl::StrCat("columns.", TableFieldName(field)),
                       "needs a position: there is no header");
    }
  }
}

}  // namespace

absl::StatusOr<Mapping> ParseMapping(absl::string_view yaml, absl::string_view file) {
  Reader reader(file);
  if (yaml.size() > kMappingBytesMax) {
    reader.ProblemAt(1, "", absl::StrCat("larger than ", kMappingBytesMax, " bytes"));
    return reader.status();
  }
  if (!IsShallow(yaml)) {
    reader.ProblemAt(1, "", "nested too deeply");
    return reader.status();
  }
  Mapping mapping;
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    int nodes = 0;
    if (!root.IsMap()) {
      reader.ProblemAt(1, "", "must be a map of keys");
    } else if (!IsPlain(root, 0, &nodes)) {
      reader.ProblemAt(1, "", "nested too deeply");
    } else {
      ReadMapping(reader, root, &mapping);
    }
  } catch (const YAML::Exception& error) {
    reader.ProblemAt(std::max(error.mark.line, 0) + 1, "", error.msg);
  }
  if (!reader.ok()) return reader.status();
  return mapping;
}

}  // namespace relance::ledger
