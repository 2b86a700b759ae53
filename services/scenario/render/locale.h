#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/money/money.h"

// How people of a language write amounts and days. Languages: fr, nl, en, de; any other is written as en.
// Every value is written from civil days and minor units alone: no time zone, no floating point, no process
// locale.
namespace relance::scenario::render {

// "1 234,56 €", "€1,234.56", "1.234,56 €"; currencies without a sign of their own by code: "USD 500.00".
// Spaces inside never break. Requires a known currency.
std::string FormatAmount(absl::string_view language, const Money& amount);

// "31 mars 2025", "1er avril 2025", "31 March 2025", "31 maart 2025", "31. März 2025".
std::string FormatLongDay(absl::string_view language, absl::CivilDay day);

// For tables: "31/03/2025", "31 Mar 2025" (en: day and month cannot be mixed up), "31-03-2025" (nl),
// "31.03.2025".
std::string FormatShortDay(absl::string_view language, absl::CivilDay day);

// "13,15 %", "13.15%".
std::string FormatRate(absl::string_view language, int32_t rate_bps);

// "Nantes, le 2 juin 2025", "Nantes, 2 June 2025"; the day alone when `city` is empty.
std::string FormatPlaceAndDay(absl::string_view language, absl::string_view city, absl::CivilDay day);

// "a", "a et b", "a, b et c".
std::string JoinWithAnd(absl::string_view language, const std::vector<std::string>& parts);

// French: the spaces before ; : ! ? » % and after « do not break. Other languages: unchanged.
std::string Typography(absl::string_view language, absl::string_view text);

// Groups of four, apart by spaces that do not break: IBAN and RF references. Others are returned unchanged.
std::string GroupReference(absl::string_view reference);

}  // namespace relance::scenario::render
