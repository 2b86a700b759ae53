#include "services/ledger/quality/quality_report.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/account/account_view.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/agreement/statement_chain.h"
#include "services/ledger/quality/find_in_account.h"
#include "services/ledger/quality/legal_limits.h"

namespace relance::ledger {
namespace {

constexpr size_t kSumsPerRead = 2048;
constexpr size_t kAccountsPerRead = 64;
constexpr int64_t kItemsPerRead = 20'000;  // an account that has more is read by itself

double UnitsOf(const Finding& finding) {
  return static_cast<double>(finding.amount_minor) /
         std::pow(10.0, CurrencyExponent(finding.currency).value_or(2));
}

// Whether `a` comes before `b`.
bool ComesFirst(const Finding& a, const Finding& b) {
  const double left = UnitsOf(a), right = UnitsOf(b);
  if (left != right) return left > right;
  return std::tie(a.kind, a.account, a.items, a.message) < std::tie(b.kind, b.account, b.items, b.message);
}

std::string MoneyText(int64_t minor, const std::string& currency) {
  return absl::StrCat(FormatDecimal(minor, CurrencyExponent(currency).value_or(2), '.'), " ", currency);
}

std::string DayText(int32_t day) { return absl::FormatCivilTime(DayFromNumber(day)); }

// Reads the accounts that have something open, as many at a time as hold kItemsPerRead items.
class Walk {
 public:
  Walk(store::Store* store, const QualityContext* context, const FindingSink* sink)
      : store_(store), context_(context), sink_(sink) {}

  absl::Status Run(const std::string& tenant, store::Deadline deadline) {
    for (int partition = 0; partition < store_->partitions(); ++partition) {
      RELANCE_ASSIGN_OR_RETURN(auto keys, store_->ListAccounts(tenant, partition, deadline));
      for (size_t from = 0; from < keys.size(); from += kSumsPerRead) {
        const size_t count = std::min(kSumsPerRead, keys.size() - from);
        std::vector<store::AccountRead> reads;
        for (size_t i = from; i < from + count; ++i) reads.push_back({keys[i], {kSumField}, false});
        RELANCE_ASSIGN_OR_RETURN(const auto records, store_->Read(reads, deadline));
        for (const store::AccountRecord& record : records) {
          RELANCE_ASSIGN_OR_RETURN(const AccountView view, DecodeAccount(record));
          if (view.sum.open_items() == 0) continue;
          const int64_t items = view.sum.open_items() + view.sum.history_items();
          if (!wanted_.empty() && (items_ + items > kItemsPerRead || wanted_.size() >= kAccountsPerRead)) {
            RELANCE_RETURN_IF_ERROR(Look(deadline));
          }
          wanted_.push_back(record.key);
          items_ += items;
        }
      }
    }
    return Look(deadline);
  }

 private:
  absl::Status Look(store::Deadline deadline) {
    if (wanted_.empty()) return absl::OkStatus();
    RELANCE_ASSIGN_OR_RETURN(const auto views,
                             ReadAccounts(*store_, wanted_, {.items = true, .history = true}, deadline));
    wanted_.clear();
    items_ = 0;
    for (const auto& view : views) {
      if (!view.ok()) return view.status();
      FindInAccount(*view, *context_, *sink_);
    }
    return absl::OkStatus();
  }

  store::Store* const store_;
  const QualityContext* const context_;
  const FindingSink* const sink_;
  std::vector<store::AccountKey> wanted_;
  int64_t items_ = 0;
};

void FindDisagreements(const state::v1::AgreementRecord& record, const std::string& tenant,
                       const FindingSink& sink) {
  for (const auto& account : record.differing()) {
    const int64_t in_books = account.items_minor() - account.in_transit_minor();
    Finding finding;
    finding.kind = v1::QUALITY_KIND_BOOKS_DISAGREE;
    finding.account = account.account();
    finding.amount_minor = std::llabs(account.books_minor() - in_books);
    finding.currency = record.currency();
    finding.message = absl::StrCat("the books of ", DayText(record.day()), " say ",
                                   MoneyText(account.books_minor(), record.currency()), ", its items ",
                                   MoneyText(in_books, record.currency()), "; since import ",
                                   account.since_import(), " of ", DayText(account.since_day()));
    finding.repair = "look at what was rejected, and bring the books of the whole year";
    finding.command = absl::StrCat("relancectl ledger agreement ", tenant);
    sink(std::move(finding));
  }
}

void FindStatementGaps(const std::vector<state::v1::BankAccountRecord>& accounts, const std::string& tenant,
                       const FindingSink& sink) {
  for (const auto& account : accounts) {
    for (const StatementBreak& broken : BreaksOf(account)) {
      Finding finding;
      finding.kind = v1::QUALITY_KIND_STATEMENT_MISSING;
      finding.amount_minor = std::llabs(broken.expected_minor - broken.found_minor);
      finding.currency = account.currency();
      finding.message =
          broken.is_sum
              ? absl::StrCat("a statement of ", DayText(broken.before_day), " of the bank account ",
                             account.account(), " closes with ",
                             MoneyText(broken.found_minor, account.currency()), ", its entries make ",
                             MoneyText(broken.expected_minor, account.currency()))
              : absl::StrCat("the bank account ", account.account(), " closed with ",
                             MoneyText(broken.expected_minor, account.currency()), " on ",
                             DayText(broken.after_day), ", and the statement of ", DayText(broken.before_day),
                             " opens with ", MoneyText(broken.found_minor, account.currency()));
      finding.repair = broken.is_sum ? "look at what was rejected, and have the bank send it again"
                                     : "bring the statement that is missing";
      finding.command = absl::StrCat("relancectl ledger agreement ", tenant);
      sink(std::move(finding));
    }
  }
}

}  // namespace

void QualityReport::Add(Finding finding) {
  Count& count = counts_[finding.kind];
  ++count.findings;
  std::string& newest = newest_account_[finding.kind];
  if (count.findings == 1 || newest != finding.account) ++count.accounts;
  newest = finding.account;
  count.amounts[finding.currency] += finding.amount_minor;
  std::vector<Finding>& kept = kept_[finding.kind];
  if (kept.size() >= kFindingsKeptMax) {
    if (!ComesFirst(finding, kept.front())) return;
    std::pop_heap(kept.begin(), kept.end(), ComesFirst);
    kept.pop_back();
  }
  kept.push_back(std::move(finding));
  std::push_heap(kept.begin(), kept.end(), ComesFirst);
}

void QualityReport::Finish() {
  for (auto& [kind, kept] : kept_) {
    std::move(kept.begin(), kept.end(), std::back_inserter(findings_));
  }
  kept_.clear();
  std::sort(findings_.begin(), findings_.end(), ComesFirst);
}

absl::StatusOr<QualityReport> MakeQualityReport(store::Store& store, const AgreementBook& book,
                                                const TenantContext& tenant,
                                                const std::set<v1::QualityKind>& kinds,
                                                store::Deadline deadline) {
  const std::string& id = tenant.config.id();
  QualityReport report;
  const FindingSink sink = [&](Finding finding) {
    if (kinds.empty() || kinds.count(finding.kind) > 0) report.Add(std::move(finding));
  };
  const QualityContext context{&tenant.config, DayNumber(tenant.business_date), &LegalLimits::BuiltIn()};
  RELANCE_RETURN_IF_ERROR(Walk(&store, &context, &sink).Run(id, deadline));
  const std::string currency = tenant.config.currency().empty() ? "EUR" : tenant.config.currency();
  RELANCE_ASSIGN_OR_RETURN(const auto agreement, book.Newest(id, currency, INT32_MAX, deadline));
  if (agreement.has_value()) FindDisagreements(*agreement, id, sink);
  RELANCE_ASSIGN_OR_RETURN(const auto bank_accounts, book.BankAccounts(id, deadline));
  FindStatementGaps(bank_accounts, id, sink);
  report.Finish();
  return report;
}

}  // namespace relance::ledger
