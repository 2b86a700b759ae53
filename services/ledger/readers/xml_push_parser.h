#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace relance::ledger {

inline constexpr int kXmlDepthMax = 64;
inline constexpr size_t kXmlSliceBytes = 16 * 1024;
inline constexpr size_t kXmlTokenBytesMax = 256 * 1024;  // one tag, comment or processing instruction
inline constexpr size_t kXmlNamesMax = 2000;             // different element and attribute names
inline constexpr size_t kXmlNameBytesMax = 512;          // one of them, with its namespace
inline constexpr size_t kXmlTextBytesMax = 8 * 1024;     // text of one element that is kept

struct XmlAttribute {
  absl::string_view name;  // local name
  absl::string_view value;
};

// What an XML document consists of, in document order. Views are valid during the call.
class XmlEvents {
 public:
  virtual ~XmlEvents() = default;
  // `space` is the namespace name, empty when there is none; `name` the local name.
  virtual void OnStart(absl::string_view space, absl::string_view name,
                       const std::vector<XmlAttribute>& attributes) = 0;
  // `text` is what stands directly between the element's tags since its last child, at most kXmlTextBytesMax
  // bytes; `text_cut` when there was more.
  virtual void OnEnd(absl::string_view name, absl::string_view text, bool text_cut) = 0;
};

// Parses hostile XML pushed in chunks of any size; the result does not depend on how it is cut.
//
// Refused: any DOCTYPE, and with it all entities, external identifiers and their amplification; nesting below
//          kXmlDepthMax; longer tokens; more names (expat keeps each name of a document).
// Encodings: UTF-8, UTF-16, ISO 8859-1 and -15, Windows-1252, US-ASCII as declared.
// Errors:  INVALID_ARGUMENT with metadata file and line / FILE_EMPTY, XML_MALFORMED, XML_DOCTYPE_REFUSED,
// XML_TOO_DEEP,
//          XML_TOKEN_TOO_LONG, XML_TOO_MANY_NAMES, XML_ENCODING_UNKNOWN; once given, always the same.
// Bounds:  a slice, a token, the text of one element and the names: well below 2 MiB.
class XmlPushParser {
 public:
  // `events` is not owned and outlives the parser.
  XmlPushParser(std::string file, XmlEvents* events);
  ~XmlPushParser();
  XmlPushParser(const XmlPushParser&) = delete;
  XmlPushParser& operator=(const XmlPushParser&) = delete;

  absl::Status Feed(absl::string_view bytes);
  absl::Status Finish();

  // Line of the event that is being handled, from 1.
  int64_t line() const;
  // For event handlers: ends parsing with `status`.
  void Stop(absl::Status status);

 private:
  struct State;
  void ParseSlice(bool is_final);
  std::unique_ptr<State> state_;
};

}  // namespace relance::ledger
