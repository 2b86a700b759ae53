#include "services/ledger/readers/invoice/invoice_reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/ledger/readers/camt_values.h"
#include "services/ledger/readers/invoice/invoice_collector.h"
#include "services/ledger/readers/invoice/make_invoice.h"
#include "services/ledger/readers/invoice/reasons.h"
#include "services/ledger/readers/refusal.h"
#include "services/ledger/readers/reject_log.h"
#include "services/ledger/readers/xml_push_parser.h"

namespace relance::ledger {
namespace {

constexpr absl::string_view kUblInvoice = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";
constexpr absl::string_view kUblCreditNote = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2";
constexpr absl::string_view kCiiSpace = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:";
constexpr absl::string_view kZugferd1Space = "urn:ferd:CrossIndustryDocument:invoice:1p0";
constexpr size_t kAttributeKeptBytesMax = 32;

// Line breaks and indentation of the XML are no part of a text.
std::string OneLine(absl::string_view text) {
  std::string line = CleanCamtText(text);
  line.erase(std::unique(line.begin(), line.end(), [](char a, char b) { return a == ' ' && b == ' '; }),
             line.end());
  return line;
}

}  // namespace

class InvoiceReader::Impl : public XmlEvents {
 public:
  Impl(std::string file, InvoiceSyntax syntax, InvoiceSink* sink)
      : file_(std::move(file)), syntax_(syntax), log_(sink, &summary_), xml_(file_, this) {}

  absl::Status Feed(absl::string_view bytes) { return status_ = status_.ok() ? xml_.Feed(bytes) : status_; }

  absl::Status Finish() {
    if (finished_) return status_;
    finished_ = true;
    if (status_.ok()) status_ = xml_.Finish();
    if (status_.ok() && !found_) {
      status_ = RefuseFile(file_, xml_.line(), "", kNotAnInvoice, "there is no invoice in it");
    }
    if (status_.ok()) Deliver();
    return status_;
  }

  const ReadSummary& summary() const { return summary_; }

  void OnStart(absl::string_view space, absl::string_view name,
               const std::vector<XmlAttribute>& attributes) override {
    if (!in_document_) return OnEnvelope(space, name);
    path_sizes_.push_back(path_.size());
    absl::StrAppend(&path_, path_.empty() ? "" : "/", ubl_ ? name : CiiNameOf(name));
    collector_.Start(Place());
    attribute_.clear();
    for (const XmlAttribute& a : attributes) {
      if (a.name == "currencyID" || a.name == "schemeID" || a.name == "format" || a.name == "unitCode") {
        attribute_ = std::string(a.value.substr(0, kAttributeKeptBytesMax));
      }
    }
  }

  void OnEnd(absl::string_view, absl::string_view text, bool) override {
    if (!in_document_) return;
    if (path_sizes_.empty()) {
      in_document_ = false;
      return;
    }
    const InvoicePlace place = Place();
    if (place.field != InvoiceField::kNone) {
      collector_.End(place, {OneLine(text), attribute_, xml_.line()});
    }
    attribute_.clear();
    path_.resize(path_sizes_.back());
    path_sizes_.pop_back();
  }

 private:
  InvoicePlace Place() const { return ubl_ ? UblPlaceAt(path_) : CiiPlaceAt(path_); }

  void OnEnvelope(absl::string_view space, absl::string_view name) {
    const bool ubl =
        (name == "Invoice" && space == kUblInvoice) || (name == "CreditNote" && space == kUblCreditNote);
    const bool cii = (name == "CrossIndustryInvoice" && absl::StartsWith(space, kCiiSpace)) ||
                     (name == "CrossIndustryDocument" && space == kZugferd1Space);
    const bool wanted = (ubl && syntax_ != InvoiceSyntax::kCii) || (cii && syntax_ != InvoiceSyntax::kUbl);
    if (wanted && !found_) {
      found_ = in_document_ = true;
      ubl_ = ubl;
      collector_.raw().ubl = ubl;
      collector_.raw().credit_note = name == "CreditNote";
      collector_.raw().line = xml_.line();
      return;
    }
    // Access points put the document into an envelope of its own.
    if (root_seen_ ? in_envelope_ && !wanted && !ubl && !cii : name == "StandardBusinessDocument") {
      root_seen_ = in_envelope_ = true;
      return;
    }
    root_seen_ = true;
    xml_.Stop(RefuseFile(
        file_, xml_.line(), name, kNotAnInvoice,
        wanted ? "there is more than one invoice in it" : "not an invoice or credit note of this syntax"));
  }

  void Deliver() {
    ++summary_.lines;
    if (!collector_.too_many().empty()) {
      return log_.Reject(collector_.raw().line, collector_.too_many(), kTooManyParts,
                         absl::StrCat("more than ", kInvoicePartsMax, " of them"), "");
    }
    MadeInvoice made = MakeInvoice(collector_.raw());
    if (!made.problem.reason.empty()) {
      const InvoiceProblem& problem = made.problem;
      return log_.Reject(problem.line, problem.field, problem.reason, problem.message, "");
    }
    for (const Notice& notice : made.notices) {
      log_.Notice(notice.line, notice.field, notice.reason, notice.message);
    }
    log_.Deliver(std::move(made.document));
  }

  const std::string file_;
  const InvoiceSyntax syntax_;
  ReadSummary summary_;
  RejectLog<InvoiceDocument> log_;
  XmlPushParser xml_;
  absl::Status status_;
  bool finished_ = false;

  bool root_seen_ = false, in_envelope_ = false;
  bool found_ = false, in_document_ = false, ubl_ = false;
  std::string path_;  // below the root of the document
  std::vector<size_t> path_sizes_;
  std::string attribute_;  // of the innermost element
  InvoiceCollector collector_;
};

InvoiceReader::InvoiceReader(std::string file, InvoiceSyntax syntax, InvoiceSink* sink)
    : impl_(std::make_unique<Impl>(std::move(file), syntax, sink)) {}
InvoiceReader::~InvoiceReader() = default;
absl::Status InvoiceReader::Feed(absl::string_view bytes) { return impl_->Feed(bytes); }
absl::Status InvoiceReader::Finish() { return impl_->Finish(); }
const ReadSummary& InvoiceReader::summary() const { return impl_->summary(); }

}  // namespace relance::ledger
