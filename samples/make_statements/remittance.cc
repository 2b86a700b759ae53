#include "samples/make_statements/remittance.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "samples/toolkit/made_up_identity.h"

namespace relance::samples {
namespace {

void WriteStructured(const Receipt& receipt, StatementEntry& entry) {
  for (const Settlement& part : receipt.settles) {
    StructuredRemittance structured;
    structured.reference = CreditorReference(part.piece);
    if (!structured.reference.empty()) structured.scheme = StructuredRemittance::Scheme::kCreditorReference;
    if (receipt.settles.size() > 1) {
      structured.document_number = part.piece;
      structured.credit_note = part.amount_minor < 0;
      structured.remitted_minor = part.amount_minor < 0 ? -part.amount_minor : part.amount_minor;
    }
    entry.structured.push_back(structured);
  }
}

std::string Spelled(absl::string_view piece, int64_t spelling) {
  std::string text(piece);
  absl::RemoveExtraAsciiWhitespace(&text);
  if (spelling == 1) return absl::StrReplaceAll(text, {{" ", ""}});
  if (spelling == 2) {
    const size_t digit = text.find_first_of("0123456789");
    return digit == std::string::npos ? text : text.substr(digit);
  }
  return text;
}

void WriteNumbers(const Receipt& receipt, Random& random, StatementEntry& entry) {
  const int64_t spelling = random.Below(3);
  const bool one = receipt.settles.size() == 1;
  absl::string_view separator = random.Chance(500) ? " " : ", ";
  std::string text =
      spelling == 2 ? (one ? "FACTURE" : "FACTURES") : (random.Chance(500) ? "REGLEMENT" : "VOS REF");
  for (size_t i = 0; i < receipt.settles.size(); ++i) {
    const Settlement& part = receipt.settles[i];
    absl::StrAppend(&text, i == 0 ? " " : separator, spelling == 2 && part.amount_minor < 0 ? "AVOIR " : "",
                    Spelled(part.piece, spelling));
  }
  entry.free_text = text;
}

}  // namespace

absl::string_view WriteRemittance(const Receipt& receipt, Random& random, StatementEntry& entry) {
  const int64_t draw = random.Below(100);
  const bool known = !receipt.settles.empty();
  const int structured_below = receipt.cheque ? 0 : 40;
  const int numbers_below = receipt.cheque ? 50 : 62;
  const int label_below = receipt.cheque ? 50 : 76;
  const int name_below = receipt.cheque ? 85 : 90;
  if (known && draw < structured_below) {
    WriteStructured(receipt, entry);
    return "structured";
  }
  if (known && draw < numbers_below) {
    WriteNumbers(receipt, random, entry);
    return "numbers";
  }
  if (!receipt.cheque && draw < label_below) {
    entry.free_text = receipt.label;
    return "bank_label";
  }
  if (draw < name_below) {
    entry.free_text = absl::StrCat(receipt.cheque ? "CHEQUE " : "VIREMENT ", receipt.customer_name);
    return "name";
  }
  return "none";
}

}  // namespace relance::samples
