#pragma once

#include "absl/time/civil_time.h"

namespace relance {

// The Sunday of Easter in the Gregorian calendar (Meeus/Jones/Butcher). Requires: year >= 1583.
absl::CivilDay EasterSunday(int64_t year);

// Which days are public holidays.
enum class HolidaySet {
  kNone,
  // The 11 days of C. trav. L3133-1.
  kFrance,
  // + 26 December (C. trav. L3134-13): Moselle, Bas-Rhin, Haut-Rhin.
  kAlsaceMoselle,
  // + Good Friday as well, in communes with a Protestant temple or a mixed church (L3134-13).
  kAlsaceMoselleGoodFriday,
  // The 10 legal holidays of Belgium (royal decree of 18 April 1974, art. 1).
  kBelgium,
  // The closing days of TARGET besides weekends (ECB calendar): no euro payment settles; instant payments
  // ignore it.
  kTarget,
};

bool IsHoliday(HolidaySet holidays, absl::CivilDay day);

}  // namespace relance
