#include "services/ledger/readers/fec_xml_reader.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/refusal.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

constexpr char kSeparator = '\x1f';

// The columns in order, with the amounts told one way or the other.
FecHeader HeaderOf(bool by_sides) {
  FecHeader header;
  header.separator = kSeparator;
  header.position.fill(-1);
  int position = 0;
  for (size_t i = 0; i < kFecColumnCount; ++i) {
    const auto column = static_cast<FecColumn>(i);
    const bool of_sides = column == FecColumn::kDebit || column == FecColumn::kCredit;
    const bool of_side = column == FecColumn::kMontant || column == FecColumn::kSens;
    if (by_sides ? of_side : of_sides) continue;
    header.position[i] = position++;
  }
  header.named_columns = header.fields_max = static_cast<size_t>(position);
  return header;
}

const FecColumn* ColumnOf(absl::string_view element) {
  static const auto& columns = *[] {
    auto* known = new absl::flat_hash_map<std::string, FecColumn>;
    for (size_t i = 0; i < kFecColumnCount; ++i) {
      known->emplace(absl::AsciiStrToLower(FecColumnName(static_cast<FecColumn>(i))),
                     static_cast<FecColumn>(i));
    }
    known->emplace("compteauxnum", FecColumn::kCompAuxNum);
    known->emplace("compteauxlib", FecColumn::kCompAuxLib);
    return known;
  }();
  const auto it = columns.find(absl::AsciiStrToLower(element));
  return it == columns.end() ? nullptr : &it->second;
}

bool IsDay(FecColumn column) {
  switch (column) {
    case FecColumn::kEcritureDate:
    case FecColumn::kPieceDate:
    case FecColumn::kDateLet:
    case FecColumn::kValidDate:
    case FecColumn::kDateEcheance:
    case FecColumn::kDateRglt:
      return true;
    default:
      return false;
  }
}

bool IsThirdParty(absl::string_view account) {
  return absl::StartsWith(account, "40") || absl::StartsWith(account, "41");
}

}  // namespace

bool LooksLikeXml(absl::string_view first_bytes) {
  const absl::string_view text = StripBom(first_bytes);
  const auto visible = std::find_if(text.begin(), text.end(),
                                    [](unsigned char c) { return !absl::ascii_isspace(c) && c != 0; });
  if (visible == text.end()) return false;
  // UTF-16 begins with its own mark, which is not blank.
  const bool wide = text.size() > 3 && (text.substr(0, 2) == "\xFF\xFE" || text.substr(0, 2) == "\xFE\xFF");
  return *visible == '<' || (wide && (text[2] == '<' || text[3] == '<'));
}

FecXmlReader::FecXmlReader(FecOptions options, FecSink* sink)
    : options_(std::move(options)),
      log_(sink, &summary_),
      parser_(options_.file, this),
      by_sides_(HeaderOf(true)),
      by_side_(HeaderOf(false)) {}

absl::Status FecXmlReader::Finish() {
  const absl::Status parsed = parser_.Finish();
  if (!parsed.ok()) return parsed;
  if (summary_.lines == 0) return RefuseFile(options_.file, 1, "", kFileEmpty, "there is no line in it");
  return absl::OkStatus();
}

void FecXmlReader::OnStart(absl::string_view, absl::string_view name, const std::vector<XmlAttribute>&) {
  if (++depth_ == 1 && !absl::EqualsIgnoreCase(name, "comptabilite")) {
    parser_.Stop(
        RefuseFile(options_.file, parser_.line(), "", kNotAFec, "the document is not the XML form of a FEC"));
    return;
  }
  if (absl::EqualsIgnoreCase(name, "journal")) {
    journal_ = {};
  } else if (absl::EqualsIgnoreCase(name, "ecriture")) {
    entry_ = {};
    in_entry_ = true;
  } else if (absl::EqualsIgnoreCase(name, "ligne")) {
    ligne_ = {};
    in_line_ = true;
    line_ = parser_.line();
  }
}

void FecXmlReader::OnEnd(absl::string_view name, absl::string_view text, bool) {
  --depth_;
  if (absl::EqualsIgnoreCase(name, "ligne")) {
    if (in_line_) OnLine();
    in_line_ = false;
    return;
  }
  if (absl::EqualsIgnoreCase(name, "ecriture")) {
    in_entry_ = false;
    return;
  }
  const FecColumn* column = ColumnOf(name);
  if (column == nullptr) return;
  std::string& value = (in_line_ ? ligne_ : in_entry_ ? entry_ : journal_)[static_cast<size_t>(*column)];
  value.assign(text.data(), text.size());
  if (IsDay(*column)) value.resize(std::min(value.size(), value.find('T')));
}

const std::string& FecXmlReader::ValueOf(FecColumn column) const {
  const auto at = static_cast<size_t>(column);
  if (!ligne_[at].empty()) return ligne_[at];
  static const std::string& none = *new std::string;
  const bool lettering = column == FecColumn::kEcritureLet || column == FecColumn::kDateLet;
  if (lettering && !IsThirdParty(TrimBlank(ligne_[static_cast<size_t>(FecColumn::kCompteNum)]))) return none;
  return entry_[at].empty() ? journal_[at] : entry_[at];
}

void FecXmlReader::OnLine() {
  ++summary_.lines;
  const bool by_sides = ValueOf(FecColumn::kMontant).empty() && ValueOf(FecColumn::kSens).empty();
  const FecHeader& header = by_sides ? by_sides_ : by_side_;
  text_.clear();
  for (size_t i = 0; i < kFecColumnCount; ++i) {
    if (header.position[i] < 0) continue;
    if (header.position[i] > 0) text_.push_back(kSeparator);
    const std::string& value = ValueOf(static_cast<FecColumn>(i));
    // Control characters, line ends among them, are blanks; none is taken for the separator.
    DecodeLine(value, &decoded_);
    text_.append(decoded_);
  }
  record_.line = line_;
  if (!ParseFecLine(header, text_, &record_, &problem_, &notice_)) {
    std::replace(text_.begin(), text_.end(), kSeparator, '\t');
    log_.Reject(line_, problem_.field, problem_.reason, problem_.message, text_);
    return;
  }
  if (summary_.records >= options_.records_max) {
    parser_.Stop(RefuseFile(options_.file, line_, "", kTooManyRecords,
                            absl::StrCat("more than ", options_.records_max, " lines; split it by period"),
                            absl::StatusCode::kResourceExhausted));
    return;
  }
  if (!notice_.reason.empty()) log_.Notice(line_, notice_.field, notice_.reason, notice_.message);
  if (options_.identify) {
    record_.source_hash = FecLineHash(record_);
    record_.ordinal = options_.count_equal_lines ? ordinals_.Next(record_.source_hash) : 0;
  }
  summary_.debit_minor = AddSaturated(summary_.debit_minor, record_.debit_minor);
  summary_.credit_minor = AddSaturated(summary_.credit_minor, record_.credit_minor);
  log_.Deliver(std::move(record_));
}

}  // namespace relance::ledger
