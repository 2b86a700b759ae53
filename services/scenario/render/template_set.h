#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/scenario/render/text_template.h"

namespace relance::scenario::render {

using Labels = std::map<std::string, std::string>;

inline constexpr size_t kTemplateFilesMax = 500;

// The texts of all languages, parsed and checked against the vocabulary when they are read: what is wrong in
// a template is said when a service starts, not when a letter is due. Immutable; shared freely between
// threads.
//
//   <language>/<text key>.mustache   a message: "subject: ...", an empty line, paragraphs (body_text.h)
//   <language>/labels.txt            "key = value" lines for tables and boxes; # starts a note
class TemplateSet {
 public:
  // Files as `path relative to the root` -> content.
  // Errors: INVALID_ARGUMENT / TEMPLATE_MALFORMED, TEMPLATE_VARIABLE_UNKNOWN.
  static absl::StatusOr<TemplateSet> FromFiles(const std::map<std::string, std::string>& files);

  // The texts that come with the program.
  static const TemplateSet& Embedded();

  // The embedded texts, with those of `directory` in the place of theirs or beside them.
  // Errors: as FromFiles, and UNAVAILABLE / TEMPLATES_UNREADABLE.
  static absl::StatusOr<TemplateSet> FromDirectory(const std::string& directory);

  // Whether messages can be written in `language`.
  bool HasLanguage(absl::string_view language) const;

  // Errors: FAILED_PRECONDITION / LANGUAGE_NOT_AVAILABLE, NOT_FOUND / TEMPLATE_NOT_FOUND.
  // The pointer lives as long as the set.
  absl::StatusOr<const TextTemplate*> Find(absl::string_view language, absl::string_view text_key) const;

  // Requires HasLanguage(language).
  const Labels& LabelsOf(absl::string_view language) const;

 private:
  std::map<std::string, TextTemplate> templates_;  // "fr/reminder"
  std::map<std::string, Labels> labels_;           // "fr"
};

// Generated from services/scenario/templates.
const std::map<std::string, std::string>& EmbeddedTemplateFiles();

}  // namespace relance::scenario::render
