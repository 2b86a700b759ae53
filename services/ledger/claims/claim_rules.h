#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/claims/interest.h"

namespace relance::ledger {

// What a creditor of a country may ask a kind of debtor for, beside the principal.
struct ClaimRules {
  // Nothing: no interest without more.
  std::optional<claims::InterestTerms> interest;
  // Of consumers: a scale instead of the flat indemnity of the regime; empty: none.
  std::string indemnity_scale;
  bool is_consumer = false;         // nothing runs before a notice, and costs are not claimable
  int limitation_months = 0;        // 0: not known
  int limitation_watch_months = 0;  // the shortest that may hold
};

// By the creditor's country (ISO 3166 alpha-2) and the debtor's type ("", private, public, consumer; empty: a
// company as far as interest goes, but the shorter limitation of consumers is watched). A contractual yearly
// rate in basis points replaces that of the law between companies; 0: there is none.
//
// Sources: France C. com. L441-10 II, D441-5, L110-4; Code de la commande publique R2192-31, law 68-1250 of
// 31
//          December 1968; C. civ. 1231-6, 1344-1; C. conso. L218-2. Belgium law of 2 August 2002 art. 5 and
//          6, CDE book XIX, old C. civ. 2262bis. Elsewhere Directive 2011/7/EU, and no limitation.
ClaimRules RulesFor(absl::string_view country, absl::string_view customer_type, int contract_rate_bps);

// The day after which claims on a consumer run: the last day of grace after a notice of `sent`. France: the
// day of the formal notice. Belgium: 14 calendar days that begin on the day after an electronic reminder, or
// on the third business day after the posting of one (CDE XIX.2).
absl::CivilDay GraceEnd(absl::string_view country, absl::CivilDay sent, bool by_post);

}  // namespace relance::ledger
