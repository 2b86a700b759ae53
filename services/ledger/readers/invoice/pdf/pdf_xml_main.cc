// relance-pdf-xml: a PDF on standard input, the invoice XML in it on standard output. One process for one
// PDF, under limits of memory, time and files; a service never unpacks a PDF itself.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <new>
#include <string>

#include "services/ledger/readers/invoice/pdf/find_attachment.h"
#include "services/ledger/readers/invoice/pdf/pdf_exit.h"

namespace relance::ledger {
namespace {

void Limit(int resource, rlim_t soft, rlim_t hard) {
  const rlimit limit{soft, hard};
  if (setrlimit(static_cast<__rlimit_resource>(resource), &limit) != 0) _exit(kPdfExitTooExpensive);
}

void LimitSelf() {
  // Ends with whoever started it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_DUMPABLE, 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // these reserve terabytes
  Limit(RLIMIT_AS, kPdfMemoryBytesMax, kPdfMemoryBytesMax);
#endif
  Limit(RLIMIT_CPU, kPdfCpuSecondsMax, kPdfCpuSecondsMax + 1);
  Limit(RLIMIT_NOFILE, kPdfFilesMax, kPdfFilesMax);
  Limit(RLIMIT_FSIZE, 0, 0);
  Limit(RLIMIT_CORE, 0, 0);
}

bool ReadAll(std::string* bytes) {
  char piece[64 * 1024];
  while (true) {
    const ssize_t got = read(STDIN_FILENO, piece, sizeof(piece));
    if (got == 0) return true;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || bytes->size() + static_cast<size_t>(got) > kPdfBytesMax) return false;
    bytes->append(piece, static_cast<size_t>(got));
  }
}

int ExitOf(PdfOutcome outcome) {
  switch (outcome) {
    case PdfOutcome::kFound:
      return 0;
    case PdfOutcome::kWithoutInvoice:
      return kPdfExitWithoutInvoice;
    case PdfOutcome::kTooExpensive:
      return kPdfExitTooExpensive;
    case PdfOutcome::kEncrypted:
      return kPdfExitEncrypted;
    case PdfOutcome::kUnreadable:
      break;
  }
  return kPdfExitUnreadable;
}

int Run() {
  std::string pdf;
  if (!ReadAll(&pdf)) return kPdfExitTooExpensive;
  const PdfAttachment attachment = FindInvoiceXml(pdf);
  size_t written = 0;
  while (written < attachment.xml.size()) {
    const ssize_t put =
        write(STDOUT_FILENO, attachment.xml.data() + written, attachment.xml.size() - written);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return kPdfExitUnreadable;
    written += static_cast<size_t>(put);
  }
  return ExitOf(attachment.outcome);
}

}  // namespace
}  // namespace relance::ledger

int main() {
  using namespace relance::ledger;  // NOLINT: one name
  // Not as an exception: the library would take it for a damaged object, and go on.
  std::set_new_handler([] { _exit(kPdfExitTooExpensive); });
  LimitSelf();
  _exit(Run());
}
