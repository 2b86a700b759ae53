#include "tests/e2e/portfolio_run.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/documents/sha256.h"
#include "common/rpc/proto_types.h"
#include "common/time/day.h"
#include "gtest/gtest.h"
#include "relance/handoff/v1/handoff_service.grpc.pb.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "relance/scenario/v1/scenario_service.grpc.pb.h"
#include "samples/generate/answers.h"
#include "samples/testing/strict_reader.h"
#include "samples/toolkit/output.h"
#include "tools/relancectl/words.h"

namespace relance::testing {
namespace {

constexpr size_t kFileBytesMax = 256 << 20;
constexpr int kCampaignAfterDays = 61;
constexpr int kAgencyPaysAfterDays = 8;
constexpr int64_t kAgencyPaymentMinor = 10'000;
constexpr int kLettersToOneIn = 3;

std::string Generate(const PortfolioOptions& options, const std::string& folder) {
  const ProgramResult made =
      RunProgram({BuiltProgram("relance-generate"), absl::StrCat("--accounts=", options.accounts),
                  absl::StrCat("--seed=", options.seed), "--from=" + FormatIsoDay(options.from),
                  absl::StrCat("--months=", options.months),
                  absl::StrCat("--invoices_per_account_month=", options.invoices_per_account_month),
                  "--out=" + folder, "--tenant=" + options.tenant});
  EXPECT_EQ(made.code, 0) << made.err;
  return folder;
}

const ledger::v1::Item* DisputedItem(const ledger::v1::Account& account, const std::string& number) {
  for (const auto& item : account.items()) {
    if (item.number() == number && item.has_dispute() && !item.dispute().has_resolved_date()) return &item;
  }
  return nullptr;
}

}  // namespace

std::string StableUuid(const std::string& text) {
  const std::string hex = documents::Sha256Hex(text);
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-4", hex.substr(12, 3), "-8",
                      hex.substr(15, 3), "-", hex.substr(18, 12));
}

PortfolioRun::PortfolioRun(PortfolioOptions options, const std::string& folder)
    : options_(std::move(options)), files_(Generate(options_, folder)) {
  const auto accounts = samples::ReadWholeFile(files_ + "/truth/accounts.csv", kFileBytesMax);
  const auto events = samples::ReadWholeFile(files_ + "/truth/events.csv", kFileBytesMax);
  const auto rows = samples::ReadCsv(accounts.value());
  std::set<std::string> all;
  for (const auto& row : rows->rows) all.insert(row.at("account"));
  truth_ = samples::ParseTruth(*accounts, *events, all).value();
  const auto told = samples::ReadCsv(*events);
  for (const auto& row : told->rows) {
    if (row.at("event") != "dispute_resolved") continue;
    ended_disputes_.emplace(row.at("date"), std::make_pair(row.at("account"), row.at("item")));
  }
}

std::string PortfolioRun::Command(const std::vector<std::string>& words) {
  if (on_command_ != nullptr) on_command_();
  return client_->Run(words);
}

bool PortfolioRun::IsBankingDay(absl::CivilDay day) const {
  return std::filesystem::exists(absl::StrCat(files_, "/day/", FormatIsoDay(day)));
}

void PortfolioRun::Run(StackClient& client, const std::function<void()>& on_command) {
  client_ = &client;
  on_command_ = on_command;
  SetUp();
  for (absl::CivilDay day = options_.from; day <= last_day() && !::testing::Test::HasFailure(); ++day)
    WorkDay(day);
  AwaitServices();
}

void PortfolioRun::SetUp() {
  const std::string& tenant = options_.tenant;
  const std::string eve = FormatIsoDay(options_.from - 1);
  Command({"tenant",
           "create",
           tenant,
           "--name",
           "Portefeuille Fictif SA",
           "--country",
           "FR",
           "--terms",
           "net30",
           "--test-clock",
           eve,
           "--made-up",
           "--address",
           "1 rue de l'Exemple",
           "--address",
           "75000 Paris",
           "--siren",
           "552008443",
           "--iban",
           "FR7630006000011234567890189",
           "--email",
           "comptes@fictif.example.org",
           "--ledger-max-age",
           "6",
           "--bank-max-age",
           "6"});
  Command({"handoff", "agency", tenant, "recouvra", "--name", "Recouvra SAS", "--mandate", "M-2025-1",
           "--fee-bps", "1200"});
  Command({"tenant", "set", tenant, "--agency", "recouvra", "--scenario", "fr-b2b"});
  Command({"scenario", "apply", tenant, RELANCE_SOURCE_DIR "/services/scenario/scenarios/fr-b2b.yaml"});
  Command({"ledger", "import", tenant, "--format", "csv", "--as-of", eve, files_ + "/opening.csv"});
  // Portfolios have no postal addresses; letters need some.
  int number = 0;
  for (const auto& [account, truth] : truth_.accounts) {
    if (++number % kLettersToOneIn != 0) continue;
    Command({"ledger", "set", tenant, account, "--address", absl::StrCat(number, " rue des Halles"),
             "--address", "69002 Lyon"});
  }
}

void PortfolioRun::WorkDay(absl::CivilDay day) {
  SCOPED_TRACE(FormatIsoDay(day));
  const std::string& tenant = options_.tenant;
  Command({"tenant", "advance", tenant, "--quiet", "--to", FormatIsoDay(day)});
  if (day == options_.from + kCampaignAfterDays) {
    Command({"campaign", "launch", tenant, "spring", "--channel", "mail", "--title", "Statement of spring",
             "--filter", "overdue > 500 and age > 10"});
    AwaitServices();
  }
  if (!IsBankingDay(day)) return;
  MakeCalls(day);
  EndDisputes(day);
  ReportFromAgency(day);
  AwaitServices();
  ImportDay(day);
}

void PortfolioRun::AwaitServices() { Command({"tenant", "advance", options_.tenant, "--quiet"}); }

void PortfolioRun::MakeCalls(absl::CivilDay day) {
  scenario::v1::GetWorklistRequest request;
  request.set_tenant_id(options_.tenant);
  request.set_page_size(1000);
  const auto worklist = client_->Ask<scenario::v1::ScenarioService>(
      "scenario", &scenario::v1::ScenarioService::StubInterface::GetWorklist, request);
  // What a debtor says on one call may settle its others.
  std::set<std::string> called;
  for (const auto& entry : worklist.entries()) {
    if (entry.kind() != "call" || static_cast<int>(called.size()) == options_.calls_per_day) continue;
    if (!called.insert(entry.account_id()).second) continue;
    const auto answer = samples::AnswerCall({entry.account_id(), entry.contact().contact_key()}, truth_, day);
    ASSERT_TRUE(answer.ok()) << answer.status();
    std::vector<std::string> words = ctl::SplitWords(*answer).value();
    words.push_back("--request-id");
    words.push_back(StableUuid(absl::StrCat(FormatIsoDay(day), *answer)));
    Command(words);
  }
}

void PortfolioRun::EndDisputes(absl::CivilDay day) {
  const auto [begin, end] = ended_disputes_.equal_range(FormatIsoDay(day));
  for (auto it = begin; it != end; ++it) {
    const auto& [account, number] = it->second;
    ledger::v1::GetAccountRequest request;
    request.set_tenant_id(options_.tenant);
    request.set_account_id(account);
    const auto found = client_->Ask<ledger::v1::LedgerService>(
        "ledger", &ledger::v1::LedgerService::StubInterface::GetAccount, request);
    const ledger::v1::Item* item = DisputedItem(found.account(), number);
    if (item == nullptr) continue;
    Command({"ledger", "resolve", options_.tenant, account, item->item_id(), "--request-id",
             StableUuid(absl::StrCat("resolve", FormatIsoDay(day), item->item_id()))});
  }
}

void PortfolioRun::ReportFromAgency(absl::CivilDay day) {
  handoff::v1::ListPlacementsRequest request;
  request.set_tenant_id(options_.tenant);
  request.set_page_size(1000);
  auto list = client_->Ask<handoff::v1::HandoffService>(
      "handoff", &handoff::v1::HandoffService::StubInterface::ListPlacements, request);
  for (const auto& placement : list.placements()) {
    const std::string& id = placement.placement_id();
    if (placement.state() == handoff::v1::PLACEMENT_STATE_PLACED) {
      Command({"handoff", "report", options_.tenant, id, "--report-id", "accepted-" + id, "--accepted",
               "REC-" + id});
    }
    const auto placed = rpc::DayFromProto(placement.placed_date(), "placed_date");
    if (!placed.ok() || day < *placed + kAgencyPaysAfterDays || placement.payments_size() > 0) continue;
    // A third of the placements brings some money.
    if (documents::Sha256Hex(placement.account_id())[0] > '5') continue;
    Command({"handoff", "report", options_.tenant, id, "--report-id", "paid-" + id, "--payment", "Z-" + id,
             "--amount", absl::StrFormat("%d.%02d", kAgencyPaymentMinor / 100, kAgencyPaymentMinor % 100),
             "--date", FormatIsoDay(day)});
    agency_minor_[placement.account_id()] += kAgencyPaymentMinor;
  }
}

void PortfolioRun::ImportDay(absl::CivilDay day) {
  const std::string folder = absl::StrCat(files_, "/day/", FormatIsoDay(day));
  Command({"ledger", "import", options_.tenant, "--brief", "--format", "csv", "--as-of", FormatIsoDay(day),
           folder + "/items.csv"});
  Command({"ledger", "import", options_.tenant, "--brief", "--format", "camt053", folder + "/bank.xml"});
}

}  // namespace relance::testing
