#include "services/risk/risk_service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/money/money.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/risk/errors.h"
#include "services/risk/score_account.h"

namespace relance::risk {
namespace {

constexpr int kPageSizeDefault = 50;
constexpr int kPageSizeMax = 1000;
constexpr size_t kAccountsPerRead = 2048;
// Money from unknown payers lies on this account: nobody's habit.
constexpr char kUnidentified[] = "~unidentified";

void AddReasons(const google::protobuf::RepeatedPtrField<state::v1::RiskReason>& from,
                google::protobuf::RepeatedPtrField<v1::Reason>* to) {
  for (const state::v1::RiskReason& reason : from) {
    v1::Reason* added = to->Add();
    added->set_code(reason.code());
    added->set_contribution(reason.contribution());
    added->set_evidence(reason.evidence());
  }
}

int64_t OpenMinor(const state::v1::LedgerSum& sum, const std::string& currency) {
  for (const state::v1::Balance& balance : sum.balances()) {
    if (balance.currency() == currency) return balance.open_minor();
  }
  return 0;
}

absl::StatusOr<v1::AccountScore> ToProto(const AccountView& view, const state::v1::RiskScore& score,
                                         const std::string& currency) {
  v1::AccountScore out;
  out.set_account_id(view.key.account);
  out.set_name(view.sum.attributes().name());
  out.set_late_probability(score.late_probability());
  out.set_expected_days_late(score.expected_days_late());
  out.set_score(score.score());
  out.set_letter(score.letter());
  out.set_observations(score.observations());
  out.set_model(score.model());
  out.set_segment(score.segment());
  if (score.data_day() != 0) *out.mutable_data_date() = rpc::DayToProto(DayFromNumber(score.data_day()));
  AddReasons(score.reasons(), out.mutable_reasons());
  RELANCE_ASSIGN_OR_RETURN(*out.mutable_open(), rpc::MoneyToProto({OpenMinor(view.sum, currency), currency}));
  return out;
}

}  // namespace

grpc::Status RiskServiceImpl::ScoreAccount(grpc::ServerContext* context,
                                           const v1::ScoreAccountRequest* request,
                                           v1::ScoreAccountResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Score(call, *request); });
}

grpc::Status RiskServiceImpl::RankAccounts(grpc::ServerContext* context,
                                           const v1::RankAccountsRequest* request,
                                           v1::RankAccountsResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Rank(call, *request); });
}

absl::StatusOr<v1::ScoreAccountResponse> RiskServiceImpl::Score(const rpc::CallContext& call,
                                                                const v1::ScoreAccountRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, tenants_->Get(request.tenant_id(), call.deadline));
  RELANCE_ASSIGN_OR_RETURN(
      const AccountView view,
      ReadAccount(*store_, {request.tenant_id(), request.account_id()}, {true, false}, call.deadline));
  // An account that the worker has not come to yet is scored on the spot, by the same rule.
  state::v1::RiskScore score = view.risk;
  if (view.versions[store::kRiskOwner] == 0) {
    RELANCE_ASSIGN_OR_RETURN(const PriorCache::Priors priors, priors_->Get(*tenant, call.deadline));
    score = ::relance::risk::ScoreAccount(view.sum, *priors);
  }
  v1::ScoreAccountResponse response;
  RELANCE_ASSIGN_OR_RETURN(*response.mutable_account(), ToProto(view, score, tenant->config.currency()));
  const int32_t today = DayNumber(tenant->business_date);
  for (const state::v1::Item& item : view.items) {
    if (item.open_minor() <= 0) continue;
    const ItemPrediction prediction = PredictItem(item, score, today);
    v1::ItemScore* out = response.add_items();
    out->set_item_id(absl::StrCat(absl::Hex(item.id(), absl::kZeroPad16)));
    out->set_number(item.number());
    RELANCE_ASSIGN_OR_RETURN(*out->mutable_open(), rpc::MoneyToProto({item.open_minor(), item.currency()}));
    if (item.has_due_day()) *out->mutable_due_date() = rpc::DayToProto(DayFromNumber(item.due_day()));
    out->set_late_probability(prediction.late_probability);
    if (prediction.expected_day.has_value()) {
      *out->mutable_expected_date() = rpc::DayToProto(DayFromNumber(*prediction.expected_day));
    }
    for (const state::v1::RiskReason& reason : prediction.reasons) {
      v1::Reason* added = out->add_reasons();
      added->set_code(reason.code());
      added->set_contribution(reason.contribution());
      added->set_evidence(reason.evidence());
    }
  }
  return response;
}

absl::StatusOr<v1::RankAccountsResponse> RiskServiceImpl::Rank(const rpc::CallContext& call,
                                                               const v1::RankAccountsRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, tenants_->Get(request.tenant_id(), call.deadline));
  RELANCE_ASSIGN_OR_RETURN(const int size,
                           rpc::PageSize(request.page_size(), kPageSizeDefault, kPageSizeMax));
  RELANCE_ASSIGN_OR_RETURN(const std::string cursor,
                           rpc::ParsePageToken(request.page_token(), request.tenant_id()));
  int64_t offset = 0;
  if (!cursor.empty() && (!absl::SimpleAtoi(cursor, &offset) || offset < 0)) {
    return DomainError(absl::StatusCode::kInvalidArgument, kPageTokenInvalid,
                       "the page token holds no position");
  }
  std::vector<store::AccountKey> keys;
  for (int partition = 0; partition < store_->partitions(); ++partition) {
    RELANCE_ASSIGN_OR_RETURN(auto some, store_->ListAccounts(request.tenant_id(), partition, call.deadline));
    for (store::AccountKey& key : some) {
      if (key.account != kUnidentified) keys.push_back(std::move(key));
    }
  }
  struct Ranked {
    double weight;
    double open;
    AccountView view;
  };
  std::vector<Ranked> ranked;
  for (size_t begin = 0; begin < keys.size(); begin += kAccountsPerRead) {
    const size_t count = std::min(kAccountsPerRead, keys.size() - begin);
    RELANCE_ASSIGN_OR_RETURN(auto views, ReadAccounts(*store_, absl::MakeSpan(keys).subspan(begin, count),
                                                      {false, false}, call.deadline));
    for (auto& view : views) {
      if (!view.ok() || view->versions[store::kRiskOwner] == 0) continue;
      const double open = static_cast<double>(OpenMinor(view->sum, tenant->config.currency()));
      if (open <= 0) continue;
      ranked.push_back({open * std::max(0.0, view->risk.expected_days_late()), open, *std::move(view)});
    }
  }
  std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    // Where nobody is expected to pay late, or nothing is known yet, the most money stands first.
    if (a.weight != b.weight) return a.weight > b.weight;
    return a.open != b.open ? a.open > b.open : a.view.key < b.view.key;
  });
  v1::RankAccountsResponse response;
  const size_t end = std::min(ranked.size(), static_cast<size_t>(offset + size));
  for (size_t i = static_cast<size_t>(offset); i < end; ++i) {
    RELANCE_ASSIGN_OR_RETURN(*response.add_accounts(),
                             ToProto(ranked[i].view, ranked[i].view.risk, tenant->config.currency()));
  }
  if (end < ranked.size()) {
    response.set_next_page_token(rpc::MakePageToken(absl::StrCat(end), request.tenant_id()));
  }
  return response;
}

}  // namespace relance::risk
