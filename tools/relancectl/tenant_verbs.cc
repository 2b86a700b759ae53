#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status_macros.h"
#include "google/protobuf/util/json_util.h"
#include "relance/ledger/v1/tenant_service.grpc.pb.h"
#include "tools/relancectl/context.h"
#include "tools/relancectl/table.h"

namespace relance::ctl {
namespace {

using ledger::v1::TenantService;

void PrintTenant(Context& context, const ledger::v1::Tenant& tenant) {
  auto& out = context.out();
  out << "tenant      " << tenant.tenant_id() << (tenant.made_up() ? "  (MADE-UP DATA)" : "") << "\n";
  out << "name        " << tenant.legal_name() << "\n";
  out << "country     " << tenant.country() << ", " << tenant.currency_code() << ", " << tenant.time_zone()
      << "\n";
  out << "terms       " << tenant.default_terms() << "\n";
  out << "contacts    books at most " << tenant.ledger_max_age_days() << " days old";
  if (tenant.bank_max_age_days() > 0) out << ", bank at most " << tenant.bank_max_age_days();
  out << "; promises hold " << tenant.promise_grace_days() << " business days longer\n";
  if (!tenant.scenario_id().empty()) out << "scenario    " << tenant.scenario_id() << "\n";
  if (!tenant.agency_id().empty()) out << "agency      " << tenant.agency_id() << "\n";
  if (tenant.ageing_edges_size() > 0) {
    out << "ages        " << absl::StrJoin(tenant.ageing_edges(), ", ") << " days\n";
  }
  if (tenant.bank_accounts_size() > 0) {
    out << "accounts    " << absl::StrJoin(tenant.bank_accounts(), ", ") << "\n";
  }
  if (tenant.match_confidence_permille() > 0) {
    out << "matching    without a person from " << tenant.match_confidence_permille() << " / 1000 on\n";
  }
  if (tenant.residue_minor() > 0) out << "residues    up to " << tenant.residue_minor() << " minor units\n";
  out << "clock       "
      << (tenant.has_test_clock_date() ? "test clock at " + Text(tenant.test_clock_date())
                                       : std::string("real time"))
      << "\n";
}

absl::Status Create(Context& context, const std::shared_ptr<ledger::v1::Tenant>& tenant,
                    const std::string& clock) {
  ledger::v1::CreateTenantRequest request;
  *request.mutable_tenant() = *tenant;
  if (!clock.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_tenant()->mutable_test_clock_date(),
                             ParseDateFlag("--test-clock", clock));
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<TenantService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &TenantService::StubInterface::CreateTenant, request));
  if (context.json) return context.PrintJson(response);
  context.out() << (response.existed() ? "was there already\n" : "created\n");
  PrintTenant(context, response.tenant());
  return absl::OkStatus();
}

absl::Status Show(Context& context, const std::string& tenant) {
  ledger::v1::GetTenantRequest request;
  request.set_tenant_id(tenant);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<TenantService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(const auto response, rpc::Call(context.Call(), *stub,
                                                          &TenantService::StubInterface::GetTenant, request));
  if (context.json) return context.PrintJson(response);
  PrintTenant(context, response.tenant());
  context.out() << "today       " << Text(response.business_date()) << "\n";
  context.out() << "books up to " << Text(response.ledger_date()) << "\n";
  if (response.has_bank_date()) context.out() << "bank up to  " << Text(response.bank_date()) << "\n";
  Table sources;
  for (const char* title : {"source", "known up to", "import"}) sources.Column(title);
  for (const auto& source : response.sources()) {
    sources.Row({source.source(), Text(source.date()), source.import_id()});
  }
  sources.Print(context.out());
  Table table;
  table.Column("service");
  table.Column("worked to");
  table.Column("feed lag", Table::Align::kRight);
  for (const auto& progress : response.progress()) {
    table.Row({progress.service(), Text(progress.worked_to_date()), absl::StrCat(progress.feed_lag())});
  }
  table.Print(context.out());
  return absl::OkStatus();
}

absl::Status List(Context& context) {
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<TenantService>("ledger"));
  Table table;
  table.Column("tenant");
  table.Column("name");
  table.Column("country");
  table.Column("clock");
  ledger::v1::ListTenantsRequest request;
  request.set_page_size(1000);
  do {
    RELANCE_ASSIGN_OR_RETURN(
        const auto response,
        rpc::Call(context.Call(), *stub, &TenantService::StubInterface::ListTenants, request));
    if (context.json) RELANCE_RETURN_IF_ERROR(context.PrintJsonLine(response));
    for (const auto& tenant : response.tenants()) {
      table.Row({tenant.tenant_id(), tenant.legal_name() + (tenant.made_up() ? " (made up)" : ""),
                 tenant.country(),
                 tenant.has_test_clock_date() ? "test " + Text(tenant.test_clock_date()) : "real"});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (!context.json) table.Print(context.out());
  return absl::OkStatus();
}

absl::Status Advance(Context& context, const std::string& tenant, const std::string& to, bool quiet) {
  ledger::v1::AdvanceClockRequest request;
  request.set_tenant_id(tenant);
  if (!to.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_to_date(), ParseDateFlag("--to", to));
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<TenantService>("ledger"));
  grpc::ClientContext client;
  rpc::PrepareOutgoing(context.Call(), &client);
  auto reader = stub->AdvanceClock(&client, request);
  ledger::v1::AdvanceClockResponse day;
  while (reader->Read(&day)) {
    if (context.json) {
      RELANCE_RETURN_IF_ERROR(context.PrintJsonLine(day));
    } else if (!quiet) {
      context.out() << Text(day.business_date()) << "  every service has worked it\n";
      context.out().flush();
    }
  }
  return rpc::FromGrpcStatus(reader->Finish());
}

// What the flags of a command say about a tenant, to be applied to a new one or to the one that is stored. An
// empty text clears a field; a list that is given replaces the stored one.
using TenantEdits = std::vector<std::function<void(ledger::v1::Tenant*)>>;

absl::Status Set(Context& context, const std::string& id, const TenantEdits& edits) {
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<TenantService>("ledger"));
  ledger::v1::GetTenantRequest get;
  get.set_tenant_id(id);
  RELANCE_ASSIGN_OR_RETURN(const auto tenant,
                           rpc::Call(context.Call(), *stub, &TenantService::StubInterface::GetTenant, get));
  ledger::v1::UpdateTenantRequest request;
  *request.mutable_tenant() = tenant.tenant();
  for (const auto& edit : edits) edit(request.mutable_tenant());
  request.set_etag(tenant.etag());
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &TenantService::StubInterface::UpdateTenant, request));
  if (context.json) return context.PrintJson(response);
  PrintTenant(context, response.tenant());
  return absl::OkStatus();
}

// The flags of a tenant's fields, for create and set.
void AddTenantFields(CLI::App* verb, const std::shared_ptr<TenantEdits>& edits) {
  using ledger::v1::Tenant;
  const auto text = [&](const char* flag, void (Tenant::*set)(const std::string&), const char* help) {
    verb->add_option_function<std::string>(
        flag,
        [edits, set](const std::string& v) {
          edits->push_back([set, v](Tenant* tenant) { (tenant->*set)(v); });
        },
        help);
  };
  const auto number = [&](const char* flag, void (Tenant::*set)(int32_t), const char* help) {
    verb->add_option_function<int>(
        flag, [edits, set](int v) { edits->push_back([set, v](Tenant* tenant) { (tenant->*set)(v); }); },
        help);
  };
  using Texts = std::vector<std::string>;
  text("--language", &Tenant::set_language<const std::string&>, "ISO 639-1");
  text("--currency", &Tenant::set_currency_code<const std::string&>, "ISO 4217; default EUR");
  text("--time-zone", &Tenant::set_time_zone<const std::string&>,
       "IANA name; default: that of the capital of its country");
  text("--terms", &Tenant::set_default_terms<const std::string&>,
       "terms of accounts without their own; default net30");
  verb->add_option_function<Texts>(
      "--address",
      [edits](const Texts& v) {
        edits->push_back([v](Tenant* tenant) { tenant->mutable_address()->Assign(v.begin(), v.end()); });
      },
      "one line of the postal address; may be repeated");
  text("--siren", &Tenant::set_legal_id<const std::string&>, "SIREN or enterprise number");
  text("--vat", &Tenant::set_vat_id<const std::string&>, "VAT number");
  text("--iban", &Tenant::set_iban<const std::string&>, "where debtors pay to");
  text("--email", &Tenant::set_email<const std::string&>, "reply-to of mails");
  text("--phone", &Tenant::set_phone<const std::string&>, "for the letters");
  number("--ledger-max-age", &Tenant::set_ledger_max_age_days,
         "days; no contact leaves on older books; default 3");
  number("--bank-max-age", &Tenant::set_bank_max_age_days,
         "days; no contact leaves on an older bank feed; default: no bank feed");
  verb->add_option_function<Texts>(
      "--control-account",
      [edits](const Texts& v) {
        edits->push_back(
            [v](Tenant* tenant) { tenant->mutable_control_accounts()->Assign(v.begin(), v.end()); });
      },
      "prefix of the customers' accounts in the books; may be repeated; default 411 413 416");
  number("--promise-grace", &Tenant::set_promise_grace_days,
         "business days that a promise holds behind its date; default 2");
  number("--contract-rate-bps", &Tenant::set_contract_rate_bps,
         "contractual yearly rate of interest, basis points; default: the law's");
  text("--scenario", &Tenant::set_scenario_id<const std::string&>, "scenario of accounts without their own");
  text("--agency", &Tenant::set_agency_id<const std::string&>, "agency for placements");
  verb->add_option_function<std::vector<int>>(
      "--bucket",
      [edits](const std::vector<int>& v) {
        edits->push_back([v](Tenant* tenant) { tenant->mutable_ageing_edges()->Assign(v.begin(), v.end()); });
      },
      "upper edge of an age of the aged balance in days; may be repeated; default 30 60 90");
  verb->add_option_function<int64_t>(
      "--residue-minor",
      [edits](int64_t v) { edits->push_back([v](Tenant* tenant) { tenant->set_residue_minor(v); }); },
      "open amounts up to so many minor units are residues of the quality report; default 500");
  verb->add_option_function<Texts>(
      "--bank-account",
      [edits](const Texts& v) {
        edits->push_back([v](Tenant* tenant) {
          tenant->clear_bank_accounts();
          for (const std::string& account : v) {
            if (!account.empty()) tenant->add_bank_accounts(account);
          }
        });
      },
      "own bank account, IBAN or number: transfers between them pay nothing; may be repeated");
  number("--match-confidence", &Tenant::set_match_confidence_permille,
         "thousandths; money is posted without a person only by rules at least this sure; default 999");
}

}  // namespace

void AddTenantVerbs(const Commands& commands) {
  Context& context = *commands.context;
  CLI::App* group = commands.app->add_subcommand("tenant", "Tenants and their clocks");
  group->require_subcommand(1);

  auto tenant = std::make_shared<ledger::v1::Tenant>();
  auto clock = std::make_shared<std::string>();
  CLI::App* create = commands.Verb(
      group, "create", "Create a tenant",
      "  relancectl tenant create verger --name 'Vergers du Val' --country FR --terms net30\n"
      "  relancectl tenant create verger --name 'Vergers du Val' --country FR --test-clock 2022-02-28");
  create
      ->add_option_function<std::string>(
          "tenant", [tenant](const std::string& v) { tenant->set_tenant_id(v); }, "id: [a-z0-9-]")
      ->required();
  create
      ->add_option_function<std::string>(
          "--name", [tenant](const std::string& v) { tenant->set_legal_name(v); }, "registered name")
      ->required();
  create
      ->add_option_function<std::string>(
          "--country", [tenant](const std::string& v) { tenant->set_country(v); },
          "FR or BE: law, calendar, wording")
      ->required();
  auto fields = std::make_shared<TenantEdits>();
  AddTenantFields(create, fields);
  create->add_option("--test-clock", *clock,
                     "stand at this date (yyyy-mm-dd) until it is moved; default: real time");
  create->add_flag_callback(
      "--made-up", [tenant] { tenant->set_made_up(true); },
      "the portfolio is made up; everything shown says so");
  commands.Run(create, [&context, tenant, fields, clock] {
    for (const auto& edit : *fields) edit(tenant.get());
    return Create(context, tenant, *clock);
  });

  auto id = std::make_shared<std::string>();
  CLI::App* show = commands.Verb(group, "show", "A tenant and where its services stand",
                                 "  relancectl tenant show verger");
  show->add_option("tenant", *id)->required();
  commands.Run(show, [&context, id] { return Show(context, *id); });

  CLI::App* list = commands.Verb(group, "list", "All tenants", "  relancectl tenant list");
  commands.Run(list, [&context] { return List(context); });

  auto to = std::make_shared<std::string>();
  auto quiet = std::make_shared<bool>(false);
  CLI::App* advance =
      commands.Verb(group, "advance", "Move a test clock, day by day; without --to, wait for the services",
                    "  relancectl tenant advance verger --to 2022-03-01\n  relancectl tenant advance verger");
  advance->add_option("tenant", *id)->required();
  advance->add_option("--to", *to, "the date to stand at (yyyy-mm-dd)");
  advance->add_flag("--quiet", *quiet, "do not print the days");
  commands.Run(advance, [&context, id, to, quiet] { return Advance(context, *id, *to, *quiet); });

  auto edits = std::make_shared<TenantEdits>();
  CLI::App* set =
      commands.Verb(group, "set", "Change what a tenant wants; what is not named stays, '' clears a text",
                    "  relancectl tenant set verger --agency recouvra --scenario fr-b2b\n"
                    "  relancectl tenant set verger --promise-grace 3 --ledger-max-age 5");
  set->add_option("tenant", *id)->required();
  set->add_option_function<std::string>(
      "--name",
      [edits](const std::string& v) {
        edits->push_back([v](ledger::v1::Tenant* tenant) { tenant->set_legal_name(v); });
      },
      "registered name");
  AddTenantFields(set, edits);
  commands.Run(set, [&context, id, edits]() -> absl::Status {
    if (edits->empty()) return absl::InvalidArgumentError("name at least one field to set");
    return Set(context, *id, *edits);
  });
}

}  // namespace relance::ctl
