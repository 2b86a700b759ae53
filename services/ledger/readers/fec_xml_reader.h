#pragma once

#include <array>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/ledger/readers/fec_line_parser.h"
#include "services/ledger/readers/fec_reader.h"
#include "services/ledger/readers/reject_log.h"
#include "services/ledger/readers/source_hash.h"
#include "services/ledger/readers/source_record.h"
#include "services/ledger/readers/xml_push_parser.h"

namespace relance::ledger {

// Whether a file that begins so is XML: its first visible character is '<'.
bool LooksLikeXml(absl::string_view first_bytes);

// Reads a FEC in its XML form (schemas A47A-I-VII and following), pushed in chunks of any size. Pure: no I/O,
// no clock.
//
//   comptabilite / exercice / DateCloture
//                             journal / JournalCode, JournalLib
//                                       ecriture / EcritureNum, EcritureDate, EcritureLib, PieceRef,
//                                       PieceDate,
//                                                  EcritureLet, DateLet, ValidDate, DateRglt, ModeRglt, ...
//                                                  ligne / CompteNum, CompteLib, CompteAuxNum, CompteAuxLib,
//                                                          Montantdevise, Idevise, Debit, Credit or Montant,
//                                                          Sens
//
// Each ligne is the line that the flat form has, with the same identity (FecReader): the same books in both
// forms are the same items. What stands on the entry holds for its lines unless a line says otherwise;
// EcritureLet of the entry holds for lines of third parties (class 40 and 41). A time behind a date is cut.
// Namespaces and unknown elements are passed over.
// Rejects:  those of ParseFecLine, with the line of the ligne and the flat form of it.
// Errors:   INVALID_ARGUMENT / NOT_A_FEC (another root), FILE_EMPTY (no ligne), those of XmlPushParser;
//           RESOURCE_EXHAUSTED / TOO_MANY_RECORDS.
class FecXmlReader : private XmlEvents {
 public:
  // `sink` outlives this. Of the options, prefixes and balance are not used.
  FecXmlReader(FecOptions options, FecSink* sink);
  FecXmlReader(const FecXmlReader&) = delete;
  FecXmlReader& operator=(const FecXmlReader&) = delete;

  absl::Status Feed(absl::string_view bytes) { return parser_.Feed(bytes); }
  absl::Status Finish();

  const ReadSummary& summary() const { return summary_; }

 private:
  using Values = std::array<std::string, kFecColumnCount>;

  void OnStart(absl::string_view space, absl::string_view name,
               const std::vector<XmlAttribute>& attributes) override;
  void OnEnd(absl::string_view name, absl::string_view text, bool text_cut) override;
  void OnLine();
  const std::string& ValueOf(FecColumn column) const;

  const FecOptions options_;
  ReadSummary summary_;
  RejectLog<FecLine> log_;
  XmlPushParser parser_;
  int depth_ = 0;
  bool in_line_ = false;
  int64_t line_ = 0;  // where the ligne begins
  Values journal_, entry_, ligne_;
  bool in_entry_ = false;
  const FecHeader by_sides_, by_side_;
  std::string text_, decoded_;
  FecLine record_;
  LineProblem problem_, notice_;
  OrdinalCounter ordinals_;
};

}  // namespace relance::ledger
