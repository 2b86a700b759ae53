#include "samples/make_statements/books_after_cut.h"

#include <set>
#include <string>

namespace relance::samples {
namespace {

std::map<std::string, absl::CivilDay> EntryDays(const FecFile& fec) {
  std::map<std::string, absl::CivilDay> days;
  for (const FecLine& line : fec.lines) days.emplace(EntryKey(line), line.entry_day);
  return days;
}

}  // namespace

std::vector<const FecLine*> LinesUpTo(const FecFile& fec, absl::CivilDay cut) {
  const std::map<std::string, absl::CivilDay> days = EntryDays(fec);
  std::vector<const FecLine*> lines;
  for (const FecLine& line : fec.lines) {
    if (days.at(EntryKey(line)) <= cut) lines.push_back(&line);
  }
  return lines;
}

std::map<absl::CivilDay, std::vector<const FecLine*>> LinesAfter(const FecFile& fec, absl::CivilDay cut,
                                                                 absl::CivilDay to,
                                                                 const std::vector<Receipt>& receipts) {
  std::set<std::string> by_the_bank;
  for (const Receipt& receipt : receipts) by_the_bank.insert(EntryKey(*receipt.lines.front()));
  const std::map<std::string, absl::CivilDay> days = EntryDays(fec);
  std::map<absl::CivilDay, std::vector<const FecLine*>> after;
  for (const FecLine& line : fec.lines) {
    const std::string key = EntryKey(line);
    const absl::CivilDay day = days.at(key);
    if (day > cut && day <= to && !by_the_bank.contains(key)) after[day].push_back(&line);
  }
  return after;
}

}  // namespace relance::samples
