#include "services/ledger/readers/invoice/pdf/find_attachment.h"

#include <exception>
#include <new>
#include <optional>
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <set>
#include <stdexcept>
#include <vector>

#include "absl/strings/ascii.h"

namespace relance::ledger {
namespace {

// Best first.
constexpr absl::string_view kNames[] = {"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"};

// Keeps what streams in, up to a limit.
class BoundedBytes : public Pipeline {
 public:
  BoundedBytes() : Pipeline("attachment", nullptr) {}

  void write(unsigned char const* data, size_t size) override {
    if (too_many_ || bytes_.size() + size > kPdfXmlBytesMax) {
      too_many_ = true;
      // Ends the unpacking; the library takes it for a damaged stream.
      throw std::runtime_error("attachment too large");
    }
    bytes_.append(reinterpret_cast<const char*>(data), size);
  }
  void finish() override {}

  bool too_many() const { return too_many_; }
  std::string& bytes() { return bytes_; }

 private:
  std::string bytes_;
  bool too_many_ = false;
};

class Finder {
 public:
  explicit Finder(QPDF& pdf) : pdf_(pdf) {}

  PdfAttachment Run() {
    QPDFObjectHandle root = pdf_.getRoot();
    if (!root.isDictionary()) return {PdfOutcome::kUnreadable, ""};
    QPDFObjectHandle names = root.getKey("/Names");
    if (names.isDictionary()) Walk(names.getKey("/EmbeddedFiles"));
    QPDFObjectHandle associated = root.getKey("/AF");
    if (associated.isArray()) {
      for (int i = 0; i < associated.getArrayNItems() && Count(); ++i) Consider(associated.getArrayItem(i));
    }
    for (const auto& stream : streams_) {
      if (stream.has_value()) return Unpack(*stream);
    }
    return {PdfOutcome::kWithoutInvoice, ""};
  }

 private:
  bool Count() { return ++seen_ <= kPdfNamesMax; }

  // A name tree: nodes have /Kids or /Names. Cycles and depth are the file's; both end here.
  void Walk(const QPDFObjectHandle& start) {
    std::vector<QPDFObjectHandle> nodes = {start};
    while (!nodes.empty() && Count()) {
      QPDFObjectHandle node = nodes.back();
      nodes.pop_back();
      if (!node.isDictionary()) continue;
      if (node.isIndirect() && !visited_.insert(node.getObjGen()).second) continue;
      QPDFObjectHandle pairs = node.getKey("/Names");
      if (pairs.isArray()) {
        for (int i = 1; i < pairs.getArrayNItems() && Count(); i += 2) Consider(pairs.getArrayItem(i));
      }
      QPDFObjectHandle kids = node.getKey("/Kids");
      if (!kids.isArray()) continue;
      for (int i = 0; i < kids.getArrayNItems() && Count(); ++i) nodes.push_back(kids.getArrayItem(i));
    }
  }

  // A file specification.
  void Consider(QPDFObjectHandle spec) {
    if (!spec.isDictionary()) return;
    QPDFObjectHandle files = spec.getKey("/EF");
    if (!files.isDictionary()) return;
    QPDFObjectHandle stream = files.getKey("/UF");
    if (!stream.isStream()) stream = files.getKey("/F");
    if (!stream.isStream()) return;
    for (const char* key : {"/UF", "/F"}) {
      QPDFObjectHandle text = spec.getKey(key);
      if (!text.isString()) continue;
      const std::string name = absl::AsciiStrToLower(text.getUTF8Value());
      for (size_t i = 0; i < std::size(kNames); ++i) {
        if (name == kNames[i] && !streams_[i].has_value()) streams_[i] = stream;
      }
    }
  }

  static PdfAttachment Unpack(QPDFObjectHandle stream) {
    BoundedBytes bytes;
    bool unpacked = false;
    try {
      unpacked = stream.pipeStreamData(&bytes, 0, qpdf_dl_all, true);
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception&) {
      unpacked = false;
    }
    if (bytes.too_many()) return {PdfOutcome::kTooExpensive, ""};
    if (!unpacked || bytes.bytes().empty()) return {PdfOutcome::kUnreadable, ""};
    return {PdfOutcome::kFound, std::move(bytes.bytes())};
  }

  QPDF& pdf_;
  int seen_ = 0;
  std::set<QPDFObjGen> visited_;
  std::optional<QPDFObjectHandle> streams_[std::size(kNames)];
};

}  // namespace

PdfAttachment FindInvoiceXml(absl::string_view bytes) {
  try {
    QPDF pdf;
    pdf.setSuppressWarnings(true);
    pdf.processMemoryFile("invoice.pdf", bytes.data(), bytes.size());
    return Finder(pdf).Run();
  } catch (const std::bad_alloc&) {
    return {PdfOutcome::kTooExpensive, ""};
  } catch (const QPDFExc& error) {
    return {error.getErrorCode() == qpdf_e_password ? PdfOutcome::kEncrypted : PdfOutcome::kUnreadable, ""};
  } catch (const std::exception&) {
    return {PdfOutcome::kUnreadable, ""};
  }
}

}  // namespace relance::ledger
