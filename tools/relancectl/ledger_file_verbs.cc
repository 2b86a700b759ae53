// Files on their way into the ledger: mappings of tables, and the repair of what did not enter.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/status_macros.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "relance/ledger/v1/repair_service.grpc.pb.h"
#include "services/ledger/readers/table/mapping_file.h"
#include "services/ledger/readers/table/propose_mapping.h"
#include "services/ledger/readers/table/shipped_mappings.h"
#include "tools/relancectl/context.h"
#include "tools/relancectl/table.h"

namespace relance::ctl {
namespace {

using ledger::v1::LedgerService;
using ledger::v1::RepairService;

absl::StatusOr<std::string> ReadInput(Context& context, const std::string& file, size_t bytes_max) {
  std::ifstream opened;
  std::istream* in = &context.in();
  if (file != "-") {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) {
      return absl::InvalidArgumentError(absl::StrCat(file, ": is a directory, not a file"));
    }
    opened.open(file, std::ios::binary);
    if (!opened) return absl::InvalidArgumentError(absl::StrCat(file, ": cannot be opened"));
    in = &opened;
  }
  std::string bytes, piece(256 << 10, '\0');
  while (bytes.size() < bytes_max &&
         (in->read(piece.data(), static_cast<std::streamsize>(piece.size())) || in->gcount() > 0)) {
    bytes.append(piece.data(), static_cast<size_t>(in->gcount()));
  }
  if (bytes.size() > bytes_max) bytes.resize(bytes_max);
  return bytes;
}

absl::Status Map(Context& context, const std::string& file, const std::string& kind) {
  RELANCE_ASSIGN_OR_RETURN(const std::string bytes, ReadInput(context, file, ledger::kProposalBytesMax));
  const std::string name = file == "-" ? "table" : std::filesystem::path(file).filename().string();
  RELANCE_ASSIGN_OR_RETURN(const ledger::MappingProposal proposal,
                           ledger::ProposeMapping(bytes, name, ledger::TableKindOf(kind)));
  context.out() << proposal.yaml;
  // Beside the mapping, so that it can be sent into a file.
  context.err() << "\n" << name << " would be read as\n" << proposal.preview;
  if (!proposal.doubts.empty()) context.err() << "\nto look at:\n";
  for (const std::string& doubt : proposal.doubts) context.err() << "  - " << doubt << "\n";
  return absl::OkStatus();
}

absl::Status Mappings(Context& context, const std::string& name) {
  if (name.empty()) {
    Table table;
    for (const char* title : {"name", "kind", "reads"}) table.Column(title);
    for (const ledger::Mapping& mapping : ledger::ShippedMappings()) {
      const auto kind = ledger::TableKindName(mapping.records.front().kind);
      table.Row({mapping.name, std::string(kind.data(), kind.size()), mapping.description});
    }
    table.Print(context.out());
    return absl::OkStatus();
  }
  for (const std::string& text : ledger::ShippedMappingTexts()) {
    const auto mapping = ledger::ParseMapping(text, name);
    if (!mapping.ok() || mapping->name != name) continue;
    context.out() << text;
    return absl::OkStatus();
  }
  return absl::NotFoundError(
      absl::StrCat("no mapping is called ", name, "; see `relancectl ledger mappings`"));
}

absl::Status WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  return out ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrCat(path, ": cannot be written"));
}

absl::Status Rejected(Context& context, const std::string& tenant, const std::string& import_id,
                      const std::string& out) {
  RELANCE_ASSIGN_OR_RETURN(auto repairs, context.Stub<RepairService>("ledger"));
  ledger::v1::GetRepairFileRequest request;
  request.set_tenant_id(tenant);
  request.set_import_id(import_id);
  grpc::ClientContext client;
  rpc::PrepareOutgoing(context.Call(), &client);
  auto reader = repairs->GetRepairFile(&client, request);
  ledger::v1::GetRepairFileResponse piece;
  std::string name, content;
  while (reader->Read(&piece)) {
    if (!piece.file_name().empty()) name = piece.file_name();
    content += piece.content();
  }
  RELANCE_RETURN_IF_ERROR(rpc::FromGrpcStatus(reader->Finish()));
  if (out == "-") {
    context.out() << content;
    return absl::OkStatus();
  }
  const std::string path = out.empty() ? name : out;
  RELANCE_RETURN_IF_ERROR(WriteFile(path, content));

  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<LedgerService>("ledger"));
  ledger::v1::GetRejectedLinesRequest lines_request;
  lines_request.set_tenant_id(tenant);
  lines_request.set_import_id(import_id);
  RELANCE_ASSIGN_OR_RETURN(
      const auto lines,
      rpc::Call(context.Call(), *stub, &LedgerService::StubInterface::GetRejectedLines, lines_request));
  std::string why;
  for (const auto& line : lines.lines()) {
    absl::StrAppend(&why, "line ", line.line(), " of the file: ", line.field(),
                    line.field().empty() ? "" : ": ", line.message(), " [", line.reason(), "]\n");
  }
  RELANCE_RETURN_IF_ERROR(WriteFile(path + ".why.txt", why));
  context.out() << path << ": what did not enter, ready to be corrected and imported; " << path
                << ".why.txt says why (" << lines.lines_size() << " problems)\n";
  return absl::OkStatus();
}

}  // namespace

void AddLedgerFileVerbs(const Commands& commands) {
  Context& context = *commands.context;
  CLI::App* group = commands.app->get_subcommand("ledger");

  auto file = std::make_shared<std::string>();
  auto kind = std::make_shared<std::string>();
  CLI::App* verb =
      commands.Verb(group, "map", "Propose a mapping for a table of any layout, from the file itself",
                    "  relancectl ledger map export.csv > export.yaml\n"
                    "  relancectl ledger map --kind bank statement.csv > bank.yaml");
  verb->add_option("file", *file, "CSV or TSV; - is standard input")->required();
  verb->add_option("--kind", *kind, "items, payments, bank or accounts; default: found out")
      ->check(CLI::IsMember({"items", "payments", "bank", "accounts"}));
  commands.Run(verb, [&context, file, kind] { return Map(context, *file, *kind); });

  auto name = std::make_shared<std::string>();
  verb = commands.Verb(group, "mappings", "Mappings that come with the program, or the text of one",
                       "  relancectl ledger mappings\n  relancectl ledger mappings bank-statement-fr");
  verb->add_option("name", *name, "the mapping to show");
  commands.Run(verb, [&context, name] { return Mappings(context, *name); });

  auto tenant = std::make_shared<std::string>();
  auto id = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>();
  verb = commands.Verb(group, "rejected",
                       "What of an import did not enter, as a file to correct and import again",
                       "  relancectl ledger rejected verger 00000017-3fa9c1d2ab01 --out repair.csv");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("import", *id)->required();
  verb->add_option("--out", *out, "where to write it; - is standard output; default: the name of the file");
  commands.Run(verb, [&context, tenant, id, out] { return Rejected(context, *tenant, *id, *out); });
}

}  // namespace relance::ctl
