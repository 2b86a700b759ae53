#include "tests/e2e/tenant_facts.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/documents/sha256.h"
#include "gtest/gtest.h"
#include "relance/handoff/v1/handoff_service.grpc.pb.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "relance/scenario/v1/scenario_service.grpc.pb.h"
#include "tools/relancectl/context.h"

namespace relance::testing {
namespace {

using ctl::Text;
using handoff::v1::HandoffService;
using ledger::v1::LedgerService;
using scenario::v1::EvidenceService;
using scenario::v1::ScenarioService;

constexpr int kPageSize = 1000;
constexpr size_t kDifferencesShown = 40;

void ReadAccounts(StackClient& client, const std::string& tenant, TenantFacts& facts) {
  std::set<std::string> ids = {kUnidentified};
  ledger::v1::ListAccountsRequest list;
  list.set_tenant_id(tenant);
  list.set_page_size(kPageSize);
  do {
    const auto page = client.Ask<LedgerService>("ledger", &LedgerService::StubInterface::ListAccounts, list);
    for (const auto& account : page.accounts()) ids.insert(account.account_id());
    list.set_page_token(page.next_page_token());
  } while (!list.page_token().empty());
  for (const std::string& id : ids) {
    ledger::v1::GetAccountRequest request;
    request.set_tenant_id(tenant);
    request.set_account_id(id);
    request.set_include_history(true);
    const auto answer =
        client.TryAsk<LedgerService>("ledger", &LedgerService::StubInterface::GetAccount, request);
    if (absl::IsNotFound(answer.status()) && id == kUnidentified) continue;
    EXPECT_TRUE(answer.ok()) << id << ": " << answer.status();
    if (answer.ok()) facts.accounts[id].account = answer->account();
  }
}

void ReadPlans(StackClient& client, const std::string& tenant, TenantFacts& facts) {
  for (auto& [id, account] : facts.accounts) {
    if (id == kUnidentified) continue;
    scenario::v1::GetPlanRequest request;
    request.set_tenant_id(tenant);
    request.set_account_id(id);
    const auto answer =
        client.TryAsk<ScenarioService>("scenario", &ScenarioService::StubInterface::GetPlan, request);
    account.has_plan = answer.ok();
    if (answer.ok()) account.plan = answer->plan();
    EXPECT_TRUE(answer.ok() || absl::IsNotFound(answer.status())) << id << ": " << answer.status();
  }
}

void ReadEvidence(StackClient& client, const std::string& tenant, TenantFacts& facts) {
  for (auto& [id, account] : facts.accounts) {
    scenario::v1::ListEvidenceRequest request;
    request.set_tenant_id(tenant);
    request.set_account_id(id);
    request.set_page_size(kPageSize);
    do {
      const auto page =
          client.TryAsk<EvidenceService>("scenario", &EvidenceService::StubInterface::ListEvidence, request);
      if (absl::IsNotFound(page.status())) break;
      EXPECT_TRUE(page.ok()) << id << ": " << page.status();
      if (!page.ok()) break;
      account.evidence.insert(account.evidence.end(), page->records().begin(), page->records().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
  }
}

void ReadWorklist(StackClient& client, const std::string& tenant, TenantFacts& facts) {
  scenario::v1::GetWorklistRequest request;
  request.set_tenant_id(tenant);
  request.set_page_size(kPageSize);
  do {
    const auto page =
        client.Ask<ScenarioService>("scenario", &ScenarioService::StubInterface::GetWorklist, request);
    for (const auto& entry : page.entries()) facts.on_worklist.insert(entry.account_id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
}

// Contacts that a debtor noticed.
bool ReachedTheDebtor(const scenario::v1::Contact& contact) {
  return contact.state() == "sent" && contact.channel() != "handoff";
}

void CheckContacts(const std::string& id, const AccountFacts& facts, std::vector<std::string>& wrong) {
  std::set<std::string> keys, days, steps;
  for (const auto& contact : facts.plan.contacts()) {
    if (!keys.insert(contact.contact_key()).second) {
      wrong.push_back(absl::StrCat(id, ": two contacts have the key ", contact.contact_key()));
    }
    if (contact.state() == "ambiguous") {
      wrong.push_back(absl::StrCat(id, ": nobody knows whether ", contact.contact_key(), " left"));
    }
    if (!ReachedTheDebtor(contact)) continue;
    const bool written = contact.channel() != "call";
    if (written && !days.insert(Text(contact.sent_date())).second) {
      wrong.push_back(absl::StrCat(id, ": two messages on ", Text(contact.sent_date())));
    }
    if (!contact.campaign_id().empty()) continue;
    const std::string cycle = contact.contact_key().substr(0, contact.contact_key().find('/'));
    for (const auto& item : contact.items()) {
      if (!steps.insert(absl::StrCat(cycle, " ", item.step_id(), " ", item.item_id())).second) {
        wrong.push_back(
            absl::StrCat(id, ": contacted twice for step ", item.step_id(), " of item ", item.item_id()));
      }
    }
  }
  std::set<std::string> sent;
  for (const auto& record : facts.evidence) {
    if (record.kind() == "contact.sent" && !sent.insert(record.subject()).second) {
      wrong.push_back(absl::StrCat(id, ": the evidence tells twice that ", record.subject(), " was sent"));
    }
  }
}

void CheckMoney(const std::string& id, const ledger::v1::Account& account, std::vector<std::string>& wrong) {
  std::map<std::string, int64_t> open, balance;
  std::map<std::string, int64_t> settled;  // by item: what credits took from it
  const auto add = [&](const ledger::v1::Item& item) {
    open[item.amount().currency_code()] += Minor(item.open_amount());
    int64_t allocated = 0;
    for (const auto& allocation : item.allocations()) {
      if (allocation.has_undone_date()) continue;
      allocated += Minor(allocation.amount());
      settled[allocation.item_id()] += Minor(allocation.amount());
    }
    settled[item.item_id()] -= allocated;
  };
  for (const auto& item : account.items()) add(item);
  for (const auto& item : account.history()) add(item);
  const auto agree = [&](const ledger::v1::Item& item) {
    if (item.kind() == ledger::v1::ITEM_KIND_WRITE_OFF || item.has_returned_date()) return;
    if (Minor(item.amount()) != Minor(item.open_amount()) + settled[item.item_id()]) {
      wrong.push_back(absl::StrCat(id, ": item ", item.number(), " of ", Text(item.amount()), " has ",
                                   Text(item.open_amount()), " open, but ", settled[item.item_id()],
                                   " allocated"));
    }
  };
  for (const auto& item : account.items()) agree(item);
  for (const auto& item : account.history()) agree(item);
  for (const auto& total : account.balances()) balance[total.open().currency_code()] = Minor(total.open());
  for (const auto& [currency, sum] : open) {
    if (balance[currency] != sum) {
      wrong.push_back(absl::StrCat(id, ": items sum up to ", sum, ", the balance is ", balance[currency]));
    }
  }
}

void CheckPosition(const std::string& id, const AccountFacts& facts, bool on_worklist,
                   std::vector<std::string>& wrong) {
  static const auto* const kExits =
      new std::set<std::string>{"disputed", "promised", "on_plan", "placed", "legal", "insolvent", "paused"};
  bool owes = false;
  for (const auto& item : facts.account.items()) owes |= Minor(item.open_amount()) > 0 && item.has_due_date();
  if (!owes || on_worklist) return;
  if (!facts.has_plan) {
    wrong.push_back(id + ": owes, but has no plan");
  } else if (!facts.plan.has_next_date() && kExits->count(facts.plan.state()) == 0) {
    wrong.push_back(absl::StrCat(id, ": ", facts.plan.state(), ", without a next date (",
                                 absl::StrJoin(facts.plan.reasons(), ", "), ")"));
  }
}

bool IsOver(handoff::v1::PlacementState state) {
  return state == handoff::v1::PLACEMENT_STATE_REJECTED || state == handoff::v1::PLACEMENT_STATE_RECALLED ||
         state == handoff::v1::PLACEMENT_STATE_CLOSED_PAID ||
         state == handoff::v1::PLACEMENT_STATE_CLOSED_UNPAID;
}

std::string LineOf(const ledger::v1::Item& item) {
  std::vector<std::string> allocations;
  for (const auto& allocation : item.allocations()) {
    allocations.push_back(absl::StrCat(allocation.item_number(), "=", Text(allocation.amount()), "@",
                                       Text(allocation.business_date()),
                                       allocation.has_undone_date() ? "(undone)" : ""));
  }
  std::sort(allocations.begin(), allocations.end());
  return absl::StrCat(
      "item ", item.item_id(), " kind ", item.kind(), " ", item.number(), " due ", Text(item.due_date()),
      " amount ", Text(item.amount()), " open ", Text(item.open_amount()),
      absl::StrCat(" settled ", Text(item.settled_date()), item.has_dispute() ? " disputed " : "",
                   Text(item.dispute().resolved_date()), " ", absl::StrJoin(allocations, ",")));
}

std::string LineOf(const scenario::v1::Contact& contact) {
  std::vector<std::string> items;
  for (const auto& item : contact.items()) {
    items.push_back(absl::StrCat(item.item_id(), "/", item.step_id(), "/", Text(item.open())));
  }
  std::sort(items.begin(), items.end());
  return absl::StrCat("contact ", contact.contact_key(), " ", contact.channel(), " ", contact.state(),
                      " decided ", Text(contact.decided_date()), " made ", Text(contact.sent_date()),
                      absl::StrCat(" outcome ", contact.outcome(), " items ", absl::StrJoin(items, ",")));
}

std::string LineOf(const handoff::v1::Placement& placement) {
  std::vector<std::string> parts;
  for (const auto& item : placement.items()) {
    parts.push_back(absl::StrCat(item.item_id(), "=", Text(item.placed()), "/", Text(item.open())));
  }
  for (const auto& payment : placement.payments()) {
    parts.push_back(
        absl::StrCat(payment.payment_id(), "=", Text(payment.amount()), payment.recorded() ? "+" : "?"));
  }
  std::sort(parts.begin(), parts.end());
  return absl::StrCat("placement ", placement.placement_id(), " state ", placement.state(), " on ",
                      Text(placement.placed_date()), " ", absl::StrJoin(parts, ","));
}

}  // namespace

int64_t Minor(const type::v1::Money& money) { return money.units() * 100 + money.nanos() / 10'000'000; }

TenantFacts ReadLedger(StackClient& client, const std::string& tenant) {
  TenantFacts facts;
  ReadAccounts(client, tenant, facts);
  return facts;
}

TenantFacts ReadTenant(StackClient& client, const std::string& tenant) {
  TenantFacts facts = ReadLedger(client, tenant);
  ReadPlans(client, tenant, facts);
  ReadEvidence(client, tenant, facts);
  ReadWorklist(client, tenant, facts);
  handoff::v1::ListPlacementsRequest request;
  request.set_tenant_id(tenant);
  request.set_page_size(kPageSize);
  do {
    const auto page =
        client.Ask<HandoffService>("handoff", &HandoffService::StubInterface::ListPlacements, request);
    facts.placements.insert(facts.placements.end(), page.placements().begin(), page.placements().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  scenario::v1::VerifyEvidenceRequest verify;
  verify.set_tenant_id(tenant);
  facts.verified =
      client.Ask<EvidenceService>("scenario", &EvidenceService::StubInterface::VerifyEvidence, verify);
  return facts;
}

std::vector<std::string> Violations(const TenantFacts& facts, bool ledger_only) {
  std::vector<std::string> wrong;
  for (const auto& fault : facts.verified.faults()) {
    wrong.push_back(absl::StrCat(fault.account_id(), ": evidence ", fault.sequence(), ": ", fault.message()));
  }
  for (const auto& [id, account] : facts.accounts) {
    CheckMoney(id, account.account, wrong);
    if (id == kUnidentified || ledger_only) continue;
    CheckContacts(id, account, wrong);
    CheckPosition(id, account, facts.on_worklist.count(id) > 0, wrong);
  }
  std::set<std::string> placed;
  for (const auto& placement : facts.placements) {
    if (IsOver(placement.state())) continue;
    for (const auto& item : placement.items()) {
      if (!placed.insert(absl::StrCat(placement.account_id(), " ", item.item_id())).second) {
        wrong.push_back(absl::StrCat(placement.account_id(), ": item ", item.number(), " is placed twice"));
      }
    }
  }
  return wrong;
}

std::map<std::string, std::vector<std::string>> Story(const TenantFacts& facts) {
  std::map<std::string, std::vector<std::string>> story;
  for (const auto& [id, account] : facts.accounts) {
    std::vector<std::string>& lines = story[id];
    for (const auto& balance : account.account.balances()) {
      lines.push_back(absl::StrCat("balance ", Text(balance.open()), " disputed ", Text(balance.disputed())));
    }
    for (const auto& item : account.account.items()) lines.push_back(LineOf(item));
    for (const auto& item : account.account.history()) lines.push_back(LineOf(item));
    if (account.has_plan) {
      lines.push_back(absl::StrCat("plan ", account.plan.state(), " next ", Text(account.plan.next_date())));
    }
    for (const auto& contact : account.plan.contacts()) lines.push_back(LineOf(contact));
    for (const auto& promise : account.plan.promises()) {
      lines.push_back(absl::StrCat("promise ", promise.promise_id(), " given ", Text(promise.given_date()),
                                   " for ", Text(promise.promised_date()), " ", Text(promise.amount()), " ",
                                   absl::StrCat(promise.state(), " judged ", Text(promise.judged_date()),
                                                " paid ", Text(promise.paid()))));
    }
    for (const auto& record : account.evidence) {
      lines.push_back(
          absl::StrCat("evidence ", Text(record.business_date()), " ", record.kind(), " ", record.subject()));
    }
  }
  for (const auto& placement : facts.placements) story[placement.account_id()].push_back(LineOf(placement));
  for (auto& [id, lines] : story) std::sort(lines.begin(), lines.end());
  return story;
}

std::string DifferenceOf(const std::map<std::string, std::vector<std::string>>& expected,
                         const std::map<std::string, std::vector<std::string>>& actual) {
  std::vector<std::string> differences;
  std::set<std::string> ids;
  for (const auto& [id, lines] : expected) ids.insert(id);
  for (const auto& [id, lines] : actual) ids.insert(id);
  for (const std::string& id : ids) {
    const auto left = expected.count(id) > 0 ? expected.at(id) : std::vector<std::string>();
    const auto right = actual.count(id) > 0 ? actual.at(id) : std::vector<std::string>();
    std::vector<std::string> only;
    std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(only));
    for (const std::string& line : only) differences.push_back(absl::StrCat(id, " expected ", line));
    only.clear();
    std::set_difference(right.begin(), right.end(), left.begin(), left.end(), std::back_inserter(only));
    for (const std::string& line : only) differences.push_back(absl::StrCat(id, " but has ", line));
  }
  const size_t all = differences.size();
  if (all > kDifferencesShown) {
    differences.resize(kDifferencesShown);
    differences.push_back(absl::StrCat("... and ", all - kDifferencesShown, " more"));
  }
  return absl::StrJoin(differences, "\n");
}

std::map<std::string, std::string> FilesBelow(const std::string& folder) {
  namespace fs = std::filesystem;
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().filename() == ".lock") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    files[fs::relative(entry.path(), folder).string()] = documents::Sha256Hex(bytes);
  }
  return files;
}

}  // namespace relance::testing
