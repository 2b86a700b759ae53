#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace relance::ledger {

// What the interbank operation code and the label of a CFONB 120 movement say. Banks use the codes loosely
// and labels are theirs, so that both are asked; a reason for rejection in the record itself is asked before.

// The bank's own: closing (61), charges (62), or a label that begins with such a word.
bool IsCfonbCharge(absl::string_view operation, absl::string_view label);

// The operation is a rejected direct debit (A3), or a word of the label says that an earlier movement comes
// back: IMPAYE, REJET, RETOUR, CONTREPASSATION ... Of a credit only the first word is asked: the name of a
// payer who sends money stands in the label too.
bool SaysReturned(absl::string_view operation, absl::string_view label, bool is_credit);

// The payer in the label of a credit: what stands behind VIR, VIREMENT, SEPA, INST, RECU, DE. May be more
// than a name.
std::string PayerInLabel(absl::string_view label);

}  // namespace relance::ledger
