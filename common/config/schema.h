#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// The configuration of an installation: one YAML file, typed keys, overrides from the environment and the
// command line.
//
//   config::Schema schema;
//   config::Section store = schema.Root().Nested("store", "The Redis that holds the accounts");
//   store.String("address", &config.store.address, "host:port or unix:/path", {.required = true});
//   store.Int("partitions", &config.store.partitions, "fixed at installation", {.min = 1, .max = 4096});
//   absl::Status status = schema.Load(sources);
//
// A key is declared once, bound to the variable it fills; the value that the variable holds at that moment is
// the default. What is not declared is refused, so that a misspelt key never passes silently.
namespace relance::config {

inline constexpr size_t kFileBytesMax = 1 << 20;
inline constexpr size_t kListEntriesMax = 256;
inline constexpr size_t kProblemsMax = 50;  // further ones are counted, not listed

// Checks one string value; returns "" or what is wrong with it ("must be host:port or unix:/path").
using StringCheck = std::function<std::string(absl::string_view value)>;

struct StringRule {
  bool required = false;             // whether the value may not be empty after loading
  std::vector<std::string> allowed;  // empty: anything
  StringCheck check;                 // null: anything; not called for an empty value
};
struct IntRule {
  int64_t min = INT64_MIN;
  int64_t max = INT64_MAX;
};
struct DurationRule {
  absl::Duration min = absl::ZeroDuration();
  absl::Duration max = absl::Hours(24 * 366);
};

// One declared key. Made by Section, read by Schema and Help().
struct Key {
  std::string path;  // "store.partitions"
  std::string type;  // "string", "int", "bool", "duration", "list"
  std::string doc;
  std::string default_text;
  std::string range_text;  // "" when there is no limit
  bool is_list = false;
  // Takes over the values (one, unless is_list). `quoted` tells that a YAML scalar stood in quotes. Returns
  // the problem, or "".
  std::function<std::string(const std::vector<std::string>& values, bool quoted)> assign;
  // Whether the key has what it needs once everything is loaded; returns the problem, or "".
  std::function<std::string()> finish;
};

class Schema;

// A place in the tree where keys are declared. A small handle; valid as long as its Schema.
// Bound variables must outlive Schema::Load.
class Section {
 public:
  void String(absl::string_view name, std::string* value, absl::string_view doc, StringRule rule = {});
  void Int(absl::string_view name, int64_t* value, absl::string_view doc, IntRule rule = {});
  void Bool(absl::string_view name, bool* value, absl::string_view doc);
  void Duration(absl::string_view name, absl::Duration* value, absl::string_view doc, DurationRule rule = {});
  // A YAML list of strings; on the command line and in the environment, values between commas. The rule holds
  // for each entry; `required` asks for at least one.
  void List(absl::string_view name, std::vector<std::string>* value, absl::string_view doc,
            StringRule rule = {});
  Section Nested(absl::string_view name, absl::string_view doc);
  // Adds a condition over several keys of this section, asked once everything is loaded; returns the problem,
  // or "".
  void Check(std::function<std::string()> condition);
  // Declares a subtree that another program reads: accepted and not looked at.
  void Foreign(absl::string_view name, absl::string_view doc);

 private:
  friend class Schema;
  Section(Schema* schema, std::string prefix) : schema_(schema), prefix_(std::move(prefix)) {}
  std::string PathOf(absl::string_view name) const;
  void Add(Key key);

  Schema* schema_;
  std::string prefix_;  // "" or "store."
};

// What Load reads. Later ones win: file, environment, overrides.
struct Sources {
  std::string file;                                // empty: no file
  std::map<std::string, std::string> environment;  // RELANCE_STORE_PARTITIONS=64
  std::vector<std::string> overrides;              // "store.partitions=64"
};

class Schema {
 public:
  Section Root() { return Section(this, ""); }

  // Reads all sources into the bound variables. Reports every problem at once, one a line:
  //   relance.yaml:3:15: store.partitions: 0 is out of range 1..4096
  // Errors: INVALID_ARGUMENT / CONFIG_INVALID, NOT_FOUND / CONFIG_UNREADABLE. Variables are then partly
  // written.
  absl::Status Load(const Sources& sources) const;
  // The same with the text of the file at hand; `file_name` is used in errors.
  absl::Status LoadText(absl::string_view text, absl::string_view file_name, const Sources& sources) const;

  // Every key with type, default, range and doc, in the order of declaration, for people.
  std::string Help() const;

  // "store.password_file" -> "RELANCE_STORE_PASSWORD_FILE".
  static std::string EnvironmentName(absl::string_view path);

 private:
  friend class Section;
  friend class YamlReader;

  std::vector<std::unique_ptr<Key>> keys_;
  std::vector<std::pair<std::string, std::function<std::string()>>> conditions_;  // section and condition
  std::map<std::string, Key*> key_by_path_;
  std::map<std::string, std::string> doc_by_section_;
  std::map<std::string, std::string> doc_by_foreign_;
};

}  // namespace relance::config
