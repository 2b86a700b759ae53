#pragma once

#include <cstddef>

// What relance-pdf-xml and whoever starts it agree on.
namespace relance::ledger {

inline constexpr char kPdfProgram[] = "relance-pdf-xml";
inline constexpr size_t kPdfBytesMax = 64 * 1024 * 1024;  // of a PDF

// Exit status. 0: the XML is on standard output.
inline constexpr int kPdfExitWithoutInvoice = 3;
inline constexpr int kPdfExitUnreadable = 4;
inline constexpr int kPdfExitTooExpensive = 5;
inline constexpr int kPdfExitEncrypted = 6;

// Limits that the program sets for itself.
inline constexpr size_t kPdfMemoryBytesMax = size_t{512} << 20;
inline constexpr int kPdfCpuSecondsMax = 10;
inline constexpr int kPdfFilesMax = 16;

}  // namespace relance::ledger
