#include "services/ledger/gathered.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/utf8.h"
#include "services/ledger/errors.h"

namespace relance::ledger {

void Gathered::Reject(const ledger::Reject& reject) {
  ++rejected;
  if (rejected_lines.size() == kRejectedLinesMax) {
    Warn(absl::StrCat("more than ", kRejectedLinesMax,
                      " lines were rejected; the others are counted, not kept"));
  }
  if (rejected_lines.size() >= kRejectedLinesMax) return;
  v1::RejectedLine& line = rejected_lines.emplace_back();
  line.set_line(reject.line);
  line.set_field(reject.field);
  line.set_reason(reject.reason);
  line.set_message(CleanUtf8(reject.message, kRawInReportBytesMax));
  line.set_raw(reject.raw.substr(0, kRawInReportBytesMax));
}

void Gathered::Warn(std::string warning) {
  if (warnings.size() >= kWarningsMax) return;
  if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end())
    warnings.push_back(std::move(warning));
}

void Gathered::SeeDay(absl::CivilDay day) {
  if (!newest_day.has_value() || *newest_day < day) newest_day = day;
  if (!oldest_day.has_value() || day < *oldest_day) oldest_day = day;
}

void Gathered::SeeBankDay(const std::string& account, absl::CivilDay day) {
  SeeDay(day);
  const auto [it, is_new] = bank_days.try_emplace(account, day);
  if (!is_new) it->second = std::max(it->second, day);
}

absl::Status RefusalOfFile(const absl::Status& status) {
  if (status.code() != absl::StatusCode::kInvalidArgument) return status;
  ErrorInfo info = ErrorInfoOf(status);
  info.metadata["cause"] = info.reason;
  info.reason = kFileUnreadable;
  return WithErrorInfo(status, info);
}

}  // namespace relance::ledger
