#pragma once

#include "samples/generate/life.h"
#include "samples/toolkit/random.h"
#include "samples/toolkit/statement.h"

namespace relance::samples {

// What the payer wrote: in the account's own style 85 times out of 100, else in any of the four.
void WritePayerText(const LivingPayment& payment, const Account& account, Random& random,
                    StatementEntry& entry);

}  // namespace relance::samples
