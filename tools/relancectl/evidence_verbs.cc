#include <fstream>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/money/decimal_text.h"
#include "common/status/status_macros.h"
#include "relance/scenario/v1/scenario_service.grpc.pb.h"
#include "tools/relancectl/context.h"
#include "tools/relancectl/table.h"

namespace relance::ctl {
namespace {

using scenario::v1::EvidenceService;
using Stub = EvidenceService::StubInterface;

absl::Status Show(Context& context, const std::string& tenant, const std::string& account) {
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<EvidenceService>("scenario"));
  scenario::v1::ListEvidenceRequest request;
  request.set_tenant_id(tenant);
  request.set_account_id(account);
  request.set_page_size(1000);
  Table table;
  table.Column("", Table::Align::kRight);
  table.Column("business date");
  table.Column("what");
  table.Column("subject");
  table.Column("who");
  table.Column("particulars");
  table.Column("hash");
  do {
    RELANCE_ASSIGN_OR_RETURN(const auto response,
                             rpc::Call(context.Call(), *stub, &Stub::ListEvidence, request));
    if (context.json) RELANCE_RETURN_IF_ERROR(context.PrintJsonLine(response));
    for (const auto& record : response.records()) {
      std::string details;
      // Map fields have no order of their own.
      std::map<std::string, std::string> sorted(record.details().begin(), record.details().end());
      const std::string currency = sorted.count("currency") ? sorted["currency"] : "";
      for (const auto& [key, value] : sorted) {
        if (value.empty() || (key == "currency" && sorted.size() > 1)) continue;
        std::string name = key, text = value;
        int64_t minor = 0;
        // Records hold minor units; people read amounts.
        if (absl::EndsWith(key, "_minor") && !currency.empty() && absl::SimpleAtoi(value, &minor)) {
          name = key.substr(0, key.size() - 6);
          text = FormatPlain({minor, currency});
        }
        absl::StrAppend(&details, details.empty() ? "" : ", ", name, " ", text);
      }
      for (const auto& document : record.documents()) {
        absl::StrAppend(&details, details.empty() ? "" : ", ", "document ", document.substr(0, 12));
      }
      table.Row({absl::StrCat(record.sequence()), Text(record.business_date()), record.kind(),
                 record.subject(), record.actor(), details, record.hash().substr(0, 12)});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (!context.json) table.Print(context.out());
  return absl::OkStatus();
}

absl::Status Verify(Context& context, const std::string& tenant, const std::string& account) {
  scenario::v1::VerifyEvidenceRequest request;
  request.set_tenant_id(tenant);
  request.set_account_id(account);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<EvidenceService>("scenario"));
  RELANCE_ASSIGN_OR_RETURN(const auto response,
                           rpc::Call(context.Call(), *stub, &Stub::VerifyEvidence, request));
  if (context.json) {
    RELANCE_RETURN_IF_ERROR(context.PrintJson(response));
  } else {
    context.out() << absl::StrFormat("%d accounts, %d records, %d documents checked: %s\n",
                                     response.accounts(), response.records(), response.documents(),
                                     response.faults().empty() ? "every chain holds" : "FAULTS");
    for (const auto& fault : response.faults()) {
      context.out() << absl::StrFormat("%s, record %d: %s\n", fault.account_id(), fault.sequence(),
                                       fault.message());
    }
  }
  if (!response.faults().empty()) return absl::FailedPreconditionError("the evidence was changed");
  return absl::OkStatus();
}

absl::Status Export(Context& context, const std::string& tenant, const std::string& account,
                    const std::string& out) {
  scenario::v1::ExportEvidenceRequest request;
  request.set_tenant_id(tenant);
  request.set_account_id(account);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<EvidenceService>("scenario"));
  grpc::ClientContext client;
  rpc::PrepareOutgoing(context.Call(), &client);
  auto reader = stub->ExportEvidence(&client, request);
  std::ofstream file;
  if (!out.empty()) file.open(out, std::ios::binary);
  std::ostream& sink = out.empty() ? context.out() : file;
  scenario::v1::ExportEvidenceResponse piece;
  while (reader->Read(&piece)) sink << piece.content();
  RELANCE_RETURN_IF_ERROR(rpc::FromGrpcStatus(reader->Finish()));
  sink.flush();
  if (!sink) return absl::InvalidArgumentError(absl::StrCat(out, ": cannot be written"));
  return absl::OkStatus();
}

}  // namespace

void AddEvidenceVerbs(const Commands& commands) {
  Context& context = *commands.context;
  CLI::App* group = commands.app->add_subcommand("evidence", "The proof of what was done");
  group->require_subcommand(1);
  auto tenant = std::make_shared<std::string>();
  auto account = std::make_shared<std::string>();
  CLI::App* verb = commands.Verb(group, "show", "The story of an account, in order",
                                 "  relancectl evidence show verger RJKO00");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("account", *account)->required();
  commands.Run(verb, [&context, tenant, account] { return Show(context, *tenant, *account); });

  verb = commands.Verb(group, "verify", "Recompute the chain of an account, or of all",
                       "  relancectl evidence verify verger RJKO00\n  relancectl evidence verify verger");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("account", *account, "default: every account");
  commands.Run(verb, [&context, tenant, account] { return Verify(context, *tenant, *account); });

  auto out = std::make_shared<std::string>();
  verb = commands.Verb(group, "export", "Records and documents as one file for a judge or an agency",
                       "  relancectl evidence export verger RJKO00 --out proof.jsonl");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("account", *account)->required();
  verb->add_option("--out", *out, "file to write; default: standard output");
  commands.Run(verb, [&context, tenant, account, out] { return Export(context, *tenant, *account, *out); });
}

}  // namespace relance::ctl
