#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "services/ledger/readers/bank/bank_values.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

// What a field :86: tells of the entry before it.
struct Mt940Information {
  std::string business_code;  // GVC, three digits; empty where there is none
  Counterparty party;
  std::string bic;
  std::string return_code;  // ?34 of a return, /RTRN/
};

// Reads a :86: into the remittance, end-to-end id, mandate and original amount of `transaction`. `text` has
// its lines apart by LF.
//
// Forms:   with subfields (three digits, then ?20 to ?29 and ?60 to ?63 purpose, ?30 bank, ?31 or ?38
// account, ?32 ?33
//          name, ?34 return code) and in the purpose EREF+ MREF+ SVWZ+ ABWA+ ...; with code words between
//          slashes
//          (/REMI/ /EREF/ /ORDP/ /BENM/ /NAME/ /IBAN/ /CNTP/ /RTRN/ /MARF/ ...); free text.
// Lines:   one that fills its 65 columns goes on in the next; of free text others are words apart.
Mt940Information ReadMt940Information(absl::string_view text, BankTransaction* transaction);

// Reads /OCMT/ and /CHGS/ (of the second line of a :61:): the original amount and charges.
void ReadMt940Amounts(absl::string_view text, BankTransaction* transaction);

// Business codes of returns of direct debits and transfers.
bool IsMt940Return(absl::string_view business_code);

}  // namespace relance::ledger
