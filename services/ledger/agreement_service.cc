#include "services/ledger/agreement_service.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/agreement/statement_chain.h"
#include "services/ledger/errors.h"
#include "services/ledger/quality/quality_report.h"

namespace relance::ledger {
namespace {

constexpr int kAccountsPageSize = 100;
constexpr int kHistoryPageSize = 50;
constexpr int kFindingsPageSize = 100;
constexpr int kPageSizeMax = 1000;

type::v1::Date DateOf(int32_t day) { return rpc::DayToProto(DayFromNumber(day)); }

std::string CurrencyOf(const std::string& asked, const TenantContext& tenant) {
  if (!asked.empty()) return asked;
  return tenant.config.currency().empty() ? "EUR" : tenant.config.currency();
}

absl::StatusOr<v1::Agreement> AgreementToProto(const state::v1::AgreementRecord& record) {
  v1::Agreement agreement;
  const auto money = [&](int64_t minor) { return rpc::MoneyToProto({minor, record.currency()}); };
  *agreement.mutable_date() = DateOf(record.day());
  *agreement.mutable_from_date() = DateOf(record.from_day());
  agreement.set_import_id(record.import_id());
  RELANCE_ASSIGN_OR_RETURN(*agreement.mutable_books(), money(record.books_minor()));
  RELANCE_ASSIGN_OR_RETURN(*agreement.mutable_items(), money(record.items_minor()));
  RELANCE_ASSIGN_OR_RETURN(*agreement.mutable_in_transit_bank(), money(record.transit_bank_minor()));
  RELANCE_ASSIGN_OR_RETURN(*agreement.mutable_in_transit_other(), money(record.transit_other_minor()));
  RELANCE_ASSIGN_OR_RETURN(*agreement.mutable_unidentified(), money(record.unidentified_minor()));
  RELANCE_ASSIGN_OR_RETURN(*agreement.mutable_difference(), money(DifferenceOf(record)));
  agreement.set_accounts(record.accounts());
  agreement.set_accounts_differing(record.accounts_differing());
  agreement.set_since_import_id(record.since_import());
  if (!record.since_import().empty()) *agreement.mutable_since_date() = DateOf(record.since_day());
  agreement.mutable_compare_time()->set_seconds(record.compared_seconds());
  return agreement;
}

absl::StatusOr<v1::AccountDifference> DifferenceToProto(const state::v1::AccountDisagreement& account,
                                                        const std::string& currency) {
  v1::AccountDifference difference;
  const auto money = [&](int64_t minor) { return rpc::MoneyToProto({minor, currency}); };
  difference.set_account_id(account.account());
  RELANCE_ASSIGN_OR_RETURN(*difference.mutable_books(), money(account.books_minor()));
  RELANCE_ASSIGN_OR_RETURN(*difference.mutable_items(), money(account.items_minor()));
  RELANCE_ASSIGN_OR_RETURN(*difference.mutable_in_transit(), money(account.in_transit_minor()));
  RELANCE_ASSIGN_OR_RETURN(*difference.mutable_difference(), money(DifferenceOf(account)));
  difference.set_since_import_id(account.since_import());
  *difference.mutable_since_date() = DateOf(account.since_day());
  return difference;
}

absl::StatusOr<v1::BankAccount> BankAccountToProto(const state::v1::BankAccountRecord& record) {
  v1::BankAccount account;
  const auto money = [&](int64_t minor) { return rpc::MoneyToProto({minor, record.currency()}); };
  account.set_account(record.account());
  account.set_currency_code(record.currency());
  if (record.known_until_day() != 0) *account.mutable_known_until_date() = DateOf(record.known_until_day());
  account.set_statements(record.statements_size());
  if (record.statements_size() > 0) {
    const auto& newest = record.statements(record.statements_size() - 1);
    RELANCE_ASSIGN_OR_RETURN(*account.mutable_closing(), money(newest.closing_minor()));
    *account.mutable_chain_from_date() = DateOf(record.statements(0).closing_day());
  }
  for (const StatementBreak& broken : BreaksOf(record)) {
    v1::StatementGap* gap = account.add_gaps();
    gap->set_kind(broken.is_sum ? v1::STATEMENT_GAP_KIND_SUM : v1::STATEMENT_GAP_KIND_MISSING);
    *gap->mutable_after_date() = DateOf(broken.after_day);
    *gap->mutable_before_date() = DateOf(broken.before_day);
    RELANCE_ASSIGN_OR_RETURN(*gap->mutable_expected(), money(broken.expected_minor));
    RELANCE_ASSIGN_OR_RETURN(*gap->mutable_found(), money(broken.found_minor));
    gap->set_statement_id(broken.statement_id);
    gap->set_import_id(broken.import_id);
  }
  return account;
}

absl::StatusOr<v1::QualityFinding> FindingToProto(const Finding& finding) {
  v1::QualityFinding answer;
  answer.set_kind(finding.kind);
  answer.set_severity(AboutKind(finding.kind).severity);
  answer.set_account_id(finding.account);
  for (const uint64_t item : finding.items) answer.add_item_ids(absl::StrFormat("%016x", item));
  for (const std::string& number : finding.numbers) answer.add_item_numbers(number);
  RELANCE_ASSIGN_OR_RETURN(*answer.mutable_amount(),
                           rpc::MoneyToProto({finding.amount_minor, finding.currency}));
  answer.set_message(finding.message);
  answer.set_repair(finding.repair);
  answer.set_command(finding.command);
  return answer;
}

// The row that a page begins with.
absl::StatusOr<int> OffsetOf(const std::string& token, const std::string& filter) {
  RELANCE_ASSIGN_OR_RETURN(const std::string cursor, rpc::ParsePageToken(token, filter));
  int offset = 0;
  if (!cursor.empty() && !absl::SimpleAtoi(cursor, &offset)) offset = 0;
  return std::max(offset, 0);
}

}  // namespace

absl::StatusOr<v1::GetAgreementResponse> AgreementServiceImpl::Get(const v1::GetAgreementRequest& request,
                                                                   store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, directory_->Get(request.tenant_id(), deadline));
  int32_t day = INT32_MAX;
  if (request.has_date()) {
    RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay date, rpc::DayFromProto(request.date(), "date"));
    day = DayNumber(date);
  }
  RELANCE_ASSIGN_OR_RETURN(const int size,
                           rpc::PageSize(request.page_size(), kAccountsPageSize, kPageSizeMax));
  const std::string currency = CurrencyOf(request.currency_code(), *tenant);
  const std::string filter = absl::StrCat("agreement/", request.tenant_id(), "/", currency, "/", day);
  RELANCE_ASSIGN_OR_RETURN(const int offset, OffsetOf(request.page_token(), filter));
  RELANCE_ASSIGN_OR_RETURN(const auto record, book_->Newest(request.tenant_id(), currency, day, deadline));
  v1::GetAgreementResponse response;
  if (record.has_value()) {
    RELANCE_ASSIGN_OR_RETURN(*response.mutable_agreement(), AgreementToProto(*record));
    const int end = std::min(record->differing_size(), offset + size);
    for (int i = offset; i < end; ++i) {
      RELANCE_ASSIGN_OR_RETURN(*response.add_accounts(), DifferenceToProto(record->differing(i), currency));
    }
    if (end < record->differing_size()) {
      response.set_next_page_token(rpc::MakePageToken(absl::StrCat(end), filter));
    }
  }
  RELANCE_ASSIGN_OR_RETURN(const auto accounts, book_->BankAccounts(request.tenant_id(), deadline));
  for (const auto& account : accounts) {
    RELANCE_ASSIGN_OR_RETURN(*response.add_bank_accounts(), BankAccountToProto(account));
  }
  return response;
}

absl::StatusOr<v1::ListAgreementsResponse> AgreementServiceImpl::List(
    const v1::ListAgreementsRequest& request, store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, directory_->Get(request.tenant_id(), deadline));
  RELANCE_ASSIGN_OR_RETURN(const int size,
                           rpc::PageSize(request.page_size(), kHistoryPageSize, kPageSizeMax));
  const std::string currency = CurrencyOf(request.currency_code(), *tenant);
  const std::string filter = absl::StrCat("agreements/", request.tenant_id(), "/", currency);
  RELANCE_ASSIGN_OR_RETURN(const std::string cursor, rpc::ParsePageToken(request.page_token(), filter));
  int32_t before = INT32_MAX;
  if (!cursor.empty() && !absl::SimpleAtoi(cursor, &before)) before = INT32_MAX;
  RELANCE_ASSIGN_OR_RETURN(const auto records,
                           book_->History(request.tenant_id(), currency, before, size + 1, deadline));
  v1::ListAgreementsResponse response;
  for (const auto& record : records) {
    if (response.agreements_size() == size) {
      const auto& last = records[static_cast<size_t>(size) - 1];
      response.set_next_page_token(rpc::MakePageToken(absl::StrCat(last.day()), filter));
      break;
    }
    RELANCE_ASSIGN_OR_RETURN(*response.add_agreements(), AgreementToProto(record));
  }
  return response;
}

absl::StatusOr<v1::GetQualityResponse> AgreementServiceImpl::Quality(const v1::GetQualityRequest& request,
                                                                     store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, directory_->Get(request.tenant_id(), deadline));
  std::set<v1::QualityKind> kinds;
  for (const int kind : request.kinds()) {
    if (kind == v1::QUALITY_KIND_UNSPECIFIED || !v1::QualityKind_IsValid(kind)) {
      return DomainError(absl::StatusCode::kInvalidArgument, kQualityKindUnknown,
                         "there is no such kind of finding", {{"kind", absl::StrCat(kind)}});
    }
    kinds.insert(static_cast<v1::QualityKind>(kind));
  }
  RELANCE_ASSIGN_OR_RETURN(const int size,
                           rpc::PageSize(request.page_size(), kFindingsPageSize, kPageSizeMax));
  const std::string filter =
      absl::StrCat("quality/", request.tenant_id(), "/", DayNumber(tenant->business_date), "/",
                   absl::StrJoin(kinds, ",", [](std::string* out, int kind) { absl::StrAppend(out, kind); }));
  RELANCE_ASSIGN_OR_RETURN(const int offset, OffsetOf(request.page_token(), filter));
  RELANCE_ASSIGN_OR_RETURN(const QualityReport report,
                           MakeQualityReport(*store_, *book_, *tenant, kinds, deadline));
  v1::GetQualityResponse response;
  *response.mutable_as_of_date() = rpc::DayToProto(tenant->business_date);
  for (const auto& [kind, count] : report.counts()) {
    v1::QualityCount* answer = response.add_counts();
    answer->set_kind(kind);
    answer->set_severity(AboutKind(kind).severity);
    answer->set_findings(count.findings);
    answer->set_accounts(count.accounts);
    for (const auto& [currency, minor] : count.amounts) {
      RELANCE_ASSIGN_OR_RETURN(*answer->add_amounts(), rpc::MoneyToProto({minor, currency}));
    }
  }
  const int all = static_cast<int>(report.findings().size());
  const int end = std::min(all, offset + size);
  for (int i = offset; i < end; ++i) {
    RELANCE_ASSIGN_OR_RETURN(*response.add_findings(),
                             FindingToProto(report.findings()[static_cast<size_t>(i)]));
  }
  if (end < all) response.set_next_page_token(rpc::MakePageToken(absl::StrCat(end), filter));
  return response;
}

grpc::Status AgreementServiceImpl::GetAgreement(grpc::ServerContext* context,
                                                const v1::GetAgreementRequest* request,
                                                v1::GetAgreementResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Get(*request, call.deadline); });
}

grpc::Status AgreementServiceImpl::ListAgreements(grpc::ServerContext* context,
                                                  const v1::ListAgreementsRequest* request,
                                                  v1::ListAgreementsResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return List(*request, call.deadline); });
}

grpc::Status AgreementServiceImpl::GetQuality(grpc::ServerContext* context,
                                              const v1::GetQualityRequest* request,
                                              v1::GetQualityResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Quality(*request, call.deadline); });
}

}  // namespace relance::ledger
