#include "services/ledger/readers/invoice/pdf/find_attachment.h"
#include "tests/fuzz/two_ways.h"

// What relance-pdf-xml does, here without its limits of time and memory.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace relance::ledger;
  const PdfAttachment found = FindInvoiceXml(AsText(data, size));
  const bool has_xml = !found.xml.empty() && found.xml.size() <= kPdfXmlBytesMax;
  RELANCE_CHECK(has_xml == (found.outcome == PdfOutcome::kFound));
  return 0;
}
