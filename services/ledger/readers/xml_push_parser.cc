#include "services/ledger/readers/xml_push_parser.h"

#include <expat.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/check.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/refusal.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

// Between namespace and local name; a character that no URI holds.
constexpr char kNameSeparator = '\n';

void SplitName(absl::string_view full, absl::string_view* space, absl::string_view* local) {
  const size_t at = full.rfind(kNameSeparator);
  *space = at == absl::string_view::npos ? absl::string_view() : full.substr(0, at);
  *local = at == absl::string_view::npos ? full : full.substr(at + 1);
}

int OnUnknownEncoding(void*, const XML_Char* name, XML_Encoding* info) {
  const std::string upper = absl::AsciiStrToUpper(name);
  const bool latin9 = upper == "ISO-8859-15" || upper == "ISO8859-15" || upper == "LATIN-9";
  const bool windows = upper == "WINDOWS-1252" || upper == "CP1252";
  if (!latin9 && !windows) return XML_STATUS_ERROR;
  for (int byte = 0; byte < 256; ++byte) {
    const auto b = static_cast<unsigned char>(byte);
    info->map[byte] = static_cast<int>(latin9 ? Iso8859Dash15(b) : Windows1252(b));
  }
  info->data = nullptr;
  info->convert = nullptr;
  info->release = nullptr;
  return XML_STATUS_OK;
}

}  // namespace

struct XmlPushParser::State {
  std::string file;
  XmlEvents* events = nullptr;
  XML_Parser parser = nullptr;
  absl::Status status;
  std::string slice;
  int64_t parsed_bytes = 0;
  int depth = 0;
  bool any_element = false;
  std::string text;
  bool text_cut = false;
  std::vector<XmlAttribute> attributes;
  absl::flat_hash_set<std::string> names;

  void Refuse(absl::string_view reason, absl::string_view message) {
    if (!status.ok()) return;
    status = RefuseFile(file, Line(), "", reason, message);
    XML_StopParser(parser, XML_FALSE);
  }

  int64_t Line() const { return static_cast<int64_t>(XML_GetCurrentLineNumber(parser)); }

  bool Remember(absl::string_view name) {
    if (names.contains(name)) return true;
    if (name.size() > kXmlNameBytesMax) {
      Refuse(kXmlTokenTooLong, absl::StrCat("a name is longer than ", kXmlNameBytesMax, " bytes"));
      return false;
    }
    if (names.size() >= kXmlNamesMax) {
      Refuse(kXmlTooManyNames, absl::StrCat("more than ", kXmlNamesMax, " different names"));
      return false;
    }
    names.emplace(name);
    return true;
  }

  static void OnStart(void* user, const XML_Char* full_name, const XML_Char** pairs) {
    auto& self = *static_cast<State*>(user);
    if (!self.status.ok()) return;  // expat may report what it has already tokenised
    self.any_element = true;
    if (++self.depth > kXmlDepthMax) {
      return self.Refuse(kXmlTooDeep, absl::StrCat("elements are nested deeper than ", kXmlDepthMax));
    }
    absl::string_view space;
    absl::string_view name;
    if (!self.Remember(full_name)) return;
    SplitName(full_name, &space, &name);
    self.attributes.clear();
    for (const XML_Char** pair = pairs; pair[0] != nullptr; pair += 2) {
      if (!self.Remember(pair[0])) return;
      absl::string_view attribute_space;
      XmlAttribute attribute;
      SplitName(pair[0], &attribute_space, &attribute.name);
      attribute.value = pair[1];
      self.attributes.push_back(attribute);
    }
    self.ClearText();
    self.events->OnStart(space, name, self.attributes);
  }

  // In namespace mode these are not reported as attributes, and expat keeps each prefix.
  static void OnNamespace(void* user, const XML_Char* prefix, const XML_Char* uri) {
    auto& self = *static_cast<State*>(user);
    if (prefix != nullptr && !self.Remember(absl::StrCat("xmlns:", prefix))) return;
    if (uri != nullptr) self.Remember(uri);
  }

  static void OnEnd(void* user, const XML_Char* full_name) {
    auto& self = *static_cast<State*>(user);
    if (!self.status.ok()) return;
    --self.depth;
    absl::string_view space;
    absl::string_view name;
    SplitName(full_name, &space, &name);
    self.events->OnEnd(name, self.text, self.text_cut);
    self.ClearText();
  }

  static void OnText(void* user, const XML_Char* data, int length) {
    auto& self = *static_cast<State*>(user);
    if (!self.status.ok()) return;
    const size_t kept = std::min(static_cast<size_t>(length), kXmlTextBytesMax - self.text.size());
    if (kept < static_cast<size_t>(length)) self.text_cut = true;
    self.text.append(data, kept);
  }

  static void OnDoctype(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    static_cast<State*>(user)->Refuse(kXmlDoctypeRefused, "a DOCTYPE is not allowed: no DTD, no entities");
  }

  void ClearText() {
    text.clear();
    text_cut = false;
  }
};

XmlPushParser::XmlPushParser(std::string file, XmlEvents* events) : state_(std::make_unique<State>()) {
  state_->file = std::move(file);
  state_->events = events;
  state_->parser = XML_ParserCreateNS(nullptr, kNameSeparator);
  RELANCE_CHECK(state_->parser != nullptr);
  XML_SetUserData(state_->parser, state_.get());
  XML_SetElementHandler(state_->parser, State::OnStart, State::OnEnd);
  XML_SetStartNamespaceDeclHandler(state_->parser, State::OnNamespace);
  XML_SetCharacterDataHandler(state_->parser, State::OnText);
  XML_SetStartDoctypeDeclHandler(state_->parser, State::OnDoctype);
  XML_SetUnknownEncodingHandler(state_->parser, OnUnknownEncoding, nullptr);
  XML_SetParamEntityParsing(state_->parser, XML_PARAM_ENTITY_PARSING_NEVER);
}

XmlPushParser::~XmlPushParser() { XML_ParserFree(state_->parser); }

absl::Status XmlPushParser::Feed(absl::string_view bytes) {
  // Slices lie at fixed places of the file, so that limits strike at the same byte however the file is cut.
  while (!bytes.empty() && state_->status.ok()) {
    const size_t taken = std::min(bytes.size(), kXmlSliceBytes - state_->slice.size());
    state_->slice.append(bytes.data(), taken);
    bytes.remove_prefix(taken);
    if (state_->slice.size() == kXmlSliceBytes) ParseSlice(false);
  }
  return state_->status;
}

absl::Status XmlPushParser::Finish() {
  if (state_->status.ok()) ParseSlice(true);
  return state_->status;
}

void XmlPushParser::ParseSlice(bool is_final) {
  State& state = *state_;
  const XML_Status result =
      XML_Parse(state.parser, state.slice.data(), static_cast<int>(state.slice.size()), is_final ? 1 : 0);
  state.parsed_bytes += static_cast<int64_t>(state.slice.size());
  state.slice.clear();
  if (!state.status.ok()) return;  // stopped by a handler
  if (result != XML_STATUS_OK) {
    const XML_Error error = XML_GetErrorCode(state.parser);
    if (error == XML_ERROR_UNKNOWN_ENCODING)
      return state.Refuse(kXmlEncodingUnknown, "the encoding is not known");
    if (!state.any_element && state.parsed_bytes == 0)
      return state.Refuse(kFileEmpty, "there is nothing in it");
    return state.Refuse(kXmlMalformed, absl::StrCat("not well-formed XML: ", XML_ErrorString(error)));
  }
  // expat holds an unfinished token as a whole and would grow with it.
  const int64_t event_at = XML_GetCurrentByteIndex(state.parser);
  if (!is_final &&
      state.parsed_bytes - std::max<int64_t>(event_at, 0) > static_cast<int64_t>(kXmlTokenBytesMax)) {
    state.Refuse(kXmlTokenTooLong,
                 absl::StrCat("a tag or comment is longer than ", kXmlTokenBytesMax, " bytes"));
  }
}

int64_t XmlPushParser::line() const { return state_->Line(); }

void XmlPushParser::Stop(absl::Status status) {
  if (!state_->status.ok()) return;
  state_->status = std::move(status);
  XML_StopParser(state_->parser, XML_FALSE);
}

}  // namespace relance::ledger
