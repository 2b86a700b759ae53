#include "tools/match_report/run_matching.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/account/account_view.h"
#include "common/rpc/proto_types.h"
#include "common/rpc/request_id.h"
#include "common/status/status_macros.h"
#include "common/store/testing/fake_store.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/day.h"
#include "services/ledger/account_index.h"
#include "services/ledger/cash/cash_commands.h"
#include "services/ledger/cash/payment_words.h"
#include "services/ledger/cash/weigh_accounts.h"
#include "services/ledger/evidence_records.h"
#include "services/ledger/posting_service.h"

namespace relance::match_report {
namespace {

using ledger::AccountMatch;
using state::v1::Item;
using state::v1::MatchRule;
using Truth = std::map<uint64_t, int64_t>;

constexpr char kTenant[] = "made-up";

store::Deadline Soon() { return store::Deadline::max(); }

class Runner {
 public:
  Runner(const MadeUpMoney& money, int permille)
      : money_(money),
        store_(store::Service::kLedger, 16),
        now_([] { return absl::FromUnixSeconds(1'750'000'000); }),
        directory_(&store_, now_),
        posting_(&store_, &indexes_, now_),
        commands_(&store_, &directory_, &indexes_, now_) {
    config_.set_id(kTenant);
    config_.set_currency("EUR");
    config_.set_country("FR");
    config_.set_time_zone("Europe/Paris");
    config_.set_match_confidence_permille(permille);
  }

  absl::StatusOr<Report> Run() {
    RELANCE_RETURN_IF_ERROR(
        store_.PutDocument(kTenant, kTenantDocument, config_.SerializeAsString(), 0, Soon()).status());
    by_week_.resize(kWeeks);
    to_score_.resize(kWeeks);
    for (const Payment& payment : money_.payments) {
      by_week_[payment.week].push_back(&payment);
      to_score_[std::max(payment.week, payment.known_week)].push_back(&payment);
    }
    invoices_.resize(kWeeks);
    for (const Invoice& invoice : money_.invoices) invoices_[invoice.week].push_back(&invoice);
    report_.accounts = static_cast<int64_t>(money_.debtors.size());
    report_.invoices = static_cast<int64_t>(money_.invoices.size());
    RELANCE_ASSIGN_OR_RETURN(tenant_, directory_.Get(kTenant, Soon()));
    // The index is in use from the start, as in a process that runs for long.
    RELANCE_RETURN_IF_ERROR(indexes_.Of(kTenant).Refresh(store_, Soon()));
    for (int week = 0; week < kWeeks; ++week) {
      RELANCE_RETURN_IF_ERROR(PostWeek(week));
      RELANCE_RETURN_IF_ERROR(ScoreWeek(week));
    }
    for (const Score& score : report_.by_kind) report_.total.Add(score);
    return std::move(report_);
  }

 private:
  absl::Status PostWeek(int week) {
    const absl::Time start = absl::Now();
    ledger::Gathered books;
    for (const Invoice* invoice : invoices_[week]) {
      const Debtor& debtor = money_.debtors[invoice->debtor];
      ledger::IncomingAccount& account = books.accounts[debtor.code];
      account.attributes = debtor.told.attributes;
      account.items.push_back(invoice->told);
    }
    RELANCE_RETURN_IF_ERROR(posting_.Post(*tenant_, &books, Soon()).status());
    RELANCE_RETURN_IF_ERROR(posting_.RematchUnidentified(*tenant_, Soon()).status());
    ledger::Gathered bank;
    for (const Payment* payment : by_week_[week]) bank.to_route.push_back(payment->told);
    RELANCE_RETURN_IF_ERROR(posting_.Post(*tenant_, &bank, Soon()).status());
    RELANCE_RETURN_IF_ERROR(posting_.RematchUnidentified(*tenant_, Soon()).status());
    report_.posting_seconds += absl::ToDoubleSeconds(absl::Now() - start);
    return absl::OkStatus();
  }

  absl::Status ScoreWeek(int week) {
    ledger::AccountIndex& index = indexes_.Of(kTenant);
    std::set<std::string> codes;
    std::vector<std::string> holders;
    for (const Payment* payment : to_score_[week]) {
      holders.push_back(index.HolderOf(payment->told.item.id()).value_or(ledger::kUnidentifiedAccount));
      codes.insert(holders.back());
    }
    RELANCE_ASSIGN_OR_RETURN(const ledger::AccountViews views, Read(codes));
    for (size_t i = 0; i < to_score_[week].size(); ++i) {
      const Payment& payment = *to_score_[week][i];
      const auto view = views.find(holders[i]);
      const Item* item = view == views.end() ? nullptr : Find(view->second, payment.told.item.id());
      if (item == nullptr) return absl::InternalError(absl::StrCat("a payment is lost on ", holders[i]));
      RELANCE_RETURN_IF_ERROR(ScoreOne(payment, holders[i], *item));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<ledger::AccountViews> Read(const std::set<std::string>& codes) {
    std::vector<store::AccountKey> keys;
    for (const std::string& code : codes) keys.push_back({kTenant, code});
    RELANCE_ASSIGN_OR_RETURN(auto read, ReadAccounts(store_, keys, {.items = true, .history = true}, Soon()));
    ledger::AccountViews views;
    for (auto& view : read) {
      if (!view.ok()) return view.status();
      std::string code = view->key.account;
      views.emplace(std::move(code), *std::move(view));
    }
    return views;
  }

  static const Item* Find(const AccountView& view, uint64_t id) {
    for (const auto* items : {&view.items, &view.history}) {
      for (const Item& item : *items) {
        if (item.id() == id) return &item;
      }
    }
    return nullptr;
  }

  absl::Status ScoreOne(const Payment& payment, const std::string& holder, const Item& item) {
    Score score;
    score.payments = 1;
    score.findable = payment.pays.empty() ? 0 : 1;
    Truth posted;
    MatchRule rule = state::v1::MATCH_RULE_UNSPECIFIED;
    bool right = true;
    for (const auto& a : item.allocations()) {
      if (a.undone_day() != 0 || a.rule() == state::v1::MATCH_RULE_COUNTERPART) continue;
      posted[a.item()] += a.amount_minor();
      if (rule == state::v1::MATCH_RULE_UNSPECIFIED || a.rule() > rule) rule = a.rule();
    }
    for (const auto& [debit, minor] : posted) {
      const auto truth = payment.pays.find(debit);
      right &= truth != payment.pays.end() && minor <= truth->second;
    }
    score.posted = posted.empty() ? 0 : 1;
    score.right = score.posted != 0 && right ? 1 : 0;
    score.complete = score.right != 0 && posted == payment.pays ? 1 : 0;
    MatchRule row = rule;
    if (score.posted != 0 && !right) {
      if (std::getenv("MATCH_REPORT_WRONG") != nullptr) Tell(payment, holder, item);
      RELANCE_RETURN_IF_ERROR(Undo(item, holder));
      RELANCE_RETURN_IF_ERROR(Allocate(payment, item, holder, {}));
    } else if (score.complete == 0 && score.findable != 0) {
      RELANCE_RETURN_IF_ERROR(Decide(payment, item, holder, posted, &score, &row));
    }
    report_.by_kind[static_cast<int>(payment.kind)].Add(score);
    if (row != state::v1::MATCH_RULE_UNSPECIFIED) report_.by_rule[row].Add(score);
    return absl::OkStatus();
  }

  void Tell(const Payment& payment, const std::string& holder, const Item& item) const {
    std::string truth;
    for (const auto& [debit, minor] : payment.pays) absl::StrAppend(&truth, " ", debit % 10'000, "=", minor);
    absl::FPrintF(stderr, "WRONG %s on %s (is %s):%s; %s\n", NameOf(payment.kind), holder,
                  payment.debtor < 0 ? "-" : money_.debtors[payment.debtor].code, truth,
                  item.ShortDebugString());
  }

  // The person looks at the proposals of what is left.
  absl::Status Decide(const Payment& payment, const Item& item, const std::string& holder,
                      const Truth& posted, Score* score, MatchRule* row) {
    if (item.open_minor() == 0) return Allocate(payment, item, holder, posted);
    ledger::AccountIndex& index = indexes_.Of(kTenant);
    const ledger::PaymentFacts facts = ledger::FactsOf(item);
    const auto candidates = ledger::CandidatesOf(index, holder, item, facts);
    RELANCE_ASSIGN_OR_RETURN(const auto views,
                             ledger::ReadCandidates(store_, kTenant, {&candidates, 1}, Soon()));
    std::vector<AccountMatch> matches = ledger::WeighAccounts(item, facts, candidates, views);
    const bool whole = item.open_minor() == item.amount_minor();
    matches.erase(std::remove_if(matches.begin(), matches.end(),
                                 [&](const AccountMatch& m) { return !whole && m.account != holder; }),
                  matches.end());
    if (matches.empty()) return Allocate(payment, item, holder, posted);
    score->proposed = 1;
    if (score->posted == 0) *row = matches[0].match.rule;
    for (size_t i = 0; i < std::min<size_t>(matches.size(), 3); ++i) {
      Truth parts = posted;
      for (const auto& part : matches[i].match.parts) {
        if (part.credit == item.id()) parts[part.debit] += part.minor;
      }
      if (parts != payment.pays) continue;
      score->first = i == 0 ? 1 : 0;
      score->first_three = 1;
      ledger::v1::AcceptProposalRequest request;
      request.set_request_id(rpc::DeriveRequestId({"accept", absl::StrCat(item.id())}));
      request.set_tenant_id(kTenant);
      request.set_account_id(holder);
      request.set_payment_id(ledger::ItemIdText(item.id()));
      request.set_proposal_id(absl::StrFormat("%016x", matches[i].match.hash));
      request.set_actor("person");
      ++report_.accepted;
      return commands_.AcceptProposal(request, Soon()).status();
    }
    return Allocate(payment, item, holder, posted);
  }

  absl::Status Undo(const Item& item, const std::string& holder) {
    ledger::v1::UndoAllocationRequest request;
    request.set_request_id(rpc::DeriveRequestId({"undo", absl::StrCat(item.id())}));
    request.set_tenant_id(kTenant);
    request.set_account_id(holder);
    request.set_payment_id(ledger::ItemIdText(item.id()));
    request.set_actor("person");
    ++report_.undone;
    return commands_.UndoAllocation(request, Soon()).status();
  }

  // By hand, what of the truth is not posted. What cannot be done as the books stand is left.
  absl::Status Allocate(const Payment& payment, const Item& item, const std::string& holder,
                        const Truth& posted) {
    ledger::v1::AllocatePaymentRequest request;
    request.set_request_id(rpc::DeriveRequestId({"allocate", absl::StrCat(item.id())}));
    request.set_tenant_id(kTenant);
    request.set_account_id(holder);
    request.set_payment_id(ledger::ItemIdText(item.id()));
    request.set_target_account_id(payment.debtor < 0 ? ledger::kUnidentifiedAccount
                                                     : money_.debtors[payment.debtor].code);
    request.set_actor("person");
    for (const auto& [debit, minor] : payment.pays) {
      const auto known = posted.find(debit);
      const int64_t left = minor - (known == posted.end() ? 0 : known->second);
      if (left <= 0) continue;
      ledger::v1::WantedAllocation* wanted = request.add_allocations();
      wanted->set_item_id(ledger::ItemIdText(debit));
      RELANCE_ASSIGN_OR_RETURN(*wanted->mutable_amount(), rpc::MoneyToProto({left, "EUR"}));
    }
    ++report_.allocated_by_hand;
    const absl::Status done = commands_.AllocatePayment(request, Soon()).status();
    if (!absl::IsFailedPrecondition(done)) return done;
    ++left_alone_;
    return absl::OkStatus();
  }

  const MadeUpMoney& money_;
  store::FakeStore store_;
  const std::function<absl::Time()> now_;
  TenantDirectory directory_;
  ledger::AccountIndexes indexes_;
  ledger::PostingService posting_;
  ledger::CashCommands commands_;
  state::v1::TenantConfig config_;
  TenantPtr tenant_;
  std::vector<std::vector<const Payment*>> by_week_, to_score_;
  std::vector<std::vector<const Invoice*>> invoices_;
  int64_t left_alone_ = 0;
  Report report_;
};

std::string RuleText(MatchRule rule) {
  static constexpr size_t kPrefix = sizeof("MATCH_RULE_") - 1;
  return state::v1::MatchRule_Name(rule).substr(kPrefix);
}

void AppendRow(const std::string& name, const Score& score, std::string* text) {
  absl::StrAppendFormat(text, "%-28s %8d %8d %8d %6d %10.3f %% %7.1f %% %9d %7d %7d\n", name, score.payments,
                        score.posted, score.right, score.wrong(), 100 * score.precision(),
                        100 * score.recall(), score.proposed, score.first, score.first_three);
}

}  // namespace

void Score::Add(const Score& other) {
  payments += other.payments;
  findable += other.findable;
  posted += other.posted;
  right += other.right;
  complete += other.complete;
  proposed += other.proposed;
  first += other.first;
  first_three += other.first_three;
}

absl::StatusOr<Report> RunMatching(const MadeUpMoney& money, int confidence_permille) {
  return Runner(money, confidence_permille).Run();
}

std::string FormatReport(const Report& report, bool by_kind) {
  std::string text;
  absl::StrAppendFormat(&text, "%d payments, %d accounts, %d invoices and credit notes\n",
                        report.total.payments, report.accounts, report.invoices);
  absl::StrAppendFormat(&text, "a person accepted %d proposals, allocated %d by hand, undid %d\n\n",
                        report.accepted, report.allocated_by_hand, report.undone);
  const std::string head =
      absl::StrFormat("%-28s %8s %8s %8s %6s %12s %9s %9s %7s %7s\n", "", "payments", "posted", "right",
                      "wrong", "precision", "recall", "proposed", "first", "top 3");
  text += head;
  for (const auto& [rule, score] : report.by_rule) {
    Score shown = score;
    // Of a rule: its share of all that could be found.
    shown.findable = report.total.findable;
    AppendRow(RuleText(rule), shown, &text);
  }
  AppendRow("all", report.total, &text);
  if (!by_kind) return text;
  absl::StrAppend(&text, "\n", head);
  for (int kind = 0; kind < kKinds; ++kind) {
    AppendRow(NameOf(static_cast<Kind>(kind)), report.by_kind[kind], &text);
  }
  return text;
}

}  // namespace relance::match_report
